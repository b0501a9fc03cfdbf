//! Designations: titles and awards that schools are given.

use domain::Kind;
use persistence::{FIGURES_OF_DESIGNATION, SCHOOLS_OF_DESIGNATION};

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
        word::Word,
    },
};

impl NounType for domain::Designation {
    const NAME: &'static str = "Designation";
    const ONE: (&'static str, &'static str) = ("designation", "A designation; null if there is none.");
    const MANY: (&'static str, &'static str) = ("designations", "The designations on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun(
            "A title or an award that schools are given, such as demonstration school.",
        )
        .codes()
        .categories()
        .leaf("level", "The level at which it is given; `UNKNOWN` where no source says.", |it| Word(it.noun.level))
        .optional_text("awardingBody", "Who gives it, in the words of the source; null where none says.", |it| {
            it.noun.awarding_body.as_deref()
        })
        .relation(
            SCHOOLS_OF_DESIGNATION,
            "schools",
            "School",
            20,
            "The schools on record that were given it by the view's day; one that was given it twice is there twice.",
        )
        .relation(
            FIGURES_OF_DESIGNATION,
            "holderFigures",
            "HolderFigure",
            1,
            "The figures that sources report of how many hold it.",
        )
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which designations.")
            .code()
            .words::<domain::DesignationLevel>(
                "level",
                "It is given at one of these levels, on record; `UNKNOWN` finds those of which no source says.",
            )
            .noun::<domain::School>("school", "It is on record as given to this school, by id or slug.")
    }
}

impl TieType for domain::SchoolDesignation {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("SchoolDesignation", "A designation that a school was given.")
            .date("awardedOn", "When it was given; null where no source says.", |it| &it.tie.awarded_on)
            .existence(Kind::SchoolDesignation, |tie| tie.id, |tie| [&tie.awarded_on])
            .sources("The sources that state that it was given.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }
}
