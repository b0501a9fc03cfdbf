//! Indexes set aside while a map is loaded into an empty store, and made again at the end.
//!
//! An index that grows row by row is written to at random, since ids are hashes; one that is made of rows that are there
//! is sorted once. Both databases let a transaction do this, so nobody ever sees the tables without their indexes.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend};

use crate::{StoreError, row::Row, sql::Sql, statistics};

/// The statements that make the indexes again.
#[derive(Debug, Default)]
pub(crate) struct SetAside(Vec<String>);

impl SetAside {
    /// Drops every index that no constraint stands on.
    pub(crate) async fn from(transaction: &DatabaseTransaction, backend: DbBackend) -> Result<Self, StoreError> {
        let mut sql = Sql::new(backend);
        sql.put(match backend {
            DbBackend::Postgres => {
                "SELECT i.indexname::text AS name, i.indexdef AS made_by FROM pg_indexes i WHERE i.schemaname = current_schema() \
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) ORDER BY 1"
            }
            _ => "SELECT name, sql AS made_by FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 1",
        });
        let mut made_by = Vec::new();
        for row in transaction.query_all_raw(sql.statement()).await? {
            let row = Row(&row);
            transaction.execute_unprepared(&format!("DROP INDEX \"{}\"", row.text("name")?)).await?;
            made_by.push(row.text("made_by")?);
        }
        Ok(SetAside(made_by))
    }

    /// Makes them again.
    pub(crate) async fn restore(self, transaction: &DatabaseTransaction, backend: DbBackend) -> Result<(), StoreError> {
        // Both sort better with more: PostgreSQL with memory, SQLite with a thread beside its own.
        let sorting = match backend {
            DbBackend::Postgres => "SET LOCAL maintenance_work_mem = '256MB'",
            _ => "PRAGMA threads = 2",
        };
        if self.0.is_empty() {
            return Ok(());
        }
        transaction.execute_unprepared(sorting).await?;
        for made_by in self.0 {
            transaction.execute_unprepared(&made_by).await?;
        }
        match backend {
            DbBackend::Postgres => Ok(()),
            _ => statistics::tell(transaction).await,
        }
    }
}
