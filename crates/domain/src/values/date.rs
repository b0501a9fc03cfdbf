//! Dates as precise as their source.

use crate::{
    fact::ImpreciseDate,
    value::{Cell, ValueError, ValueKind},
};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts("date", parse);

fn parse(text: &str) -> Result<Cell, ValueError> {
    ImpreciseDate::parse(text).map(Cell::Date).map_err(|error| ("not_a_date", error.to_string()))
}
