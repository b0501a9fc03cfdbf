//! The codes of nouns in registers, found by any of them.

use sea_orm_migration::prelude::*;

use crate::table::{Facts, drop_all, index};

/// The column of a code that no index served.
const TOWNSHIP: [&str; 2] = ["code", "known_to"];

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Facts::ties(manager, "codes")
            .required_text("entity_type")
            .required_reference("entity_id")
            .required_text("scheme")
            .required_text("value")
            .indexed("value")
            .text("since")
            .text("until")
            .create(manager)
            .await?;
        manager.create_index(index("townships", &TOWNSHIP)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = format!("townships_by_{}", TOWNSHIP.join("_"));
        manager.drop_index(Index::drop().name(name).table("townships").to_owned()).await?;
        drop_all(manager, &["codes"]).await
    }
}
