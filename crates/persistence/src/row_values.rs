//! The rows of a statement as both readers give them: their values one after the other, and their texts as one.

/// The rows of a statement.
#[derive(Debug, Default)]
pub struct RowValues {
    columns: Vec<String>,
    values: Vec<RowValue>,
    texts: String,
}

/// A value of a row.
#[derive(Debug, Clone, Copy)]
enum RowValue {
    Null,
    Number(i64),
    /// Where the text stands among all texts.
    Text(usize, usize),
}

impl RowValues {
    /// No rows yet, of these columns. Values are added row by row, in the order of the columns.
    pub(crate) fn new(columns: Vec<String>) -> Self {
        RowValues { columns, ..RowValues::default() }
    }

    pub(crate) fn push_null(&mut self) {
        self.values.push(RowValue::Null);
    }

    pub(crate) fn push_number(&mut self, number: i64) {
        self.values.push(RowValue::Number(number));
    }

    pub(crate) fn push_text(&mut self, text: &str) {
        let start = self.texts.len();
        self.texts.push_str(text);
        self.values.push(RowValue::Text(start, self.texts.len()));
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len().checked_div(self.columns.len()).unwrap_or_default()
    }

    /// The name of a column.
    pub(crate) fn column(&self, at: usize) -> &str {
        &self.columns[at]
    }

    /// The number in a column of a row; `None` where it is null.
    pub(crate) fn number(&self, row: usize, column: usize) -> Result<Option<i64>, NoSuchValue> {
        match self.value(row, column) {
            RowValue::Null => Ok(None),
            RowValue::Number(number) => Ok(Some(number)),
            RowValue::Text(..) => Err(self.no("number", column)),
        }
    }

    /// The text in a column of a row; `None` where it is null.
    pub(crate) fn text(&self, row: usize, column: usize) -> Result<Option<&str>, NoSuchValue> {
        match self.value(row, column) {
            RowValue::Null => Ok(None),
            RowValue::Text(start, end) => Ok(Some(&self.texts[start..end])),
            RowValue::Number(_) => Err(self.no("text", column)),
        }
    }

    fn value(&self, row: usize, column: usize) -> RowValue {
        self.values[row * self.columns.len() + column]
    }

    fn no(&self, what: &'static str, column: usize) -> NoSuchValue {
        NoSuchValue { what, column: self.columns[column].clone() }
    }
}

/// A column holds a value of another type than the one that is read.
#[derive(Debug, thiserror::Error)]
#[error("column `{column}` holds no {what}")]
pub(crate) struct NoSuchValue {
    what: &'static str,
    column: String,
}
