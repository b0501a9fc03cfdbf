//! Categories: the words of a data set's own, by which it orders nouns of any kind.

use super::alias::NOUNS;
use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required},
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    rule::Rule,
};

/// A category of a data set's own, in a scheme of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// What it shares with all nouns; its label is its name.
    pub head: Head,
    /// The scheme, in a word of the data set's own.
    pub scheme: String,
    /// What the scheme knows it by.
    pub code: String,
    /// The category of the same scheme that it is a part of.
    pub parent: Option<Id<Category>>,
    /// Since when there is such a category.
    pub since: Option<ImpreciseDate>,
    /// Until when there was.
    pub until: Option<ImpreciseDate>,
}
noun!(Category);

/// A noun's place in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categorisation {
    /// Its identity.
    pub id: i64,
    /// The category.
    pub category: Id<Category>,
    /// The scheme of the category.
    pub scheme: String,
    /// Since when it is in it.
    pub since: Option<ImpreciseDate>,
    /// Until when it was.
    pub until: Option<ImpreciseDate>,
}

/// Rows of `categories.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Category,
    file: "categories",
    table: "categories",
    description: "A category of the data set's own.",
    key: &["category_id"],
    columns: &[
        required("category_id", ColumnType::Slug, "The slug."),
        required("scheme", ColumnType::CODE, "The scheme, in a word of the data set's own."),
        required("code", ColumnType::CODE, "What the scheme knows it by; no other category of the scheme has it."),
        names(),
        bases("name_basis"),
        extra(
            "parent_id",
            reference(Kind::Category),
            "The category of the same scheme that it is a part of; its row stands above.",
        ),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("since", ColumnType::DATE, "Since when there is such a category."),
        extra("until", ColumnType::DATE, "Until when there was."),
    ],
    dated: ("since", "until"),
    rules: &[
        Rule::Unique { columns: &["scheme", "code"] },
        Rule::AgreesWith { reference: "parent_id", column: "scheme" },
    ],
};

/// Rows of `categorisations.csv`.
pub const CATEGORISATIONS: Shape = Shape {
    kind: Kind::Categorisation,
    file: "categorisations",
    table: "categorisations",
    description: "A noun's place in a category.",
    key: &["entity_type", "entity_id", "category_id"],
    columns: &[
        required("entity_type", ColumnType::Word(NOUNS), "What the noun is."),
        required("entity_id", ColumnType::RefOf { column: "entity_type", bounds: false }, "The noun."),
        required("category_id", bounding_reference(Kind::Category), "The category."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("since", ColumnType::DATE, "Since when it is in it."),
        extra("until", ColumnType::DATE, "Until when it was."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
