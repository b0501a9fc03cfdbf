//! The relations of the map: ties walked from a kind of noun to another.

use domain::{
    AdmissionPlaces, AdvisoryBody, Agreement, AgreementTie, Alliance, AllianceTie, Campus, Category, Designation,
    Event, EventItem, ExpertGroup, FieldEvidence, Finding, Group, Initiative, JointRunning, Kind, LearningArea,
    Membership, Office, Partner, Pathway, Person, Project, Reach, Region, ReportedFigure, School, SchoolDesignation,
    SchoolLink, SchoolPartner, Statement, Succession, Township,
};
use sea_orm::sea_query::{Expr, SelectStatement};

use crate::{
    noun::Table,
    nouns::{
        admission::ADMISSION_PLACES,
        agreement::{AGREEMENT_OUTCOMES, AGREEMENT_PARTIES, AGREEMENT_TIES, JOINTLY_RUN_BY},
        alliance::{ALLIANCE_MEMBERS, ALLIANCE_TIES},
        campus::SITE_OF_SCHOOL,
        category::PART_OF_CATEGORY,
        designation::SCHOOL_DESIGNATIONS,
        district::{BELONGS_TO_DISTRICT, STANDS_IN_DISTRICT},
        event::{EVENT_AT_PARTNER, EVENT_ITEMS},
        evidence::CONTRADICTIONS,
        expert_group::EXPERT_GROUP_OF_BODY,
        finding::FINDINGS,
        group::MEMBERSHIPS,
        initiative::INITIATIVE_SUBJECTS,
        partner::SCHOOL_PARTNERS,
        pathway::PATHWAY_OF,
        person::OFFICES,
        project::{PROJECT_FOR_SCHOOL, PROJECT_IN_REGION, PROJECT_IN_TOWNSHIP, PROJECT_OF_CAMPUS},
        reach::REACH,
        region::{PLACED_IN_REGION, STANDS_IN_REGION},
        reported_figure::{FIGURE_BY_PERSON, FIGURE_OF, FIGURE_OF_DESIGNATION},
        school::{CAMPUS_STANDS_IN, SCHOOL_LINKS, SUCCESSIONS},
        source::CITED_BY,
        statement::{STATEMENT_ABOUT, STATEMENT_AT_EVENT, STATEMENT_OF_PERSON},
        township::STANDS_IN_TOWNSHIP,
    },
    tie::{AnyRelation, Relation, TieSource},
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

/// The advisory bodies of a district.
pub const ADVISORY_BODIES_OF_DISTRICT: Relation<AdvisoryBody, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The expert groups of an advisory body, by its own count.
pub const EXPERT_GROUPS_OF_BODY: Relation<ExpertGroup, i64> = EXPERT_GROUP_OF_BODY.forward(Kind::AdvisoryBody);
/// The organizations in which a person holds an office.
pub const OFFICES_OF_PERSON: AnyRelation<Office> = OFFICES.to_any();
/// The statements of a person.
pub const STATEMENTS_OF_PERSON: Relation<Statement, i64> = STATEMENT_OF_PERSON.forward(Kind::Person);
/// The figures that a person states.
pub const FIGURES_BY_PERSON: Relation<ReportedFigure, i64> = FIGURE_BY_PERSON.forward(Kind::Person);
/// Those who agreed.
pub const PARTIES_OF_AGREEMENT: AnyRelation<AgreementTie> = AGREEMENT_PARTIES.to_any();
/// What came of an agreement.
pub const OUTCOMES_OF_AGREEMENT: AnyRelation<AgreementTie> = AGREEMENT_OUTCOMES.to_any();
/// The agreements that serve a district.
pub const AGREEMENTS_OF_DISTRICT: Relation<Agreement, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// Those with whom a school is run or was established by an agreement.
pub const JOINT_RUNNERS_OF_SCHOOL: AnyRelation<JointRunning> = JOINTLY_RUN_BY.to_any();
/// The projects of a district.
pub const PROJECTS_OF_DISTRICT: Relation<Project, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The projects of a region.
pub const PROJECTS_OF_REGION: Relation<Project, i64> = PROJECT_IN_REGION.forward(Kind::Region);
/// The projects of a township.
pub const PROJECTS_OF_TOWNSHIP: Relation<Project, i64> = PROJECT_IN_TOWNSHIP.forward(Kind::Township);
/// The projects for a school.
pub const PROJECTS_OF_SCHOOL: Relation<Project, i64> = PROJECT_FOR_SCHOOL.forward(Kind::School);
/// The projects that build a campus.
pub const PROJECTS_OF_CAMPUS: Relation<Project, i64> = PROJECT_OF_CAMPUS.forward(Kind::Campus);
/// The initiatives of a district.
pub const INITIATIVES_OF_DISTRICT: Relation<Initiative, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// What an initiative concerns.
pub const SUBJECTS_OF_INITIATIVE: AnyRelation<i64> = INITIATIVE_SUBJECTS.to_any();
/// The events of a district.
pub const EVENTS_OF_DISTRICT: Relation<Event, i64> = BELONGS_TO_DISTRICT.forward(Kind::District);
/// The events at a partner's premises.
pub const EVENTS_AT_PARTNER: Relation<Event, i64> = EVENT_AT_PARTNER.forward(Kind::Partner);
/// What was announced, launched, signed or shown at an event.
pub const ITEMS_OF_EVENT: AnyRelation<EventItem> = EVENT_ITEMS.to_any();
/// The statements at an event.
pub const STATEMENTS_AT_EVENT: Relation<Statement, i64> = STATEMENT_AT_EVENT.forward(Kind::Event);
/// The figures that count the holders of a designation.
pub const FIGURES_OF_DESIGNATION: Relation<ReportedFigure, i64> = FIGURE_OF_DESIGNATION.forward(Kind::Designation);
/// The senior schools that keep places for the pupils of a junior school.
pub const SENIOR_SCHOOLS_OF_SCHOOL: Relation<School, AdmissionPlaces> = ADMISSION_PLACES.forward(Kind::School);
/// The junior schools for whose pupils a senior school keeps places.
pub const JUNIOR_SCHOOLS_OF_SCHOOL: Relation<School, AdmissionPlaces> = ADMISSION_PLACES.backward(Kind::School);

/// The partners that reach a school, whichever way.
pub const PARTNERS_REACHING_SCHOOL: Relation<Partner, Reach> = REACH.forward(Kind::School);
/// The schools that a partner reaches, whichever way.
pub const SCHOOLS_REACHED_BY_PARTNER: Relation<School, Reach> = REACH.backward(Kind::Partner);

/// The nouns that cite a source.
pub const NOUNS_CITING_SOURCE: AnyRelation<()> = CITED_BY.to_any();
/// All contradictions, from the parent 0, with the nouns of which they speak.
pub const ALL_CONTRADICTIONS: AnyRelation<FieldEvidence> = CONTRADICTIONS.to_any();

/// All that rules find doubtful, from the parent 0, with the nouns at which they find it: by severity, then by rule.
pub const ALL_FINDINGS: AnyRelation<Finding> = FINDINGS.to_any();

/// The statements about a noun of a kind.
#[must_use]
pub const fn statements_about(kind: Kind) -> Relation<Statement, i64> {
    STATEMENT_ABOUT.forward(kind)
}

/// The figures of a noun of a kind.
#[must_use]
pub const fn figures_of(kind: Kind) -> Relation<ReportedFigure, i64> {
    FIGURE_OF.forward(kind)
}

/// The initiatives that concern a noun of a kind.
#[must_use]
pub const fn initiatives_of(kind: Kind) -> Relation<Initiative, i64> {
    INITIATIVE_SUBJECTS.backward(kind)
}

/// The events at which a noun of a kind was announced, launched, signed or shown.
#[must_use]
pub const fn events_of(kind: Kind) -> Relation<Event, EventItem> {
    EVENT_ITEMS.backward(kind)
}

/// The people who hold an office in an organization of a kind.
#[must_use]
pub const fn people_of(kind: Kind) -> Relation<Person, Office> {
    OFFICES.backward(kind)
}

/// The agreements to which a noun of a kind is a party, or which are about it.
#[must_use]
pub const fn agreements_of(kind: Kind) -> Relation<Agreement, AgreementTie> {
    AGREEMENT_TIES.backward(kind)
}

/// The pathways of a noun of a kind.
#[must_use]
pub const fn pathways_of(kind: Kind) -> Relation<Pathway, i64> {
    PATHWAY_OF.forward(kind)
}

/// The ties with a table of their own by which conditions find nouns.
static TIE_TABLES: [&TieSource; 4] =
    [&ALLIANCE_MEMBERS.source, &MEMBERSHIPS.source, &SCHOOL_DESIGNATIONS.source, &SCHOOL_PARTNERS.source];

/// That the noun that `c` names is tied to a given noun of the kind with this name; `None` if no tie between the two kinds
/// has a table of its own.
pub(crate) fn is_related<N: Table>(scope: &Scope, kind: &str, other: &Expr) -> Option<Expr> {
    TIE_TABLES.iter().find_map(|source| source.is_tied(scope, N::KIND, kind, other))
}

/// The other ends of the ties of these nouns to those of the kind with this name, as `owner` and `value`; `None` if no tie
/// between the two kinds has a table of its own.
pub(crate) fn tied_ends<N: Table>(scope: &Scope, kind: &str) -> Option<SelectStatement> {
    TIE_TABLES.iter().find_map(|source| source.select_ends(scope, N::KIND, kind))
}
