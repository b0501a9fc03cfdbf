//! Whole numbers, zero or greater.

use crate::value::{Cell, Storage, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind { name: "whole number", max_chars: 10_000, storage: Storage::Number, parse };

fn parse(text: &str) -> Result<Cell, ValueError> {
    match text.parse::<i32>() {
        Ok(number) if number >= 0 && number.to_string() == text => Ok(Cell::Number(number.into())),
        _ => Err(("not_a_number", format!("`{text}` is not a whole number, zero or greater"))),
    }
}
