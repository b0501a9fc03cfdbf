//! Many rows in one statement.
//!
//! SQLite takes rows of parameters, PostgreSQL one array a column (measured: a seventh of the time of rows of parameters).
//! Either way the text is the same for every full batch, so that it is prepared once.

use sea_orm::{DbBackend, Statement, Value, sea_query::ArrayType};

use crate::dialect;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnValues {
    /// A number, or null; never [`NO_NUMBER`].
    Number,
    /// A text that is not empty, or null.
    Text,
    /// A text that may be empty, and is never null.
    MaybeEmpty,
    /// Words with spaces between them that become an array; PostgreSQL only.
    Grams,
}

/// Stands for null in an array of numbers: the library takes no nulls in arrays.
pub(crate) const NO_NUMBER: i64 = i64::MIN;

impl ColumnValues {
    /// What the column of a bookkeeping table holds, by its name.
    pub(crate) fn named(name: &str) -> ColumnValues {
        match name {
            "n" | "fact_id" | "subject_id" => ColumnValues::Number,
            _ => ColumnValues::Text,
        }
    }
}

/// Rows held back until there are enough for a statement.
pub(crate) struct Bulk {
    backend: DbBackend,
    table: &'static str,
    columns: Vec<(&'static str, ColumnValues)>,
    /// The revision that knows all rows, written into the statement; `None` if the table does not ask.
    known_from: Option<i64>,
    /// What a row changes that is there already, by its `id`; nothing may be there if it is empty.
    changes: &'static [&'static str],
    values: Vec<Value>,
    full: usize,
    /// The text of a full batch, once there was one.
    text: Option<String>,
}

impl Bulk {
    /// Rows of a table that does not say which revision knows them.
    pub(crate) fn new(backend: DbBackend, table: &'static str, columns: &[(&'static str, ColumnValues)]) -> Self {
        let rows = match backend {
            DbBackend::Postgres => 4000,
            // SQLite takes 32,766 parameters; past a few hundred rows a longer statement gains nothing.
            _ => 400,
        };
        let full = rows * columns.len();
        Bulk {
            backend,
            table,
            columns: columns.to_vec(),
            known_from: None,
            changes: &[],
            values: Vec::new(),
            full,
            text: None,
        }
    }

    /// The same, of rows that a revision knows.
    pub(crate) fn known_from(self, number: i64) -> Self {
        Bulk { known_from: Some(number), ..self }
    }

    /// The same, which changes these columns of a row that is there already.
    pub(crate) fn or_change(self, changes: &'static [&'static str]) -> Self {
        Bulk { changes, ..self }
    }

    /// Adds values; a row's follow each other in the order of the columns.
    pub(crate) fn push(&mut self, values: impl IntoIterator<Item = Value>) {
        self.values.extend(values);
    }

    pub(crate) fn is_full(&self) -> bool {
        self.values.len() >= self.full
    }

    /// The statements that write all rows held back.
    pub(crate) fn all(&mut self) -> Vec<Statement> {
        let mut statements = self.full();
        let rest = std::mem::take(&mut self.values);
        if !rest.is_empty() {
            statements.push(self.statement(rest));
        }
        statements
    }

    /// The statements of full batches; the rest is held back, so that the texts of statements stay few and prepared.
    pub(crate) fn full(&mut self) -> Vec<Statement> {
        let mut statements = Vec::new();
        while self.is_full() {
            let rest = self.values.split_off(self.full);
            let batch = std::mem::replace(&mut self.values, rest);
            statements.push(self.statement(batch));
        }
        statements
    }

    fn statement(&mut self, values: Vec<Value>) -> Statement {
        let rows = values.len() / self.columns.len();
        let is_full = values.len() == self.full;
        let text = match &self.text {
            Some(text) if is_full => text.clone(),
            _ => dialect::insert(self.backend, self.table, &self.columns, self.known_from, self.changes, rows),
        };
        if is_full && self.text.is_none() {
            self.text = Some(text.clone());
        }
        match self.backend {
            DbBackend::Postgres => Statement::from_sql_and_values(self.backend, text, self.arrays(values)),
            _ => Statement::from_sql_and_values(self.backend, text, values),
        }
    }

    /// The values as one array a column.
    fn arrays(&self, values: Vec<Value>) -> Vec<Value> {
        let width = self.columns.len();
        let mut arrays: Vec<Vec<Value>> = vec![Vec::with_capacity(values.len() / width); width];
        for (at, value) in values.into_iter().enumerate() {
            arrays[at % width].push(match (self.columns[at % width].1, value) {
                (ColumnValues::Number, Value::String(None) | Value::BigInt(None)) => NO_NUMBER.into(),
                (_, Value::String(None)) => "".into(),
                (_, value) => value,
            });
        }
        let of_type = |of| if of == ColumnValues::Number { ArrayType::BigInt } else { ArrayType::String };
        let columns = arrays.into_iter().zip(&self.columns);
        columns.map(|(array, (_, of))| Value::Array(of_type(*of), Some(Box::new(array)))).collect()
    }
}
