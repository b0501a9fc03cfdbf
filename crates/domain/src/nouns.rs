//! The nouns of the map and the ties between them, a file each: what one is, its vocabularies, and the shape of its records.
//!
//! The modules around this one are what these files are made of.

pub mod alias;
pub mod alliance;
pub mod authority;
pub mod campus;
pub mod category;
pub mod code;
pub mod definition;
pub mod designation;
pub mod district;
pub mod group;
pub mod learning_area;
pub mod membership;
pub mod partner;
pub mod region;
pub mod school;
pub mod source;
pub mod township;

use crate::{id::Kind, record::Shape};

/// Gives the types of all nouns to a macro: what is the same for each of them is written once.
#[macro_export]
macro_rules! with_nouns {
    ($with:ident) => {
        $with! {
            Alliance, Authority, Campus, Category, Designation, District, Group, LearningArea, Partner, Region, School, Source, Township
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
    &alliance::MEMBERS,
    &alliance::FUNCTIONS,
    &alliance::CATEGORIES,
    &partner::SCHOOL_PARTNERS,
    &designation::SCHOOL_DESIGNATIONS,
    &school::LINKS,
    &school::SUCCESSIONS,
    &campus::SITE_USES,
    &alias::SHAPE,
    &code::SHAPE,
    &category::CATEGORISATIONS,
    &definition::SHAPE,
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
}
