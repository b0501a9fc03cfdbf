//! Under which license a source may be used.

use sea_orm_migration::prelude::*;

use crate::table::text;

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut license = text(manager.get_database_backend(), "license");
        manager.alter_table(Table::alter().table("sources").add_column(license.null()).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("sources").drop_column("license").to_owned()).await
    }
}
