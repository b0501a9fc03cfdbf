//! Places on earth: where something stands, how precisely, and the columns by which a file says so.

use std::ops::RangeInclusive;

use crate::{
    column::{Column, ColumnType, extra},
    record::Shape,
    rule::Rule,
    text::vocabulary,
    value::KeptAsNumber,
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
    /// How sure it is that it stands there.
    pub confidence: Option<LocationConfidence>,
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

vocabulary! {
    /// How sure it is that something stands at a point.
    LocationConfidence {
        /// Quite: a source gives the point for it, or its address leads there.
        High = "high",
        /// Somewhat.
        Medium = "medium",
        /// Little: only a part of a name leads there, or the point is one among several.
        Low = "low",
    }
}

/// The radius of the sphere on which distances are those between points, in meters: the mean radius of the earth.
pub const EARTH_RADIUS: f64 = 6_371_008.8;
/// How many units the radius has: one is 6 millimeters, less than the last digit of a degree.
const RADIUS_UNITS: f64 = 1e9;

/// From the center of the earth to a point on the sphere, in units of which the radius has 10⁹: toward 0° of longitude, toward
/// 90° east and toward the North Pole.
///
/// The square of the straight line between two such points is a whole number of 63 bits, and grows with their distance: a
/// database compares distances by whole numbers, exactly and without trigonometry.
#[must_use]
pub fn point_on_sphere(latitude: Latitude, longitude: Longitude) -> [i64; 3] {
    let (latitude, longitude) = (latitude.to_f64().to_radians(), longitude.to_f64().to_radians());
    let point = [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()];
    point.map(|part| whole_number(part * RADIUS_UNITS))
}

/// What is added to the square of a straight line, so that it has 19 digits however short it is.
pub const KEY_OFFSET: i64 = 1_000_000_000_000_000_000;

/// The distance in meters that a part of a position's key says: the square of the straight line, as 19 digits.
#[must_use]
pub fn distance_of_key(key: &str) -> Option<f64> {
    let number: i64 = key.parse().ok()?;
    let square = number.checked_sub(KEY_OFFSET).filter(|square| *square >= 0)?;
    Some((distance_of_square(square) * 10.0).round() / 10.0)
}

/// The point on the sphere of the numbers as which a latitude and a longitude are kept; none if they are no such numbers.
#[must_use]
pub fn point_of_numbers(latitude: i64, longitude: i64) -> Option<[i64; 3]> {
    Some(point_on_sphere(Latitude::of_number(latitude)?, Longitude::of_number(longitude)?))
}

/// The square of the straight line, in units, between points that are so many meters apart on the sphere.
#[must_use]
pub fn square_of_distance(meters: f64) -> i64 {
    let line = 2.0 * (meters / EARTH_RADIUS / 2.0).sin() * RADIUS_UNITS;
    whole_number(line * line)
}

/// How many meters points are apart on the sphere, given the square of the straight line between them, in units.
#[must_use]
pub fn distance_of_square(square: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a part in 10¹⁵ is less than a unit")]
    let line = (square as f64).sqrt() / RADIUS_UNITS;
    2.0 * EARTH_RADIUS * (line / 2.0).min(1.0).asin()
}

#[expect(clippy::cast_possible_truncation, reason = "it is far below 2⁶³")]
fn whole_number(number: f64) -> i64 {
    number.round() as i64
}

/// All points between two parallels and two meridians.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rectangle {
    /// The southern edge.
    pub south: Latitude,
    /// The western edge.
    pub west: Longitude,
    /// The northern edge.
    pub north: Latitude,
    /// The eastern edge: it may be less than the western one, and the rectangle then lies across the antimeridian.
    pub east: Longitude,
}

/// All points that are at most so far from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Circle {
    /// How far north the center is.
    pub latitude: Latitude,
    /// How far east the center is.
    pub longitude: Longitude,
    /// How far it reaches.
    pub meters: u32,
}

/// The numbers as which the latitudes and longitudes of a rectangle are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBounds {
    /// Those of its latitudes.
    pub latitude: RangeInclusive<i64>,
    /// Where its longitudes begin.
    pub west: i64,
    /// Where they end; if that is less than where they begin, they are those above the one and those below the other.
    pub east: i64,
}

/// How far a circle may reach, in meters.
pub const RADIUS: RangeInclusive<i64> = 1..=100_000;

impl Rectangle {
    /// The numbers as which its latitudes and longitudes are kept. The antimeridian is that of 180° and of -180°.
    #[must_use]
    pub fn kept_bounds(&self) -> KeptBounds {
        let Rectangle { south, west, north, east } = *self;
        let degrees = |degrees: f64| Longitude::nearest(degrees).unwrap_or(west);
        let [first, last] = [degrees(-180.0), degrees(180.0)];
        let is_all_around = west == first && east == last;
        let west = if west == first && !is_all_around { last } else { west };
        let east = if east == last && !is_all_around { first } else { east };
        KeptBounds {
            latitude: *south.equal_numbers().start()..=*north.equal_numbers().end(),
            west: *west.equal_numbers().start(),
            east: *east.equal_numbers().end(),
        }
    }
}

impl Circle {
    /// A rectangle around it, with a little room for what is rounded.
    #[must_use]
    pub fn bounds(&self) -> Rectangle {
        const ROOM: f64 = 1e-6;
        let (latitude, longitude) = (self.latitude.to_f64(), self.longitude.to_f64());
        let reach = f64::from(self.meters) / EARTH_RADIUS;
        let [south, north] = [-1.0, 1.0].map(|side| latitude + side * (reach.to_degrees() + ROOM));
        let to_latitude = |degrees: f64| Latitude::nearest(degrees.clamp(-90.0, 90.0)).unwrap_or(self.latitude);
        let to_longitude = |degrees: f64| Longitude::nearest(degrees).unwrap_or(self.longitude);
        let (south_edge, north_edge) = (to_latitude(south), to_latitude(north));
        // A circle around a pole has all longitudes.
        let sine = reach.sin() / latitude.to_radians().cos();
        let (west, east) = match south > -90.0 && north < 90.0 && sine < 1.0 {
            true => {
                let reach = sine.asin().to_degrees() + ROOM;
                let (west, east) = (longitude - reach, longitude + reach);
                (if west < -180.0 { west + 360.0 } else { west }, if east > 180.0 { east - 360.0 } else { east })
            }
            false => (-180.0, 180.0),
        };
        Rectangle { south: south_edge, west: to_longitude(west), north: north_edge, east: to_longitude(east) }
    }

    /// Its center on the sphere, and the square of the straight line from there to its edge.
    #[must_use]
    pub fn on_sphere(&self) -> ([i64; 3], i64) {
        (point_on_sphere(self.latitude, self.longitude), square_of_distance(f64::from(self.meters)))
    }
}

impl Shape {
    /// Whether records of it say where something stands.
    #[must_use]
    pub fn has_location(&self) -> bool {
        self.index(LATITUDE.name).is_some()
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

/// The column of the confidence.
pub(crate) const CONFIDENCE: Column =
    extra("location_confidence", ColumnType::Word(LocationConfidence::WORDS), "How sure it is that it stands there.");

/// That these columns state one point, or none.
pub(crate) const RULE: Rule = Rule::Together {
    what: "location",
    columns: &["latitude", "longitude"],
    beside: &["location_precision", "location_source_id", "location_confidence"],
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The great-circle distance in meters, by the haversine formula.
    fn haversine(one: (f64, f64), other: (f64, f64)) -> f64 {
        let [south, north, east] = [one.0, other.0, other.1 - one.1].map(f64::to_radians);
        let half = |angle: f64| (angle / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS * (half(north - south) + south.cos() * north.cos() * half(east)).sqrt().asin()
    }

    fn place(latitude: f64, longitude: f64) -> (Latitude, Longitude) {
        (Latitude::nearest(latitude).expect("a latitude"), Longitude::nearest(longitude).expect("a longitude"))
    }

    fn square_between(one: [i64; 3], other: [i64; 3]) -> i64 {
        one.iter().zip(other).map(|(one, other)| (one - other) * (one - other)).sum()
    }

    fn is_in(bounds: &KeptBounds, (latitude, longitude): (Latitude, Longitude)) -> bool {
        let (latitude, longitude) = (latitude.to_number(), longitude.to_number());
        let is_east = longitude >= bounds.west;
        let is_west = longitude <= bounds.east;
        bounds.latitude.contains(&latitude)
            && if bounds.west <= bounds.east { is_east && is_west } else { is_east || is_west }
    }

    #[test]
    fn the_antimeridian_has_two_names() {
        let [pole_south, pole_north] = [-90.0, 90.0].map(|latitude| Latitude::nearest(latitude).expect("a pole"));
        for (west, east, inside, outside) in [
            (170.0, -170.0, &[175.0, 180.0, -180.0, -170.0][..], &[169.9, 0.0, -169.9][..]),
            (170.0, 180.0, &[170.0, 180.0, -180.0], &[-179.9, 0.0]),
            (-180.0, -170.0, &[-175.0, 180.0, -180.0], &[179.9, 0.0]),
            (180.0, -180.0, &[180.0, -180.0], &[179.9, -179.9, 0.0]),
            (-180.0, 180.0, &[180.0, -180.0, 0.0], &[]),
            (10.0, 20.0, &[10.0, 20.0], &[9.9, 20.1, 180.0]),
        ] {
            let [west, east] = [west, east].map(|degrees| Longitude::nearest(degrees).expect("a longitude"));
            let bounds = Rectangle { south: pole_south, west, north: pole_north, east }.kept_bounds();
            for (is_inside, longitudes) in [(true, inside), (false, outside)] {
                for longitude in longitudes {
                    assert_eq!(is_in(&bounds, place(0.0, *longitude)), is_inside, "{longitude} from {west} to {east}");
                }
            }
        }
    }

    #[test]
    fn a_square_is_a_number_of_63_bits_and_a_distance_comes_back() {
        let [north, south] = [90.0, -90.0].map(|latitude| place(latitude, 0.0));
        let square = square_between(point_on_sphere(north.0, north.1), point_on_sphere(south.0, south.1));
        assert_eq!(square, 4_000_000_000_000_000_000);
        assert!((distance_of_square(square) - EARTH_RADIUS * std::f64::consts::PI).abs() < 0.1);
        for meters in [1.0, 10.0, 100_000.0] {
            assert!((distance_of_square(square_of_distance(meters)) - meters).abs() < 1e-5);
        }
        assert_eq!(distance_of_square(0), 0.0);
    }

    proptest! {
        #[test]
        fn distances_are_those_of_the_haversine(
            latitude in -90.0..90.0_f64, longitude in -180.0..180.0_f64,
            north in -1.0..1.0_f64, east in -1.0..1.0_f64,
        ) {
            let other = ((latitude + north).clamp(-90.0, 90.0), (longitude + east).clamp(-180.0, 180.0));
            let [one, other] = [(latitude, longitude), other].map(|(latitude, longitude)| place(latitude, longitude));
            let square = square_between(point_on_sphere(one.0, one.1), point_on_sphere(other.0, other.1));
            let degrees = |(latitude, longitude): (Latitude, Longitude)| (latitude.to_f64(), longitude.to_f64());
            let expected = haversine(degrees(one), degrees(other));
            prop_assert!((distance_of_square(square) - expected).abs() < 0.03, "{square}: {expected}");
        }

        #[test]
        fn a_circle_is_within_its_bounds(
            latitude in prop_oneof![-90.0..=90.0_f64, Just(90.0), Just(-90.0), Just(89.9)],
            longitude in prop_oneof![-180.0..=180.0_f64, Just(180.0), Just(-180.0), Just(179.99)],
            meters in 1..100_000_u32, share in 0.0..1.0_f64, bearing in 0.0..std::f64::consts::TAU,
        ) {
            let center = place(latitude, longitude);
            let circle = Circle { latitude: center.0, longitude: center.1, meters };
            // The point that lies in this direction from the center.
            let (reach, from) = (share * f64::from(meters) / EARTH_RADIUS, center.0.to_f64().to_radians());
            let sine = from.sin() * reach.cos() + from.cos() * reach.sin() * bearing.cos();
            let north = sine.clamp(-1.0, 1.0).asin();
            let across = bearing.sin() * reach.sin() * from.cos();
            let east = across.atan2(reach.cos() - from.sin() * sine).to_degrees() + center.1.to_f64();
            let east = if east > 180.0 { east - 360.0 } else if east < -180.0 { east + 360.0 } else { east };
            let point = place(north.to_degrees(), east);
            prop_assert!(is_in(&circle.bounds().kept_bounds(), point), "{point:?} of {circle:?}");
        }
    }
}
