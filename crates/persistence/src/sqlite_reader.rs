//! Reading a file of SQLite: a thread for each connection, which gives all rows of a statement at once.
//!
//! The library that all else goes through hands rows over one by one, with a copy of every value; of small statements that
//! was most of the time (docs/decisions/0054).

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::Duration,
};

use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, ToSql,
    config::DbConfig,
    types::{ToSqlOutput, ValueRef},
};
use sea_orm::{DbErr, RuntimeErr, Value};
use tokio::sync::oneshot;

use crate::{cancelling::PROGRESS_INTERVAL, row_values::RowValues};

/// How many statements a connection keeps compiled.
const STATEMENTS: usize = 500;

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

/// A connection that reads a file, in a thread of its own. It is opened by its first read.
pub(crate) struct SqliteReader {
    reads: mpsc::Sender<Read>,
}

/// A statement to be run.
struct Read {
    sql: Arc<str>,
    values: Vec<Value>,
    rows: RowSender,
}

type ReadResult = Result<RowValues, rusqlite::Error>;
type RowSender = oneshot::Sender<ReadResult>;

/// Who awaits the rows of the statement that runs. A statement that nobody awaits any more ends.
type Awaiting = Arc<Mutex<Option<RowSender>>>;

impl SqliteReader {
    /// Starts its thread.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub(crate) fn start(file: SqliteFile) -> Result<SqliteReader, DbErr> {
        let (reads, to_run) = mpsc::channel::<Read>();
        let run = move || {
            let awaiting = Awaiting::default();
            let mut connection = None;
            for Read { sql, values, rows } in to_run {
                if rows.is_closed() {
                    continue;
                }
                *lock(&awaiting) = Some(rows);
                let result = read(&mut connection, &file, &awaiting, &sql, &values);
                let rows = lock(&awaiting).take();
                if result
                    .as_ref()
                    .is_err_and(|error| error.sqlite_error_code() != Some(ErrorCode::OperationInterrupted))
                {
                    // Whatever is wrong with the file may be mended by then.
                    connection = None;
                }
                // Whoever asked may be gone.
                let _gone = rows.map(|rows| rows.send(result));
            }
        };
        let thread = thread::Builder::new().name("sqlite-reader".to_owned()).spawn(run);
        thread.map_err(|error| DbErr::Custom(error.to_string()))?;
        Ok(SqliteReader { reads })
    }

    /// Runs a statement; if its rows are not awaited to the end, it ends.
    pub(crate) async fn query(&self, sql: Arc<str>, values: Vec<Value>) -> Result<RowValues, DbErr> {
        let (rows, result) = oneshot::channel();
        let ended = || DbErr::Custom("the thread of a connection has ended".to_owned());
        self.reads.send(Read { sql, values, rows }).map_err(|_| ended())?;
        let failed = |error: rusqlite::Error| DbErr::Query(RuntimeErr::Internal(error.to_string()));
        result.await.map_err(|_| ended())?.map_err(failed)
    }
}

fn read(
    connection: &mut Option<Connection>,
    file: &SqliteFile,
    awaiting: &Awaiting,
    sql: &str,
    values: &[Value],
) -> ReadResult {
    let connection = match connection {
        Some(open) => open,
        None => connection.insert(open(file, awaiting.clone())?),
    };
    read_rows(&mut connection.prepare_cached(sql)?, values)
}

fn open(file: &SqliteFile, awaiting: Awaiting) -> rusqlite::Result<Connection> {
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
    let is_awaited = move || lock(&awaiting).as_ref().is_some_and(|rows| !rows.is_closed());
    connection.progress_handler(PROGRESS_INTERVAL, Some(move || !is_awaited()))?;
    Ok(connection)
}

fn lock(awaiting: &Awaiting) -> MutexGuard<'_, Option<RowSender>> {
    awaiting.lock().unwrap_or_else(PoisonError::into_inner)
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
