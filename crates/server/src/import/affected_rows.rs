//! The rows that changes to a checked map affect: what all others say, and when it holds, stays as it is.
//!
//! When a noun changes, all rows that refer to it are affected and, where these are nouns, those that refer to them.
//! Rows that are checked together are affected together: all rows of a noun, those that state periods of one thing, and
//! those that take turns. A noun is affected, too, whose earliest known day another row shows than before.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use chrono::NaiveDate;
use domain::{
    Kind, Record, Shape,
    id::identity,
    scenario::{ChangedRows, RecordedRows},
    shape_of,
};

use super::{
    check::{CheckedDataSet, check_data_set},
    checked_map::CheckedMap,
    folder::{Folder, Tables},
    noun_index::NounIndex,
    progress_bar,
    row_table::{RowTable, line_of_place},
};
use crate::report::Findings;

/// What changes to a map make of it, without findings.
pub(crate) struct CheckedChanges {
    /// The rows that are affected.
    pub(super) folder: Folder,
    /// What the check knows of them.
    pub(super) checked: CheckedDataSet,
    /// The facts that they stated before.
    pub(super) facts: HashMap<Kind, Vec<i64>>,
}

impl CheckedChanges {
    /// Checks what changes make of a map.
    ///
    /// # Errors
    /// The check did not end.
    pub(crate) fn check(
        map: &Arc<CheckedMap>,
        changed: &ChangedRows,
        today: NaiveDate,
    ) -> anyhow::Result<Result<Self, Findings>> {
        let mut affected = Arc::new(AffectedRows::find(map, changed));
        loop {
            let folder = Folder::Tables(Arc::new(affected.tables(map, changed)));
            let nouns = NounIndex::of_affected(map.clone(), affected.clone());
            let checked = match check_data_set(&folder, today, false, &progress_bar(false), nouns)? {
                Ok(checked) => checked,
                Err(findings) => return Ok(Err(findings)),
            };
            let shown_otherwise = affected.find_shown_otherwise(map, &checked.nouns);
            if shown_otherwise.is_empty() {
                return Ok(Ok(CheckedChanges { folder, facts: affected.facts(map), checked }));
            }
            Arc::make_mut(&mut affected).add_nouns(&shown_otherwise, map, changed);
        }
    }
}

/// The rows that changes affect.
#[derive(Debug, Clone, Default)]
pub(super) struct AffectedRows {
    /// By kind and place.
    rows: BTreeSet<(Kind, usize)>,
    /// Those of them that were not looked at yet.
    unseen: Vec<(Kind, usize)>,
    /// The nouns of which they are.
    nouns: HashSet<i64>,
    /// The nouns that may begin or end on other days, all rows about which are among them.
    dated_anew: HashSet<i64>,
    /// The nouns of which they speak.
    shown: HashSet<i64>,
    /// The turns that were looked at, and the kinds of rows that take them.
    turns: HashSet<(Kind, (&'static str, i64))>,
}

impl AffectedRows {
    fn find(map: &CheckedMap, changed: &ChangedRows) -> Self {
        let mut affected = AffectedRows::default();
        let mut nouns = Vec::new();
        for (kind, at) in changed.keys().copied() {
            affected.add(kind, at);
            let shape = shape_of(kind);
            // Who cites a source is not kept, nor what is unique among all rows of a file.
            debug_assert!(!matches!(kind, Kind::Source | Kind::Category), "no change touches {}", kind.name());
            for (_, record) in versions(map, changed, kind, at) {
                if shape.is_noun() {
                    nouns.push(record.id);
                }
                if shape.dates_nouns() {
                    nouns.extend(nouns_of(shape, &record));
                }
            }
        }
        while let Some(noun) = nouns.pop() {
            if !affected.dated_anew.insert(noun) {
                continue;
            }
            for link in map.links_of(noun) {
                affected.add(link.kind, link.at);
                if let Some(fields) = map.row(link.kind, link.at).filter(|_| shape_of(link.kind).is_noun()) {
                    nouns.push(identity(link.kind, fields[0]));
                }
            }
        }
        affected.add_rows_checked_together(map, changed);
        affected
    }

    /// Whether a row is affected.
    pub(super) fn has_row(&self, kind: Kind, at: usize) -> bool {
        self.rows.contains(&(kind, at))
    }

    /// Whether the rows of a noun are affected.
    pub(super) fn has_noun(&self, noun: i64) -> bool {
        self.nouns.contains(&noun)
    }

    /// Whether all rows that date a noun are affected.
    pub(super) fn is_dated_anew(&self, noun: i64) -> bool {
        self.dated_anew.contains(&noun)
    }

    fn add(&mut self, kind: Kind, at: usize) {
        if self.rows.insert((kind, at)) {
            self.unseen.push((kind, at));
        }
    }

    /// Adds the rows of nouns.
    fn add_nouns(&mut self, nouns: &[i64], map: &CheckedMap, changed: &ChangedRows) {
        for link in nouns.iter().flat_map(|noun| map.links_of(*noun)).filter(|link| link.is_own) {
            self.add(link.kind, link.at);
        }
        self.add_rows_checked_together(map, changed);
    }

    /// Adds the rows without which those that are affected cannot be checked.
    fn add_rows_checked_together(&mut self, map: &CheckedMap, changed: &ChangedRows) {
        while let Some((kind, at)) = self.unseen.pop() {
            let shape = shape_of(kind);
            for (fields, record) in versions(map, changed, kind, at) {
                self.shown.extend(nouns_of(shape, &record));
                if shape.is_noun() {
                    self.nouns.insert(record.id);
                    map.rows_of_noun(kind, record.id).into_iter().for_each(|at| self.add(kind, at));
                } else if changed.contains_key(&(kind, at)) || map.states_period(kind, at) {
                    rows_of_thing(map, shape, &fields, &record).into_iter().for_each(|at| self.add(kind, at));
                }
                for turn @ (_, noun) in shape.turns_of(&record) {
                    if !self.turns.insert((kind, turn)) {
                        continue;
                    }
                    let others = map.rows_that_refer(kind, noun).into_iter();
                    let takes_turns = |at: &usize| {
                        map.record(kind, *at).is_some_and(|other| shape.turns_of(&other).any(|other| other == turn))
                    };
                    others.filter(takes_turns).for_each(|at| self.add(kind, at));
                }
            }
        }
    }

    /// The rows as they are with the changes, each on the line that it would have among all.
    fn tables(&self, map: &CheckedMap, changed: &ChangedRows) -> Tables {
        let mut tables: HashMap<Kind, RowTable> = HashMap::new();
        for (kind, at) in self.rows.iter().copied() {
            let table = tables.entry(kind).or_insert_with(|| RowTable::new(shape_of(kind)));
            match changed.get(&(kind, at)) {
                Some(row) => table.push_on(line_of_place(at), row.fields.iter().map(String::as_str)),
                None => table.push_on(line_of_place(at), map.row(kind, at).into_iter().flatten()),
            }
        }
        tables.into_iter().map(|(kind, table)| (kind, Arc::new(table))).collect()
    }

    /// The nouns that other rows than before show to be known, and whose own rows are not affected.
    fn find_shown_otherwise(&self, map: &CheckedMap, nouns: &NounIndex) -> Vec<i64> {
        let unread = self.shown.iter().copied().filter(|noun| !self.has_noun(*noun));
        unread.filter(|noun| nouns.evidence(*noun) != map.nouns().evidence(*noun)).collect()
    }

    /// The facts that the rows stated before, by kind.
    fn facts(&self, map: &CheckedMap) -> HashMap<Kind, Vec<i64>> {
        let mut facts: HashMap<Kind, Vec<i64>> = HashMap::new();
        for (kind, at) in self.rows.iter().copied() {
            facts.entry(kind).or_default().extend(map.facts_of(kind, at));
        }
        facts
    }
}

/// A row before the changes and with them, where it is one.
fn versions<'a>(
    map: &'a CheckedMap,
    changed: &'a ChangedRows,
    kind: Kind,
    at: usize,
) -> impl Iterator<Item = (Vec<&'a str>, Record)> {
    let with_changes = changed.get(&(kind, at)).map(|row| row.fields.iter().map(String::as_str).collect());
    let both = [map.row(kind, at), with_changes].into_iter().flatten();
    both.filter_map(move |fields| {
        let record = shape_of(kind).parse_row(&fields).ok()?;
        Some((fields, record))
    })
}

/// The nouns that a record refers to.
fn nouns_of(shape: &Shape, record: &Record) -> impl Iterator<Item = i64> {
    shape.references_of(record).map(|(_, kind, slug)| identity(kind, slug))
}

/// The recorded rows that speak of the same thing as a row of a tie.
fn rows_of_thing(map: &CheckedMap, shape: &Shape, fields: &[&str], record: &Record) -> Vec<usize> {
    let in_key = shape.references_of(record).filter(|(column, ..)| shape.key.contains(&column.name));
    let nouns = in_key.map(|(_, kind, slug)| identity(kind, slug));
    // All of them refer to each noun of its key.
    let rows = match nouns.min_by_key(|noun| map.links_of(*noun).len()) {
        Some(noun) => map.rows_that_refer(shape.kind, noun),
        None => (0..map.n_rows(shape.kind)).collect(),
    };
    let is_same =
        |at: &usize| map.row(shape.kind, *at).is_some_and(|other| shape.thing_of(&other).eq(shape.thing_of(fields)));
    rows.into_iter().filter(is_same).collect()
}
