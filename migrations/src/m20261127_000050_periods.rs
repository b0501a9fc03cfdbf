//! Several periods of one noun: a noun's table says which fact a row is a version of, and on which days the noun is seen by it.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::table::add_periods;

/// The tables of nouns.
const NOUNS: &[&str] = &[
    "alliances",
    "authorities",
    "campuses",
    "designations",
    "districts",
    "groups",
    "learning_areas",
    "partners",
    "regions",
    "schools",
    "sources",
    "townships",
];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in NOUNS {
            add_periods(manager, table).await?;
        }
        let number = match manager.get_database_backend() {
            DbBackend::Postgres => "bigint",
            _ => "integer",
        };
        for sql in [
            // A row that meets several periods of a noun is recorded in several facts; all but the first are parts of it.
            format!("ALTER TABLE identities ADD COLUMN part_of {number}"),
            // An official name is searched on the days on which its noun is seen by it.
            "UPDATE search_names SET valid_from = '0001-01-01', valid_to = '9999-12-31' WHERE fact_id = subject_id"
                .to_owned(),
        ] {
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
