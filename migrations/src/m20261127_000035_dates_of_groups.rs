//! When groups and alliances end, when groups begin, and since when and until when ties hold.

use sea_orm_migration::prelude::*;

use crate::table::{counts_index, text};

/// The columns that are new, by table.
const DATES: &[(&str, &[&str])] = &[
    ("groups", &["established_on", "dissolved_on"]),
    ("alliances", &["dissolved_on"]),
    ("alliance_members", &["joined_on", "left_on"]),
    ("alliance_functions", &["since", "until"]),
    ("alliance_categories", &["since", "until"]),
    ("school_partners", &["until"]),
    ("school_links", &["since", "until"]),
];

/// What the status of a group on a day follows from, beside the view's columns.
const STATUS: &[&str] = &["status", "stated_from"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite takes no more.
        for (table, columns) in DATES {
            for column in *columns {
                let mut column = text(manager.get_database_backend(), *column);
                manager.alter_table(Table::alter().table(*table).add_column(column.null()).to_owned()).await?;
            }
        }
        make_counts(manager, STATUS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make_counts(manager, &[]).await?;
        for (table, columns) in DATES {
            for column in columns.iter().rev() {
                manager.alter_table(Table::alter().table(*table).drop_column(*column).to_owned()).await?;
            }
        }
        Ok(())
    }
}

/// Makes the index of counts of groups anew, with what their status follows from.
async fn make_counts(manager: &SchemaManager<'_>, status: &[&'static str]) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name("groups_counts").table("groups").to_owned()).await?;
    manager.create_index(counts_index("groups", status)).await
}
