//! Reading PostgreSQL: connections of the driver, in a pool that lends one and takes it back at once.
//!
//! The driver's own pool asks of each connection that it is given back whether the server is still there, in a task of its
//! own: for each statement another way to the server and back, and a change of threads (docs/decisions/0057).
//!
//! What arrives on a connection is noticed by the runtime in which it was made. So each runtime has connections of its own:
//! else a thread of one would be woken for each answer, to wake one of the other.

use std::{
    collections::HashMap,
    io::ErrorKind,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult, Timeouts, WeakPool,
};
use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, Values,
    sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Error, PgConnection, postgres::PgConnectOptions},
};
use sea_query_sqlx::SqlxValues;
use tokio::{
    runtime::{self, Handle},
    time::{interval, sleep, timeout},
};
use tracing::{Dispatch, instrument::WithSubscriber};

use crate::{postgres_rows::read_rows, row_values::RowValues, statement::Bound};

/// How long a connection is used: memory of the server grows with it, and a replica may move.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);
/// How long it may have been idle: networks drop those that say nothing.
const MAX_IDLE: Duration = Duration::from_secs(10 * 60);
/// How often old connections are looked for.
const CHECK_INTERVAL: Duration = Duration::from_secs(60);
/// How long the server may go on with a statement that is given up, before its connection is: the time that statements are
/// given is less.
const LONGEST_STATEMENT: Duration = Duration::from_secs(120);
/// The shortest and the longest wait before a server that starts is asked again.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(400)];

/// The connections to read with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PostgresReaders {
    pools: Arc<Pools>,
    options: Arc<PgConnectOptions>,
    /// How many connections each runtime has at the most.
    most: usize,
    /// How long a read waits for a connection.
    patience: Duration,
}

/// The connections of each runtime, as long as it runs.
type Pools = Mutex<HashMap<runtime::Id, Pool<Connections>>>;

impl PostgresReaders {
    /// So many connections at the most for each runtime, made as they are needed; the first at once, so that it is told
    /// whether they can be. A read waits so long for one.
    pub(crate) async fn open(options: PgConnectOptions, most: usize, patience: Duration) -> Result<Self, DbErr> {
        let options = Arc::new(options.disable_statement_logging());
        let readers = PostgresReaders { pools: Arc::default(), options, most, patience };
        drop(readers.acquire().await?);
        Ok(readers)
    }

    /// The connections of the runtime that asks.
    fn pool(&self) -> Result<Pool<Connections>, DbErr> {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = Handle::current().id();
        if let Some(pool) = pools.get(&runtime) {
            return Ok(pool.clone());
        }
        // The last one given back is lent first: its statements are prepared, and those that are not needed grow old.
        let config = PoolConfig { max_size: self.most, timeouts: Timeouts::default(), queue_mode: QueueMode::Lifo };
        let pool = Pool::builder(Connections { options: self.options.clone() }).config(config).build();
        let pool = pool.map_err(|error| DbErr::Custom(error.to_string()))?;
        pools.insert(runtime, pool.clone());
        drop(pools);
        tokio::spawn(close_old(pool.weak(), OfRuntime { pools: Arc::downgrade(&self.pools), runtime }));
        Ok(pool)
    }

    /// Runs a statement.
    pub(crate) async fn query(&self, statement: &Bound) -> Result<RowValues, DbErr> {
        let mut connection = Lent::new(self.acquire().await?);
        let values = SqlxValues(Values(statement.values.clone()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.clone()), values);
        // The driver notes its caller's span as it begins, and enters and leaves it for each row, which what it logs of a
        // read, notices of the server, is not worth.
        let reading = async { read_rows(query.fetch(connection.as_mut())).await }.with_subscriber(Dispatch::none());
        let rows = reading.await.map_err(failed)?;
        connection.give_back();
        Ok(rows)
    }

    async fn acquire(&self) -> Result<Object<Connections>, DbErr> {
        match timeout(self.patience, self.pool()?.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(PoolError::Backend(error))) => Err(failed(error)),
            Ok(Err(error)) => Err(DbErr::Custom(error.to_string())),
            Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }

    /// How many connections there are, and how many of them are idle.
    pub(crate) fn count(&self) -> (u32, usize) {
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = pools.values().map(Pool::status).map(|status| (status.size, status.available));
        let (size, idle) = counts.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        (u32::try_from(size).unwrap_or(u32::MAX), idle)
    }
}

fn failed(error: Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Makes connections, and says which are too old.
struct Connections {
    options: Arc<PgConnectOptions>,
}

impl Manager for Connections {
    type Type = PgConnection;
    type Error = Error;

    /// Makes a connection; a server that starts is asked until it has.
    async fn create(&self) -> Result<PgConnection, Error> {
        let [mut delay, longest] = RETRY_DELAYS;
        loop {
            // Boxed: whoever waits for a connection has room for making one.
            match Box::pin(PgConnection::connect_with(&self.options)).await {
                Err(Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(Error::Database(error)) if error.is_transient_in_connect_phase() => {}
                made => return made,
            }
            sleep(delay).await;
            delay = longest.min(delay * 2);
        }
    }

    async fn recycle(&self, _: &mut PgConnection, metrics: &Metrics) -> RecycleResult<Error> {
        match is_usable(metrics) {
            true => Ok(()),
            false => Err(RecycleError::message("it is too old")),
        }
    }
}

/// Whether a connection is lent again.
fn is_usable(metrics: &Metrics) -> bool {
    metrics.age() < MAX_AGE && metrics.last_used() < MAX_IDLE
}

/// The connections of a runtime, which end with it: another may have its number later.
struct OfRuntime {
    pools: Weak<Pools>,
    runtime: runtime::Id,
}

impl Drop for OfRuntime {
    fn drop(&mut self) {
        if let Some(pools) = self.pools.upgrade() {
            // Its connections are dropped when the lock is open again.
            let _ended = pools.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.runtime);
        }
    }
}

/// Closes connections that are not lent again, as long as there is a pool.
async fn close_old(pool: WeakPool<Connections>, _of: OfRuntime) {
    let mut checks = interval(CHECK_INTERVAL);
    loop {
        checks.tick().await;
        let Some(pool) = pool.upgrade() else { return };
        for old in pool.retain(|_, metrics| is_usable(&metrics)).removed {
            // The server may have gone.
            let _ = timeout(CHECK_INTERVAL, old.close()).await;
        }
    }
}

/// A connection that runs a statement. If that fails or is not awaited to its end, it is lent to nobody before the server
/// is done with it.
struct Lent {
    /// `None` once it is given back.
    connection: Option<Object<Connections>>,
}

impl Lent {
    fn new(connection: Object<Connections>) -> Lent {
        Lent { connection: Some(connection) }
    }

    fn as_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("it is not given back yet")
    }

    fn give_back(mut self) {
        self.connection = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return drop(Object::take(connection)) };
        runtime.spawn(async move {
            if !matches!(timeout(LONGEST_STATEMENT, connection.ping()).await, Ok(Ok(()))) {
                drop(Object::take(connection));
            }
        });
    }
}
