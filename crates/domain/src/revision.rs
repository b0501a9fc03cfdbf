//! Revisions: every write is one, and nothing is overwritten.

use crate::id::Kind;

/// A write that was recorded: an import of a whole data set, or a fix of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Counts up from 1, without gaps.
    pub number: i64,
    /// When it was recorded, UTC, RFC 3339.
    pub recorded_at: String,
    /// Who recorded it.
    pub actor: String,
    /// What it is about.
    pub message: String,
}

/// What is said about a revision before it has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRevision {
    /// When it is recorded, UTC, RFC 3339.
    pub recorded_at: String,
    /// Who records it.
    pub actor: String,
    /// What it is about.
    pub message: String,
}

/// How many facts of a kind a revision added, changed and closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisionChange {
    /// What the facts are.
    pub kind: Kind,
    /// How many were not known before.
    pub added: i64,
    /// Of how many something else is known now.
    pub changed: i64,
    /// How many are known no longer.
    pub closed: i64,
}
