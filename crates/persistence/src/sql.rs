//! SQL, written as SQL: text and values side by side, in the words that both databases share.
//!
//! The text of a statement depends only on its shape and never on the number of keys, so that a prepared statement
//! serves all of them: a list of keys is one parameter.

use domain::{Known, View, fact::day_text};
use sea_orm::{DbBackend, Statement, Value, sea_query::ArrayType};

/// A statement being written.
pub struct Sql {
    pub(crate) backend: DbBackend,
    text: String,
    values: Vec<Value>,
}

impl Sql {
    pub(crate) fn new(backend: DbBackend) -> Self {
        Sql { backend, text: String::with_capacity(1024), values: Vec::new() }
    }

    /// Adds text.
    pub(crate) fn put(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a value.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        match self.backend {
            DbBackend::Postgres => self.text.push_str(&format!("${}", self.values.len())),
            _ => self.text.push('?'),
        }
        self
    }

    /// Adds `column is one of ids`, with one parameter for all ids.
    pub(crate) fn among(&mut self, column: &str, ids: &[i64]) -> &mut Self {
        self.put(column);
        match self.backend {
            DbBackend::Postgres => {
                let ids = ids.iter().map(|id| Value::from(*id)).collect();
                self.put(" = ANY(").bind(Value::Array(ArrayType::BigInt, Some(Box::new(ids)))).put(")")
            }
            _ => {
                let mut list = String::with_capacity(2 + ids.len() * 20);
                for id in ids {
                    list.push(if list.is_empty() { '[' } else { ',' });
                    list.push_str(&id.to_string());
                }
                list.push_str(if list.is_empty() { "[]" } else { "]" });
                self.put(" IN (SELECT value FROM json_each(").bind(list).put("))")
            }
        }
    }

    /// Adds `column is one of words`; the words are few and ours.
    pub(crate) fn one_of(&mut self, column: &str, words: impl Iterator<Item = &'static str>) -> &mut Self {
        // A vocabulary's "unknown" is stored as null.
        let (mut list, mut unknown) = (String::new(), false);
        for word in words {
            match word {
                "" => unknown = true,
                word => list.push_str(&format!("{}'{word}'", if list.is_empty() { "" } else { ", " })),
            }
        }
        self.put("(").put(column).put(" IN (").put(if list.is_empty() { "NULL" } else { &list }).put(")");
        if unknown {
            self.put(" OR ").put(column).put(" IS NULL");
        }
        self.put(")")
    }

    /// Adds words with commas between them, that for "not stated" as an empty one; they are few and ours.
    pub(crate) fn words(&mut self, words: impl Iterator<Item = &'static str>) -> &mut Self {
        let list: Vec<String> = words.map(|word| format!("'{word}'")).collect();
        self.put(if list.is_empty() { "NULL".to_owned() } else { list.join(", ") }.as_str())
    }

    /// Adds the condition that the view knows the row of `table`: the one place that turns a revision into SQL.
    pub(crate) fn known(&mut self, table: &str, view: View) -> &mut Self {
        match view.known {
            Known::Latest => self.put(table).put(".known_to IS NULL"),
            Known::At(revision) => {
                self.put("(").put(table).put(".known_from <= ").bind(revision);
                self.put(" AND (").put(table).put(".known_to IS NULL OR ");
                self.put(table).put(".known_to > ").bind(revision).put("))")
            }
        }
    }

    /// Adds the condition that the row of `table` is known and holds on the day: the one place that turns a view into SQL.
    pub(crate) fn holds(&mut self, table: &str, view: View) -> &mut Self {
        self.known(table, view).put(" AND ").on_day(table, view)
    }

    /// Adds the condition that the row of `table` holds on the day, whatever the revisions that know it.
    pub(crate) fn on_day(&mut self, table: &str, view: View) -> &mut Self {
        let day = day_text(view.day);
        self.put(table).put(".valid_from <= ").bind(day.clone()).put(" AND ").put(table).put(".valid_to > ").bind(day)
    }

    /// Adds the condition that a noun that holds on the day is only assumed to: what `Lifetime::existence_on` says, in SQL.
    pub(crate) fn assumed(&mut self, table: &str, view: View) -> &mut Self {
        self.put("(").on_day(table, view).put(" AND ").put(table).put(".known_day > ");
        self.bind(day_text(view.day)).put(")")
    }

    /// Adds the condition that a noun is known on the day and begins on a later one: `Phase::Planned`, in SQL.
    pub(crate) fn planned(&mut self, table: &str, view: View) -> &mut Self {
        let day = day_text(view.day);
        self.put("(").put(table).put(".valid_from > ").bind(day.clone());
        self.put(" AND ").put(table).put(".known_day <= ").bind(day).put(")")
    }

    /// Adds the condition that `column` contains the text.
    pub(crate) fn contains(&mut self, column: &str, text: &str) -> &mut Self {
        let function = match self.backend {
            DbBackend::Postgres => "strpos(",
            _ => "instr(",
        };
        self.put(function).put(column).put(", ").bind(text).put(") > 0")
    }

    pub(crate) fn statement(self) -> Statement {
        Statement::from_sql_and_values(self.backend, self.text, self.values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_does_not_depend_on_how_many_keys_there_are() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let text = |ids: &[i64]| {
                let mut sql = Sql::new(backend);
                sql.among("id", ids);
                sql.statement().sql
            };
            assert_eq!(text(&[1]), text(&[1, 2, 3]));
            assert_eq!(text(&[]), text(&[1]));
        }
    }
}
