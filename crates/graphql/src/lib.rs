//! The GraphQL API: objects over domain values, connections, batches.
//!
//! [`schema()`] builds the schema, [`prepare_request()`] checks a request, and [`PreparedRequest::execute`] or
//! [`PreparedRequest::stream_answers`] runs it; the server and the tests need no more.
//! A noun's object, edges, filter and root fields stand in the file of its name in `nouns`; no relation is loaded but in batches.

mod batching;
mod definition;
mod documents;
mod execution;
mod lists;
mod nouns;
mod objects;
mod plan;
mod rows;
mod schema;

pub use async_graphql::{Request, Variables};
pub use documents::{document::check_document, freshness::Freshness, limits::Limits};
pub use execution::{
    answer::{Answer, Figures},
    backend::{Backend, LatestView, RequestOptions},
    error_code::ErrorCode,
    feed::RevisionFeed,
    prepared::{OperationKind, PreparedRequest, prepare_request},
    scenario::{ScenarioError, ScenarioWriter},
};
pub use rows::{Pinning, Place, RowColumn, RowPage, RowQuery, RowStep, variables_of_texts};
pub use schema::{Schema, closed_schema, schema};
