//! Which columns of a noun a read takes, and whether it takes what the tie says that leads to it.
//!
//! The id, the slug and what every record states are always read; the rest if it is asked for. A value that was not read
//! is as if no source stated it, so who asks must name all that it will look at.

use domain::Presence;

use crate::noun::Table;

/// A set of columns of one kind of noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColumnSet(u64);

/// The bit of the first column of [`Table::COLUMNS`].
const FIRST: usize = 4;

impl ColumnSet {
    /// Only what is always read.
    pub const LEAST: Self = ColumnSet(0);
    /// All of them.
    pub const ALL: Self = ColumnSet(u64::MAX);
    /// The official names, with what each is based on.
    pub const NAMES: Self = ColumnSet(1);
    /// When it is on the map, and since when it is known.
    pub const TIME: Self = ColumnSet(1 << 1);
    /// The position in the list that is read, which cursors say.
    pub const POSITION: Self = ColumnSet(1 << 2);
    /// What the tie says that leads to the noun; without it only the noun is read.
    pub const TIE: Self = ColumnSet(1 << 3);

    /// The column of this name; a reference may be named without its `_id`, and `names` and `time` stand for all of
    /// these. `None` if the noun has none.
    #[must_use]
    pub fn named<N: Table>(name: &str) -> Option<Self> {
        match name {
            "names" => return Some(Self::NAMES),
            "time" => return Some(Self::TIME),
            _ => {}
        }
        let is_meant = |column: &str| column.strip_prefix(name).is_some_and(|rest| matches!(rest, "" | "_id"));
        let at = N::COLUMNS.iter().position(|column| is_meant(column.unquoted()))?;
        Some(Self::at(at))
    }

    const fn at(column: usize) -> Self {
        ColumnSet(1 << (FIRST + column))
    }

    /// Both together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        ColumnSet(self.0 | other.0)
    }

    /// Whether all columns of another set are in this one.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With the columns of which every record has a value.
    pub(crate) fn with_required<N: Table>(self) -> Self {
        let is_required = |name: &str| {
            let column = N::SHAPE.columns.iter().find(|column| column.name == name);
            column.is_none_or(|column| column.presence == Presence::Required)
        };
        let required = N::COLUMNS.iter().enumerate().filter(|(_, column)| is_required(column.unquoted()));
        required.fold(self, |all, (at, _)| all.union(Self::at(at)))
    }

    /// For each of [`Table::COLUMNS`], from the least bit, whether it is read.
    pub(crate) const fn mask(self) -> u64 {
        self.0 >> FIRST
    }

    /// Whether the column at this place of [`Table::COLUMNS`] is read.
    pub(crate) const fn reads(self, column: usize) -> bool {
        self.contains(Self::at(column))
    }
}

#[cfg(test)]
mod tests {
    use domain::{Campus, School};

    use super::ColumnSet;

    #[test]
    fn a_column_is_found_by_the_name_of_its_property() {
        let opened_on = ColumnSet::named::<School>("opened_on").expect("a column");
        let township = ColumnSet::named::<School>("township").expect("a column");
        assert_ne!(opened_on, township);
        assert_eq!(ColumnSet::named::<School>("town"), None);
        assert_eq!(ColumnSet::named::<School>(""), None);
        assert!(opened_on.union(township).contains(township) && !opened_on.contains(township));
    }

    #[test]
    fn what_every_record_states_is_always_read() {
        let school = ColumnSet::named::<Campus>("school").expect("a column");
        let address = ColumnSet::named::<Campus>("address").expect("a column");
        let least = ColumnSet::LEAST.with_required::<Campus>();
        assert!(least.contains(school) && !least.contains(address));
    }
}
