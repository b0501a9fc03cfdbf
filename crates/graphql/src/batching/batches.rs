//! Batches: the ids that resolvers wait for are loaded together.
//!
//! A resolver asks a [`Loader`] for the value of one id and waits. When the execution has nothing else to poll, all ids
//! that are pending are sent: one statement for each loader, whatever the number of ids. No timer is involved:
//! [`Batches::run_execution`] sees that the execution is idle because it returned `Pending` without having been woken.
//!
//! Each resolver names the columns of a noun that it will look at, and the statement reads those of all of them.
//!
//! Batches live for one request, or one event of a subscription, and keep its values, so that nothing is loaded twice
//! and nothing is stale.

use std::{
    any::{Any, TypeId},
    collections::{HashMap, hash_map::Entry},
    future::Future,
    hash::Hash,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use futures::{StreamExt, channel::oneshot, future::BoxFuture, stream::FuturesUnordered, task::AtomicWaker};
use persistence::{ColumnSet, IdMap, Store, StoreError};

use crate::execution::{error::LoggedFailure, trace::LevelNumber};

/// Loads values for many ids in one statement. Loaders that are equal share a batch.
pub(crate) trait Loader: Clone + Eq + Hash + Send + Sync + 'static {
    /// What is loaded for one id.
    type Value: Clone + Send + Sync + 'static;
    /// The values of all ids, with these columns at least; an id without a value is left out.
    fn load(
        &self,
        store: &Store,
        ids: &[i64],
        columns: ColumnSet,
    ) -> impl Future<Output = Result<IdMap<Self::Value>, StoreError>> + Send;
}

type LoadResult<L> = Result<Option<<L as Loader>::Value>, LoggedFailure>;

/// What became of an id.
enum LoadState<L: Loader> {
    /// Its batch is not sent yet.
    Pending,
    /// Its statement runs, and reads these columns.
    Loading(ColumnSet),
    /// It is loaded, with these columns.
    Loaded(ColumnSet, LoadResult<L>),
}

/// The ids that one loader is to load, and those that it has loaded.
struct BatchQueue<L: Loader> {
    pending_ids: Vec<i64>,
    /// The columns that are asked for of the pending ids.
    columns: ColumnSet,
    /// The levels of a traced run that ask for pending ids.
    asked_by: Vec<LevelNumber>,
    states: IdMap<LoadState<L>>,
    /// Those who wait for a batch to be loaded.
    waiting: Vec<oneshot::Sender<()>>,
}

impl<L: Loader> Default for BatchQueue<L> {
    fn default() -> Self {
        BatchQueue {
            pending_ids: Vec::new(),
            columns: ColumnSet::LEAST,
            asked_by: Vec::new(),
            states: IdMap::default(),
            waiting: Vec::new(),
        }
    }
}

impl<L: Loader> BatchQueue<L> {
    /// Adds ids, unless they are there already. Gives those of which a statement that was sent reads fewer columns than are
    /// asked for now.
    fn enqueue(&mut self, ids: &[i64], columns: ColumnSet, level: Option<LevelNumber>) -> Vec<i64> {
        let mut of_too_few_columns = Vec::new();
        let mut is_asked = false;
        self.states.reserve(ids.len());
        self.pending_ids.reserve(ids.len());
        for id in ids {
            match self.states.entry(*id) {
                Entry::Occupied(known) => match known.get() {
                    LoadState::Pending => is_asked = true,
                    LoadState::Loading(read) | LoadState::Loaded(read, _) => {
                        if !read.contains(columns) {
                            of_too_few_columns.push(*id);
                        }
                    }
                },
                Entry::Vacant(new) => {
                    new.insert(LoadState::Pending);
                    self.pending_ids.push(*id);
                    is_asked = true;
                }
            }
        }
        if is_asked {
            self.columns = self.columns.union(columns);
            if let Some(level) = level.filter(|level| !self.asked_by.contains(level)) {
                self.asked_by.push(level);
            }
        }
        of_too_few_columns
    }

    /// The values of ids that were enqueued; `None` if some of them are not loaded yet.
    fn loaded(&self, ids: &[i64]) -> Option<Result<Vec<Option<L::Value>>, LoggedFailure>> {
        let value = |id: &i64| match self.states.get(id)? {
            LoadState::Loaded(_, result) => Some(result.clone()),
            LoadState::Pending | LoadState::Loading(_) => None,
        };
        let values: Vec<LoadResult<L>> = ids.iter().map(value).collect::<Option<_>>()?;
        Some(values.into_iter().collect())
    }

    /// Takes the pending ids, with the columns that are asked for; their statement runs from now on.
    fn take_batch(&mut self) -> (Vec<i64>, ColumnSet) {
        let columns = std::mem::replace(&mut self.columns, ColumnSet::LEAST);
        let ids = std::mem::take(&mut self.pending_ids);
        for id in &ids {
            self.states.insert(*id, LoadState::Loading(columns));
        }
        (ids, columns)
    }
}

/// The key of a queue: a loader, and whether it loads all columns since fewer were read before.
type QueueKey<L> = (L, bool);

type BatchQueues<L> = Arc<Mutex<HashMap<QueueKey<L>, BatchQueue<L>>>>;

trait AnyQueues: Send + Sync {
    fn as_any(&self) -> &dyn Any;
    /// Takes the pending ids of each loader; the futures load them.
    fn take_batches(&self, store: &Store) -> Vec<BoxFuture<'static, ()>>;
}

struct LoaderQueues<L: Loader>(BatchQueues<L>);

impl<L: Loader> AnyQueues for LoaderQueues<L> {
    fn as_any(&self) -> &dyn Any {
        &self.0
    }

    fn take_batches(&self, store: &Store) -> Vec<BoxFuture<'static, ()>> {
        let mut batches: Vec<BoxFuture<'static, ()>> = Vec::new();
        for (key, queue) in lock_mutex(&self.0).iter_mut() {
            if queue.pending_ids.is_empty() {
                continue;
            }
            let (ids, columns) = queue.take_batch();
            let store = match std::mem::take(&mut queue.asked_by) {
                nobody if nobody.is_empty() => store.clone(),
                levels => store.asked_by(levels),
            };
            let (key, queues) = (key.clone(), self.0.clone());
            batches.push(Box::pin(async move {
                let values = key.0.load(&store, &ids, columns).await.map_err(LoggedFailure::log_store_error);
                send_values(&queues, &key, &ids, columns, values);
            }));
        }
        batches
    }
}

fn send_values<L: Loader>(
    queues: &BatchQueues<L>,
    key: &QueueKey<L>,
    ids: &[i64],
    columns: ColumnSet,
    mut values: Result<IdMap<L::Value>, LoggedFailure>,
) {
    let mut queues = lock_mutex(queues);
    let Some(queue) = queues.get_mut(key) else { return };
    for id in ids {
        let result = match &mut values {
            Ok(values) => Ok(values.remove(id)),
            Err(failure) => Err(failure.clone()),
        };
        queue.states.insert(*id, LoadState::Loaded(columns, result));
    }
    for waiting in queue.waiting.drain(..) {
        // The receiver was dropped if its resolver was.
        let _gone = waiting.send(());
    }
}

/// Waits until ids that were enqueued are loaded.
async fn wait_for_values<L: Loader>(
    queues: &BatchQueues<L>,
    key: &QueueKey<L>,
    ids: &[i64],
) -> Result<Vec<Option<L::Value>>, LoggedFailure> {
    loop {
        let loaded = {
            let mut queues = lock_mutex(queues);
            let queue = queues.entry(key.clone()).or_default();
            if let Some(values) = queue.loaded(ids) {
                return values;
            }
            let (waiting, loaded) = oneshot::channel();
            queue.waiting.push(waiting);
            loaded
        };
        loaded.await.map_err(|_| LoggedFailure::log_abandoned_batch())?;
    }
}

/// The loaders of one request, and what they have loaded.
pub(crate) struct Batches {
    store: Store,
    queues_by_type: Mutex<HashMap<TypeId, Box<dyn AnyQueues>>>,
}

impl Batches {
    pub(crate) fn new(store: Store) -> Self {
        Batches { store, queues_by_type: Mutex::default() }
    }

    /// Loads the value of an id in the next batch, with these columns at least; `None` if it has none.
    #[cfg(test)]
    pub(crate) async fn load<L: Loader>(&self, loader: L, id: i64, columns: ColumnSet) -> LoadResult<L> {
        Ok(self.load_all(loader, &[id], columns, None).await?.pop().flatten())
    }

    /// Loads the values of ids in the next batch, with these columns at least, for a level of a run that is traced, if it is;
    /// `None` for those that have none.
    pub(crate) async fn load_all<L: Loader>(
        &self,
        loader: L,
        ids: &[i64],
        columns: ColumnSet,
        level: Option<LevelNumber>,
    ) -> Result<Vec<Option<L::Value>>, LoggedFailure> {
        let queues = self.queues_of::<L>();
        let key = (loader, false);
        let again = lock_mutex(&queues).entry(key.clone()).or_default().enqueue(ids, columns, level);
        if again.is_empty() {
            return wait_for_values(&queues, &key, ids).await;
        }
        let all_columns = (key.0.clone(), true);
        let none = lock_mutex(&queues).entry(all_columns.clone()).or_default().enqueue(&again, ColumnSet::ALL, level);
        debug_assert!(none.is_empty(), "all columns are no less than any");
        let enough: Vec<i64> = ids.iter().copied().filter(|id| !again.contains(id)).collect();
        let (with_all, others) = futures::try_join!(
            wait_for_values(&queues, &all_columns, &again),
            wait_for_values(&queues, &key, &enough)
        )?;
        let found: HashMap<&i64, Option<L::Value>> =
            again.iter().zip(with_all).chain(enough.iter().zip(others)).collect();
        Ok(ids.iter().map(|id| found.get(id).cloned().flatten()).collect())
    }

    fn queues_of<L: Loader>(&self) -> BatchQueues<L> {
        let mut by_type = lock_mutex(&self.queues_by_type);
        let queues =
            by_type.entry(TypeId::of::<L>()).or_insert_with(|| Box::new(LoaderQueues::<L>(BatchQueues::default())));
        queues
            .as_any()
            .downcast_ref::<BatchQueues<L>>()
            .expect("queues are kept under the type of their loader")
            .clone()
    }

    /// Drops all values, so that they are loaded again.
    pub(crate) fn clear_values(&self) {
        lock_mutex(&self.queues_by_type).clear();
    }

    /// Runs an execution whose resolvers load from these batches.
    pub(crate) async fn run_execution<F: Future>(&self, execution: F) -> F::Output {
        let mut execution = pin!(execution);
        let wake_flag = Arc::new(WakeFlag::default());
        let waker = Waker::from(wake_flag.clone());
        let mut running = FuturesUnordered::new();
        std::future::poll_fn(|task| {
            wake_flag.task.register(task.waker());
            self.poll_execution(execution.as_mut(), &wake_flag, &waker, &mut running, task)
        })
        .await
    }

    fn poll_execution<F: Future>(
        &self,
        mut execution: Pin<&mut F>,
        wake_flag: &WakeFlag,
        waker: &Waker,
        running: &mut FuturesUnordered<BoxFuture<'static, ()>>,
        task: &mut Context<'_>,
    ) -> Poll<F::Output> {
        // tokio's primitives may return `Pending` until the task yields to the runtime, so the loop has an end.
        for _ in 0..128 {
            wake_flag.is_woken.store(false, SeqCst);
            if let Poll::Ready(output) = execution.as_mut().poll(&mut Context::from_waker(waker)) {
                return Poll::Ready(output);
            }
            if wake_flag.is_woken.load(SeqCst) {
                continue;
            }
            let by_type = lock_mutex(&self.queues_by_type);
            running.extend(by_type.values().flat_map(|queues| queues.take_batches(&self.store)));
            drop(by_type);
            let mut has_loaded = false;
            while let Poll::Ready(Some(())) = running.poll_next_unpin(task) {
                has_loaded = true;
            }
            if !has_loaded {
                return Poll::Pending;
            }
        }
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Remembers that the execution was woken, and wakes the task.
#[derive(Default)]
struct WakeFlag {
    is_woken: AtomicBool,
    task: AtomicWaker,
}

impl Wake for WakeFlag {
    fn wake(self: Arc<Self>) {
        self.is_woken.store(true, SeqCst);
        self.task.wake();
    }
}

fn lock_mutex<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

    #[derive(Clone, PartialEq, Eq, Hash)]
    struct DoubleLoader;

    impl Loader for DoubleLoader {
        type Value = i64;

        async fn load(&self, _: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<i64>, StoreError> {
            STATEMENTS.fetch_add(1, SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            Ok(ids.iter().filter(|id| **id >= 0).map(|id| (*id, id * 2)).collect())
        }
    }

    /// Returns `Pending` once, and asks to be polled again.
    async fn yield_once() {
        let mut has_yielded = false;
        std::future::poll_fn(|cx| {
            if std::mem::replace(&mut has_yielded, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_level_is_one_batch_and_nothing_is_asked_twice() {
        let store = Store::in_memory().await.expect("memory");
        let batches = Batches::new(store);
        let sum = batches
            .run_execution(async {
                // Some ids come late, but before the execution is idle: they still share the batch.
                let batches = &batches;
                let answers = futures::future::join_all((0..600_i64).map(|id| async move {
                    if id % 7 == 0 {
                        yield_once().await;
                    }
                    batches.load(DoubleLoader, id, ColumnSet::LEAST).await
                }));
                let first: i64 =
                    answers.await.into_iter().map(|answer| answer.expect("answered").expect("known")).sum();
                let again = batches.load(DoubleLoader, 21, ColumnSet::LEAST).await.expect("answered");
                let unknown = batches.load(DoubleLoader, -1, ColumnSet::LEAST).await.expect("answered");
                (first, again, unknown)
            })
            .await;
        assert_eq!(sum, (600 * 599, Some(42), None));
        assert_eq!(STATEMENTS.load(SeqCst), 2, "one for the level, one for the id that was not in it");
    }

    /// Loads the columns that it is asked for.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct ColumnsLoader;

    impl Loader for ColumnsLoader {
        type Value = ColumnSet;

        async fn load(&self, _: &Store, ids: &[i64], columns: ColumnSet) -> Result<IdMap<ColumnSet>, StoreError> {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            Ok(ids.iter().map(|id| (*id, columns)).collect())
        }
    }

    #[tokio::test]
    async fn a_batch_reads_the_columns_of_all_who_ask_and_later_ones_all_that_are_missing() {
        let (names, time) = (ColumnSet::NAMES, ColumnSet::TIME);
        let batches = Batches::new(Store::in_memory().await.expect("memory"));
        batches
            .run_execution(async {
                let ask = async |id, columns| {
                    batches.load(ColumnsLoader, id, columns).await.expect("answered").expect("known")
                };
                let together = futures::join!(ask(1, names), ask(1, time), ask(2, ColumnSet::LEAST));
                assert_eq!(together, (names.union(time), names.union(time), names.union(time)));
                assert_eq!(ask(1, time).await, names.union(time), "is not asked again");
                assert_eq!(ask(3, names).await, names);
                assert_eq!(ask(3, time).await, ColumnSet::ALL);
                assert_eq!(ask(3, names).await, names);
            })
            .await;
    }
}
