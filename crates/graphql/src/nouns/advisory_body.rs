//! Advisory bodies: who counsels a district, from where its members come, how it consults.

use domain::View;
use persistence::EXPERT_GROUPS_OF_BODY;

use crate::{
    definition::{
        field::load_parts,
        object_type::{Described, ObjectType},
    },
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        word::Word,
    },
};

impl NounType for domain::AdvisoryBody {
    const NAME: &'static str = "AdvisoryBody";
    const ONE: (&'static str, &'static str) = ("advisoryBody", "An advisory body; null if there is none.");
    const MANY: (&'static str, &'static str) = ("advisoryBodies", "The advisory bodies on the map.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A body of experts that counsels a district.")
            .codes()
            .categories()
            .date("establishedOn", "When it was established; null where no source says.", |it| &it.noun.established_on)
            .date("dissolvedOn", "When it was dissolved; null where no source says, or it was not.", |it| {
                &it.noun.dissolved_on
            })
            .noun_of_record("district", "The district that it counsels; null where the record does not say.", |noun| {
                noun.district
            })
            .load_objects("memberCategories", "Where its members come from, in alphabetical order.", |it, ctx| {
                load_parts::<domain::AdvisoryMemberCategory, _>(ctx, it.view, it.head().id, |view, it| {
                    AdvisoryMemberCategory { view, it: it.clone() }
                })
            })
            .reading(&[])
            .load_objects("consultationModes", "How it consults, in alphabetical order.", |it, ctx| {
                load_parts::<domain::AdvisoryConsultation, _>(ctx, it.view, it.head().id, |view, it| {
                    AdvisoryConsultation { view, it: it.clone() }
                })
            })
            .reading(&[])
            .relation(EXPERT_GROUPS_OF_BODY, "expertGroups", "ExpertGroup", 7, "Its expert groups, by its own count.")
            .people()
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which advisory bodies.")
            .code()
            .noun::<domain::District>("district", "It counsels this district, by id or slug.")
    }
}

/// Where some members of an advisory body come from.
pub(crate) struct AdvisoryMemberCategory {
    view: View,
    it: domain::AdvisoryMemberCategory,
}

impl Described for AdvisoryMemberCategory {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("AdvisoryMemberCategory", "Where some members of an advisory body come from.")
            .leaf("category", "From what kind of organization.", |it| Word(it.it.category))
            .localized_text(("organization", "From which one, in the best language on record for the reader; null where the source names none."), ("localizedOrganization", "From which one, with the language, and whether it is the one that was asked for. Null where the source names none."), |it| &it.it.organization)
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}

/// A way in which an advisory body consults.
pub(crate) struct AdvisoryConsultation {
    view: View,
    it: domain::AdvisoryConsultation,
}

impl Described for AdvisoryConsultation {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("AdvisoryConsultation", "A way in which an advisory body consults.")
            .leaf("mode", "The way.", |it| Word(it.it.mode))
            .sources("The sources that state it.", |it| (it.view, it.it.id))
            .recorded_since(|it| it.it.id)
    }
}
