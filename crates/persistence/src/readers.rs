//! The connections to read with.
//!
//! PostgreSQL itself ends a statement that takes too long, and SQLite one that nobody awaits (`cancelling.rs`).

use std::time::Duration;

use deadpool::{
    Runtime,
    unmanaged::{Pool, PoolConfig},
};
use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbErr};

use crate::{
    dialect,
    pooled::PooledReaders,
    postgres_reader::PostgresReaders,
    row::Rows,
    sqlite_reader::{LongStatements, SqliteFile, SqliteReader},
    statement::Bound,
};

/// How long a read waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections to read with. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Readers {
    /// That of a database in memory, which also writes.
    Memory(DatabaseConnection),
    /// Those of PostgreSQL.
    Postgres(PostgresReaders),
    /// Those of a pooler of PostgreSQL, each read in a transaction of its own.
    PerTransaction(PooledReaders),
    /// Those of a file of SQLite.
    PerThread(Pool<SqliteReader>),
}

impl Readers {
    /// So many connections to a file of SQLite, opened as they are needed; the first at once, so that it is told whether they
    /// can be.
    pub(crate) async fn open_each(file: &SqliteFile, most: usize) -> Result<Readers, DbErr> {
        let pool = Pool::from_config(&PoolConfig {
            max_size: most,
            timeout: Some(ACQUIRE_TIMEOUT),
            runtime: Some(Runtime::Tokio1),
        });
        let long = LongStatements::default();
        for number in (0..most).rev() {
            let reader = SqliteReader::start(file.clone(), long.clone())?;
            if number == 0 {
                reader.query(&Bound { sql: dialect::NOTHING.into(), values: Vec::new() }).await?;
            }
            pool.try_add(reader).map_err(|(_, error)| DbErr::Custom(error.to_string()))?;
        }
        Ok(Readers::PerThread(pool))
    }

    /// Runs a statement; when its rows are not awaited any more, it ends.
    pub(crate) async fn query(&self, statement: &Bound) -> Result<Rows, DbErr> {
        match self {
            Readers::Memory(pool) => {
                let statement = statement.to_statement(pool.get_database_backend());
                pool.query_all_raw(statement).await.map(Rows::Library)
            }
            Readers::Postgres(readers) => readers.query(statement).await.map(Rows::Read),
            Readers::PerTransaction(readers) => readers.query(statement).await.map(Rows::Read),
            Readers::PerThread(pool) => {
                let reader = pool.get().await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
                reader.query(statement).await.map(Rows::Read)
            }
        }
    }

    /// How many connections there may be, or are, and how many of them are idle.
    pub(crate) fn count(&self) -> (u32, usize) {
        match self {
            Readers::Postgres(readers) => readers.count(),
            Readers::Memory(pool) => {
                let pool = pool.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            Readers::PerTransaction(readers) => (readers.pool().size(), readers.pool().num_idle()),
            Readers::PerThread(pool) => {
                let status = pool.status();
                (u32::try_from(status.size).unwrap_or(u32::MAX), status.available)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Statement};
    use tokio::time::timeout;

    use super::*;
    use crate::Store;

    #[tokio::test]
    async fn a_statement_that_nobody_awaits_ends() {
        let dir = tempfile::tempdir().expect("a folder");
        let store =
            Store::open(&format!("sqlite://{}", dir.path().join("map.db").display()), None).await.expect("a store");
        let (all, _) = store.readers();
        assert!(all > 1);
        for _ in 0..2 * all {
            let endless = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT max(n) FROM n";
            let endless = Statement::from_string(DbBackend::Sqlite, endless);
            assert!(timeout(Duration::from_millis(20), store.rows(endless)).await.is_err(), "it ended");
        }
        let next = Statement::from_string(DbBackend::Sqlite, "SELECT 1");
        assert_eq!(store.rows(next).await.expect("an answer").len(), 1);
        assert_eq!(store.readers(), (all, all as usize));
    }
}
