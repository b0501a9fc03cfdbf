//! How each noun is kept: its table, its conditions, the ties that it names first, its lists of parts.

pub(crate) mod alias;
pub(crate) mod alliance;
pub(crate) mod authority;
pub(crate) mod campus;
pub(crate) mod category;
pub(crate) mod code;
pub(crate) mod definition;
pub(crate) mod designation;
pub(crate) mod district;
pub(crate) mod group;
pub(crate) mod learning_area;
pub(crate) mod partner;
pub(crate) mod region;
pub(crate) mod school;
pub(crate) mod source;
pub(crate) mod township;
