//! People in public roles: their offices, and what they said.

use domain::Kind;
use persistence::{FIGURES_BY_PERSON, OFFICES_OF_PERSON, STATEMENTS_OF_PERSON};

use crate::{
    definition::object_type::ObjectType,
    lists::filter_type::FilterType,
    objects::{
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
    },
};

impl NounType for domain::Person {
    const NAME: &'static str = "Person";
    const ONE: (&'static str, &'static str) = ("person", "A person; null if there is none.");
    const MANY: (&'static str, &'static str) = ("people", "The people on record.");

    fn describe() -> ObjectType<ViewedNoun<Self>> {
        ObjectType::<ViewedNoun<Self>>::noun("A person in a public role.")
            .codes()
            .categories()
            .any_relation(
                OFFICES_OF_PERSON,
                "offices",
                "Office",
                2,
                "The organizations of whatever kind in which they hold an office.",
            )
            .relation(STATEMENTS_OF_PERSON, "statementsMade", "StatementMade", 5, "What they said.")
            .relation(FIGURES_BY_PERSON, "figuresReported", "FigureReported", 2, "The figures that they state.")
    }

    fn filter() -> FilterType<Self> {
        FilterType::new("Which people.")
            .code()
            .noun::<domain::Authority>("authority", "They hold an office in this authority, by id or slug.")
    }
}

impl TieType for domain::Office {
    fn describe() -> ObjectType<ViewedTie<Self>> {
        ObjectType::<ViewedTie<Self>>::new("Office", "An office that a person holds in an organization.")
            .localized_text(("role", "What the person is there, in the best language on record for the reader; null where no source says."), ("localizedRole", "What the person is there, with the language, and whether it is the one that was asked for. Null where no source says."), |it| &it.tie.role)
            .date("since", "Since when; null where no source says.", |it| &it.tie.since)
            .date("until", "Until when; null where no source says, or it goes on.", |it| &it.tie.until)
            .existence(Kind::Office, |tie| tie.id, |tie| [&tie.since, &tie.until])
            .sources("The sources that state it.", |it| (it.view, it.tie.id))
            .recorded_since(|it| it.tie.id)
    }
}
