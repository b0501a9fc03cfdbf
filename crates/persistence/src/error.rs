//! What can be broken, as the outside learns of it.

use std::sync::Arc;

use sea_orm::DbErr;

/// The database failed, or says something the domain cannot mean. Cheap to clone, so that all who wait for a batch can have it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(Arc<dyn std::error::Error + Send + Sync>),
    /// A row says something the domain cannot mean.
    #[error("row {id} has no meaning: {problem}")]
    Inconsistent {
        /// The row's identity.
        id: i64,
        /// What is wrong with it.
        problem: String,
    },
    /// The address of a database cannot be used.
    #[error("{0}")]
    Address(String),
    /// Two facts of a data set have the same identity.
    #[error("`{key}` and another {kind} have the same identity; give one of them another slug")]
    Collision {
        /// What the facts are.
        kind: &'static str,
        /// What tells one of them apart.
        key: String,
    },
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        StoreError::Database(Arc::new(error))
    }
}
