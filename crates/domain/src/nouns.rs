//! The nouns of the map and the ties between them, a file each: what one is, its vocabularies, and the shape of its records.
//!
//! The modules around this one are what these files are made of.

pub mod admission;
pub mod advisory_body;
pub mod agreement;
pub mod alias;
pub mod alliance;
pub mod authority;
pub mod campus;
pub mod category;
pub mod code;
pub mod definition;
pub mod designation;
pub mod district;
pub mod event;
pub mod evidence;
pub mod expert_group;
pub mod group;
pub mod initiative;
pub mod learning_area;
pub mod membership;
pub mod partner;
pub mod pathway;
pub mod person;
pub mod project;
pub mod region;
pub mod release;
pub mod reported_figure;
pub mod school;
pub mod source;
pub mod statement;
pub mod township;
pub mod waiver;

use crate::{id::Kind, record::Shape};

/// Gives the types of all nouns to a macro: what is the same for each of them is written once.
#[macro_export]
macro_rules! with_nouns {
    ($with:ident) => {
        $with! {
            AdvisoryBody, Agreement, Alliance, Authority, Campus, Category, Designation, District, Event, ExpertGroup, Group,
            Initiative, LearningArea, Partner, Pathway, Person, Project, Region, ReportedFigure, School, Source, Statement,
            Township
        }
    };
}

/// Every shape, in an order in which each is read after those it refers to.
pub const SHAPES: &[&Shape] = &[
    &source::SHAPE,
    &district::SHAPE,
    &region::SHAPE,
    &township::SHAPE,
    &learning_area::SHAPE,
    &authority::SHAPE,
    &partner::SHAPE,
    &designation::SHAPE,
    &category::SHAPE,
    &school::SHAPE,
    &campus::SHAPE,
    &group::SHAPE,
    &membership::SHAPE,
    &alliance::SHAPE,
    &advisory_body::SHAPE,
    &expert_group::SHAPE,
    &person::SHAPE,
    &agreement::SHAPE,
    &project::SHAPE,
    &event::SHAPE,
    &initiative::SHAPE,
    &pathway::SHAPE,
    &reported_figure::SHAPE,
    &statement::SHAPE,
    &alliance::MEMBERS,
    &alliance::FUNCTIONS,
    &alliance::CATEGORIES,
    &partner::SCHOOL_PARTNERS,
    &designation::SCHOOL_DESIGNATIONS,
    &advisory_body::MEMBER_CATEGORIES,
    &advisory_body::CONSULTATION_MODES,
    &person::OFFICES,
    &agreement::PARTIES,
    &agreement::OUTCOME_SHAPE,
    &project::MILESTONES,
    &initiative::SUBJECTS,
    &event::ITEMS,
    &admission::PLACES,
    &admission::TOTALS,
    &school::LINKS,
    &school::SUCCESSIONS,
    &campus::SITE_USES,
    &alias::SHAPE,
    &code::SHAPE,
    &category::CATEGORISATIONS,
    &definition::SHAPE,
    &release::SHAPE,
    &evidence::SHAPE,
    &evidence::LISTS,
    &waiver::SHAPE,
];

/// The kinds of nouns that others speak of: those that figures, statements, initiatives and events may name.
pub const SUBJECTS: &[&str] = &[
    "advisory_body",
    "agreement",
    "alliance",
    "authority",
    "campus",
    "category",
    "designation",
    "district",
    "event",
    "expert_group",
    "group",
    "initiative",
    "learning_area",
    "partner",
    "pathway",
    "person",
    "project",
    "region",
    "school",
    "source",
    "township",
];

/// The shape of the records of a kind.
///
/// # Panics
/// No kind lacks a shape; a test sees to it.
#[must_use]
pub fn shape_of(kind: Kind) -> &'static Shape {
    SHAPES.iter().find(|shape| shape.kind == kind).expect("every kind has a shape")
}

#[cfg(test)]
mod tests {
    use super::SHAPES;
    use crate::id::{Identified, Kind};

    macro_rules! kinds {
        ($($noun:ident),+) => {
            [$(<crate::$noun as Identified>::KIND),+]
        };
    }

    #[test]
    fn every_shape_of_a_noun_has_a_type_that_macros_are_given() {
        let mut nouns: Vec<Kind> = SHAPES.iter().filter(|shape| shape.is_noun()).map(|shape| shape.kind).collect();
        nouns.sort_unstable();
        assert_eq!(nouns, with_nouns!(kinds));
    }

    #[test]
    fn all_nouns_but_figures_and_statements_are_spoken_of() {
        let nouns =
            with_nouns!(kinds).into_iter().filter(|kind| !matches!(kind, Kind::ReportedFigure | Kind::Statement));
        assert_eq!(super::SUBJECTS, nouns.map(Kind::name).collect::<Vec<_>>());
    }
}
