//! Scenarios: changes that are written as a revision is, read, and never committed.
//!
//! A scenario is an open transaction of a connection that writes. Reads under a view of it take this connection, one after
//! the other, and all others read what is committed. When the last who holds the scenario drops it, it is rolled back.
//!
//! While it is open nobody else can write, so there is one at a time, and it begins only where no writer is at work: it
//! asks for the lock again and again, and holds no place in the queue of those that write. A database in memory has one
//! connection; there a scenario has a copy of the database.

use std::{
    sync::{
        Arc, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use domain::{NewRevision, ScenarioId};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, RuntimeErr, Statement};
use tempfile::TempDir;
use tokio::{
    runtime::Handle,
    sync::{Mutex, OwnedSemaphorePermit, Semaphore},
    time::sleep,
};

use crate::{Draft, Store, StoreError, dialect, draft::latest, open::WRITER_TIMEOUT, writer::WriteTransaction};

/// After how long the lock of writers is asked for again.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);
/// How long a scenario waits after others, so that a writer of another process, which asks for the lock of a file every
/// tenth of a second, gets its turn.
const PAUSE: Duration = Duration::from_millis(120);
/// How long scenarios may follow each other without such a pause.
const MAX_WITHOUT_PAUSE: Duration = Duration::from_secs(1);

/// Changes that are written and never committed. Cheap to clone; the last clone that is dropped takes them back.
#[derive(Clone)]
pub struct Scenario(Arc<OpenScenario>);

struct OpenScenario {
    id: ScenarioId,
    base: i64,
    /// Its reads take turns.
    reads: Mutex<()>,
    // Fields are dropped in their order: the next scenario begins after this one was rolled back.
    transaction: WriteTransaction,
    _place: Option<Place>,
}

/// What a scenario holds as long as it is open: its turn and, in memory, the copy of the database.
pub(crate) struct Place {
    turn: Option<OwnedSemaphorePermit>,
    turns: Arc<ScenarioTurns>,
    /// Whether another process may wait for the lock of a file.
    is_polled: bool,
    _copy: Option<TempDir>,
}

/// The turns of scenarios: one at a time.
pub(crate) struct ScenarioTurns {
    turns: Arc<Semaphore>,
    n_waiting: AtomicUsize,
    last_pause: std::sync::Mutex<Option<Instant>>,
}

impl Default for ScenarioTurns {
    fn default() -> Self {
        ScenarioTurns {
            turns: Arc::new(Semaphore::new(1)),
            n_waiting: AtomicUsize::new(0),
            last_pause: std::sync::Mutex::default(),
        }
    }
}

/// Somebody who waits for a turn.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl ScenarioTurns {
    async fn take(self: Arc<Self>, is_polled: bool, copy: Option<TempDir>) -> Result<Place, StoreError> {
        self.n_waiting.fetch_add(1, SeqCst);
        let waiting = Waiting(&self.n_waiting);
        let turn = self.turns.clone().acquire_owned().await.map_err(|error| DbErr::Custom(error.to_string()))?;
        drop(waiting);
        Ok(Place { turn: Some(turn), turns: self, is_polled, _copy: copy })
    }

    /// Whether the last pause was too long ago; then another one begins.
    fn begin_pause_if_due(&self) -> bool {
        let mut last_pause = self.last_pause.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last_pause.is_none_or(|last| last.elapsed() > MAX_WITHOUT_PAUSE);
        if is_due {
            *last_pause = Some(Instant::now());
        }
        is_due
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(turn) = self.turn.take() else { return };
        if self.is_polled
            && self.turns.n_waiting.load(SeqCst) > 0
            && let Ok(runtime) = Handle::try_current()
            && self.turns.begin_pause_if_due()
        {
            runtime.spawn(async move {
                sleep(PAUSE).await;
                drop(turn);
            });
        }
    }
}

/// The scenario of a request, once it has begun.
pub(crate) type ScenarioSlot = Arc<OnceLock<Scenario>>;

impl Store {
    /// Has all reads under views of this scenario read what it has written. Another one that was entered before stays.
    pub fn enter(&self, scenario: Scenario) {
        if let Some(slot) = &self.scenario {
            let _ = slot.set(scenario);
        }
    }

    /// The scenario that was entered.
    pub(crate) fn scenario_id(&self) -> Option<ScenarioId> {
        self.scenario.as_ref()?.get().map(Scenario::id)
    }

    /// The scenario of a view.
    pub(crate) fn entered(&self, id: ScenarioId) -> Result<Scenario, StoreError> {
        let entered = self.scenario.as_ref().and_then(|slot| slot.get());
        let entered = entered.filter(|scenario| scenario.0.id == id).cloned();
        let problem = || "a view names a scenario that was not entered".to_owned();
        entered.ok_or_else(|| StoreError::Inconsistent { id: id.number(), problem: problem() })
    }

    /// Begins to write a scenario; `None` while nothing is recorded. It waits as long as others write.
    ///
    /// # Errors
    /// The database failed.
    pub async fn draft_scenario(&self) -> Result<Option<Draft>, StoreError> {
        let is_polled = self.backend == DbBackend::Sqlite && !self.is_in_memory();
        if !self.is_in_memory() {
            let place = self.turns.clone().take(is_polled, None).await?;
            return self.begin_scenario(place).await;
        }
        let failed = |error: std::io::Error| StoreError::from(DbErr::Custom(error.to_string()));
        let folder = tempfile::tempdir().map_err(failed)?;
        let file = folder.path().join("scenario.db");
        self.write.connection().execute_unprepared(&dialect::copy_into(&file.to_string_lossy())).await?;
        let copy = Store::open(&format!("sqlite://{}", file.display()), None).await?;
        let place = copy.turns.clone().take(false, Some(folder)).await?;
        copy.begin_scenario(place).await
    }

    async fn begin_scenario(&self, place: Place) -> Result<Option<Draft>, StoreError> {
        let transaction = loop {
            match self.try_to_write().await? {
                Some(transaction) => break transaction,
                None => sleep(RETRY_INTERVAL).await,
            }
        };
        match latest(&*transaction, self.backend).await? {
            0 => Ok(None),
            latest => Ok(Some(Draft::of_scenario(self, transaction, latest + 1, place).await?)),
        }
    }

    /// Begins to write, if nobody else writes.
    async fn try_to_write(&self) -> Result<Option<WriteTransaction>, StoreError> {
        if self.backend == DbBackend::Postgres {
            let transaction = self.write.begin().await?;
            let row = transaction.query_one_raw(dialect::try_to_lock_writers()).await?;
            if !row.map_or(Ok(false), |row| row.try_get_by_index(0))? {
                transaction.rollback().await?;
                return Ok(None);
            }
            if let Some(limit) = self.write.read_timeout() {
                transaction.execute_unprepared(&dialect::limit_statements(limit)).await?;
            }
            return Ok(Some(transaction));
        }
        self.write.settle().await?;
        let connection = self.write.connection();
        connection.execute_unprepared(&dialect::set_busy_timeout(0)).await?;
        connection.execute_unprepared(dialect::set_foreign_keys(true)).await?;
        let begun = match self.write.begin().await {
            Ok(transaction) => Some(transaction),
            Err(error) if is_locked(&error) => None,
            Err(error) => return Err(error.into()),
        };
        let patience = dialect::set_busy_timeout(WRITER_TIMEOUT.as_millis());
        match &begun {
            Some(transaction) => transaction.execute_unprepared(&patience).await?,
            None => connection.execute_unprepared(&patience).await?,
        };
        Ok(begun)
    }
}

/// Whether SQLite says that somebody else writes.
fn is_locked(error: &DbErr) -> bool {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // SQLITE_BUSY, whatever its details.
    code.is_some_and(|code| code & 0xff == 5)
}

impl Draft {
    /// Ends the writing of a scenario, which is read from now on; `revision` says how it would be recorded.
    ///
    /// # Errors
    /// The database failed, or refused a change.
    pub async fn into_scenario(mut self, id: ScenarioId, revision: &NewRevision) -> Result<Scenario, StoreError> {
        self.finish(revision).await?;
        let base = self.latest();
        let (transaction, place) = self.into_parts().await?;
        Ok(Scenario(Arc::new(OpenScenario { id, base, reads: Mutex::default(), transaction, _place: place })))
    }
}

impl Scenario {
    /// What tells it from others.
    #[must_use]
    pub fn id(&self) -> ScenarioId {
        self.0.id
    }

    /// The number of the revision to which the changes are made.
    #[must_use]
    pub fn base(&self) -> i64 {
        self.0.base
    }

    /// Runs a read after those that run already. One that nobody awaits any more ends.
    pub(crate) async fn query(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let OpenScenario { reads, transaction, .. } = &*self.0;
        let _turn = reads.lock().await;
        let cancelling = transaction.cancelling();
        if cancelling.is_cancelled() {
            // It is answered once the connection has ended what it did before.
            transaction.execute_unprepared(dialect::NOTHING).await?;
            cancelling.reset();
        }
        let awaited = cancelling.await_rows();
        let rows = transaction.query_all_raw(statement).await;
        awaited.end();
        rows
    }
}
