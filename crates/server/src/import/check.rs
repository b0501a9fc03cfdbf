//! The first pass: reads every row of a data set and writes nothing.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use domain::{Kind, Record, SHAPES, Shape, Wrong, group::LeadSeats};
use indicatif::ProgressBar;

use super::{
    folder::Folder,
    form::Form,
    nouns::{Flaw, Nouns},
    rows::{Row, Rows},
    shape_of,
    suggest::{Nearest, question},
    tick,
};
use crate::report::{Finding, Findings};

/// A data set without findings: what the second pass needs to know of it.
pub(super) struct Checked {
    /// The nouns, and when each holds.
    pub(super) nouns: Nouns,
    /// The rows of each file, in its order.
    pub(super) files: Vec<(&'static Shape, Vec<Print>)>,
}

/// What is kept of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    /// The identity of its record.
    pub(super) id: i64,
    /// A fingerprint of everything it says.
    pub(super) digest: i64,
}

/// Checks a data set from the first file to the last.
pub(super) fn check(folder: &Folder, bar: &ProgressBar) -> anyhow::Result<Result<Checked, Findings>> {
    let mut found = Found::default();
    let mut nouns = Nouns::with_turns(folder)?;
    let mut files = Vec::with_capacity(SHAPES.len());
    for shape in SHAPES {
        bar.set_message(format!("checking {}.csv", shape.file));
        files.push((*shape, check_file(&Form::of(shape), folder, &mut nouns, &mut found, bar)?));
    }
    if found.findings.is_empty() {
        return Ok(Ok(Checked { nouns, files }));
    }
    found.suggest(folder)?;
    Ok(Err(found.in_order()))
}

fn check_file(
    form: &Form,
    folder: &Folder,
    nouns: &mut Nouns,
    found: &mut Found,
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Print>> {
    let Some(input) = folder.open(form.shape)? else { return Ok(Vec::new()) };
    let Some(mut rows) = Rows::open(form.shape, input, &mut found.findings)? else {
        nouns.leave_unread(form.shape.kind);
        return Ok(Vec::new());
    };
    let mut file = FileSoFar::default();
    let mut prints = Vec::new();
    while let Some(row) = rows.next(&mut found.findings)? {
        let checked = match &row.misfit {
            None => check_row(form, &row, nouns, &mut file),
            Some(misfit) => {
                found.findings.push(Finding::of_line(form.shape.file, row.line, misfit));
                Err(Vec::new())
            }
        };
        match checked {
            Ok(print) => prints.push(print),
            Err(flaws) => {
                nouns.hold_wrong(form, &form.shape.key_of(&row.fields));
                flaws.into_iter().for_each(|flaw| found.push(form.shape.file, row.line, flaw));
            }
        }
        tick(bar, prints.len());
    }
    rows.close(&mut found.findings);
    Ok(prints)
}

/// What the rows of a file so far mean for the next.
#[derive(Default)]
struct FileSoFar {
    /// The line of each record, and a second hash of its key.
    seen: HashMap<i64, (u64, u32)>,
    seats: LeadSeats,
    text: String,
}

fn check_row(form: &Form, row: &Row<'_>, nouns: &mut Nouns, file: &mut FileSoFar) -> Result<Print, Vec<Flaw>> {
    let record = form.read(&row.fields).map_err(|wrong| wrong.into_iter().map(plain).collect::<Vec<_>>())?;
    file.see(form, &record, row.line).map_err(|wrong| vec![plain(wrong)])?;
    let validity = nouns.settle(form, &record)?;
    form.check(&record, validity, &mut file.seats).map_err(|wrong| vec![plain(wrong)])?;
    nouns.hold(form, record.id, validity);
    Ok(Print { id: record.id, digest: form.digest(&row.fields, validity, &mut file.text) })
}

fn plain(wrong: Wrong) -> Flaw {
    Flaw { wrong, missing: None }
}

impl FileSoFar {
    /// Checks that no row before says something of the same record.
    fn see(&mut self, form: &Form, record: &Record, line: u64) -> Result<(), Wrong> {
        let mut hasher = DefaultHasher::new();
        record.key.hash(&mut hasher);
        let second = hasher.finish() as u32;
        let (first_line, other) = *self.seen.entry(record.id).or_insert((line, second));
        if first_line == line {
            return Ok(());
        }
        let columns = form.shape.key.join(", ");
        let problem = match other == second {
            true if form.shape.key.len() == 1 => format!("`{}` stands on line {first_line} already", record.key),
            true => format!("line {first_line} has the same {columns}"),
            false => format!("by a rare chance its identity is also that of line {first_line}: change its {columns}"),
        };
        Err(Wrong { column: form.shape.key[0], problem })
    }
}

/// The findings so far, and those among them that could do with a suggestion.
#[derive(Default)]
struct Found {
    findings: Findings,
    missing: Vec<(usize, Kind, String)>,
}

/// How many missing nouns are looked for among those that are there: each costs a look at every slug.
const SUGGESTIONS: usize = 30;

impl Found {
    fn push(&mut self, file: &'static str, line: u64, flaw: Flaw) {
        let at = self.findings.push(Finding::of_field(file, line, flaw.wrong));
        if let (Some(at), Some((kind, slug))) = (at, flaw.missing) {
            self.missing.push((at, kind, slug));
        }
    }

    /// Adds, to findings about missing nouns, which one may have been meant.
    fn suggest(&mut self, folder: &Folder) -> anyhow::Result<()> {
        let mut wanted: HashMap<Kind, HashMap<&str, Nearest<'_>>> = HashMap::new();
        for (_, kind, slug) in &self.missing {
            if wanted.values().map(HashMap::len).sum::<usize>() < SUGGESTIONS {
                wanted.entry(*kind).or_default().entry(slug).or_insert_with(|| Nearest::to(slug));
            }
        }
        let mut hints: HashMap<(Kind, &str), String> = HashMap::new();
        for (kind, mut words) in wanted {
            let is_there = offer_slugs(folder, kind, &mut words)?;
            hints.extend(words.into_iter().filter_map(|(slug, nearest)| {
                let hint = if is_there { nearest.found().map(question) } else { Some("there is no such file".to_owned()) };
                Some(((kind, slug), hint?))
            }));
        }
        for (at, kind, slug) in &self.missing {
            self.findings.list[*at].hint = hints.get(&(*kind, slug.as_str())).cloned();
        }
        Ok(())
    }

    /// The findings, by file and line.
    fn in_order(self) -> Findings {
        let mut findings = self.findings;
        let place = |file: &str| SHAPES.iter().position(|shape| shape.file == file);
        findings.list.sort_by_key(|finding| (place(finding.file), finding.line));
        findings
    }
}

/// Offers every slug of a kind; tells whether its file is there at all.
fn offer_slugs(folder: &Folder, kind: Kind, words: &mut HashMap<&str, Nearest<'_>>) -> anyhow::Result<bool> {
    let mut unheard = Findings::default();
    let Some(shape) = shape_of(kind) else { return Ok(true) };
    let Some(input) = folder.open(shape)? else { return Ok(false) };
    let Some(mut rows) = Rows::open(shape, input, &mut unheard)? else { return Ok(true) };
    while let Some(row) = rows.next(&mut unheard)? {
        let slug = shape.key_of(&row.fields);
        words.values_mut().for_each(|nearest| nearest.offer(&slug));
    }
    Ok(true)
}
