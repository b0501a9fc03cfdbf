//! Projects, initiatives, events, pathways, figures, statements, admission places.

use sea_orm_migration::prelude::*;

use crate::table::{Facts, add_periods, drop_all};

/// This step.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NOUNS: &[&str] = &["projects", "events", "initiatives", "pathways", "reported_figures", "statements"];
const TIES: &[&str] =
    &["project_milestones", "initiative_subjects", "event_items", "admission_places", "admission_totals"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make_nouns(manager).await?;
        for nouns in NOUNS {
            add_periods(manager, nouns).await?;
        }
        make_ties(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &[NOUNS, TIES].concat()).await
    }
}

async fn make_nouns(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Facts::nouns(manager, "projects")
        .text("name")
        .reference("school_id")
        .reference("campus_id")
        .reference("township_id")
        .reference("region_id")
        .reference("district_id")
        .number("phase_no")
        .text("education_phases")
        .text("status")
        .text("started_on")
        .text("opened_on")
        .text("due_on")
        .number("places")
        .number("classes")
        .number("classes_primary")
        .number("classes_junior")
        .number("classes_senior")
        .number("floor_area_m2")
        .indexed("due_on")
        .counted_by(&["status", "opened_on", "started_on"])
        .create(manager)
        .await?;
    Facts::nouns(manager, "events")
        .text("name")
        .text("held_on")
        .text("part_of_day")
        .reference("venue_partner_id")
        .text("theme")
        .reference("district_id")
        .create(manager)
        .await?;
    Facts::nouns(manager, "initiatives").text("name").text("kind").reference("district_id").create(manager).await?;
    Facts::nouns(manager, "pathways")
        .text("name")
        .number("years")
        .required_text("scope_type")
        .required_reference("scope_id")
        .create(manager)
        .await?;
    Facts::nouns(manager, "reported_figures")
        .text("name")
        .text("subject_type")
        .reference("subject_id")
        .text("about")
        .signed_number("value")
        .required_text("unit")
        .required_text("qualifier")
        .text("as_of")
        .text("metric")
        .reference("designation_id")
        .reference("person_id")
        .create(manager)
        .await?;
    Facts::nouns(manager, "statements")
        .reference("person_id")
        .reference("event_id")
        .required_text("subject_type")
        .required_reference("subject_id")
        .required_text("excerpt")
        .required_text("language")
        .text("said_on")
        .create(manager)
        .await
}

async fn make_ties(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    Facts::ties(manager, "project_milestones")
        .required_reference("project_id")
        .required_text("milestone")
        .required_text("planned_or_actual")
        .text("date_text")
        .create(manager)
        .await?;
    Facts::ties(manager, "initiative_subjects")
        .required_reference("initiative_id")
        .required_text("subject_type")
        .required_reference("subject_id")
        .create(manager)
        .await?;
    Facts::ties(manager, "event_items")
        .required_reference("event_id")
        .required_text("action")
        .text("item_type")
        .reference("item_id")
        .text("description")
        .create(manager)
        .await?;
    Facts::ties(manager, "admission_places")
        .required_reference("junior_school_id")
        .required_reference("senior_school_id")
        .reference("senior_campus_id")
        .number("year")
        .number("places")
        .create(manager)
        .await?;
    Facts::ties(manager, "admission_totals")
        .required_reference("junior_school_id")
        .number("year")
        .number("places")
        .number("breakdown_checked")
        .create(manager)
        .await
}
