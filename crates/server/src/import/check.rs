//! The first pass: reads every row of a data set and writes nothing.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    iter::repeat_n,
};

use chrono::NaiveDate;
use domain::{FieldError, Record, RowsBefore, SHAPES, Shape, TurnTakers};
use indicatif::ProgressBar;

use super::{
    digest::{RowDigest, digest_turn},
    file_rows::FileRows,
    folder::Folder,
    hints::add_hints,
    noun_index::{NounIndex, RowError},
    row_reader::{ParsedRow, RowContent, RowReader},
};
use crate::report::{Finding, Findings};

/// A data set without findings: what the second pass needs to know of it.
pub(crate) struct CheckedDataSet {
    /// The nouns, and when each holds.
    pub(super) nouns: NounIndex,
    /// The files, in the order in which they are read.
    pub(super) files: Vec<CheckedFile>,
    /// Rows whose status cannot be right today, by the fact that they state.
    pub(super) outdated: HashMap<i64, Finding>,
}

/// A file without findings.
pub(super) struct CheckedFile {
    /// What its rows are made of.
    pub(super) shape: &'static Shape,
    /// Its columns; none if the folder has no such file.
    pub(super) header: Vec<String>,
    /// Its rows, in their order.
    pub(super) digests: Vec<RowDigest>,
}

/// Checks a data set from the first file to the last.
///
/// `all` keeps every finding, rather than a few of each kind; `nouns` is an index without nouns of the data set.
pub(super) fn check_data_set(
    folder: &Folder,
    today: NaiveDate,
    all: bool,
    bar: &ProgressBar,
    mut nouns: NounIndex,
) -> anyhow::Result<Result<CheckedDataSet, Findings>> {
    let mut found = CheckFindings { findings: Findings::new(all), today, outdated: HashMap::new() };
    nouns.read_dates(folder)?;
    let mut files = Vec::with_capacity(SHAPES.len());
    bar.set_length(SHAPES.iter().map(|shape| folder.size(shape)).sum());
    for shape in SHAPES {
        files.push(check_file(shape, folder, &mut nouns, &mut found, bar)?);
    }
    if found.findings.is_empty() {
        return Ok(Ok(CheckedDataSet { nouns, files, outdated: found.outdated }));
    }
    add_hints(&mut found.findings, folder)?;
    // Which of these are on record already, and so are no findings, is not known yet.
    let mut outdated: Vec<Finding> = found.outdated.into_values().collect();
    outdated.sort_by_key(|finding| finding.line);
    Ok(Err(found.findings.with_warnings(outdated.into_iter().map(Finding::into_warning).collect())))
}

fn check_file(
    shape: &'static Shape,
    folder: &Folder,
    nouns: &mut NounIndex,
    found: &mut CheckFindings,
    bar: &ProgressBar,
) -> anyhow::Result<CheckedFile> {
    let mut checked = CheckedFile { shape, header: Vec::new(), digests: Vec::new() };
    let Some(input) = folder.open(shape)? else { return Ok(checked) };
    nouns.add_periods(shape, folder)?;
    bar.set_message(format!("checking {}.csv", shape.file));
    let mut header = Vec::new();
    let rows = FileRows::open(shape, input.shown_by(bar), &mut header)?;
    header.into_iter().for_each(|finding| found.findings.push(finding));
    let Some(rows) = rows else {
        nouns.mark_unreadable(shape.kind);
        return Ok(checked);
    };
    checked.header = rows.header().to_vec();
    let mut reader = RowReader::start(shape, rows);
    let mut file = FileState::default();
    while let Some(batch) = reader.next_batch()? {
        batch.findings.into_iter().for_each(|finding| found.findings.push(finding));
        for ParsedRow { line, content } in batch.rows {
            let (key, errors) = match content {
                RowContent::Record(record, text) => match check_record(shape, &record, text, line, nouns, &mut file) {
                    Ok(facts) => {
                        found.check_status(shape, &record, facts[0].id, line);
                        checked.digests.extend(facts);
                        continue;
                    }
                    Err(errors) => (record.key, errors),
                },
                RowContent::Invalid(wrong, key) => (key, wrong.into_iter().map(RowError::from).collect()),
                RowContent::OpenQuote(problem) => {
                    found.findings.push(Finding::of_line(shape.file, line, "open_quotation_mark", problem));
                    nouns.mark_unreadable(shape.kind);
                    continue;
                }
                RowContent::WrongFieldCount(problem, key) => {
                    found.findings.push(Finding::of_line(shape.file, line, "number_of_fields", problem));
                    (key, Vec::new())
                }
            };
            nouns.insert_invalid(shape, &key);
            errors.into_iter().for_each(|error| found.push(shape.file, line, error));
        }
    }
    let (turns, refused) = shape.give_turns(file.turn_takers);
    refused.into_iter().for_each(|(line, error)| found.push(shape.file, line, error.into()));
    if !turns.is_empty() {
        for row in &mut checked.digests {
            row.digest = turns.get(&row.id).map_or(row.digest, |turn| digest_turn(row.digest, turn));
        }
        nouns.add_turns(turns);
    }
    Ok(checked)
}

/// What later rows of a file are checked against.
#[derive(Default)]
struct FileState {
    /// The line of each record, and a second hash of its key.
    seen: HashMap<i64, (u64, u32)>,
    turn_takers: TurnTakers,
    before: RowsBefore,
}

fn check_record(
    shape: &Shape,
    record: &Record,
    text: String,
    line: u64,
    nouns: &mut NounIndex,
    file: &mut FileState,
) -> Result<Vec<RowDigest>, Vec<RowError>> {
    if nouns.period(shape, line).map_err(|error| vec![error.into()])?.is_none() {
        file.check_unique(shape, record, line).map_err(|error| vec![error.into()])?;
    }
    let times = nouns.record_times(shape, record, line)?;
    shape.check_rules(record).map_err(|error| vec![error.into()])?;
    shape.check_with_rows_before(record, line, &mut file.before).map_err(|error| vec![error.into()])?;
    for time in &times {
        shape.add_turn_taker(record, line, time.fact, time.days, &mut file.turn_takers);
        nouns.insert(shape, record, time, line);
    }
    let texts = repeat_n(text, times.len());
    Ok(times.iter().zip(texts).map(|(time, text)| time.row_digest(text)).collect())
}

impl FileState {
    /// Checks that no row before says something of the same record.
    fn check_unique(&mut self, shape: &Shape, record: &Record, line: u64) -> Result<(), FieldError> {
        let mut hasher = DefaultHasher::new();
        // Two slugs that differ in case are one.
        if shape.is_noun() {
            record.key.to_ascii_lowercase().hash(&mut hasher)
        } else {
            record.key.hash(&mut hasher)
        }
        let second = hasher.finish() as u32;
        let (first_line, other) = *self.seen.entry(record.id).or_insert((line, second));
        if first_line == line {
            return Ok(());
        }
        let columns = shape.key.join(", ");
        let problem = match other == second {
            true if shape.key.len() == 1 => format!("`{}` stands on line {first_line} already", record.key),
            true => format!("line {first_line} has the same {columns}"),
            false => format!("by a rare chance its identity is also that of line {first_line}: change its {columns}"),
        };
        Err(FieldError { column: shape.key[0].into(), kind: "twice", problem })
    }
}

/// The findings so far.
struct CheckFindings {
    findings: Findings,
    today: NaiveDate,
    outdated: HashMap<i64, Finding>,
}

impl CheckFindings {
    fn push(&mut self, file: &'static str, line: u64, error: RowError) {
        self.findings.push(Finding { missing: error.missing, ..Finding::of_field(file, line, error.error) });
    }

    /// Adds a row whose status contradicts its dates today.
    fn check_status(&mut self, shape: &Shape, record: &Record, fact: i64, line: u64) {
        if let Some(wrong) = shape.status_contradiction(&record.cells, self.today) {
            self.outdated.insert(fact, Finding::of_field(shape.file, line, wrong));
        }
    }
}
