//! Codes: what registers know nouns by.

use super::alias::NAMED;
use crate::{
    column::{ColumnType, extra, optional, required},
    id::Kind,
    record::Shape,
};

/// What a register knows a noun by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterCode {
    /// Its identity.
    pub id: i64,
    /// The register.
    pub scheme: String,
    /// The code: text, since codes may begin with 0.
    pub value: String,
}

/// The register whose codes a noun has in a column of its own.
#[must_use]
pub fn scheme_of(column: &str) -> &str {
    match column {
        "code" => "national_statistical_code",
        _ => column,
    }
}

/// Rows of `codes.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Code,
    file: "codes",
    table: "codes",
    description: "What a register knows a noun by.",
    key: &["entity_type", "entity_id", "scheme", "value"],
    columns: &[
        required("entity_type", ColumnType::Word(NAMED), "What the noun is."),
        required("entity_id", ColumnType::RefOf { column: "entity_type", bounds: false }, "The noun."),
        required("scheme", ColumnType::CODE, "The register, in a word of the data set's own."),
        required("value", ColumnType::CODE, "The code: text, since codes may begin with 0."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("since", ColumnType::DATE, "Since when it is used."),
        extra("until", ColumnType::DATE, "Until when it was used."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
