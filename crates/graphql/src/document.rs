//! Documents that are known before anybody asks them.

use async_graphql::{Request, ServerError};

use crate::{
    execute::{Answer, make_ready, parse, prepare},
    introspection::Written,
    limits::Limits,
    schema::Schema,
};

/// Checks a document: that each of its operations stays within the limits, and that it fits the schema. Nothing runs.
///
/// # Errors
/// What is wrong with it.
pub async fn check_document(schema: &Schema, limits: &Limits, text: &str) -> Result<(), Box<Answer>> {
    let document = parse(text, limits).map_err(Answer::from)?;
    for (name, _) in document.operations.iter() {
        let request = Request::new(text);
        let request = match name {
            Some(name) => request.operation_name(name.as_str()),
            None => request,
        };
        prepare(schema, limits, request, false)?.check_cost()?;
    }
    let errors = misfits(schema, Request::new(text)).await;
    if errors.is_empty() { Ok(()) } else { Err(Box::new(Answer::from(errors))) }
}

/// What of a request does not fit the schema. Nothing runs.
pub(crate) async fn misfits(schema: &Schema, request: Request) -> Vec<ServerError> {
    let written = (!schema.is_open()).then(|| Written::of(&request));
    // The library validates before it looks for the operation, and none has the empty name: nothing can run.
    let response = schema.inner().execute(request.operation_name("")).await;
    let mut errors: Vec<_> = response.errors.into_iter().filter(|error| error.message != NO_OPERATION).collect();
    make_ready(&mut errors, written.as_ref());
    errors
}

/// What the library says if the document is valid.
const NO_OPERATION: &str = r#"Unknown operation named """#;
