//! Queries that the program asks of its own API: what it prints and what it answers are one.

use domain::LanguageTag;
use graphql::{Answer, Backend, ErrorCode, Limits, Request, RequestOptions, Schema, Variables};
use serde_json::Value;

/// Why there is no data.
#[derive(Debug)]
pub(crate) struct QueryError {
    /// The code of the API.
    pub(crate) code: Option<ErrorCode>,
    /// What is wrong.
    pub(crate) problem: String,
}

/// The data that the API answers a query with.
pub(crate) async fn ask(
    schema: &Schema,
    backend: &Backend,
    query: &str,
    variables: Value,
    languages: Vec<LanguageTag>,
) -> Result<Value, QueryError> {
    let failed = |answer: &Answer| QueryError {
        code: answer.code(),
        problem: answer.error_messages().collect::<Vec<_>>().join("; "),
    };
    let request = Request::new(query).variables(Variables::from_json(variables));
    let prepared = graphql::prepare_request(schema, &Limits::default(), request, false);
    let prepared = prepared.map_err(|refused| failed(&refused))?;
    let options = RequestOptions { languages, wants_stats: false, wants_cost: false, wants_plan: false };
    let answer = prepared.execute(schema, backend, options).await;
    if answer.error_messages().next().is_some() {
        return Err(failed(&answer));
    }
    let json = answer.to_json().and_then(|json| serde_json::from_slice::<Value>(&json));
    let mut json = json.map_err(|error| QueryError { code: Some(ErrorCode::Internal), problem: error.to_string() })?;
    Ok(json["data"].take())
}
