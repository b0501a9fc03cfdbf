//! The database's history, one step a file.
//!
//! A step is never changed once released; see the README beside this crate for adding, moving and removing.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

mod m20261124_000001_revisions;
mod m20261124_000002_sources;
mod m20261124_000003_places;
mod m20261124_000004_authorities;
mod m20261124_000005_partners;
mod m20261124_000006_schools;
mod m20261124_000007_groups;
mod m20261124_000008_alliances;
mod m20261124_000009_names;
mod m20261126_000010_existence;
mod m20261126_000020_orders_of_all_versions;
mod m20261126_000030_english_campuses;
mod m20261126_000040_program_versions;
mod m20261126_000041_time_zones;
mod m20261127_000010_counts;
mod m20261127_000020_codes;
mod m20261127_000030_designations;
mod m20261127_000035_dates_of_groups;
mod m20261127_000036_turns;
mod m20261127_000040_texts;
mod m20261127_000050_periods;
mod m20261127_000055_source_licenses;
mod m20261127_000060_categories;
mod m20261127_000065_categories_of_memberships;
mod m20261127_000070_words;
mod m20261127_000075_places_on_earth;
mod m20261127_000080_counts_of_ties;
mod m20261128_000020_bodies;
mod m20261128_000030_events;
mod m20261128_000040_evidence;
mod m20261128_000050_revision_changes;
mod m20261128_000060_first_recorded;
mod m20261128_000070_planned;
mod m20261128_000080_more_places;
mod m20261128_000081_points;
mod m20261128_000090_search;
mod m20261128_000095_completeness_by_list;
mod m20261128_000096_waivers;
mod m20261128_000100_releases;
mod m20261128_000110_outlines;
mod m20261128_000120_sql_views;
mod table;

/// The steps that leave no names to search: names are folded by the program, which fills the table anew after them.
pub const STEPS_WITHOUT_NAMES: &[&str] = &["m20261128_000090_search"];

/// Brings a database up to the newest step.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_revisions::Migration),
            Box::new(m20261124_000002_sources::Migration),
            Box::new(m20261124_000003_places::Migration),
            Box::new(m20261124_000004_authorities::Migration),
            Box::new(m20261124_000005_partners::Migration),
            Box::new(m20261124_000006_schools::Migration),
            Box::new(m20261124_000007_groups::Migration),
            Box::new(m20261124_000008_alliances::Migration),
            Box::new(m20261124_000009_names::Migration),
            Box::new(m20261126_000010_existence::Migration),
            Box::new(m20261126_000020_orders_of_all_versions::Migration),
            Box::new(m20261126_000030_english_campuses::Migration),
            Box::new(m20261126_000040_program_versions::Migration),
            Box::new(m20261126_000041_time_zones::Migration),
            Box::new(m20261127_000010_counts::Migration),
            Box::new(m20261127_000020_codes::Migration),
            Box::new(m20261127_000030_designations::Migration),
            Box::new(m20261127_000035_dates_of_groups::Migration),
            Box::new(m20261127_000036_turns::Migration),
            Box::new(m20261127_000040_texts::Migration),
            Box::new(m20261127_000050_periods::Migration),
            Box::new(m20261127_000055_source_licenses::Migration),
            Box::new(m20261127_000060_categories::Migration),
            Box::new(m20261127_000065_categories_of_memberships::Migration),
            Box::new(m20261127_000070_words::Migration),
            Box::new(m20261127_000075_places_on_earth::Migration),
            Box::new(m20261127_000080_counts_of_ties::Migration),
            Box::new(m20261128_000020_bodies::Migration),
            Box::new(m20261128_000030_events::Migration),
            Box::new(m20261128_000040_evidence::Migration),
            Box::new(m20261128_000050_revision_changes::Migration),
            Box::new(m20261128_000060_first_recorded::Migration),
            Box::new(m20261128_000070_planned::Migration),
            Box::new(m20261128_000080_more_places::Migration),
            Box::new(m20261128_000081_points::Migration),
            Box::new(m20261128_000090_search::Migration),
            Box::new(m20261128_000095_completeness_by_list::Migration),
            Box::new(m20261128_000096_waivers::Migration),
            Box::new(m20261128_000100_releases::Migration),
            Box::new(m20261128_000110_outlines::Migration),
            Box::new(m20261128_000120_sql_views::Migration),
        ]
    }
}
