//! Initiatives: the maps, strategies, policies and programs of a district.

use persistence::SUBJECTS_OF_INITIATIVE;

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

impl NounType for domain::Initiative {
    const NAME: &'static str = "Initiative";
    const ONE: (&'static str, &'static str) = ("initiative", "An initiative; null if there is none.");
    const MANY: (&'static str, &'static str) = ("initiatives", "The initiatives on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A map, a strategy, a policy or a program.")
            .codes()
            .categories()
            .leaf("kind", "What it is; `UNKNOWN` where no source says.", |it| Word(it.noun.kind))
            .noun_of_record("district", "The district whose it is; null where the record does not say.", |noun| {
                noun.district
            })
            .any_relation(
                SUBJECTS_OF_INITIATIVE,
                "concerns",
                "InitiativeSubject",
                3,
                "What it concerns, of whatever kind.",
            )
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which initiatives.")
            .code()
            .words::<domain::InitiativeKind>(
                "kind",
                "It is one of these; `UNKNOWN` finds those of which no source says.",
            )
            .noun::<domain::District>("district", "It is this district's, by id or slug.")
    }
}
