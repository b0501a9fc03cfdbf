//! The relations of the map: ties walked from a kind of noun to another.

use domain::{
    Alliance, AllianceTie, Campus, Category, Designation, Group, Kind, LearningArea, Membership, Partner, Region,
    School, SchoolDesignation, SchoolLink, SchoolPartner, Succession, Township,
};
use sea_orm::sea_query::Expr;

use crate::{
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
    tie::{Relation, TieSource},
    view::Scope,
};

/// The regions of a district.
pub const REGIONS_OF_DISTRICT: Relation<Region, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The townships of a district.
pub const TOWNSHIPS_OF_DISTRICT: Relation<Township, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The learning areas of a district.
pub const LEARNING_AREAS_OF_DISTRICT: Relation<LearningArea, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The schools of a district.
pub const SCHOOLS_OF_DISTRICT: Relation<School, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The groups of a district.
pub const GROUPS_OF_DISTRICT: Relation<Group, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The alliances of a district.
pub const ALLIANCES_OF_DISTRICT: Relation<Alliance, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The townships of a region.
pub const TOWNSHIPS_OF_REGION: Relation<Township, i64> = PLACED_IN_REGION.forward(Kind::Region);
/// The schools whose own record places them in a township of a region.
pub const SCHOOLS_OF_REGION: Relation<School, i64> = STANDS_IN_REGION.forward(Kind::Region);
/// The schools whose own record places them in a township.
pub const SCHOOLS_OF_TOWNSHIP: Relation<School, i64> = STANDS_IN_TOWNSHIP.forward(Kind::Township);
/// The schools of which a campus stands in a township of a district.
pub const SCHOOLS_WITH_CAMPUS_IN_DISTRICT: Relation<School, i64> = CAMPUS_STANDS_IN.forward(Kind::District);
/// The schools of which a campus stands in a township of a region.
pub const SCHOOLS_WITH_CAMPUS_IN_REGION: Relation<School, i64> = CAMPUS_STANDS_IN.forward(Kind::Region);
/// The schools of which a campus stands in a township.
pub const SCHOOLS_WITH_CAMPUS_IN_TOWNSHIP: Relation<School, i64> = CAMPUS_STANDS_IN.forward(Kind::Township);
/// The campuses of a school.
pub const CAMPUSES_OF_SCHOOL: Relation<Campus, i64> = SITE_OF_SCHOOL.forward(Kind::School);
/// The campuses that stand in a township.
pub const CAMPUSES_OF_TOWNSHIP: Relation<Campus, i64> = STANDS_IN_TOWNSHIP.forward(Kind::Township);
/// The campuses that stand in a township of a district.
pub const CAMPUSES_OF_DISTRICT: Relation<Campus, i64> = STANDS_IN_DISTRICT.forward(Kind::District);
/// The campuses that stand in a township of a region.
pub const CAMPUSES_OF_REGION: Relation<Campus, i64> = STANDS_IN_REGION.forward(Kind::Region);
/// The categories that are a part of a category.
pub const CHILDREN_OF_CATEGORY: Relation<Category, i64> = PART_OF_CATEGORY.forward(Kind::Category);
/// The schools of a group, the lead school first.
pub const SCHOOLS_OF_GROUP: Relation<School, Membership> = MEMBERSHIPS.forward(Kind::Group);
/// The groups of a school: those it leads first, then by role, by the day it joined, and by name.
pub const GROUPS_OF_SCHOOL: Relation<Group, Membership> = MEMBERSHIPS.backward(Kind::School);
/// The partners of a school outside any alliance.
pub const PARTNERS_OF_SCHOOL: Relation<Partner, SchoolPartner> = SCHOOL_PARTNERS.forward(Kind::School);
/// The schools of a partner outside any alliance.
pub const SCHOOLS_OF_PARTNER: Relation<School, SchoolPartner> = SCHOOL_PARTNERS.backward(Kind::Partner);
/// The designations that a school was given.
pub const DESIGNATIONS_OF_SCHOOL: Relation<Designation, SchoolDesignation> = SCHOOL_DESIGNATIONS.forward(Kind::School);
/// The schools that were given a designation.
pub const SCHOOLS_OF_DESIGNATION: Relation<School, SchoolDesignation> = SCHOOL_DESIGNATIONS.backward(Kind::Designation);
/// The schools that are branches of a school, or guided by it.
pub const BRANCHES_OF_SCHOOL: Relation<School, SchoolLink> = SCHOOL_LINKS.backward(Kind::School);
/// The schools that a school is a branch of, or guided by.
pub const BRANCH_OF_SCHOOLS: Relation<School, SchoolLink> = SCHOOL_LINKS.forward(Kind::School);
/// The schools a school came from, through the whole chain (of 50 steps at most), the nearest first.
pub const PREDECESSORS_OF_SCHOOL: Relation<School, Succession> = SUCCESSIONS.backward(Kind::School);
/// The schools a school went into, through the whole chain (of 50 steps at most), the nearest first.
pub const SUCCESSORS_OF_SCHOOL: Relation<School, Succession> = SUCCESSIONS.forward(Kind::School);
/// The partners of an alliance.
pub const PARTNERS_OF_ALLIANCE: Relation<Partner, AllianceTie> = ALLIANCE_MEMBERS.forward(Kind::Alliance);
/// The groups of an alliance: its members, then those of the district it serves.
pub const GROUPS_OF_ALLIANCE: Relation<Group, AllianceTie> = ALLIANCE_TIES.forward(Kind::Alliance);
/// The schools of an alliance: its members, then those of the district it serves.
pub const SCHOOLS_OF_ALLIANCE: Relation<School, AllianceTie> = ALLIANCE_TIES.forward(Kind::Alliance);
/// The alliances of a partner.
pub const ALLIANCES_OF_PARTNER: Relation<Alliance, AllianceTie> = ALLIANCE_MEMBERS.backward(Kind::Partner);
/// The alliances of a group: those it is a member of, then those that serve its district.
pub const ALLIANCES_OF_GROUP: Relation<Alliance, AllianceTie> = ALLIANCE_TIES.backward(Kind::Group);
/// The alliances of a school: those it is itself a member of, then those that serve its district.
pub const ALLIANCES_OF_SCHOOL: Relation<Alliance, AllianceTie> = ALLIANCE_TIES.backward(Kind::School);

/// The ties with a table of their own by which conditions find nouns.
static TIE_TABLES: [&TieSource; 4] =
    [&ALLIANCE_MEMBERS.source, &MEMBERSHIPS.source, &SCHOOL_DESIGNATIONS.source, &SCHOOL_PARTNERS.source];

/// That the noun that `c` names is tied to a given noun of the kind with this name; `None` if no tie between the two kinds
/// has a table of its own.
pub(crate) fn is_related<N: Table>(scope: &Scope, kind: &str, other: &Expr) -> Option<Expr> {
    TIE_TABLES.iter().find_map(|source| source.is_tied(scope, N::KIND, kind, other))
}
