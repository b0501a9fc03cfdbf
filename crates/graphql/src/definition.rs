//! The API as data: each type with fields is a table of them, which says for each what it is called, what it means, of
//! what type it is and how its value is got.
//!
//! The schema, the resolvers and the columns that are read follow from the tables (docs/decisions/0039).

pub(crate) mod abstract_type;
pub(crate) mod argument;
pub(crate) mod field;
pub(crate) mod field_builder;
pub(crate) mod kept;
pub(crate) mod leaf;
pub(crate) mod object_type;
pub(crate) mod registry;
pub(crate) mod resolver;
