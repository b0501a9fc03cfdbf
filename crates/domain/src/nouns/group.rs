//! Education groups: a lead school and its members, under one name.

use chrono::NaiveDate;

use crate::{
    column::{ColumnType, bases, extra, names, optional, reference, required},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    noun::{Head, noun},
    record::Shape,
    rule::Rule,
    school::School,
    text::vocabulary,
};

/// An education group: one body of a lead school and its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What it shares with all nouns.
    pub head: Head,
    /// The school that leads it.
    pub lead_school: Option<Id<School>>,
    /// Its status as last recorded; [`Group::status_on`] says what it was on a day.
    pub status: GroupStatus,
    /// When it was established.
    pub established_on: Option<ImpreciseDate>,
    /// When it was dissolved.
    pub dissolved_on: Option<ImpreciseDate>,
    /// What sources count: branches.
    pub reported_branches: Option<u32>,
    /// What sources count: sites.
    pub reported_sites: Option<u32>,
    /// What sources count: member schools.
    pub reported_member_schools: Option<u32>,
    /// The district it belongs to.
    pub district: Option<Id<District>>,
}
noun!(Group);

impl Group {
    /// The status on a day; where its beginning and its end are stated it follows from them.
    #[must_use]
    pub fn status_on(&self, day: NaiveDate) -> GroupStatus {
        use GroupStatus::{Dissolved, Operating, Planned};
        self.head.time.status_on(day, self.status, [Planned, Operating, Dissolved])
    }
}

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
        names(),
        bases("name_basis"),
        optional("lead_school_id", reference(Kind::School), "The school that leads it."),
        required("status", ColumnType::Word(GroupStatus::WORDS), "Whether it works already."),
        optional("reported_branches", ColumnType::NUMBER, "The branches that the source counts."),
        optional("reported_sites", ColumnType::NUMBER, "The sites that the source counts."),
        optional("reported_member_schools", ColumnType::NUMBER, "The member schools that the source counts."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it belongs to."),
        extra("established_on", ColumnType::DATE, "When it was established."),
        extra("dissolved_on", ColumnType::DATE, "When it was dissolved."),
    ],
    dated: ("established_on", "dissolved_on"),
    rules: &[
        Rule::Planned { status: "status", word: GroupStatus::Planned.word() },
        Rule::StatusFitsDates {
            status: "status",
            planned: &[GroupStatus::Planned.word()],
            current: &[GroupStatus::Operating.word()],
            past: &[GroupStatus::Dissolved.word()],
        },
    ],
};
