//! Rows in memory: the bytes of their fields, and four for the end of each.

use domain::Shape;

/// Rows of a shape, each with its fields in the order of the shape's columns.
#[derive(Debug, Clone)]
pub struct RowTable {
    n_columns: usize,
    text: String,
    /// Where each field ends in the text.
    ends: Vec<u32>,
    /// The line of each row in a file that has all rows of its kind; none if these are all.
    lines: Vec<u64>,
}

impl RowTable {
    /// A table without rows.
    pub(crate) fn new(shape: &Shape) -> Self {
        RowTable { n_columns: shape.columns.len(), text: String::new(), ends: Vec::new(), lines: Vec::new() }
    }

    /// Adds a row that is the next of its file, to a table of all rows.
    pub(crate) fn push<'a>(&mut self, fields: impl IntoIterator<Item = &'a str>) {
        for field in fields {
            self.text.push_str(field);
            self.ends.push(u32::try_from(self.text.len()).expect("a table has less than 4 GiB"));
        }
    }

    /// Adds a row that stands on a line, to a table of some rows.
    pub(super) fn push_on<'a>(&mut self, line: u64, fields: impl IntoIterator<Item = &'a str>) {
        self.lines.push(line);
        self.push(fields);
    }

    /// Takes no more memory than the rows need.
    pub(crate) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len() / self.n_columns
    }

    /// How many bytes the rows take.
    pub(crate) fn n_bytes(&self) -> usize {
        self.text.len() + size_of_val(self.ends.as_slice()) + size_of_val(self.lines.as_slice())
    }

    /// The fields of a row; `None` past the last one.
    pub(super) fn row(&self, at: usize) -> Option<Vec<&str>> {
        let first = at.checked_mul(self.n_columns)?;
        let ends = self.ends.get(first..first + self.n_columns)?;
        let mut from = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        let field = |end: &u32| &self.text[std::mem::replace(&mut from, *end) as usize..*end as usize];
        Some(ends.iter().map(field).collect())
    }

    /// The line of a row.
    pub(super) fn line(&self, at: usize) -> Option<u64> {
        if self.lines.is_empty() { (at < self.len()).then(|| line_of_place(at)) } else { self.lines.get(at).copied() }
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
        let [mut all, mut some] = [RowTable::new(&membership::SHAPE), RowTable::new(&membership::SHAPE)];
        for (first, line) in [("oak", 7), ("", 9), ("elm", 17)] {
            all.push(row(first));
            some.push_on(line, row(first));
        }
        for (table, lines) in [(all, [2, 3, 4]), (some, [7, 9, 17])] {
            assert_eq!((table.len(), table.row(3), table.line(3)), (3, None, None));
            for (at, (first, line)) in ["oak", "", "elm"].into_iter().zip(lines).enumerate() {
                assert_eq!((table.row(at), table.line(at)), (Some(row(first).collect()), Some(line)), "{first}");
            }
        }
        assert_eq!((place_of_line(2), place_of_line(1), line_of_place(0)), (Some(0), None, 2));
    }
}
