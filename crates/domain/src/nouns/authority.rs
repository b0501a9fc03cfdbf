//! Authorities: governments, commissions and committees.

use crate::{
    column::{ColumnType, optional, required},
    id::Kind,
    noun::{Head, noun},
    record::Shape,
    text::{NameBasis, vocabulary},
};

/// A government, commission or committee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// What it shares with all nouns.
    pub head: Head,
    /// The level it governs.
    pub level: AuthorityLevel,
    /// What it is.
    pub kind: AuthorityKind,
}
noun!(Authority);

vocabulary! {
    /// The level an authority governs.
    AuthorityLevel {
        /// The nation.
        Nation = "nation",
        /// A municipality or a province.
        Municipality = "municipality",
        /// A district.
        District = "district",
        /// A town.
        Town = "town",
    }
}

vocabulary! {
    /// What an authority is.
    AuthorityKind {
        /// A committee of the people's political consultative conference.
        ConsultativeConference = "consultative_conference",
        /// A commission or bureau of education.
        EducationAuthority = "education_authority",
        /// A board of examinations.
        ExaminationAuthority = "examination_authority",
        /// A government.
        Government = "government",
        /// A party committee.
        PartyCommittee = "party_committee",
    }
}

/// Rows of `authorities.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Authority,
    file: "authorities",
    table: "authorities",
    description: "A government, commission or committee.",
    key: &["authority_id"],
    columns: &[
        required("authority_id", ColumnType::Slug, "The slug."),
        optional("name_zh", ColumnType::Name, "The name in Chinese."),
        optional("name_en", ColumnType::Name, "The name in English."),
        required("level", ColumnType::Word(AuthorityLevel::WORDS), "The level it governs."),
        required("kind", ColumnType::Word(AuthorityKind::WORDS), "What it is."),
        optional("name_en_basis", ColumnType::Word(NameBasis::WORDS), "Why we believe the English name."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
