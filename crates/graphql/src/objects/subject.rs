//! What others say of a noun: the relations that many kinds of nouns have alike, under types that they share.

use persistence::{agreements_of, events_of, figures_of, initiatives_of, pathways_of, people_of, statements_about};

use crate::{
    definition::object_type::ObjectType,
    objects::noun::{NounType, ViewedNoun},
};

impl<N: NounType> ObjectType<ViewedNoun<N>> {
    /// Adds what others say of it.
    pub(crate) fn spoken_of(self) -> Self {
        self.relation_of_types(
            events_of(N::KIND),
            "announcedAt",
            "NounEvent".to_owned(),
            1,
            "The events at which it was announced, launched, unveiled, displayed, founded or signed.",
        )
        .relation_of_types(
            statements_about(N::KIND),
            "statements",
            "NounStatement".to_owned(),
            2,
            "What was said of it.",
        )
        .relation_of_types(
            figures_of(N::KIND),
            "reportedFigures",
            "NounReportedFigure".to_owned(),
            3,
            "The figures that sources report of it.",
        )
        .relation_of_types(
            initiatives_of(N::KIND),
            "concernedBy",
            "NounInitiative".to_owned(),
            1,
            "The initiatives that concern it.",
        )
        .evidence()
    }

    /// Adds the people who hold an office in it.
    pub(crate) fn people(self) -> Self {
        self.relation_of_types(
            people_of(N::KIND),
            "people",
            "NounPerson".to_owned(),
            2,
            "The people on record who hold an office in it.",
        )
    }

    /// Adds the agreements to which it is a party, or which are about it.
    pub(crate) fn agreements(self) -> Self {
        self.relation_of_types(
            agreements_of(N::KIND),
            "agreements",
            "NounAgreement".to_owned(),
            2,
            "The agreements that are about it, then those to which it is a party.",
        )
    }

    /// Adds its pathways.
    pub(crate) fn pathways(self) -> Self {
        self.relation_of_types(
            pathways_of(N::KIND),
            "pathways",
            "NounPathway".to_owned(),
            1,
            "The pathways planned for it.",
        )
    }
}
