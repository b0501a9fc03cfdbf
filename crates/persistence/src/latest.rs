//! The latest revision and the time zones of its districts, asked for once for all who wait.
//!
//! A caller must see every revision that was recorded before it asked. So a statement that has begun already is of no use
//! to it; one that is still to begin is, and serves all who ask before it does.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use domain::{Known, Revision, TimeZone, Validity, View};
use futures::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use sea_orm::sea_query::{ExprTrait, Order};

use crate::{
    Store, StoreError,
    entity::districts::{Column, Entity},
    row::Row,
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

type Check = BoxFuture<'static, Result<Arc<Latest>, StoreError>>;

/// The checks of the latest revision: one runs at a time, and one waits for its turn.
#[derive(Default)]
pub(crate) struct LatestChecks {
    state: Mutex<State>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// The check that has not begun; it goes when nobody waits for it any more.
    next: Option<WeakShared<Check>>,
    /// What the last one found, and when it began.
    found: Option<(Instant, Arc<Latest>)>,
    /// How often that was forgotten: what a check finds that began before is not kept.
    generation: u64,
}

impl LatestChecks {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The check that is to begin, or a new one.
    fn join_next(&self, store: &Store) -> Shared<Check> {
        let mut state = self.state();
        if let Some(check) = state.next.as_ref().and_then(WeakShared::upgrade) {
            return check;
        }
        let check = store.uncounted().check_latest().boxed().shared();
        state.next = check.downgrade();
        check
    }

    /// Forgets what was found, since there is another revision.
    pub(crate) fn invalidate(&self) {
        let mut state = self.state();
        state.found = None;
        state.generation += 1;
    }
}

impl Store {
    /// The latest revision, with every one that was recorded before this is called.
    ///
    /// # Errors
    /// The database failed, or the name of a time zone has no meaning.
    pub async fn latest(&self) -> Result<Arc<Latest>, StoreError> {
        self.latest.join_next(self).await
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

    async fn check_latest(self) -> Result<Arc<Latest>, StoreError> {
        let _turn = self.latest.turn.lock().await;
        let (before, generation) = {
            let mut state = self.latest.state();
            // Whoever comes from here on waits for the next check.
            state.next = None;
            (state.found.clone(), state.generation)
        };
        let began = Instant::now();
        let revision = self.revision(Known::Latest).await?;
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
        let view = View { day: Validity::OPEN_START, known: Known::Latest };
        let mut select = Scope::new(self.backend, view).select_from(Entity, "d", Sees::Known);
        let time_zone = || col("d", Column::TimeZone);
        select.distinct().expr(time_zone()).and_where(time_zone().is_not_null());
        select.order_by_expr(time_zone(), Order::Asc).limit(2);
        let rows = self.rows(self.backend.build(&select)).await?;
        rows.iter().map(|row| Row::new(row)?.next().word(|name| name.parse().ok())).collect()
    }
}
