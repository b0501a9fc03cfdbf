//! Reading PostgreSQL: connections of the driver, in a pool that lends one and takes it back at once.
//!
//! The driver's own pool asks of each connection that it is given back whether the server is still there, in a task of its
//! own: for each statement another way to the server and back, and a change of threads (docs/decisions/0057).

use std::{io::ErrorKind, sync::Arc, time::Duration};

use deadpool::{
    Runtime,
    managed::{
        Manager, Metrics, Object, Pool, PoolConfig, PoolError, QueueMode, RecycleError, RecycleResult, Timeouts,
    },
};
use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr, Values,
    sqlx::{
        self, AssertSqlSafe, ConnectOptions, Connection, Error, PgConnection,
        postgres::{PgConnectOptions, PgRow},
    },
};
use sea_query_sqlx::SqlxValues;
use tokio::{runtime::Handle, time::sleep};
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

use crate::statement::Bound;

/// How long a connection is used: memory of the server grows with it, and a replica may move.
const MAX_AGE: Duration = Duration::from_secs(30 * 60);
/// How long it may have been idle: networks drop those that say nothing.
const MAX_IDLE: Duration = Duration::from_secs(10 * 60);
/// The shortest and the longest wait before a server that starts is asked again.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(400)];

/// The connections to read with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PostgresReaders(Pool<Connections>);

impl PostgresReaders {
    /// So many connections at the most, made as they are needed; the first at once, so that it is told whether they can be.
    /// A read waits so long for one.
    pub(crate) async fn open(options: PgConnectOptions, most: usize, patience: Duration) -> Result<Self, DbErr> {
        let timeouts = Timeouts { wait: Some(patience), create: Some(patience), recycle: None };
        // The last one given back is lent first: its statements are prepared, and others may grow old.
        let config = PoolConfig { max_size: most, timeouts, queue_mode: QueueMode::Lifo };
        let pool = Pool::builder(Connections { options: options.disable_statement_logging() });
        let pool = pool.config(config).runtime(Runtime::Tokio1).build();
        let readers = PostgresReaders(pool.map_err(|error| DbErr::Custom(error.to_string()))?);
        drop(readers.acquire().await?);
        Ok(readers)
    }

    /// Runs a statement.
    pub(crate) async fn query(&self, statement: &Bound) -> Result<Vec<PgRow>, DbErr> {
        let mut connection = Lent::new(self.acquire().await?);
        let values = SqlxValues(Values(statement.values.clone()));
        let query = sqlx::query_with(AssertSqlSafe(statement.sql.clone()), values);
        // The driver enters and leaves the span of its caller once for each row, which nothing that it logs is worth.
        let reading = query.fetch_all(connection.as_mut()).with_subscriber(NoSubscriber::default());
        let rows = reading.await.map_err(failed)?;
        connection.give_back();
        Ok(rows)
    }

    async fn acquire(&self) -> Result<Object<Connections>, DbErr> {
        self.0.get().await.map_err(|error| match error {
            PoolError::Backend(error) => failed(error),
            PoolError::Timeout(_) => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            error => DbErr::Custom(error.to_string()),
        })
    }

    /// How many connections there are, and how many of them are idle.
    pub(crate) fn count(&self) -> (u32, usize) {
        let status = self.0.status();
        (u32::try_from(status.size).unwrap_or(u32::MAX), status.available)
    }
}

fn failed(error: Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

/// Makes connections, and says which are too old.
struct Connections {
    options: PgConnectOptions,
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
        match metrics.age() < MAX_AGE && metrics.last_used() < MAX_IDLE {
            true => Ok(()),
            false => Err(RecycleError::message("it is too old")),
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
            if connection.ping().await.is_err() {
                drop(Object::take(connection));
            }
        });
    }
}
