//! When a fact holds, and since when we know it: dates as precise as their source, intervals, views.

use std::fmt;

use chrono::{Datelike, NaiveDate};

use crate::{scenario::ScenarioId, text::vocabulary};

/// A date as precise as its source: "in 2025" stays "in 2025".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImpreciseDate {
    text: String,
    when: When,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum When {
    Year(i32),
    Month(i32, u32),
    Day(NaiveDate),
    DayWithoutYear,
}

vocabulary! {
    /// How much of a date its source states.
    DatePrecision {
        /// Only the year.
        Year = "year",
        /// The year and the month.
        Month = "month",
        /// The day.
        Day = "day",
        /// The month and the day, but not the year.
        DayWithoutYear = "day_without_year",
    }
}

impl ImpreciseDate {
    /// Reads `2025`, `2025-09`, `2025-09-01` or, where the year is not shown, `12-23`;
    /// a remark in brackets may follow, as in `12-23 (year not shown)` or `2023-12 (end)`, and is kept.
    ///
    /// # Errors
    /// The text has none of these forms, or names a day that no calendar has.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let wrong = || DateError(text.chars().take(40).collect());
        let date = match text.split_once(" (") {
            Some((date, remark)) if remark.ends_with(')') => date,
            Some(_) => return Err(wrong()),
            None => text,
        };
        let digits = |part: &str, width: usize| -> Option<u32> {
            (part.len() == width && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
        };
        let year = |part: &str| digits(part, 4).filter(|year| *year > 0).and_then(|year| i32::try_from(year).ok());
        let parts: Vec<&str> = date.split('-').collect();
        let when = match parts[..] {
            [y] => year(y).map(When::Year),
            [m, d] if m.len() == 2 => digits(m, 2)
                .zip(digits(d, 2))
                .filter(|(m, d)| NaiveDate::from_ymd_opt(2000, *m, *d).is_some())
                .map(|_| When::DayWithoutYear),
            [y, m] => year(y)
                .zip(digits(m, 2))
                .filter(|(y, m)| NaiveDate::from_ymd_opt(*y, *m, 1).is_some())
                .map(|(y, m)| When::Month(y, m)),
            [y, m, d] => year(y)
                .zip(digits(m, 2))
                .zip(digits(d, 2))
                .and_then(|((y, m), d)| NaiveDate::from_ymd_opt(y, m, d))
                .map(When::Day),
            _ => None,
        };
        Ok(ImpreciseDate { text: text.to_owned(), when: when.ok_or_else(wrong)? })
    }

    /// The date as the data set writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How much the source states.
    #[must_use]
    pub fn precision(&self) -> DatePrecision {
        match self.when {
            When::Year(_) => DatePrecision::Year,
            When::Month(..) => DatePrecision::Month,
            When::Day(_) => DatePrecision::Day,
            When::DayWithoutYear => DatePrecision::DayWithoutYear,
        }
    }

    /// The first day it can mean; none where the year is not known.
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        match self.when {
            When::Year(y) => NaiveDate::from_ymd_opt(y, 1, 1),
            When::Month(y, m) => NaiveDate::from_ymd_opt(y, m, 1),
            When::Day(day) => Some(day),
            When::DayWithoutYear => None,
        }
    }

    /// The last day it can mean; none where the year is not known.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        match self.when {
            When::Year(y) => NaiveDate::from_ymd_opt(y, 12, 31),
            When::Month(y, m) => {
                let (y, m) = if m == 12 { (y + 1, 1) } else { (y, m + 1) };
                NaiveDate::from_ymd_opt(y, m, 1)?.pred_opt()
            }
            When::Day(day) => Some(day),
            When::DayWithoutYear => None,
        }
    }
}

impl fmt::Display for ImpreciseDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date: write YYYY, YYYY-MM or YYYY-MM-DD, or MM-DD where the year is not shown")]
pub struct DateError(String);

/// Reads a full day, `YYYY-MM-DD`.
///
/// # Errors
/// The text is no day of the calendar in that form.
pub fn parse_day(text: &str) -> Result<NaiveDate, DayError> {
    match ImpreciseDate::parse(text).map(|date| date.when) {
        Ok(When::Day(day)) if text.len() == 10 => Ok(day),
        _ => Err(DayError(text.chars().take(40).collect())),
    }
}

/// Why a text is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a day of the calendar: write YYYY-MM-DD, for example 2024-09-22")]
pub struct DayError(String);

/// When a fact holds: from the first day to the day after the last, each end possibly open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    /// The first day; [`Validity::OPEN_START`] if it is not known or there is none.
    pub from: NaiveDate,
    /// The day after the last; [`Validity::OPEN_END`] if it is not known or there is none.
    pub to: NaiveDate,
}

impl Validity {
    /// Stands for "since ever, or since an unknown day": 0001-01-01.
    pub const OPEN_START: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
        Some(day) => day,
        None => NaiveDate::MIN,
    };
    /// Stands for "until further notice": 9999-12-31.
    pub const OPEN_END: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
        Some(day) => day,
        None => NaiveDate::MAX,
    };
    /// Stands for "not yet, and no source states from when on": 9999-12-30, the last day on which anything can hold.
    pub const NOT_YET: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 30) {
        Some(day) => day,
        None => NaiveDate::MAX,
    };
    /// Holds on every day.
    pub const ALWAYS: Validity = Validity { from: Self::OPEN_START, to: Self::OPEN_END };

    /// From a start to an end, each possibly imprecise or not stated.
    ///
    /// An imprecise start counts from its first day, an imprecise end to its last; a date without a year leaves its end open.
    #[must_use]
    pub fn between(start: Option<&ImpreciseDate>, end: Option<&ImpreciseDate>) -> Self {
        Validity {
            from: start.and_then(ImpreciseDate::first_day).unwrap_or(Self::OPEN_START),
            to: end
                .and_then(ImpreciseDate::last_day)
                .and_then(|day| day.succ_opt())
                .map_or(Self::OPEN_END, |day| day.min(Self::OPEN_END)),
        }
    }

    /// The days on which both hold.
    #[must_use]
    pub fn meet(self, other: Validity) -> Validity {
        Validity { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    /// Whether it holds on no day at all.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.from >= self.to
    }

    /// Whether it holds on this day.
    #[must_use]
    pub fn holds_on(self, day: NaiveDate) -> bool {
        self.from <= day && day < self.to
    }

    /// The first day, unless it is open or yet to be stated.
    #[must_use]
    pub fn since(self) -> Option<NaiveDate> {
        (self.from != Self::OPEN_START && self.from != Self::NOT_YET).then_some(self.from)
    }

    /// The last day, unless it is open.
    #[must_use]
    pub fn until(self) -> Option<NaiveDate> {
        (self.to != Self::OPEN_END).then(|| self.to.pred_opt()).flatten()
    }
}

/// How far our knowledge reaches in a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// All that is recorded now.
    Latest,
    /// What was recorded when this revision was the latest.
    At(i64),
}

/// What a read sees: the map as it was on a day, as far as it was known at a revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct View {
    /// The day that facts must hold on.
    pub day: NaiveDate,
    /// The knowledge they are read from.
    pub known: Known,
    /// The changes that are thought to be made to it; none if it is read as it is.
    pub scenario: Option<ScenarioId>,
}

impl View {
    /// The view of what is on record, on a day.
    #[must_use]
    pub fn new(day: NaiveDate, known: Known) -> Self {
        View { day, known, scenario: None }
    }

    /// Whether a version recorded in `known_from` and closed in `known_to` is part of this view's knowledge.
    #[must_use]
    pub fn knows(self, known_from: i64, known_to: Option<i64>) -> bool {
        match self.known {
            Known::Latest => known_to.is_none(),
            Known::At(revision) => known_from <= revision && known_to.is_none_or(|to| to > revision),
        }
    }
}

/// A day as storage and the API write it, always ten characters.
#[must_use]
pub fn day_text(day: NaiveDate) -> String {
    // An import writes several of these a row, for which formatting is slow.
    let mut text = *b"0000-00-00";
    let numbers = [(day.year().unsigned_abs(), &[3, 2, 1, 0][..]), (day.month(), &[6, 5]), (day.day(), &[9, 8])];
    for (mut number, places) in numbers {
        for place in places {
            text[*place] += (number % 10) as u8;
            number /= 10;
        }
    }
    text.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> ImpreciseDate {
        ImpreciseDate::parse(text).expect(text)
    }

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect(text)
    }

    #[test]
    fn dates_stay_as_precise_as_their_source() {
        for (text, precision, first, last) in [
            ("2025", DatePrecision::Year, "2025-01-01", "2025-12-31"),
            ("2024-02", DatePrecision::Month, "2024-02-01", "2024-02-29"),
            ("2023-12 (end)", DatePrecision::Month, "2023-12-01", "2023-12-31"),
            ("2024-09-22", DatePrecision::Day, "2024-09-22", "2024-09-22"),
        ] {
            let read = date(text);
            assert_eq!(read.precision(), precision, "{text}");
            assert_eq!(read.first_day(), Some(day(first)), "{text}");
            assert_eq!(read.last_day(), Some(day(last)), "{text}");
            assert_eq!(read.as_str(), text);
        }
    }

    #[test]
    fn a_day_without_a_year_leaves_both_ends_open() {
        let read = date("12-23 (year not shown)");
        assert_eq!(read.precision(), DatePrecision::DayWithoutYear);
        assert_eq!(Validity::between(Some(&read), Some(&read)), Validity::ALWAYS);
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for text in
            ["", "20", "2024-13", "2023-02-29", "2024-1-1", "13-01", "0000", "2024-09-22 (", "+024", "2024-09-22T00:00"]
        {
            assert!(ImpreciseDate::parse(text).is_err(), "{text}");
        }
        assert!(parse_day("2024-09").is_err() && parse_day("2024-09-22 (x)").is_err());
    }

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        (0..800_000_i32).prop_map(|n| Validity::OPEN_START + chrono::Days::new(n.unsigned_abs().into()))
    }

    fn any_validity() -> impl Strategy<Value = Validity> {
        (any_day(), any_day()).prop_map(|(from, to)| Validity { from, to })
    }

    proptest! {
        #[test]
        fn a_day_holds_in_a_meet_exactly_if_it_holds_in_both(a in any_validity(), b in any_validity(), day in any_day()) {
            prop_assert_eq!(a.meet(b).holds_on(day), a.holds_on(day) && b.holds_on(day));
            prop_assert_eq!(a.meet(b), b.meet(a));
        }

        #[test]
        fn an_empty_interval_holds_on_no_day(a in any_validity(), day in any_day()) {
            prop_assert!(!(a.is_empty() && a.holds_on(day)));
            prop_assert!(a.is_empty() || a.holds_on(a.from));
        }

        #[test]
        fn an_imprecise_interval_covers_every_day_its_ends_can_mean(start in any_day(), end in any_day(), cut in 0..3_usize) {
            let cut = |day: NaiveDate| date(&day_text(day)[..[4, 7, 10][cut]]);
            let (from, to) = (cut(start), cut(end));
            let validity = Validity::between(Some(&from), Some(&to));
            prop_assert!(validity.from <= start);
            prop_assert!(validity.to > end);
            prop_assert_eq!(validity.is_empty(), validity.from >= validity.to);
        }

        #[test]
        fn days_and_their_texts_sort_alike(a in any_day(), b in any_day()) {
            prop_assert_eq!(a.cmp(&b), day_text(a).cmp(&day_text(b)));
            prop_assert_eq!(parse_day(&day_text(a)), Ok(a));
        }

        #[test]
        fn what_closes_in_a_revision_is_known_up_to_the_one_before(from in 1..50_i64, life in 1..50_i64, at in 1..200_i64) {
            let view = |known| View::new(Validity::OPEN_START, known);
            let seen = view(Known::At(at)).knows(from, Some(from + life));
            prop_assert_eq!(seen, (from..from + life).contains(&at));
            prop_assert!(!view(Known::Latest).knows(from, Some(from + life)));
            prop_assert!(view(Known::Latest).knows(from, None));
        }
    }
}
