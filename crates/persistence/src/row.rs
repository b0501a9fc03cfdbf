//! Rows on their way to domain values: read by position, texts lent by the row; what the domain cannot mean becomes an
//! error that says so.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::{Id, Identified, ImpreciseDate, KeptAsNumber, TextBasis, Texts, Validity, fact::parse_day, id::identity};
use sea_orm::{
    QueryResult,
    sqlx::{Column, Row as _, postgres::PgRow, sqlite::SqliteRow},
};

use crate::{StoreError, row_values::RowValues};

/// A row of a result, read from its first column to its last.
#[derive(Debug)]
pub struct Row<'r> {
    values: Source<'r>,
    next: usize,
    /// Where the id of the fact stands that the next columns are of.
    id: usize,
    /// Whether the next columns were read at all, from the least bit.
    mask: u64,
}

#[derive(Debug, Clone, Copy)]
enum Source<'r> {
    Postgres(&'r PgRow),
    Sqlite(&'r SqliteRow),
    /// One of these.
    Read(&'r RowValues, usize),
}

/// The rows of a result.
#[derive(Debug)]
pub enum Rows {
    /// Those that the library has read.
    Library(Vec<QueryResult>),
    /// Those that our own readers have read.
    Read(RowValues),
}

impl Rows {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Rows::Library(rows) => rows.len(),
            Rows::Read(rows) => rows.len(),
        }
    }

    /// The first row.
    pub(crate) fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }

    /// All rows, each to be read from its first column.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|at| match self {
            Rows::Library(rows) => Row::new(&rows[at]),
            Rows::Read(rows) => Row::from_start(Source::Read(rows, at)),
        })
    }
}

impl<'r> Row<'r> {
    /// A row that the library has read, to be read from its first column.
    pub(crate) fn new(result: &'r QueryResult) -> Self {
        let values = match result.try_as_pg_row() {
            Some(row) => Source::Postgres(row),
            None => Source::Sqlite(result.try_as_sqlite_row().expect("a row of PostgreSQL or of SQLite")),
        };
        Row::from_start(values)
    }

    fn from_start(values: Source<'r>) -> Self {
        Row { values, next: 0, id: 0, mask: u64::MAX }
    }

    /// The next column's value.
    pub(crate) fn next(&mut self) -> Cell<'r> {
        let is_read = self.mask & 1 == 1;
        self.mask = (self.mask >> 1) | (1 << 63);
        let cell = Cell { values: self.values, at: self.next, id: self.id, is_read };
        self.next += usize::from(is_read);
        cell
    }

    /// Says which of the next columns were read: those whose bits are set, from the least.
    pub(crate) fn expect(&mut self, mask: u64) {
        self.mask = mask;
    }

    /// Says that the next columns are those of a fact, its id first.
    pub(crate) fn begin_fact(&mut self) {
        self.id = self.next;
    }

    /// The next column's value, without going on to the one after.
    pub(crate) fn peek(&self) -> Cell<'r> {
        self.at(self.next)
    }

    /// The value in this column.
    pub(crate) fn at(&self, column: usize) -> Cell<'r> {
        Cell { values: self.values, at: column, id: self.id, is_read: true }
    }

    /// The values of the next columns, in their order.
    pub(crate) fn cells<const N: usize>(&mut self) -> [Cell<'r>; N] {
        std::array::from_fn(|_| self.next())
    }
}

/// A value of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'r> {
    values: Source<'r>,
    at: usize,
    id: usize,
    /// Whether the column was read; else it is as if it were empty.
    is_read: bool,
}

impl<'r> Cell<'r> {
    pub(crate) fn number(self) -> Result<i64, StoreError> {
        self.maybe_number()?.ok_or_else(|| self.missing())
    }

    pub(crate) fn maybe_number(self) -> Result<Option<i64>, StoreError> {
        if !self.is_read {
            return Ok(None);
        }
        match self.values {
            Source::Postgres(row) => row.try_get(self.at).map_err(failed),
            Source::Sqlite(row) => row.try_get(self.at).map_err(failed),
            Source::Read(rows, row) => rows.number(row, self.at).map_err(failed),
        }
    }

    /// A plain value that is kept as a number.
    pub(crate) fn value<T: KeptAsNumber>(self) -> Result<Option<T>, StoreError> {
        self.maybe_number()?.map(|number| self.meaning(number, T::of_number)).transpose()
    }

    /// A plain value that is kept as a number, as a file writes it.
    pub(crate) fn written(self, write: fn(i64) -> Option<String>) -> Result<Option<String>, StoreError> {
        self.maybe_number()?.map(|number| self.meaning(number, write)).transpose()
    }

    fn meaning<T>(self, number: i64, of: fn(i64) -> Option<T>) -> Result<T, StoreError> {
        of(number).ok_or_else(|| self.meaningless(&number.to_string()))
    }

    pub(crate) fn str(self) -> Result<&'r str, StoreError> {
        self.maybe_str()?.ok_or_else(|| self.missing())
    }

    pub(crate) fn maybe_str(self) -> Result<Option<&'r str>, StoreError> {
        if !self.is_read {
            return Ok(None);
        }
        match self.values {
            Source::Postgres(row) => row.try_get(self.at).map_err(failed),
            Source::Sqlite(row) => row.try_get(self.at).map_err(failed),
            Source::Read(rows, row) => rows.text(row, self.at).map_err(failed),
        }
    }

    pub(crate) fn text(self) -> Result<String, StoreError> {
        self.str().map(str::to_owned)
    }

    pub(crate) fn maybe_text(self) -> Result<Option<String>, StoreError> {
        Ok(self.maybe_str()?.map(str::to_owned))
    }

    pub(crate) fn id<N>(self) -> Result<Id<N>, StoreError> {
        self.number().map(Id::from_raw)
    }

    pub(crate) fn maybe_id<N>(self) -> Result<Option<Id<N>>, StoreError> {
        Ok(self.maybe_number()?.map(Id::from_raw))
    }

    /// The nouns of a list of slugs; none where it is null.
    pub(crate) fn ids<N: Identified>(self) -> Result<Vec<Id<N>>, StoreError> {
        let slugs = self.maybe_str()?.unwrap_or_default().split(';').filter(|slug| !slug.is_empty());
        Ok(slugs.map(|slug| Id::from_raw(identity(N::KIND, slug))).collect())
    }

    /// A word of a vocabulary; null reads as the word for "not stated", if the vocabulary has one.
    pub(crate) fn word<T>(self, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let word = self.maybe_str()?.unwrap_or_default();
        parse(word).ok_or_else(|| self.meaningless(word))
    }

    pub(crate) fn maybe_word<T>(self, parse: fn(&str) -> Option<T>) -> Result<Option<T>, StoreError> {
        self.maybe_str()?.map(|word| parse(word).ok_or_else(|| self.meaningless(word))).transpose()
    }

    pub(crate) fn words<T>(self, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, StoreError> {
        let words = self.maybe_str()?.unwrap_or_default().split(';').filter(|word| !word.is_empty());
        words.map(|word| parse(word).ok_or_else(|| self.meaningless(word))).collect()
    }

    pub(crate) fn date(self) -> Result<Option<ImpreciseDate>, StoreError> {
        let parse = |text| ImpreciseDate::parse(text).map_err(|_| self.meaningless(text));
        self.maybe_str()?.map(parse).transpose()
    }

    pub(crate) fn day(self) -> Result<NaiveDate, StoreError> {
        self.parse_day(self.str()?)
    }

    pub(crate) fn maybe_day(self) -> Result<Option<NaiveDate>, StoreError> {
        self.maybe_str()?.map(|day| self.parse_day(day)).transpose()
    }

    fn parse_day(self, day: &str) -> Result<NaiveDate, StoreError> {
        match day {
            "0001-01-01" => Ok(Validity::OPEN_START),
            "9999-12-31" => Ok(Validity::OPEN_END),
            day => parse_day(day).map_err(|_| self.meaningless(day)),
        }
    }

    pub(crate) fn basis(self) -> Result<Option<TextBasis>, StoreError> {
        self.maybe_word(TextBasis::parse)
    }

    /// A text in several languages; none where it is null.
    pub(crate) fn texts(self) -> Result<Texts, StoreError> {
        let decode = |field| Texts::decode(field).ok_or_else(|| self.meaningless(field));
        self.maybe_str()?.map_or_else(|| Ok(Texts::default()), decode)
    }

    /// The error of a value that the domain cannot mean.
    pub(crate) fn meaningless(self, value: &str) -> StoreError {
        self.inconsistent(&format!("is `{value}`"))
    }

    /// The error of a value that has to be there.
    fn missing(self) -> StoreError {
        self.inconsistent("is null")
    }

    fn inconsistent(self, problem: &str) -> StoreError {
        let id = Cell { at: self.id, is_read: true, ..self }.maybe_number().ok().flatten().unwrap_or_default();
        let column = match self.values {
            Source::Postgres(row) => Column::name(&row.columns()[self.at]),
            Source::Sqlite(row) => Column::name(&row.columns()[self.at]),
            Source::Read(rows, _) => rows.column(self.at),
        };
        StoreError::Inconsistent { id, problem: format!("column `{column}` {problem}") }
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Database(Arc::new(error))
}
