//! Reading a file of SQLite: a thread for each connection, which gives all rows of a statement at once.
//!
//! The library that all else goes through hands rows over one by one, with a copy of every value; of small statements that
//! was most of the time (docs/decisions/0054).

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, mpsc},
    thread,
    time::{Duration, Instant},
};

use foldhash::fast::RandomState;
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use sea_orm::{DbErr, RuntimeErr, Value};
use tokio::sync::oneshot;

use crate::{cancelling::PROGRESS_INTERVAL, row_values::RowValues, statement::Bound};

/// How many statements a connection keeps compiled.
const STATEMENTS: usize = 500;
/// How many ends of an interval a statement may pass on the thread that asks. One: SQLite counts the instructions of a compiled
/// statement on from those of its earlier runs, so that the first end comes at any time.
const INTERVALS_AT_ONCE: u32 = 1;
/// What has taken longer on the thread that asks is not run there for a while.
const LONGEST_AT_ONCE: Duration = Duration::from_millis(5);
/// How long a statement counts as long: it may have been the machine that was slow.
const REMEMBERED: Duration = Duration::from_secs(60);

/// How a file is opened.
#[derive(Debug, Clone)]
pub(crate) struct SqliteFile {
    /// Its path; an address of SQLite's own, if it is immutable.
    pub(crate) path: Arc<Path>,
    pub(crate) flags: OpenFlags,
    /// The module of SQLite that reads it; the system's own if `None`.
    pub(crate) vfs: Option<Arc<str>>,
    /// What a connection may keep of it in memory, as SQLite writes it.
    pub(crate) cache_size: &'static str,
    /// How long it is waited for while others hold it.
    pub(crate) busy_timeout: Duration,
}

/// A connection that reads a file. What is short runs on the thread that asks, since to wake another and to be woken by it
/// takes longer; the rest runs in a thread of the connection's own, and ends when nobody awaits it any more.
pub(crate) struct SqliteReader {
    /// Opened by its first read.
    connection: Arc<Mutex<Option<Connection>>>,
    watch: Watch,
    reads: mpsc::Sender<Read>,
    long: LongStatements,
}

/// A statement to be run.
struct Read {
    sql: Arc<str>,
    values: Vec<Value>,
    rows: RowSender,
}

type ReadResult = Result<RowValues, rusqlite::Error>;
type RowSender = oneshot::Sender<ReadResult>;

/// Who watches the statement that runs: asked each [`PROGRESS_INTERVAL`] whether it may go on.
type Watch = Arc<Mutex<Watcher>>;

#[derive(Default)]
enum Watcher {
    /// It may not.
    #[default]
    Nobody,
    /// The thread that asked runs it, and gives it this many intervals more.
    Asker(u32),
    /// Somebody awaits its rows, as long as they have not gone.
    Awaiting(RowSender),
}

impl Watcher {
    /// Whether the statement may go on.
    fn goes_on(&mut self) -> bool {
        match self {
            Watcher::Nobody => false,
            Watcher::Asker(intervals) => {
                let left = intervals.checked_sub(1);
                *intervals = left.unwrap_or_default();
                left.is_some()
            }
            Watcher::Awaiting(rows) => !rows.is_closed(),
        }
    }
}

/// The statements that took too long for the thread that asked. Cheap to clone; a pool's connections share one.
#[derive(Debug, Clone, Default)]
pub(crate) struct LongStatements(Arc<Mutex<HashMap<Arc<str>, LongRun, RandomState>>>);

/// A run of a statement that took too long.
#[derive(Debug)]
struct LongRun {
    at: Instant,
    verdict: Verdict,
}

/// Whether a statement that took too long is a long one: it may have waited, for a disk or for the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It had too many instructions, or took too long twice.
    Long,
    /// Its next run shows it.
    Open,
    /// That run was short.
    Waited,
}

impl LongStatements {
    fn has(&self, sql: &str) -> bool {
        let is_long = |run: &LongRun| run.verdict != Verdict::Waited && run.at.elapsed() < REMEMBERED;
        lock(&self.0).get(sql).is_some_and(is_long)
    }

    fn add(&self, sql: Arc<str>, has_many_instructions: bool) {
        let mut all = lock(&self.0);
        let is_again = all.get(&sql).is_some_and(|run| run.verdict != Verdict::Open && run.at.elapsed() < REMEMBERED);
        let verdict = if has_many_instructions || is_again { Verdict::Long } else { Verdict::Open };
        if all.len() >= STATEMENTS {
            // Those that are still asked are found again.
            all.clear();
        }
        all.insert(sql, LongRun { at: Instant::now(), verdict });
    }

    /// Has a statement that only waited, and now did not, run on the thread that asks again.
    fn note_short_run(&self, sql: &str) {
        if let Some(run) = lock(&self.0).get_mut(sql).filter(|run| run.verdict == Verdict::Open) {
            run.verdict = Verdict::Waited;
        }
    }
}

impl SqliteReader {
    /// Starts its thread.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub(crate) fn start(file: SqliteFile, long: LongStatements) -> Result<SqliteReader, DbErr> {
        let (reads, to_run) = mpsc::channel::<Read>();
        let (connection, watch) = (Arc::<Mutex<Option<Connection>>>::default(), Watch::default());
        let (shared, watched, known_long) = (connection.clone(), watch.clone(), long.clone());
        let run = move || {
            for Read { sql, values, rows } in to_run {
                if rows.is_closed() {
                    continue;
                }
                let mut connection = lock(&shared);
                *lock(&watched) = Watcher::Awaiting(rows);
                let began = Instant::now();
                let result = read(&mut connection, &file, &watched, &sql, &values);
                if result.is_ok() && began.elapsed() < LONGEST_AT_ONCE {
                    known_long.note_short_run(&sql);
                }
                let watcher = std::mem::take(&mut *lock(&watched));
                if result
                    .as_ref()
                    .is_err_and(|error| error.sqlite_error_code() != Some(ErrorCode::OperationInterrupted))
                {
                    // Whatever is wrong with the file may be mended by then.
                    *connection = None;
                }
                drop(connection);
                if let Watcher::Awaiting(rows) = watcher {
                    // Whoever asked may be gone.
                    let _gone = rows.send(result);
                }
            }
        };
        let thread = thread::Builder::new().name("sqlite-reader".to_owned()).spawn(run);
        thread.map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(SqliteReader { connection, watch, reads, long })
    }

    /// Runs a statement; if its rows are not awaited to the end, it ends.
    pub(crate) async fn query(&self, statement: &Bound) -> Result<RowValues, DbErr> {
        if let Some(rows) = self.query_at_once(statement) {
            return Ok(rows);
        }
        let (rows, result) = oneshot::channel();
        let ended = || DbErr::Custom("the thread of a connection has ended".to_owned());
        let read = Read { sql: statement.sql.clone(), values: statement.values.clone(), rows };
        self.reads.send(read).map_err(|_| ended())?;
        let failed = |error: rusqlite::Error| DbErr::Query(RuntimeErr::Internal(error.to_string()));
        result.await.map_err(|_| ended())?.map_err(failed)
    }

    /// Runs a statement on this thread, if it is short and nothing is in its way. Whatever fails is for the other thread to
    /// find out.
    fn query_at_once(&self, statement: &Bound) -> Option<RowValues> {
        if self.long.has(&statement.sql) {
            return None;
        }
        let connection = match self.connection.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        let open = connection.as_ref()?;
        // Others who hold the file are not waited for.
        open.busy_timeout(Duration::ZERO).ok()?;
        *lock(&self.watch) = Watcher::Asker(INTERVALS_AT_ONCE);
        let began = Instant::now();
        let result = open.prepare_cached(&statement.sql).and_then(|mut it| read_rows(&mut it, &statement.values));
        *lock(&self.watch) = Watcher::Nobody;
        let is_interrupted =
            |error: &rusqlite::Error| error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted);
        // An instruction may be long, too: one that looks into an index of names, or waits for a disk.
        let has_many_instructions = result.as_ref().is_err_and(is_interrupted);
        if has_many_instructions || began.elapsed() > LONGEST_AT_ONCE {
            self.long.add(statement.sql.clone(), has_many_instructions);
        }
        result.ok()
    }
}

fn read(
    connection: &mut Option<Connection>,
    file: &SqliteFile,
    watch: &Watch,
    sql: &str,
    values: &[Value],
) -> ReadResult {
    let connection = match connection {
        Some(open) => open,
        None => connection.insert(open(file, watch.clone())?),
    };
    connection.busy_timeout(file.busy_timeout)?;
    read_rows(&mut connection.prepare_cached(sql)?, values)
}

fn open(file: &SqliteFile, watch: Watch) -> rusqlite::Result<Connection> {
    let connection = match &file.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(&file.path, file.flags, &**vfs)?,
        None => Connection::open_with_flags(&file.path, file.flags)?,
    };
    connection.busy_timeout(file.busy_timeout)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement that was planned by the value of a parameter is planned anew for each.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", file.cache_size)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.progress_handler(PROGRESS_INTERVAL, Some(move || !lock(&watch).goes_on()))?;
    Ok(connection)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A value that is put into a statement.
struct Parameter<'a>(&'a Value);

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let unknown = || rusqlite::Error::ToSqlConversionFailure(format!("{:?} is no value here", self.0).into());
        let too_large = |error: std::num::TryFromIntError| rusqlite::Error::ToSqlConversionFailure(error.into());
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Bool(value) => value.map_or(ValueRef::Null, |value| ValueRef::Integer(value.into())),
            Value::Int(value) => value.map_or(ValueRef::Null, |value| ValueRef::Integer(value.into())),
            Value::BigInt(value) => value.map_or(ValueRef::Null, ValueRef::Integer),
            Value::BigUnsigned(None) => ValueRef::Null,
            Value::BigUnsigned(Some(value)) => ValueRef::Integer(i64::try_from(*value).map_err(too_large)?),
            Value::Double(value) => value.map_or(ValueRef::Null, ValueRef::Real),
            Value::String(value) => value.as_ref().map_or(ValueRef::Null, |text| ValueRef::Text(text.as_bytes())),
            _ => return Err(unknown()),
        }))
    }
}

/// Runs a statement, and takes all its rows.
fn read_rows(statement: &mut CachedStatement<'_>, bound: &[Value]) -> ReadResult {
    let mut values = RowValues::new(statement.column_names().into_iter().map(str::to_owned).collect());
    let n_columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(bound.iter().map(Parameter)))?;
    while let Some(row) = rows.next()? {
        for at in 0..n_columns {
            match row.get_ref(at)? {
                ValueRef::Null => values.push_null(),
                ValueRef::Integer(number) => values.push_number(number),
                ValueRef::Text(text) => values.push_text(std::str::from_utf8(text)?),
                value @ (ValueRef::Real(_) | ValueRef::Blob(_)) => {
                    let column = values.column(at).to_owned();
                    return Err(rusqlite::Error::InvalidColumnType(at, column, value.data_type()));
                }
            }
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(folder: &Path) -> SqliteReader {
        let path = folder.join("map.db");
        drop(Connection::open(&path).expect("a file"));
        let file = SqliteFile {
            path: path.into(),
            flags: OpenFlags::SQLITE_OPEN_READ_ONLY,
            vfs: None,
            cache_size: "-2000",
            busy_timeout: Duration::from_secs(1),
        };
        SqliteReader::start(file, LongStatements::default()).expect("a thread")
    }

    fn statement(sql: &str) -> Bound {
        Bound { sql: sql.into(), values: Vec::new() }
    }

    #[tokio::test]
    async fn a_short_statement_runs_on_the_thread_that_asks_however_often() {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = reader(folder.path());
        let short = statement("SELECT 1");
        reader.query(&short).await.expect("the first opens the file");
        for _ in 0..3 * PROGRESS_INTERVAL {
            // The machine may have been slow, which is not what is asked here.
            lock(&reader.long.0).clear();
            assert!(reader.query_at_once(&short).is_some());
        }
    }

    #[tokio::test]
    async fn a_long_statement_is_handed_over_and_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = reader(folder.path());
        let count = |to: u32| {
            statement(&format!(
                "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {to}) SELECT max(n) FROM n"
            ))
        };
        reader.query(&count(2)).await.expect("the first opens the file");
        assert!(reader.query_at_once(&count(10)).is_some());
        let long = count(100_000);
        assert!(reader.query_at_once(&long).is_none(), "it was given up");
        assert!(reader.long.has(&long.sql));
        let rows = reader.query(&long).await.expect("its rows");
        assert_eq!(rows.number(0, 0).expect("a number"), Some(100_000));
    }

    #[tokio::test]
    async fn a_statement_that_waited_once_is_no_long_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = reader(folder.path());
        let short = statement("SELECT 1");
        reader.query(&short).await.expect("the first opens the file");
        // What took too long again is a long one.
        for is_again in [false, true] {
            reader.long.add(short.sql.clone(), false);
            assert!(reader.query_at_once(&short).is_none());
            let is_forgotten = async {
                // The machine may be slow, and such a run shows nothing.
                for _ in 0..100 {
                    reader.query(&short).await.expect("its rows");
                    if !reader.long.has(&short.sql) {
                        return true;
                    }
                }
                false
            };
            assert_eq!(is_forgotten.await, !is_again);
        }
    }

    #[tokio::test]
    async fn what_fails_is_told_by_the_thread_of_the_connection() {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = reader(folder.path());
        let wrong = statement("SELECT slug FROM nowhere");
        for _ in 0..2 {
            let error = reader.query(&wrong).await.expect_err("no such table");
            assert!(error.to_string().contains("no such table"), "{error}");
        }
        assert_eq!(reader.query(&statement("SELECT 1")).await.expect("rows").len(), 1);
    }
}
