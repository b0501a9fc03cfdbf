//! Reads the rows of one CSV file, each with its fields in the order of the shape's columns.

use std::{
    borrow::Cow,
    io::{self, BufRead, BufReader, Cursor, Read},
};

use anyhow::Context;
use csv::{ErrorKind, ReaderBuilder, StringRecord, Terminator};
use domain::Shape;

use super::header::{Header, count_known};
use crate::report::Finding;

/// The rows of a file.
pub(crate) struct CsvRows {
    shape: &'static Shape,
    reader: csv::Reader<LineCounter>,
    record: StringRecord,
    /// The header; `None` until it is read.
    header: Option<Header>,
    /// The fields of the row that stand in several columns of the file.
    joined: Vec<String>,
    /// Whether these are left blank.
    skips_texts: bool,
}

/// A row as the file has it.
pub(crate) struct CsvRow<'a> {
    /// The line on which it begins.
    pub(crate) line: u64,
    /// Its fields, in the order of the shape's columns.
    pub(crate) fields: Vec<&'a str>,
    /// What is wrong if it has more fields or fewer than the header.
    pub(crate) problem: Option<String>,
    /// Whether a quotation mark is not closed on its line, so that rows after it were read as text.
    pub(crate) has_open_quote: bool,
}

impl CsvRows {
    /// Opens a file and reads its header; `None` if the header makes its rows unreadable.
    pub(crate) fn open(
        shape: &'static Shape,
        input: Box<dyn Read + Send>,
        findings: &mut Vec<Finding>,
    ) -> anyhow::Result<Option<CsvRows>> {
        let (header, input) = read_first_line(input).with_context(|| format!("cannot read {}", shape.file_name()))?;
        if header.starts_with(&[0xFF, 0xFE]) || header.starts_with(&[0xFE, 0xFF]) {
            findings.push(Finding::of_line(shape.file, 1, "not_utf8", "this is UTF-16; save the file as UTF-8"));
            return Ok(None);
        }
        // A line ends with LF for the reader, so that it counts lines as editors do; a CR before it is cut off here.
        let mut reader = ReaderBuilder::new();
        reader.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n')).buffer_capacity(1 << 16);
        reader.delimiter(detect_separator(shape, &header));
        let reader = reader.from_reader(LineCounter::new(input));
        let mut rows = CsvRows {
            shape,
            reader,
            record: StringRecord::new(),
            header: None,
            joined: Vec::new(),
            skips_texts: false,
        };
        let is_readable = match rows.read_record(findings)? {
            ReadOutcome::Row(line) => rows.read_header(line, findings),
            ReadOutcome::NotUtf8 => false,
            ReadOutcome::End => {
                let problem = "the file is empty; its first line names the columns";
                findings.push(Finding::of_line(shape.file, 1, "empty_file", problem));
                false
            }
        };
        Ok(is_readable.then_some(rows))
    }

    /// Leaves the texts in several languages blank, for who does not look at them.
    pub(crate) fn skip_texts(&mut self) {
        self.skips_texts = true;
    }

    /// The next row; `None` at the end of the file.
    pub(crate) fn next_row(&mut self, findings: &mut Vec<Finding>) -> anyhow::Result<Option<CsvRow<'_>>> {
        let line = loop {
            match self.read_record(findings)? {
                ReadOutcome::Row(line) => break line,
                ReadOutcome::NotUtf8 => {}
                ReadOutcome::End => return Ok(None),
            }
        };
        if let Some(header) = self.header.as_ref().filter(|_| !self.skips_texts) {
            self.joined = header.join_texts(self.shape, |at| field_of(&self.record, at));
        }
        let of_header = |header: &Header| header.fields(&self.joined, |at| field_of(&self.record, at));
        let fields = self.header.as_ref().map(of_header).unwrap_or_default();
        let (n_fields, n_columns) = (self.record.len(), self.header().len());
        // No field may contain an end of line.
        let has_open_quote = self.record.iter().any(|field| field.contains('\n'));
        let problem = match has_open_quote {
            true => Some("a quotation mark is opened on this line and not closed on it".to_owned()),
            false => (n_fields != n_columns)
                .then(|| format!("the header names {n_columns} columns, and the row has {n_fields}")),
        };
        Ok(Some(CsvRow { line, fields, problem, has_open_quote }))
    }

    fn read_record(&mut self, findings: &mut Vec<Finding>) -> anyhow::Result<ReadOutcome> {
        let error = loop {
            match self.reader.read_record(&mut self.record) {
                // Spreadsheets leave such rows behind.
                Ok(true) if self.is_blank() => {}
                Ok(true) => return Ok(ReadOutcome::Row(self.line_of(self.record.position()))),
                Ok(false) => return Ok(ReadOutcome::End),
                Err(error) => break error,
            }
        };
        let ErrorKind::Utf8 { pos, err } = error.kind() else {
            return Err(error).with_context(|| format!("cannot read {}", self.shape.file_name()));
        };
        let column = self.header().get(err.field()).cloned().map(Cow::Owned);
        let problem = "this is not UTF-8; save the file as UTF-8";
        let finding = Finding::of_line(self.shape.file, self.line_of(pos.as_ref()), "not_utf8", problem);
        findings.push(Finding { column, ..finding });
        Ok(ReadOutcome::NotUtf8)
    }

    /// The line on which a record begins; the reader counts the empty lines before it as part of it.
    fn line_of(&self, position: Option<&csv::Position>) -> u64 {
        let blank = &self.reader.get_ref().blank;
        let mut line = position.map_or(1, csv::Position::line);
        while !blank.is_empty() && blank.binary_search(&line).is_ok() {
            line += 1;
        }
        line
    }

    /// Whether no field of the row says anything.
    fn is_blank(&self) -> bool {
        self.record.iter().all(|field| field.is_empty() || field == "\r")
    }

    /// The names of the file's columns, in their order.
    pub(crate) fn header(&self) -> &[String] {
        self.header.as_ref().map_or(&[], |header| &header.names)
    }

    fn read_header(&mut self, line: u64, findings: &mut Vec<Finding>) -> bool {
        let names: Vec<&str> = (0..self.record.len()).map(|at| field_of(&self.record, at)).collect();
        match Header::read(self.shape, &names) {
            Ok(header) => {
                self.header = Some(header);
                true
            }
            Err(errors) => {
                for (column, problem, hint) in errors {
                    findings.push(Finding {
                        column,
                        hint,
                        ..Finding::of_line(self.shape.file, line, "header", problem)
                    });
                }
                false
            }
        }
    }
}

/// A field of a record; the CR of a line's end is none of it.
fn field_of(record: &StringRecord, at: usize) -> &str {
    let field = record.get(at).unwrap_or_default();
    let is_last = at + 1 == record.len();
    if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field }
}

/// What reading one record came to.
enum ReadOutcome {
    /// A record, which begins on this line.
    Row(u64),
    /// A record that is not UTF-8, which is a finding.
    NotUtf8,
    /// The end of the file.
    End,
}

/// Reads the first line of a file; gives it, and all of the file again.
fn read_first_line(input: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    /// More bytes than any header has.
    const MAX_BYTES: u64 = 1 << 16;
    let (mut header, mut input) = (Vec::new(), BufReader::new(input));
    input.by_ref().take(MAX_BYTES).read_until(b'\n', &mut header)?;
    Ok((header.clone(), Box::new(Cursor::new(header).chain(input))))
}

/// What separates the names in a header: a comma or, as spreadsheets of some countries have it, a semicolon or a tab.
fn detect_separator(shape: &Shape, header: &[u8]) -> u8 {
    let header = String::from_utf8_lossy(header);
    let header = header.trim_start_matches('\u{feff}').trim_end();
    let known = |separator: &u8| {
        let names = header.split(char::from(*separator)).map(|name| name.trim_matches('"'));
        count_known(shape, names)
    };
    // Of several equally good ones the last counts.
    [b';', b'\t', b','].into_iter().max_by_key(known).unwrap_or(b',')
}

/// Passes the bytes of a file on, and remembers the empty lines, which the reader counts and does not show.
struct LineCounter {
    input: Box<dyn Read + Send>,
    /// The last byte so far.
    last: u8,
    /// The line that the next byte is on.
    line: u64,
    /// The lines with nothing on them.
    blank: Vec<u64>,
}

impl LineCounter {
    fn new(input: Box<dyn Read + Send>) -> Self {
        LineCounter { input, last: b'\n', line: 1, blank: Vec::new() }
    }
}

impl Read for LineCounter {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        for &byte in &buffer[..read] {
            if byte == b'\n' {
                if self.last == b'\n' {
                    self.blank.push(self.line);
                }
                self.line += 1;
            }
            self.last = byte;
        }
        Ok(read)
    }
}
