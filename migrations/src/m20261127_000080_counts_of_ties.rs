//! Indexes by which the nouns of a place, and the groups of a school, are counted without a look at their rows.

use sea_orm_migration::prelude::*;

use crate::table::index;

/// What a read of current rows on a day compares.
const DAY: &[&str] = &["known_to", "valid_from", "valid_to"];

/// The tables, each with the column that names the parent and with what else counts and their filters look at.
const COUNTED: &[(&str, &str, &[&str])] = &[
    ("campuses", "township_id", &["known_day", "school_id", "stated_from"]),
    ("memberships", "school_id", &[]),
    ("schools", "district_id", &["known_day", "id", "ownership", "phases", "status", "stated_from"]),
];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, parent, looked_at) in COUNTED {
            let mut counts = Index::create();
            counts.name(counts_name(table, parent)).table(*table);
            for column in [*parent].iter().chain(DAY).chain(*looked_at) {
                counts.col(*column);
            }
            manager.create_index(counts).await?;
            let name = format!("{table}_by_{parent}_known_to");
            manager.drop_index(Index::drop().name(name).table(*table).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, parent, _) in COUNTED {
            manager.create_index(index(table, &[*parent, "known_to"])).await?;
            let counts = Index::drop().name(counts_name(table, parent)).table(*table).to_owned();
            manager.drop_index(counts).await?;
        }
        Ok(())
    }
}

fn counts_name(table: &str, parent: &str) -> String {
    format!("{table}_counts_by_{parent}")
}
