//! The records of a file, read ahead on a thread of their own while those before are checked or written.

use std::{
    panic::resume_unwind,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use domain::{FieldError, Record, Shape};

use super::{digest::row_text, rows::Rows};
use crate::report::Finding;

/// How many rows are handed over at once.
const ROWS: usize = 512;
/// How many handfuls may wait.
const WAITING: usize = 4;

/// Some rows of a file, in its order.
#[derive(Default)]
pub(super) struct Handful {
    /// What reading them found.
    pub(super) findings: Vec<Finding>,
    /// The rows.
    pub(super) lines: Vec<Line>,
}

/// A row that was read.
pub(super) struct Line {
    /// The line on which it begins.
    pub(super) line: u64,
    /// What it came to.
    pub(super) is: Is,
}

/// What a row came to.
pub(super) enum Is {
    /// A record, and what its fields say ([`row_text`]).
    Record(Record, String),
    /// A row that says something wrong, and its key.
    Invalid(Vec<FieldError>, String),
    /// A row with more fields or fewer than the header, and its key.
    Misfit(String, String),
    /// A row that swallowed others, and what is wrong with it.
    Torn(String),
}

/// The file being read.
pub(super) struct Ahead {
    handfuls: Receiver<anyhow::Result<Handful>>,
    reader: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins to read the rows of a shape.
    pub(super) fn read(shape: &'static Shape, rows: Rows) -> Self {
        let (give, handfuls) = sync_channel(WAITING);
        let reader = thread::spawn(move || {
            if let Err(error) = read(shape, rows, &give) {
                // Who does not wait for it any more has no use for it.
                let _ = give.send(Err(error));
            }
        });
        Ahead { handfuls, reader: Some(reader) }
    }

    /// The next rows; `None` when there are none left.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<Handful>> {
        if let Ok(handful) = self.handfuls.recv() {
            return handful.map(Some);
        }
        if let Some(Err(panic)) = self.reader.take().map(JoinHandle::join) {
            resume_unwind(panic);
        }
        Ok(None)
    }
}

fn read(shape: &Shape, mut rows: Rows, give: &SyncSender<anyhow::Result<Handful>>) -> anyhow::Result<()> {
    let mut handful = Handful::default();
    while let Some(row) = rows.next(&mut handful.findings)? {
        let key = || shape.key_of(&row.fields);
        let is = match row.misfit {
            Some(torn) if row.is_torn => Is::Torn(torn),
            Some(misfit) => Is::Misfit(misfit, key()),
            None => match shape.parse_row(&row.fields) {
                Ok(record) => Is::Record(record, row_text(shape, &row.fields)),
                Err(wrong) => Is::Invalid(wrong, key()),
            },
        };
        handful.lines.push(Line { line: row.line, is });
        if handful.lines.len() == ROWS && give.send(Ok(std::mem::take(&mut handful))).is_err() {
            return Ok(());
        }
    }
    // As above.
    let _ = give.send(Ok(handful));
    Ok(())
}
