//! The days on which a membership is certain to hold, where those on which it holds are not.

use sea_orm_migration::prelude::*;

use crate::table::text;

const COLUMNS: [&str; 2] = ["certain_from", "certain_to"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            let mut column = text(manager.get_database_backend(), column);
            manager.alter_table(Table::alter().table("memberships").add_column(column.null()).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS.into_iter().rev() {
            manager.alter_table(Table::alter().table("memberships").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
