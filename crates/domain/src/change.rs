//! Changes: how what one view shows differs from what another does.

use chrono::NaiveDate;

use crate::{
    id::{AnyId, Kind},
    text::vocabulary,
};

/// How one fact, or one that took the place of another, differs between two views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened, or was learned.
    pub kind: ChangeKind,
    /// What kind of fact it is.
    pub fact: Kind,
    /// The noun that it is about; of a tie the one at its start.
    pub noun: Option<AnyId>,
    /// The noun at the other end of the tie.
    pub other: Option<AnyId>,
    /// The fact that the earlier view shows.
    pub was: Option<i64>,
    /// The fact that the later view shows.
    pub now: Option<i64>,
    /// Since when it is as it is; none where nobody dates it.
    pub since: Option<NaiveDate>,
}

/// How many changes of a kind there are of nouns of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeCount {
    /// The kind of noun; none for facts about no noun.
    pub noun: Option<Kind>,
    /// The kind of change.
    pub kind: ChangeKind,
    /// How many.
    pub count: i64,
}

/// Which changes are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ChangeFilter {
    /// Of one of these kinds; of any unless it is given.
    pub kinds: Option<Vec<ChangeKind>>,
    /// About nouns of one of these kinds; about any unless it is given.
    pub nouns: Option<Vec<Kind>>,
}

impl ChangeFilter {
    /// Whether changes of a kind are wanted.
    #[must_use]
    pub fn wants(&self, kind: ChangeKind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }

    /// Whether changes of nouns of a kind are wanted.
    #[must_use]
    pub fn wants_nouns(&self, kind: Kind) -> bool {
        self.nouns.as_ref().is_none_or(|nouns| nouns.contains(&kind))
    }
}

vocabulary! {
    /// What happened to something on the map, or what was learned of it.
    ChangeKind {
        /// Learned: it is known now and was not.
        Added = "added",
        /// Happened: it began, where no other kind says more.
        Began = "began",
        /// Happened: another period of it began, which says something else.
        Changed = "changed",
        /// Happened: a school or a campus closed, and none followed it.
        Closed = "closed",
        /// Learned: something else is known of it now.
        Corrected = "corrected",
        /// Happened: it ended, where no other kind says more.
        Ended = "ended",
        /// Happened: it became a member of a group or an alliance.
        Joined = "joined",
        /// Happened: it is no longer a member of a group or an alliance.
        Left = "left",
        /// Happened: one school became a part of another.
        Merged = "merged",
        /// Happened: it left one group, or one alliance, and joined another; or, as a school, a campus or a group, stands in
        /// another township, district or region.
        Moved = "moved",
        /// Happened: a school or a campus opened that followed no other.
        Opened = "opened",
        /// Learned: it is known no longer.
        Removed = "removed",
        /// Happened: it has another name.
        Renamed = "renamed",
        /// Learned: a source is known, or states what was known already.
        SourceAdded = "source_added",
        /// Happened: one school came out of another.
        Split = "split",
    }
}
