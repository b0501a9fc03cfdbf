//! Definitions: what a word of the map means, in a source's own terms.

use crate::{
    column::{ColumnType, bases, optional, required, texts},
    id::Kind,
    record::Shape,
    texts::Texts,
};

/// What a word of the map means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its identity.
    pub id: i64,
    /// The word.
    pub term: String,
    /// What it means.
    pub definition: Texts,
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
        texts("definition", "What it means, in this language."),
        bases("definition_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
