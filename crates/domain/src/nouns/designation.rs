//! Designations: titles and awards that schools are given.

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, required},
    fact::ImpreciseDate,
    id::Kind,
    noun::{Head, noun},
    record::Shape,
    text::vocabulary,
};

/// A title or an award that schools are given, such as demonstration school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Designation {
    /// What it shares with all nouns.
    pub head: Head,
    /// The level at which it is given.
    pub level: DesignationLevel,
    /// Who gives it, in the words of the source.
    pub awarding_body: Option<String>,
}
noun!(Designation);

vocabulary! {
    /// The level at which a designation is given.
    DesignationLevel {
        /// In the whole nation.
        National = "national",
        /// In a municipality or a province.
        Municipal = "municipal",
        /// In a district.
        District = "district",
    } else Unknown
}

/// A designation that a school was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolDesignation {
    /// Its identity.
    pub id: i64,
    /// When it was given.
    pub awarded_on: Option<ImpreciseDate>,
}

/// Rows of `designations.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Designation,
    file: "designations",
    table: "designations",
    description: "A title or an award that schools are given.",
    key: &["designation_id"],
    columns: &[
        required("designation_id", ColumnType::Slug, "The slug."),
        names(),
        optional("level", ColumnType::Word(DesignationLevel::WORDS), "The level at which it is given."),
        optional("awarding_body", ColumnType::TEXT, "Who gives it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        bases("name_basis"),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};

/// Rows of `school_designations.csv`. A school may be given the same award more than once.
pub const SCHOOL_DESIGNATIONS: Shape = Shape {
    kind: Kind::SchoolDesignation,
    file: "school_designations",
    table: "school_designations",
    description: "A designation that a school was given.",
    key: &["school_id", "designation_id", "awarded_on"],
    columns: &[
        required("school_id", bounding_reference(Kind::School), "The school."),
        required("designation_id", bounding_reference(Kind::Designation), "The designation."),
        optional("awarded_on", ColumnType::DATE, "When it was given."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
    ],
    dated: ("awarded_on", ""),
    rules: &[],
};
