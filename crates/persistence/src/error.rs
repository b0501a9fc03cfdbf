//! What can be broken, as the outside learns of it.

use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// The database failed, or says something the domain cannot mean. Cheap to clone, so that all who wait for a batch can have it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(Arc<dyn std::error::Error + Send + Sync>),
    /// No connection to the database was free in time, or none could be made.
    #[error("no connection to the database was to be had: {0}")]
    Busy(Arc<dyn std::error::Error + Send + Sync>),
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
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let is_busy = match &error {
            DbErr::ConnectionAcquire(_) => true,
            DbErr::Conn(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
                matches!(**cause, sqlx::Error::PoolTimedOut)
            }
            _ => false,
        };
        match is_busy {
            true => StoreError::Busy(Arc::new(error)),
            false => StoreError::Database(Arc::new(error)),
        }
    }
}
