//! The store: facts, revisions and views in SQLite and PostgreSQL. The only crate that knows SQL.
//!
//! Reads come in batches: nouns by ids ([`Store::by_ids`]), pages ([`Store::page`]), the ties of many parents
//! ([`Store::related`]) and their short lists ([`Store::parts`]), each in one statement under one view.
//! Writes are revisions ([`Store::draft`]): all or nothing, and nothing is overwritten.
//!
//! How a noun is kept stands in the file of its name: its columns, its conditions, the ties that lead to it.

mod alias;
mod alliance;
mod authority;
mod bulk;
mod campus;
mod draft;
mod error;
mod export;
mod group;
mod noun;
mod open;
mod partner;
mod parts;
mod pipe;
mod place;
mod readers;
mod references;
mod relation;
mod row;
mod school;
mod set_aside;
mod source;
mod sql;
mod statistics;
mod store;
mod upgrade;
mod zone;

pub use alliance::{
    AlliancesOfDistrict, AlliancesOfGroup, AlliancesOfPartner, AlliancesOfSchool, GroupsOfAlliance, PartnersOfAlliance,
    SchoolsOfAlliance,
};
pub use campus::{CampusesOfDistrict, CampusesOfRegion, CampusesOfSchool, CampusesOfTownship};
pub use draft::{Draft, Fact, Recorded, RecordedNoun};
pub use error::StoreError;
pub use export::ExportRow;
pub use group::{GroupsOfDistrict, GroupsOfSchool, SchoolsOfGroup};
pub use noun::{Noun, NounCount, NounPage};
pub use open::Access;
pub use partner::{PartnersOfSchool, SchoolsOfPartner};
pub use parts::Parts;
pub use place::{LearningAreasOfDistrict, RegionsOfDistrict, TownshipsOfDistrict, TownshipsOfRegion};
pub use relation::{Linked, RelatedPage, Relation};
pub use school::{
    BranchOfSchools, BranchesOfSchool, PredecessorsOfSchool, SchoolsOfDistrict, SchoolsOfRegion, SchoolsOfTownship,
    SchoolsWithCampusInDistrict, SchoolsWithCampusInRegion, SchoolsWithCampusInTownship, SuccessorsOfSchool,
};
pub use store::{Counts, Plan, Store};
pub use upgrade::{Condition, Upgrade};
