//! Indexes and constraints set aside while a map is loaded into an empty store, and made again at the end.
//!
//! An index that grows row by row is written to at random, since ids are hashes; one that is made of rows that are there
//! is sorted once. A foreign key looks its row up once a row; over all rows it is one join. Both databases let a
//! transaction do this, so nobody ever sees the tables without them. SQLite cannot drop a constraint: it is kept from
//! looking ([`crate::references`] looks instead).

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use crate::{StoreError, open::WRITE_CACHE, row::Row, sql::Sql, statistics};

/// The statements that make again what was set aside.
#[derive(Debug, Default)]
pub(crate) struct SetAside {
    keys: Vec<String>,
    indexes: Vec<String>,
    foreign_keys: Vec<String>,
}

impl SetAside {
    /// Drops the indexes and, on PostgreSQL, the keys.
    pub(crate) async fn from(transaction: &DatabaseTransaction, backend: DbBackend) -> Result<Self, StoreError> {
        let mut aside = SetAside::default();
        if backend == DbBackend::Postgres {
            aside.foreign_keys = drop_constraints(transaction, 'f').await?;
            aside.keys = drop_constraints(transaction, 'p').await?;
        }
        aside.indexes = drop_indexes(transaction, backend).await?;
        Ok(aside)
    }

    /// Makes them again.
    pub(crate) async fn restore(self, transaction: &DatabaseTransaction, backend: DbBackend) -> Result<(), StoreError> {
        if self.indexes.is_empty() {
            return Ok(());
        }
        // PostgreSQL sorts better with more memory. SQLite sorts on a second thread, but only what outgrows its cache
        // (measured on a nation: 22 s with half a gibibyte, 15 s with this).
        let sorting = match backend {
            DbBackend::Postgres => "SET LOCAL maintenance_work_mem = '256MB'",
            _ => "PRAGMA threads = 2; PRAGMA cache_size = -32768",
        };
        transaction.execute_unprepared(sorting).await?;
        for made_by in self.keys.into_iter().chain(self.indexes) {
            transaction.execute_unprepared(&made_by).await?;
        }
        if backend == DbBackend::Sqlite {
            statistics::tell(transaction).await?;
            transaction.execute_unprepared(&format!("PRAGMA cache_size = {WRITE_CACHE}")).await?;
            return Ok(());
        }
        // The planner has never seen these rows, and is about to join them.
        transaction.execute_unprepared("ANALYZE").await?;
        for made_by in self.foreign_keys {
            transaction.execute_unprepared(&made_by).await?;
        }
        Ok(())
    }
}

/// Drops the constraints of a type but those of the migrations' own table; returns what adds each again.
async fn drop_constraints(transaction: &DatabaseTransaction, of_type: char) -> Result<Vec<String>, StoreError> {
    let mut sql = Sql::new(DbBackend::Postgres);
    sql.put("SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS dropped_by, ");
    sql.put("format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) ");
    sql.put("AS made_by FROM pg_constraint WHERE connamespace = current_schema()::regnamespace ");
    sql.put("AND conrelid::regclass::text <> 'seaql_migrations' AND contype = ");
    sql.put(&format!("'{of_type}' ORDER BY 1"));
    drop_each(transaction, sql).await
}

/// Drops every index that no constraint stands on; returns what makes each again.
async fn drop_indexes(transaction: &DatabaseTransaction, backend: DbBackend) -> Result<Vec<String>, StoreError> {
    let mut sql = Sql::new(backend);
    sql.put(match backend {
        DbBackend::Postgres => {
            "SELECT format('DROP INDEX %I', i.indexname) AS dropped_by, i.indexdef AS made_by FROM pg_indexes i \
             WHERE i.schemaname = current_schema() \
             AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY 1"
        }
        _ => {
            "SELECT format('DROP INDEX \"%w\"', name) AS dropped_by, sql AS made_by FROM sqlite_master \
             WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1"
        }
    });
    drop_each(transaction, sql).await
}

async fn drop_each(transaction: &DatabaseTransaction, sql: Sql) -> Result<Vec<String>, StoreError> {
    let mut made_by = Vec::new();
    for row in transaction.query_all_raw(sql.statement()).await? {
        let row = Row(&row);
        transaction.execute_unprepared(&row.text("dropped_by")?).await?;
        made_by.push(row.text("made_by")?);
    }
    Ok(made_by)
}
