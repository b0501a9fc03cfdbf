//! Free text.

use crate::value::{Cell, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts("text", parse);

fn parse(text: &str) -> Result<Cell, ValueError> {
    Ok(Cell::Text(text.to_owned()))
}
