//! Partners: the organizations that work with schools.

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, required},
    fact::ImpreciseDate,
    id::Kind,
    location::{self, Location},
    noun::{Head, noun},
    record::Shape,
    text::vocabulary,
};

/// An organization that works with schools: a university, a museum, a troupe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// What it shares with all nouns.
    pub head: Head,
    /// What it is; often more than one thing.
    pub kinds: Vec<PartnerKind>,
    /// Where it stands.
    pub location: Option<Location>,
}
noun!(Partner);

vocabulary! {
    /// What a partner is.
    PartnerKind {
        /// An art troupe.
        ArtTroupe = "art_troupe",
        /// An educational enterprise.
        EducationalEnterprise = "educational_enterprise",
        /// An exhibition venue.
        ExhibitionVenue = "exhibition_venue",
        /// A learned society.
        LearnedSociety = "learned_society",
        /// A newspaper, agency or broadcaster.
        Media = "media",
        /// A museum.
        Museum = "museum",
        /// A base for the popularization of science.
        PopularScienceBase = "popular_science_base",
        /// A professional institution.
        ProfessionalInstitution = "professional_institution",
        /// A research institute.
        ResearchInstitute = "research_institute",
        /// A resource unit of society.
        ResourceUnit = "resource_unit",
        /// A school that is not one of the district's.
        SchoolOutsideDistrict = "school_outside_district",
        /// A technology company.
        TechnologyCompany = "technology_company",
        /// A university.
        University = "university",
        /// A department of a university.
        UniversityDepartment = "university_department",
        /// A venue.
        Venue = "venue",
    }
}

/// A tie between a school and a partner, outside any alliance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolPartner {
    /// Its identity.
    pub id: i64,
    /// What they do together.
    pub kind: SchoolPartnerKind,
    /// Since when.
    pub since: Option<ImpreciseDate>,
    /// Until when.
    pub until: Option<ImpreciseDate>,
}

vocabulary! {
    /// What a school and a partner do together.
    SchoolPartnerKind {
        /// The school cooperates with the partner.
        CooperatesWith = "cooperates_with",
        /// The school is built together with the partner.
        JointlyBuiltWith = "jointly_built_with",
        /// The school is run together with the partner.
        JointlyRunWith = "jointly_run_with",
        /// The partner manages the school as one of its affiliates.
        ManagedAsAffiliateBy = "managed_as_affiliate_by",
        /// The school belongs to the partner's group.
        MemberOfGroupOf = "member_of_group_of",
        /// The school bears the partner's name.
        NamedAfter = "named_after",
        /// The partner runs the school.
        RunBy = "run_by",
        /// The school is a base from which the partner draws talent.
        TalentBaseOf = "talent_base_of",
    }
}

/// Rows of `partners.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Partner,
    file: "partners",
    table: "partners",
    description: "An organization that works with schools.",
    key: &["partner_id"],
    columns: &[
        required("partner_id", ColumnType::Slug, "The slug."),
        names(),
        optional("kinds", ColumnType::Words(PartnerKind::WORDS), "What it is; blank where none of the words fits."),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        location::LATITUDE,
        location::LONGITUDE,
        location::PRECISION,
        location::SOURCE,
        location::CONFIDENCE,
    ],
    dated: ("", ""),
    rules: &[location::RULE],
};

/// Rows of `school_partner_links.csv`.
pub const SCHOOL_PARTNERS: Shape = Shape {
    kind: Kind::SchoolPartner,
    file: "school_partner_links",
    table: "school_partners",
    description: "A tie between a school and a partner, outside any alliance.",
    key: &["school_id", "partner_id", "kind"],
    columns: &[
        required("school_id", bounding_reference(Kind::School), "The school."),
        required("partner_id", bounding_reference(Kind::Partner), "The partner."),
        required("kind", ColumnType::Word(SchoolPartnerKind::WORDS), "What they do together."),
        optional("since", ColumnType::DATE, "Since when."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
        extra("until", ColumnType::DATE, "Until when."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
