//! The state that all handlers share: the store, the schema, limits and permits, the threads of operations.

use std::{panic::resume_unwind, sync::Arc};

use domain::{Clock, LanguageTag};
use futures::{FutureExt, future::BoxFuture};
use graphql::{Answer, Backend, Limits, PreparedRequest, RevisionFeed, Schema};
use persistence::Store;
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use super::{
    answer_cache::{AnswerCache, AnswerKey},
    capacity::Capacity,
};
use crate::{documents::Documents, examples::Examples, what_if::Scenarios};

/// How many fields the answer to an operation has that is run where its request is read: tens of microseconds of work.
const SMALL_COST: u64 = 50;

/// The state as handlers get it: each of them, and each layer, has a copy.
pub(crate) type SharedApp = Arc<App>;

/// The state that all handlers share.
#[derive(Clone)]
pub struct App {
    /// What requests run on.
    pub backend: Backend,
    /// The API.
    pub schema: Schema,
    /// How much a request may ask for.
    pub limits: Arc<Limits>,
    /// Limits and permits of connections, requests and operations.
    pub capacity: Arc<Capacity>,
    /// The answers that are kept, and those that run.
    pub answers: Arc<AnswerCache>,
    /// The documents that a request may name.
    pub documents: Arc<Documents>,
    /// The nouns that ready-made questions are asked about unless told otherwise.
    pub examples: Arc<Examples>,
    /// The threads that run operations, apart from those of connections; with none, both run on the same.
    pub workers: Option<Handle>,
}

impl App {
    /// The server on a store, with the limits it has unless asked otherwise.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        let backend = Backend {
            store,
            clock,
            zone: None,
            feed: RevisionFeed::default(),
            has_plans: true,
            scenarios: Some(Arc::new(Scenarios::default())),
        };
        App {
            backend,
            schema: graphql::schema(),
            limits: Arc::default(),
            capacity: Arc::default(),
            answers: Arc::default(),
            documents: Arc::default(),
            examples: Arc::default(),
            workers: None,
        }
    }

    /// The key of a request's answer as of now, or the answer if it cannot be had in time: the operation would wait for the
    /// store once more, and fail as well.
    pub(super) async fn answer_key(
        &self,
        prepared: &PreparedRequest,
        languages: &[LanguageTag],
    ) -> Result<AnswerKey, Box<Answer>> {
        match timeout(self.limits.time, AnswerKey::new(&self.backend, prepared, languages)).await {
            Ok(Ok(key)) => Ok(key),
            Ok(Err(error)) => Err(Box::new(Answer::store_failed(error))),
            Err(_) => Err(Box::new(Answer::timed_out(self.limits.time))),
        }
    }

    /// Runs an operation that is expected to cost so much: on the threads of operations, unless it costs so little that to
    /// wake one of them takes as long.
    pub(super) fn run_operation<'a, T: Send + 'static>(
        &'a self,
        cost: u64,
        work: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<'a, T> {
        if cost <= SMALL_COST { work.boxed() } else { self.run_on_workers(work) }
    }

    /// Runs a future on the threads of operations; it is cancelled when this one is dropped.
    ///
    /// It is boxed: as part of those that wait for it, each would have room for it once more, and each request is a copy.
    pub(crate) fn run_on_workers<'a, T: Send + 'static>(
        &'a self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<'a, T> {
        let Some(workers) = &self.workers else { return work.boxed() };
        let work = AbortOnDropHandle::new(workers.spawn(work.in_current_span()));
        let done = async {
            match work.await {
                Ok(done) => done,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => resume_unwind(panic),
                    // The runtime is shutting down, and drops this future too.
                    Err(_) => std::future::pending().await,
                },
            }
        };
        done.boxed()
    }
}
