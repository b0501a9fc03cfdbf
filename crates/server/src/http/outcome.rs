//! What is logged and counted of an operation: its name and kind, and its outcome.

use graphql::{Answer, ErrorCode, Figures, PreparedRequest};

/// The operation of a request.
#[derive(Debug, Clone)]
pub(crate) struct OperationInfo {
    pub(crate) name: Option<String>,
    pub(crate) kind: &'static str,
    pub(crate) document: String,
}

impl OperationInfo {
    pub(crate) fn from_prepared(prepared: &PreparedRequest) -> Self {
        let (name, kind) = (prepared.name.clone(), prepared.kind.as_str());
        OperationInfo { name, kind, document: prepared.request().query.clone() }
    }

    pub(crate) fn name_or_anonymous(&self) -> &str {
        self.name.as_deref().unwrap_or("anonymous")
    }
}

/// How an operation, or a request without one, ended.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The code of the first error, or `ok`, or why there is no answer.
    pub(crate) label: &'static str,
    /// How the answer came about; `None` if nothing ran for it.
    pub(crate) answered_by: Option<AnsweredBy>,
    pub(crate) figures: Figures,
}

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnsweredBy {
    /// A plan ran.
    Plan,
    /// Resolvers ran.
    Resolvers,
    /// It was kept from before.
    Cache,
    /// The same was running for another request.
    SharedRun,
}

impl AnsweredBy {
    /// Its word in the log and in metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            AnsweredBy::Plan => "plan",
            AnsweredBy::Resolvers => "resolvers",
            AnsweredBy::Cache => "cache",
            AnsweredBy::SharedRun => "shared",
        }
    }
}

impl Outcome {
    pub(crate) fn from_answer(answer: &Answer) -> Self {
        let by = if answer.figures.is_planned { AnsweredBy::Plan } else { AnsweredBy::Resolvers };
        let label = answer.code().map_or("ok", ErrorCode::as_str);
        Outcome { label, answered_by: (!answer.is_refused).then_some(by), figures: answer.figures }
    }

    pub(crate) fn with_code(code: ErrorCode) -> Self {
        Outcome::with_label(code.as_str())
    }

    /// An outcome that is no error.
    pub(crate) fn with_label(label: &'static str) -> Self {
        Outcome { label, answered_by: None, figures: Figures::default() }
    }
}
