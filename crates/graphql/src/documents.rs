//! Documents before they run: parsed, validated, weighed, and kept.

pub(crate) mod convert;
pub(crate) mod cost;
pub(crate) mod document;
pub(crate) mod events;
pub(crate) mod expansion;
pub(crate) mod freshness;
pub(crate) mod introspection;
pub(crate) mod limits;
pub(crate) mod one_of;
pub(crate) mod scan;
pub(crate) mod schema_types;
pub(crate) mod selections;
mod suggestions;
pub(crate) mod supplement;
pub(crate) mod validation;
pub(crate) mod variables;
