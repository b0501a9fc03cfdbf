//! What each revision changed, counted by kind; of those that are recorded already it follows from the versions.

use sea_orm_migration::prelude::*;

use crate::table::{big, text};

/// The tables of facts of which something may be recorded already, each with the kind of its facts and the column that names one.
pub(crate) const TABLES: &[(&str, &str, &str)] = &[
    ("sources", "source", "fact_id"),
    ("districts", "district", "fact_id"),
    ("regions", "region", "fact_id"),
    ("townships", "township", "fact_id"),
    ("learning_areas", "learning_area", "fact_id"),
    ("authorities", "authority", "fact_id"),
    ("partners", "partner", "fact_id"),
    ("designations", "designation", "fact_id"),
    ("categories", "category", "fact_id"),
    ("schools", "school", "fact_id"),
    ("campuses", "campus", "fact_id"),
    ("groups", "group", "fact_id"),
    ("alliances", "alliance", "fact_id"),
    ("memberships", "membership", "id"),
    ("alliance_members", "alliance_member", "id"),
    ("alliance_functions", "alliance_function", "id"),
    ("alliance_categories", "alliance_category", "id"),
    ("school_partners", "school_partner", "id"),
    ("school_designations", "school_designation", "id"),
    ("school_links", "school_link", "id"),
    ("successions", "succession", "id"),
    ("site_uses", "site_use", "id"),
    ("aliases", "alias", "id"),
    ("codes", "code", "id"),
    ("categorisations", "categorisation", "id"),
    ("definitions", "definition", "id"),
];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let backend = manager.get_database_backend();
        let mut changes = Table::create();
        changes.table("revision_changes").col(big(backend, "number").not_null()).col(text(backend, "kind").not_null());
        for count in ["added", "changed", "closed"] {
            changes.col(big(backend, count).not_null());
        }
        changes.primary_key(Index::create().col("number").col("kind"));
        changes.foreign_key(ForeignKey::create().from("revision_changes", "number").to("revisions", "number"));
        manager.create_table(changes).await?;
        for (table, kind, fact) in TABLES {
            // A version that follows one which was closed by the same revision is a change.
            let sql = format!(
                "INSERT INTO revision_changes (number, kind, added, changed, closed) \
                 SELECT number, '{kind}', SUM(added), SUM(changed), SUM(closed) FROM (\
                 SELECT v.known_from AS number, CASE WHEN o.{fact} IS NULL THEN 1 ELSE 0 END AS added, \
                 CASE WHEN o.{fact} IS NULL THEN 0 ELSE 1 END AS changed, 0 AS closed FROM {table} v \
                 LEFT JOIN {table} o ON o.{fact} = v.{fact} AND o.known_to = v.known_from \
                 UNION ALL SELECT v.known_to, 0, 0, 1 FROM {table} v \
                 LEFT JOIN {table} o ON o.{fact} = v.{fact} AND o.known_from = v.known_to \
                 WHERE v.known_to IS NOT NULL AND o.{fact} IS NULL) counted GROUP BY number"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::table::drop_all(manager, &["revision_changes"]).await
    }
}
