//! What an authority knows a noun by in its lists: text, since codes may begin with 0.

use crate::value::{Cell, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts("code", parse).up_to(100);

fn parse(text: &str) -> Result<Cell, ValueError> {
    Ok(Cell::Text(text.to_owned()))
}
