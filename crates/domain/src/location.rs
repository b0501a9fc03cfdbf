//! Places on earth: where something stands, how precisely, and the columns by which a file says so.

use crate::{
    column::{Column, ColumnType, extra},
    rule::Rule,
    text::vocabulary,
    values::degrees::{Latitude, Longitude},
};

/// A point on WGS 84.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Location {
    /// How far north it is.
    pub latitude: Latitude,
    /// How far east it is.
    pub longitude: Longitude,
    /// What the point is one of.
    pub precision: Option<LocationPrecision>,
}

vocabulary! {
    /// What a point is one of.
    LocationPrecision {
        /// The building, or its entrance.
        Building = "building",
        /// The grounds.
        Campus = "campus",
        /// The street or the neighborhood, some hundred meters off.
        Street = "street",
        /// The township, or a place of its size.
        Township = "township",
    }
}

/// The column of the latitude.
pub(crate) const LATITUDE: Column = extra("latitude", ColumnType::LATITUDE, "How far north it stands, on WGS 84.");
/// The column of the longitude.
pub(crate) const LONGITUDE: Column = extra("longitude", ColumnType::LONGITUDE, "How far east it stands, on WGS 84.");
/// The column of the precision.
pub(crate) const PRECISION: Column = extra(
    "location_precision",
    ColumnType::Word(LocationPrecision::WORDS),
    "What the point is one of: how precise it is.",
);
/// The column of the source.
pub(crate) const SOURCE: Column =
    extra("location_source_id", ColumnType::CitedSource("location"), "The source of the point.");

/// The column of how sure it is.
pub(crate) const CONFIDENCE: Column =
    extra("location_confidence", ColumnType::CitedConfidence("location"), "How sure it is that it stands there.");

/// That these columns state one point, or none.
pub(crate) const RULE: Rule = Rule::Together {
    what: "location",
    columns: &["latitude", "longitude"],
    beside: &["location_precision", "location_source_id", "location_confidence"],
};
