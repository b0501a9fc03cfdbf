//! Expert groups: the parts of an advisory body, each for a field of its own.

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::noun::{NounType, ViewedNoun},
};

impl NounType for domain::ExpertGroup {
    const NAME: &'static str = "ExpertGroup";
    const ONE: (&'static str, &'static str) = ("expertGroup", "An expert group; null if there is none.");
    const MANY: (&'static str, &'static str) = ("expertGroups", "The expert groups on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A part of an advisory body, for a field of its own.")
            .codes()
            .categories()
            .leaf("seq", "Its place among those of the body, from 1; null where no source says.", |it| {
                it.noun.seq.map(i64::from)
            })
            .noun_of_record("advisoryBody", "The advisory body that set it up.", |noun| Some(noun.advisory_body))
            .people()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which expert groups.")
            .code()
            .noun::<domain::AdvisoryBody>("advisoryBody", "This advisory body set it up, by id or slug.")
    }
}
