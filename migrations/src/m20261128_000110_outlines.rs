//! Outlines of districts and townships.

use sea_orm_migration::prelude::*;

use crate::table::text;

/// The tables of what has an outline.
const OUTLINED: [&str; 2] = ["districts", "townships"];
/// The columns; what is long comes last, so that SQLite reads the others without its pages.
const COLUMNS: [&str; 3] = ["outline_basis", "outline_confidence", "outline"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in OUTLINED {
            for name in COLUMNS {
                let mut column = text(manager.get_database_backend(), name);
                manager.alter_table(Table::alter().table(table).add_column(column.null()).to_owned()).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in OUTLINED {
            for name in COLUMNS {
                manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
            }
        }
        Ok(())
    }
}
