//! A workbook with one sheet: a header that stays in sight, and a row for each row.

use graphql::RowColumn;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::to_text;

/// Writes a workbook. A text is written as a text, which is never a formula.
///
/// # Errors
/// A sheet cannot hold so many rows or columns, or a cell so long a text.
pub(super) fn write_spreadsheet(columns: &[RowColumn], rows: &[Vec<Value>]) -> Result<Vec<u8>, String> {
    let mut workbook = Workbook::new();
    let written = write_sheet(workbook.add_worksheet(), columns, rows).and_then(|()| workbook.save_to_buffer());
    written.map_err(|error| match error {
        XlsxError::RowColumnLimitError => "a sheet has at most 1,048,576 rows and 16,384 columns".to_owned(),
        XlsxError::MaxStringLengthExceeded => "a cell of a spreadsheet has at most 32,767 characters".to_owned(),
        other => other.to_string(),
    })
}

fn write_sheet(sheet: &mut Worksheet, columns: &[RowColumn], rows: &[Vec<Value>]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let column_number = |at: usize| u16::try_from(at).map_err(|_| XlsxError::RowColumnLimitError);
    for (at, column) in columns.iter().enumerate() {
        sheet.write_string_with_format(0, column_number(at)?, &column.name, &bold)?;
    }
    for (row, values) in (1..).zip(rows) {
        for (at, value) in values.iter().enumerate() {
            let at = column_number(at)?;
            match value {
                Value::Null => continue,
                Value::Bool(value) => sheet.write_boolean(row, at, *value)?,
                Value::Number(number) => sheet.write_number(row, at, number.as_f64().unwrap_or_default())?,
                Value::Array(values) if values.is_empty() => continue,
                other => sheet.write_string(row, at, to_text(other))?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Some(last_column), Ok(last_row)) = (columns.len().checked_sub(1), u32::try_from(rows.len())) {
        sheet.autofilter(0, 0, last_row, column_number(last_column)?)?;
    }
    sheet.autofit();
    Ok(())
}
