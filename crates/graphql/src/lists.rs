//! Lists: their pages and connections, their filters, and what their cursors hold for.

pub(crate) mod any_connection;
pub(crate) mod breakdown;
pub(crate) mod changes;
pub(crate) mod connection;
pub(crate) mod cursor_scope;
pub(crate) mod dimension;
pub(crate) mod edge_breakdown;
pub(crate) mod edge_condition;
pub(crate) mod filter;
pub(crate) mod filter_input;
pub(crate) mod filter_type;
pub(crate) mod list_size;
pub(crate) mod page;
pub(crate) mod page_interfaces;
pub(crate) mod search;
