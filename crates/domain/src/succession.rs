//! Successions: how the dates of nouns change where one takes the place of another.

use std::collections::HashMap;

use crate::{
    fact::{ImpreciseDate, Validity},
    id::identity,
    lifetime::Span,
    record::{Record, Shape},
    rule::Rule,
    value::Cell,
};

/// What the successions say about one noun's time on the map.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuccessionDates {
    /// When it took the place of another.
    took_over: Vec<ImpreciseDate>,
    /// When it gave way.
    gave_way: Vec<ImpreciseDate>,
}

impl SuccessionDates {
    /// Adds that the noun took the place of another.
    fn add_takeover(&mut self, date: &ImpreciseDate) {
        self.took_over.extend(date.first_day().map(|_| date.clone()));
    }

    /// Adds that the noun gave way to another.
    fn add_end(&mut self, date: &ImpreciseDate) {
        self.gave_way.extend(date.last_day().map(|_| date.clone()));
    }

    /// When it first took the place of another.
    #[must_use]
    pub fn took_over(&self) -> Option<&ImpreciseDate> {
        self.took_over.iter().min_by_key(|date| date.first_day())
    }

    /// When it gave way for the last time; of equal days the date that was added first counts.
    fn gave_way(&self) -> Option<&ImpreciseDate> {
        self.gave_way.iter().rev().max_by_key(|date| date.last_day())
    }

    /// What is said about one of several periods of the noun: the dates that can lie in it.
    #[must_use]
    pub fn within(&self, period: Validity) -> Self {
        let meets = |date: &&ImpreciseDate| !Validity::between(Some(*date), Some(*date)).meet(period).is_empty();
        SuccessionDates {
            took_over: self.took_over.iter().filter(meets).cloned().collect(),
            gave_way: self.gave_way.iter().filter(meets).cloned().collect(),
        }
    }

    /// The beginning and the end of the noun, given those that it states.
    ///
    /// One that took over another's place holds from then, whatever beginning it states; one that `is_past` held until it
    /// gave way. Where no source dates the end, it stays open, and the status tells.
    pub(crate) fn limit(&self, stated: Span, is_past: bool) -> Span {
        let first_day = |date: &Option<ImpreciseDate>| date.as_ref().and_then(ImpreciseDate::first_day);
        let last_day = |date: &Option<ImpreciseDate>| date.as_ref().and_then(ImpreciseDate::last_day);
        let (took_over, gave_way) = (self.took_over().cloned(), self.gave_way().cloned());
        let took_over_on =
            first_day(&took_over).filter(|day| first_day(&stated.since).is_none_or(|since| since < *day));
        let gave_way_on = last_day(&gave_way).filter(|day| last_day(&stated.until).is_none_or(|until| *day < until));
        Span {
            since: if took_over_on.is_some() { took_over } else { stated.since },
            until: if gave_way_on.is_some() && is_past { gave_way } else { stated.until },
        }
    }
}

/// What all successions of a data set say about each noun's time, by identity.
#[derive(Debug, Clone, Default)]
pub struct Successions(HashMap<i64, SuccessionDates>);

impl Successions {
    /// Adds a record that says that one noun followed another; other records add nothing.
    pub fn add(&mut self, shape: &Shape, record: &Record) {
        let cell = |name: &str| shape.index(name).map(|at| &record.cells[at]);
        for rule in shape.rules {
            let Rule::Succession { predecessor, successor, kind, date, begins, ends } = *rule else { continue };
            let (Some(Cell::Text(kind)), Some(Cell::Date(date))) = (cell(kind), cell(date)) else { continue };
            if let Some(Cell::Ref(of, slug)) = cell(successor)
                && begins.contains(&kind.as_str())
            {
                self.0.entry(identity(*of, slug)).or_default().add_takeover(date);
            }
            if let Some(Cell::Ref(of, slug)) = cell(predecessor)
                && ends.contains(&kind.as_str())
            {
                self.0.entry(identity(*of, slug)).or_default().add_end(date);
            }
        }
    }

    /// What the successions say about a noun's time.
    #[must_use]
    pub fn dates(&self, id: i64) -> Option<&SuccessionDates> {
        self.0.get(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, fact::parse_day, school};

    fn dated(text: &str) -> Option<ImpreciseDate> {
        ImpreciseDate::parse(text).ok()
    }

    /// The time of a school that states this beginning, after `oak` was followed by `elm`.
    fn span(school: &str, status: &str, opened: &str, kind: &str, date: &str) -> Span {
        let mut successions = Successions::default();
        let row = school::SUCCESSIONS.parse_row(&["oak", "elm", kind, date, "", "", ""]).expect("a row");
        successions.add(&school::SUCCESSIONS, &row);
        let fields = school::SHAPE.columns.iter().map(|column| match column.name {
            "school_id" => school,
            "name" => r#"[["fr","École",""]]"#,
            "status" => status,
            "opened_on" => opened,
            _ => "",
        });
        let record = school::SHAPE.parse_row(&fields.collect::<Vec<_>>()).expect("a row");
        let dates = successions.dates(identity(Kind::School, school));
        school::SHAPE.own_span(&record.cells, dates).expect("it holds on some day")
    }

    #[test]
    fn a_renamed_school_holds_until_its_renaming_and_its_successor_from_then() {
        let old = span("oak", "renamed", "", "renamed", "2019-04").validity();
        let new = span("elm", "open", "1956", "renamed", "2019-04");
        assert_eq!(new.since, dated("2019-04"), "as precise as its source");
        assert_eq!((old.since(), old.until()), (None, parse_day("2019-04-30").ok()));
        assert_eq!(new.validity().since(), parse_day("2019-04-01").ok());
    }

    #[test]
    fn a_converted_school_holds_until_its_conversion_and_its_successor_from_then() {
        let old = span("oak", "closed", "1956", "converted", "2012-08-01").validity();
        let new = span("elm", "open", "", "converted", "2012-08-01").validity();
        assert_eq!((old.since(), old.until()), (parse_day("1956-01-01").ok(), parse_day("2012-08-01").ok()));
        assert_eq!(new.since(), parse_day("2012-08-01").ok());
    }

    #[test]
    fn a_school_that_only_gave_a_campus_goes_on() {
        assert_eq!(span("oak", "open", "", "contributed_campus_to", "2018-06-21"), Span::default());
        assert_eq!(span("elm", "open", "", "contributed_campus_to", "2018-06-21"), Span::default());
    }

    #[test]
    fn an_end_that_no_source_dates_stays_open() {
        assert_eq!(span("oak", "renamed", "", "renamed", "10-13 (year not shown)"), Span::default());
    }

    #[test]
    fn a_successor_that_gives_way_before_it_begins_is_refused() {
        let mut successions = Successions::default();
        for fields in [["oak", "elm", "renamed", "2019", "", "", ""], ["elm", "ash", "renamed", "2010", "", "", ""]] {
            successions.add(&school::SUCCESSIONS, &school::SUCCESSIONS.parse_row(&fields).expect("a row"));
        }
        let fields = school::SHAPE.columns.iter().map(|column| match column.name {
            "school_id" => "elm",
            "name" => r#"[["fr","École",""]]"#,
            "status" => "renamed",
            _ => "",
        });
        let record = school::SHAPE.parse_row(&fields.collect::<Vec<_>>()).expect("a row");
        let wrong = school::SHAPE.own_span(&record.cells, successions.dates(record.id)).expect_err("no day");
        let problem = "it would hold on no day: by school_successions.csv it gave way before it began";
        assert_eq!((wrong.column.as_ref(), wrong.problem.as_str()), ("opened_on", problem));
    }
}
