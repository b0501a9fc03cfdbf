//! Ending what SQLite does when nobody awaits it any more.
//!
//! SQLite works on in a thread of its own, though nobody may await its rows; so each connection asks every now and then
//! whether anybody does.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use sea_orm::{
    ConnectOptions, DatabaseConnection, DbErr, RuntimeErr,
    sqlx::{self, sqlite::SqlitePoolOptions},
};

/// How many instructions of its machine SQLite carries out between two questions: about a tenth of a millisecond.
pub(crate) const PROGRESS_INTERVAL: i32 = 10_000;

/// Whether what a connection does is awaited by nobody. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Cancelling(Arc<AtomicBool>);

impl Cancelling {
    /// Has the only connection of a pool of SQLite ask.
    pub(crate) fn watch(&self, options: &mut ConnectOptions) {
        let asked = self.0.clone();
        options.map_sqlx_sqlite_pool_opts(move |pool: SqlitePoolOptions| {
            let asked = asked.clone();
            pool.after_connect(move |connection, _| {
                let asked = asked.clone();
                Box::pin(async move {
                    connection
                        .lock_handle()
                        .await?
                        .set_progress_handler(PROGRESS_INTERVAL, move || !asked.load(SeqCst));
                    Ok(())
                })
            })
        });
    }

    /// Waits until the only connection of a pool has ended what nobody awaits.
    pub(crate) async fn settle(&self, pool: &DatabaseConnection) -> Result<(), DbErr> {
        if self.is_cancelled() {
            // The connection is given once it has ended what it did before.
            let ended = pool.get_sqlite_connection_pool().acquire().await;
            drop(ended.map_err(|error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?);
            self.reset();
        }
        Ok(())
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.0.load(SeqCst)
    }

    /// Lets the connection work again, once it has ended what nobody awaits.
    pub(crate) fn reset(&self) {
        self.0.store(false, SeqCst);
    }

    /// Somebody awaits rows from now on; dropped before they are there, nobody does.
    pub(crate) fn await_rows(&self) -> Awaited<'_> {
        Awaited { cancelling: self, has_ended: false }
    }
}

/// Tells a connection when nobody awaits any more what it does.
pub(crate) struct Awaited<'a> {
    cancelling: &'a Cancelling,
    has_ended: bool,
}

impl Awaited<'_> {
    /// The rows are there.
    pub(crate) fn end(mut self) {
        self.has_ended = true;
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        if !self.has_ended {
            self.cancelling.0.store(true, SeqCst);
        }
    }
}
