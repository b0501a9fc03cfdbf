//! Rows of PostgreSQL, as the driver gives them, put among values of our own.
//!
//! The driver checks for each value that is read whether its type fits; here that is settled by the first row.

use futures::{TryStream, TryStreamExt};
use sea_orm::sqlx::{
    Column, Error, Row, TypeInfo, ValueRef,
    error::BoxDynError,
    postgres::{PgRow, PgValueFormat, PgValueRef},
};

use crate::row_values::RowValues;

/// What the values of a column are.
#[derive(Debug, Clone, Copy)]
enum ColumnValues {
    Numbers,
    Texts,
}

/// Takes all rows of a statement.
///
/// # Errors
/// A column holds neither whole numbers of 64 bits nor texts, or the server failed.
pub(crate) async fn read_rows(mut rows: impl TryStream<Ok = PgRow, Error = Error> + Unpin) -> Result<RowValues, Error> {
    let Some(first) = rows.try_next().await? else { return Ok(RowValues::default()) };
    let columns: Vec<ColumnValues> = first.columns().iter().map(values_of).collect::<Result<_, _>>()?;
    let mut values = RowValues::new(first.columns().iter().map(|column| column.name().to_owned()).collect());
    let mut next = Some(first);
    while let Some(row) = next {
        for (at, column) in columns.iter().enumerate() {
            push_value(&mut values, *column, &row.try_get_raw(at)?)
                .map_err(|source| Error::ColumnDecode { index: at.to_string(), source })?;
        }
        next = rows.try_next().await?;
    }
    Ok(values)
}

fn values_of(column: &<sea_orm::sqlx::Postgres as sea_orm::sqlx::Database>::Column) -> Result<ColumnValues, Error> {
    match column.type_info().name() {
        "INT8" => Ok(ColumnValues::Numbers),
        "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" => Ok(ColumnValues::Texts),
        other => Err(Error::ColumnDecode {
            index: column.name().to_owned(),
            source: format!("{other} is neither a whole number of 64 bits nor a text").into(),
        }),
    }
}

fn push_value(values: &mut RowValues, column: ColumnValues, value: &PgValueRef<'_>) -> Result<(), BoxDynError> {
    if value.is_null() {
        values.push_null();
        return Ok(());
    }
    match column {
        ColumnValues::Texts => values.push_text(value.as_str()?),
        ColumnValues::Numbers => values.push_number(number(value)?),
    }
    Ok(())
}

fn number(value: &PgValueRef<'_>) -> Result<i64, BoxDynError> {
    if value.format() == PgValueFormat::Text {
        return Ok(value.as_str()?.parse()?);
    }
    Ok(i64::from_be_bytes(value.as_bytes()?.try_into()?))
}
