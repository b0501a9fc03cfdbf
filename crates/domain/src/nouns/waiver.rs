//! Waivers: which findings are left as they are, why, and until when.

use crate::{
    column::{ColumnType, optional, required},
    finding::FindingRule,
    id::Kind,
    record::Shape,
};

/// Rows of `waivers.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Waiver,
    file: "waivers",
    table: "waivers",
    description: "That what a rule finds at a noun is left as it is.",
    key: &["rule", "subject_type", "subject_id"],
    columns: &[
        required("rule", ColumnType::Word(FindingRule::WORDS), "The rule, such as `lead_not_member`."),
        required("subject_type", ColumnType::Word(super::SUBJECTS), "What the noun is."),
        required("subject_id", ColumnType::RefOf { column: "subject_type", bounds: false }, "The noun."),
        required("reason", ColumnType::TEXT, "Why it is left as it is."),
        optional("since", ColumnType::DATE, "Since when."),
        optional("until", ColumnType::DATE, "Until when; it is found again from then on."),
    ],
    dated: ("since", "until"),
    rules: &[],
};
