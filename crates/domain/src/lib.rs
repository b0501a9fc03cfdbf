//! What a district's school map is.
//!
//! A *fact* says what holds, when it holds, since when we know it and which source says so ([`fact`], [`source`]).
//! A *revision* is one write of facts ([`revision`]). A *view* is what a read sees ([`fact::View`]).
//! Nouns and ties have a file each; [`record`] says how their facts are written down, and [`rule`] what a row must
//! say beyond that.
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
pub mod rule;
pub mod school;
#[cfg(test)]
mod shape_errors;
pub mod source;
pub mod succession;
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
pub use rule::{Rule, TakenDays};
pub use school::{
    Code, Ownership, School, SchoolLink, SchoolLinkBasis, SchoolLinkKind, SchoolStatus, SchoolType, Stage, Succession,
    SuccessionKind,
};
pub use source::{Citation, Confidence, Extent, Reliability, Source, SourceKind};
pub use succession::{SuccessionDates, Successions};
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
