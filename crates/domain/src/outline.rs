//! Outlines of areas: their lines, what they are based on, and the columns by which a file says so.

use crate::{
    column::{Column, ColumnType, extra},
    rule::Rule,
    text::vocabulary,
    values::outline::Geometry,
};

/// The outline of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// Its lines.
    pub geometry: Geometry,
    /// What they are based on.
    pub basis: OutlineBasis,
    /// How sure they are.
    pub confidence: Option<OutlineConfidence>,
}

vocabulary! {
    /// What the lines of an outline are based on.
    OutlineBasis {
        /// A survey, or the authority that draws the boundary.
        Surveyed = "surveyed",
        /// A source gives them as the boundary, and does not say by what.
        Stated = "stated",
        /// Points that are known to lie in the area, or the like: they show about where it is, and are no boundary.
        Approximate = "approximate",
    }
}

vocabulary! {
    /// How sure it is that an area lies within its outline.
    OutlineConfidence {
        /// Quite.
        High = "high",
        /// Somewhat: it is right but for details.
        Medium = "medium",
        /// Little: the area may be rather another.
        Low = "low",
    }
}

/// The column of the lines.
pub(crate) const GEOMETRY: Column = extra("outline", ColumnType::OUTLINE, "Its outline, as one field.");
/// The column of the basis.
pub(crate) const BASIS: Column =
    extra("outline_basis", ColumnType::Word(OutlineBasis::WORDS), "What the outline is based on.");
/// The column of the source.
pub(crate) const SOURCE: Column =
    extra("outline_source_id", ColumnType::CitedSource("outline"), "The source of the outline.");
/// The column of the confidence.
pub(crate) const CONFIDENCE: Column = extra(
    "outline_confidence",
    ColumnType::Word(OutlineConfidence::WORDS),
    "How sure it is that the area lies within.",
);

/// That these columns state one outline, or none.
pub(crate) const RULE: Rule = Rule::Together {
    what: "outline",
    columns: &["outline", "outline_basis"],
    beside: &["outline_source_id", "outline_confidence"],
};
