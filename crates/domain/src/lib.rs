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
    Alliance, AllianceCategory, AllianceFunction, AllianceIs, AllianceKind, AllianceRole, AllianceScope,
    AllianceStatus, AllianceTie, Basis, ResourceCategory,
};
pub use authority::{Authority, AuthorityIs, AuthorityKind, AuthorityLevel};
pub use campus::{AddressConfidence, Campus, CampusIs, HostedSiteUse, SiteUse};
pub use clock::{Clock, FixedClock, SystemClock};
pub use definition::Definition;
pub use district::{District, DistrictIs};
pub use fact::{ImpreciseDate, Known, Precision, Validity, View};
pub use group::{Group, GroupIs, GroupStatus};
pub use id::{AnyId, Id, IdError, Identified, Kind};
pub use learning_area::{LearningArea, LearningAreaIs};
pub use membership::{Membership, MembershipRole};
pub use noun::{Filter, Head, Noun};
pub use page::{End, Order, OrderField, Page, PageError, PageRequest, Position};
pub use partner::{Partner, PartnerIs, PartnerKind, SchoolPartner, SchoolPartnerKind};
pub use record::{Cell, Column, Holds, Need, Record, Shape, Wrong};
pub use region::{Region, RegionIs};
pub use revision::{NewRevision, Revision};
pub use school::{
    Code, Ownership, School, SchoolIs, SchoolLink, SchoolLinkBasis, SchoolLinkKind, SchoolStatus, SchoolType, Stage,
    Succession, SuccessionKind,
};
pub use source::{Citation, Confidence, Extent, Reliability, Source, SourceIs, SourceKind};
pub use text::{LanguageTag, NameBasis, Names};
pub use township::{Township, TownshipIs, TownshipKind};

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
