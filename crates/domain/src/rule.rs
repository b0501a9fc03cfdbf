//! Rules: what the columns of a row must say together, or mean beyond their types.
//!
//! A shape lists its rules, and each rule names the columns that it concerns. Whoever reads a data set asks the shape:
//! [`Shape::check_rules`] and [`Shape::give_turns`] for what is wrong, [`Shape::is_planned`], [`Shape::as_of`] and [`Shape::own_span`] for what a row
//! means. So no reader needs to know a kind of record by its name. A test looks up every column and word that a rule names.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::{
    column::ColumnType,
    evidence,
    fact::{DatePrecision, ImpreciseDate},
    id::{Kind, identity},
    lifetime::Span,
    nouns::shape_of,
    opening::Opening,
    record::{FieldError, Record, Shape, describe_days},
    succession::SuccessionDates,
    turn::{ImpreciseDays, Turn, Turns, take_turns},
    value::{Cell, Kept},
};

/// What some columns of a row must say together, or mean beyond their types.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Two references name different nouns.
    Different {
        /// The first reference.
        first: &'static str,
        /// The other reference.
        second: &'static str,
    },
    /// Some columns are filled together or not at all, and others only beside them.
    Together {
        /// What they state together; a source may be cited for it.
        what: &'static str,
        /// The columns that are filled together.
        columns: &'static [&'static str],
        /// The columns that are filled only beside them.
        beside: &'static [&'static str],
    },
    /// One of these columns is filled at least.
    FilledOneOf {
        /// The columns.
        columns: &'static [&'static str],
    },
    /// A column names a column of the file of the noun whose kind another names, or a relation of nouns.
    NamesField {
        /// The column with the kind.
        kind: &'static str,
        /// The column with the name.
        field: &'static str,
    },
    /// No two nouns have the same values in these columns.
    Unique {
        /// The columns.
        columns: &'static [&'static str],
    },
    /// The noun of the same kind that a reference names says the same in a column, and its row stands above.
    AgreesWith {
        /// The reference.
        reference: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Of the rows with a certain word that name the same noun, one holds at a time ([`take_turns`]).
    OneAtATime {
        /// The column with the word.
        column: &'static str,
        /// The word.
        word: &'static str,
        /// The reference to the noun.
        per: &'static str,
        /// What a second row on a day is called, for programs.
        kind: &'static str,
        /// What is wrong with a second row on a day.
        problem: &'static str,
    },
    /// The date is a day, and not only a month or a year.
    Day {
        /// The column with the date.
        column: &'static str,
    },
    /// What is on record never changes: a row that says something else is refused, and one that is gone closes nothing.
    Permanent,
    /// The source states the row for the day in this column: what the row names existed then.
    StatedAsOf(&'static str),
    /// The noun is planned, and nothing more, where a status says so.
    Planned {
        /// The status.
        status: &'static str,
        /// The word by which it is planned.
        word: &'static str,
    },
    /// A planned noun of which the row dates no beginning begins when the first of what is built for it opens.
    OpenedBy {
        /// The shape of what is built.
        by: &'static Shape,
        /// A status; where it is blank the noun is planned until what builds it opens.
        blank_status: Option<&'static str>,
    },
    /// The row says when something that is built opens.
    Opens {
        /// The noun that is built.
        built: &'static str,
        /// The noun for which it is built.
        served: &'static str,
        /// When it opened.
        on: &'static str,
        /// How far it has come.
        status: &'static str,
        /// The words by which it has not opened.
        pending: &'static [&'static str],
    },
    /// On the day of an import the status agrees with the dates of the row.
    StatusFitsDates {
        /// The status.
        status: &'static str,
        /// The words by which the noun is yet to begin.
        planned: &'static [&'static str],
        /// The words by which it has begun and has not ended.
        current: &'static [&'static str],
        /// The words by which it has ended.
        past: &'static [&'static str],
    },
    /// The row says that one noun followed another.
    Succession {
        /// The noun before.
        predecessor: &'static str,
        /// The noun after.
        successor: &'static str,
        /// How it followed.
        kind: &'static str,
        /// When.
        date: &'static str,
        /// The kinds by which the successor begins then.
        begins: &'static [&'static str],
        /// The kinds by which the predecessor ends then.
        ends: &'static [&'static str],
    },
    /// The noun begins and ends by the successions in which it stands, rather than by its own dates.
    DatedBySuccessions {
        /// The shape of the successions.
        by: &'static Shape,
        /// The status.
        status: &'static str,
        /// The words by which it has ended; with another one a succession does not end it.
        past: &'static [&'static str],
    },
}

/// The first of some columns, and what storage keeps of all of them.
type UniqueValues = (&'static str, Vec<Option<Kept>>);

/// What the rows of a file before one say that [`Rule::Unique`] and [`Rule::AgreesWith`] compare it with.
#[derive(Debug, Default)]
pub struct RowsBefore {
    /// The line on which a noun says so, by the first of the columns and their values.
    unique: HashMap<UniqueValues, (i64, u64)>,
    /// What a noun says in a column.
    said: HashMap<(&'static str, i64), Option<Kept>>,
}

/// The rows of a file that take turns, by what and for which noun they do ([`Rule::OneAtATime`]).
#[derive(Debug, Default)]
pub struct TurnTakers(BTreeMap<(&'static str, i64), Vec<TurnTaker>>);

/// A row that takes turns with others.
#[derive(Debug, Clone, Copy)]
struct TurnTaker {
    line: u64,
    fact: i64,
    days: ImpreciseDays,
}

impl Shape {
    /// The cell of a column that the shape names.
    fn cell_of<'a>(&self, name: &str, cells: &'a [Cell]) -> &'a Cell {
        &cells[self.index(name).expect("a shape names columns of its own")]
    }

    /// What storage keeps of a column, by which two records are compared.
    fn kept_in(&self, name: &str, record: &Record) -> Option<Kept> {
        let cell = self.cell_of(name, &record.cells);
        let tie = match cell {
            Cell::Ref(kind, slug) => Some(identity(*kind, slug)),
            _ => None,
        };
        cell.clone().into_kept(tie)
    }

    /// The word in a column; empty where it is blank.
    fn word_of<'a>(&self, name: &str, cells: &'a [Cell]) -> &'a str {
        match self.cell_of(name, cells) {
            Cell::Text(word) => word,
            _ => "",
        }
    }

    /// Checks a record by the rules of its shape that concern it alone.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check_rules(&self, record: &Record) -> Result<(), FieldError> {
        for rule in self.rules {
            match *rule {
                Rule::Different { first, second } => {
                    let (one, other) = (self.cell_of(first, &record.cells), self.cell_of(second, &record.cells));
                    if let (Cell::Ref(kind, _), true) = (one, one == other) {
                        let problem = format!("it is the same {} as `{first}`", kind.name().replace('_', " "));
                        return Err(FieldError { column: second.into(), kind: "itself", problem });
                    }
                }
                Rule::Together { columns, beside, .. } => {
                    let is_blank = |name: &&&str| *self.cell_of(name, &record.cells) == Cell::Blank;
                    let filled = columns.iter().chain(beside).find(|name| !is_blank(name));
                    if let (Some(blank), Some(filled)) = (columns.iter().find(is_blank), filled) {
                        let problem = format!("it is empty, and `{filled}` needs it");
                        return Err(FieldError { column: (*blank).into(), kind: "incomplete", problem });
                    }
                }
                Rule::FilledOneOf { columns }
                    if columns.iter().all(|name| *self.cell_of(name, &record.cells) == Cell::Blank) =>
                {
                    let problem = format!("it is empty, and so is {}", columns[1..].join(", "));
                    return Err(FieldError { column: columns[0].into(), kind: "incomplete", problem });
                }
                Rule::NamesField { kind, field } => {
                    let named = self.word_of(field, &record.cells);
                    let of = Kind::named(self.word_of(kind, &record.cells)).map(shape_of);
                    if let Some(of) = of.filter(|of| !named.is_empty() && !of.has_field(named)) {
                        let problem = format!("`{named}` is no column of {}, nor a relation", of.file_name());
                        return Err(FieldError { column: field.into(), kind: "unknown_field", problem });
                    }
                }
                Rule::Day { column } => {
                    let date = self.cell_of(column, &record.cells);
                    if let Cell::Date(date) = date
                        && date.precision() != DatePrecision::Day
                    {
                        let problem = format!("`{date}` is no day: write one, such as 2024-09-21");
                        return Err(FieldError { column: column.into(), kind: "not_a_day", problem });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether what is on record of these rows never changes.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule, Rule::Permanent))
    }

    /// Whether the name is that of a column of the file, in a language if it has several, or of a relation of nouns.
    fn has_field(&self, name: &str) -> bool {
        let is_column = self.own().any(|column| column.name == name && column.is_named_in_files());
        is_column || self.text_column(name).is_some() || evidence::RELATIONS.contains(&name)
    }

    /// Checks a record on a line by the rules of its shape that concern the rows before it, and adds it to these.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check_with_rows_before(
        &self,
        record: &Record,
        line: u64,
        before: &mut RowsBefore,
    ) -> Result<(), FieldError> {
        for rule in self.rules {
            match *rule {
                Rule::Unique { columns } => {
                    let values = columns.iter().map(|column| self.kept_in(column, record)).collect();
                    let (id, first) = *before.unique.entry((columns[0], values)).or_insert((record.id, line));
                    if id != record.id {
                        let problem = format!("line {first} has the same {}", columns.join(", "));
                        let column = columns[columns.len() - 1];
                        return Err(FieldError { column: column.into(), kind: "twice", problem });
                    }
                }
                Rule::AgreesWith { reference, column } => {
                    let own = self.kept_in(column, record);
                    if let Cell::Ref(kind, slug) = self.cell_of(reference, &record.cells) {
                        let other = identity(*kind, slug);
                        if other == record.id {
                            let problem = "it is the row's own slug".to_owned();
                            return Err(FieldError { column: reference.into(), kind: "itself", problem });
                        }
                        if before.said.get(&(column, other)).is_some_and(|said| *said != own) {
                            let problem = format!("`{slug}` has another {column}");
                            return Err(FieldError { column: reference.into(), kind: "disagrees", problem });
                        }
                    }
                    before.said.insert((column, record.id), own);
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether some of the records take turns.
    #[must_use]
    pub fn takes_turns(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule, Rule::OneAtATime { .. }))
    }

    /// In what a record takes turns with others, and for which nouns.
    pub fn turns_of(&self, record: &Record) -> impl Iterator<Item = (&'static str, i64)> {
        self.rules.iter().filter_map(|rule| {
            let Rule::OneAtATime { column, word, per, kind, .. } = *rule else { return None };
            let Cell::Ref(noun, slug) = self.cell_of(per, &record.cells) else { return None };
            (self.word_of(column, &record.cells) == word).then(|| (kind, identity(*noun, slug)))
        })
    }

    /// Adds a row on a line to those that it takes turns with, given the fact that it states and when that can hold.
    pub fn add_turn_taker(&self, record: &Record, line: u64, fact: i64, days: ImpreciseDays, all: &mut TurnTakers) {
        for turn in self.turns_of(record) {
            all.0.entry(turn).or_default().push(TurnTaker { line, fact, days });
        }
    }

    /// Gives the facts that share possible days their turns; tells of each that no turn is left for, by its line.
    #[must_use]
    pub fn give_turns(&self, all: TurnTakers) -> (HashMap<i64, Turn>, Vec<(u64, FieldError)>) {
        let (mut given, mut refused) = (HashMap::new(), Vec::new());
        for ((rule, _), takers) in all.0 {
            let days: Vec<ImpreciseDays> = takers.iter().map(|taker| taker.days).collect();
            let Turns { turns, conflicts, .. } = take_turns(&days);
            for (taker, turn) in takers.iter().zip(turns) {
                let alone = Turn { validity: taker.days.possible, certain: taker.days.possible };
                if turn != alone {
                    given.insert(taker.fact, turn);
                }
            }
            for (one, other) in conflicts {
                let [first, second] = if takers[one].line < takers[other].line { [one, other] } else { [other, one] };
                let [first, second] = [first, second].map(|at| takers[at]);
                refused.extend(self.second_at_a_time(rule, first, second).map(|error| (second.line, error)));
            }
        }
        refused.sort_by_key(|(line, _)| *line);
        (given, refused)
    }

    /// What is wrong with the second of two rows of which one can hold at a time.
    fn second_at_a_time(&self, rule: &str, first: TurnTaker, second: TurnTaker) -> Option<FieldError> {
        self.rules.iter().find_map(|of| match *of {
            Rule::OneAtATime { column, kind, problem, .. } if kind == rule => {
                let [of_first, of_second] = [first, second].map(|taker| describe_days(taker.days.possible));
                let (line, file) = (first.line, self.file_name());
                let problem = format!("{problem}: this row holds {of_second}, and line {line} of {file} {of_first}");
                Some(FieldError { column: column.into(), kind, problem })
            }
            _ => None,
        })
    }

    /// What is wrong with a status that the dates beside it contradict on the day of an import.
    ///
    /// An imprecise date contradicts only if every day it can mean does.
    #[must_use]
    pub fn status_contradiction(&self, cells: &[Cell], today: NaiveDate) -> Option<FieldError> {
        let has_come = |date: &&ImpreciseDate| date.last_day().is_some_and(|day| day <= today);
        let is_over = |date: &&ImpreciseDate| date.last_day().is_some_and(|day| day < today);
        let is_ahead = |date: &&ImpreciseDate| date.first_day().is_some_and(|day| day > today);
        self.rules.iter().find_map(|rule| {
            let Rule::StatusFitsDates { status, planned, current, past } = *rule else { return None };
            let word = self.word_of(status, cells);
            let Span { since, until } = self.span(cells);
            let begin =
                |is: &dyn Fn(&&ImpreciseDate) -> bool| since.as_ref().filter(is).map(|date| (self.dated.0, date));
            let end = |is: &dyn Fn(&&ImpreciseDate) -> bool| until.as_ref().filter(is).map(|date| (self.dated.1, date));
            let (column, date) = match word {
                _ if current.contains(&word) => end(&is_over).or(begin(&is_ahead)),
                _ if planned.contains(&word) => begin(&has_come).or(end(&is_over)),
                _ if past.contains(&word) => end(&is_ahead),
                _ => None,
            }?;
            let problem = format!("it is `{word}`, and `{column}` says {date}");
            Some(FieldError { column: status.into(), kind: "status_contradicts_date", problem })
        })
    }

    /// Whether a noun of this shape is planned, by its record and what is built for it.
    #[must_use]
    pub fn is_planned(&self, cells: &[Cell], opening: Option<&Opening>) -> bool {
        self.rules.iter().any(|rule| match *rule {
            Rule::Planned { status, word } => self.word_of(status, cells) == word,
            Rule::OpenedBy { blank_status: Some(status), .. } => {
                self.word_of(status, cells).is_empty() && opening.is_some_and(Opening::is_built)
            }
            _ => false,
        })
    }

    /// Whether its rows date nouns of other files.
    #[must_use]
    pub fn dates_nouns(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule, Rule::Succession { .. } | Rule::Opens { .. }))
    }

    /// The shapes of other files that date nouns of this shape: successions, and what is built.
    pub fn dated_by(&self) -> impl Iterator<Item = &'static Shape> {
        self.rules.iter().filter_map(|rule| match *rule {
            Rule::DatedBySuccessions { by, .. } | Rule::OpenedBy { by, .. } => Some(by),
            _ => None,
        })
    }

    /// The date for which the source states a record.
    #[must_use]
    pub fn as_of<'a>(&self, cells: &'a [Cell]) -> Option<&'a ImpreciseDate> {
        self.rules.iter().find_map(|rule| match *rule {
            Rule::StatedAsOf(column) => match self.cell_of(column, cells) {
                Cell::Date(date) => Some(date),
                _ => None,
            },
            _ => None,
        })
    }

    /// The beginning and the end of a record by itself: as its row states them or, with the dates of its successions, as
    /// those limit them.
    ///
    /// # Errors
    /// By its successions it would hold on no day.
    pub fn own_span(&self, cells: &[Cell], dates: Option<&SuccessionDates>) -> Result<Span, FieldError> {
        let stated = self.span(cells);
        let Some(dates) = dates else { return Ok(stated) };
        for rule in self.rules {
            let Rule::DatedBySuccessions { by, status, past } = *rule else { continue };
            let span = dates.limit(stated, past.contains(&self.word_of(status, cells)));
            if span.validity().is_empty() {
                let problem = format!("it would hold on no day: by {}.csv it gave way before it began", by.file);
                return Err(FieldError { column: self.dated.0.into(), kind: "gave_way_before_it_began", problem });
            }
            return Ok(span);
        }
        Ok(stated)
    }

    /// Checks that what a row quotes, or trusts so far, has a source.
    pub(crate) fn missing_sources(&self, fields: &[&str]) -> Vec<FieldError> {
        let source_of = |field: &str| {
            let is_source = |of: ColumnType| matches!(of, ColumnType::CitedSource(cited) if cited == field);
            let at = self.columns.iter().position(|column| is_source(column.column_type));
            at.expect("a shape has a column for every source that it cites")
        };
        let cited = self.columns.iter().zip(fields).filter(|(_, text)| !text.is_empty());
        let sourceless = cited.filter_map(|(column, _)| {
            let (field, what) = match column.column_type {
                ColumnType::CitedQuote(field) => (field, "a quote"),
                ColumnType::CitedConfidence(field) => (field, "a confidence"),
                _ => return None,
            };
            let source = source_of(field);
            let problem = format!("{what} needs its source, and `{}` is empty", self.columns[source].name);
            fields[source].is_empty().then_some(FieldError { column: column.name.into(), kind: "no_source", problem })
        });
        sourceless.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{category, membership, school};

    fn lead<'a>(school: &'a str, joined: &'a str, left: &'a str) -> [&'a str; 9] {
        ["willow", school, "lead", joined, left, "", "seed", "a quote", "news"]
    }

    /// The facts of some rows that have turns, and what is wrong with others.
    fn turns(rows: &[[&str; 9]]) -> (HashMap<i64, Turn>, Vec<(u64, FieldError)>) {
        let mut takers = TurnTakers::default();
        for (row, line) in rows.iter().zip(2..) {
            let record = membership::SHAPE.parse_row(row).expect("a good row");
            let days = ImpreciseDays::of(&membership::SHAPE.span(&record.cells));
            membership::SHAPE.add_turn_taker(&record, line, record.id, days, &mut takers);
        }
        membership::SHAPE.give_turns(takers)
    }

    #[test]
    fn one_school_leads_a_group_at_a_time() {
        let mut elsewhere = lead("willow-west", "2020", "");
        elsewhere[0] = "oak";
        let mut member = lead("willow-north", "2020", "");
        member[2] = "member";
        let apart = [lead("willow-first", "", "2019-08"), lead("willow-east", "2019-09", ""), elsewhere, member];
        assert_eq!(turns(&apart), (HashMap::new(), Vec::new()));
        let mut second = lead("willow-west", "2020", "");
        second[0] = "WILLOW";
        let (_, refused) = turns(&[apart[0], apart[1], second]);
        let [(line, wrong)] = &refused[..] else { panic!("one is refused: {refused:?}") };
        assert_eq!((*line, wrong.column.as_ref(), wrong.kind), (4, "role", "second_lead"));
        assert_eq!(
            wrong.problem,
            "another school leads the group at the same time: this row holds from 2020-01-01, \
             and line 3 of group_memberships.csv from 2019-09-01"
        );
    }

    #[test]
    fn leads_that_change_within_a_year_have_turns() {
        let rows = [lead("willow-first", "", "2019"), lead("willow-east", "2019", "")];
        let (given, refused) = turns(&rows);
        assert_eq!((given.len(), refused.len()), (2, 0));
    }

    #[test]
    fn a_school_is_not_tied_to_itself() {
        let record =
            school::SUCCESSIONS.parse_row(&["willow", "willow", "renamed", "2019", "", "", ""]).expect("a row");
        let wrong = school::SUCCESSIONS.check_rules(&record).expect_err("a circle");
        assert_eq!(
            (wrong.column.as_ref(), wrong.problem.as_str()),
            ("successor_id", "it is the same school as `predecessor_id`")
        );
    }

    #[test]
    fn a_place_is_stated_whole_or_not_at_all() {
        let columns = school::SHAPE.columns;
        let wrong = |values: &[(&str, &str)]| {
            let value = |name: &str| match name {
                "school_id" => "oak",
                "name" => r#"[["en","Oak",""]]"#,
                _ => values.iter().find(|(column, _)| *column == name).map_or("", |(_, value)| *value),
            };
            let fields: Vec<&str> = columns.iter().map(|column| value(column.name)).collect();
            let record = school::SHAPE.parse_row(&fields).unwrap_or_else(|wrong| panic!("{wrong:?}"));
            school::SHAPE.check_rules(&record).err().map(|wrong| (wrong.column, wrong.problem))
        };
        let (latitude, longitude) = (("latitude", "48.1"), ("longitude", "-1.6"));
        assert_eq!(wrong(&[]), None);
        assert_eq!(wrong(&[latitude, longitude, ("location_precision", "street")]), None);
        for (values, column, problem) in [
            (&[latitude][..], "longitude", "it is empty, and `latitude` needs it"),
            (&[longitude], "latitude", "it is empty, and `longitude` needs it"),
            (&[("location_precision", "street")], "latitude", "it is empty, and `location_precision` needs it"),
            (&[("location_source_id", "map")], "latitude", "it is empty, and `location_source_id` needs it"),
        ] {
            assert_eq!(wrong(values), Some((column.into(), problem.to_owned())));
        }
    }

    #[test]
    fn a_category_agrees_with_those_above_it() {
        let row = |slug: &'static str, scheme, code, parent| {
            let fields = [slug, scheme, code, r#"[["fr","Cité",""]]"#, "", parent, "", "", "", ""];
            category::SHAPE.parse_row(&fields).expect("a good row")
        };
        let mut before = RowsBefore::default();
        let mut check = |record: &Record, line| {
            let checked = category::SHAPE.check_with_rows_before(record, line, &mut before);
            checked.err().map(|wrong| (wrong.column.to_string(), wrong.problem))
        };
        let said = |column: &str, problem: &str| Some((column.to_owned(), problem.to_owned()));
        assert_eq!(check(&row("group", "kinds", "G", ""), 2), None);
        assert_eq!(check(&row("network", "kinds", "N", "GROUP"), 3), None);
        // The same code is another's in another scheme, and the same category's in another period.
        assert_eq!(check(&row("zone", "zones", "G", ""), 4), None);
        assert_eq!(check(&row("network", "kinds", "N", "group"), 5), None);
        assert_eq!(check(&row("net", "kinds", "N", ""), 6), said("code", "line 3 has the same scheme, code"));
        assert_eq!(check(&row("area", "zones", "A", "group"), 7), said("parent_id", "`group` has another scheme"));
        assert_eq!(check(&row("self", "zones", "S", "Self"), 8), said("parent_id", "it is the row's own slug"));
    }

    #[test]
    fn what_is_quoted_needs_its_source() {
        let wrong = membership::SHAPE.parse_row(&["willow", "w", "member", "", "", "", "", "a quote", "news"]);
        let wrong = wrong.expect_err("no source");
        let problems: Vec<_> = wrong.iter().map(|wrong| (wrong.column.as_ref(), wrong.problem.as_str())).collect();
        assert_eq!(
            problems,
            [
                ("quote", "a quote needs its source, and `source_id` is empty"),
                ("confidence", "a confidence needs its source, and `source_id` is empty"),
            ]
        );
    }

    #[test]
    fn the_words_by_which_a_school_is_past_are_those_of_its_status() {
        for word in school::SchoolStatus::WORDS {
            let status = school::SchoolStatus::parse(word).expect("a word of the vocabulary");
            assert_eq!(school::PAST.contains(word), status.is_past(), "{word}");
        }
    }
}
