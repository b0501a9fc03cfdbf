//! Authorities: governments, commissions and committees.

use crate::{
    column::{ColumnType, bases, names, optional, required},
    id::Kind,
    noun::{Head, noun},
    record::Shape,
    text::vocabulary,
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
    } else Unknown
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
    } else Unknown
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
        names(),
        optional("level", ColumnType::Word(AuthorityLevel::WORDS), "The level it governs; blank where no source says."),
        optional("kind", ColumnType::Word(AuthorityKind::WORDS), "What it is; blank where no source says."),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
    ],
    dated: ("", ""),
    rules: &[],
};
