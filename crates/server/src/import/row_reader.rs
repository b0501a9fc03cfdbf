//! Reads and parses the rows of a file on a thread of its own, in batches, while earlier rows are checked or written.

use std::{
    panic::resume_unwind,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use domain::{FieldError, Record, Shape};

use super::{digest::row_text, file_rows::FileRows};
use crate::report::Finding;

/// How many rows a batch has.
const ROWS_PER_BATCH: usize = 512;
/// How many batches may wait to be taken.
const MAX_WAITING_BATCHES: usize = 4;

/// Some rows of a file, in its order.
#[derive(Default)]
pub(super) struct Batch {
    /// What reading them found.
    pub(super) findings: Vec<Finding>,
    /// The rows.
    pub(super) rows: Vec<ParsedRow>,
}

/// A row that was read.
pub(super) struct ParsedRow {
    /// The line on which it begins.
    pub(super) line: u64,
    /// What it says, or what is wrong with it.
    pub(super) content: RowContent,
}

/// What a row says, or what is wrong with it.
pub(super) enum RowContent {
    /// A record, and the text of the row ([`row_text`]).
    Record(Record, String),
    /// Fields with errors, and the key of the row.
    Invalid(Vec<FieldError>, String),
    /// More fields or fewer than the header names: the problem, and the key of the row.
    WrongFieldCount(String, String),
    /// A quotation mark that is not closed on its line, so that rows after it were read as text: the problem.
    OpenQuote(String),
}

/// A file that is being read.
pub(super) struct RowReader {
    batches: Receiver<anyhow::Result<Batch>>,
    thread: Option<JoinHandle<()>>,
}

impl RowReader {
    /// Begins to read the rows of a shape.
    pub(super) fn start(shape: &'static Shape, rows: FileRows) -> Self {
        let (sender, batches) = sync_channel(MAX_WAITING_BATCHES);
        let thread = thread::spawn(move || {
            if let Err(error) = send_batches(shape, rows, &sender) {
                // A receiver that is gone has no use for the error.
                let _ = sender.send(Err(error));
            }
        });
        RowReader { batches, thread: Some(thread) }
    }

    /// The next rows; `None` when there are none left.
    pub(super) fn next_batch(&mut self) -> anyhow::Result<Option<Batch>> {
        if let Ok(batch) = self.batches.recv() {
            return batch.map(Some);
        }
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
            resume_unwind(panic);
        }
        Ok(None)
    }
}

fn send_batches(shape: &Shape, mut rows: FileRows, sender: &SyncSender<anyhow::Result<Batch>>) -> anyhow::Result<()> {
    let mut batch = Batch::default();
    while let Some(row) = rows.next_row(&mut batch.findings)? {
        let key = || shape.key_of(&row.fields);
        let content = match row.problem {
            Some(problem) if row.has_open_quote => RowContent::OpenQuote(problem),
            Some(problem) => RowContent::WrongFieldCount(problem, key()),
            None => match shape.parse_row(&row.fields) {
                Ok(record) => RowContent::Record(record, row_text(shape, &row.fields)),
                Err(errors) => RowContent::Invalid(errors, key()),
            },
        };
        batch.rows.push(ParsedRow { line: row.line, content });
        if batch.rows.len() == ROWS_PER_BATCH && sender.send(Ok(std::mem::take(&mut batch))).is_err() {
            return Ok(());
        }
    }
    // A receiver that is gone has no use for the last batch.
    let _ = sender.send(Ok(batch));
    Ok(())
}
