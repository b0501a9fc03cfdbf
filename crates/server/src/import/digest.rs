//! Digests: 64 bits of what a row says and of when it holds, by which an import sees whether a recorded row has changed.

use std::fmt::Write;

use chrono::Datelike;
use domain::{Shape, Validity, id::fingerprint};

/// What is kept of a fact that a row states; nearly all rows state one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowDigest {
    /// Its identity.
    pub(super) id: i64,
    /// What the row says and when the fact holds ([`digest`]).
    pub(super) digest: i64,
}

/// The text of a row: its fields, each by its column's name.
///
/// Blank fields leave no trace, so that a column that a later edumap adds changes no row that leaves it blank.
/// No field contains an end of line, so none can pass for two.
pub(super) fn row_text(shape: &Shape, fields: &[&str]) -> String {
    let mut text = String::with_capacity(160);
    for (column, field) in shape.columns.iter().zip(fields).filter(|(_, field)| !field.is_empty()) {
        text.extend([column.name, "=", field, "\n"]);
    }
    text
}

/// The digest of a row's text and of the days on which it holds.
pub(super) fn digest(mut text: String, validity: Validity) -> i64 {
    let [from, to] = [validity.from, validity.to].map(|day| day.num_days_from_ce());
    // Writing to a string cannot fail.
    let _ = write!(text, "{from}/{to}");
    fingerprint(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use domain::membership;

    use super::*;

    #[test]
    fn a_digest_tells_rows_apart_by_every_field_and_by_validity() {
        let of = |fields: [&str; 9], validity| digest(row_text(&membership::SHAPE, &fields), validity);
        let row = ["willow", "willow-first", "lead", "", "2019", "", "seed", "a quote", "news"];
        let same = of(row, Validity::ALWAYS);
        assert_eq!(of(row, Validity::ALWAYS), same);
        let mut moved = row;
        moved.swap(3, 4);
        assert_ne!(of(moved, Validity::ALWAYS), same);
        assert_ne!(of(row, Validity { from: Validity::OPEN_END, ..Validity::ALWAYS }), same);
        for at in 0..9 {
            let mut other = row;
            other[at] = "another";
            assert_ne!(of(other, Validity::ALWAYS), same, "{at}");
        }
    }
}
