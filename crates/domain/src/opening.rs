//! Openings: when planned nouns begin by what builds them.

use std::collections::HashMap;

use crate::{
    fact::ImpreciseDate,
    id::identity,
    lifetime::Span,
    record::{Record, Shape},
    rule::Rule,
    value::Cell,
};

/// What all that is built for a noun says of when it opens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening {
    /// When the first of it opened.
    opened_on: Option<ImpreciseDate>,
    /// Whether something builds the noun itself and has not opened, or on a day that is stated.
    is_built: bool,
}

impl Opening {
    /// The time of a planned noun, given what its row states: where that dates no beginning, it begins when it opens.
    #[must_use]
    pub fn date(&self, stated: Span) -> Span {
        let dated = Span { since: self.opened_on.clone(), until: stated.until.clone() };
        let is_dated = !stated.is_begin_dated() && dated.since.is_some() && !dated.validity().is_empty();
        if is_dated { dated } else { stated }
    }

    /// Whether something builds the noun itself and has not opened, or on a day that is stated: it was planned before.
    #[must_use]
    pub fn is_built(&self) -> bool {
        self.is_built
    }
}

/// The openings of a data set, by the identity of the noun that opens.
#[derive(Debug, Clone, Default)]
pub struct Openings(HashMap<i64, Opening>);

impl Openings {
    /// Adds a record that says when what it builds opens; other records add nothing.
    pub fn add(&mut self, shape: &Shape, record: &Record) {
        let cell = |name: &str| shape.index(name).map(|at| &record.cells[at]);
        for rule in shape.rules {
            let Rule::Opens { built, served, on, status, pending } = *rule else { continue };
            let opened_on = match cell(on) {
                Some(Cell::Date(date)) if date.first_day().is_some() => Some(date),
                _ => None,
            };
            let is_pending = matches!(cell(status), Some(Cell::Text(word)) if pending.contains(&word.as_str()));
            for (column, builds) in [(built, true), (served, false)] {
                let Some(Cell::Ref(kind, slug)) = cell(column) else { continue };
                let opening = self.0.entry(identity(*kind, slug)).or_default();
                opening.is_built |= builds && (is_pending || opened_on.is_some());
                let is_first = opened_on.is_some_and(|date| {
                    opening.opened_on.as_ref().is_none_or(|first| date.first_day() < first.first_day())
                });
                if is_first {
                    opening.opened_on = opened_on.cloned();
                }
            }
        }
    }

    /// What is built for a noun.
    #[must_use]
    pub fn of(&self, id: i64) -> Option<&Opening> {
        self.0.get(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, project};

    fn openings(rows: &[[&str; 4]]) -> Openings {
        let mut openings = Openings::default();
        for (at, [campus, school, status, opened_on]) in rows.iter().enumerate() {
            let slug = format!("works-{at}");
            let fields = project::SHAPE.columns.iter().map(|column| match column.name {
                "project_id" => &slug,
                "name" => r#"[["fr","Chantier",""]]"#,
                "campus_id" => *campus,
                "school_id" => *school,
                "status" => *status,
                "opened_on" => *opened_on,
                _ => "",
            });
            let record = project::SHAPE.parse_row(&fields.collect::<Vec<_>>()).expect("a row");
            openings.add(&project::SHAPE, &record);
        }
        openings
    }

    fn of(openings: &Openings, kind: Kind, slug: &str) -> (Option<String>, bool) {
        let opening = openings.of(identity(kind, slug)).cloned().unwrap_or_default();
        (opening.opened_on.as_ref().map(ToString::to_string), opening.is_built())
    }

    #[test]
    fn what_is_built_opens_with_the_first_of_it() {
        let built = openings(&[
            ["north", "oak", "under_construction", ""],
            ["south", "oak", "opened", "2025-09"],
            ["south", "oak", "opened", "2024-09-01"],
            ["south", "oak", "planned", ""],
        ]);
        assert_eq!(of(&built, Kind::Campus, "north"), (None, true));
        assert_eq!(of(&built, Kind::Campus, "south"), (Some("2024-09-01".to_owned()), true));
        assert_eq!(of(&built, Kind::School, "oak"), (Some("2024-09-01".to_owned()), false));
    }

    #[test]
    fn a_stated_beginning_counts_before_that_of_what_is_built() {
        let date = |text: &str| ImpreciseDate::parse(text).ok();
        let opening = Opening { opened_on: date("2024-09"), is_built: false };
        let span = |since: &str, until: &str| Span { since: date(since), until: date(until) };
        assert_eq!(opening.date(span("", "")), span("2024-09", ""));
        assert_eq!(opening.date(span("2023", "")), span("2023", ""));
        assert_eq!(opening.date(span("", "2020")), span("", "2020"), "it would hold on no day");
    }

    #[test]
    fn a_school_for_which_something_is_built_is_not_itself_to_come() {
        let built = openings(&[["", "oak", "planned", ""], ["east", "elm", "", ""]]);
        assert_eq!(of(&built, Kind::School, "oak"), (None, false));
        assert_eq!(of(&built, Kind::Campus, "east"), (None, false), "no source says how far it has come");
    }
}
