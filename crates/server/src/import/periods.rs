//! Rows of one thing: the periods in which it holds, one after the other.
//!
//! A file is read for keys that occur more than once before its rows are checked; of nearly all files nothing stays.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

use domain::{
    FieldError, Kind, Record, Shape, Span, SuccessionDates, Validity, id::later_identity, period::arrange_periods,
    record::describe_days,
};

use super::{csv_rows::CsvRow, file_rows::FileRows, folder::Folder};

/// The rows of a data set that are not the only one of their thing.
#[derive(Default)]
pub(super) struct Periods(HashMap<(Kind, u64), Result<Period, FieldError>>);

/// One of several periods of a thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Period {
    /// The identity of its fact.
    pub(super) fact: i64,
    /// The days within which it holds, and on which a noun is seen by it.
    pub(super) shown: Validity,
    /// The days that its row states.
    pub(super) stated: Validity,
}

/// A row that may state a period of a thing that other rows speak of, too.
struct Candidate {
    line: u64,
    record: Record,
    span: Span,
}

impl Periods {
    /// The period that a row states; `None` if it is the only one of its thing.
    ///
    /// # Errors
    /// It holds at the same time as another row of the thing.
    pub(super) fn of_row(&self, shape: &Shape, line: u64) -> Result<Option<&Period>, &FieldError> {
        self.0.get(&(shape.kind, line)).map(Result::as_ref).transpose()
    }

    /// Adds the periods that the rows of a file state, given what successions say about a noun.
    pub(super) fn add_file<'a>(
        &mut self,
        shape: &'static Shape,
        folder: &Folder,
        successions: &dyn Fn(i64) -> Option<&'a SuccessionDates>,
    ) -> anyhow::Result<()> {
        if !shape.has_periods() {
            return Ok(());
        }
        let repeated = repeated_things(shape, folder)?;
        if repeated.is_empty() {
            return Ok(());
        }
        let mut things: HashMap<String, Vec<Candidate>> = HashMap::new();
        let Some(mut rows) = open(shape, folder)? else { return Ok(()) };
        while let Some(CsvRow { line, fields, problem, .. }) = rows.next_row(&mut Vec::new())? {
            if problem.is_some() || !repeated.contains(&hash_thing(shape, &fields)) {
                continue;
            }
            // What is wrong with a row by itself is found later.
            let Ok(record) = shape.parse_row(&fields) else { continue };
            let dates = successions(record.id).map(|dates| dates.within(record.validity));
            let Ok(span) = shape.own_span(&record.cells, dates.as_ref()) else { continue };
            let thing = shape.thing_of(&fields).collect::<Vec<_>>().join("|");
            things.entry(thing).or_default().push(Candidate { line, record, span });
        }
        for rows in things.into_values().filter(|rows| rows.len() > 1) {
            self.add_thing(shape, &rows);
        }
        Ok(())
    }

    /// Adds the periods of one thing, its rows given in the order of the file.
    fn add_thing(&mut self, shape: &'static Shape, rows: &[Candidate]) {
        let spans: Vec<Span> = rows.iter().map(|row| row.span.clone()).collect();
        let arrangement = arrange_periods(&spans);
        let mut taken = HashSet::new();
        for (at, shown) in arrangement.order {
            // Where some overlap, the days of the others say nothing.
            let shown = if arrangement.overlaps.is_empty() { shown } else { Validity::ALWAYS };
            let Candidate { line, record, .. } = &rows[at];
            let fact = match taken.insert(record.id) {
                true => record.id,
                false => later_identity(shape.kind, record.id, stated_begin(shape, record)),
            };
            if fact != record.id && !taken.insert(fact) {
                let problem = format!("another row has the same {}", [shape.key, &[shape.dated.0]].concat().join(", "));
                self.refuse(shape, *line, problem);
                continue;
            }
            self.0.insert((shape.kind, *line), Ok(Period { fact, shown, stated: record.validity }));
        }
        for (one, other) in arrangement.overlaps {
            let (before, row) = if rows[one].line < rows[other].line { (one, other) } else { (other, one) };
            let problem = describe_overlap(shape, &rows[before], &rows[row]);
            self.refuse(shape, rows[row].line, problem);
        }
    }

    fn refuse(&mut self, shape: &'static Shape, line: u64, problem: String) {
        self.0.insert((shape.kind, line), Err(FieldError { column: shape.key[0].into(), kind: "twice", problem }));
    }
}

/// The day on which a row says that its period begins, as it says so.
fn stated_begin<'a>(shape: &Shape, record: &'a Record) -> &'a str {
    match shape.index(shape.dated.0).map(|at| &record.cells[at]) {
        Some(domain::Cell::Date(date)) => date.as_str(),
        _ => "",
    }
}

/// What is wrong with a row that says of a thing what a row before it says.
fn describe_overlap(shape: &Shape, before: &Candidate, row: &Candidate) -> String {
    let line = before.line;
    let same = match shape.key {
        [_] => format!("`{}` stands on line {line} already", row.record.key),
        key => {
            let is_named = |name: &&&str| before.record.key == row.record.key || **name != shape.dated.0;
            let columns: Vec<&str> = key.iter().filter(is_named).copied().collect();
            format!("line {line} has the same {}", columns.join(", "))
        }
    };
    let [other, own] = [before, row].map(|row| row.span.validity());
    match other == Validity::ALWAYS || own == Validity::ALWAYS {
        true => same,
        false => format!(
            "{same}, for days that overlap: that one holds {}, this one {}",
            describe_days(other),
            describe_days(own)
        ),
    }
}

/// The hashes of the things of which more than one row of a file speaks.
fn repeated_things(shape: &'static Shape, folder: &Folder) -> anyhow::Result<HashSet<u64>> {
    let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
    let Some(mut rows) = open(shape, folder)? else { return Ok(repeated) };
    // Rows that state no days are periods of nothing: that they are of one thing is found when they are checked.
    if ![shape.dated.0, shape.dated.1].iter().any(|day| rows.header().iter().any(|name| name == day)) {
        return Ok(repeated);
    }
    rows.skip_texts();
    while let Some(row) = rows.next_row(&mut Vec::new())? {
        let thing = hash_thing(shape, &row.fields);
        if row.problem.is_none() && !seen.insert(thing) {
            repeated.insert(thing);
        }
    }
    Ok(repeated)
}

fn hash_thing(shape: &Shape, fields: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    shape.thing_of(fields).for_each(|part| part.hash(&mut hasher));
    hasher.finish()
}

/// Opens the file of a shape; what is wrong with it or with its rows is found later.
fn open(shape: &'static Shape, folder: &Folder) -> anyhow::Result<Option<FileRows>> {
    let Some(input) = folder.open(shape)? else { return Ok(None) };
    FileRows::open(shape, input, &mut Vec::new())
}
