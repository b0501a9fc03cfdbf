//! Events: what took place, and what was announced, launched, signed or shown there.

use persistence::{ITEMS_OF_EVENT, STATEMENTS_AT_EVENT};

use crate::{
    definition::object_type::ObjectType,
    lists::{edge_condition::EdgeCondition, filter_type::FilterType},
    objects::{
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
        word::Word,
    },
};

impl NounType for domain::Event {
    const NAME: &'static str = "Event";
    const ONE: (&'static str, &'static str) = ("event", "An event; null if there is none.");
    const MANY: (&'static str, &'static str) =
        ("events", "The events on the map: what took place by the view's day, and what nobody dates to a year.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("Something that took place, such as a conference.")
            .codes()
            .categories()
            .date("heldOn", "When it took place; null where no source says.", |it| &it.noun.held_on)
            .leaf("partOfDay", "In which part of that day; null where no source says.", |it| it.noun.part_of_day.map(Word))
            .noun_of_record("venuePartner", "The partner at whose premises it took place; null where no source names one.", |noun| noun.venue_partner)
            .localized_text(("theme", "Its theme, in the best language on record for the reader; null where no source gives one."), ("localizedTheme", "Its theme with the language, and whether it is the one that was asked for. Null where no source gives one."), |it| &it.noun.theme)
            .noun_of_record("district", "The district that it was about; null where the record does not say.", |noun| noun.district)
            .any_relation(ITEMS_OF_EVENT, "items", "EventItem", 4, "What was announced, launched, unveiled, displayed or signed there, of whatever kind; by what was done, then by kind and slug.")
            .relation(STATEMENTS_AT_EVENT, "statementsMade", "StatementMade", 10, "What was said there.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which events.")
            .code()
            .before("heldBefore", "It took place before this day, whichever day its date means.")
            .on("held_on")
            .after("heldAfter", "It took place after this day, whichever day its date means.")
            .on("held_on")
            .noun::<domain::Partner>("venuePartner", "It took place at this partner's premises, by id or slug.")
            .noun::<domain::District>("district", "It was about this district, by id or slug.")
    }
}

impl TieType for domain::EventItem {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("EventItem", "What was done with something at an event.")
            .leaf("action", "What was done.", |it| Word(it.tie.action))
            .localized_text(("description", "With what, in words, in the best language on record for the reader; null where it is a noun on record."), ("localizedDescription", "With what, in words, with the language, and whether it is the one that was asked for. Null where it is a noun on record."), |it| &it.tie.description)
            .sources("The sources that state it.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }

    fn conditions() -> Vec<EdgeCondition> {
        vec![EdgeCondition::words::<domain::EventAction>(
            "action",
            "Only those whose edge tells of one of these actions.",
        )]
    }
}
