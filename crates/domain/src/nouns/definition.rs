//! Definitions: what a word of the map means, in a source's own terms.

use crate::{
    column::{ColumnType, optional, required},
    id::Kind,
    record::Shape,
};

/// What a word of the map means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its identity.
    pub id: i64,
    /// The word.
    pub term: String,
    /// What it means, in Chinese.
    pub definition_zh: Option<String>,
    /// What it means, in English.
    pub definition_en: Option<String>,
}

/// Rows of `relation_definitions.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Definition,
    file: "relation_definitions",
    table: "definitions",
    description: "What a word of the map means.",
    key: &["term"],
    columns: &[
        required("term", ColumnType::Slug, "The word."),
        optional("definition_zh", ColumnType::TEXT, "What it means, in Chinese."),
        optional("definition_en", ColumnType::TEXT, "What it means, in English."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
