//! Agreements: who agreed with whom, and what came of it.

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    text::vocabulary,
};

/// An agreement between organizations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// What it shares with all nouns.
    pub head: Head,
    /// What it is about.
    pub kind: AgreementKind,
    /// When it was signed.
    pub signed_on: Option<ImpreciseDate>,
    /// Whether [`Agreement::signed_on`] is the date of the report that tells of it, since none states that of the signing.
    pub is_report_date: bool,
    /// How far it has come.
    pub status: AgreementStatus,
    /// The district that it serves.
    pub district: Option<Id<District>>,
}
noun!(Agreement);

vocabulary! {
    /// What an agreement is about.
    AgreementKind {
        /// To run schools in cooperation.
        CooperativeSchoolRunning = "cooperative_school_running",
        /// To run a school in another district.
        CrossDistrictSchoolRunning = "cross_district_school_running",
        /// A framework for others.
        Framework = "framework",
        /// An intention to work together.
        Intention = "intention",
        /// To run a school together.
        JointSchoolRunning = "joint_school_running",
        /// To be a base from which a partner draws talent.
        TalentBase = "talent_base",
    } else Unknown
}

vocabulary! {
    /// How far an agreement has come.
    AgreementStatus {
        /// It is in force, and no source tells of the signing.
        InForce = "in_force",
        /// It is intended, and not signed.
        Intention = "intention",
        /// It is signed.
        Signed = "signed",
    } else Unknown
}

/// Why a noun is tied to an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementTie {
    /// The identity of the row that states it.
    pub id: i64,
    /// Why they are tied.
    pub basis: AgreementTieBasis,
    /// A remark.
    pub note: Option<String>,
}

/// That an agreement names one of those who run a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JointRunning {
    /// The identity of the row that says so.
    pub id: i64,
    /// The agreement.
    pub agreement: Id<Agreement>,
}

vocabulary! {
    /// Why a noun is tied to an agreement.
    AgreementTieBasis {
        /// It gets another name by it.
        AddsName = "adds_name",
        /// It was founded, or is to be, by the agreement.
        Establishes = "establishes",
        /// It is a party.
        Party = "party",
        /// It is run by the agreement.
        Runs = "runs",
        /// It bears witness.
        Witness = "witness",
    }
}

/// The kinds of those who agree.
const PARTY_KINDS: &[&str] = &["alliance", "authority", "group", "partner", "school"];

/// Words of [`AgreementTieBasis`] for those who agree.
const ROLES: &[&str] = &[AgreementTieBasis::Party.word(), AgreementTieBasis::Witness.word()];

/// Words of [`AgreementTieBasis`] for what comes of it.
const OUTCOMES: &[&str] =
    &[AgreementTieBasis::AddsName.word(), AgreementTieBasis::Establishes.word(), AgreementTieBasis::Runs.word()];

/// Rows of `agreements.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Agreement,
    file: "agreements",
    table: "agreements",
    description: "An agreement between organizations.",
    key: &["agreement_id"],
    columns: &[
        required("agreement_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("kind", ColumnType::Word(AgreementKind::WORDS), "What it is about."),
        optional("signed_on", ColumnType::DATE, "When it was signed."),
        extra(
            "is_report_date",
            ColumnType::BOOLEAN,
            "Whether `signed_on` is the date of the report that tells of it, since none states that of the signing.",
        ),
        optional("status", ColumnType::Word(AgreementStatus::WORDS), "How far it has come."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district that it serves."),
    ],
    dated: ("signed_on", ""),
    rules: &[],
};

/// Rows of `agreement_parties.csv`.
pub const PARTIES: Shape = Shape {
    kind: Kind::AgreementParty,
    file: "agreement_parties",
    table: "agreement_parties",
    description: "A party to an agreement.",
    key: &["agreement_id", "party_type", "party_id"],
    columns: &[
        required("agreement_id", bounding_reference(Kind::Agreement), "The agreement."),
        required("party_type", ColumnType::Word(PARTY_KINDS), "What the party is."),
        required("party_id", ColumnType::RefOf { column: "party_type", bounds: true }, "The party."),
        required("role", ColumnType::Word(ROLES), "As what it takes part."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("note", ColumnType::TEXT, "A remark."),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};

/// Rows of `agreement_outcomes.csv`.
pub const OUTCOME_SHAPE: Shape = Shape {
    kind: Kind::AgreementOutcome,
    file: "agreement_outcomes",
    table: "agreement_outcomes",
    description: "What came of an agreement, or is to.",
    key: &["agreement_id", "outcome_type", "outcome_id", "kind"],
    columns: &[
        required("agreement_id", bounding_reference(Kind::Agreement), "The agreement."),
        required("outcome_type", ColumnType::Word(&["alliance", "campus", "group", "school"]), "What came of it."),
        required("outcome_id", ColumnType::RefOf { column: "outcome_type", bounds: false }, "The noun."),
        required("kind", ColumnType::Word(OUTCOMES), "What the agreement does for it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        extra("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
