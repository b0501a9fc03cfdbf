//! Districts: each the owner of a map.

use crate::{
    clock::TimeZone,
    column::{ColumnType, bases, extra, names, optional, required},
    id::Kind,
    noun::{Head, noun},
    outline::{self, Outline},
    record::Shape,
};

/// A school district, the owner of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// What it shares with all nouns.
    pub head: Head,
    /// The time zone whose days it counts in; `None` where the record does not say.
    pub time_zone: Option<TimeZone>,
    /// Its outline.
    pub outline: Option<Outline>,
}
noun!(District);

/// Rows of `districts.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::District,
    file: "districts",
    table: "districts",
    description: "A school district, the owner of a map.",
    key: &["district_id"],
    columns: &[
        required("district_id", ColumnType::Slug, "The slug."),
        names(),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra(
            "time_zone",
            ColumnType::TIME_ZONE,
            "The time zone in which its days begin, by its IANA name, such as `Europe/London`.",
        ),
        outline::GEOMETRY,
        outline::BASIS,
        outline::SOURCE,
        outline::CONFIDENCE,
    ],
    dated: ("", ""),
    rules: &[outline::RULE],
};
