//! The store: one database, read by many, written by one at a time.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use domain::{Known, Revision};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sqlx,
};
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;
use tracing::Instrument;

use crate::{StoreError, readers::Readers, row::Row, sql::Sql};

/// The facts, revisions and sources of a map. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    read: Readers,
    /// How many connections there may be to read with.
    max_readers: u32,
    pub(crate) write: DatabaseConnection,
    pub(crate) backend: DbBackend,
    origin: Arc<OnceLock<Revision>>,
    counted: Option<Arc<Counts>>,
    explained: Option<Arc<Mutex<Vec<Plan>>>>,
}

/// How the database goes about a statement.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The statement.
    pub sql: String,
    /// The database's own words, line by line.
    pub lines: Vec<String>,
}

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
    /// Checks the form of a database's address, without opening it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_address(url: &str) -> Result<(), StoreError> {
        use sea_orm::sqlx::{Error, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
        let parsed = match url.split_once(':') {
            Some(("sqlite", _)) => url.parse::<SqliteConnectOptions>().map(drop),
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                url.parse::<PgConnectOptions>().map(drop)
            }
            _ => return Err(StoreError::Address(ADDRESS.to_owned())),
        };
        parsed.map_err(|error| {
            let cause = match error {
                Error::Configuration(cause) => cause.to_string(),
                error => error.to_string(),
            };
            StoreError::Address(format!("{cause}; {ADDRESS}"))
        })
    }

    /// Opens a database: `sqlite://FILE`, `sqlite::memory:` or `postgres://…`. `read_url` names a replica to read from.
    ///
    /// # Errors
    /// The address is none of these, or nobody answers at it.
    pub async fn open(url: &str, read_url: Option<&str>) -> Result<Store, StoreError> {
        Store::open_within(url, read_url, None).await
    }

    /// The same, whose reads PostgreSQL gives up after a time, however long they are awaited.
    ///
    /// # Errors
    /// As those of [`Store::open`].
    pub async fn open_within(url: &str, read_url: Option<&str>, time: Option<Duration>) -> Result<Store, StoreError> {
        let memory = url.starts_with("sqlite::memory:");
        let writers = if url.starts_with("sqlite") { 1 } else { 4 };
        let write = connect(options(url, writers, WRITE_CACHE, None)?).await?;
        let read_url = read_url.unwrap_or(url);
        let max_readers = max_readers(read_url);
        let read = match read_url.starts_with("sqlite") {
            true if memory => Readers::Together(write.clone()),
            true => Readers::apart(&options(read_url, 1, READ_CACHE, time)?, max_readers as usize).await?,
            false => Readers::Together(connect(options(read_url, max_readers, READ_CACHE, time)?).await?),
        };
        let backend = write.get_database_backend();
        Ok(Store { read, max_readers, write, backend, origin: Arc::default(), counted: None, explained: None })
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

    /// Brings the database up to the newest migration; servers that start together take turns.
    ///
    /// # Errors
    /// The database failed.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        if self.backend != DbBackend::Postgres {
            if Migrator::get_pending_migrations(&self.write).await?.is_empty() {
                return Ok(());
            }
            let transaction = self.write.begin_with_options(alone()).await?;
            if !Migrator::get_pending_migrations(&transaction).await?.is_empty() {
                Migrator::up(&transaction, None).await?;
                crate::statistics::prepare(&transaction).await?;
            }
            return Ok(transaction.commit().await?);
        }
        // The lock belongs to its session: one connection takes it, migrates and gives it back.
        let pool = self.write.get_postgres_connection_pool();
        let failed = |error: sqlx::Error| StoreError::Database(Arc::new(error));
        let mut session = pool.acquire().await.map_err(failed)?;
        sqlx::query("SELECT pg_advisory_lock(74110001)").execute(&mut *session).await.map_err(failed)?;
        let migrated = Migrator::up(&self.write, None).await;
        sqlx::query("SELECT pg_advisory_unlock(74110001)").execute(&mut *session).await.map_err(failed)?;
        Ok(migrated?)
    }

    /// The migrations that have not run yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let pending = Migrator::get_pending_migrations(&self.write).await?;
        Ok(pending.iter().map(|step| step.name().to_owned()).collect())
    }

    /// Whether all migrations have run, as far as readers see.
    ///
    /// # Errors
    /// The database failed, or was never migrated.
    pub async fn is_current(&self) -> Result<bool, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT version FROM seaql_migrations");
        let ran: Vec<String> =
            self.rows(sql).await?.iter().map(|row| Row(row).text("version")).collect::<Result<_, _>>()?;
        Ok(Migrator::migrations().iter().all(|step| ran.iter().any(|version| version == step.name())))
    }

    /// The same store, whose reads are counted.
    #[must_use]
    pub fn counted(&self, counts: Arc<Counts>) -> Store {
        Store { counted: Some(counts), ..self.clone() }
    }

    /// The same store, whose reads are on nobody's bill.
    #[must_use]
    pub fn uncounted(&self) -> Store {
        Store { counted: None, ..self.clone() }
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
        self.write
            .execute_unprepared(&format!("PRAGMA foreign_keys = OFF; {sql}"))
            .await
            .expect("a statement that runs");
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
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT number, recorded_at, actor, message FROM revisions WHERE ");
        match known {
            Known::Latest => sql.put("number > 0"),
            Known::At(number) => sql.put("number = ").bind(number),
        };
        sql.put(" ORDER BY number DESC LIMIT 1");
        self.rows(sql).await?.first().map(|row| revision(&Row(row))).transpose()
    }

    /// The first revision, which tells this map from others; `None` while there is none. It is asked for once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn origin(&self) -> Result<Option<&Revision>, StoreError> {
        if self.origin.get().is_none()
            && let Some(first) = self.revision(Known::At(1)).await?
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
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT number, recorded_at, actor, message FROM revisions WHERE number < ");
        sql.bind(before.unwrap_or(i64::MAX)).put(" ORDER BY number DESC LIMIT ").bind(i64::from(limit));
        self.rows(sql).await?.iter().map(|row| revision(&Row(row))).collect()
    }

    /// Revisions in their order: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revisions_after(&self, after: i64, limit: u32) -> Result<Vec<Revision>, StoreError> {
        let mut sql = Sql::new(self.backend);
        sql.put("SELECT number, recorded_at, actor, message FROM revisions WHERE number > ").bind(after);
        sql.put(" ORDER BY number LIMIT ").bind(i64::from(limit));
        self.rows(sql).await?.iter().map(|row| revision(&Row(row))).collect()
    }

    /// Runs a read.
    pub(crate) async fn rows(&self, sql: Sql) -> Result<Vec<QueryResult>, StoreError> {
        let statement = sql.statement();
        if let Some(plans) = &self.explained {
            let plan = self.plan(&statement).await?;
            plans.lock().unwrap_or_else(PoisonError::into_inner).push(plan);
        }
        let span = tracing::debug_span!("statement", otel.kind = "client", db.query.text = statement.sql);
        let rows = self.read(statement).instrument(span).await?;
        if let Some(counts) = &self.counted {
            counts.statements.fetch_add(1, Relaxed);
            counts.rows.fetch_add(rows.len() as u64, Relaxed);
        }
        Ok(rows)
    }

    /// Asks; once more for each connection that turns out to be broken, since the database may have been started anew.
    async fn read(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        for _ in 0..self.max_readers {
            match self.read.query(statement.clone()).await {
                Err(error) if is_broken(&error) => tracing::debug!(%error, "a connection is broken; taking another"),
                done => return done,
            }
        }
        self.read.query(statement).await
    }

    async fn plan(&self, statement: &Statement) -> Result<Plan, StoreError> {
        let (explain, column) = match self.backend {
            DbBackend::Postgres => ("EXPLAIN", "QUERY PLAN"),
            _ => ("EXPLAIN QUERY PLAN", "detail"),
        };
        let mut explaining = statement.clone();
        explaining.sql = format!("{explain} {}", statement.sql);
        let rows = self.read.query(explaining).await?;
        let lines = rows.iter().map(|row| Row(row).text(column)).collect::<Result<_, StoreError>>()?;
        Ok(Plan { sql: statement.sql.clone(), lines })
    }
}

/// A transaction beside which nobody writes, from its beginning.
pub(crate) fn alone() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
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

fn revision(row: &Row<'_>) -> Result<Revision, StoreError> {
    Ok(Revision {
        number: row.get("number")?,
        recorded_at: row.text("recorded_at")?,
        actor: row.text("actor")?,
        message: row.text("message")?,
    })
}

/// Opens a pool. One that waited in vain for PostgreSQL says only that it waited, so the database is asked once more why.
async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let url = options.get_url().to_owned();
    let error = match Database::connect(options).await {
        Ok(pool) => return Ok(pool),
        Err(error) => error,
    };
    if url.starts_with("postgres") {
        let asked = timeout(Duration::from_secs(5), PgConnection::connect(&url)).await;
        if let Ok(Err(cause)) = asked {
            return Err(StoreError::Database(Arc::new(cause)));
        }
    }
    Err(error.into())
}

/// What SQLite may keep of the file in memory while writing, in KiB below zero: an import writes to every index at random,
/// and spills pages again and again if they do not fit. Taken only as pages are touched.
pub(crate) const WRITE_CACHE: &str = "-524288";
/// How long a writer waits for another: the import of a nation takes minutes on a slow disk.
pub(crate) const TURN: Duration = Duration::from_secs(15 * 60);
/// What each reading connection may keep.
const READ_CACHE: &str = "-16384";

/// How many connections to read with. SQLite computes in this process, one connection a core; PostgreSQL in its own,
/// and a connection spends most of its time on the way (10 instead of 2 on two cores: a third more requests).
fn max_readers(url: &str) -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, |n| u32::try_from(n.get()).unwrap_or(2).clamp(2, 16));
    if url.starts_with("postgres") { cores.max(10) } else { cores }
}

/// What can be opened.
const ADDRESS: &str = "a database address is `sqlite://FILE` or `postgres://USER:PASSWORD@HOST:PORT/NAME`";

fn options(
    url: &str,
    connections: u32,
    cache: &'static str,
    time: Option<Duration>,
) -> Result<ConnectOptions, StoreError> {
    Store::check_address(url)?;
    let file = url.starts_with("sqlite://") && !url.contains('?');
    // While PostgreSQL is away, a read waits this long for it: who comes after it is back must not wait behind them.
    let patience = Duration::from_secs(if url.starts_with("postgres") && cache == READ_CACHE { 2 } else { 10 });
    let mut options = ConnectOptions::new(if file { format!("{url}?mode=rwc") } else { url.to_owned() });
    // Pings and logs of the library cost more than the statements here (measured: a third of a point query).
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(patience)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(if cache == WRITE_CACHE { TURN } else { Duration::from_secs(10) })
                .statement_cache_capacity(500)
                .pragma("cache_size", cache)
                // What is sorted while reading fits into memory; the indexes of a nation do not, and files are faster then.
                .pragma("temp_store", if cache == WRITE_CACHE { "file" } else { "memory" })
        })
        .map_sqlx_postgres_opts(move |postgres| {
            let postgres = postgres.statement_cache_capacity(500);
            match time {
                Some(time) => postgres.options([("statement_timeout", time.as_millis().to_string())]),
                None => postgres,
            }
        });
    if url.starts_with("sqlite::memory:") {
        options.idle_timeout(None).max_lifetime(None);
    }
    Ok(options)
}
