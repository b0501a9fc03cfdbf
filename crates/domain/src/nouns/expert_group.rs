//! Expert groups: the parts of an advisory body, each for a field of its own.

use crate::{
    advisory_body::AdvisoryBody,
    column::{ColumnType, bases, bounding_reference, names, optional, required},
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
};

/// A part of an advisory body, for a field of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpertGroup {
    /// What it shares with all nouns.
    pub head: Head,
    /// The advisory body that set it up.
    pub advisory_body: Id<AdvisoryBody>,
    /// Its place among those of the body, from 1.
    pub seq: Option<u32>,
}
noun!(ExpertGroup);

/// Rows of `expert_groups.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::ExpertGroup,
    file: "expert_groups",
    table: "expert_groups",
    description: "A part of an advisory body, for a field of its own.",
    key: &["expert_group_id"],
    columns: &[
        required("expert_group_id", ColumnType::Slug, "The slug."),
        required("advisory_body_id", bounding_reference(Kind::AdvisoryBody), "The advisory body that set it up."),
        optional("seq", ColumnType::NUMBER, "Its place among those of the body, from 1."),
        names(),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
