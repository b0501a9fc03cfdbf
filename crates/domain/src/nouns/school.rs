//! Schools: what one is, when it holds its place on the map, and how one follows another.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::{
    column::{ColumnType, bases, bounding_reference, extra, names, optional, reference, required},
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    lifetime::Phase,
    location::{self, Location},
    noun::{Head, noun},
    project,
    record::Shape,
    rule::Rule,
    text::vocabulary,
    township::Township,
};

/// A school, under the name it bears.
///
/// A school that is renamed or merged gives way to another entry, and the two are tied by a [`Succession`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    /// What it shares with all nouns.
    pub head: Head,
    /// Who runs it.
    pub ownership: Ownership,
    /// The stages it teaches; none where no source says.
    pub stages: Vec<Stage>,
    /// How its stages are put together.
    pub school_type: SchoolType,
    /// Its status as last recorded; [`School::status_on`] says what it was on a day.
    pub status: SchoolStatus,
    /// Its code on the official list of junior schools of 2025.
    pub junior_code: Option<String>,
    /// Its code in the official plan of senior admissions.
    pub senior_code: Option<String>,
    /// The township it stands in.
    pub township: Option<Id<Township>>,
    /// The district it belongs to.
    pub district: Option<Id<District>>,
    /// When it opened.
    pub opened_on: Option<ImpreciseDate>,
    /// When it closed.
    pub closed_on: Option<ImpreciseDate>,
    /// A remark.
    pub note: Option<String>,
    /// Whether it has boarders.
    pub boarding: Option<bool>,
    /// Where it stands.
    pub location: Option<Location>,
}
noun!(School);

vocabulary! {
    /// Who runs a school.
    Ownership {
        /// The public.
        Public = "public",
        /// A private body.
        Private = "private",
    } else Unknown
}

vocabulary! {
    /// A stage of schooling.
    Stage {
        /// Kindergarten: ISCED level 0.
        Kindergarten = "kindergarten",
        /// Primary school: ISCED level 1.
        Primary = "primary",
        /// Junior secondary school: ISCED level 2.
        Junior = "junior",
        /// Senior secondary school: ISCED level 3.
        Senior = "senior",
        /// Vocational secondary school, after junior secondary: ISCED level 3.
        VocationalSecondary = "vocational_secondary",
        /// Special education; it has no ISCED level of its own, since ISCED goes by programme.
        Special = "special",
    }
}

vocabulary! {
    /// How the stages of a school are put together.
    SchoolType {
        /// Kindergarten only.
        Kindergarten = "kindergarten",
        /// Primary only.
        Primary = "primary",
        /// Junior only.
        JuniorHigh = "junior_high",
        /// Senior only.
        SeniorHigh = "senior_high",
        /// Junior and senior.
        CompleteSecondary = "complete_secondary",
        /// A secondary school of general education, its stages not stated.
        RegularSecondary = "regular_secondary",
        /// Primary and junior.
        NineYear = "nine_year",
        /// Primary, junior and senior.
        TwelveYear = "twelve_year",
        /// Vocational.
        Vocational = "vocational",
        /// Special education.
        Special = "special",
    } else Unknown
}

vocabulary! {
    /// What became of a school.
    SchoolStatus {
        /// It is open.
        Open = "open",
        /// It is planned.
        Planned = "planned",
        /// It goes on under another name, as another entry.
        Renamed = "renamed",
        /// It went into another school.
        Merged = "merged",
        /// It closed.
        Closed = "closed",
    } else Unknown
}

impl SchoolStatus {
    /// Whether the entry has given way to another, or to none.
    #[must_use]
    pub const fn is_past(self) -> bool {
        matches!(self, SchoolStatus::Renamed | SchoolStatus::Merged | SchoolStatus::Closed)
    }
}

/// The words of the statuses that are past.
pub(crate) const PAST: &[&str] =
    &[SchoolStatus::Renamed.word(), SchoolStatus::Merged.word(), SchoolStatus::Closed.word()];

impl Stage {
    /// Its level in ISCED 2011; `None` for special education, which ISCED places by programme.
    #[must_use]
    pub const fn isced_level(self) -> Option<u8> {
        match self {
            Stage::Kindergarten => Some(0),
            Stage::Primary => Some(1),
            Stage::Junior => Some(2),
            Stage::Senior | Stage::VocationalSecondary => Some(3),
            Stage::Special => None,
        }
    }
}

impl School {
    /// The levels of ISCED 2011 of its stages, lowest first, each once.
    #[must_use]
    pub fn isced_levels(&self) -> Vec<u8> {
        let levels: BTreeSet<u8> = self.stages.iter().filter_map(|stage| stage.isced_level()).collect();
        levels.into_iter().collect()
    }

    /// The status on a day. Where dates are stated it follows from them: planned before the opening, open from then on,
    /// closed after the end; one that gave way on a known day was open until then. Where none are, it is as recorded.
    #[must_use]
    pub fn status_on(&self, day: NaiveDate) -> SchoolStatus {
        let time = &self.head.time;
        match (time.phase_on(day), self.status) {
            (Phase::BeforeKnown, _) => SchoolStatus::Unknown,
            (Phase::Planned, _) => SchoolStatus::Planned,
            (Phase::Over, status) if !status.is_past() => SchoolStatus::Closed,
            (Phase::OnMap, status) if status.is_past() && time.is_end_dated() => SchoolStatus::Open,
            (Phase::OnMap, SchoolStatus::Planned | SchoolStatus::Unknown) if time.stated.is_begin_dated() => {
                SchoolStatus::Open
            }
            (Phase::OnMap | Phase::Over, status) => status,
        }
    }
}

/// One school following another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// Its identity.
    pub id: i64,
    /// What happened.
    pub kind: SuccessionKind,
    /// When.
    pub effective_on: Option<ImpreciseDate>,
    /// How many successions lie between the two schools of the chain, from 1.
    pub steps: i64,
}

vocabulary! {
    /// How one school follows another.
    SuccessionKind {
        /// The successor was founded upon the predecessor.
        BaseOf = "base_of",
        /// The predecessor became a campus of the successor.
        BecameCampusOf = "became_campus_of",
        /// The predecessor gave a campus to the successor, and goes on.
        ContributedCampusTo = "contributed_campus_to",
        /// The predecessor goes on as the successor, under another legal form.
        Converted = "converted",
        /// The predecessor went into the successor.
        MergedInto = "merged_into",
        /// The predecessor goes on as the successor.
        Renamed = "renamed",
        /// The successor came out of the predecessor.
        SplitInto = "split_into",
    }
}

impl SuccessionKind {
    /// Whether the predecessor has become the successor, or a part of it is one: it was more than its base.
    #[must_use]
    pub fn is_continued(self) -> bool {
        !matches!(self, SuccessionKind::BaseOf | SuccessionKind::ContributedCampusTo)
    }
}

/// A tie between two schools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolLink {
    /// Its identity.
    pub id: i64,
    /// What the first is to the second.
    pub kind: SchoolLinkKind,
    /// Why we believe it.
    pub basis: SchoolLinkBasis,
    /// A remark.
    pub note: Option<String>,
    /// Since when.
    pub since: Option<ImpreciseDate>,
    /// Until when.
    pub until: Option<ImpreciseDate>,
}

vocabulary! {
    /// What one school is to another.
    SchoolLinkKind {
        /// It is a branch of it.
        BranchOf = "branch_of",
        /// It is guided by it.
        GuidedBy = "guided_by",
    }
}

vocabulary! {
    /// Why we believe a tie between schools.
    SchoolLinkBasis {
        /// Only the name says so; no legal tie is claimed.
        Name = "name",
        /// A source states it.
        Source = "source",
    }
}

/// A code of a noun in some register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The register.
    pub scheme: &'static str,
    /// The code: text, since codes may begin with 0.
    pub value: String,
}

impl School {
    /// The codes on record, by register.
    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        [("junior_code_2025", &self.junior_code), ("senior_code", &self.senior_code)]
            .into_iter()
            .filter_map(|(scheme, code)| code.clone().map(|value| Code { scheme, value }))
            .collect()
    }
}

/// Rows of `schools.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::School,
    file: "schools",
    table: "schools",
    description: "A school, under the name it bears.",
    key: &["school_id"],
    columns: &[
        required("school_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("ownership", ColumnType::Word(Ownership::WORDS), "Who runs it."),
        optional("ownership_source_id", ColumnType::CitedSource("ownership"), "The source that says who runs it."),
        optional("phases", ColumnType::Words(Stage::WORDS), "The stages it teaches."),
        optional("school_type", ColumnType::Word(SchoolType::WORDS), "How its stages are put together."),
        optional("school_type_source_id", ColumnType::CitedSource("school_type"), "The source that says so."),
        optional("status", ColumnType::Word(SchoolStatus::WORDS), "What became of it."),
        optional("junior_code_2025", ColumnType::CODE, "Its code on the official list of junior schools of 2025."),
        optional("senior_code", ColumnType::CODE, "Its code in the official plan of senior admissions."),
        optional("township_id", reference(Kind::Township), "The township it stands in."),
        optional("opened_on", ColumnType::DATE, "When it opened."),
        optional("closed_on", ColumnType::DATE, "When it closed."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
        optional("note", ColumnType::TEXT, "A remark."),
        extra("district_id", reference(Kind::District), "The district it belongs to."),
        extra("boarding", ColumnType::BOOLEAN, "Whether it has boarders; blank where no source says."),
        location::LATITUDE,
        location::LONGITUDE,
        location::PRECISION,
        location::SOURCE,
        location::CONFIDENCE,
    ],
    dated: ("opened_on", "closed_on"),
    rules: &[
        Rule::Planned { status: "status", word: SchoolStatus::Planned.word() },
        Rule::OpenedBy { by: &project::SHAPE, blank_status: None },
        Rule::StatusFitsDates {
            status: "status",
            planned: &[SchoolStatus::Planned.word()],
            current: &[SchoolStatus::Open.word()],
            past: PAST,
        },
        Rule::DatedBySuccessions { by: &SUCCESSIONS, status: "status", past: PAST },
        location::RULE,
    ],
};

/// Rows of `school_links.csv`.
pub const LINKS: Shape = Shape {
    kind: Kind::SchoolLink,
    file: "school_links",
    table: "school_links",
    description: "A tie between two schools.",
    key: &["school_id", "linked_school_id", "kind"],
    columns: &[
        required("school_id", bounding_reference(Kind::School), "The branch."),
        required("linked_school_id", bounding_reference(Kind::School), "The school it is a branch of."),
        required("kind", ColumnType::Word(SchoolLinkKind::WORDS), "What the first is to the second."),
        required("basis", ColumnType::Word(SchoolLinkBasis::WORDS), "Why we believe it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("note", ColumnType::TEXT, "A remark."),
        extra("since", ColumnType::DATE, "Since when."),
        extra("until", ColumnType::DATE, "Until when."),
    ],
    dated: ("since", "until"),
    rules: &[Rule::Different { first: "school_id", second: "linked_school_id" }],
};

/// Rows of `school_successions.csv`. A succession holds from its day on: history does not end.
pub const SUCCESSIONS: Shape = Shape {
    kind: Kind::Succession,
    file: "school_successions",
    table: "successions",
    description: "One school following another.",
    key: &["predecessor_id", "successor_id", "kind"],
    columns: &[
        required("predecessor_id", reference(Kind::School), "The school before."),
        required("successor_id", reference(Kind::School), "The school after."),
        required("kind", ColumnType::Word(SuccessionKind::WORDS), "What happened."),
        optional("effective_on", ColumnType::DATE, "When."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
    ],
    dated: ("effective_on", ""),
    rules: &[
        Rule::Different { first: "predecessor_id", second: "successor_id" },
        Rule::Succession {
            predecessor: "predecessor_id",
            successor: "successor_id",
            kind: "kind",
            date: "effective_on",
            begins: &[SuccessionKind::Converted.word(), SuccessionKind::Renamed.word()],
            // A school that gave a campus away, or out of which another came, goes on.
            ends: &[
                SuccessionKind::BaseOf.word(),
                SuccessionKind::BecameCampusOf.word(),
                SuccessionKind::Converted.word(),
                SuccessionKind::MergedInto.word(),
                SuccessionKind::Renamed.word(),
            ],
        },
    ],
};
