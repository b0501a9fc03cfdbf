//! Indexes and constraints set deferred while a map is loaded into an empty store, and made again at the end.
//!
//! An index that grows row by row is written to at random, since ids are hashes; one that is made of rows that are there
//! is sorted once. A foreign key looks its row up once a row; over all rows it is one join. Both databases let a
//! transaction do this, so nobody ever sees the tables without them. SQLite cannot drop a constraint: it is kept from
//! looking ([`crate::references`] looks instead).

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};

use crate::{StoreError, dialect, open::WRITE_CACHE, statistics};

/// The statements that make again what was set deferred.
#[derive(Debug, Default)]
pub(crate) struct DeferredIndexes {
    keys: Vec<String>,
    indexes: Vec<String>,
    foreign_keys: Vec<String>,
}

impl DeferredIndexes {
    /// Drops the indexes and, on PostgreSQL, the keys.
    pub(crate) async fn from(transaction: &DatabaseTransaction, backend: DbBackend) -> Result<Self, StoreError> {
        let mut deferred = DeferredIndexes::default();
        if backend == DbBackend::Postgres {
            // Only the owner of a table may drop its indexes; others write them row by row.
            let row = transaction.query_one_raw(dialect::is_owner()).await?;
            if !row.map_or(Ok(false), |row| row.try_get_by_index(0))? {
                return Ok(deferred);
            }
            deferred.foreign_keys = drop_constraints(transaction, 'f').await?;
            deferred.keys = drop_constraints(transaction, 'p').await?;
        }
        deferred.indexes = drop_indexes(transaction, backend).await?;
        Ok(deferred)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.indexes.is_empty()
    }

    /// Makes them again.
    pub(crate) async fn restore(self, transaction: &DatabaseTransaction, backend: DbBackend) -> Result<(), StoreError> {
        if self.is_empty() {
            return Ok(());
        }
        // PostgreSQL sorts better with more memory. SQLite sorts on a second thread, but only what outgrows its cache
        // (measured on a nation: 22 s with half a gibibyte, 15 s with this).
        transaction.execute_unprepared(dialect::prepare_sorting(backend)).await?;
        for made_by in self.keys.into_iter().chain(self.indexes) {
            transaction.execute_unprepared(&made_by).await?;
        }
        if backend == DbBackend::Sqlite {
            statistics::write_statistics(transaction).await?;
            transaction.execute_unprepared(&dialect::set_cache_size(WRITE_CACHE)).await?;
            return Ok(());
        }
        // The planner has never seen these rows, and is about to join them.
        statistics::analyze(transaction).await?;
        for made_by in self.foreign_keys {
            transaction.execute_unprepared(&made_by).await?;
        }
        Ok(())
    }
}

/// Drops the constraints of a type but those of the migrations' own table; returns what adds each again.
async fn drop_constraints(transaction: &DatabaseTransaction, of_type: char) -> Result<Vec<String>, StoreError> {
    drop_each(transaction, dialect::constraints(of_type)).await
}

/// Drops every index that no constraint stands on; returns what makes each again.
async fn drop_indexes(transaction: &DatabaseTransaction, backend: DbBackend) -> Result<Vec<String>, StoreError> {
    drop_each(transaction, dialect::indexes(backend)).await
}

async fn drop_each(transaction: &DatabaseTransaction, statement: Statement) -> Result<Vec<String>, StoreError> {
    let mut made_by = Vec::new();
    for row in transaction.query_all_raw(statement).await? {
        let (drop, make): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        transaction.execute_unprepared(&drop).await?;
        made_by.push(make);
    }
    Ok(made_by)
}
