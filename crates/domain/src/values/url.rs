//! Addresses on the web: `http` or `https`.

use crate::value::{Cell, Storage, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind { name: "address on the web", max_chars: 2_000, storage: Storage::Text, parse };

fn parse(text: &str) -> Result<Cell, ValueError> {
    match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(rest) if !rest.is_empty() && !text.contains(char::is_whitespace) => Ok(Cell::Text(text.to_owned())),
        _ => Err(("not_an_address", "it is not an address of the web: write `https://…`".to_owned())),
    }
}
