//! What clients learn of errors: a sentence, a code, and for our own failures an id that leads to the log.

use std::{
    any::Any,
    fmt::Display,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use async_graphql::{Error, ErrorExtensions, Pos, ServerError};
use persistence::StoreError;

/// What a client did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    CostTooHigh,
    InvalidArgument,
    InvalidCursor,
    InvalidDate,
    InvalidId,
    InvalidLanguage,
    InvalidPageSize,
    UnknownNoun,
    UnknownRevision,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Code::CostTooHigh => "COST_TOO_HIGH",
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::InvalidCursor => "INVALID_CURSOR",
            Code::InvalidDate => "INVALID_DATE",
            Code::InvalidId => "INVALID_ID",
            Code::InvalidLanguage => "INVALID_LANGUAGE",
            Code::InvalidPageSize => "INVALID_PAGE_SIZE",
            Code::UnknownNoun => "UNKNOWN_NOUN",
            Code::UnknownRevision => "UNKNOWN_REVISION",
        }
    }

    /// An error with this code.
    pub(crate) fn because(self, problem: impl Display) -> Error {
        Error::new(problem.to_string()).extend_with(|_, extensions| extensions.set("code", self.as_str()))
    }
}

/// An error of a request that is refused before anything runs.
pub(crate) fn refusal(code: &str, problem: String, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(problem, at);
    set_code(&mut error, code);
    error
}

/// Gives an error its code.
pub(crate) fn set_code(error: &mut ServerError, code: &str) {
    error.extensions.get_or_insert_default().set("code", code);
}

impl From<domain::PageError> for Code {
    fn from(error: domain::PageError) -> Self {
        use domain::PageError::{BothEnds, BrokenCursor, ForeignCursor, Size};
        match error {
            Size { .. } => Code::InvalidPageSize,
            BothEnds => Code::InvalidArgument,
            BrokenCursor | ForeignCursor => Code::InvalidCursor,
        }
    }
}

/// A failure of ours, already logged: the client gets the id, and the log has the cause.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    id: String,
    /// Whether it is likely to pass by itself.
    is_busy: bool,
}

impl Failure {
    /// Logs what failed.
    #[expect(clippy::needless_pass_by_value, reason = "the error ends here")]
    pub(crate) fn log(error: StoreError) -> Self {
        let failure = Failure { is_busy: matches!(error, StoreError::Busy(_)), ..Failure::new() };
        tracing::error!(error_id = failure.id, error = %error, "the store failed");
        failure
    }

    /// A library failed where it cannot.
    pub(crate) fn unforeseen(cause: &str) -> Self {
        let failure = Failure::new();
        tracing::error!(error_id = failure.id, cause, "what cannot fail did");
        failure
    }

    /// The request went away while somebody still waited.
    pub(crate) fn abandoned() -> Self {
        let failure = Failure::new();
        tracing::error!(error_id = failure.id, "a batch was dropped before it was answered");
        failure
    }

    /// The execution panicked; the cause is what it panicked with.
    pub(crate) fn panicked(cause: &(dyn Any + Send)) -> Self {
        let failure = Failure::new();
        let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
        tracing::error!(error_id = failure.id, panic = text.unwrap_or("unknown"), "an execution panicked");
        failure
    }

    /// What the client is told, if there is no answer to tell it in.
    pub(crate) fn refusal(&self) -> ServerError {
        let mut error = refusal(self.code(), self.sentence(), None);
        error.extensions.get_or_insert_default().set("errorId", self.id.as_str());
        error
    }

    fn sentence(&self) -> String {
        match self.is_busy {
            true => "the database has no connection to spare: try again in a second".to_owned(),
            false => format!("the server failed; the log has the cause under {}", self.id),
        }
    }

    const fn code(&self) -> &'static str {
        if self.is_busy { "OVERLOADED" } else { "INTERNAL" }
    }

    fn new() -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        // The process id keeps apart the servers whose logs come together.
        let id = format!("{:x}-{:x}", std::process::id(), COUNTER.fetch_add(1, Relaxed));
        Failure { id, is_busy: false }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Error::new(failure.sentence()).extend_with(|_, extensions| {
            extensions.set("code", failure.code());
            extensions.set("errorId", failure.id.as_str());
        })
    }
}
