//! Findings: what on the map is doubtful, each found by one rule, with why it matters and how it is mended.

use crate::text::vocabulary;

vocabulary! {
    /// How much a finding matters.
    FindingSeverity {
        /// It cannot be true as it is recorded.
        Error = "error",
        /// It may well be wrong, or nobody can check it.
        Warning = "warning",
        /// It could be better.
        Note = "note",
    }
}

vocabulary! {
    /// A rule by which something on the map is doubtful.
    FindingRule {
        /// Schools that have given way to another, by a chain of successions that ends where it began.
        CircleOfSuccessions = "circle_of_successions",
        /// Dates of one record that cross: a project that opened before it was started, or a statement that its source reports before it was made.
        DatesCross = "dates_cross",
        /// A total that is not the sum of its parts, though the record says that they add up: places at senior schools.
        FigureContradictsParts = "figure_contradicts_parts",
        /// A group whose own record names a lead that is no member of it on the day.
        LeadNotMember = "lead_not_member",
        /// A row that no source states as a whole, but for names that are common knowledge.
        NoSource = "no_source",
        /// A school that is a member of two groups on the same day.
        OverlappingMemberships = "overlapping_memberships",
        /// A source that is cited without its words, in a file that has a column for them.
        QuoteMissing = "quote_missing",
        /// Two schools of one name in one township on the same day.
        SameNameInTownship = "same_name_in_township",
        /// A source that was published more than ten years before the day.
        SourceOld = "source_old",
        /// A source that contradicts what is recorded of another source.
        SourcesDisagree = "sources_disagree",
    }
}

impl FindingRule {
    /// How much what it finds matters.
    #[must_use]
    pub const fn severity(self) -> FindingSeverity {
        use FindingRule as Rule;
        match self {
            Rule::CircleOfSuccessions | Rule::DatesCross | Rule::FigureContradictsParts | Rule::LeadNotMember => {
                FindingSeverity::Error
            }
            Rule::NoSource | Rule::OverlappingMemberships | Rule::SameNameInTownship | Rule::SourcesDisagree => {
                FindingSeverity::Warning
            }
            Rule::QuoteMissing | Rule::SourceOld => FindingSeverity::Note,
        }
    }

    /// Why it matters.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        use FindingRule as Rule;
        match self {
            Rule::CircleOfSuccessions => {
                "A school cannot become what has become itself: whoever asks what a school is today walks in a circle. One of \
                 the successions has its ends the wrong way round, or names the wrong school."
            }
            Rule::DatesCross => {
                "One of the two dates is wrong, or they stand in each other's column. Everything that is asked of a day between \
                 them is answered wrongly."
            }
            Rule::FigureContradictsParts => {
                "The record says that the places school by school add up to the total, and they do not: a part is missing, is \
                 counted twice, or was read wrongly."
            }
            Rule::LeadNotMember => {
                "Who leads a group belongs to it. Lists of its members lack the school, and counts of schools in groups with it."
            }
            Rule::NoSource => {
                "Nobody can check what no source states. Each fact of the map is to name where it was read."
            }
            Rule::OverlappingMemberships => {
                "A school may be in two groups, but more often one of the memberships has ended and no source was recorded that \
                 says so. Counts of the groups' schools then count it twice."
            }
            Rule::QuoteMissing => {
                "Without its words a reader has to search the whole source for what it is said to state, and a misreading stays \
                 unseen."
            }
            Rule::SameNameInTownship => {
                "Two records may be of one school, or one of them has a name that it no longer bears."
            }
            Rule::SourceOld => {
                "What a source of that age states may have changed without anybody noticing: the map shows it as it was said then."
            }
            Rule::SourcesDisagree => {
                "At most one of the two is right of the day. Both stay on record; which of them the map shows is a decision."
            }
        }
    }

    /// How it is mended.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        use FindingRule as Rule;
        match self {
            Rule::CircleOfSuccessions => {
                "Correct or remove the row of `school_successions.csv` that closes the circle."
            }
            Rule::DatesCross => "Read both dates in their sources, and correct the row.",
            Rule::FigureContradictsParts => {
                "Compare the rows of `quota_allocations.csv` with the source. If not all parts are known, say so: \
                 `breakdown_checked` is `false` or blank."
            }
            Rule::LeadNotMember => {
                "Add the membership with the role `lead` to `group_memberships.csv`, or correct `lead_school_id` of the group."
            }
            Rule::NoSource => "Name the source in `source_id`, with its words in `quote`, or remove the row.",
            Rule::OverlappingMemberships => {
                "Give the membership that has ended its `left_on`. If the school is in both, waive the finding with that reason."
            }
            Rule::QuoteMissing => "Add the words to `quote`, at most as many as are needed to find the place.",
            Rule::SameNameInTownship => {
                "Merge the two rows, or give one of them the name by which it is told from the other. If both bear the name, \
                 waive the finding."
            }
            Rule::SourceOld => {
                "Look for a later source that states the same, and add it as evidence; or waive the finding."
            }
            Rule::SourcesDisagree => {
                "Find out which is right, and correct the row or the evidence; if it stays open, waive the finding until it is \
                 looked at again."
            }
        }
    }

    /// What is said of one that was found. `value` is what the rule tells of it.
    #[must_use]
    pub fn message(self, value: Option<&str>) -> String {
        use FindingRule as Rule;
        let value = value.unwrap_or_default();
        match self {
            Rule::CircleOfSuccessions => "its successions lead back to itself".to_owned(),
            Rule::DatesCross => format!("its dates cross: {value}"),
            Rule::FigureContradictsParts => format!("its total is not the sum of its parts: {value}"),
            Rule::LeadNotMember => "its lead is no member of it".to_owned(),
            Rule::NoSource => format!("a row of {value}.csv names no source"),
            Rule::OverlappingMemberships => "it is a member of two groups on the same day".to_owned(),
            Rule::QuoteMissing if value == "1" => "it is cited once without its words".to_owned(),
            Rule::QuoteMissing => format!("it is cited {value} times without its words"),
            Rule::SameNameInTownship => "another school of its township has the same name".to_owned(),
            Rule::SourceOld => format!("it was published on {value}, more than ten years before"),
            Rule::SourcesDisagree => format!("a source says otherwise: {value}"),
        }
    }
}

/// What is doubtful on the map: a rule has found it at a noun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The fact that is doubtful: the noun's own, or a tie's.
    pub fact: i64,
    /// The rule.
    pub rule: FindingRule,
    /// The field, by its column in the data set; none where it is the whole.
    pub field: Option<String>,
    /// What the rule tells of it.
    pub value: Option<String>,
    /// The other noun that has a part in it.
    pub other: Option<crate::id::AnyId>,
    /// Why it is left as it is, if somebody has said so.
    pub waiver: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{FindingRule, FindingSeverity};
    use crate::text::Vocabulary;

    #[test]
    fn every_rule_says_why_and_how_to_mend_it() {
        for rule in FindingRule::VALUES {
            let rule = rule.value;
            for text in [rule.reason(), rule.remedy()] {
                assert!(text.ends_with('.') && text.len() > 40, "{rule:?}: {text}");
            }
            assert!(!rule.message(Some("x")).is_empty());
            assert!(FindingSeverity::WORDS.contains(&rule.severity().word()));
        }
    }
}
