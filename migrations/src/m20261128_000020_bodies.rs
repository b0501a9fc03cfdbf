//! Advisory bodies, people and their offices, agreements.

use sea_orm_migration::prelude::*;

use crate::table::{Facts, add_periods, drop_all};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Facts::nouns(manager, "advisory_bodies")
            .text("name")
            .text("established_on")
            .text("dissolved_on")
            .reference("district_id")
            .create(manager)
            .await?;
        Facts::nouns(manager, "expert_groups")
            .text("name")
            .required_reference("advisory_body_id")
            .number("seq")
            .create(manager)
            .await?;
        Facts::nouns(manager, "people").text("name").create(manager).await?;
        Facts::nouns(manager, "agreements")
            .text("name")
            .text("kind")
            .text("signed_on")
            .number("is_report_date")
            .text("status")
            .reference("district_id")
            .counted_by(&["status"])
            .create(manager)
            .await?;
        for nouns in ["advisory_bodies", "expert_groups", "people", "agreements"] {
            add_periods(manager, nouns).await?;
        }
        Facts::ties(manager, "advisory_member_categories")
            .required_reference("advisory_body_id")
            .required_text("category")
            .text("organization")
            .create(manager)
            .await?;
        Facts::ties(manager, "consultation_modes")
            .required_reference("advisory_body_id")
            .required_text("mode")
            .create(manager)
            .await?;
        Facts::ties(manager, "offices")
            .required_text("office_id")
            .required_reference("person_id")
            .text("role")
            .required_text("organization_type")
            .required_reference("organization_id")
            .text("since")
            .text("until")
            .create(manager)
            .await?;
        Facts::ties(manager, "agreement_parties")
            .required_reference("agreement_id")
            .required_text("party_type")
            .required_reference("party_id")
            .required_text("role")
            .text("note")
            .create(manager)
            .await?;
        Facts::ties(manager, "agreement_outcomes")
            .required_reference("agreement_id")
            .required_text("outcome_type")
            .required_reference("outcome_id")
            .required_text("kind")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let nouns = ["advisory_bodies", "expert_groups", "people", "agreements"];
        let ties =
            ["advisory_member_categories", "consultation_modes", "offices", "agreement_parties", "agreement_outcomes"];
        drop_all(manager, &[&nouns[..], &ties[..]].concat()).await
    }
}
