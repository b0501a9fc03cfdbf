//! The scenario of a request: written when the first field asks for it, and rolled back when the request ends.

use std::sync::Arc;

use domain::{
    Clock, ScenarioId,
    scenario::{ChangeError, ScenarioChange},
};
use futures::future::BoxFuture;
use persistence::{Scenario, Store, StoreError};
use tokio::sync::OnceCell;

use crate::execution::{context::mask_store_error, error::LoggedFailure, error_code::ErrorCode};

/// Writes the changes of a scenario, as an import writes those of a data set.
pub trait ScenarioWriter: Send + Sync {
    /// Writes changes to what is recorded, which are never committed.
    fn write<'a>(
        &'a self,
        store: &'a Store,
        changes: Arc<[ScenarioChange]>,
        clock: &'a dyn Clock,
    ) -> BoxFuture<'a, Result<Scenario, ScenarioError>>;
}

/// Why a scenario was not written.
#[derive(Debug, Clone)]
pub enum ScenarioError {
    /// Changes cannot be made.
    Refused(Vec<ChangeError>),
    /// This server can write no scenario: why.
    Unavailable(String),
    /// Others write again and again.
    Busy,
    /// The store failed.
    Store(StoreError),
    /// Something else failed.
    Failed(String),
}

impl From<StoreError> for ScenarioError {
    fn from(error: StoreError) -> Self {
        ScenarioError::Store(error)
    }
}

/// The one scenario that a request may have.
#[derive(Default)]
pub(crate) struct RequestScenario(OnceCell<Entered>);

/// What became of the first scenario that was asked for.
struct Entered {
    id: ScenarioId,
    written: Result<Arc<WrittenScenario>, async_graphql::Error>,
}

/// A scenario under which the map is read.
#[derive(Debug)]
pub(crate) struct WrittenScenario {
    pub(crate) id: ScenarioId,
    /// The revision to which its changes are made.
    pub(crate) base: i64,
    /// Its changes, in words.
    pub(crate) changes: Vec<String>,
}

impl RequestScenario {
    /// Enters the scenario of these changes, which is written once for all fields that ask for it.
    pub(crate) async fn enter(
        &self,
        writer: Option<&dyn ScenarioWriter>,
        store: &Store,
        changes: Vec<ScenarioChange>,
        clock: &dyn Clock,
    ) -> async_graphql::Result<Arc<WrittenScenario>> {
        let id = ScenarioId::of(&changes);
        let write = async || {
            let told = changes.iter().map(ScenarioChange::to_string).collect();
            let written = match writer {
                // What is read to write it is on nobody's bill: it is kept for others.
                Some(writer) => writer.write(&store.uncounted(), changes.clone().into(), clock).await,
                None => Err(ScenarioError::Unavailable("this server writes no scenarios".to_owned())),
            };
            let written = written.map_err(to_error).map(|scenario| {
                let base = scenario.base();
                store.enter(scenario);
                Arc::new(WrittenScenario { id, base, changes: told })
            });
            Entered { id, written }
        };
        let entered = self.0.get_or_init(write).await;
        if entered.id != id {
            let problem = "a request has one scenario: give all fields `whatIf` the same `changes`, and compare two scenarios in two requests";
            return Err(ErrorCode::InvalidArgument.with_message(problem));
        }
        entered.written.clone()
    }

    /// The scenario that was entered.
    pub(crate) fn written(&self) -> Option<&Arc<WrittenScenario>> {
        self.0.get()?.written.as_ref().ok()
    }
}

fn to_error(error: ScenarioError) -> async_graphql::Error {
    match error {
        ScenarioError::Refused(errors) => {
            let is_unknown = errors.iter().all(|error| error.is_unknown);
            let code = if is_unknown { ErrorCode::UnknownNoun } else { ErrorCode::ImpossibleChange };
            let problems: Vec<String> = errors.iter().map(describe_error).collect();
            code.with_message(problems.join(". "))
        }
        ScenarioError::Unavailable(why) => ErrorCode::NoScenarios.with_message(why),
        ScenarioError::Busy => {
            ErrorCode::Overloaded.with_message("revisions are being recorded: try again in a second")
        }
        ScenarioError::Store(error) => mask_store_error(error),
        ScenarioError::Failed(cause) => LoggedFailure::log_unexpected(&cause).into(),
    }
}

fn describe_error(error: &ChangeError) -> String {
    match error.change {
        Some(at) => format!("`changes[{at}].{}`: {}", error.field, error.problem),
        None => format!("`changes`: {}", error.problem),
    }
}
