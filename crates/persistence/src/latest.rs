//! The latest revision and the time zones of its districts, asked for once for all who wait.
//!
//! A caller must see every revision that was recorded before it asked. So a statement that has begun already is of no use
//! to it; one that is still to begin is, and serves all who ask before it does.

use std::{
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use domain::{Known, Revision, TimeZone, Validity, View};
use sea_orm::sea_query::{ExprTrait, Order};
use tokio::{runtime::Handle, sync::oneshot, time::timeout};

use crate::{
    Store, StoreError,
    nouns::district::Districts,
    statement::Bound,
    view::{Scope, Sees, col},
};

/// The latest revision, and what of it every request needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// The revision; `None` while there is none.
    pub revision: Option<Revision>,
    /// The time zones that its districts name: none, one, or, where they do not agree, two of them.
    pub time_zones: Vec<TimeZone>,
}

/// How long another process's revision may be unknown to those who only want the time zones.
const FRESH: Duration = Duration::from_secs(1);

/// How long the check of another is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

type Found = Result<Arc<Latest>, StoreError>;

/// The checks of the latest revision: one runs at a time, as long as anybody waits.
#[derive(Default)]
pub(crate) struct LatestChecks {
    state: Mutex<State>,
    /// Reads the latest revision; built by the first check.
    statement: OnceLock<Bound>,
}

#[derive(Default)]
struct State {
    /// Those who came since the last check began.
    waiting: Vec<oneshot::Sender<Found>>,
    is_checking: bool,
    /// What the last one found, and when it began.
    found: Option<(Instant, Arc<Latest>)>,
    /// How often that was forgotten: what a check finds that began before is not kept.
    generation: u64,
}

impl LatestChecks {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the latest revision that was found last: there may be a later one.
    pub(crate) fn found_last(&self) -> Option<i64> {
        let state = self.state();
        state.found.as_ref().and_then(|(_, latest)| latest.revision.as_ref()).map(|revision| revision.number)
    }

    /// Forgets what was found, since there is another revision.
    pub(crate) fn invalidate(&self) {
        let mut state = self.state();
        state.found = None;
        state.generation += 1;
    }
}

/// The turn to check. If who has it goes before the check has ended, or others wait by then, a task takes it.
struct CheckTurn {
    store: Store,
    /// Those whom this check serves.
    served: Vec<oneshot::Sender<Found>>,
    holder: Holder,
    has_checked: bool,
}

/// Who has the turn to check.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// A request that asks for itself.
    Request,
    /// A task, for those who wait.
    Task,
}

impl CheckTurn {
    fn new(store: Store, holder: Holder) -> Self {
        CheckTurn { store, served: Vec::new(), holder, has_checked: false }
    }

    /// Checks, for all who wait already; those who come meanwhile have the next check.
    async fn check(mut self) -> Found {
        // Those who can come at once do, and this check serves them.
        tokio::task::yield_now().await;
        self.served = std::mem::take(&mut self.store.latest.state().waiting);
        let found = self.store.check_latest().await;
        self.has_checked = true;
        for one in self.served.drain(..) {
            // It may have gone.
            let _ = one.send(found.clone());
        }
        found
    }
}

impl Drop for CheckTurn {
    fn drop(&mut self) {
        let mut state = self.store.latest.state();
        state.waiting.append(&mut self.served);
        if self.holder == Holder::Task && !self.has_checked {
            // Its runtime ends, or it panicked: those who wait learn that nobody answers.
            state.waiting.clear();
        }
        let next = (!state.waiting.is_empty()).then(Handle::try_current);
        if let Some(Err(_)) = next {
            state.waiting.clear();
        }
        state.is_checking = !state.waiting.is_empty();
        drop(state);
        if let Some(Ok(runtime)) = next {
            runtime.spawn(CheckTurn::new(self.store.clone(), Holder::Task).check());
        }
    }
}

impl Store {
    /// The latest revision, with every one that was recorded before this is called.
    ///
    /// # Errors
    /// The database failed, or the name of a time zone has no meaning.
    pub async fn latest(&self) -> Found {
        let next_check = {
            let mut state = self.latest.state();
            std::mem::replace(&mut state.is_checking, true).then(|| {
                let (sender, receiver) = oneshot::channel();
                state.waiting.push(sender);
                receiver
            })
        };
        let store = self.uncounted();
        let Some(next_check) = next_check else {
            return CheckTurn::new(store, Holder::Request).check().await;
        };
        match timeout(PATIENCE, next_check).await {
            Ok(Ok(found)) => found,
            // The check was given up with its runtime, or who has the turn does not go on with it: a request whose client
            // reads nothing may stand still.
            Ok(Err(_)) | Err(_) => store.check_latest().await,
        }
    }

    /// The time zones that the districts on record name: none, one, or, where they do not agree, two of them.
    ///
    /// # Errors
    /// The database failed, or a name has no meaning.
    pub async fn time_zones(&self) -> Result<Vec<TimeZone>, StoreError> {
        let fresh = self.latest.state().found.clone().filter(|(at, _)| at.elapsed() < FRESH);
        let latest = match fresh {
            Some((_, latest)) => latest,
            None => self.latest().await?,
        };
        Ok(latest.time_zones.clone())
    }

    async fn check_latest(&self) -> Found {
        let (before, generation) = {
            let state = self.latest.state();
            (state.found.clone(), state.generation)
        };
        let began = Instant::now();
        let statement = self.latest.statement.get_or_init(|| self.revision_statement(Known::Latest));
        let revision = self.read_revision(statement.clone()).await?;
        let latest = match before {
            Some((_, latest)) if latest.revision == revision => latest,
            // If another revision has come in between, the next check finds that this is not the latest.
            _ => Arc::new(Latest { time_zones: self.read_time_zones().await?, revision }),
        };
        let mut state = self.latest.state();
        if state.generation == generation {
            state.found = Some((began, latest.clone()));
        }
        drop(state);
        Ok(latest)
    }

    async fn read_time_zones(&self) -> Result<Vec<TimeZone>, StoreError> {
        let view = View::new(Validity::OPEN_START, Known::Latest);
        let mut select = Scope::new(self.backend, view).select_from(Districts::Table, "d", Sees::Known);
        let time_zone = || col("d", Districts::TimeZone);
        select.distinct().expr(time_zone()).and_where(time_zone().is_not_null());
        select.order_by_expr(time_zone(), Order::Asc).limit(2);
        let rows = self.rows(self.backend.build(&select)).await?;
        rows.iter().map(|mut row| row.next().word(|name| name.parse().ok())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Waker};

    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_check_that_stands_still_is_waited_for_no_longer_than_some_seconds() {
        let store = Store::in_memory().await.expect("a store");
        let mut first = Box::pin(store.latest());
        assert!(first.poll_unpin(&mut Context::from_waker(Waker::noop())).is_pending(), "it has the turn");
        assert_eq!(store.latest().await.expect("an answer").revision, None);
        assert!(store.latest.state().is_checking, "the first still has it");
        assert_eq!(first.await.expect("an answer").revision, None);
        assert!(!store.latest.state().is_checking, "the turn is over");
    }

    #[tokio::test]
    async fn a_check_that_is_given_up_is_made_for_those_who_wait() {
        let store = Store::in_memory().await.expect("a store");
        let mut first = Box::pin(store.latest());
        let mut context = Context::from_waker(Waker::noop());
        assert!(first.poll_unpin(&mut context).is_pending(), "it has the turn");
        let mut second = Box::pin(store.latest());
        assert!(second.poll_unpin(&mut context).is_pending(), "it waits for the first");
        drop(first);
        assert_eq!(second.await.expect("an answer").revision, None);
        assert!(!store.latest.state().is_checking, "the turn is over");
        assert_eq!(store.latest().await.expect("an answer").revision, None);
    }
}
