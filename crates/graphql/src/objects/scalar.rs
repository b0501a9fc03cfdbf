//! Scalars, each read with a sentence and a code when it is wrong.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::NaiveDate;
use domain::{
    ImpreciseDate,
    fact::{day_text, parse_day},
};

use crate::{
    definition::object_type::{Described, ObjectType},
    execution::error_code::ErrorCode,
    objects::word::Word,
};

/// A day of the calendar, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) NaiveDate);

/// A day of the calendar, `YYYY-MM-DD`, such as `2024-09-22`.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = expect_text(&value, ErrorCode::InvalidDate, "a day, YYYY-MM-DD")?;
        parse_day(&text).map(Date).map_err(|error| invalid_value(ErrorCode::InvalidDate, error))
    }

    fn to_value(&self) -> Value {
        Value::String(day_text(self.0))
    }
}

/// A BCP 47 language tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LanguageTag(pub(crate) domain::LanguageTag);

/// A BCP 47 language tag, such as `fr`, `sr-Latn` or `en-GB`.
#[Scalar(name = "LanguageTag", specified_by_url = "https://www.rfc-editor.org/rfc/rfc5646")]
impl ScalarType for LanguageTag {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = expect_text(&value, ErrorCode::InvalidLanguage, "a BCP 47 language tag")?;
        domain::LanguageTag::parse(&text)
            .map(LanguageTag)
            .map_err(|error| invalid_value(ErrorCode::InvalidLanguage, error))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.as_str().to_owned())
    }
}

fn expect_text<T: async_graphql::InputType>(
    value: &Value,
    code: ErrorCode,
    wanted: &str,
) -> Result<String, InputValueError<T>> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(invalid_value(code, format!("`{other}` is not {wanted}"))),
    }
}

fn invalid_value<T: async_graphql::InputType>(code: ErrorCode, problem: impl std::fmt::Display) -> InputValueError<T> {
    InputValueError::custom(problem).with_extension("code", code.as_str())
}

impl Described for ImpreciseDate {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("ImpreciseDate", "A date as precise as its source: \"in 2025\" stays \"in 2025\".")
            .text("text", "The date as recorded: `2025`, `2025-09`, `2025-09-01`, or `12-23` where the year is not shown, perhaps with a remark in brackets.", |it| it.as_str())
            .leaf("precision", "How much of it the source states.", |it| Word(it.precision()))
            .leaf("earliest", "The first day it can mean, from which an imprecise start counts; null where the year is not known.", |it| it.first_day().map(Date))
            .leaf("latest", "The last day it can mean, to which an imprecise end counts; null where the year is not known.", |it| it.last_day().map(Date))
    }
}
