//! A map whose rows were checked, kept so that of changes to it only what they affect is checked.

use std::{collections::HashMap, sync::Arc};

use chrono::NaiveDate;
use domain::{Kind, Record, scenario::RecordedRows, shape_of};
use persistence::IdMap;

use super::{
    check::{CheckedDataSet, CheckedFile, check_data_set},
    folder::{Folder, Tables},
    noun_index::NounIndex,
    progress_bar,
    row_table::{line_of_place, place_of_line},
};
use crate::report::Findings;

/// The rows of a map, and what a check of all of them knows.
pub(crate) struct CheckedMap {
    tables: Arc<Tables>,
    nouns: NounIndex,
    links: Links,
    facts: HashMap<Kind, RowFacts>,
}

/// Which rows speak of each noun, in the order of their files: its own rows and those that refer to it, but for those that
/// only cite it as their source.
#[derive(Default)]
pub(super) struct Links(IdMap<Vec<Link>>);

/// A row that speaks of a noun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// What the row is made of.
    pub(super) kind: Kind,
    /// Its place among those of its kind.
    pub(super) at: usize,
    /// Whether it is a row of the noun itself.
    pub(super) is_own: bool,
    /// The first day on which it shows the noun to be known.
    pub(super) day: Option<NaiveDate>,
}

/// The facts that the rows of a file state; nearly all rows state one.
#[derive(Default)]
struct RowFacts {
    ids: Vec<i64>,
    /// Where those of each row begin.
    starts: Vec<usize>,
}

impl Links {
    /// Adds that a row speaks of a noun; it may do so several times, one after the other.
    pub(super) fn add(&mut self, noun: i64, kind: Kind, line: u64, is_own: bool, day: Option<NaiveDate>) {
        let Some(at) = place_of_line(line) else { return };
        let links = self.0.entry(noun).or_default();
        match links.last_mut().filter(|link| (link.kind, link.at) == (kind, at)) {
            Some(link) => link.day = [link.day, day].into_iter().flatten().min(),
            None => links.push(Link { kind, at, is_own, day }),
        }
    }
}

impl CheckedMap {
    /// Checks the rows of a map, given in the order of their files.
    pub(crate) fn check(tables: Tables, today: NaiveDate) -> anyhow::Result<Result<Self, Findings>> {
        let tables = Arc::new(tables);
        let folder = Folder::Tables(tables.clone());
        let checked = check_data_set(&folder, today, false, &progress_bar(false), NounIndex::with_links())?;
        Ok(checked.map(|CheckedDataSet { mut nouns, files, .. }| {
            let facts = files.iter().map(|file| (file.shape.kind, RowFacts::of(file, &nouns))).collect();
            CheckedMap { tables, links: nouns.take_links(), nouns, facts }
        }))
    }

    /// The index of its nouns.
    pub(super) fn nouns(&self) -> &NounIndex {
        &self.nouns
    }

    /// The rows that speak of a noun.
    pub(super) fn links_of(&self, noun: i64) -> &[Link] {
        self.links.0.get(&noun).map_or(&[], Vec::as_slice)
    }

    /// The fields of a row.
    pub(super) fn row(&self, kind: Kind, at: usize) -> Option<Vec<&str>> {
        self.tables.get(&kind)?.row(at)
    }

    /// What a row says.
    pub(super) fn record(&self, kind: Kind, at: usize) -> Option<Record> {
        shape_of(kind).parse_row(&self.row(kind, at)?).ok()
    }

    /// Whether a row is one of several that state periods of one thing.
    pub(super) fn states_period(&self, kind: Kind, at: usize) -> bool {
        matches!(self.nouns.period(shape_of(kind), line_of_place(at)), Ok(Some(_)))
    }

    /// The facts that a row states.
    pub(super) fn facts_of(&self, kind: Kind, at: usize) -> &[i64] {
        let Some(RowFacts { ids, starts }) = self.facts.get(&kind) else { return &[] };
        let Some(start) = starts.get(at) else { return &[] };
        &ids[*start..starts.get(at + 1).copied().unwrap_or(ids.len())]
    }
}

impl RowFacts {
    fn of(file: &CheckedFile, nouns: &NounIndex) -> Self {
        let mut facts = RowFacts::default();
        for digest in &file.digests {
            if !nouns.is_part(digest.id) {
                facts.starts.push(facts.ids.len());
            }
            facts.ids.push(digest.id);
        }
        facts
    }
}

impl RecordedRows for CheckedMap {
    fn n_rows(&self, kind: Kind) -> usize {
        self.tables.get(&kind).map_or(0, |table| table.len())
    }

    fn fields(&self, kind: Kind, at: usize) -> Option<Vec<String>> {
        Some(self.row(kind, at)?.into_iter().map(str::to_owned).collect())
    }

    fn rows_of_noun(&self, kind: Kind, noun: i64) -> Vec<usize> {
        let links = self.links_of(noun).iter().filter(|link| link.is_own && link.kind == kind);
        links.map(|link| link.at).collect()
    }

    fn rows_that_refer(&self, kind: Kind, noun: i64) -> Vec<usize> {
        let links = self.links_of(noun).iter().filter(|link| !link.is_own && link.kind == kind);
        links.map(|link| link.at).collect()
    }
}
