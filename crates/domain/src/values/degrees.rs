//! Degrees of latitude and longitude on WGS 84.

use std::{fmt, ops::RangeInclusive};

use crate::{
    value::{KeptAsNumber, ValueError, ValueKind},
    values::decimal::Decimal,
};

/// The kind of latitudes.
pub static LATITUDE: ValueKind =
    ValueKind::of_numbers::<Latitude>("degrees of latitude, from -90 to 90, with at most 7 digits after the point");
/// The kind of longitudes.
pub static LONGITUDE: ValueKind =
    ValueKind::of_numbers::<Longitude>("degrees of longitude, from -180 to 180, with at most 7 digits after the point");

/// Degrees north of the equator.
pub type Latitude = Degrees<90>;
/// Degrees east of the prime meridian.
pub type Longitude = Degrees<180>;

/// Degrees of which there are so many to either side. Seven digits after the point are a centimeter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Degrees<const MAX: i64>(Decimal<7>);

impl<const MAX: i64> Degrees<MAX> {
    /// The degrees, as near as a floating-point number is.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.0.to_f64()
    }

    /// The degrees that are nearest to a floating-point number; none if it is not on earth.
    #[must_use]
    pub fn nearest(degrees: f64) -> Option<Self> {
        Decimal::nearest(degrees).filter(|degrees| degrees.is_within(-MAX..=MAX)).map(Degrees)
    }

    /// The numbers as which equal degrees are kept.
    #[must_use]
    pub fn equal_numbers(self) -> RangeInclusive<i64> {
        self.0.equal_numbers()
    }
}

impl<const MAX: i64> KeptAsNumber for Degrees<MAX> {
    fn parse(text: &str) -> Result<Self, ValueError> {
        let degrees = Decimal::parse(text)?;
        match degrees.is_within(-MAX..=MAX) {
            true => Ok(Degrees(degrees)),
            false => Err(("not_on_earth", format!("`{text}` is not from -{MAX} to {MAX} degrees"))),
        }
    }

    fn to_number(&self) -> i64 {
        self.0.to_number()
    }

    fn of_number(number: i64) -> Option<Self> {
        Decimal::of_number(number).filter(|degrees| degrees.is_within(-MAX..=MAX)).map(Degrees)
    }
}

impl<const MAX: i64> fmt::Display for Degrees<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::check_keeping;

    #[test]
    fn degrees_end_at_the_poles_and_at_the_antimeridian() {
        check_keeping::<Latitude>("-90", "90.0000000");
        check_keeping::<Longitude>("-180.0", "180");
        for (found, text, most) in [
            (Latitude::parse("90.0000001").err(), "90.0000001", "90"),
            (Latitude::parse("-116.44").err(), "-116.44", "90"),
            (Longitude::parse("180.1").err(), "180.1", "180"),
        ] {
            let problem = format!("`{text}` is not from -{most} to {most} degrees");
            assert_eq!(found, Some(("not_on_earth", problem)));
        }
        let seconds = Latitude::parse("39°54'18\"N").expect_err("degrees, minutes and seconds").1;
        assert!(seconds.contains("write digits, with a point before the fraction"), "{seconds}");
        assert_eq!(Latitude::of_number(9_100_000_000), None);
        assert_eq!(Latitude::parse("39.90501").map(Latitude::to_f64), Ok(39.90501));
        assert_eq!(Latitude::nearest(39.905_010_04), Latitude::parse("39.90501").ok());
        assert_eq!(Latitude::nearest(-0.000_000_01), Latitude::parse("0").ok());
        assert_eq!([90.000_000_1, f64::NAN, f64::INFINITY, 1e300].map(Latitude::nearest), [None; 4]);
    }

    proptest! {
        #[test]
        fn degrees_are_kept_in_their_order(a in "-?[1-9][0-9]?\\.[0-9]{0,6}[1-9]", b in "-?[1-9][0-9]?\\.[0-9]{0,6}[1-9]") {
            check_keeping::<Longitude>(&a, &b);
        }
    }
}
