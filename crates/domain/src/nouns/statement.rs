//! Statements: what people said of what is on the map, in which words.

use crate::{
    column::{ColumnType, extra, optional, reference, required},
    event::Event,
    fact::ImpreciseDate,
    id::{AnyId, Id, Kind},
    noun::{Head, noun},
    person::Person,
    record::Shape,
    text::LanguageTag,
};

/// What a person said of something on the map. It is called by its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it shares with all nouns.
    pub head: Head,
    /// Who said it.
    pub person: Option<Id<Person>>,
    /// At which event.
    pub event: Option<Id<Event>>,
    /// Of what.
    pub subject: AnyId,
    /// In which words.
    pub excerpt: String,
    /// The language of the words.
    pub language: LanguageTag,
    /// When.
    pub said_on: Option<ImpreciseDate>,
}
noun!(Statement);

/// Rows of `statements.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Statement,
    file: "statements",
    table: "statements",
    description: "What a person said of something on the map.",
    key: &["statement_id"],
    columns: &[
        required("statement_id", ColumnType::Slug, "The slug."),
        optional("person_id", reference(Kind::Person), "Who said it."),
        optional("event_id", reference(Kind::Event), "At which event."),
        required("subject_type", ColumnType::Word(super::SUBJECTS), "What it is about."),
        required("subject_id", ColumnType::RefOf { column: "subject_type", bounds: false }, "The noun."),
        required("excerpt", ColumnType::Name, "The words."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        required("language", ColumnType::LANGUAGE, "The language of the words."),
        extra("said_on", ColumnType::DATE, "When."),
        extra("quote", ColumnType::CitedQuote(""), "Words of the source that say who said it."),
    ],
    dated: ("said_on", ""),
    rules: &[],
};
