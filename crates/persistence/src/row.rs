//! A row on its way to becoming a domain value; what the domain cannot mean becomes an error that says so.

use chrono::NaiveDate;
use domain::{Id, ImpreciseDate, NameBasis, Validity, fact::parse_day};
use sea_orm::{QueryResult, TryGetable};

use crate::StoreError;

/// A row of a result.
pub struct Row<'r>(pub(crate) &'r QueryResult);

impl Row<'_> {
    pub(crate) fn get<T: TryGetable>(&self, column: &str) -> Result<T, StoreError> {
        Ok(self.0.try_get_by(column)?)
    }

    pub(crate) fn text(&self, column: &str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(crate) fn stated(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub(crate) fn number(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    pub(crate) fn id<N>(&self, column: &str) -> Result<Id<N>, StoreError> {
        self.get(column).map(Id::from_raw)
    }

    pub(crate) fn maybe_id<N>(&self, column: &str) -> Result<Option<Id<N>>, StoreError> {
        Ok(self.get::<Option<i64>>(column)?.map(Id::from_raw))
    }

    /// A word of a vocabulary; null reads as the word for "not stated", if the vocabulary has one.
    pub(crate) fn word<T>(&self, column: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let word = self.stated(column)?.unwrap_or_default();
        parse(&word).ok_or_else(|| self.meaningless(column, &word))
    }

    pub(crate) fn maybe_word<T>(&self, column: &str, parse: fn(&str) -> Option<T>) -> Result<Option<T>, StoreError> {
        self.stated(column)?.map(|word| parse(&word).ok_or_else(|| self.meaningless(column, &word))).transpose()
    }

    pub(crate) fn words<T>(&self, column: &str, parse: fn(&str) -> Option<T>) -> Result<Vec<T>, StoreError> {
        let words = self.stated(column)?.unwrap_or_default();
        let words = words.split(';').filter(|word| !word.is_empty());
        words.map(|word| parse(word).ok_or_else(|| self.meaningless(column, word))).collect()
    }

    pub(crate) fn date(&self, column: &str) -> Result<Option<ImpreciseDate>, StoreError> {
        let date = self.stated(column)?;
        date.map(|text| ImpreciseDate::parse(&text).map_err(|_| self.meaningless(column, &text))).transpose()
    }

    pub(crate) fn day(&self, column: &str) -> Result<NaiveDate, StoreError> {
        let text = self.text(column)?;
        match text.as_str() {
            "0001-01-01" => Ok(Validity::OPEN_START),
            "9999-12-31" => Ok(Validity::OPEN_END),
            day => parse_day(day).map_err(|_| self.meaningless(column, day)),
        }
    }

    pub(crate) fn validity(&self) -> Result<Validity, StoreError> {
        Ok(Validity { from: self.day("valid_from")?, to: self.day("valid_to")? })
    }

    pub(crate) fn basis(&self, column: &str) -> Result<Option<NameBasis>, StoreError> {
        self.maybe_word(column, NameBasis::parse)
    }

    fn meaningless(&self, column: &str, value: &str) -> StoreError {
        StoreError::Inconsistent {
            id: self.get("id").unwrap_or_default(),
            problem: format!("column `{column}` is `{value}`"),
        }
    }
}
