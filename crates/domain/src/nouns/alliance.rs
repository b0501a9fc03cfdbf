//! Alliances: bodies that work together by mutual consultation.

use chrono::NaiveDate;

use crate::{
    category::Category,
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    rule::Rule,
    text::vocabulary,
    texts::Texts,
};

/// An alliance of groups, schools and partners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alliance {
    /// What it shares with all nouns.
    pub head: Head,
    /// What it is for.
    pub kind: AllianceKind,
    /// When it was established.
    pub established_on: Option<ImpreciseDate>,
    /// When it was dissolved.
    pub dissolved_on: Option<ImpreciseDate>,
    /// Whom it serves.
    pub scope: AllianceScope,
    /// Its status as last recorded; [`Alliance::status_on`] says what it was on a day.
    pub status: AllianceStatus,
    /// The district it belongs to, and serves if that is its scope.
    pub district: Option<Id<District>>,
}
noun!(Alliance);

impl Alliance {
    /// The status on a day; where its beginning and its end are stated it follows from them.
    #[must_use]
    pub fn status_on(&self, day: NaiveDate) -> AllianceStatus {
        use AllianceStatus::{Dissolved, Established, Proposed};
        self.head.time.status_on(day, self.status, [Proposed, Established, Dissolved])
    }
}

vocabulary! {
    /// What an alliance is for.
    AllianceKind {
        /// The development of its members.
        Development = "development",
        /// A network of schools.
        Network = "network",
        /// A theme such as science or art.
        Thematic = "thematic",
        /// Training through all school stages.
        ThroughTraining = "through_training",
    } else Unknown
}

vocabulary! {
    /// Whom an alliance serves.
    AllianceScope {
        /// Every group and school of its district.
        District = "district",
        /// The members of a group.
        Group = "group",
        /// Its members, across borders.
        International = "international",
        /// Its members.
        Members = "members",
    }
}

vocabulary! {
    /// Whether an alliance exists already.
    AllianceStatus {
        /// It exists.
        Established = "established",
        /// It is proposed.
        Proposed = "proposed",
        /// It exists no longer.
        Dissolved = "dissolved",
    }
}

/// A noun's tie to an alliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllianceTie {
    /// The identity of the membership or, where the alliance serves a district, of the alliance.
    pub id: i64,
    /// Why they are tied.
    pub basis: Basis,
    /// As what the member belongs to the alliance; none where the alliance serves its district.
    pub role: Option<AllianceRole>,
    /// When the member joined; none where no source says, and where the alliance serves its district.
    pub joined_on: Option<ImpreciseDate>,
    /// When the member left; none where no source says, and where the alliance serves its district.
    pub left_on: Option<ImpreciseDate>,
    /// The categories that its row puts it into.
    pub categories: Vec<Id<Category>>,
    /// Since when the alliance is known, where it serves a district; none of a member.
    pub alliance_known_day: Option<NaiveDate>,
}

vocabulary! {
    /// Why a group, school or partner is tied to an alliance.
    Basis {
        /// It is a member.
        Member = "member",
        /// The alliance serves its district.
        Serves = "serves",
    }
}

vocabulary! {
    /// As what a member belongs to an alliance.
    AllianceRole {
        /// A school allied with a group.
        AllianceSchool = "alliance_school",
        /// It founded the alliance.
        Founder = "founder",
        /// The group that leads it.
        LeadGroup = "lead_group",
        /// A member.
        Member = "member",
        /// It proposed the alliance.
        Proposer = "proposer",
    }
}

/// One function of an alliance's charter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllianceFunction {
    /// Its identity.
    pub id: i64,
    /// Its place in the charter, from 1.
    pub seq: u32,
    /// The function.
    pub text: Texts,
    /// Since when it is one.
    pub since: Option<ImpreciseDate>,
    /// Until when it was one.
    pub until: Option<ImpreciseDate>,
}

/// A category of bodies that an alliance draws on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllianceCategory {
    /// Its identity.
    pub id: i64,
    /// The category.
    pub category: ResourceCategory,
    /// Since when the alliance draws on it.
    pub since: Option<ImpreciseDate>,
    /// Until when the alliance drew on it.
    pub until: Option<ImpreciseDate>,
}

vocabulary! {
    /// A category of bodies that an alliance draws on.
    ResourceCategory {
        /// Art troupes.
        ArtTroupe = "art_troupe",
        /// Popular science bases.
        PopularScienceBase = "popular_science_base",
        /// Professional institutions.
        ProfessionalInstitution = "professional_institution",
        /// Research institutes.
        ResearchInstitute = "research_institute",
        /// Resource units.
        ResourceUnit = "resource_unit",
        /// Social resource units.
        SocialResourceUnit = "social_resource_unit",
        /// Technology companies.
        TechnologyCompany = "technology_company",
        /// Universities.
        University = "university",
    }
}

/// Rows of `alliances.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Alliance,
    file: "alliances",
    table: "alliances",
    description: "An alliance of groups, schools and partners.",
    key: &["alliance_id"],
    columns: &[
        required("alliance_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("kind", ColumnType::Word(AllianceKind::WORDS), "What it is for; blank where no source says."),
        optional("established_on", ColumnType::DATE, "When it was established."),
        required(
            "scope",
            ColumnType::Word(AllianceScope::WORDS),
            "Whom it serves; `district` serves every group and school of `district_id`.",
        ),
        required("status", ColumnType::Word(AllianceStatus::WORDS), "Whether it exists already."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it belongs to."),
        extra("dissolved_on", ColumnType::DATE, "When it was dissolved."),
    ],
    dated: ("established_on", "dissolved_on"),
    rules: &[
        Rule::Planned { status: "status", word: AllianceStatus::Proposed.word() },
        Rule::StatusFitsDates {
            status: "status",
            planned: &[AllianceStatus::Proposed.word()],
            current: &[AllianceStatus::Established.word()],
            past: &[AllianceStatus::Dissolved.word()],
        },
    ],
};

/// Rows of `alliance_memberships.csv`.
pub const MEMBERS: Shape = Shape {
    kind: Kind::AllianceMember,
    file: "alliance_memberships",
    table: "alliance_members",
    description: "A partner's, group's or school's place in an alliance.",
    key: &["alliance_id", "member_type", "member_id", "role"],
    columns: &[
        required("alliance_id", bounding_reference(Kind::Alliance), "The alliance."),
        required("member_type", ColumnType::Word(&["group", "partner", "school"]), "What the member is."),
        required("member_id", ColumnType::RefOf { column: "member_type", bounds: true }, "The member."),
        required("role", ColumnType::Word(AllianceRole::WORDS), "As what."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
        extra("joined_on", ColumnType::DATE, "When the member joined."),
        extra("left_on", ColumnType::DATE, "When the member left."),
        extra("category_ids", ColumnType::Refs(Kind::Category), "The categories that this membership is in."),
    ],
    dated: ("joined_on", "left_on"),
    rules: &[],
};

/// Rows of `alliance_functions.csv`.
pub const FUNCTIONS: Shape = Shape {
    kind: Kind::AllianceFunction,
    file: "alliance_functions",
    table: "alliance_functions",
    description: "One function of an alliance's charter.",
    key: &["function_id"],
    columns: &[
        required("function_id", ColumnType::Slug, "The slug."),
        required("alliance_id", bounding_reference(Kind::Alliance), "The alliance."),
        required("seq", ColumnType::NUMBER, "Its place in the charter, from 1."),
        required("text", ColumnType::Texts, "The function, in this language."),
        bases("text_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("since", ColumnType::DATE, "Since when it is one."),
        extra("until", ColumnType::DATE, "Until when it was one."),
    ],
    dated: ("since", "until"),
    rules: &[],
};

/// Rows of `alliance_resource_categories.csv`.
pub const CATEGORIES: Shape = Shape {
    kind: Kind::AllianceCategory,
    file: "alliance_resource_categories",
    table: "alliance_categories",
    description: "A category of bodies that an alliance draws on.",
    key: &["alliance_id", "category"],
    columns: &[
        required("alliance_id", bounding_reference(Kind::Alliance), "The alliance."),
        required("category", ColumnType::Word(ResourceCategory::WORDS), "The category."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("since", ColumnType::DATE, "Since when the alliance draws on it."),
        extra("until", ColumnType::DATE, "Until when the alliance drew on it."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
