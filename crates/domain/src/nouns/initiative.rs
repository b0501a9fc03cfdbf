//! Initiatives: the maps, strategies, policies and programs of a district.

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required},
    district::District,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    text::vocabulary,
};

/// A map, a strategy, a policy or a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Initiative {
    /// What it shares with all nouns.
    pub head: Head,
    /// What it is.
    pub kind: InitiativeKind,
    /// The district whose it is.
    pub district: Option<Id<District>>,
}
noun!(Initiative);

vocabulary! {
    /// What an initiative is.
    InitiativeKind {
        /// A way of going about things.
        Approach = "approach",
        /// A map.
        Map = "map",
        /// A plan.
        Plan = "plan",
        /// A policy.
        Policy = "policy",
        /// A program.
        Programme = "programme",
        /// A strategy for the regions of a district.
        RegionalStrategy = "regional_strategy",
    } else Unknown
}

/// Rows of `initiatives.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Initiative,
    file: "initiatives",
    table: "initiatives",
    description: "A map, a strategy, a policy or a program.",
    key: &["initiative_id"],
    columns: &[
        required("initiative_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("kind", ColumnType::Word(InitiativeKind::WORDS), "What it is."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district whose it is."),
    ],
    dated: ("", ""),
    rules: &[],
};

/// Rows of `initiative_subjects.csv`.
pub const SUBJECTS: Shape = Shape {
    kind: Kind::InitiativeSubject,
    file: "initiative_subjects",
    table: "initiative_subjects",
    description: "What an initiative concerns.",
    key: &["initiative_id", "subject_type", "subject_id"],
    columns: &[
        required("initiative_id", bounding_reference(Kind::Initiative), "The initiative."),
        required("subject_type", ColumnType::Word(super::SUBJECTS), "What it concerns."),
        required("subject_id", ColumnType::RefOf { column: "subject_type", bounds: false }, "The noun."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
