//! Answers: data or errors, and what they took.

use std::time::Duration;

use async_graphql::{Response, ServerError, Value};
use persistence::StoreError;

use crate::{
    documents::introspection::RequestText,
    execution::{
        error::{LoggedFailure, request_error, set_code},
        error_code::ErrorCode,
    },
};

/// How many errors an answer carries.
const MAX_ERRORS: usize = 50;

/// What an answer took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many SQL statements.
    pub statements: u64,
    /// How many rows they gave.
    pub rows: u64,
    /// How many fields the answer was expected to have.
    pub cost: u64,
    /// Whether a plan gave the answer, and not resolvers.
    pub is_planned: bool,
}

/// An answer, or why there is none.
#[derive(Debug)]
pub struct Answer {
    pub(super) response: Response,
    /// The JSON of the answer to the end of its data, if it was written at once; the data of `response` is null then.
    pub(super) begun: Option<Vec<u8>>,
    /// What it took.
    pub figures: Figures,
    /// Whether the request was refused before anything ran: then the answer has no data.
    pub is_refused: bool,
}

impl Answer {
    /// A refusal with a code of its own.
    #[must_use]
    pub fn refused(code: ErrorCode, problem: &str) -> Answer {
        Answer::from(request_error(code, problem.to_owned(), None))
    }

    /// The answer to a request whose time is over.
    #[must_use]
    pub fn timed_out(time: Duration) -> Answer {
        let problem = format!("the answer took longer than {} s, and was given up", time.as_secs_f64());
        Answer::refused(ErrorCode::Timeout, &problem)
    }

    /// The answer where the store failed before anything ran; the cause is logged.
    #[must_use]
    pub fn store_failed(error: StoreError) -> Answer {
        Answer::from(LoggedFailure::log_store_error(error).to_request_error())
    }

    /// The answer as JSON.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        match &self.begun {
            Some(begun) => self.finish(begun.clone()),
            None => self.write_json(),
        }
    }

    /// The answer as JSON; what was written at once is not copied.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn into_json(mut self) -> serde_json::Result<Vec<u8>> {
        match self.begun.take() {
            Some(begun) => self.finish(begun),
            None => self.write_json(),
        }
    }

    fn write_json(&self) -> serde_json::Result<Vec<u8>> {
        if !self.is_refused {
            return serde_json::to_vec(&self.response);
        }
        // A request that was refused has no `data`, not even null.
        let mut members = serde_json::Map::new();
        if !self.response.errors.is_empty() {
            members.insert("errors".to_owned(), serde_json::to_value(&self.response.errors)?);
        }
        if !self.response.extensions.is_empty() {
            members.insert("extensions".to_owned(), serde_json::to_value(&self.response.extensions)?);
        }
        serde_json::to_vec(&members)
    }

    /// Adds what stands behind the data, in the order of a [`Response`].
    fn finish(&self, mut json: Vec<u8>) -> serde_json::Result<Vec<u8>> {
        if !self.response.extensions.is_empty() {
            json.extend_from_slice(b",\"extensions\":");
            serde_json::to_writer(&mut json, &self.response.extensions)?;
        }
        json.push(b'}');
        Ok(json)
    }

    /// The errors alone, as JSON.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn errors(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(&self.response.errors)
    }

    /// The extensions alone, as JSON.
    ///
    /// # Errors
    /// A value cannot be written.
    pub fn extensions(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(&self.response.extensions)
    }

    /// The code of the first error; `None` if there is no error.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.response.errors.first()?.extensions.as_ref()?.get("code")? {
            Value::String(code) => ErrorCode::find(code),
            _ => None,
        }
    }

    /// What the errors say, each with its first place in the document.
    pub fn error_messages(&self) -> impl Iterator<Item = String> {
        self.response.errors.iter().map(|error| match error.locations.first() {
            Some(at) => format!("line {}, column {}: {}", at.line, at.column, error.message),
            None => error.message.clone(),
        })
    }
}

impl From<ServerError> for Answer {
    fn from(error: ServerError) -> Self {
        Answer::from(vec![error])
    }
}

impl From<Vec<ServerError>> for Answer {
    fn from(errors: Vec<ServerError>) -> Self {
        Answer { response: Response::from_errors(errors), begun: None, figures: Figures::default(), is_refused: true }
    }
}

/// Completes errors of the library for a client: not too many, each with a code, none with a name that `request_text` lacks.
pub(crate) fn finalize_errors(errors: &mut Vec<ServerError>, request_text: Option<&RequestText>) {
    errors.truncate(MAX_ERRORS);
    for error in errors {
        let has_code = error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some());
        if !has_code {
            let is_of_field = !error.path.is_empty();
            let code = if is_of_field { ErrorCode::InvalidArgument } else { ErrorCode::GraphqlValidationFailed };
            set_code(error, code);
        }
        if let Some(request_text) = request_text {
            error.message = request_text.redact(&error.message);
        }
    }
}
