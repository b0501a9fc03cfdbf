//! The GraphQL API: objects over domain values, connections, batches.
//!
//! [`schema()`] builds the schema and [`execute()`] runs a request on it; the server and the tests need no more.
//! A noun's object, edges, filter and root fields stand in the file of its name; no relation is loaded but in batches.

mod alliance;
mod authority;
mod campus;
mod connection;
mod context;
mod error;
mod execute;
mod filter;
mod group;
mod loader;
mod name;
mod node;
mod noun;
mod partner;
mod place;
mod question;
mod revision;
mod scalar;
mod schema;
mod school;
mod source;

pub use async_graphql::{Request, Response, Variables};
pub use execute::{Asker, execute};
pub use schema::{Query, Schema, schema};
