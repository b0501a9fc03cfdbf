//! What revisions changed: how many facts of each kind they added, changed and closed.

use std::collections::{BTreeMap, HashSet};

use domain::{Kind, RevisionChange};
use sea_orm::{DbBackend, EntityTrait, QueryFilter, QueryOrder, QueryTrait, Statement, sea_query::Query};

use crate::{
    IdMap, Store, StoreError, dialect,
    entity::revision_changes::{self, Column},
    view::col,
};

/// What a revision changes while it is written.
#[derive(Debug, Default)]
pub(crate) struct ChangeCounter {
    counts: BTreeMap<Kind, RevisionChange>,
    /// The facts that were closed and not added anew.
    closed: HashSet<i64>,
}

impl ChangeCounter {
    fn of(&mut self, kind: Kind) -> &mut RevisionChange {
        self.counts.entry(kind).or_insert(RevisionChange { kind, added: 0, changed: 0, closed: 0 })
    }

    /// Whether nothing was added or closed.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Counts a fact that is added; one that was closed before is changed.
    pub(crate) fn add(&mut self, kind: Kind, fact: i64) {
        match self.closed.remove(&fact) {
            true => {
                let counts = self.of(kind);
                (counts.changed, counts.closed) = (counts.changed + 1, counts.closed - 1);
            }
            false => self.of(kind).added += 1,
        }
    }

    /// Counts facts that are closed.
    pub(crate) fn close(&mut self, kind: Kind, facts: &[i64]) {
        self.of(kind).closed += i64::try_from(facts.len()).unwrap_or(i64::MAX);
        self.closed.extend(facts);
    }

    /// The statement that records it.
    pub(crate) fn record(&self, backend: DbBackend, number: i64) -> Statement {
        let mut insert = Query::insert();
        insert.into_table(revision_changes::Entity).columns([
            Column::Number,
            Column::Kind,
            Column::Added,
            Column::Changed,
            Column::Closed,
        ]);
        for RevisionChange { kind, added, changed, closed } in self.counts.values() {
            let row = [number.into(), kind.name().into(), (*added).into(), (*changed).into(), (*closed).into()];
            insert.values_panic(row);
        }
        backend.build(&insert)
    }
}

impl Store {
    /// What each of these revisions changed, by kind; one that is not on record is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn revision_changes(&self, numbers: &[i64]) -> Result<IdMap<Vec<RevisionChange>>, StoreError> {
        let number = col("revision_changes", Column::Number);
        let changes = revision_changes::Entity::find()
            .filter(dialect::is_one_of_these(self.backend, number, numbers))
            .order_by_asc(Column::Kind);
        let mut of: IdMap<Vec<RevisionChange>> = IdMap::default();
        for mut row in self.rows(changes.build(self.backend)).await?.iter() {
            let [number, kind, added, changed, closed] = row.cells();
            of.entry(number.number()?).or_default().push(RevisionChange {
                kind: kind.word(Kind::named)?,
                added: added.number()?,
                changed: changed.number()?,
                closed: closed.number()?,
            });
        }
        Ok(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_and_added_anew_is_changed() {
        let mut counter = ChangeCounter::default();
        counter.close(Kind::School, &[1, 2]);
        for fact in [2, 3] {
            counter.add(Kind::School, fact);
        }
        counter.add(Kind::Group, 4);
        let school = RevisionChange { kind: Kind::School, added: 1, changed: 1, closed: 1 };
        let group = RevisionChange { kind: Kind::Group, added: 1, changed: 0, closed: 0 };
        assert_eq!(counter.counts.into_values().collect::<Vec<_>>(), [group, school]);
    }
}
