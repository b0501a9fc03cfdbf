//! Events: what took place, and what was announced, launched, signed or shown there.

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required, texts},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    partner::Partner,
    record::Shape,
    rule::Rule,
    text::vocabulary,
    texts::Texts,
};

/// Something that took place, such as a conference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What it shares with all nouns.
    pub head: Head,
    /// When it took place.
    pub held_on: Option<ImpreciseDate>,
    /// In which part of that day.
    pub part_of_day: Option<PartOfDay>,
    /// The partner at whose premises it took place.
    pub venue_partner: Option<Id<Partner>>,
    /// Its theme.
    pub theme: Texts,
    /// The district that it was about.
    pub district: Option<Id<District>>,
}
noun!(Event);

vocabulary! {
    /// A part of a day.
    PartOfDay {
        /// Before noon.
        Morning = "morning",
        /// After noon.
        Afternoon = "afternoon",
        /// At the end of the day.
        Evening = "evening",
    }
}

/// What was done with something at an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventItem {
    /// Its identity.
    pub id: i64,
    /// What was done.
    pub action: EventAction,
    /// With what, in words, where that is not on record as a noun.
    pub description: Texts,
}

vocabulary! {
    /// What is done with something at an event.
    EventAction {
        /// It was admitted.
        Admitted = "admitted",
        /// It was announced.
        Announced = "announced",
        /// It was displayed.
        Displayed = "displayed",
        /// It was founded.
        Founded = "founded",
        /// It was launched.
        Launched = "launched",
        /// It was proposed.
        Proposed = "proposed",
        /// It was given a new name.
        Renamed = "renamed",
        /// It was signed.
        Signed = "signed",
        /// It was unveiled.
        Unveiled = "unveiled",
    }
}

/// Rows of `events.csv`. An event is on the map from its day on: what took place stays so.
pub const SHAPE: Shape = Shape {
    kind: Kind::Event,
    file: "events",
    table: "events",
    description: "Something that took place, such as a conference.",
    key: &["event_id"],
    columns: &[
        required("event_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("held_on", ColumnType::DATE, "When it took place."),
        extra("part_of_day", ColumnType::Word(PartOfDay::WORDS), "In which part of that day."),
        optional("venue_partner_id", reference(Kind::Partner), "The partner at whose premises it took place."),
        texts("theme", "The theme in this language."),
        bases("theme_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district that it was about."),
    ],
    dated: ("held_on", ""),
    rules: &[],
};

/// Rows of `event_items.csv`.
pub const ITEMS: Shape = Shape {
    kind: Kind::EventItem,
    file: "event_items",
    table: "event_items",
    description: "What was done with something at an event.",
    key: &["event_id", "action", "item_type", "item_id"],
    columns: &[
        required("event_id", bounding_reference(Kind::Event), "The event."),
        required("action", ColumnType::Word(EventAction::WORDS), "What was done."),
        optional("item_type", ColumnType::Word(super::SUBJECTS), "With what; blank where that is no noun on record."),
        optional("item_id", ColumnType::RefOf { column: "item_type", bounds: false }, "The noun."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        texts("description", "With what, in words in this language, where that is no noun on record."),
        bases("description_basis"),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[Rule::FilledOneOf { columns: &["item_id", "description"] }],
};
