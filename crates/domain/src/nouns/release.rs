//! Releases: views of the map that have a name, a title and notes, and never change.

use chrono::NaiveDate;

use crate::{
    column::{ColumnType, optional, required, texts},
    id::Kind,
    record::Shape,
    rule::Rule,
    texts::Texts,
};

/// A view with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Its identity.
    pub id: i64,
    /// Its name.
    pub slug: String,
    /// The day of the view.
    pub as_of: NaiveDate,
    /// The revision of the view.
    pub known_at: i64,
    /// What it is called.
    pub title: Texts,
    /// What is to be said of it.
    pub notes: Texts,
}

/// Rows of `releases.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Release,
    file: "releases",
    table: "releases",
    description: "A view of the map with a name. An import publishes those that are not on record; what is published stays, whether its row does or not.",
    key: &["release_id"],
    columns: &[
        required("release_id", ColumnType::Slug, "The slug."),
        required("as_of", ColumnType::DATE, "The day that it shows."),
        optional(
            "known_at",
            ColumnType::NUMBER,
            "The revision that it shows; the one that published it if that is earlier, or where this is empty.",
        ),
        texts("title", "What it is called, in this language."),
        texts("notes", "What is to be said of it, in this language."),
    ],
    dated: ("", ""),
    rules: &[Rule::Day { column: "as_of" }, Rule::FilledOneOf { columns: &["title"] }, Rule::Permanent],
};
