//! Revisions: every write is one, and nothing is overwritten.

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
