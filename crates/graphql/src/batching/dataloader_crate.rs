//! What the `dataloader` crate does otherwise than our batches: the cases for which decision 0005 turns it down.

use std::{
    collections::{BTreeSet, HashMap},
    future::{Future, poll_fn},
    hash::{Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::Poll,
};

use dataloader::{BatchFn, cached::Loader};
use futures::{FutureExt, future::join_all};
use persistence::{ColumnSet, IdMap, Store, StoreError};
use tokio::task::yield_now;

use super::batches::{Batches, Loader as BatchLoader};

/// How many ids are in the batch of an id.
#[derive(Clone, PartialEq, Eq, Hash)]
struct BatchSize;

impl BatchLoader for BatchSize {
    type Value = usize;

    async fn load(&self, _: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<usize>, StoreError> {
        Ok(ids.iter().map(|id| (*id, ids.len())).collect())
    }
}

impl BatchFn<i64, usize> for BatchSize {
    async fn load(&mut self, ids: &[i64]) -> HashMap<i64, usize> {
        ids.iter().map(|id| (*id, ids.len())).collect()
    }
}

/// Returns "not yet" so many times, and asks to be polled again.
async fn delay(mut polls: usize) {
    poll_fn(|cx| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The sizes of the batches of 600 ids, of which every seventh is asked about only after some polls.
async fn batch_sizes<F: Future<Output = usize>>(polls: usize, ask: impl Fn(i64) -> F) -> BTreeSet<usize> {
    let ask = &ask;
    let askers = (0..600).map(|id| async move {
        delay(if id % 7 == 0 { polls } else { 0 }).await;
        ask(id).await
    });
    join_all(askers).await.into_iter().collect()
}

#[tokio::test]
async fn no_fixed_number_of_yields_waits_for_everybody_who_asks_in_a_level() {
    let store = Store::in_memory().await.expect("memory");
    for yields in [10, 100] {
        let polls = 4 * yields;
        let batches = Batches::new(store.clone());
        let ask = |id| batches.load(BatchSize, id, ColumnSet::ALL).map(|size| size.expect("answered").expect("known"));
        assert_eq!(batches.run_execution(batch_sizes(polls, ask)).await, BTreeSet::from([600]), "ours, {polls} polls");
        let loader = Loader::new(BatchSize).with_yield_count(yields).with_max_batch_size(usize::MAX);
        let theirs = batch_sizes(polls, |id| loader.load(id)).await;
        assert_eq!(theirs, BTreeSet::from([86, 514]), "{yields} yields, {polls} polls");
    }
}

/// What takes a while to answer, and tells that it has begun.
#[derive(Clone)]
struct Slow(Arc<AtomicBool>);

impl Slow {
    async fn load_all(&self, ids: &[i64]) -> HashMap<i64, i64> {
        self.0.store(true, SeqCst);
        yield_now().await;
        ids.iter().map(|id| (*id, 2 * id)).collect()
    }
}

impl BatchFn<i64, i64> for Slow {
    async fn load(&mut self, ids: &[i64]) -> HashMap<i64, i64> {
        self.load_all(ids).await
    }
}

impl PartialEq for Slow {
    fn eq(&self, _: &Slow) -> bool {
        true
    }
}

impl Eq for Slow {}

impl Hash for Slow {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl BatchLoader for Slow {
    type Value = i64;

    async fn load(&self, _: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<i64>, StoreError> {
        Ok(self.load_all(ids).await.into_iter().collect())
    }
}

/// Asks about two ids, drops who asked about the first once their batch is being loaded, and gives the other's answer.
async fn answer_after_drop<F: Future>(has_begun: &AtomicBool, ask: impl Fn(i64) -> F) -> F::Output {
    let mut first = Box::pin(ask(1));
    let mut second = Box::pin(ask(2));
    while !has_begun.load(SeqCst) {
        let are_pending =
            poll_fn(|cx| Poll::Ready(first.as_mut().poll(cx).is_pending() && second.as_mut().poll(cx).is_pending()));
        assert!(are_pending.await, "answered before anything was loaded");
        yield_now().await;
    }
    drop(first);
    second.await
}

#[tokio::test]
async fn an_asker_that_is_dropped_does_not_take_the_answers_of_others() {
    let batches = Batches::new(Store::in_memory().await.expect("memory"));
    let has_begun = Arc::new(AtomicBool::default());
    let question = Slow(has_begun.clone());
    let ours = batches
        .run_execution(answer_after_drop(&has_begun, |id| batches.load(question.clone(), id, ColumnSet::ALL)))
        .await;
    assert_eq!(ours.expect("answered"), Some(4));

    let has_begun = Arc::new(AtomicBool::default());
    let loader = Loader::new(Slow(has_begun.clone()));
    let theirs = answer_after_drop(&has_begun, |id| loader.try_load(id)).await;
    assert!(theirs.is_err(), "the crate answered: {theirs:?}");
}
