//! The nouns of the map, a file each: the object, its edges, its filter, its root fields.
//!
//! The modules around this one are what these files are made of.

pub(crate) mod alias;
pub(crate) mod alliance;
pub(crate) mod authority;
pub(crate) mod campus;
pub(crate) mod category;
pub(crate) mod definition;
pub(crate) mod designation;
pub(crate) mod district;
pub(crate) mod group;
pub(crate) mod learning_area;
pub(crate) mod membership;
pub(crate) mod partner;
pub(crate) mod region;
pub(crate) mod school;
pub(crate) mod source;
pub(crate) mod township;
