//! Regions: the parts of a district in its strategy, such as "rising in the south".

use crate::{
    column::{ColumnType, extra, optional, reference, required},
    district::District,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    text::NameBasis,
};

/// A part of a district in its strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// What it shares with all nouns.
    pub head: Head,
    /// The district it is part of.
    pub district: Option<Id<District>>,
    /// Its slogan in Chinese.
    pub strategy_zh: Option<String>,
    /// Its slogan in English.
    pub strategy_en: Option<String>,
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
        optional("name_zh", ColumnType::Name, "The name in Chinese."),
        optional("name_en", ColumnType::Name, "The name in English."),
        optional("strategy_zh", ColumnType::TEXT, "The slogan in Chinese."),
        optional("strategy_en", ColumnType::TEXT, "The slogan in English."),
        optional("name_en_basis", ColumnType::Word(NameBasis::WORDS), "Why we believe the English name."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it is part of."),
    ],
    dated: ("", ""),
    rules: &[],
};
