//! What can be broken, as the outside learns of it.

use std::{path::PathBuf, sync::Arc};

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
    /// There is no file at the address of a database, and none may be created.
    #[error("there is no database at {}", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The file at the address of a database cannot be opened.
    #[error("{}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// A file that can only be read lacks what stands in its write-ahead log.
    #[error(
        "{} cannot be written, and {} has changes that are not in it yet; open it once where it can be written",
        .path.display(),
        .log.display()
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
        /// Its write-ahead log.
        log: PathBuf,
    },
    /// The database has tables, and none of ours.
    #[error("the database belongs to another program: it has tables, such as `{table}`, and no map")]
    Foreign {
        /// One of its tables.
        table: String,
    },
    /// The database has steps that this version does not know.
    #[error(
        "the database was made by {}; this is edumap {}, which does not know its step {step}",
        .made_by.as_ref().map_or_else(|| "a newer version of edumap".to_owned(), |version| format!("edumap {version}")),
        env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The version that made it; `None` if it does not say.
        made_by: Option<String>,
        /// The last of its steps that is unknown here.
        step: String,
    },
    /// The database can only be read, and is not up to date.
    #[error("the database can only be read, and lacks the steps {}", .pending.join(", "))]
    Outdated {
        /// The steps it lacks.
        pending: Vec<String>,
    },
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
