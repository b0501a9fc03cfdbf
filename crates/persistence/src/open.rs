//! Opening a database: what lies at an address, and how it may be used.

use std::{
    fs::{self, OpenOptions},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use rusqlite::OpenFlags;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, RuntimeErr, sqlx};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions};
use tokio::time::timeout;

use crate::{
    Store, StoreError,
    cancelling::Cancelling,
    dialect,
    pooled::{self, PooledReaders},
    postgres_reader::PostgresReaders,
    readers::Readers,
    sqlite_reader::SqliteFile,
    upgrade::{Condition, examine_tables},
    writer::Writer,
};

/// What may be done at a database's address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Access {
    /// A database that is not there is created.
    #[default]
    Create,
    /// Only a database that is there is opened.
    Existing,
}

/// How a database is opened.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreOptions {
    /// After how long PostgreSQL gives up a read, whoever awaits it; without end if `None`.
    pub read_timeout: Option<Duration>,
    /// What may be done at its address.
    pub access: Access,
    /// That a pooler lends connections to PostgreSQL for a transaction; found out if `false`.
    pub is_pooled: bool,
}

/// How a file of SQLite is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// It is created if it is not there.
    Create,
    /// It is read and written.
    Write,
    /// It is read; another process may write it.
    Read,
    /// It is read, and nobody may write it: its folder has no place for the files by which processes take turns.
    Immutable,
}

impl Mode {
    fn is_read_only(self) -> bool {
        matches!(self, Mode::Read | Mode::Immutable)
    }
}

impl Store {
    /// Checks the form of a database's address, without opening it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_address(url: &str) -> Result<(), StoreError> {
        use sqlx::Error;
        let parsed = match url.split_once(':') {
            Some(("sqlite", _)) => match url.parse::<SqliteConnectOptions>() {
                Ok(options) if has_control(options.get_filename()) => {
                    return Err(StoreError::Address(format!("a file's name has no control characters; {ADDRESS}")));
                }
                parsed => parsed.map(drop),
            },
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
    /// A file that is not there is created.
    ///
    /// # Errors
    /// The address is none of these, nobody answers at it, or the database is another program's or a newer version's.
    pub async fn open(url: &str, read_url: Option<&str>) -> Result<Store, StoreError> {
        Store::open_with(url, read_url, StoreOptions::default()).await
    }

    /// Opens a database in some way.
    ///
    /// # Errors
    /// As those of [`Store::open`]; or there is no such file, and none may be created.
    pub async fn open_with(
        url: &str,
        read_url: Option<&str>,
        store_options: StoreOptions,
    ) -> Result<Store, StoreError> {
        let StoreOptions { read_timeout, access, is_pooled } = store_options;
        Store::check_address(url)?;
        read_url.map_or(Ok(()), Store::check_address)?;
        let is_sqlite = url.starts_with("sqlite");
        let mode = if is_sqlite { mode(url, access).await? } else { Mode::Write };
        let is_write_pooled = !is_sqlite && (is_pooled || detect_pooler(url).await?);
        let mut write_options = options(url, if is_sqlite { 1 } else { 4 }, WRITE_CACHE, None, mode);
        if is_write_pooled {
            keep_no_connections(&mut write_options);
        }
        let cancelling = Cancelling::default();
        if is_sqlite {
            cancelling.watch(&mut write_options);
        }
        let write = Writer::new(connect(write_options).await?, is_write_pooled, cancelling, read_timeout);
        let is_read_only = if is_sqlite {
            mode.is_read_only()
        } else {
            let transaction = write.begin().await?;
            examine_tables(&*transaction).await?;
            let is_read_only = refuses_writes(&*transaction).await?;
            transaction.rollback().await?;
            is_read_only
        };
        let (read_url, mode) = match read_url {
            Some(read_url) if read_url.starts_with("sqlite") => {
                (read_url, self::mode(read_url, Access::Existing).await?)
            }
            _ => (read_url.unwrap_or(url), mode),
        };
        let max_readers = max_readers(read_url);
        let read = if is_memory(read_url) {
            Readers::Memory(write.connection().clone())
        } else if read_url.starts_with("sqlite") {
            Readers::open_each(&sqlite_file(read_url, mode)?, max_readers as usize).await?
        } else if is_pooled || (is_write_pooled && read_url == url) || detect_pooler(read_url).await? {
            let pool = connect(options(read_url, max_readers, READ_CACHE, None, mode)).await?;
            Readers::PerTransaction(PooledReaders::new(pool.get_postgres_connection_pool().clone(), read_timeout))
        } else {
            open_postgres(read_url, max_readers, read_timeout).await?
        };
        Ok(Store::of(read, max_readers, write, is_read_only))
    }
}

/// Finds out how a file of SQLite can be opened, and that it is one of ours, before anything is written into it.
async fn mode(url: &str, access: Access) -> Result<Mode, StoreError> {
    if is_memory(url) {
        return Ok(Mode::Create);
    }
    let path = file(url)?;
    match fs::metadata(&path) {
        Ok(found) if found.is_dir() => {
            return Err(StoreError::Address(format!("{} is a folder; {ADDRESS}", path.display())));
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let may_create = access == Access::Create && matches!(parameter(url, "mode"), None | Some("rwc"));
            return if may_create { Ok(Mode::Create) } else { Err(StoreError::Missing { path }) };
        }
        Err(error) => return Err(StoreError::File { path, error: Arc::new(error) }),
    }
    let is_immutable = matches!(parameter(url, "immutable"), Some("1" | "true"));
    let kind = if is_immutable { Mode::Immutable } else { Mode::Read };
    let read = match probe(url, kind).await {
        Err(error) if is_not_writable(&error) && !is_immutable => {
            let log = with_ending(&path, "-wal");
            if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
                return Err(StoreError::Unfinished { path, log });
            }
            probe(url, Mode::Immutable).await.map(|found| (Mode::Immutable, found))
        }
        looked => looked.map(|found| (kind, found)),
    };
    let (read, Condition { is_empty, .. }) = read.map_err(|error| match error {
        StoreError::Database(error) => StoreError::File { path: path.clone(), error },
        error => error,
    })?;
    let is_kept = is_immutable || parameter(url, "mode") == Some("ro") || (access == Access::Existing && is_empty);
    if is_kept || OpenOptions::new().write(true).open(&path).is_err() {
        return Ok(read);
    }
    // So must the files be beside it, or the folder in which they are made.
    match probe(url, Mode::Write).await {
        Ok(_) => Ok(Mode::Write),
        Err(error) if is_not_writable(&error) => Ok(read),
        Err(error) => Err(error),
    }
}

/// Opens a file for a moment.
async fn probe(url: &str, mode: Mode) -> Result<Condition, StoreError> {
    let database = connect(options(url, 1, READ_CACHE, None, mode)).await?;
    let mut found = examine_tables(&database).await;
    if mode == Mode::Write && found.is_ok() {
        // A file that another process writes at this moment can be written.
        let written = database.execute_unprepared(dialect::TRY_TO_WRITE).await;
        if let Some(error) = written.map_err(StoreError::from).err().filter(is_not_writable) {
            found = Err(error);
        }
    }
    database.close().await?;
    found
}

/// Whether PostgreSQL takes no revisions from this role.
async fn refuses_writes(database: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let row = database.query_one_raw(dialect::is_read_only()).await?;
    Ok(row.map_or(Ok(false), |row| row.try_get_by_index(0))?)
}

/// Finds out whether a pooler lends connections for a transaction.
async fn detect_pooler(url: &str) -> Result<bool, StoreError> {
    let failed = |error: sqlx::Error| StoreError::Database(Arc::new(error));
    let options = unusual_parameters_unset(url.parse().map_err(failed)?);
    match pooled::detect(options, patience(url, WRITE_CACHE)).await {
        Ok(is_pooled) => Ok(is_pooled),
        Err(error) => Err(explain_failure(url, DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))).await),
    }
}

/// Closes a connection once it was used: the next transaction may be served by another connection of a pooler, on which
/// there is none of the statements that this one has prepared.
fn keep_no_connections(options: &mut ConnectOptions) {
    options.min_connections(0);
    options.map_sqlx_postgres_pool_opts(|pool| pool.after_release(|_, _| Box::pin(async { Ok(false) })));
}

/// Leaves away what a pooler refuses to be asked for at the start of a connection, and nothing here reads: digits of floats.
fn unusual_parameters_unset(options: PgConnectOptions) -> PgConnectOptions {
    options.extra_float_digits(None)
}

/// Whether SQLite says that a file, or the folder around it, cannot be written.
fn is_not_writable(error: &StoreError) -> bool {
    let StoreError::Database(error) = error else { return false };
    let Some(DbErr::Conn(error) | DbErr::Query(error) | DbErr::Exec(error)) = error.downcast_ref() else {
        return false;
    };
    let RuntimeErr::SqlxError(error) = error else { return false };
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // SQLITE_READONLY and SQLITE_CANTOPEN, whatever their details.
    matches!(code.map(|code| code & 0xff), Some(8 | 14))
}

/// The file of an address, from the root.
fn file(url: &str) -> Result<PathBuf, StoreError> {
    let options: SqliteConnectOptions =
        url.parse().map_err(|error: sqlx::Error| StoreError::Database(Arc::new(error)))?;
    let path = options.get_filename();
    Ok(std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn has_control(path: &Path) -> bool {
    path.to_string_lossy().contains(char::is_control)
}

fn is_memory(url: &str) -> bool {
    url.starts_with("sqlite::memory:") || parameter(url, "mode") == Some("memory")
}

fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, parameters) = url.split_once('?')?;
    parameters.split('&').find_map(|parameter| parameter.strip_prefix(name)?.strip_prefix('='))
}

/// Opens a pool.
async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let url = options.get_url().to_owned();
    match Database::connect(options).await {
        Ok(pool) => Ok(pool),
        Err(error) => Err(explain_failure(&url, error).await),
    }
}

/// Opens connections to read from PostgreSQL with.
async fn open_postgres(url: &str, most: u32, time: Option<Duration>) -> Result<Readers, StoreError> {
    let failed = |error: sqlx::Error| StoreError::Database(Arc::new(error));
    let options = postgres_options(url.parse().map_err(failed)?, time);
    match PostgresReaders::open(options, most as usize, patience(url, READ_CACHE)).await {
        Ok(readers) => Ok(Readers::Postgres(readers)),
        Err(error) => Err(explain_failure(url, error).await),
    }
}

/// Why a pool could not be opened. One that waited in vain for PostgreSQL says only that it waited, so the database is asked
/// once more.
async fn explain_failure(url: &str, error: DbErr) -> StoreError {
    if url.starts_with("postgres") {
        let asked = async { PgConnection::connect_with(&unusual_parameters_unset(url.parse()?)).await };
        if let Ok(Err(cause)) = timeout(Duration::from_secs(5), asked).await {
            return StoreError::Database(Arc::new(cause));
        }
    }
    error.into()
}

/// What SQLite may keep of the file in memory while writing, in KiB below zero: an import writes to every index at random,
/// and spills pages again and again if they do not fit. Taken only as pages are touched.
pub(crate) const WRITE_CACHE: &str = "-524288";
/// How long a writer waits for another: the import of a nation takes minutes on a slow disk.
pub(crate) const WRITER_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// How long a reader waits for a file that others hold.
const READER_TIMEOUT: Duration = Duration::from_secs(10);
/// What each reading connection may keep.
const READ_CACHE: &str = "-16384";

/// How many connections to read with. SQLite computes in this process, one connection a core; PostgreSQL in its own,
/// and a connection spends most of its time on the way (10 instead of 2 on two cores: a third more requests).
fn max_readers(url: &str) -> u32 {
    let cores = std::thread::available_parallelism().map_or(2, |n| u32::try_from(n.get()).unwrap_or(2).clamp(2, 16));
    if url.starts_with("postgres") { cores.max(10) } else { cores }
}

/// How the reading connections of an address of SQLite open its file.
fn sqlite_file(url: &str, mode: Mode) -> Result<SqliteFile, StoreError> {
    let mut path = file(url)?;
    if mode == Mode::Immutable {
        // Only an address of SQLite's own says that nobody writes a file.
        let encoded = percent_encode(path.as_os_str().as_encoded_bytes(), NON_ALPHANUMERIC);
        path = PathBuf::from(format!("file:{encoded}?immutable=1"));
    }
    let mut flags = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    flags |= match mode.is_read_only() {
        true => OpenFlags::SQLITE_OPEN_READ_ONLY,
        false => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    flags |= match parameter(url, "cache") {
        Some("shared") => OpenFlags::SQLITE_OPEN_SHARED_CACHE,
        _ => OpenFlags::SQLITE_OPEN_PRIVATE_CACHE,
    };
    Ok(SqliteFile {
        path: path.into(),
        flags,
        vfs: parameter(url, "vfs").map(|vfs| percent_decode_str(vfs).decode_utf8_lossy().into()),
        cache_size: READ_CACHE,
        busy_timeout: READER_TIMEOUT,
    })
}

/// How a connection to PostgreSQL is made; a statement on it may take so long.
fn postgres_options(options: PgConnectOptions, time: Option<Duration>) -> PgConnectOptions {
    let options = unusual_parameters_unset(options).statement_cache_capacity(500);
    match time {
        Some(time) => options.options([("statement_timeout", time.as_millis().to_string())]),
        None => options,
    }
}

/// What can be opened.
const ADDRESS: &str = "a database address is `sqlite://FILE` or `postgres://USER:PASSWORD@HOST:PORT/NAME`";

/// How long a connection is waited for. While PostgreSQL is away, a read waits shortly: who comes after it is back must not
/// wait behind them.
fn patience(url: &str, cache: &str) -> Duration {
    Duration::from_secs(if url.starts_with("postgres") && cache == READ_CACHE { 2 } else { 10 })
}

fn options(url: &str, connections: u32, cache: &'static str, time: Option<Duration>, mode: Mode) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    // Pings and logs of the library cost more than the statements here (measured: a third of a point query).
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(patience(url, cache))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            let sqlite = match mode {
                Mode::Create => sqlite.create_if_missing(true).journal_mode(SqliteJournalMode::Wal),
                Mode::Write => sqlite.create_if_missing(false).journal_mode(SqliteJournalMode::Wal),
                Mode::Read => sqlite.create_if_missing(false).read_only(true),
                Mode::Immutable => sqlite.create_if_missing(false).read_only(true).immutable(true),
            };
            sqlite
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(if cache == WRITE_CACHE { WRITER_TIMEOUT } else { READER_TIMEOUT })
                .statement_cache_capacity(500)
                // Rows that may wait for their reader; with few, the two threads wake each other all the time.
                .row_buffer_size(1_000)
                .pragma("cache_size", cache)
                // What is sorted while reading fits into memory; the indexes of a nation do not, and files are faster then.
                .pragma("temp_store", if cache == WRITE_CACHE { "file" } else { "memory" })
        })
        .map_sqlx_postgres_opts(move |postgres| postgres_options(postgres, time));
    if is_memory(url) {
        options.idle_timeout(None).max_lifetime(None);
    }
    options
}
