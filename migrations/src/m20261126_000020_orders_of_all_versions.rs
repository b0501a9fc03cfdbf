//! Indexes by which a page or a count at an earlier revision reads what it shows, and not every version there is.

use sea_orm_migration::prelude::*;

use crate::table::{ORDERS, VIEW, index};

/// The tables of nouns.
const NOUNS: &[&str] = &[
    "alliances",
    "authorities",
    "campuses",
    "districts",
    "groups",
    "learning_areas",
    "partners",
    "regions",
    "schools",
    "sources",
    "townships",
];

/// The order by first days among current rows, as the first release has it.
const SINCE: &[&str] = &["known_to", "valid_from", "id"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The indexes of the first release begin with `known_to`: they keep the order only where that has one value, which is
        // null, and an earlier revision knows rows with many.
        for table in NOUNS {
            for order in ORDERS {
                manager.create_index(index(table, &[*order, "id"])).await?;
            }
            manager.create_index(index(table, VIEW)).await?;
            drop_index(manager, table, SINCE).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in NOUNS {
            manager.create_index(index(table, SINCE)).await?;
            drop_index(manager, table, VIEW).await?;
            for order in ORDERS {
                drop_index(manager, table, &[order, "id"]).await?;
            }
        }
        Ok(())
    }
}

async fn drop_index(manager: &SchemaManager<'_>, table: &str, columns: &[&str]) -> Result<(), DbErr> {
    let index = Index::drop().name(format!("{table}_by_{}", columns.join("_"))).table(table.to_owned()).to_owned();
    manager.drop_index(index).await
}
