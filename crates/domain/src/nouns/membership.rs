//! Memberships: a school's place in a group, and its story.

use crate::{
    category::Category,
    column::{ColumnType, bounding_reference, extra, optional, required},
    fact::ImpreciseDate,
    id::{Id, Kind},
    record::Shape,
    rule::Rule,
    text::vocabulary,
    turn::Turn,
};

/// A school's place in a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its identity.
    pub id: i64,
    /// As what.
    pub role: MembershipRole,
    /// When the school joined.
    pub joined_on: Option<ImpreciseDate>,
    /// When the school left.
    pub left_on: Option<ImpreciseDate>,
    /// The time for which the source states it.
    pub as_of: Option<ImpreciseDate>,
    /// The categories that its row puts it into.
    pub categories: Vec<Id<Category>>,
    /// When it holds, and on which of these days it is certain to.
    pub turn: Turn,
}

vocabulary! {
    /// As what a school belongs to a group.
    MembershipRole {
        /// It leads the group.
        Lead = "lead",
        /// It is a member.
        Member = "member",
        /// It is a branch that a famous school set up.
        Branch = "branch",
        /// It bears the group's name beside its own.
        CoBranded = "co_branded",
        /// A strong school of the group guides it.
        Guided = "guided",
    }
}

/// Rows of `group_memberships.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Membership,
    file: "group_memberships",
    table: "memberships",
    description: "A school's place in a group.",
    key: &["group_id", "school_id", "role", "joined_on"],
    columns: &[
        required("group_id", bounding_reference(Kind::Group), "The group."),
        required("school_id", bounding_reference(Kind::School), "The school."),
        required("role", ColumnType::Word(MembershipRole::WORDS), "As what."),
        optional("joined_on", ColumnType::DATE, "When the school joined."),
        optional("left_on", ColumnType::DATE, "When the school left."),
        optional("as_of", ColumnType::DATE, "The time for which the source states it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
        extra("category_ids", ColumnType::Refs(Kind::Category), "The categories that this membership is in."),
    ],
    dated: ("joined_on", "left_on"),
    rules: &[
        Rule::OneAtATime {
            column: "role",
            word: MembershipRole::Lead.word(),
            per: "group_id",
            kind: "second_lead",
            problem: "another school leads the group at the same time",
        },
        Rule::StatedAsOf("as_of"),
    ],
};
