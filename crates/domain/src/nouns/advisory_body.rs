//! Advisory bodies: who counsels a district, from where its members come, how it consults.

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required, texts},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    text::vocabulary,
    texts::Texts,
};

/// A body of experts that counsels a district.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryBody {
    /// What it shares with all nouns.
    pub head: Head,
    /// When it was established.
    pub established_on: Option<ImpreciseDate>,
    /// When it was dissolved.
    pub dissolved_on: Option<ImpreciseDate>,
    /// The district that it counsels.
    pub district: Option<Id<District>>,
}
noun!(AdvisoryBody);

/// Where some members of an advisory body come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryMemberCategory {
    /// Its identity.
    pub id: i64,
    /// From what kind of organization they come.
    pub category: AdvisoryMemberOrigin,
    /// From which one, where the source names it.
    pub organization: Texts,
}

vocabulary! {
    /// From what kind of organization members of an advisory body come.
    AdvisoryMemberOrigin {
        /// Schools of basic education.
        BasicEducationSchool = "basic_education_school",
        /// Companies in education.
        EducationalEnterprise = "educational_enterprise",
        /// Learned societies.
        LearnedSociety = "learned_society",
        /// Research institutes.
        ResearchInstitute = "research_institute",
        /// Universities and colleges.
        University = "university",
    }
}

/// A way in which an advisory body consults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdvisoryConsultation {
    /// Its identity.
    pub id: i64,
    /// The way.
    pub mode: ConsultationMode,
}

vocabulary! {
    /// A way in which an advisory body consults.
    ConsultationMode {
        /// Seminars.
        ConsultationSeminar = "consultation_seminar",
        /// Demonstrations of programs.
        ProgramDemonstration = "program_demonstration",
        /// Suggestions in writing.
        WrittenSuggestion = "written_suggestion",
    }
}

/// Rows of `advisory_bodies.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::AdvisoryBody,
    file: "advisory_bodies",
    table: "advisory_bodies",
    description: "A body of experts that counsels a district.",
    key: &["advisory_body_id"],
    columns: &[
        required("advisory_body_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("established_on", ColumnType::DATE, "When it was established."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("dissolved_on", ColumnType::DATE, "When it was dissolved."),
        extra("district_id", reference(Kind::District), "The district that it counsels."),
    ],
    dated: ("established_on", "dissolved_on"),
    rules: &[],
};

/// Rows of `advisory_member_categories.csv`.
pub const MEMBER_CATEGORIES: Shape = Shape {
    kind: Kind::AdvisoryMemberCategory,
    file: "advisory_member_categories",
    table: "advisory_member_categories",
    description: "Where some members of an advisory body come from.",
    key: &["advisory_body_id", "category"],
    columns: &[
        required("advisory_body_id", bounding_reference(Kind::AdvisoryBody), "The advisory body."),
        required("category", ColumnType::Word(AdvisoryMemberOrigin::WORDS), "From what kind of organization."),
        texts("organization", "From which one, in this language, where the source names it."),
        bases("organization_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};

/// Rows of `consultation_modes.csv`.
pub const CONSULTATION_MODES: Shape = Shape {
    kind: Kind::AdvisoryConsultation,
    file: "consultation_modes",
    table: "consultation_modes",
    description: "A way in which an advisory body consults.",
    key: &["advisory_body_id", "mode"],
    columns: &[
        required("advisory_body_id", bounding_reference(Kind::AdvisoryBody), "The advisory body."),
        required("mode", ColumnType::Word(ConsultationMode::WORDS), "The way."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
