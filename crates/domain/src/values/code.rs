//! What an authority knows a noun by in its lists: text, since codes may begin with 0.

use crate::value::{Cell, Storage, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind { name: "code", max_chars: 100, storage: Storage::Text, parse };

fn parse(text: &str) -> Result<Cell, ValueError> {
    Ok(Cell::Text(text.to_owned()))
}
