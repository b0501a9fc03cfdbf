//! The state that all handlers share: the store, the schema, limits and permits, the threads of operations.

use std::{
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

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

/// How many it may have if no other operation runs: some hundreds of microseconds of work, for which a new connection may
/// have to wait.
const SMALL_COST_ALONE: u64 = 500;

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
    /// How many operations of requests of HTTP run, or wait to.
    pub running: Arc<AtomicUsize>,
}

/// An operation that runs, until it is dropped.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
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
            running: Arc::default(),
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
    /// wake one of them takes as long, or no other request has one.
    pub(super) fn run_operation<'a, T: Send + 'static>(
        &'a self,
        cost: u64,
        work: impl Future<Output = T> + Send + 'static,
    ) -> BoxFuture<'a, T> {
        let is_alone = self.running.fetch_add(1, Relaxed) == 0;
        let running = Running(self.running.clone());
        let work = work.map(move |done| {
            drop(running);
            done
        });
        if cost <= if is_alone { SMALL_COST_ALONE } else { SMALL_COST } {
            work.boxed()
        } else {
            self.run_on_workers(work)
        }
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

#[cfg(test)]
mod tests {
    use std::thread;

    use domain::SystemClock;
    use tokio::runtime::Runtime;

    use super::*;

    #[tokio::test]
    async fn a_lone_operation_runs_where_it_is_read_and_others_on_their_threads() {
        let workers = Runtime::new().expect("a runtime");
        let store = Store::in_memory().await.expect("a store");
        let app = App { workers: Some(workers.handle().clone()), ..App::new(store, Arc::new(SystemClock)) };
        let runs_here = async |cost| {
            let here = thread::current().id();
            app.run_operation(cost, async { thread::current().id() }).await == here
        };
        assert!(runs_here(SMALL_COST_ALONE).await);
        assert!(!runs_here(SMALL_COST_ALONE + 1).await, "it costs more");
        let other = app.run_operation(1, std::future::pending::<()>());
        assert!(runs_here(SMALL_COST).await);
        assert!(!runs_here(SMALL_COST + 1).await, "another runs");
        drop(other);
        assert!(runs_here(SMALL_COST_ALONE).await, "it is over");
        workers.shutdown_background();
    }
}
