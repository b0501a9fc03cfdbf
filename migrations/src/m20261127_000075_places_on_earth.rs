//! Where schools and campuses stand, and which schools have boarders.

use sea_orm_migration::prelude::*;

use crate::table::{big, text};

/// The tables of what stands somewhere.
const PLACED: [&str; 2] = ["schools", "campuses"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let add = |table: &'static str, mut column: ColumnDef| {
            manager.alter_table(Table::alter().table(table).add_column(column.null()).to_owned())
        };
        for table in PLACED {
            add(table, big(backend, "latitude")).await?;
            add(table, big(backend, "longitude")).await?;
            add(table, text(backend, "location_precision")).await?;
        }
        add("schools", big(backend, "boarding")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = |table: &'static str, column: &'static str| {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned())
        };
        for table in PLACED {
            for column in ["latitude", "longitude", "location_precision"] {
                drop(table, column).await?;
            }
        }
        drop("schools", "boarding").await
    }
}
