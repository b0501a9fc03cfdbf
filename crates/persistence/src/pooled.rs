//! Reads of PostgreSQL through a pooler that lends a connection for a transaction, such as PgBouncer in transaction mode.
//!
//! Each read is a transaction, since a statement is prepared and run in two steps, which otherwise could meet two
//! connections. The statement has no name, and its time is set within the transaction.

use std::{pin::Pin, sync::Arc, time::Duration};

use sea_orm::{DbErr, RuntimeErr, sqlx};
use sea_query_sqlx::SqlxValues;
use sqlx::{
    AssertSqlSafe, Connection, Error, PgPool, Row,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tracing::{Dispatch, instrument::WithSubscriber};

use crate::{dialect, postgres_rows::read_rows, row_values::RowValues, statement::Bound};

/// The rows of a read, on their way.
type BoxedRows<'a> = Pin<Box<dyn Future<Output = Result<RowValues, DbErr>> + Send + 'a>>;

/// The connections to read with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PooledReaders {
    pool: PgPool,
    /// What begins a transaction.
    begin: Arc<str>,
}

impl PooledReaders {
    pub(crate) fn new(pool: PgPool, time: Option<Duration>) -> Self {
        PooledReaders { pool, begin: dialect::begin_reading(time).into() }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Runs a statement. Boxed, so that resolvers, whose futures hold this one, grow by no more than a pointer.
    pub(crate) fn query<'a>(&'a self, statement: &'a Bound) -> BoxedRows<'a> {
        Box::pin(async move {
            let rows = self.rows(statement).await;
            rows.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))
        })
    }

    async fn rows(&self, statement: &Bound) -> Result<RowValues, Error> {
        let mut transaction = self.pool.begin_with(AssertSqlSafe(self.begin.as_ref())).await?;
        let values = SqlxValues(sea_orm::Values(statement.values.clone()));
        let query = sqlx::query_with(AssertSqlSafe(&*statement.sql), values).persistent(false);
        // As in `postgres_reader.rs`: else the span is entered and left for each row.
        let reading = async { read_rows(query.fetch(&mut *transaction)).await }.with_subscriber(Dispatch::none());
        let rows = reading.await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// How often a pair of connections is asked who serves it.
const ROUNDS: usize = 3;

/// Finds out whether a pooler lends connections for a transaction: then one process serves two connections that are open at
/// the same time, or several serve one.
pub(crate) async fn detect(options: PgConnectOptions, patience: Duration) -> Result<bool, Error> {
    let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(patience).connect_with(options).await?;
    let (mut one, mut other) = (pool.acquire().await?, pool.acquire().await?);
    let mut is_pooled = false;
    let mut before = None;
    for _ in 0..ROUNDS {
        let served = (server_process(&mut one).await?, server_process(&mut other).await?);
        is_pooled |= served.0 == served.1 || before.is_some_and(|before| before != served);
        before = Some(served);
    }
    for connection in [one, other] {
        connection.detach().close().await?;
    }
    Ok(is_pooled)
}

async fn server_process(connection: &mut PoolConnection<sqlx::Postgres>) -> Result<i32, Error> {
    sqlx::raw_sql(dialect::SERVER_PROCESS).fetch_one(&mut **connection).await?.try_get(0)
}
