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
    collections::HashMap,
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
use persistence::{ColumnSet, Store, StoreError};

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
    ) -> impl Future<Output = Result<HashMap<i64, Self::Value>, StoreError>> + Send;
}

type LoadResult<L> = Result<Option<<L as Loader>::Value>, LoggedFailure>;

/// What became of an id.
enum LoadState<L: Loader> {
    /// Its batch is not sent yet.
    Pending(Vec<oneshot::Sender<LoadResult<L>>>),
    /// Its statement runs, and reads these columns.
    Loading(ColumnSet, Vec<oneshot::Sender<LoadResult<L>>>),
    /// It is loaded, with these columns.
    Loaded(ColumnSet, LoadResult<L>),
}

/// What a queue has for an id that is asked for.
enum QueueReply<L: Loader> {
    Loaded(LoadResult<L>),
    Pending(oneshot::Receiver<LoadResult<L>>),
    /// The statement was sent, and reads fewer columns than are asked for now.
    TooFewColumns,
}

/// The ids that one loader is to load, and those that it has loaded.
struct BatchQueue<L: Loader> {
    pending_ids: Vec<i64>,
    /// The columns that are asked for of the pending ids.
    columns: ColumnSet,
    /// The levels of a traced run that ask for pending ids.
    asked_by: Vec<LevelNumber>,
    states: HashMap<i64, LoadState<L>>,
}

impl<L: Loader> Default for BatchQueue<L> {
    fn default() -> Self {
        BatchQueue { pending_ids: Vec::new(), columns: ColumnSet::LEAST, asked_by: Vec::new(), states: HashMap::new() }
    }
}

impl<L: Loader> BatchQueue<L> {
    /// Adds an id, unless it is there already.
    fn enqueue(&mut self, id: i64, columns: ColumnSet, level: Option<LevelNumber>) -> QueueReply<L> {
        let (sender, receiver) = oneshot::channel();
        match self.states.get_mut(&id) {
            Some(LoadState::Loaded(read, result)) if read.contains(columns) => {
                return QueueReply::Loaded(result.clone());
            }
            Some(LoadState::Loading(read, senders)) if read.contains(columns) => {
                senders.push(sender);
                return QueueReply::Pending(receiver);
            }
            Some(LoadState::Loaded(..) | LoadState::Loading(..)) => return QueueReply::TooFewColumns,
            Some(LoadState::Pending(senders)) => {
                senders.push(sender);
                self.columns = self.columns.union(columns);
            }
            None => {
                self.pending_ids.push(id);
                self.states.insert(id, LoadState::Pending(vec![sender]));
                self.columns = self.columns.union(columns);
            }
        }
        if let Some(level) = level.filter(|level| !self.asked_by.contains(level)) {
            self.asked_by.push(level);
        }
        QueueReply::Pending(receiver)
    }

    /// Takes the pending ids, with the columns that are asked for; their statement runs from now on.
    fn take_batch(&mut self) -> (Vec<i64>, ColumnSet) {
        let columns = std::mem::replace(&mut self.columns, ColumnSet::LEAST);
        let ids = std::mem::take(&mut self.pending_ids);
        for id in &ids {
            if let Some(state) = self.states.get_mut(id)
                && let LoadState::Pending(senders) = state
            {
                *state = LoadState::Loading(columns, std::mem::take(senders));
            }
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
    values: Result<HashMap<i64, L::Value>, LoggedFailure>,
) {
    let mut queues = lock_mutex(queues);
    let Some(queue) = queues.get_mut(key) else { return };
    for id in ids {
        let result = match &values {
            Ok(values) => Ok(values.get(id).cloned()),
            Err(failure) => Err(failure.clone()),
        };
        if let Some(LoadState::Loading(_, senders)) =
            queue.states.insert(*id, LoadState::Loaded(columns, result.clone()))
        {
            for sender in senders {
                // The receiver was dropped if its resolver was.
                let _gone = sender.send(result.clone());
            }
        }
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
        self.load_for(loader, id, columns, None).await
    }

    /// The same for a level of a run that is traced, if it is.
    pub(crate) async fn load_for<L: Loader>(
        &self,
        loader: L,
        id: i64,
        columns: ColumnSet,
        level: Option<LevelNumber>,
    ) -> LoadResult<L> {
        let receiver = {
            let queues = self.queues_of::<L>();
            let mut queues = lock_mutex(&queues);
            let mut reply = queues.entry((loader.clone(), false)).or_default().enqueue(id, columns, level);
            if let QueueReply::TooFewColumns = reply {
                reply = queues.entry((loader, true)).or_default().enqueue(id, ColumnSet::ALL, level);
            }
            match reply {
                QueueReply::Loaded(result) => return result,
                QueueReply::Pending(receiver) => receiver,
                QueueReply::TooFewColumns => unreachable!("all columns are no less than any"),
            }
        };
        receiver.await.unwrap_or_else(|_| Err(LoggedFailure::log_abandoned_batch()))
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

        async fn load(&self, _: &Store, ids: &[i64], _: ColumnSet) -> Result<HashMap<i64, i64>, StoreError> {
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

        async fn load(
            &self,
            _: &Store,
            ids: &[i64],
            columns: ColumnSet,
        ) -> Result<HashMap<i64, ColumnSet>, StoreError> {
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
