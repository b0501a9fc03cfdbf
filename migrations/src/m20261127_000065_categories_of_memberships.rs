//! Categories of memberships, which have no slug by which another row could name them.

use sea_orm_migration::prelude::*;

use crate::table::text;

const TABLES: [&str; 2] = ["memberships", "alliance_members"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            let mut slugs = text(manager.get_database_backend(), "category_ids");
            manager.alter_table(Table::alter().table(table).add_column(slugs.null()).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            manager.alter_table(Table::alter().table(table).drop_column("category_ids").to_owned()).await?;
        }
        Ok(())
    }
}
