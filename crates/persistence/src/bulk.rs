//! Many rows in one statement.
//!
//! SQLite takes rows of parameters, PostgreSQL one array a column (measured: a seventh of the time of rows of parameters).
//! Either way the text is the same for every full batch, so that it is prepared once.

use sea_orm::{DbBackend, Statement, Value, sea_query::ArrayType};

use crate::sql::Sql;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
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
const NO_NUMBER: i64 = i64::MIN;

impl Of {
    /// What the column of a bookkeeping table holds, by its name.
    pub(crate) fn named(name: &str) -> Of {
        match name {
            "n" | "fact_id" | "subject_id" => Of::Number,
            _ => Of::Text,
        }
    }
}

/// Rows held back until there are enough for a statement.
pub(crate) struct Bulk {
    backend: DbBackend,
    table: &'static str,
    columns: Vec<(&'static str, Of)>,
    /// The revision that knows all rows, written into the statement; `None` if the table does not ask.
    known_from: Option<i64>,
    /// What a row changes that is there already, by its `id`; nothing may be there if it is empty.
    changes: &'static [&'static str],
    values: Vec<Value>,
    full: usize,
}

impl Bulk {
    /// Rows of a table that does not say which revision knows them.
    pub(crate) fn new(backend: DbBackend, table: &'static str, columns: &[(&'static str, Of)]) -> Self {
        let rows = match backend {
            DbBackend::Postgres => 4000,
            // SQLite takes 32,766 parameters; past a few hundred rows a longer statement gains nothing.
            _ => 400,
        };
        let full = rows * columns.len();
        Bulk { backend, table, columns: columns.to_vec(), known_from: None, changes: &[], values: Vec::new(), full }
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

    fn statement(&self, values: Vec<Value>) -> Statement {
        let mut sql = match self.backend {
            DbBackend::Postgres => self.arrays(values),
            _ => self.rows(values),
        };
        for (at, column) in self.changes.iter().enumerate() {
            sql.put(if at == 0 { " ON CONFLICT (id) DO UPDATE SET " } else { ", " });
            sql.put(column).put(" = excluded.").put(column);
        }
        sql.statement()
    }

    fn opening(&self) -> Sql {
        let mut sql = Sql::new(self.backend);
        sql.put("INSERT INTO ").put(self.table).put(" (").put(&self.names());
        sql.put(if self.known_from.is_some() { ", known_from) " } else { ") " });
        sql
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    /// What follows the values of a row.
    fn closing(&self) -> String {
        self.known_from.map(|number| format!(", {number}")).unwrap_or_default()
    }

    fn rows(&self, values: Vec<Value>) -> Sql {
        let mut sql = self.opening();
        let closing = self.closing();
        sql.put("VALUES (");
        for (at, value) in values.into_iter().enumerate() {
            match (at, at % self.columns.len()) {
                (0, _) => {}
                (_, 0) => {
                    sql.put(&closing).put("), (");
                }
                _ => {
                    sql.put(", ");
                }
            }
            sql.bind(value);
        }
        sql.put(&closing).put(")");
        sql
    }

    fn arrays(&self, values: Vec<Value>) -> Sql {
        let width = self.columns.len();
        let mut arrays: Vec<Vec<Value>> = vec![Vec::with_capacity(values.len() / width); width];
        for (at, value) in values.into_iter().enumerate() {
            arrays[at % width].push(match (self.columns[at % width].1, value) {
                (Of::Number, Value::String(None) | Value::BigInt(None)) => NO_NUMBER.into(),
                (_, Value::String(None)) => "".into(),
                (_, value) => value,
            });
        }
        let mut sql = self.opening();
        sql.put("SELECT ");
        for (at, (name, of)) in self.columns.iter().enumerate() {
            sql.put(if at == 0 { "" } else { ", " });
            sql.put(&match of {
                Of::Number => format!("NULLIF(u.{name}, {NO_NUMBER})"),
                Of::Text => format!("NULLIF(u.{name}, '')"),
                Of::MaybeEmpty => format!("u.{name}"),
                Of::Grams => format!("string_to_array(u.{name}, ' ')"),
            });
        }
        sql.put(&self.closing()).put(" FROM UNNEST(");
        for (at, array) in arrays.into_iter().enumerate() {
            let (kind, cast) = match self.columns[at].1 {
                Of::Number => (ArrayType::BigInt, "::bigint[]"),
                _ => (ArrayType::String, "::text[]"),
            };
            sql.put(if at == 0 { "" } else { ", " }).bind(Value::Array(kind, Some(Box::new(array)))).put(cast);
        }
        sql.put(") AS u(").put(&self.names()).put(")");
        sql
    }
}
