//! Batches: many ask, one statement answers.
//!
//! A resolver asks a [`Question`] about one id and waits. When the execution has nothing else to poll, everything
//! asked so far leaves at once: one statement for each question, whatever the number of ids. No timer is involved:
//! [`Batches::run`] sees that the execution is idle because it returned `Pending` without having been woken.
//!
//! Each asker names the columns of a noun that it will look at, and the statement reads those of all of them.
//!
//! Batches live for one request, or one event of a subscription, and remember its answers, so that nothing is asked twice
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

use crate::execution::error::Failure;

/// What can be asked about many ids in one statement.
pub(crate) trait Question: Clone + Eq + Hash + Send + Sync + 'static {
    /// What is answered about one id.
    type Answer: Clone + Send + Sync + 'static;
    /// Answers for all ids at once, with these columns at least; an id without an answer is left out.
    fn answer(
        &self,
        store: &Store,
        ids: &[i64],
        columns: ColumnSet,
    ) -> impl Future<Output = Result<HashMap<i64, Self::Answer>, StoreError>> + Send;
}

type Answered<Q> = Result<Option<<Q as Question>::Answer>, Failure>;

/// What became of an id.
enum State<Q: Question> {
    /// It waits for its batch to leave.
    Waiting(Vec<oneshot::Sender<Answered<Q>>>),
    /// Its statement runs, and reads these columns.
    Running(ColumnSet, Vec<oneshot::Sender<Answered<Q>>>),
    /// It is answered, with these columns.
    Answered(ColumnSet, Answered<Q>),
}

/// What an asker is told.
enum Reply<Q: Question> {
    Answer(Answered<Q>),
    Wait(oneshot::Receiver<Answered<Q>>),
    /// The statement has left, and reads fewer columns than are asked for now.
    ReadsLess,
}

/// What was asked and answered about one question.
struct Sheet<Q: Question> {
    waiting: Vec<i64>,
    /// The columns that those who wait look at.
    columns: ColumnSet,
    states: HashMap<i64, State<Q>>,
}

impl<Q: Question> Default for Sheet<Q> {
    fn default() -> Self {
        Sheet { waiting: Vec::new(), columns: ColumnSet::LEAST, states: HashMap::new() }
    }
}

impl<Q: Question> Sheet<Q> {
    fn ask(&mut self, id: i64, columns: ColumnSet) -> Reply<Q> {
        let (sender, receiver) = oneshot::channel();
        match self.states.get_mut(&id) {
            Some(State::Answered(read, answer)) if read.contains(columns) => return Reply::Answer(answer.clone()),
            Some(State::Running(read, senders)) if read.contains(columns) => senders.push(sender),
            Some(State::Answered(..) | State::Running(..)) => return Reply::ReadsLess,
            Some(State::Waiting(senders)) => {
                senders.push(sender);
                self.columns = self.columns.union(columns);
            }
            None => {
                self.waiting.push(id);
                self.states.insert(id, State::Waiting(vec![sender]));
                self.columns = self.columns.union(columns);
            }
        }
        Reply::Wait(receiver)
    }

    /// The ids that wait, with the columns that are asked for; their statement runs from now on.
    fn leave(&mut self) -> (Vec<i64>, ColumnSet) {
        let columns = std::mem::replace(&mut self.columns, ColumnSet::LEAST);
        let ids = std::mem::take(&mut self.waiting);
        for id in &ids {
            if let Some(state) = self.states.get_mut(id)
                && let State::Waiting(senders) = state
            {
                *state = State::Running(columns, std::mem::take(senders));
            }
        }
        (ids, columns)
    }
}

/// Which sheet: that of a question, or of those who ask it for all columns since fewer were read.
type Key<Q> = (Q, bool);

type Sheets<Q> = Arc<Mutex<HashMap<Key<Q>, Sheet<Q>>>>;

trait Desk: Send + Sync {
    fn sheets(&self) -> &dyn Any;
    /// The batches that are ready to leave.
    fn leaving(&self, store: &Store) -> Vec<BoxFuture<'static, ()>>;
}

struct DeskOf<Q: Question>(Sheets<Q>);

impl<Q: Question> Desk for DeskOf<Q> {
    fn sheets(&self) -> &dyn Any {
        &self.0
    }

    fn leaving(&self, store: &Store) -> Vec<BoxFuture<'static, ()>> {
        let mut leaving: Vec<BoxFuture<'static, ()>> = Vec::new();
        for (key, sheet) in lock(&self.0).iter_mut() {
            if sheet.waiting.is_empty() {
                continue;
            }
            let (ids, columns) = sheet.leave();
            let (key, store, sheets) = (key.clone(), store.clone(), self.0.clone());
            leaving.push(Box::pin(async move {
                let answers = key.0.answer(&store, &ids, columns).await.map_err(Failure::log);
                hand_out(&sheets, &key, &ids, columns, answers);
            }));
        }
        leaving
    }
}

fn hand_out<Q: Question>(
    sheets: &Sheets<Q>,
    key: &Key<Q>,
    ids: &[i64],
    columns: ColumnSet,
    answers: Result<HashMap<i64, Q::Answer>, Failure>,
) {
    let mut sheets = lock(sheets);
    let Some(sheet) = sheets.get_mut(key) else { return };
    for id in ids {
        let answer = match &answers {
            Ok(answers) => Ok(answers.get(id).cloned()),
            Err(failure) => Err(failure.clone()),
        };
        if let Some(State::Running(_, senders)) = sheet.states.insert(*id, State::Answered(columns, answer.clone())) {
            for asker in senders {
                // An asker who has gone needs no answer.
                let _gone = asker.send(answer.clone());
            }
        }
    }
}

/// The questions of one request.
pub(crate) struct Batches {
    store: Store,
    desks: Mutex<HashMap<TypeId, Box<dyn Desk>>>,
}

impl Batches {
    pub(crate) fn new(store: Store) -> Self {
        Batches { store, desks: Mutex::default() }
    }

    /// Asks a question about an id, to look at these columns of the answer; `None` if there is no answer.
    pub(crate) async fn ask<Q: Question>(&self, question: Q, id: i64, columns: ColumnSet) -> Answered<Q> {
        let answer = {
            let sheets = self.sheets::<Q>();
            let mut sheets = lock(&sheets);
            let mut reply = sheets.entry((question.clone(), false)).or_default().ask(id, columns);
            if let Reply::ReadsLess = reply {
                reply = sheets.entry((question, true)).or_default().ask(id, ColumnSet::ALL);
            }
            match reply {
                Reply::Answer(answer) => return answer,
                Reply::Wait(answer) => answer,
                Reply::ReadsLess => unreachable!("all columns are no less than any"),
            }
        };
        answer.await.unwrap_or_else(|_| Err(Failure::abandoned()))
    }

    fn sheets<Q: Question>(&self) -> Sheets<Q> {
        let mut desks = lock(&self.desks);
        let desk = desks.entry(TypeId::of::<Q>()).or_insert_with(|| Box::new(DeskOf::<Q>(Sheets::default())));
        desk.sheets().downcast_ref::<Sheets<Q>>().expect("a desk stands under its question's type").clone()
    }

    /// Forgets all answers, so that what is asked next is answered anew.
    pub(crate) fn forget(&self) {
        lock(&self.desks).clear();
    }

    /// Runs an execution whose resolvers ask these batches.
    pub(crate) async fn run<F: Future>(&self, execution: F) -> F::Output {
        let mut execution = pin!(execution);
        let bell = Arc::new(Bell::default());
        let waker = Waker::from(bell.clone());
        let mut running = FuturesUnordered::new();
        std::future::poll_fn(|task| {
            bell.task.register(task.waker());
            self.turn(execution.as_mut(), &bell, &waker, &mut running, task)
        })
        .await
    }

    fn turn<F: Future>(
        &self,
        mut execution: Pin<&mut F>,
        bell: &Bell,
        waker: &Waker,
        running: &mut FuturesUnordered<BoxFuture<'static, ()>>,
        task: &mut Context<'_>,
    ) -> Poll<F::Output> {
        // The runtime's own primitives may say "later" until the task yields to it; so a turn is not endless.
        for _ in 0..128 {
            bell.rung.store(false, SeqCst);
            if let Poll::Ready(output) = execution.as_mut().poll(&mut Context::from_waker(waker)) {
                return Poll::Ready(output);
            }
            if bell.rung.load(SeqCst) {
                continue;
            }
            let desks = lock(&self.desks);
            running.extend(desks.values().flat_map(|desk| desk.leaving(&self.store)));
            drop(desks);
            let mut answered = false;
            while let Poll::Ready(Some(())) = running.poll_next_unpin(task) {
                answered = true;
            }
            if !answered {
                return Poll::Pending;
            }
        }
        task.waker().wake_by_ref();
        Poll::Pending
    }
}

/// Remembers that the execution was woken, and wakes the task.
#[derive(Default)]
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, SeqCst);
        self.task.wake();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    static STATEMENTS: AtomicUsize = AtomicUsize::new(0);

    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Double;

    impl Question for Double {
        type Answer = i64;

        async fn answer(&self, _: &Store, ids: &[i64], _: ColumnSet) -> Result<HashMap<i64, i64>, StoreError> {
            STATEMENTS.fetch_add(1, SeqCst);
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            Ok(ids.iter().filter(|id| **id >= 0).map(|id| (*id, id * 2)).collect())
        }
    }

    /// Returns "not yet" once, and asks to be polled again.
    async fn later() {
        let mut asked = false;
        std::future::poll_fn(|cx| {
            if std::mem::replace(&mut asked, true) {
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
            .run(async {
                // Some askers come late, but before the execution is idle: they still share the batch.
                let batches = &batches;
                let answers = futures::future::join_all((0..600_i64).map(|id| async move {
                    if id % 7 == 0 {
                        later().await;
                    }
                    batches.ask(Double, id, ColumnSet::LEAST).await
                }));
                let first: i64 =
                    answers.await.into_iter().map(|answer| answer.expect("answered").expect("known")).sum();
                let again = batches.ask(Double, 21, ColumnSet::LEAST).await.expect("answered");
                let unknown = batches.ask(Double, -1, ColumnSet::LEAST).await.expect("answered");
                (first, again, unknown)
            })
            .await;
        assert_eq!(sum, (600 * 599, Some(42), None));
        assert_eq!(STATEMENTS.load(SeqCst), 2, "one for the level, one for the id that was not in it");
    }

    /// Answers with the columns that it is asked for.
    #[derive(Clone, PartialEq, Eq, Hash)]
    struct Columns;

    impl Question for Columns {
        type Answer = ColumnSet;

        async fn answer(
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
            .run(async {
                let ask =
                    async |id, columns| batches.ask(Columns, id, columns).await.expect("answered").expect("known");
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
