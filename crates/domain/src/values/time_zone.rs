//! Time zones, by their names in the IANA's database.

use crate::{
    clock::TimeZone,
    value::{Cell, ValueError, ValueKind},
};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts("IANA name of a time zone", parse);

fn parse(text: &str) -> Result<Cell, ValueError> {
    match text.parse::<TimeZone>() {
        Ok(_) => Ok(Cell::Text(text.to_owned())),
        Err(_) => {
            let problem = format!("`{text}` is no time zone: write its IANA name, such as `Europe/London`");
            Err(("not_a_time_zone", problem))
        }
    }
}
