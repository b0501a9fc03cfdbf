//! Pathways: over how many years the growth of pupils is planned, and for whom.

use crate::{
    column::{ColumnType, bases, names, optional, required},
    id::{AnyId, Kind},
    noun::{Head, noun},
    record::Shape,
};

/// A plan for the years from one stage of school to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pathway {
    /// What it shares with all nouns.
    pub head: Head,
    /// Over how many years.
    pub years: Option<u32>,
    /// For whom: a district, a group or a school.
    pub scope: AnyId,
}
noun!(Pathway);

/// Rows of `pathways.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Pathway,
    file: "pathways",
    table: "pathways",
    description: "A plan for the years from one stage of school to another.",
    key: &["pathway_id"],
    columns: &[
        required("pathway_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("years", ColumnType::NUMBER, "Over how many years."),
        required("scope_type", ColumnType::Word(&["alliance", "district", "group", "school"]), "What it is for."),
        required("scope_id", ColumnType::RefOf { column: "scope_type", bounds: true }, "For whom."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
