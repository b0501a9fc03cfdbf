//! Learning areas: units in which a district manages neighboring schools.

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::noun::{NounType, ViewedNoun},
};

impl NounType for domain::LearningArea {
    const NAME: &'static str = "LearningArea";
    const ONE: (&'static str, &'static str) = ("learningArea", "A learning area; null if there is none.");
    const MANY: (&'static str, &'static str) = ("learningAreas", "The learning areas on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A unit in which a district manages neighboring schools.")
            .codes()
            .categories()
            .date("asOf", "The day for which the source lists it; null where it does not say.", |it| &it.noun.as_of)
            .noun_of_record("district", "The district it is part of; null where the record does not say.", |noun| {
                noun.district
            })
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which learning areas.")
            .code()
            .noun::<domain::District>("district", "Part of this district, by id or slug.")
    }
}
