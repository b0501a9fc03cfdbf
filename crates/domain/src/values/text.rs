//! Free text.

use crate::value::{Cell, Storage, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind { name: "text", max_chars: 10_000, storage: Storage::Text, parse };

fn parse(text: &str) -> Result<Cell, ValueError> {
    Ok(Cell::Text(text.to_owned()))
}
