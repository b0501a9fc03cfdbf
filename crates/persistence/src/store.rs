//! The store: one database, read by many, written by one at a time.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use domain::{Known, Revision, ScenarioId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RuntimeErr, sqlx,
};
use tracing::Instrument;

use crate::{
    StoreError, dialect,
    entity::revisions::{self, Column::Number},
    latest::LatestChecks,
    readers::Readers,
    row::{Row, Rows},
    scenario::{ScenarioSlot, ScenarioTurns},
    statement::{Bound, Prepared, Statements, UsualDay, Values},
    writer::Writer,
};

/// The facts, revisions and sources of a map. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    read: Readers,
    /// How many connections there may be to read with.
    max_readers: u32,
    pub(crate) write: Writer,
    pub(crate) backend: DbBackend,
    is_read_only: bool,
    pub(crate) latest: Arc<LatestChecks>,
    origin: Arc<OnceLock<Revision>>,
    counted: Option<Arc<Counts>>,
    explained: Option<Arc<Mutex<Vec<Plan>>>>,
    log: Option<(StatementLog, Vec<usize>)>,
    pub(crate) turns: Arc<ScenarioTurns>,
    pub(crate) scenario: Option<ScenarioSlot>,
    pub(crate) statements: Arc<Statements>,
    pub(crate) usual_day: Arc<UsualDay>,
}

/// How the database goes about a statement.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The statement.
    pub sql: String,
    /// The database's own words, line by line.
    pub lines: Vec<String>,
}

/// A statement that ran.
#[derive(Debug, Clone)]
pub struct StatementRun {
    /// The statement.
    pub sql: String,
    /// How many rows it gave.
    pub rows: usize,
    /// How long it took, with the wait for a connection.
    pub took: Duration,
    /// Who asked for it, by numbers of their own.
    pub asked_by: Vec<usize>,
}

/// The statements that ran, in the order in which they ended.
pub type StatementLog = Arc<Mutex<Vec<StatementRun>>>;

/// What reads cost: how many statements, how many rows.
#[derive(Debug, Default)]
pub struct Counts {
    statements: AtomicU64,
    rows: AtomicU64,
}

impl Counts {
    /// How many statements ran.
    pub fn statements(&self) -> u64 {
        self.statements.load(Relaxed)
    }

    /// Begins again.
    pub fn reset(&self) {
        self.statements.store(0, Relaxed);
        self.rows.store(0, Relaxed);
    }

    /// How many rows they gave.
    pub fn rows(&self) -> u64 {
        self.rows.load(Relaxed)
    }
}

impl Store {
    pub(crate) fn of(read: Readers, max_readers: u32, write: Writer, is_read_only: bool) -> Store {
        let backend = write.backend();
        let (latest, origin, turns, statements, usual_day) = Default::default();
        Store {
            read,
            max_readers,
            write,
            backend,
            is_read_only,
            latest,
            origin,
            counted: None,
            explained: None,
            log: None,
            turns,
            scenario: None,
            statements,
            usual_day,
        }
    }

    /// Whether the database lives as long as the store, and is nobody else's.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        matches!(self.read, Readers::Memory(_))
    }

    /// Whether the database can only be read.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Whether revisions are written through a pooler that lends a connection for a transaction.
    #[must_use]
    pub fn is_pooled(&self) -> bool {
        self.write.is_pooled()
    }

    /// Opens an empty database that lives as long as the store.
    ///
    /// # Errors
    /// There is no memory for it.
    pub async fn in_memory() -> Result<Store, StoreError> {
        let store = Store::open("sqlite::memory:", None).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// The same store, whose reads are counted.
    #[must_use]
    pub fn counted(&self, counts: Arc<Counts>) -> Store {
        Store { counted: Some(counts), ..self.clone() }
    }

    /// The same store for one request, which may enter one scenario.
    #[must_use]
    pub fn for_request(&self) -> Store {
        Store { scenario: Some(ScenarioSlot::default()), ..self.clone() }
    }

    /// The same store, whose reads are on nobody's bill, and in no list of plans.
    #[must_use]
    pub fn uncounted(&self) -> Store {
        Store { counted: None, explained: None, log: None, ..self.clone() }
    }

    /// The same store, whose reads are put on record.
    #[must_use]
    pub fn logged(&self, log: StatementLog) -> Store {
        Store { log: Some((log, Vec::new())), ..self.clone() }
    }

    /// The same store; if its reads are put on record, then as asked for by these.
    #[must_use]
    pub fn asked_by(&self, asked_by: Vec<usize>) -> Store {
        let log = self.log.as_ref().map(|(log, _)| (log.clone(), asked_by));
        Store { log, ..self.clone() }
    }

    /// The same store, whose reads also tell their plans: for tests that no read goes without an index.
    #[must_use]
    pub fn explained(&self, plans: Arc<Mutex<Vec<Plan>>>) -> Store {
        Store { explained: Some(plans), ..self.clone() }
    }

    /// Runs a statement that breaks the database, for tests that break the thing for real.
    ///
    /// # Panics
    /// The statement itself is broken.
    #[doc(hidden)]
    pub async fn break_for_tests(&self, sql: &str) {
        self.execute_for_tests(&format!("{}; {sql}", dialect::set_foreign_keys(false))).await;
    }

    /// Runs a statement of a test, on either database.
    ///
    /// # Panics
    /// The statement is broken.
    #[doc(hidden)]
    pub async fn execute_for_tests(&self, sql: &str) {
        self.write.connection().execute_unprepared(sql).await.expect("a statement that runs");
    }

    /// How many connections there are to read with, and how many of them are idle.
    #[must_use]
    pub fn readers(&self) -> (u32, usize) {
        self.read.count()
    }

    /// The revision that is the latest, or the latest at another; `None` if there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revision(&self, known: Known) -> Result<Option<Revision>, StoreError> {
        self.read_revision(self.revision_statement(known)).await
    }

    /// Reads a revision, the last until then.
    pub(crate) fn revision_statement(&self, known: Known) -> Bound {
        let is_it = match known {
            Known::Latest => Number.gt(0),
            Known::At(number) => Number.eq(number),
        };
        revisions::Entity::find().filter(is_it).order_by_desc(Number).limit(1).build(self.backend).into()
    }

    /// Runs a statement that reads a revision; `None` if there is none.
    pub(crate) async fn read_revision(&self, statement: Bound) -> Result<Option<Revision>, StoreError> {
        self.rows(statement).await?.first().map(read_revision).transpose()
    }

    /// The first revision, which tells this map from others; `None` while there is none. It is asked for once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn origin(&self) -> Result<Option<&Revision>, StoreError> {
        if self.origin.get().is_none()
            && let Some(first) = self.uncounted().revision(Known::At(1)).await?
        {
            let _ = self.origin.set(first);
        }
        Ok(self.origin.get())
    }

    /// Revisions, the latest first: at most `limit` of those before `before`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revisions(&self, before: Option<i64>, limit: u32) -> Result<Vec<Revision>, StoreError> {
        let before = Number.lt(before.unwrap_or(i64::MAX));
        let revisions = revisions::Entity::find().filter(before).order_by_desc(Number).limit(u64::from(limit));
        self.rows(revisions.build(self.backend)).await?.iter().map(read_revision).collect()
    }

    /// Revisions in their order: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revisions_after(&self, after: i64, limit: u32) -> Result<Vec<Revision>, StoreError> {
        let revisions = revisions::Entity::find().filter(Number.gt(after)).order_by_asc(Number).limit(u64::from(limit));
        self.rows(revisions.build(self.backend)).await?.iter().map(read_revision).collect()
    }

    /// Runs a read under a view.
    pub(crate) async fn rows_of(&self, statement: &Prepared, values: &Values<'_>) -> Result<Rows, StoreError> {
        self.rows_in(values.view.scenario, statement.bind(values)).await
    }

    /// Runs a read of what is committed.
    pub(crate) async fn rows(&self, statement: impl Into<Bound>) -> Result<Rows, StoreError> {
        self.rows_in(None, statement).await
    }

    /// Runs a read of what is committed, or of what a scenario has written.
    pub(crate) async fn rows_in(
        &self,
        scenario: Option<ScenarioId>,
        statement: impl Into<Bound>,
    ) -> Result<Rows, StoreError> {
        let statement = statement.into();
        let scenario = scenario.map(|id| self.entered(id)).transpose()?;
        if let Some(plans) = &self.explained {
            let plan = self.plan(&statement).await?;
            plans.lock().unwrap_or_else(PoisonError::into_inner).push(plan);
        }
        let span = tracing::debug_span!("statement", otel.kind = "client", db.query.text = &*statement.sql);
        let logged = self.log.as_ref().map(|(log, asked_by)| (log, asked_by, statement.sql.clone(), Instant::now()));
        let reading = async {
            match scenario {
                Some(scenario) => scenario.query(statement.to_statement(self.backend)).await.map(Rows::Library),
                None => self.read(&statement).await,
            }
        };
        let rows = reading.instrument(span).await?;
        if let Some((log, asked_by, sql, began)) = logged {
            let (took, asked_by) = (began.elapsed(), asked_by.clone());
            let run = StatementRun { sql: sql.to_string(), rows: rows.len(), took, asked_by };
            log.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        }
        if let Some(counts) = &self.counted {
            counts.statements.fetch_add(1, Relaxed);
            counts.rows.fetch_add(rows.len() as u64, Relaxed);
        }
        Ok(rows)
    }

    /// Asks; once more for each connection that turns out to be broken, since the database may have been started anew.
    async fn read(&self, statement: &Bound) -> Result<Rows, DbErr> {
        for _ in 0..self.max_readers {
            match self.read.query(statement).await {
                Err(error) if is_broken(&error) => tracing::debug!(%error, "a connection is broken; taking another"),
                done => return done,
            }
        }
        self.read.query(statement).await
    }

    async fn plan(&self, statement: &Bound) -> Result<Plan, StoreError> {
        let (sql, column) = dialect::explain(self.backend, &statement.sql);
        let explaining = Bound { sql: sql.into(), values: statement.values.clone() };
        let rows = self.read.query(&explaining).await?;
        let lines = rows.iter().map(|row| row.at(column).text()).collect::<Result<_, _>>()?;
        Ok(Plan { sql: statement.sql.to_string(), lines })
    }
}

/// Whether it was the connection that failed, and another may do.
fn is_broken(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Conn(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    match &**error {
        sqlx::Error::Io(_) => true,
        // PostgreSQL ends the connection, or has just crashed.
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02")),
        _ => false,
    }
}

fn read_revision(mut row: Row<'_>) -> Result<Revision, StoreError> {
    revision_of(&mut row)
}

/// Reads a revision from a row whose next columns are its own.
pub(crate) fn revision_of(row: &mut Row<'_>) -> Result<Revision, StoreError> {
    let [number, recorded_at, actor, message] = row.cells();
    Ok(Revision {
        number: number.number()?,
        recorded_at: recorded_at.text()?,
        actor: actor.text()?,
        message: message.text()?,
    })
}
