//! Education groups: a lead school and its members, under one name.

use std::collections::HashMap;

use crate::{
    district::District,
    fact::Validity,
    id::{Id, Kind},
    noun::{Head, noun},
    record::{ColumnType, Shape, extra, optional, required, to},
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

/// The lead seats of groups: each is taken by one school at a time.
#[derive(Debug, Default)]
pub struct LeadSeats(HashMap<String, Vec<Validity>>);

/// Why a school cannot lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("another school leads the group at the same time")]
pub struct LeadTaken;

impl LeadSeats {
    /// Takes a group's lead seat for a time.
    ///
    /// # Errors
    /// Another school leads the group on some day of that time.
    pub fn take(&mut self, group: &str, when: Validity) -> Result<(), LeadTaken> {
        let taken = self.0.entry(group.to_owned()).or_default();
        if taken.iter().any(|other| !other.meet(when).is_empty()) {
            return Err(LeadTaken);
        }
        taken.push(when);
        Ok(())
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
        optional("lead_school_id", to(Kind::School), "The school that leads it."),
        required("status", ColumnType::Word(GroupStatus::WORDS), "Whether it works already."),
        optional("reported_branches", ColumnType::Number, "The branches that the source counts."),
        optional("reported_sites", ColumnType::Number, "The sites that the source counts."),
        optional("reported_member_schools", ColumnType::Number, "The member schools that the source counts."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", to(Kind::District), "The district it belongs to."),
    ],
    dated: ("", ""),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::parse_day;

    #[test]
    fn one_school_leads_a_group_at_a_time() {
        let change = parse_day("2019-09-01").expect("a day");
        let before = Validity { to: change, ..Validity::ALWAYS };
        let after = Validity { from: change, ..Validity::ALWAYS };
        let mut seats = LeadSeats::default();
        assert_eq!(seats.take("willow", before), Ok(()));
        assert_eq!(seats.take("willow", after), Ok(()));
        assert_eq!(seats.take("willow", Validity::ALWAYS), Err(LeadTaken));
        assert_eq!(seats.take("oak", Validity::ALWAYS), Ok(()));
    }
}
