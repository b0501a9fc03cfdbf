//! Learning areas: units in which a district manages neighboring schools.

use async_graphql::ID;

use crate::{
    definition::object_type::ObjectType,
    lists::filter::filter,
    objects::{
        noun::{NounType, ViewedNoun},
        register_code::CodeInput,
    },
};

impl NounType for domain::LearningArea {
    const NAME: &'static str = "LearningArea";
    const ONE: (&'static str, &'static str) = ("learningArea", "A learning area; null if there is none.");
    const MANY: (&'static str, &'static str) = ("learningAreas", "The learning areas on the map.");
    type Filter = LearningAreaFilter;

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A unit in which a district manages neighboring schools.")
            .codes("Its codes in official registers.", &[], |_| Vec::new())
            .categories()
            .date("asOf", "The day for which the source lists it; null where it does not say.", |it| &it.noun.as_of)
            .noun_of_record("district", "The district it is part of; null where the record does not say.", |noun| {
                noun.district
            })
    }
}

filter! {
    /// Which learning areas.
    LearningAreaFilter {
        /// It has this code on record.
        code: CodeInput => code,
        /// Part of this district, by id or slug.
        district: ID => district [District],
    }
}
