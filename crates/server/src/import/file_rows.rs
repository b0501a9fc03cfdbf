//! The rows of one file of a data set, wherever it lies.

use std::{io::Read, sync::Arc};

use domain::Shape;
use indicatif::ProgressBar;

use super::{
    csv_rows::{CsvRow, CsvRows},
    row_table::RowTable,
};
use crate::report::Finding;

/// A file of a data set, opened.
pub(crate) enum Input {
    /// As CSV.
    Csv(Box<dyn Read + Send>),
    /// Read before, without findings.
    Table(Arc<RowTable>),
}

impl Input {
    /// Has a bar show how many bytes are read.
    pub(super) fn shown_by(self, bar: &ProgressBar) -> Self {
        match self {
            Input::Csv(input) => Input::Csv(Box::new(bar.wrap_read(input))),
            table @ Input::Table(_) => table,
        }
    }
}

/// The rows of a file, one after the other.
pub(crate) enum FileRows {
    /// Of CSV.
    Csv(Box<CsvRows>),
    /// Of a table in memory.
    Table(TableRows),
}

/// The rows of a table, one after the other.
pub(crate) struct TableRows {
    table: Arc<RowTable>,
    header: Vec<String>,
    next: usize,
}

impl FileRows {
    /// Opens a file and reads its header; `None` if the header makes its rows unreadable.
    pub(crate) fn open(
        shape: &'static Shape,
        input: Input,
        findings: &mut Vec<Finding>,
    ) -> anyhow::Result<Option<FileRows>> {
        match input {
            Input::Csv(input) => Ok(CsvRows::open(shape, input, findings)?.map(|rows| FileRows::Csv(Box::new(rows)))),
            Input::Table(table) => {
                let header = shape.columns.iter().map(|column| column.name.to_owned()).collect();
                Ok(Some(FileRows::Table(TableRows { table, header, next: 0 })))
            }
        }
    }

    /// Leaves the texts in several languages blank, for who does not look at them.
    pub(super) fn skip_texts(&mut self) {
        if let FileRows::Csv(rows) = self {
            rows.skip_texts();
        }
    }

    /// The names of the file's columns, in their order.
    pub(crate) fn header(&self) -> &[String] {
        match self {
            FileRows::Csv(rows) => rows.header(),
            FileRows::Table(rows) => &rows.header,
        }
    }

    /// The next row; `None` at the end of the file.
    pub(crate) fn next_row(&mut self, findings: &mut Vec<Finding>) -> anyhow::Result<Option<CsvRow<'_>>> {
        match self {
            FileRows::Csv(rows) => rows.next_row(findings),
            FileRows::Table(rows) => Ok(rows.next_row()),
        }
    }
}

impl TableRows {
    fn next_row(&mut self) -> Option<CsvRow<'_>> {
        let (line, fields) = (self.table.line(self.next)?, self.table.row(self.next)?);
        self.next += 1;
        Some(CsvRow { line, fields, problem: None, has_open_quote: false })
    }
}
