//! Where townships and partners are.

use sea_orm_migration::prelude::*;

use crate::table::{big, text};

/// The tables of what has a place from this step on.
const PLACED: [&str; 2] = ["townships", "partners"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        for table in PLACED {
            for mut column in [big(backend, "latitude"), big(backend, "longitude"), text(backend, "location_precision")]
            {
                manager.alter_table(Table::alter().table(table).add_column(column.null()).to_owned()).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in PLACED {
            for column in ["latitude", "longitude", "location_precision"] {
                manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
            }
        }
        Ok(())
    }
}
