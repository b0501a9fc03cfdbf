//! What a district's school map is.
//!
//! A *fact* says what holds, when it holds, since when we know it and which source says so ([`fact`], [`source`]).
//! A *revision* is one write of facts ([`revision`]). A *view* is what a read sees ([`fact::View`]).
//! Nouns and ties have a file each; [`record`] says how their facts are written down.
//!
//! Nothing here waits, reads or writes: decisions are pure functions.

pub mod alias;
pub mod alliance;
pub mod authority;
pub mod campus;
pub mod clock;
pub mod definition;
pub mod district;
pub mod fact;
pub mod group;
pub mod id;
pub mod learning_area;
pub mod lifetime;
pub mod membership;
pub mod noun;
pub mod page;
pub mod partner;
pub mod record;
pub mod region;
pub mod revision;
pub mod school;
pub mod source;
pub mod suggest;
pub mod text;
pub mod township;

pub use alias::{Alias, AliasKind};
pub use alliance::{
    Alliance, AllianceCategory, AllianceFunction, AllianceKind, AllianceRole, AllianceScope, AllianceStatus,
    AllianceTie, Basis, ResourceCategory,
};
pub use authority::{Authority, AuthorityKind, AuthorityLevel};
pub use campus::{AddressConfidence, Campus, CampusStatus, HostedSiteUse, SiteUse};
pub use clock::{Clock, FixedClock, SystemClock, TimeZone};
pub use definition::Definition;
pub use district::District;
pub use fact::{ImpreciseDate, Known, Precision, Validity, View};
pub use group::{Group, GroupStatus};
pub use id::{AnyId, Id, IdError, Identified, Kind};
pub use learning_area::LearningArea;
pub use lifetime::{Entrance, Evidence, Existence, Lifetime, Phase, Span};
pub use membership::{Membership, MembershipRole};
pub use noun::{Condition, ConditionValue, Filter, Head, Noun};
pub use page::{End, Order, OrderField, Page, PageError, PageRequest, Position};
pub use partner::{Partner, PartnerKind, SchoolPartner, SchoolPartnerKind};
pub use record::{Cell, Column, ColumnType, FieldError, Presence, Record, Shape};
pub use region::Region;
pub use revision::{NewRevision, Revision};
pub use school::{
    Code, Ownership, School, SchoolLink, SchoolLinkBasis, SchoolLinkKind, SchoolStatus, SchoolType, Stage, Succession,
    SuccessionKind,
};
pub use source::{Citation, Confidence, Extent, Reliability, Source, SourceKind};
pub use text::{LanguageTag, NameBasis, Names};
pub use township::{Township, TownshipKind};

/// Every shape, in an order in which each is read after those it refers to.
pub const SHAPES: &[&Shape] = &[
    &source::SHAPE,
    &district::SHAPE,
    &region::SHAPE,
    &township::SHAPE,
    &learning_area::SHAPE,
    &authority::SHAPE,
    &partner::SHAPE,
    &school::SHAPE,
    &campus::SHAPE,
    &group::SHAPE,
    &membership::SHAPE,
    &alliance::SHAPE,
    &alliance::MEMBERS,
    &alliance::FUNCTIONS,
    &alliance::CATEGORIES,
    &partner::SCHOOL_PARTNERS,
    &school::LINKS,
    &school::SUCCESSIONS,
    &campus::SITE_USES,
    &alias::SHAPE,
    &definition::SHAPE,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of its own that a shape names.
    fn named_columns(shape: &Shape) -> Vec<&'static str> {
        let mut named: Vec<&str> = shape.key.to_vec();
        named.extend([shape.dated.0, shape.dated.1].iter().filter(|name| !name.is_empty()));
        for column in shape.columns {
            match column.column_type {
                ColumnType::RefOf { column, .. } => named.push(column),
                ColumnType::CitedSource(field) | ColumnType::CitedQuote(field) | ColumnType::CitedConfidence(field) => {
                    named.extend((!field.is_empty()).then_some(field));
                }
                _ => {}
            }
        }
        named
    }

    /// Those of the names that are no column; what a citation calls `region` is the column `region_id`.
    fn unknown_columns<'a>(shape: &Shape, named: &[&'a str]) -> Vec<&'a str> {
        let is_unknown = |name: &&&str| shape.index(name).or_else(|| shape.index(&format!("{name}_id"))).is_none();
        named.iter().filter(is_unknown).copied().collect()
    }

    #[test]
    fn every_column_that_a_shape_names_is_one_of_its_own() {
        assert_eq!(unknown_columns(&membership::SHAPE, &["joined_on", "joined"]), ["joined"]);
        for shape in SHAPES {
            assert_eq!(unknown_columns(shape, &named_columns(shape)), [""; 0], "{}", shape.file);
            for at in [shape.dated.0, shape.dated.1].iter().filter_map(|name| shape.index(name)) {
                assert!(
                    matches!(shape.columns[at].column_type, ColumnType::Date),
                    "{} is dated by no date",
                    shape.file
                );
            }
        }
    }

    #[test]
    fn every_shape_is_read_after_those_it_refers_to() {
        for (at, shape) in SHAPES.iter().enumerate() {
            let read = |kind: Kind| SHAPES[..=at].iter().any(|before| before.kind == kind);
            for column in shape.columns {
                let kinds: Vec<Kind> = match column.column_type {
                    ColumnType::Ref { kind, .. } => vec![kind],
                    ColumnType::RefOf { column, .. } => {
                        let Some(ColumnType::Word(words)) = shape.index(column).map(|at| shape.columns[at].column_type)
                        else {
                            panic!("{}: `{column}` names no kinds", shape.file)
                        };
                        words.iter().filter_map(|word| Kind::named(word)).collect()
                    }
                    _ => Vec::new(),
                };
                for kind in kinds {
                    assert!(
                        read(kind),
                        "{}.{} refers to {}, which is read later",
                        shape.file,
                        column.name,
                        kind.name()
                    );
                }
            }
        }
    }
}
