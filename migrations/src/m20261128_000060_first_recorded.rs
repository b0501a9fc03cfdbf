//! The revision that first recorded each identity; of those that are recorded already it follows from the versions.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::m20261128_000050_revision_changes::TABLES;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let number = match manager.get_database_backend() {
            DbBackend::Postgres => "bigint",
            _ => "integer",
        };
        let database = manager.get_connection();
        database.execute_unprepared(&format!("ALTER TABLE identities ADD COLUMN known_from {number}")).await?;
        for (table, kind, fact) in TABLES {
            let sql = format!(
                "UPDATE identities SET known_from = (SELECT MIN(v.known_from) FROM {table} v WHERE v.{fact} = identities.id) \
                 WHERE kind = '{kind}'"
            );
            database.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("identities").drop_column("known_from").to_owned()).await
    }
}
