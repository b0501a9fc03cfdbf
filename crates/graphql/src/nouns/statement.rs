//! Statements: what people said of what is on the map, in which words.

use crate::{
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::Loading,
        object_type::ObjectType,
    },
    lists::filter_type::FilterType,
    objects::noun::{NounType, ViewedNoun},
};

impl NounType for domain::Statement {
    const NAME: &'static str = "Statement";
    const ONE: (&'static str, &'static str) = ("statement", "A statement; null if there is none.");
    const MANY: (&'static str, &'static str) =
        ("statements", "The statements on the map: what was said by the view's day.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("What a person said of something on the map. Its name is its words.")
            .codes()
            .categories()
            .text("excerpt", "The words, as the source has them.", |it| &it.noun.excerpt)
            .text("language", "The language of the words, a BCP 47 tag.", |it| it.noun.language.as_str())
            .date("saidOn", "When; null where no source says.", |it| &it.noun.said_on)
            .noun_of_record("person", "Who said it; null where no source says.", |noun| noun.person)
            .noun_of_record("event", "At which event; null where no source says.", |noun| noun.event)
            .load_abstract("about", "What it is about.", AbstractType::Noun, |it, _| {
                Loading::Now(Ok(Some(NounRef { view: it.view, id: it.noun.subject })))
            })
            .reading(&["subject_type", "subject"])
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which statements.")
            .code()
            .noun::<domain::Person>("person", "This person said it, by id or slug.")
            .noun::<domain::Event>("event", "It was said at this event, by id or slug.")
            .before("saidBefore", "It was said before this day, whichever day its date means.")
            .on("said_on")
            .after("saidAfter", "It was said after this day, whichever day its date means.")
            .on("said_on")
    }
}
