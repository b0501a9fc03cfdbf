//! The rows of one file, each with its fields in the order of the shape's columns.

use std::io::{self, Read};

use anyhow::Context;
use csv::{ErrorKind, ReaderBuilder, StringRecord, Terminator};
use domain::{Need, Shape, suggest::did_you_mean};

use super::folder::csv_name;
use crate::report::{Finding, Findings};

/// The rows of a file.
pub(super) struct Rows {
    shape: &'static Shape,
    reader: csv::Reader<Watch>,
    record: StringRecord,
    /// Where each column of the shape stands in the file; `None` for one that the file leaves out.
    places: Vec<Option<usize>>,
    /// How many fields the header has.
    width: usize,
}

/// A row as the file has it.
pub(super) struct Row<'a> {
    /// The line on which it begins.
    pub(super) line: u64,
    /// Its fields, in the order of the shape's columns.
    pub(super) fields: Vec<&'a str>,
    /// What is wrong if it has more fields or fewer than the header.
    pub(super) misfit: Option<String>,
    /// Whether a quotation mark took the end of its line for text: rows after it were swallowed.
    pub(super) is_torn: bool,
}

impl Rows {
    /// Opens a file and reads its header; `None` if the header makes its rows unreadable.
    pub(super) fn open(
        shape: &'static Shape,
        input: Box<dyn Read + Send>,
        findings: &mut Findings,
    ) -> anyhow::Result<Option<Rows>> {
        // A line ends with LF alone: so line numbers stay right in a file that wrongly has CRLF.
        let mut reader = ReaderBuilder::new();
        reader.has_headers(false).flexible(true).terminator(Terminator::Any(b'\n')).buffer_capacity(1 << 16);
        let reader = reader.from_reader(Watch::over(input));
        let mut rows = Rows { shape, reader, record: StringRecord::new(), places: Vec::new(), width: 0 };
        let is_readable = match rows.read(findings)? {
            Step::Row(line) => rows.read_header(line, findings),
            Step::Wrong => false,
            Step::End => {
                findings.push(Finding::of_line(shape.file, 1, "the file is empty; its first line names the columns"));
                false
            }
        };
        if is_readable {
            return Ok(Some(rows));
        }
        rows.close(findings);
        Ok(None)
    }

    /// The next row; `None` at the end of the file.
    pub(super) fn next(&mut self, findings: &mut Findings) -> anyhow::Result<Option<Row<'_>>> {
        let line = loop {
            match self.read(findings)? {
                Step::Row(line) => break line,
                Step::Wrong => {}
                Step::End => return Ok(None),
            }
        };
        let fields = self.places.iter().map(|place| place.map_or("", |place| self.field(place))).collect();
        let (width, wanted) = (self.record.len(), self.width);
        // No field may contain an end of line.
        let is_torn = self.record.iter().any(|field| field.contains('\n'));
        let misfit = match is_torn {
            true => Some("a quotation mark is opened on this line and not closed on it".to_owned()),
            false => (width != wanted).then(|| format!("the header names {wanted} columns, and the row has {width}")),
        };
        Ok(Some(Row { line, fields, misfit, is_torn }))
    }

    /// Tells what the bytes of the file had about them that its rows do not show.
    pub(super) fn close(self, findings: &mut Findings) {
        let watch = self.reader.get_ref();
        let mut find = |line, problem| findings.push(Finding::of_line(self.shape.file, line, problem));
        if watch.begins_with_bom() {
            find(1, "the file begins with a byte order mark (BOM); save it as UTF-8 without one");
        }
        if let Some(line) = watch.crlf {
            find(line, "line ends are CRLF; write LF");
        }
        if watch.last != b'\n' {
            find(watch.line, "the last line has no end; write LF");
        }
        for line in &watch.blank {
            find(*line, "the line is empty; leave it out");
        }
    }

    fn read(&mut self, findings: &mut Findings) -> anyhow::Result<Step> {
        let error = match self.reader.read_record(&mut self.record) {
            Ok(true) => return Ok(Step::Row(self.line(self.record.position()))),
            Ok(false) => return Ok(Step::End),
            Err(error) => error,
        };
        let ErrorKind::Utf8 { pos, err } = error.kind() else {
            return Err(error).with_context(|| format!("cannot read {}", csv_name(self.shape)));
        };
        let column = self.places.iter().position(|place| *place == Some(err.field()));
        let problem = "this is not UTF-8; save the file as UTF-8".to_owned();
        let finding = Finding::of_line(self.shape.file, self.line(pos.as_ref()), problem);
        findings.push(Finding { column: column.map(|at| self.shape.columns[at].name), ..finding });
        Ok(Step::Wrong)
    }

    /// The line on which a record begins; the reader counts the empty lines before it as part of it.
    fn line(&self, position: Option<&csv::Position>) -> u64 {
        let blank = &self.reader.get_ref().blank;
        let mut line = position.map_or(1, csv::Position::line);
        while !blank.is_empty() && blank.binary_search(&line).is_ok() {
            line += 1;
        }
        line
    }

    fn field(&self, at: usize) -> &str {
        let field = self.record.get(at).unwrap_or_default();
        let is_last = at + 1 == self.record.len();
        if is_last { field.strip_suffix('\r').unwrap_or(field) } else { field }
    }

    fn read_header(&mut self, line: u64, findings: &mut Findings) -> bool {
        self.width = self.record.len();
        let names: Vec<&str> = (0..self.width).map(|at| self.field(at)).collect();
        match map_header(self.shape, &names) {
            Ok(places) => {
                self.places = places;
                true
            }
            Err(flaws) => {
                for (column, problem, hint) in flaws {
                    findings.push(Finding { file: self.shape.file, line, column, problem, hint });
                }
                false
            }
        }
    }
}

/// What reading one record came to.
enum Step {
    /// A record, which begins on this line.
    Row(u64),
    /// A finding.
    Wrong,
    /// The end of the file.
    End,
}

/// What is wrong with a header: the column, the problem, and a hint.
type Flaw = (Option<&'static str>, String, Option<String>);

/// Where each column of a shape stands in a header.
fn map_header(shape: &'static Shape, names: &[&str]) -> Result<Vec<Option<usize>>, Vec<Flaw>> {
    if let [one] = names
        && let Some(odd) = one.chars().find(|c| matches!(c, ';' | '\t'))
    {
        return Err(vec![(None, format!("the columns are separated by {odd:?}; write `,`"), None)]);
    }
    let mut places = vec![None; shape.columns.len()];
    let mut flaws: Vec<Flaw> = Vec::new();
    let absent = || shape.columns.iter().map(|column| column.name).filter(|name| !names.contains(name));
    for (at, name) in names.iter().enumerate() {
        match shape.index(name) {
            None => flaws.push((None, format!("there is no column `{name}`"), did_you_mean(name, absent()))),
            Some(column) if places[column].is_some() => {
                flaws.push((Some(shape.columns[column].name), "the header names it twice".to_owned(), None));
            }
            Some(column) => places[column] = Some(at),
        }
    }
    let needed =
        shape.columns.iter().zip(&places).filter(|(column, place)| column.need != Need::Extra && place.is_none());
    flaws.extend(needed.map(|(column, _)| (Some(column.name), "the header lacks it".to_owned(), None)));
    if flaws.is_empty() { Ok(places) } else { Err(flaws) }
}

/// Watches the bytes of a file go by, for what a reader of CSV forgives and an export would not give back.
struct Watch {
    input: Box<dyn Read + Send>,
    /// The first bytes, at most three.
    head: Vec<u8>,
    /// The last byte so far.
    last: u8,
    /// The line that the next byte is on.
    line: u64,
    /// The first line that ends with CRLF.
    crlf: Option<u64>,
    /// The lines with nothing on them; no more than are ever reported.
    blank: Vec<u64>,
}

impl Watch {
    fn over(input: Box<dyn Read + Send>) -> Self {
        Watch { input, head: Vec::new(), last: b'\n', line: 1, crlf: None, blank: Vec::new() }
    }

    fn begins_with_bom(&self) -> bool {
        self.head == [0xEF, 0xBB, 0xBF]
    }

    fn see(&mut self, bytes: &[u8]) {
        let missing = 3 - self.head.len();
        self.head.extend(bytes.iter().take(missing));
        for &byte in bytes {
            if byte == b'\n' {
                self.see_end_of_line();
            }
            self.last = byte;
        }
    }

    fn see_end_of_line(&mut self) {
        match self.last {
            b'\r' if self.crlf.is_none() => self.crlf = Some(self.line),
            b'\n' if self.blank.len() < Findings::ROOM => self.blank.push(self.line),
            _ => {}
        }
        self.line += 1;
    }
}

impl Read for Watch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.see(&buffer[..read]);
        Ok(read)
    }
}
