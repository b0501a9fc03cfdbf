//! Where townships and partners are, and how sure any place is.

use sea_orm_migration::prelude::*;

use crate::table::{big, text};

/// The tables of what has a place from this step on.
const NEWLY_PLACED: [&str; 2] = ["townships", "partners"];
/// The tables of what has a place.
const PLACED: [&str; 4] = ["schools", "campuses", "townships", "partners"];

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
        for table in NEWLY_PLACED {
            add(table, big(backend, "latitude")).await?;
            add(table, big(backend, "longitude")).await?;
            add(table, text(backend, "location_precision")).await?;
        }
        for table in PLACED {
            add(table, text(backend, "location_confidence")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = |table: &'static str, column: &'static str| {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned())
        };
        for table in PLACED {
            drop(table, "location_confidence").await?;
        }
        for table in NEWLY_PLACED {
            for column in ["latitude", "longitude", "location_precision"] {
                drop(table, column).await?;
            }
        }
        Ok(())
    }
}
