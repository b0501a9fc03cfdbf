//! Townships: towns, areas and subdistricts, each with its national code.

use crate::{
    column::{ColumnType, bases, extra, names, optional, reference, required},
    district::District,
    id::{Id, Kind},
    location::{self, Location},
    noun::{Head, noun},
    outline::{self, Outline},
    record::Shape,
    region::Region,
    text::vocabulary,
};

/// A township, area or subdistrict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Township {
    /// What it shares with all nouns.
    pub head: Head,
    /// The national statistical code.
    pub code: Option<String>,
    /// What it is.
    pub kind: TownshipKind,
    /// The region it lies in; none where no source says.
    pub region: Option<Id<Region>>,
    /// The district it is part of.
    pub district: Option<Id<District>>,
    /// Where it is: a point in it.
    pub location: Option<Location>,
    /// Its outline.
    pub outline: Option<Outline>,
}
noun!(Township);

vocabulary! {
    /// What a township is.
    TownshipKind {
        /// An area: once rural, run by a township government.
        Area = "area",
        /// A subdistrict: urban.
        Subdistrict = "subdistrict",
        /// A town.
        Town = "town",
        /// A township: rural.
        Township = "township",
    } else Unknown
}

/// Rows of `townships.csv`.
pub const SHAPE: Shape = Shape {
    kind: Kind::Township,
    file: "townships",
    table: "townships",
    description: "A township, area or subdistrict.",
    key: &["township_id"],
    columns: &[
        required("township_id", ColumnType::Slug, "The slug."),
        optional("code", ColumnType::CODE, "The national statistical code."),
        names(),
        optional("kind", ColumnType::Word(TownshipKind::WORDS), "What it is; blank where no source says."),
        optional("region_id", reference(Kind::Region), "The region it lies in."),
        optional("region_source_id", ColumnType::CitedSource("region"), "The source that places it there."),
        optional("region_quote", ColumnType::CitedQuote("region"), "Its words."),
        bases("name_basis"),
        optional("source_id", ColumnType::CitedSource(""), "The source."),
        optional("quote", ColumnType::CitedQuote(""), "Its words."),
        extra("district_id", reference(Kind::District), "The district it is part of."),
        location::LATITUDE,
        location::LONGITUDE,
        location::PRECISION,
        location::SOURCE,
        location::CONFIDENCE,
        outline::GEOMETRY,
        outline::BASIS,
        outline::SOURCE,
        outline::CONFIDENCE,
    ],
    dated: ("", ""),
    rules: &[location::RULE, outline::RULE],
};
