//! Learning areas: the units in which a district manages neighboring schools.

use crate::{
    column::{ColumnType, bases, extra, names, optional, reference, required},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    rule::Rule,
};

/// A unit in which a district manages neighboring schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearningArea {
    /// What it shares with all nouns.
    pub head: Head,
    /// The day for which the source lists it.
    pub as_of: Option<ImpreciseDate>,
    /// The district it is part of.
    pub district: Option<Id<District>>,
}
noun!(LearningArea);

/// Rows of `learning_areas.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::LearningArea,
    file: "learning_areas",
    table: "learning_areas",
    description: "A unit in which a district manages neighboring schools.",
    key: &["learning_area_id"],
    columns: &[
        required("learning_area_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("as_of", ColumnType::DATE, "The day for which the source lists it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it is part of."),
    ],
    dated: ("", ""),
    rules: &[Rule::StatedAsOf("as_of")],
};
