//! Regions: the parts of a district in its strategy, such as "rising in the south".

use crate::{
    column::{ColumnType, bases, extra, names, optional, reference, required, texts},
    district::District,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    texts::Texts,
};

/// A part of a district in its strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What it shares with all nouns.
    pub head: Head,
    /// The district it is part of.
    pub district: Option<Id<District>>,
    /// Its slogan.
    pub strategy: Texts,
}
noun!(Region);

/// Rows of `regions.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Region,
    file: "regions",
    table: "regions",
    description: "A part of a district in its strategy.",
    key: &["region_id"],
    columns: &[
        required("region_id", ColumnType::Slug, "The slug."),
        names(),
        texts("strategy", "The slogan in this language."),
        bases("strategy_basis"),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it is part of."),
    ],
    dated: ("", ""),
    rules: &[],
};
