//! The relations of the map: ties walked from a kind of noun to another.

use domain::{
    Alliance, AllianceTie, Campus, Category, Designation, Group, Identified, Kind, LearningArea, Membership, Partner,
    Region, School, SchoolDesignation, SchoolLink, SchoolPartner, Succession, Township,
};

use sea_orm::sea_query::Expr;

use crate::{
    Noun,
    noun::Table,
    nouns::{
        alliance::{ALLIANCE_MEMBERS, ALLIANCE_TIES},
        campus::SITE_OF_SCHOOL,
        category::PART_OF_CATEGORY,
        designation::SCHOOL_DESIGNATIONS,
        district::{BELONGS_TO_DISTRICT, STANDS_IN_DISTRICT},
        group::MEMBERSHIPS,
        partner::SCHOOL_PARTNERS,
        region::{PLACED_IN_REGION, STANDS_IN_REGION},
        school::{CAMPUS_STANDS_IN, SCHOOL_LINKS, SUCCESSIONS},
        township::STANDS_IN_TOWNSHIP,
    },
    tie::Path,
    view::Scope,
};

/// A tie walked from one kind of noun to another.
pub trait Relation: Send + Sync + 'static {
    /// The noun it leads to.
    type Node: Noun;
    /// What the tie itself says.
    type Tie: Send + Sync + 'static;
    /// The tie, and the direction in which it is walked.
    const PATH: Path<Self::Node, Self::Tie>;
}

/// Declares relations: `Name: TIE forward from Parent => Node, Tie`.
macro_rules! relations {
    ($($(#[$doc:meta])* $name:ident: $tie:ident $direction:ident from $parent:ident => $node:ty, $says:ty;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Relation for $name {
                type Node = $node;
                type Tie = $says;
                const PATH: Path<$node, $says> = $tie.$direction(Kind::$parent);
            }
        )+

        /// That the noun that `c` names is tied to a given noun of the kind with this name; `None` if no tie between the two
        /// kinds has a table of its own.
        pub(crate) fn is_related<N: Table>(scope: &Scope, kind: &str, other: &Expr) -> Option<Expr> {
            $(
                if Kind::$parent.name() == kind
                    && <$node as Identified>::KIND == N::KIND
                    && let Some(is_tied) = $name::PATH.is_tied(scope, other)
                {
                    return Some(is_tied);
                }
            )+
            None
        }
    };
}

relations! {
    /// The regions of a district.
    RegionsOfDistrict: BELONGS_TO_DISTRICT forward from District => Region, i64;
    /// The townships of a district.
    TownshipsOfDistrict: BELONGS_TO_DISTRICT forward from District => Township, i64;
    /// The learning areas of a district.
    LearningAreasOfDistrict: BELONGS_TO_DISTRICT forward from District => LearningArea, i64;
    /// The schools of a district.
    SchoolsOfDistrict: BELONGS_TO_DISTRICT forward from District => School, i64;
    /// The groups of a district.
    GroupsOfDistrict: BELONGS_TO_DISTRICT forward from District => Group, i64;
    /// The alliances of a district.
    AlliancesOfDistrict: BELONGS_TO_DISTRICT forward from District => Alliance, i64;
    /// The townships of a region.
    TownshipsOfRegion: PLACED_IN_REGION forward from Region => Township, i64;
    /// The schools whose own record places them in a township of a region.
    SchoolsOfRegion: STANDS_IN_REGION forward from Region => School, i64;
    /// The schools whose own record places them in a township.
    SchoolsOfTownship: STANDS_IN_TOWNSHIP forward from Township => School, i64;
    /// The schools of which a campus stands in a township of a district.
    SchoolsWithCampusInDistrict: CAMPUS_STANDS_IN forward from District => School, i64;
    /// The schools of which a campus stands in a township of a region.
    SchoolsWithCampusInRegion: CAMPUS_STANDS_IN forward from Region => School, i64;
    /// The schools of which a campus stands in a township.
    SchoolsWithCampusInTownship: CAMPUS_STANDS_IN forward from Township => School, i64;
    /// The campuses of a school.
    CampusesOfSchool: SITE_OF_SCHOOL forward from School => Campus, i64;
    /// The campuses that stand in a township.
    CampusesOfTownship: STANDS_IN_TOWNSHIP forward from Township => Campus, i64;
    /// The campuses that stand in a township of a district.
    CampusesOfDistrict: STANDS_IN_DISTRICT forward from District => Campus, i64;
    /// The campuses that stand in a township of a region.
    CampusesOfRegion: STANDS_IN_REGION forward from Region => Campus, i64;
    /// The categories that are a part of a category.
    ChildrenOfCategory: PART_OF_CATEGORY forward from Category => Category, i64;
    /// The schools of a group, the lead school first.
    SchoolsOfGroup: MEMBERSHIPS forward from Group => School, Membership;
    /// The groups of a school: those it leads first, then by role, by the day it joined, and by name.
    GroupsOfSchool: MEMBERSHIPS backward from School => Group, Membership;
    /// The partners of a school outside any alliance.
    PartnersOfSchool: SCHOOL_PARTNERS forward from School => Partner, SchoolPartner;
    /// The schools of a partner outside any alliance.
    SchoolsOfPartner: SCHOOL_PARTNERS backward from Partner => School, SchoolPartner;
    /// The designations that a school was given.
    DesignationsOfSchool: SCHOOL_DESIGNATIONS forward from School => Designation, SchoolDesignation;
    /// The schools that were given a designation.
    SchoolsOfDesignation: SCHOOL_DESIGNATIONS backward from Designation => School, SchoolDesignation;
    /// The schools that are branches of a school, or guided by it.
    BranchesOfSchool: SCHOOL_LINKS backward from School => School, SchoolLink;
    /// The schools that a school is a branch of, or guided by.
    BranchOfSchools: SCHOOL_LINKS forward from School => School, SchoolLink;
    /// The schools a school came from, through the whole chain (of 50 steps at most), the nearest first.
    PredecessorsOfSchool: SUCCESSIONS backward from School => School, Succession;
    /// The schools a school went into, through the whole chain (of 50 steps at most), the nearest first.
    SuccessorsOfSchool: SUCCESSIONS forward from School => School, Succession;
    /// The partners of an alliance.
    PartnersOfAlliance: ALLIANCE_MEMBERS forward from Alliance => Partner, AllianceTie;
    /// The groups of an alliance: its members, then those of the district it serves.
    GroupsOfAlliance: ALLIANCE_TIES forward from Alliance => Group, AllianceTie;
    /// The schools of an alliance: its members, then those of the district it serves.
    SchoolsOfAlliance: ALLIANCE_TIES forward from Alliance => School, AllianceTie;
    /// The alliances of a partner.
    AlliancesOfPartner: ALLIANCE_MEMBERS backward from Partner => Alliance, AllianceTie;
    /// The alliances of a group: those it is a member of, then those that serve its district.
    AlliancesOfGroup: ALLIANCE_TIES backward from Group => Alliance, AllianceTie;
    /// The alliances of a school: those it is itself a member of, then those that serve its district.
    AlliancesOfSchool: ALLIANCE_TIES backward from School => Alliance, AllianceTie;
}
