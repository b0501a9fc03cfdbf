//! Rows in memory, in little more than the bytes of their fields.

use domain::Shape;

/// Rows of a shape, each with its fields in the order of the shape's columns.
#[derive(Debug, Clone)]
pub struct RowTable {
    n_columns: usize,
    text: String,
    /// Where each field ends in the text.
    ends: Vec<usize>,
    /// The line of each row in a file that has all rows of its kind.
    lines: Vec<u64>,
}

impl RowTable {
    /// A table without rows.
    pub(crate) fn new(shape: &Shape) -> Self {
        RowTable { n_columns: shape.columns.len(), text: String::new(), ends: Vec::new(), lines: Vec::new() }
    }

    /// Adds a row that is the next of its file.
    pub(crate) fn push<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) {
        let line = self.lines.last().map_or(FIRST_LINE, |line| line + 1);
        self.push_on(line, fields);
    }

    /// Adds a row that stands on a line.
    pub(super) fn push_on<'a>(&mut self, line: u64, fields: impl IntoIterator<Item = &'a str>) {
        for field in fields {
            self.text.push_str(field);
            self.ends.push(self.text.len());
        }
        self.lines.push(line);
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    /// How many bytes its fields have.
    pub(crate) fn n_bytes(&self) -> usize {
        self.text.len()
    }

    /// The fields of a row; `None` past the last one.
    pub(super) fn row(&self, at: usize) -> Option<Vec<&str>> {
        let first = at.checked_mul(self.n_columns)?;
        let ends = self.ends.get(first..first + self.n_columns)?;
        let mut from = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        let field = |end: &usize| &self.text[std::mem::replace(&mut from, *end)..*end];
        Some(ends.iter().map(field).collect())
    }

    /// The line of a row.
    pub(super) fn line(&self, at: usize) -> Option<u64> {
        self.lines.get(at).copied()
    }
}

/// The line of a file's first row: the one before names the columns.
const FIRST_LINE: u64 = 2;

/// The place of the row on a line among those of its kind.
pub(crate) fn place_of_line(line: u64) -> Option<usize> {
    usize::try_from(line.checked_sub(FIRST_LINE)?).ok()
}

/// The line of a row among those of its kind.
pub(super) fn line_of_place(at: usize) -> u64 {
    at as u64 + FIRST_LINE
}

#[cfg(test)]
mod tests {
    use domain::membership;

    use super::*;

    #[test]
    fn rows_keep_their_fields_and_their_lines() {
        let n_columns = membership::SHAPE.columns.len();
        let row =
            |first: &'static str| std::iter::once(first).chain(std::iter::repeat_n("", n_columns - 2)).chain(["é"]);
        let mut table = RowTable::new(&membership::SHAPE);
        table.push(row("oak"));
        table.push(row(""));
        table.push_on(17, row("elm"));
        assert_eq!((table.len(), table.n_bytes(), table.row(3)), (3, 12, None));
        for (at, (first, line)) in [("oak", 2), ("", 3), ("elm", 17)].into_iter().enumerate() {
            assert_eq!((table.row(at), table.line(at)), (Some(row(first).collect()), Some(line)), "{first}");
        }
        assert_eq!((place_of_line(2), place_of_line(1), line_of_place(0)), (Some(0), None, 2));
    }
}
