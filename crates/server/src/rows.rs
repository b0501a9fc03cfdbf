//! Rows in the forms that other programs read: CSV, NDJSON, GeoJSON and spreadsheets.
//!
//! A [`RowWriter`] writes them part by part, so that nobody waits for the last row to see the first; a spreadsheet is an
//! archive, and is written at its end.

mod spreadsheet;

use graphql::{Place, RowColumn};
use serde_json::{Value, json};

use self::spreadsheet::write_spreadsheet;

/// A form in which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowFormat {
    /// RFC 4180, in UTF-8.
    Csv,
    /// One JSON object a line, with the names of the columns.
    Ndjson,
    /// RFC 7946: a feature a row, with the place that it asks for.
    GeoJson,
    /// A workbook of Office Open XML, with one sheet.
    Xlsx,
}

impl RowFormat {
    pub(crate) const ALL: [RowFormat; 4] = [RowFormat::Csv, RowFormat::Ndjson, RowFormat::GeoJson, RowFormat::Xlsx];

    /// The media type, without parameters.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            RowFormat::Csv => "text/csv",
            RowFormat::Ndjson => "application/x-ndjson",
            RowFormat::GeoJson => "application/geo+json",
            RowFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The value of `Content-Type`.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            RowFormat::Csv => "text/csv; charset=utf-8; header=present",
            other => other.media_type(),
        }
    }

    /// How the name of a file ends.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            RowFormat::Csv => "csv",
            RowFormat::Ndjson => "ndjson",
            RowFormat::GeoJson => "geojson",
            RowFormat::Xlsx => "xlsx",
        }
    }

    /// The form of a file with this ending.
    pub(crate) fn of_extension(extension: &str) -> Option<RowFormat> {
        RowFormat::ALL.into_iter().find(|format| format.extension() == extension)
    }
}

/// Writes rows in one form: `begin`, then `write_rows` as often as there are some, then `finish`.
pub(crate) struct RowWriter {
    format: RowFormat,
    columns: Vec<RowColumn>,
    place: Option<Place>,
    has_bom: bool,
    /// Whether a row was written.
    has_rows: bool,
    /// The rows of a spreadsheet, which is written at its end.
    kept: Vec<Vec<Value>>,
}

impl RowWriter {
    /// A writer of rows with these columns, of which `place` are where the row is; with a byte-order mark before CSV if
    /// `has_bom`, by which Excel tells UTF-8.
    pub(crate) fn new(format: RowFormat, columns: &[RowColumn], place: Option<Place>, has_bom: bool) -> Self {
        RowWriter { format, columns: columns.to_vec(), place, has_bom, has_rows: false, kept: Vec::new() }
    }

    /// What stands before the rows.
    pub(crate) fn begin(&self) -> Vec<u8> {
        match self.format {
            RowFormat::Csv => {
                let mut bytes = if self.has_bom { "\u{feff}".as_bytes().to_vec() } else { Vec::new() };
                bytes.extend(csv_line(self.columns.iter().map(|column| column.name.clone())));
                bytes
            }
            RowFormat::GeoJson => b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec(),
            RowFormat::Ndjson | RowFormat::Xlsx => Vec::new(),
        }
    }

    /// Some rows.
    pub(crate) fn write_rows(&mut self, rows: Vec<Vec<Value>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.format == RowFormat::Xlsx {
            self.kept.extend(rows);
            return bytes;
        }
        for row in rows {
            match self.format {
                RowFormat::Csv => bytes.extend(csv_line(row.iter().map(csv_cell))),
                RowFormat::Ndjson => {
                    bytes.extend(self.write_object(&row, &[]).into_bytes());
                    bytes.push(b'\n');
                }
                _ => {
                    if self.has_rows {
                        bytes.push(b',');
                    }
                    bytes.extend(b"\n");
                    bytes.extend(self.write_feature(&row).into_bytes());
                }
            }
            self.has_rows = true;
        }
        bytes
    }

    /// What stands behind the rows.
    ///
    /// # Errors
    /// A spreadsheet cannot hold them: why.
    pub(crate) fn finish(self) -> Result<Vec<u8>, String> {
        match self.format {
            RowFormat::Csv | RowFormat::Ndjson => Ok(Vec::new()),
            RowFormat::GeoJson => Ok(b"\n]}\n".to_vec()),
            RowFormat::Xlsx => write_spreadsheet(&self.columns, &self.kept),
        }
    }

    /// A row as an object of JSON, with its columns in their order, some of them left out.
    fn write_object(&self, row: &[Value], without: &[usize]) -> String {
        let columns = self.columns.iter().zip(row).enumerate().filter(|(at, _)| !without.contains(at));
        let members = columns.map(|(_, (column, value))| format!("{}:{value}", Value::from(column.name.as_str())));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }

    /// A row as a feature; one that has no place has no geometry, as RFC 7946 allows.
    fn write_feature(&self, row: &[Value]) -> String {
        let (geometry, without) = match self.place {
            Some(Place::Point { latitude, longitude }) => {
                let is_placed = row[latitude].is_number() && row[longitude].is_number();
                let point = || json!({ "type": "Point", "coordinates": [row[longitude], row[latitude]] });
                (if is_placed { point() } else { Value::Null }, vec![latitude, longitude])
            }
            Some(Place::Geometry(column)) => (row[column].clone(), vec![column]),
            None => (Value::Null, Vec::new()),
        };
        let properties = self.write_object(row, &without);
        format!("{{\"type\":\"Feature\",\"geometry\":{geometry},\"properties\":{properties}}}")
    }
}

/// What stands between the values of a list that are one cell.
const LIST_SEPARATOR: &str = "; ";

/// A value as text: the values of a list with semicolons between, nothing for null.
fn to_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(to_text).collect::<Vec<_>>().join(LIST_SEPARATOR),
        other => other.to_string(),
    }
}

/// A value as a cell of CSV. Before a text that a spreadsheet would take for a formula stands an apostrophe, as OWASP
/// advises; a number is none, whatever its sign.
fn csv_cell(value: &Value) -> String {
    let text = to_text(value);
    let is_text = matches!(value, Value::String(_) | Value::Array(_));
    if is_text && is_formula(&text) { format!("'{text}") } else { text }
}

/// Whether a spreadsheet may take a text for a formula. Some skip blanks and quotation marks, and some read the wide forms.
fn is_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let begins = text.trim_start_matches(|it: char| it.is_whitespace() || it == '"' || it == '\'');
    begins.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

fn csv_line(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let cells: Vec<String> = cells.collect();
    writer.write_record(&cells).expect("memory takes it");
    writer.into_inner().expect("memory takes it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_looks_like_a_formula_is_a_text() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            (" \"@x", "' \"@x"),
            ("-5", "'-5"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("\tx", "'\tx"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(csv_cell(&json!(text)), expected);
        }
        assert_eq!(csv_cell(&json!(-5)), "-5");
        assert_eq!(csv_cell(&json!(["=1", null, "b"])), "'=1; ; b");
    }

    #[test]
    fn a_line_is_quoted_where_it_has_to_be() {
        let line = |cells: [&str; 2]| String::from_utf8(csv_line(cells.map(str::to_owned).into_iter())).expect("UTF-8");
        assert_eq!(line(["a,b", "c\"d"]), "\"a,b\",\"c\"\"d\"\r\n");
        assert_eq!(line(["a\nb", "c"]), "\"a\nb\",c\r\n");
    }
}
