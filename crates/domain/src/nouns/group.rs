//! Education groups: a lead school and its members, under one name.

use crate::{
    column::{ColumnType, extra, optional, reference, required},
    district::District,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    rule::Rule,
    school::School,
    text::{NameBasis, vocabulary},
};

/// An education group: one body of a lead school and its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What it shares with all nouns.
    pub head: Head,
    /// The school that leads it.
    pub lead_school: Option<Id<School>>,
    /// Whether it works already.
    pub status: GroupStatus,
    /// What sources count: branches.
    pub reported_branches: Option<i64>,
    /// What sources count: sites.
    pub reported_sites: Option<i64>,
    /// What sources count: member schools.
    pub reported_member_schools: Option<i64>,
    /// The district it belongs to.
    pub district: Option<Id<District>>,
}
noun!(Group);

vocabulary! {
    /// Whether a group works already.
    GroupStatus {
        /// It works.
        Operating = "operating",
        /// It is to be founded.
        Planned = "planned",
        /// It works no longer.
        Dissolved = "dissolved",
    }
}

/// Rows of `groups.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Group,
    file: "groups",
    table: "groups",
    description: "An education group.",
    key: &["group_id"],
    columns: &[
        required("group_id", ColumnType::Slug, "The slug."),
        optional("name_zh", ColumnType::Name, "The name in Chinese."),
        optional("name_en", ColumnType::Name, "The name in English."),
        optional("name_en_basis", ColumnType::Word(NameBasis::WORDS), "Why we believe the English name."),
        optional("name_zh_basis", ColumnType::Word(NameBasis::WORDS), "Why we believe the Chinese name."),
        optional("lead_school_id", reference(Kind::School), "The school that leads it."),
        required("status", ColumnType::Word(GroupStatus::WORDS), "Whether it works already."),
        optional("reported_branches", ColumnType::NUMBER, "The branches that the source counts."),
        optional("reported_sites", ColumnType::NUMBER, "The sites that the source counts."),
        optional("reported_member_schools", ColumnType::NUMBER, "The member schools that the source counts."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it belongs to."),
    ],
    dated: ("", ""),
    rules: &[Rule::Planned { status: "status", word: GroupStatus::Planned.word() }],
};
