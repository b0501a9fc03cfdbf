//! Languages, by their BCP 47 tags.

use crate::{
    text::LanguageTag,
    value::{Cell, ValueError, ValueKind},
};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts("language tag", parse);

fn parse(text: &str) -> Result<Cell, ValueError> {
    match LanguageTag::parse(text) {
        Ok(tag) if tag.as_str() == text => Ok(Cell::Text(text.to_owned())),
        Ok(tag) => Err(("not_a_language", format!("write `{}`", tag.as_str()))),
        Err(error) => Err(("not_a_language", error.to_string())),
    }
}
