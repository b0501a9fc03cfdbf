//! Reads rows out of the data of an answer.

use serde_json::Value;

use super::{
    RowPage, RowStep,
    pages::{CURSORS_KEY, PAGE_KEY},
    table::{Part, RowColumn, Table, Way},
};

/// Reads the rows of one page, and where the next ones are.
pub(super) struct PageReader<'a> {
    pub(super) table: &'a Table,
    /// The page that was asked for.
    pub(super) page: &'a RowPage,
    pub(super) steps: Vec<RowStep>,
}

/// Where an object stands among the items of the connections above it: the cursor before each.
type Cursors = Vec<Option<String>>;

impl PageReader<'_> {
    pub(super) fn read(&mut self, data: &Value) {
        let blank = |column: &RowColumn| if column.is_list { Value::Array(Vec::new()) } else { Value::Null };
        let row = self.table.columns.iter().map(blank).collect();
        self.read_part(&self.table.root, data, row, &mut Vec::new(), false);
    }

    /// Adds the rows of an object; of one that is an item, there is at least one.
    fn read_part(&mut self, part: &Part, value: &Value, mut row: Vec<Value>, cursors: &mut Cursors, is_item: bool) {
        fill(part, value, &mut row);
        match &part.way {
            None => self.add_row(row, is_item),
            Some(way) if way.is_list => self.read_list(way, value, row, cursors, is_item),
            Some(way) => self.read_part(&way.part, &value[&way.key], row, cursors, is_item),
        }
    }

    fn add_row(&mut self, row: Vec<Value>, is_item: bool) {
        if is_item || !row.iter().all(is_blank) {
            self.steps.push(RowStep::Row(row));
        }
    }

    fn read_list(&mut self, way: &Way, value: &Value, row: Vec<Value>, cursors: &mut Cursors, is_item: bool) {
        let items = value[&way.key].as_array().map(Vec::as_slice).unwrap_or_default();
        if items.is_empty() {
            return self.add_row(row, is_item);
        }
        let own = &value[CURSORS_KEY];
        for (at, item) in items.iter().enumerate() {
            if let Some(page) = way.page {
                let before = match at {
                    0 => self.page.after.get(page).cloned().flatten(),
                    _ => own[at - 1]["cursor"].as_str().map(str::to_owned),
                };
                cursors.push(before);
            }
            self.read_part(&way.part, item, row.clone(), cursors, true);
            if way.page.is_some() {
                cursors.pop();
            }
        }
        if let Some(page) = way.page.filter(|page| *page >= self.page.depth) {
            self.read_end(page, &value[PAGE_KEY], cursors);
        }
    }

    /// Adds what follows at the end of a page.
    fn read_end(&mut self, page: usize, info: &Value, cursors: &Cursors) {
        if info["hasNextPage"] != Value::Bool(true) {
            return;
        }
        let pages = &self.table.pages;
        self.steps.push(match info["endCursor"].as_str() {
            Some(cursor) if pages[page].can_follow => {
                let mut after = cursors.clone();
                after.push(Some(cursor.to_owned()));
                after.extend(pages[page + 1..].iter().map(|later| later.after.clone()));
                RowStep::Page(RowPage { depth: page, after })
            }
            _ => RowStep::Cut { list: pages[page].name.clone() },
        });
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Writes the values of an object into its row.
fn fill(part: &Part, value: &Value, row: &mut [Value]) {
    for (key, column) in &part.values {
        row[*column] = value[key].clone();
    }
    for (key, object) in &part.objects {
        fill(object, &value[key], row);
    }
    for (key, list) in &part.joined {
        append(list, &value[key], row);
    }
}

/// Adds the values of a list, or of an object in one, to the columns of its row.
fn append(part: &Part, value: &Value, row: &mut [Value]) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| append(part, item, row));
        return;
    }
    for (key, column) in &part.values {
        if let Value::Array(all) = &mut row[*column] {
            match &value[key] {
                Value::Array(several) => all.extend_from_slice(several),
                one => all.push(one.clone()),
            }
        }
    }
    for (key, below) in part.objects.iter().chain(&part.joined) {
        append(below, &value[key], row);
    }
}
