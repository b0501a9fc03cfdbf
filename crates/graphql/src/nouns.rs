//! The nouns of the map, a file each: the object, its edges, its filter, its root fields.
//!
//! The modules around this one are what these files are made of.

pub(crate) mod admission;
pub(crate) mod advisory_body;
pub(crate) mod agreement;
pub(crate) mod alias;
pub(crate) mod alliance;
pub(crate) mod authority;
pub(crate) mod campus;
pub(crate) mod category;
pub(crate) mod coverage;
pub(crate) mod definition;
pub(crate) mod designation;
pub(crate) mod district;
pub(crate) mod event;
pub(crate) mod evidence;
pub(crate) mod expert_group;
pub(crate) mod finding;
pub(crate) mod gap;
pub(crate) mod group;
pub(crate) mod initiative;
pub(crate) mod learning_area;
pub(crate) mod membership;
pub(crate) mod metric;
pub(crate) mod partner;
pub(crate) mod pathway;
pub(crate) mod person;
pub(crate) mod project;
pub(crate) mod reach;
pub(crate) mod region;
pub(crate) mod reported_figure;
pub(crate) mod school;
pub(crate) mod source;
pub(crate) mod statement;
pub(crate) mod township;
pub(crate) mod way;
