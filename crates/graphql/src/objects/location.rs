//! Places on earth.

use async_graphql::{InputObject, Result};
use domain::{Circle, Head, Latitude, Longitude, Rectangle, View, location};

use crate::{
    definition::object_type::{Described, ObjectType},
    execution::error_code::ErrorCode,
    nouns::source::load_citations_of,
    objects::word::Word,
};

/// Where something stands.
pub(crate) struct Location {
    view: View,
    /// The fact that states it.
    fact: i64,
    it: domain::Location,
}

impl Described for Location {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Location", "A point on WGS 84, as a source states it.")
            .leaf("latitude", "Degrees north of the equator, from -90 to 90.", |it| it.it.latitude.to_f64())
            .leaf("longitude", "Degrees east of the prime meridian, from -180 to 180.", |it| -> f64 {
                it.it.longitude.to_f64()
            })
            .leaf(
                "precision",
                "What the point is one of, so how precise it is; null where no source says.",
                |it| -> Option<Word<domain::LocationPrecision>> { it.it.precision.map(Word) },
            )
            .leaf(
                "confidence",
                "How sure it is that it stands there; null where the record does not say.",
                |it| -> Option<Word<domain::LocationConfidence>> { it.it.confidence.map(Word) },
            )
            .load_objects(
                "sources",
                "The sources of the point: those that are named for it or, where none is, those of the whole record.",
                |it, ctx| load_citations_of(ctx, it.view, it.fact, "location"),
            )
    }
}

/// The place that a noun's own record states.
pub(crate) fn location_of(view: View, head: &Head, it: Option<domain::Location>) -> Option<Location> {
    it.map(|it| Location { view, fact: head.fact, it })
}

/// A circle to look in.
#[derive(InputObject, Debug, Clone, Copy)]
pub(crate) struct NearInput {
    /// How far north its center is, in degrees on WGS 84: -90 to 90.
    latitude: f64,
    /// How far east its center is, in degrees on WGS 84: -180 to 180.
    longitude: f64,
    /// How far it reaches, in meters on a sphere of 6,371,008.8 meters: 1 to 100,000.
    metres: i64,
}

/// A part of the earth between two parallels and two meridians.
#[derive(InputObject, Debug, Clone, Copy)]
pub(crate) struct WithinInput {
    /// Its southern edge, in degrees: -90 to 90.
    south: f64,
    /// Its western edge, in degrees: -180 to 180.
    west: f64,
    /// Its northern edge, in degrees: not south of the southern one.
    north: f64,
    /// Its eastern edge, in degrees: -180 to 180. If it is less than the western one it lies across the 180th meridian.
    east: f64,
}

impl NearInput {
    /// Checks it.
    pub(crate) fn parse(self) -> Result<Circle> {
        let meters = u32::try_from(self.metres).ok().filter(|meters| location::RADIUS.contains(&i64::from(*meters)));
        let meters = meters.ok_or_else(|| {
            ErrorCode::InvalidArgument
                .with_message(format!("`near.metres` is {}, and a circle reaches 1 to 100000 meters", self.metres))
        })?;
        let latitude = parse_latitude("near.latitude", self.latitude)?;
        Ok(Circle { latitude, longitude: parse_longitude("near.longitude", self.longitude)?, meters })
    }
}

impl WithinInput {
    /// Checks it.
    pub(crate) fn parse(self) -> Result<Rectangle> {
        let [south, north] = [("within.south", self.south), ("within.north", self.north)];
        let (south, north) = (parse_latitude(south.0, south.1)?, parse_latitude(north.0, north.1)?);
        if south > north {
            return Err(ErrorCode::InvalidArgument.with_message(format!(
                "`within.south` is {}, north of `within.north`, which is {}: exchange them",
                self.south, self.north
            )));
        }
        let west = parse_longitude("within.west", self.west)?;
        Ok(Rectangle { south, west, north, east: parse_longitude("within.east", self.east)? })
    }
}

fn parse_latitude(name: &str, degrees: f64) -> Result<Latitude> {
    Latitude::nearest(degrees).ok_or_else(|| {
        ErrorCode::InvalidArgument
            .with_message(format!("`{name}` is {degrees}, and a latitude is from -90 to 90 degrees"))
    })
}

fn parse_longitude(name: &str, degrees: f64) -> Result<Longitude> {
    Longitude::nearest(degrees).ok_or_else(|| {
        ErrorCode::InvalidArgument
            .with_message(format!("`{name}` is {degrees}, and a longitude is from -180 to 180 degrees"))
    })
}
