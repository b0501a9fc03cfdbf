//! Categories of a data set's own, and the nouns that are in them.

use sea_orm_migration::prelude::*;

use crate::table::{Facts, add_periods, drop_all};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Facts::nouns(manager, "categories")
            .text("name")
            .required_text("scheme")
            .required_text("code")
            .reference("parent_id")
            .text("since")
            .text("until")
            .indexed("scheme")
            .indexed("code")
            .create(manager)
            .await?;
        add_periods(manager, "categories").await?;
        Facts::ties(manager, "categorisations")
            .required_text("entity_type")
            .required_reference("entity_id")
            .required_reference("category_id")
            .text("since")
            .text("until")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["categories", "categorisations"]).await
    }
}
