//! Digests: 64 bits of what a row says and of when it holds, by which an import sees whether a recorded row has changed.

use std::fmt::Write;

use chrono::{Datelike, NaiveDate};
use domain::{Kind, Shape, Turn, Validity, id::fingerprint, texts::decode_written};

/// What is kept of a fact that a row states; nearly all rows state one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowDigest {
    /// Its identity.
    pub(super) id: i64,
    /// What the row says and when the fact holds ([`digest`]).
    pub(super) digest: i64,
    /// The first day on which the noun may be known, by this fact.
    pub(super) first_known_day: NaiveDate,
}

/// The text of a row: its fields, each by its column's name.
///
/// Blank fields leave no trace, so that a column that a later edumap adds changes no row that leaves it blank.
/// No field contains an end of line, so none can pass for two.
pub(super) fn row_text(shape: &Shape, fields: &[&str]) -> String {
    let mut text = String::with_capacity(160);
    for (column, field) in shape.columns.iter().zip(fields) {
        if let Some(of) = column.bases_of() {
            add_bases(&mut text, shape, of, fields);
        } else if column.column_type.is_texts() {
            for (language, said, _) in decode_written(field) {
                add_field(&mut text, &[column.name, "_", &language], &said);
            }
        } else {
            add_field(&mut text, &[column.name], field);
        }
    }
    text
}

/// Adds why the texts of a column are believed.
fn add_bases(text: &mut String, shape: &Shape, of: &str, fields: &[&str]) {
    let mut written = shape.index(of).map(|at| decode_written(fields[at])).unwrap_or_default();
    if shape.kind == Kind::Group {
        // The digests that are on record since the first release have the basis of a group's second name first.
        written.reverse();
    }
    for (language, _, basis) in written {
        add_field(text, &[of, "_", &language, "_basis"], &basis);
    }
}

/// Adds a field by the name of its column in the file, given in parts.
fn add_field(text: &mut String, name: &[&str], field: &str) {
    if !field.is_empty() {
        text.extend(name.iter().copied().chain(["=", field, "\n"]));
    }
}

/// The digest of a row's text and of the days on which it holds.
pub(super) fn digest(mut text: String, validity: Validity) -> i64 {
    let [from, to] = [validity.from, validity.to].map(|day| day.num_days_from_ce());
    // Writing to a string cannot fail.
    let _ = write!(text, "{from}/{to}");
    fingerprint(text.as_bytes())
}

/// The digest of a row whose fact has a turn, given that of what the row says.
pub(super) fn digest_turn(of_row: i64, Turn { validity, certain }: &Turn) -> i64 {
    let [from, to, certain_from, certain_to] =
        [validity.from, validity.to, certain.from, certain.to].map(|day| day.num_days_from_ce());
    fingerprint(format!("{of_row}/{from}/{to}/{certain_from}/{certain_to}").as_bytes())
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
