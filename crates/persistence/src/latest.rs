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
use tokio::sync::oneshot;

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

/// The turn to check; if it is given up, with its runtime, those who wait learn that nobody answers.
struct CheckTurn {
    checks: Arc<LatestChecks>,
    is_over: bool,
}

impl CheckTurn {
    /// Those who wait for the next check; `None`, and the turn is over, if nobody does.
    fn take_waiting(&mut self) -> Option<Vec<oneshot::Sender<Found>>> {
        let mut state = self.checks.state();
        if state.waiting.is_empty() {
            state.is_checking = false;
            self.is_over = true;
            return None;
        }
        Some(std::mem::take(&mut state.waiting))
    }
}

impl Drop for CheckTurn {
    fn drop(&mut self) {
        if !self.is_over {
            let mut state = self.checks.state();
            state.is_checking = false;
            state.waiting.clear();
        }
    }
}

impl Store {
    /// The latest revision, with every one that was recorded before this is called.
    ///
    /// # Errors
    /// The database failed, or the name of a time zone has no meaning.
    pub async fn latest(&self) -> Found {
        let (sender, receiver) = oneshot::channel();
        let is_first = {
            let mut state = self.latest.state();
            state.waiting.push(sender);
            !std::mem::replace(&mut state.is_checking, true)
        };
        if is_first {
            let turn = CheckTurn { checks: self.latest.clone(), is_over: false };
            tokio::spawn(self.uncounted().check_while_awaited(turn));
        }
        match receiver.await {
            Ok(found) => found,
            // The check was given up with its runtime.
            Err(_) => self.uncounted().check_latest().await,
        }
    }

    async fn check_while_awaited(self, mut turn: CheckTurn) {
        loop {
            // Those who can come at once do, and this check serves them.
            tokio::task::yield_now().await;
            let Some(waiting) = turn.take_waiting() else { return };
            let found = self.check_latest().await;
            for one in waiting {
                // It may have gone.
                let _ = one.send(found.clone());
            }
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
