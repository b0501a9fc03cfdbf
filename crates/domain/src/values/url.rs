//! Addresses on the web: `http` or `https`.

use crate::value::{Cell, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts("address on the web", parse).up_to(2_000);

fn parse(text: &str) -> Result<Cell, ValueError> {
    match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(rest) if !rest.is_empty() && !text.contains(char::is_whitespace) => Ok(Cell::Text(text.to_owned())),
        _ => Err(("not_an_address", "it is not an address of the web: write `https://…`".to_owned())),
    }
}
