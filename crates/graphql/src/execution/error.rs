//! Errors as clients see them: a message, a code, and for our own failures an id that leads to the log.

use std::{
    any::Any,
    fmt::Display,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use async_graphql::{Error, ErrorExtensions, Pos, ServerError};
use persistence::StoreError;

use crate::execution::error_code::ErrorCode;

impl ErrorCode {
    /// An error with this code.
    pub(crate) fn with_message(self, problem: impl Display) -> Error {
        Error::new(problem.to_string()).extend_with(|_, extensions| extensions.set("code", self.as_str()))
    }
}

/// An error of a request that is refused before anything runs.
pub(crate) fn request_error(code: ErrorCode, problem: String, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(problem, at);
    set_code(&mut error, code);
    error
}

/// Gives an error its code.
pub(crate) fn set_code(error: &mut ServerError, code: ErrorCode) {
    error.extensions.get_or_insert_default().set("code", code.as_str());
}

impl From<domain::PageError> for ErrorCode {
    fn from(error: domain::PageError) -> Self {
        use domain::PageError::{BothEnds, BrokenCursor, ForeignCursor, Size};
        match error {
            Size { .. } => ErrorCode::InvalidPageSize,
            BothEnds => ErrorCode::InvalidArgument,
            BrokenCursor | ForeignCursor => ErrorCode::InvalidCursor,
        }
    }
}

/// A failure of ours, already logged: the client gets the id, and the log has the cause.
#[derive(Debug, Clone)]
pub(crate) struct LoggedFailure {
    id: String,
    /// Whether it is likely to pass by itself.
    is_busy: bool,
}

impl LoggedFailure {
    /// Logs what failed.
    #[expect(clippy::needless_pass_by_value, reason = "the error ends here")]
    pub(crate) fn log_store_error(error: StoreError) -> Self {
        let failure = LoggedFailure { is_busy: matches!(error, StoreError::Busy(_)), ..LoggedFailure::new() };
        tracing::error!(error_id = failure.id, error = %error, "the store failed");
        failure
    }

    /// Logs that a library failed where it cannot.
    pub(crate) fn log_unexpected(cause: &str) -> Self {
        let failure = LoggedFailure::new();
        tracing::error!(error_id = failure.id, cause, "a library failed where it cannot");
        failure
    }

    /// Logs that a batch was dropped while a resolver waited for it.
    pub(crate) fn log_abandoned_batch() -> Self {
        let failure = LoggedFailure::new();
        tracing::error!(error_id = failure.id, "a batch was dropped before it was answered");
        failure
    }

    /// Logs a panic of the execution; the cause is what it panicked with.
    pub(crate) fn log_panic(cause: &(dyn Any + Send)) -> Self {
        let failure = LoggedFailure::new();
        let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
        tracing::error!(error_id = failure.id, panic = text.unwrap_or("unknown"), "an execution panicked");
        failure
    }

    /// The error of a request that has no data.
    pub(crate) fn to_request_error(&self) -> ServerError {
        let mut error = request_error(self.code(), self.message(), None);
        error.extensions.get_or_insert_default().set("errorId", self.id.as_str());
        error
    }

    fn message(&self) -> String {
        match self.is_busy {
            true => "the database has no connection to spare: try again in a second".to_owned(),
            false => format!("the server failed; the log has the cause under {}", self.id),
        }
    }

    const fn code(&self) -> ErrorCode {
        if self.is_busy { ErrorCode::Overloaded } else { ErrorCode::Internal }
    }

    fn new() -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        // The process id keeps apart the servers whose logs come together.
        let id = format!("{:x}-{:x}", std::process::id(), COUNTER.fetch_add(1, Relaxed));
        LoggedFailure { id, is_busy: false }
    }
}

impl From<LoggedFailure> for Error {
    fn from(failure: LoggedFailure) -> Self {
        Error::new(failure.message()).extend_with(|_, extensions| {
            extensions.set("code", failure.code().as_str());
            extensions.set("errorId", failure.id.as_str());
        })
    }
}
