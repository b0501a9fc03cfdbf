//! Indexes that hold all that a count looks at, so that it reads no row.

use sea_orm_migration::prelude::*;

use crate::table::{VIEW, counts_index, index};

/// The tables of nouns, each with what else its counts look at: a status that follows from dates.
const NOUNS: &[(&str, &[&str])] = &[
    ("alliances", STATUS),
    ("authorities", &[]),
    ("campuses", STATUS),
    ("districts", &[]),
    ("groups", &[]),
    ("learning_areas", &[]),
    ("partners", &[]),
    ("regions", &[]),
    ("schools", STATUS),
    ("sources", &[]),
    ("townships", &[]),
];

/// What a status on a day follows from, beside the view's columns.
const STATUS: &[&str] = &["status", "stated_from"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, status) in NOUNS {
            manager.create_index(counts_index(table, status)).await?;
            let view = Index::drop().name(view_name(table)).table((*table).to_owned()).to_owned();
            manager.drop_index(view).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, _) in NOUNS {
            manager.create_index(index(table, VIEW)).await?;
            let counts = Index::drop().name(format!("{table}_counts")).table((*table).to_owned()).to_owned();
            manager.drop_index(counts).await?;
        }
        Ok(())
    }
}

fn view_name(table: &str) -> String {
    format!("{table}_by_{}", VIEW.join("_"))
}
