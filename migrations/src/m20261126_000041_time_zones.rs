//! The time zone in which a district's days begin.

use sea_orm_migration::prelude::*;

use crate::table::text;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = text(manager.get_database_backend(), "time_zone");
        manager.alter_table(Table::alter().table("districts").add_column(column.null()).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("districts").drop_column("time_zone").to_owned()).await
    }
}
