//! The connections to write with.
//!
//! A pooler that lends connections for a transaction may serve the next one by another connection, on which statements of
//! others lie. sea-orm names every statement it prepares, so behind a pooler a transaction drops all of them at its
//! beginning and its end, and [`crate::open`] has the pool keep no connection, which would take them to be there still.

use std::{ops::Deref, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};

use crate::{cancelling::Cancelling, dialect};

/// The connections to write with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Writer {
    connection: DatabaseConnection,
    /// Whether a pooler lends connections for a transaction.
    is_pooled: bool,
    /// How the one connection of SQLite ends what nobody awaits.
    cancelling: Cancelling,
    /// How long PostgreSQL may take for a read.
    read_timeout: Option<Duration>,
}

impl Writer {
    pub(crate) fn new(
        connection: DatabaseConnection,
        is_pooled: bool,
        cancelling: Cancelling,
        read_timeout: Option<Duration>,
    ) -> Self {
        Writer { connection, is_pooled, cancelling, read_timeout }
    }

    pub(crate) fn read_timeout(&self) -> Option<Duration> {
        self.read_timeout
    }

    /// Waits until SQLite has ended what nobody awaits.
    pub(crate) async fn settle(&self) -> Result<(), DbErr> {
        self.cancelling.settle(&self.connection).await
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    pub(crate) fn is_pooled(&self) -> bool {
        self.is_pooled
    }

    /// The connections themselves; behind a pooler only for statements that are not prepared.
    pub(crate) fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Begins a transaction; on SQLite one beside which nobody writes.
    pub(crate) async fn begin(&self) -> Result<WriteTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = self.connection.begin_with_options(options).await?;
        if self.is_pooled {
            transaction.execute_unprepared(dialect::DEALLOCATE).await?;
        }
        Ok(WriteTransaction { transaction, is_pooled: self.is_pooled, cancelling: self.cancelling.clone() })
    }
}

/// A transaction that writes. Dropping it writes nothing.
pub(crate) struct WriteTransaction {
    transaction: DatabaseTransaction,
    is_pooled: bool,
    cancelling: Cancelling,
}

impl WriteTransaction {
    /// How SQLite ends a read that nobody awaits.
    pub(crate) fn cancelling(&self) -> &Cancelling {
        &self.cancelling
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.deallocate().await?;
        self.transaction.commit().await
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        self.deallocate().await?;
        self.transaction.rollback().await
    }

    async fn deallocate(&self) -> Result<(), DbErr> {
        if self.is_pooled {
            self.transaction.execute_unprepared(dialect::DEALLOCATE).await?;
        }
        Ok(())
    }
}

impl Deref for WriteTransaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}
