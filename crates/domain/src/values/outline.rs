//! Geometries of areas, as `GeoJSON` (RFC 7946) has them.

use serde_json::{Map, Value as Json};

use crate::value::{Cell, ValueError, ValueKind};

/// The kind.
pub static KIND: ValueKind = ValueKind::of_texts(
    "GeoJSON geometry: a `Polygon` or a `MultiPolygon` on WGS 84, in at most 100,000 characters, with at most 5,000 positions \
     and 6 digits after the point",
    |text| Geometry::parse(text).map(|_| Cell::Text(text.to_owned())),
)
.up_to(100_000);

/// How many positions a geometry may have.
const MAX_POSITIONS: usize = 5_000;
/// How many units a degree has: one is the last digit that is kept, 11 centimeters.
const DEGREE: f64 = 1e6;

/// An area on WGS 84: polygons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Geometry {
    /// Whether it is written as a `MultiPolygon`; a `Polygon` is one.
    pub is_multi: bool,
    /// The polygons.
    pub polygons: Vec<Polygon>,
}

/// The rings of a polygon: what is around it, and what is around each of its holes.
pub type Polygon = Vec<Vec<Position>>;

/// A position, in millionths of a degree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    longitude: i32,
    latitude: i32,
}

impl Position {
    /// Its longitude and its latitude, in degrees.
    #[must_use]
    pub fn degrees(self) -> [f64; 2] {
        [self.longitude, self.latitude].map(|units| f64::from(units) / DEGREE)
    }
}

impl Geometry {
    /// Reads a geometry as a file writes it.
    ///
    /// # Errors
    /// It is none; the error says what to write instead.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let wrong = |problem: String| ("not_an_outline", problem);
        let json: Json = serde_json::from_str(text).map_err(|error| wrong(format!("it is not JSON: {error}")))?;
        let Json::Object(object) = json else {
            return Err(wrong("it is no object: write `{\"type\":\"Polygon\",\"coordinates\":[…]}`".to_owned()));
        };
        read_geometry(&object).map_err(wrong)
    }
}

fn read_geometry(object: &Map<String, Json>) -> Result<Geometry, String> {
    let ty = object.get("type").and_then(Json::as_str).unwrap_or_default();
    let is_multi = match ty {
        "Polygon" => false,
        "MultiPolygon" => true,
        "" => return Err("it has no `type`: a `Polygon` or a `MultiPolygon` is an outline".to_owned()),
        "Feature" | "FeatureCollection" => {
            return Err(format!("it is a `{ty}`: write only the `geometry` in it, a `Polygon` or a `MultiPolygon`"));
        }
        other => return Err(format!("it is a `{other}`: only a `Polygon` or a `MultiPolygon` is an outline")),
    };
    if let Some(other) = object.keys().find(|name| !matches!(name.as_str(), "type" | "coordinates")) {
        return Err(format!("it has `{other}`, which is not kept: write only `type` and `coordinates`"));
    }
    let coordinates = object.get("coordinates").ok_or("it has no `coordinates`")?;
    let polygons = match is_multi {
        true => items(coordinates, "`coordinates`")?.iter().collect(),
        false => vec![coordinates],
    };
    let mut n_positions = 0;
    let mut read = Vec::with_capacity(polygons.len());
    for (at, polygon) in polygons.into_iter().enumerate() {
        let whose = if is_multi { format!("polygon {}", at + 1) } else { "the polygon".to_owned() };
        let rings = items(polygon, &whose)?.iter().enumerate();
        let rings = rings.map(|(at, ring)| read_ring(ring, &format!("ring {} of {whose}", at + 1), &mut n_positions));
        read.push(rings.collect::<Result<_, _>>()?);
    }
    Ok(Geometry { is_multi, polygons: read })
}

/// The items of a list that is not empty.
fn items<'a>(json: &'a Json, what: &str) -> Result<&'a [Json], String> {
    match json.as_array() {
        Some(items) if !items.is_empty() => Ok(items),
        Some(_) => Err(format!("{what} is empty")),
        None => Err(format!("{what} is no list")),
    }
}

fn read_ring(json: &Json, what: &str, n_positions: &mut usize) -> Result<Vec<Position>, String> {
    let positions = items(json, what)?;
    *n_positions += positions.len();
    if *n_positions > MAX_POSITIONS {
        return Err(format!("it has more than {MAX_POSITIONS} positions: simplify it"));
    }
    let ring = positions
        .iter()
        .enumerate()
        .map(|(at, position)| {
            read_position(position).map_err(|problem| format!("position {} of {what} {problem}", at + 1))
        })
        .collect::<Result<Vec<_>, _>>()?;
    if ring.len() < 4 {
        return Err(format!(
            "{what} has {} positions, and a ring has at least 4: the first comes again at its end",
            ring.len()
        ));
    }
    match ring.first() == ring.last() {
        true => Ok(ring),
        false => Err(format!("{what} is not closed: its last position is not its first")),
    }
}

fn read_position(json: &Json) -> Result<Position, String> {
    let numbers: Option<Vec<f64>> = json.as_array().and_then(|parts| parts.iter().map(Json::as_f64).collect());
    let Some([longitude, latitude]) = numbers.as_deref() else {
        return Err("is not a longitude and a latitude, `[116.4,39.9]`".to_owned());
    };
    let units = |degrees: f64, name: &str, greatest: f64| {
        if !(-greatest..=greatest).contains(&degrees) {
            return Err(format!("has the {name} {degrees}, and one is from -{greatest} to {greatest} degrees"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "180 million are far below 2³¹")]
        let units = (degrees * DEGREE).round() as i32;
        // Of whole units the quotient is the number that is nearest to what was written.
        match (f64::from(units) / DEGREE).to_bits() == (degrees + 0.0).to_bits() {
            true => Ok(units),
            false => Err(format!("has the {name} {degrees}, and at most 6 digits after the point are kept")),
        }
    };
    Ok(Position { longitude: units(*longitude, "longitude", 180.0)?, latitude: units(*latitude, "latitude", 90.0)? })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn polygons_with_holes_and_many_polygons_are_read() {
        let square = "[[0,0],[1,0],[1,1],[0,0]]";
        let polygon = Geometry::parse(&format!(r#"{{"type":"Polygon","coordinates":[{square},{square}]}}"#));
        let polygon = polygon.expect("a polygon");
        assert_eq!((polygon.is_multi, polygon.polygons.len(), polygon.polygons[0].len()), (false, 1, 2));
        let many = format!(r#"{{"coordinates": [[{square}], [{square}]], "type": "MultiPolygon"}}"#);
        let many = Geometry::parse(&many).expect("polygons");
        assert_eq!((many.is_multi, many.polygons.len()), (true, 2));
        assert_eq!(many.polygons[1][0][2].degrees(), [1.0, 1.0]);
        let edges = r#"{"type":"Polygon","coordinates":[[[-180,-90],[180.0,-90],[180,90.000000],[-180,-90]]]}"#;
        assert!(Geometry::parse(edges).is_ok());
    }

    #[test]
    fn what_is_no_outline_is_refused_with_a_reason() {
        let polygon = |rings: &str| format!(r#"{{"type":"Polygon","coordinates":{rings}}}"#);
        for (text, reason) in [
            ("POLYGON((0 0))".to_owned(), "it is not JSON"),
            ("[]".to_owned(), "it is no object"),
            ("{}".to_owned(), "it has no `type`"),
            (r#"{"type":"Point","coordinates":[0,0]}"#.to_owned(), "it is a `Point`"),
            (r#"{"type":"Feature","geometry":null}"#.to_owned(), "write only the `geometry` in it"),
            (r#"{"type":"Polygon"}"#.to_owned(), "it has no `coordinates`"),
            (r#"{"type":"Polygon","coordinates":[],"bbox":[]}"#.to_owned(), "it has `bbox`, which is not kept"),
            (polygon("[]"), "the polygon is empty"),
            (polygon("[[]]"), "ring 1 of the polygon is empty"),
            (polygon("[7]"), "ring 1 of the polygon is no list"),
            (polygon("[[[0,0],[1,0],[0,0]]]"), "ring 1 of the polygon has 3 positions, and a ring has at least 4"),
            (polygon("[[[0,0],[1,0],[1,1],[0,1]]]"), "ring 1 of the polygon is not closed"),
            (
                polygon("[[[0,0],[1,0],[1,1],[0]]]"),
                "position 4 of ring 1 of the polygon is not a longitude and a latitude",
            ),
            (polygon("[[[0,0,8],[1,0],[1,1],[0,0,8]]]"), "position 1 of ring 1 of the polygon is not a longitude"),
            (polygon("[[[0,\"0\"],[1,0],[1,1],[0,0]]]"), "position 1 of ring 1 of the polygon is not a longitude"),
            (polygon("[[[0,0],[181,0],[1,1],[0,0]]]"), "has the longitude 181, and one is from -180 to 180 degrees"),
            (polygon("[[[0,0],[0,90.5],[1,1],[0,0]]]"), "has the latitude 90.5, and one is from -90 to 90 degrees"),
            (polygon("[[[0,0],[1.0000001,0],[1,1],[0,0]]]"), "has the longitude 1.0000001, and at most 6 digits"),
            (
                r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[0,0],[1,0],[1,1],[2,2]]]]}"#
                    .to_owned(),
                "ring 1 of polygon 2 is not closed",
            ),
        ] {
            let (kind, problem) = Geometry::parse(&text).expect_err(&text);
            assert_eq!(kind, "not_an_outline");
            assert!(problem.contains(reason), "{text}: {problem}");
        }
    }

    #[test]
    fn an_outline_has_only_so_many_positions() {
        let of = |n: usize| {
            let mut text = r#"{"type":"Polygon","coordinates":[["#.to_owned();
            for at in 1..n {
                let _ = write!(text, "[{},1],", at % 9);
            }
            text.push_str("[1,1]]]}");
            Geometry::parse(&text).map(drop)
        };
        assert_eq!(of(5_000), Ok(()));
        assert!(of(5_001).is_err_and(|(_, problem)| problem.contains("more than 5000 positions")));
    }

    proptest! {
        #[test]
        fn six_digits_come_back_as_they_were_written(units in -180_000_000..=180_000_000_i32, places in 0..=6_u32) {
            let unit = 10_i32.pow(6 - places);
            let degrees = f64::from(units / unit * unit) / DEGREE;
            let places = usize::try_from(places).expect("few");
            let text = format!("{degrees:.places$}");
            let text = if degrees == 0.0 { "0".to_owned() } else { text };
            let position = read_position(&serde_json::from_str(&format!("[{text},0]")).expect("JSON"));
            prop_assert_eq!(position.map(|position| position.degrees()[0]), text.parse().map_err(|_| String::new()));
        }
    }
}
