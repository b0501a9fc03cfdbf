//! Pathways: over how many years the growth of pupils is planned, and for whom.

use crate::{
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::Loading,
        object_type::ObjectType,
    },
    lists::filter_type::FilterType,
    objects::noun::{NounType, ViewedNoun},
};

impl NounType for domain::Pathway {
    const NAME: &'static str = "Pathway";
    const ONE: (&'static str, &'static str) = ("pathway", "A pathway; null if there is none.");
    const MANY: (&'static str, &'static str) = ("pathways", "The pathways on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A plan for the years from one stage of school to another.")
            .codes()
            .categories()
            .leaf("years", "Over how many years; null where no source says.", |it| it.noun.years.map(i64::from))
            .load_abstract(
                "scope",
                "For whom: a district, an alliance, a group or a school.",
                AbstractType::Noun,
                |it, _| Loading::Now(Ok(Some(NounRef { view: it.view, id: it.noun.scope }))),
            )
            .reading(&["scope_type", "scope"])
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which pathways.")
            .code()
            .at_least("yearsAtLeast", "It goes over so many years, or more.")
            .on("years")
    }
}
