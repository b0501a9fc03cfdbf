//! When a noun is on the map, how precisely that is stated, and since when anything on record knows it.

use chrono::NaiveDate;

use crate::{
    fact::{ImpreciseDate, Validity},
    text::vocabulary,
};

/// The beginning and the end that a record states, as precise as their sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The beginning; none where no source states it.
    pub since: Option<ImpreciseDate>,
    /// The end; none where no source states it.
    pub until: Option<ImpreciseDate>,
}

impl Span {
    /// The days it covers.
    #[must_use]
    pub fn validity(&self) -> Validity {
        Validity::between(self.since.as_ref(), self.until.as_ref())
    }

    /// Whether the beginning is dated; a date without a year does not date it.
    #[must_use]
    pub fn is_begin_dated(&self) -> bool {
        self.since.as_ref().and_then(ImpreciseDate::first_day).is_some()
    }
}

/// A noun's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetime {
    /// The days on which it is on the map.
    ///
    /// They begin with the stated beginning or, where none is stated, with that of the noun without which this one cannot
    /// hold. A planned noun of which no source dates the beginning is on the map of no day: it begins on
    /// [`Validity::NOT_YET`], or, if its end is dated, with its known day.
    pub validity: Validity,
    /// What sources state of its beginning and its end.
    pub stated: Span,
    /// The earliest known day: the first on which anything on record shows that the noun exists, or is planned.
    pub known_day: NaiveDate,
}

impl Lifetime {
    /// Of what is on the map on every day, and of which nothing is stated.
    pub const UNSTATED: Self = Lifetime {
        validity: Validity { from: Validity::OPEN_START, to: Validity::OPEN_END },
        stated: Span { since: None, until: None },
        known_day: Validity::OPEN_START,
    };
}

vocabulary! {
    /// Whether what is on the map of a day is known to have existed then.
    Existence {
        /// Its beginning is stated, or the day is not before its `knownDay`. Of a tie: the day is not before the first of
        /// the dates that it states, the time for which a source states it, the publication of its sources, and the day on
        /// which it was recorded.
        Certain = "certain",
        /// No source states its beginning, and the day is before its `knownDay` or, of a tie, before anything speaks of it:
        /// it may not have existed yet.
        Assumed = "assumed",
    }
}

/// Where a day stands in a noun's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before its beginning, and before its known day.
    BeforeKnown,
    /// Known, and to begin on a later day.
    Planned,
    /// On the map.
    OnMap,
    /// After its end.
    Over,
}

impl Lifetime {
    /// Where a day stands.
    #[must_use]
    pub fn phase_on(&self, day: NaiveDate) -> Phase {
        match day {
            _ if self.validity.holds_on(day) => Phase::OnMap,
            _ if day >= self.validity.to => Phase::Over,
            _ if day >= self.known_day => Phase::Planned,
            _ => Phase::BeforeKnown,
        }
    }

    /// Whether it is known to have existed on a day; none where it is not on the map of that day.
    #[must_use]
    pub fn existence_on(&self, day: NaiveDate) -> Option<Existence> {
        let existence = if day < self.known_day { Existence::Assumed } else { Existence::Certain };
        self.validity.holds_on(day).then_some(existence)
    }

    /// The status on a day of a noun whose statuses are one before its beginning, one while it lasts and one after its end,
    /// in this order, given the one on record: where dates are stated it follows from them.
    #[must_use]
    pub fn status_on<S: Copy + PartialEq>(&self, day: NaiveDate, recorded: S, [before, during, after]: [S; 3]) -> S {
        match self.phase_on(day) {
            Phase::BeforeKnown | Phase::Planned => before,
            Phase::OnMap if recorded == before && self.stated.is_begin_dated() => during,
            Phase::OnMap if recorded == after && self.is_end_dated() => during,
            Phase::OnMap => recorded,
            Phase::Over => after,
        }
    }

    /// Whether the end is dated.
    #[must_use]
    pub fn is_end_dated(&self) -> bool {
        self.validity.until().is_some()
    }
}

/// What the records that speak of a noun show of its earliest known day.
///
/// The earliest counts of: the stated beginning and end, the dates of ties, and the publication of sources. At last it is
/// the day on which the noun was first recorded, which is not in the records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence(Option<NaiveDate>);

impl Evidence {
    /// Adds a day on which the noun was known.
    pub fn add_day(&mut self, day: Option<NaiveDate>) {
        self.0 = [self.0, day].into_iter().flatten().min();
    }

    /// Adds the first days of the dates that a tie states of itself.
    #[must_use]
    pub fn with_dates<'a>(mut self, dates: impl IntoIterator<Item = Option<&'a ImpreciseDate>>) -> Self {
        dates.into_iter().flatten().for_each(|date| self.add_day(date.first_day()));
        self
    }

    /// Whether what is on the map of a day is known to have existed then, by what was seen.
    #[must_use]
    pub fn existence_on(self, day: NaiveDate) -> Existence {
        if self.0.is_some_and(|known| known <= day) { Existence::Certain } else { Existence::Assumed }
    }

    /// The earliest day seen, but none after the day on which the noun was first recorded.
    #[must_use]
    pub fn known_day(self, recorded: NaiveDate) -> NaiveDate {
        self.0.map_or(recorded, |day| day.min(recorded))
    }
}

/// How a noun comes onto the map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entrance {
    /// Its record says that it is planned.
    pub is_planned: bool,
    /// It took the place of another: before, it was that other one, and not planned.
    pub is_takeover: bool,
}

impl Entrance {
    /// The first day on which a noun that can hold on these days may be known: before it took the place of another, it was
    /// that other one.
    #[must_use]
    pub fn first_known_day(self, validity: Validity) -> NaiveDate {
        if self.is_takeover { validity.from } else { Validity::OPEN_START }
    }
}

/// The time of a noun, given the days on which it can hold and its earliest known day.
#[must_use]
pub fn lifetime(validity: Validity, stated: Span, entrance: Entrance, known_day: NaiveDate) -> Lifetime {
    let known_day = known_day.max(entrance.first_known_day(validity));
    let from = match entrance.is_planned && !stated.is_begin_dated() && known_day < validity.to {
        true if validity.to == Validity::OPEN_END => Validity::NOT_YET,
        true => known_day.max(validity.from),
        false => validity.from,
    };
    Lifetime { validity: Validity { from, ..validity }, stated, known_day }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::parse_day;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).expect(text)
    }

    fn span(since: &str, until: &str) -> Span {
        let date = |text: &str| ImpreciseDate::parse(text).ok();
        Span { since: date(since), until: date(until) }
    }

    fn of(since: &str, until: &str, entrance: Entrance, known: &str) -> Lifetime {
        let span = span(since, until);
        lifetime(span.validity(), span, entrance, day(known))
    }

    #[test]
    fn a_stated_beginning_is_certain_and_an_unknown_one_only_from_the_known_day_on() {
        let stated = of("1956", "", Entrance::default(), "1956-01-01");
        assert_eq!(stated.existence_on(day("1955-12-31")), None);
        assert_eq!(stated.existence_on(day("1956-01-01")), Some(Existence::Certain));
        let unstated = of("", "2019", Entrance::default(), "2012-03-01");
        assert_eq!(unstated.existence_on(day("1900-01-01")), Some(Existence::Assumed));
        assert_eq!(unstated.existence_on(day("2012-02-29")), Some(Existence::Assumed));
        assert_eq!(unstated.existence_on(day("2012-03-01")), Some(Existence::Certain));
        assert_eq!(unstated.existence_on(day("2020-01-01")), None);
    }

    #[test]
    fn what_is_planned_is_on_the_map_from_its_stated_opening_on() {
        let planned = Entrance { is_planned: true, ..Entrance::default() };
        let undated = of("", "", planned, "2024-06-28");
        assert_eq!(undated.phase_on(day("2024-06-27")), Phase::BeforeKnown);
        assert_eq!(undated.phase_on(day("2024-06-28")), Phase::Planned);
        assert_eq!(undated.phase_on(day("2999-06-28")), Phase::Planned);
        assert_eq!(undated.validity.since(), None);
        let within = Validity { from: day("2013-01-01"), ..Validity::ALWAYS };
        let campus = lifetime(within, Span::default(), planned, day("2024-09-22"));
        assert_eq!(campus.existence_on(day("2026-01-01")), None, "its school is older");
        let given_up = of("", "2025", planned, "2024-06-28");
        assert_eq!(given_up.phase_on(day("2024-06-28")), Phase::OnMap);
        let dated = of("2026-09", "", planned, "2024-06-28");
        assert_eq!(dated.phase_on(day("2024-06-27")), Phase::BeforeKnown);
        assert_eq!(dated.phase_on(day("2026-08-31")), Phase::Planned);
        assert_eq!(dated.phase_on(day("2026-09-01")), Phase::OnMap);
    }

    #[test]
    fn a_status_of_three_follows_from_dates_where_they_are_stated() {
        let status = |time: &Lifetime, on: &str, recorded: char| time.status_on(day(on), recorded, ['b', 'd', 'a']);
        let both = of("2010", "2015-06", Entrance::default(), "2009-01-01");
        for recorded in ['b', 'd', 'a'] {
            let on = ["2009-12-31", "2010-01-01", "2015-06-30", "2015-07-01"].map(|on| status(&both, on, recorded));
            assert_eq!(on, ['b', 'd', 'd', 'a'], "{recorded}");
        }
        let neither = of("", "", Entrance::default(), "2009-01-01");
        assert_eq!(['b', 'd', 'a'].map(|recorded| status(&neither, "2012-01-01", recorded)), ['b', 'd', 'a']);
    }

    #[test]
    fn what_took_anothers_place_was_not_planned_before() {
        let takeover = Entrance { is_takeover: true, ..Entrance::default() };
        let after = of("2019-04", "", takeover, "2015-01-01");
        assert_eq!(after.phase_on(day("2018-01-01")), Phase::BeforeKnown);
    }

    #[test]
    fn a_tie_is_certain_from_the_first_day_that_speaks_of_it() {
        let date = |text: &str| ImpreciseDate::parse(text).ok();
        let [ended, stated, without_year] = [date("2019"), date("2015-09"), date("12-23 (year not shown)")];
        let evidence = Evidence::default().with_dates([ended.as_ref(), stated.as_ref(), without_year.as_ref(), None]);
        assert_eq!(evidence.existence_on(day("2015-08-31")), Existence::Assumed);
        assert_eq!(evidence.existence_on(day("2015-09-01")), Existence::Certain);
        assert_eq!(Evidence::default().existence_on(day("2026-01-01")), Existence::Assumed);
    }

    #[test]
    fn nothing_is_known_later_than_it_was_recorded() {
        let mut evidence = Evidence::default();
        assert_eq!(evidence.known_day(day("2026-11-24")), day("2026-11-24"));
        evidence.add_day(Some(day("2027-09-01")));
        assert_eq!(evidence.known_day(day("2026-11-24")), day("2026-11-24"));
        evidence.add_day(Some(day("2024-06-28")));
        evidence.add_day(None);
        assert_eq!(evidence.known_day(day("2026-11-24")), day("2024-06-28"));
    }
}
