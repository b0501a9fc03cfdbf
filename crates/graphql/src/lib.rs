//! The GraphQL API: objects over domain values, connections, batches.
//!
//! [`schema()`] builds the schema, [`prepare()`] reads a request and [`Prepared::answers`] runs it; the server and the tests need no more.
//! A noun's object, edges, filter and root fields stand in the file of its name; no relation is loaded but in batches.

mod alliance;
mod authority;
mod campus;
mod connection;
mod context;
mod convert;
mod cost;
mod document;
mod error;
mod execute;
mod federation;
mod feed;
mod field_columns;
mod filter;
mod gaps;
mod group;
mod introspection;
mod limits;
mod loader;
mod name;
mod node;
mod noun;
mod one_of;
mod partner;
mod path;
mod place;
mod question;
mod revision;
mod scalar;
mod scan;
mod schema;
mod school;
mod scope;
mod source;
mod unfold;
mod validation;
mod variables;

pub use async_graphql::{Request, Variables};
pub use document::check_document;
pub use execute::{Answer, Asker, Figures, Ground, OperationKind, Prepared, prepare};
pub use feed::Feed;
pub use limits::Limits;
pub use schema::{Schema, closed_schema, schema};
