//! Schools: what one is, when it holds its place on the map, and how one follows another.

use chrono::NaiveDate;

use crate::{
    district::District,
    fact::ImpreciseDate,
    id::{Id, Kind},
    lifetime::{Phase, Span},
    noun::{Head, noun},
    record::{ColumnType, Shape, extra, optional, required, to, within},
    text::{NameBasis, vocabulary},
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
        /// Kindergarten.
        Kindergarten = "kindergarten",
        /// Primary school.
        Primary = "primary",
        /// Junior secondary school.
        Junior = "junior",
        /// Senior secondary school.
        Senior = "senior",
        /// Vocational secondary school.
        VocationalSecondary = "vocational_secondary",
        /// Special education.
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

impl School {
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
        /// The predecessor went into the successor.
        MergedInto = "merged_into",
        /// The predecessor goes on as the successor.
        Renamed = "renamed",
        /// The successor came out of the predecessor.
        SplitInto = "split_into",
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

/// What the successions say about one school's time on the map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuccessionDates {
    /// When the first of the schools that were renamed to it was.
    pub took_over: Option<ImpreciseDate>,
    /// When it gave way for the last time.
    pub gave_way: Option<ImpreciseDate>,
}

impl SuccessionDates {
    /// Takes note that the school followed another.
    pub fn follow(&mut self, kind: SuccessionKind, on: Option<&ImpreciseDate>) {
        let Some(first) = on.and_then(ImpreciseDate::first_day) else { return };
        let so_far = self.took_over.as_ref().and_then(ImpreciseDate::first_day);
        if kind == SuccessionKind::Renamed && so_far.is_none_or(|day| first < day) {
            self.took_over = on.cloned();
        }
    }

    /// Takes note that another school followed this one.
    pub fn precede(&mut self, kind: SuccessionKind, on: Option<&ImpreciseDate>) {
        let ends = !matches!(kind, SuccessionKind::ContributedCampusTo | SuccessionKind::SplitInto);
        let Some(last) = on.and_then(ImpreciseDate::last_day) else { return };
        let so_far = self.gave_way.as_ref().and_then(ImpreciseDate::last_day);
        if ends && so_far.is_none_or(|day| last > day) {
            self.gave_way = on.cloned();
        }
    }
}

/// When a school holds its place on the map.
///
/// A school that took over another's place by a renaming holds from then, whatever founding day it claims;
/// one that is recorded as renamed or merged held until then. Where no source dates the end, it stays open, and the status tells.
#[must_use]
pub fn existence(stated: Span, status: SchoolStatus, turns: &SuccessionDates) -> Span {
    let first = |date: &Option<ImpreciseDate>| date.as_ref().and_then(ImpreciseDate::first_day);
    let last = |date: &Option<ImpreciseDate>| date.as_ref().and_then(ImpreciseDate::last_day);
    let took_over = first(&turns.took_over).filter(|day| first(&stated.since).is_none_or(|since| since < *day));
    let gave_way = last(&turns.gave_way).filter(|day| last(&stated.until).is_none_or(|until| *day < until));
    Span {
        since: if took_over.is_some() { turns.took_over.clone() } else { stated.since },
        until: if gave_way.is_some() && status.is_past() { turns.gave_way.clone() } else { stated.until },
    }
}

/// The date, and its column, that a school's status cannot go with on a day; none where it can.
///
/// An imprecise date contradicts only if every day it can mean does.
#[must_use]
pub fn contradiction<'a>(
    status: SchoolStatus,
    opened: Option<&'a ImpreciseDate>,
    closed: Option<&'a ImpreciseDate>,
    today: NaiveDate,
) -> Option<(&'static str, &'a ImpreciseDate)> {
    let opened = opened.map(|date| ("opened_on", date));
    let closed = closed.map(|date| ("closed_on", date));
    let has_come = |date: &(&str, &ImpreciseDate)| date.1.last_day().is_some_and(|day| day <= today);
    let is_over = |date: &(&str, &ImpreciseDate)| date.1.last_day().is_some_and(|day| day < today);
    let is_ahead = |date: &(&str, &ImpreciseDate)| date.1.first_day().is_some_and(|day| day > today);
    match status {
        SchoolStatus::Open => closed.filter(is_over).or(opened.filter(is_ahead)),
        SchoolStatus::Planned => opened.filter(has_come).or(closed.filter(is_over)),
        past if past.is_past() => closed.filter(is_ahead),
        _ => None,
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
        optional("name_zh", ColumnType::Name, "The name in Chinese."),
        optional("name_en", ColumnType::Name, "The name in English."),
        optional("name_en_basis", ColumnType::Word(NameBasis::WORDS), "Why we believe the English name."),
        optional("ownership", ColumnType::Word(Ownership::WORDS), "Who runs it."),
        optional("ownership_source_id", ColumnType::CitedSource("ownership"), "The source that says who runs it."),
        optional("phases", ColumnType::Words(Stage::WORDS), "The stages it teaches."),
        optional("school_type", ColumnType::Word(SchoolType::WORDS), "How its stages are put together."),
        optional("school_type_source_id", ColumnType::CitedSource("school_type"), "The source that says so."),
        optional("status", ColumnType::Word(SchoolStatus::WORDS), "What became of it."),
        optional("junior_code_2025", ColumnType::Code, "Its code on the official list of junior schools of 2025."),
        optional("senior_code", ColumnType::Code, "Its code in the official plan of senior admissions."),
        optional("township_id", to(Kind::Township), "The township it stands in."),
        optional("opened_on", ColumnType::Date, "When it opened."),
        optional("closed_on", ColumnType::Date, "When it closed."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
        optional("note", ColumnType::Text, "A remark."),
        extra("district_id", to(Kind::District), "The district it belongs to."),
    ],
    dated: ("opened_on", "closed_on"),
};

/// Rows of `school_links.csv`.
pub const LINKS: Shape = Shape {
    kind: Kind::SchoolLink,
    file: "school_links",
    table: "school_links",
    description: "A tie between two schools.",
    key: &["school_id", "linked_school_id", "kind"],
    columns: &[
        required("school_id", within(Kind::School), "The branch."),
        required("linked_school_id", within(Kind::School), "The school it is a branch of."),
        required("kind", ColumnType::Word(SchoolLinkKind::WORDS), "What the first is to the second."),
        required("basis", ColumnType::Word(SchoolLinkBasis::WORDS), "Why we believe it."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("note", ColumnType::Text, "A remark."),
    ],
    dated: ("", ""),
};

/// Rows of `school_successions.csv`. A succession holds from its day on: history does not end.
pub const SUCCESSIONS: Shape = Shape {
    kind: Kind::Succession,
    file: "school_successions",
    table: "successions",
    description: "One school following another.",
    key: &["predecessor_id", "successor_id", "kind"],
    columns: &[
        required("predecessor_id", to(Kind::School), "The school before."),
        required("successor_id", to(Kind::School), "The school after."),
        required("kind", ColumnType::Word(SuccessionKind::WORDS), "What happened."),
        optional("effective_on", ColumnType::Date, "When."),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        optional("confidence", ColumnType::CitedConfidence(""), "How sure it is."),
    ],
    dated: ("effective_on", ""),
};

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(text: &str) -> Option<ImpreciseDate> {
        ImpreciseDate::parse(text).ok()
    }

    fn day(text: &str) -> Option<NaiveDate> {
        crate::fact::parse_day(text).ok()
    }

    #[test]
    fn a_renamed_school_holds_until_its_renaming_and_its_successor_from_then() {
        let (mut before, mut after) = (SuccessionDates::default(), SuccessionDates::default());
        before.precede(SuccessionKind::Renamed, dated("2019-04").as_ref());
        after.follow(SuccessionKind::Renamed, dated("2019-04").as_ref());
        let old = existence(Span::default(), SchoolStatus::Renamed, &before).validity();
        let founded = Span { since: dated("1956"), until: None };
        let new = existence(founded, SchoolStatus::Open, &after);
        assert_eq!(new.since, dated("2019-04"), "as precise as its source");
        let new = new.validity();
        assert_eq!((old.since(), old.until()), (None, day("2019-04-30")));
        assert_eq!(new.since(), day("2019-04-01"));
    }

    #[test]
    fn a_school_that_only_gave_a_campus_goes_on() {
        let mut turns = SuccessionDates::default();
        turns.precede(SuccessionKind::ContributedCampusTo, dated("2018-06-21").as_ref());
        assert_eq!(existence(Span::default(), SchoolStatus::Open, &turns), Span::default());
    }

    #[test]
    fn an_end_that_no_source_dates_stays_open() {
        let mut turns = SuccessionDates::default();
        turns.precede(SuccessionKind::Renamed, dated("10-13 (year not shown)").as_ref());
        assert_eq!(existence(Span::default(), SchoolStatus::Renamed, &turns), Span::default());
    }
}
