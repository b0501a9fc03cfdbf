//! Where nouns stand, and which schools have boarders: values that are kept as numbers and come back as texts, and what stands
//! near a point or in a rectangle, held against a search of all places.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use domain::{Known, location::EARTH_RADIUS};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use server::export::export;
use tests::{TestApp, chaoyang, csv_files, empty};

const SOURCES: &str = "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note\n\
    list,List of schools,Rectorat,,2001-09-01,https://a.example/list,fr,official,full,high,\n\
    map,Map of places,Mappers,,2020-01-01,https://a.example/map,fr,community,full,medium,\n";

/// Zeros at the end say how precise a number is; the school by the sea moved between its two periods.
const SCHOOLS: &str = "school_id,name_fr,opened_on,closed_on,boarding,latitude,longitude,location_precision,location_source_id,source_id\n\
    sea,École de la Mer,2001-09-01,2009-07-05,true,48.6493,-2.0257,building,map,list\n\
    sea,École de la Mer,2012-09-01,,false,48.64930,-2.0257000,street,,list\n\
    island,École de l'Île,,,false,-21.115141,55.536384,,map,\n\
    null-island,École de Zéro,,,,0,0.0000000,township,,list\n\
    inland,École de Terre,,,,,,,,list\n";

const CAMPUSES: &str = "campus_id,school_id,name_fr,latitude,longitude,location_precision,location_source_id\n\
    dateline,sea,Annexe,-90.0,180,campus,map\n\
    beach,sea,Plage,,,,\n";

fn write(dir: &Path, schools: &str, campuses: &str) {
    for (name, text) in [("sources", SOURCES), ("schools", schools), ("campuses", campuses)] {
        fs::write(dir.join(format!("{name}.csv")), text).expect("written");
    }
}

const LOCATION: &str = "location { latitude longitude precision sources { title field } }";

#[tokio::test]
async fn places_and_boarding_are_answered_by_day_and_revision_and_come_back_as_written() {
    let dir = tempfile::tempdir().expect("a folder");
    for app in empty("places").await {
        write(dir.path(), SCHOOLS, CAMPUSES);
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        app.assert_comes_back(dir.path()).await;

        let data = app
            .data(&format!(
                r#"{{ sea: school(slug: "sea") {{ boarding {LOCATION} }}
                     island: school(slug: "island") {{ boarding {LOCATION} }}
                     zero: school(slug: "null-island") {{ boarding {LOCATION} }}
                     inland: school(slug: "inland") {{ boarding {LOCATION} }}
                     dateline: campus(slug: "dateline") {{ {LOCATION} }}
                     beach: campus(slug: "beach") {{ {LOCATION} }}
                     then: map(asOf: "2005-01-01") {{ school(slug: "sea") {{ boarding {LOCATION} }} }} }}"#
            ))
            .await;
        let place = |latitude: f64, longitude: f64, precision: Option<&str>, sources: &[(&str, Option<&str>)]| {
            let sources: Vec<_> =
                sources.iter().map(|(title, field)| json!({ "title": title, "field": field })).collect();
            json!({ "latitude": latitude, "longitude": longitude, "precision": precision, "sources": sources })
        };
        let (map, list) = (("Map of places", Some("location")), ("List of schools", None));
        let expected = json!({
            "sea": { "boarding": false, "location": place(48.6493, -2.0257, Some("STREET"), &[list]) },
            "island": { "boarding": false, "location": place(-21.115141, 55.536384, None, &[map]) },
            "zero": { "boarding": null, "location": place(0.0, 0.0, Some("TOWNSHIP"), &[list]) },
            "inland": { "boarding": null, "location": null },
            "dateline": { "location": place(-90.0, 180.0, Some("CAMPUS"), &[map]) },
            "beach": { "location": null },
            "then": { "school": { "boarding": true, "location": place(48.6493, -2.0257, Some("BUILDING"), &[map]) } },
        });
        assert_eq!(data, expected, "{}", app.name);

        // A digit more is a change, and the earlier revision keeps what it knew.
        write(dir.path(), &SCHOOLS.replace("0,0.0000000", "0.0,0"), CAMPUSES);
        let report = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        assert_eq!(report.revision.map(|revision| revision.number), Some(2), "{}", app.name);
        for (known, expected) in [(Known::Latest, "0.0,0,"), (Known::At(1), "0,0.0000000,")] {
            let out = tempfile::tempdir().expect("a folder");
            export(&app.store, known, out.path(), false).await.expect("an export");
            let schools = &csv_files(out.path())["schools.csv"];
            assert!(schools.contains(&format!("École de Zéro,,,,{expected}township")), "{}: {schools}", app.name);
        }
    }
}

#[tokio::test]
async fn a_condition_on_boarding_finds_what_a_source_says_on_the_day() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), SCHOOLS, CAMPUSES);
    for app in empty("boarding").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        for (view, filter, expected) in [
            ("map", "boarding: true", &[][..]),
            ("map", "boarding: false", &["island", "sea"]),
            ("map", "not: { boarding: false }", &["inland", "null-island"]),
            ("map(asOf: \"2005-01-01\")", "boarding: true", &["sea"]),
            ("map(asOf: \"2005-01-01\", knownAt: 1)", "boarding: false", &["island"]),
        ] {
            let question = format!(
                "{{ {view} {{ schools(orderBy: {{ field: SLUG }}, filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }} }}"
            );
            let nodes: Vec<_> = expected.iter().map(|slug| json!({ "slug": slug })).collect();
            let expected = json!({ "totalCount": nodes.len(), "nodes": nodes });
            assert_eq!(app.data(&question).await["map"]["schools"], expected, "{}: {view} {filter}", app.name);
        }
    }
}

#[tokio::test]
async fn what_is_no_place_and_no_boolean_is_a_finding() {
    let dir = tempfile::tempdir().expect("a folder");
    let schools = "school_id,name_fr,boarding,latitude,longitude,location_precision,location_source_id\n\
        a,A,yes,48.6493,-2.0257,,\n\
        b,B,,\"48,6493\",-2.0257,,\n\
        c,C,,-2.0257,248.6493,,\n\
        d,D,,48.64930001,-2.0257,,\n\
        e,E,,48.6493,,,\n\
        f,F,,,,street,\n\
        g,G,,48.6493,-2.0257,close,\n\
        h,H,,48.6493,-2.0257,,nowhere\n\
        i,I,true,48.6493,-2.0257,,map\n";
    write(dir.path(), schools, "campus_id,school_id,name_fr,latitude,longitude\nj,i,J,,-2.0257\nk,i,K,91,0\n");
    for app in empty("wrong places").await {
        let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
        for said in [
            "schools.csv:2: column boarding: `yes` is neither `true` nor `false`",
            "schools.csv:3: column latitude: `48,6493` is not a decimal number: write digits, with a point before the fraction",
            "schools.csv:4: column longitude: `248.6493` is not from -180 to 180 degrees",
            "schools.csv:5: column latitude: `48.64930001` is not a decimal number that can be kept: it has more than 7 digits after the point",
            "schools.csv:6: column longitude: it is empty, and `latitude` needs it",
            "schools.csv:7: column latitude: it is empty, and `location_precision` needs it",
            "schools.csv:8: column location_precision: `close` is not one of: building, campus, street, township",
            "schools.csv:9: column location_source_id: ",
            "campuses.csv:2: column latitude: it is empty, and `longitude` needs it",
            "campuses.csv:3: column latitude: `91` is not from -90 to 90 degrees",
        ] {
            assert!(refusal.contains(said), "{}: {said}\n{refusal}", app.name);
        }
        assert!(!refusal.contains("schools.csv:10"), "{}: {refusal}", app.name);
    }
}

/// A point in degrees.
type Point = (f64, f64);

/// The great-circle distance in meters, by the haversine formula.
fn haversine(one: Point, other: Point) -> f64 {
    let [south, north, east] = [one.0, other.0, other.1 - one.1].map(f64::to_radians);
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    2.0 * EARTH_RADIUS * (half(north - south) + south.cos() * north.cos() * half(east)).sqrt().min(1.0).asin()
}

/// Where places and questions lie: in a city, at the antimeridian and at both poles.
const AROUND: [Point; 4] = [(39.92, 116.45), (-17.0, 180.0), (89.9, 12.0), (-89.9, -170.0)];

/// A point around one of these, as a file writes it.
fn draw_point(random: &mut ChaCha8Rng) -> Point {
    let (latitude, longitude) = AROUND[random.random_range(0..AROUND.len())];
    let mut near = |degrees: f64, reach: f64| degrees + random.random_range(-reach..reach);
    let (latitude, longitude) = (near(latitude, 0.3).clamp(-90.0, 90.0), near(longitude, 0.3));
    let longitude = if longitude > 180.0 {
        longitude - 360.0
    } else if longitude < -180.0 {
        longitude + 360.0
    } else {
        longitude
    };
    let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
    (round(latitude), round(longitude))
}

/// The places of each noun of a list, by slug.
type Places = BTreeMap<String, Vec<Point>>;

/// Partners and townships with places, some without; schools of which some have one and the campuses of others do. Gives what
/// lists are to find.
fn write_places(dir: &Path) -> Vec<(&'static str, Places)> {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut draw = |percent: u32| {
        let point = draw_point(&mut random);
        (random.random_range(0..100) < percent).then_some(point)
    };
    let text = |point: Option<Point>| match point {
        Some((latitude, longitude)) => format!("{latitude:.5},{longitude:.5}"),
        None => ",".to_owned(),
    };
    let mut files = BTreeMap::new();
    let mut lists = Vec::new();
    for (list, file, id) in [("partners", "partners", "partner_id"), ("townships", "townships", "township_id")] {
        let (mut rows, mut places) = (format!("{id},name_en,latitude,longitude\n"), Places::new());
        for at in 0..150 {
            let (slug, point) = (format!("{id}-{at}").replace("_id", ""), draw(90));
            writeln!(rows, "{slug},Place {},{}", at / 2, text(point)).expect("a text");
            places.insert(slug, point.into_iter().collect());
        }
        files.insert(file, rows);
        lists.push((list, places));
    }
    let mut schools = "school_id,name_en,latitude,longitude\n".to_owned();
    let mut campuses = "campus_id,school_id,name_en,latitude,longitude\n".to_owned();
    let (mut of_schools, mut of_campuses) = (Places::new(), Places::new());
    for at in 0..150 {
        let (school, own) = (format!("school-{at}"), draw(40));
        writeln!(schools, "{school},School {},{}", at / 3, text(own)).expect("a text");
        let mut sites = Vec::new();
        for nth in 0..at % 3 {
            let (campus, point) = (format!("{school}-{nth}"), draw(80));
            writeln!(campuses, "{campus},{school},Campus,{}", text(point)).expect("a text");
            sites.extend(point);
            of_campuses.insert(campus, point.into_iter().collect());
        }
        of_schools.insert(school, own.map_or(sites, |own| vec![own]));
    }
    files.extend([("schools", schools), ("campuses", campuses)]);
    lists.extend([("schools", of_schools), ("campuses", of_campuses)]);
    for (name, text) in files {
        fs::write(dir.join(format!("{name}.csv")), text).expect("written");
    }
    lists
}

/// All that a list finds, in its order: slugs with distances, page by page; and its counts.
async fn find(app: &TestApp, list: &str, arguments: &str) -> (Vec<(String, Value)>, [u64; 2]) {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let data = app
            .data(&format!(
                "{{ {list}(first: 7, after: {after}, {arguments}) {{ totalCount withoutLocationCount pageInfo {{ endCursor hasNextPage }} edges {{ distance node {{ slug }} }} }} }}"
            ))
            .await;
        let page = &data[list];
        for edge in page["edges"].as_array().expect("edges") {
            found.push((edge["node"]["slug"].as_str().expect("a slug").to_owned(), edge["distance"].clone()));
        }
        if page["pageInfo"]["hasNextPage"] == false {
            let counts = ["totalCount", "withoutLocationCount"].map(|of| page[of].as_u64().expect("a count"));
            return (found, counts);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn what_is_near_is_what_a_search_of_all_places_finds() {
    let dir = tempfile::tempdir().expect("a folder");
    let lists = write_places(dir.path());
    let mut answers: Vec<Vec<Vec<(String, Value)>>> = Vec::new();
    for app in empty("what_is_near").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let mut random = ChaCha8Rng::seed_from_u64(12);
        let (mut all, mut n_found) = (Vec::new(), 0);
        for turn in 0..200 {
            let center = draw_point(&mut random);
            let metres =
                [random.random_range(1..50_u32), random.random_range(50..9_000), random.random_range(9_000..=100_000)];
            let metres = metres[turn % 3];
            let (list, places) = &lists[turn % lists.len()];
            let near = format!("near: {{ latitude: {}, longitude: {}, metres: {metres} }}", center.0, center.1);
            let order = format!("filter: {{ {near} }}, orderBy: {{ field: DISTANCE }}");
            let (found, [total, without]) = find(&app, list, &order).await;
            let message = format!("{}: {list} {near}: {found:?}", app.name);
            let unknown = places.values().filter(|places| places.is_empty()).count();
            assert_eq!((total, without), (found.len() as u64, unknown as u64), "{message}");
            for (slug, places) in places {
                let nearest = places.iter().map(|place| haversine(center, *place)).reduce(f64::min);
                let distance = found.iter().find(|(found, _)| found == slug).map(|(_, distance)| distance);
                let Some(nearest) = nearest else {
                    assert_eq!(distance, None, "{message}: {slug} is nowhere");
                    continue;
                };
                // What lies on the edge, to some centimeters, is in or out.
                if (nearest - f64::from(metres)).abs() > 0.05 {
                    assert_eq!(distance.is_some(), nearest < f64::from(metres), "{message}: {slug} is {nearest} away");
                }
                if let Some(distance) = distance {
                    let told = distance.as_f64().expect("a distance");
                    assert!(
                        (told - nearest).abs() < 0.1 && (told * 10.0).fract().abs() < 1e-6,
                        "{message}: {slug}: {told}, not {nearest}"
                    );
                }
            }
            assert!(found.is_sorted_by_key(|(_, distance)| distance.as_f64()), "{message}");
            n_found += found.len();
            all.push(found);
        }
        assert!(n_found > 500, "{}: only {n_found} found", app.name);
        answers.push(all);
    }
    assert!(answers.iter().all(|all| *all == answers[0]), "the databases differ");
}

#[tokio::test]
async fn what_is_within_is_what_a_search_of_all_places_finds() {
    let dir = tempfile::tempdir().expect("a folder");
    let lists = write_places(dir.path());
    for app in empty("what_is_within").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let mut random = ChaCha8Rng::seed_from_u64(13);
        let mut n_found = 0;
        for turn in 0..60 {
            let (one, other) = (draw_point(&mut random), draw_point(&mut random));
            let (south, north) = (one.0.min(other.0), one.0.max(other.0));
            // West of east or not: the second lies across the antimeridian.
            let (west, east) = (one.1, other.1);
            let (list, places) = &lists[turn % lists.len()];
            let within = format!("within: {{ south: {south}, west: {west}, north: {north}, east: {east} }}");
            let (found, [total, _]) = find(&app, list, &format!("filter: {{ {within} }}")).await;
            let is_in = |(latitude, longitude): &Point| {
                let (after, before) = (*longitude >= west, *longitude <= east);
                let is_beside = if west <= east { after && before } else { after || before };
                (south..=north).contains(latitude) && is_beside
            };
            let expected: Vec<&String> =
                places.iter().filter(|(_, places)| places.iter().any(is_in)).map(|(slug, _)| slug).collect();
            let mut slugs: Vec<&String> = found.iter().map(|(slug, _)| slug).collect();
            slugs.sort();
            assert_eq!(slugs, expected, "{}: {list} {within}", app.name);
            assert_eq!(total, expected.len() as u64, "{}: {list} {within}", app.name);
            assert!(found.iter().all(|(_, distance)| distance.is_null()), "{}: there is no point", app.name);
            n_found += found.len();
        }
        assert!(n_found > 300, "{}: only {n_found} found", app.name);
    }
}

#[tokio::test]
async fn what_is_near_is_told_by_day_and_revision() {
    let dir = tempfile::tempdir().expect("a folder");
    for app in empty("near by day").await {
        let moved = SCHOOLS.replace("48.64930,-2.0257000,street", "48.7,-2.0,street");
        write(dir.path(), &moved, CAMPUSES);
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        write(
            dir.path(),
            &moved.replace("false,48.7,-2.0,street,,list", "false,,,,,list"),
            &CAMPUSES.replace("beach,sea,Plage,,", "beach,sea,Plage,48.8,-2.0"),
        );
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        // The school stood at one place, then at another, and since the second revision only a campus of it has one.
        for (view, at, found) in [
            ("map(asOf: \"2005-01-01\")", "48.6493, longitude: -2.0257", true),
            ("map(asOf: \"2015-01-01\", knownAt: 1)", "48.6493, longitude: -2.0257", false),
            ("map(asOf: \"2015-01-01\", knownAt: 1)", "48.7, longitude: -2.0", true),
            ("map(knownAt: 1)", "48.8, longitude: -2.0", false),
            ("map", "48.7, longitude: -2.0", false),
            ("map", "48.8, longitude: -2.0", true),
            ("map(asOf: \"2010-01-01\")", "48.8, longitude: -2.0", false),
        ] {
            let question = format!(
                "{{ {view} {{ schools(orderBy: {{ field: DISTANCE }}, filter: {{ near: {{ latitude: {at}, metres: 100 }} }}) {{ totalCount edges {{ distance node {{ slug }} }} }} }} }}"
            );
            let edges = if found { json!([{ "distance": 0.0, "node": { "slug": "sea" } }]) } else { json!([]) };
            let expected = json!({ "totalCount": u8::from(found), "edges": edges });
            assert_eq!(app.data(&question).await["map"]["schools"], expected, "{}: {view} {at}", app.name);
        }
    }
}

#[tokio::test]
async fn what_no_source_places_is_counted_and_listed() {
    for app in chaoyang("what_no_source_places").await {
        let data = app
            .data(
                r#"{ schools(first: 0, filter: { near: { latitude: 39.92, longitude: 116.44, metres: 3000 } }) { totalCount withoutLocationCount }
                    all: schools(first: 0) { totalCount withoutLocationCount }
                    unknown: schools(first: 0, filter: { hasLocationOnRecord: false }) { totalCount withoutLocationCount }
                    known: schools(first: 0, filter: { hasLocationOnRecord: true }) { totalCount withoutLocationCount }
                    townships(first: 0) { totalCount withoutLocationCount }
                    partner(slug: "cstm") { location { latitude longitude precision confidence sources { title } } }
                    township(slug: "jianwai") { location { precision confidence sources { title } }
                        campuses(filter: { near: { latitude: 39.92, longitude: 116.44, metres: 100000 } }) { totalCount withoutLocationCount } } }"#,
            )
            .await;
        let count = |of: &str, field: &str| data[of][field].as_u64().expect("a count");
        let (all, unknown) = (count("all", "totalCount"), count("all", "withoutLocationCount"));
        assert_eq!(count("schools", "withoutLocationCount"), unknown, "{}", app.name);
        assert_eq!((count("unknown", "totalCount"), count("unknown", "withoutLocationCount")), (unknown, unknown));
        assert_eq!((count("known", "totalCount"), count("known", "withoutLocationCount")), (all - unknown, 0));
        assert!(count("schools", "totalCount") > 3 && unknown > 100, "{}: {data}", app.name);
        assert_eq!(data["townships"], json!({ "totalCount": 43, "withoutLocationCount": 0 }), "{}", app.name);
        let location = json!({ "latitude": 40.00472, "longitude": 116.39222, "precision": "BUILDING", "confidence": "HIGH",
            "sources": [{ "title": "China Science and Technology Museum" }] });
        assert_eq!(data["partner"]["location"], location, "{}", app.name);
        let location = json!({ "precision": "TOWNSHIP", "confidence": "LOW",
            "sources": [{ "title": "ADCODE 中国行政区划代码 (data/adcode/110105.csv, data/fences/110105.json)" }] });
        assert_eq!(data["township"]["location"], location, "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_no_place_to_look_for_is_refused_with_what_would_be() {
    let app = &chaoyang("no place to look for").await[0];
    for (arguments, said) in [
        (
            "filter: { near: { latitude: 91, longitude: 0, metres: 5 } }",
            "`near.latitude` is 91, and a latitude is from -90 to 90 degrees",
        ),
        (
            "filter: { near: { latitude: 0, longitude: -180.5, metres: 5 } }",
            "`near.longitude` is -180.5, and a longitude is from -180 to 180 degrees",
        ),
        (
            "filter: { near: { latitude: 0, longitude: 0, metres: 0 } }",
            "`near.metres` is 0, and a circle reaches 1 to 100000 meters",
        ),
        (
            "filter: { near: { latitude: 0, longitude: 0, metres: 100001 } }",
            "`near.metres` is 100001, and a circle reaches 1 to 100000 meters",
        ),
        (
            "filter: { within: { south: 1, west: 0, north: 0, east: 1 } }",
            "`within.south` is 1, north of `within.north`, which is 0: exchange them",
        ),
        (
            "filter: { not: { within: { south: 0, west: 0, north: 0, east: 181 } } }",
            "`within.east` is 181, and a longitude is from -180 to 180 degrees",
        ),
        ("orderBy: { field: DISTANCE }", "needs the point from which distances are: give `filter: { near:"),
        (
            "orderBy: { field: DISTANCE }, filter: { not: { near: { latitude: 0, longitude: 0, metres: 5 } } }",
            "beside `and`, `or` and `not` rather than in them",
        ),
    ] {
        let (code, message, path) = app.error(&format!("{{ campuses({arguments}) {{ totalCount }} }}")).await;
        assert_eq!((code.as_str(), path.as_str()), ("INVALID_ARGUMENT", "[\"campuses\"]"), "{arguments}: {message}");
        assert!(message.contains(said), "{arguments}: {message}");
    }
    let (code, message, _) = app.error("{ groups(orderBy: { field: DISTANCE }) { totalCount } }").await;
    assert_eq!(code, "INVALID_ARGUMENT");
    assert!(message.contains("schools, campuses, townships and partners"), "{message}");
}

#[tokio::test]
async fn places_of_a_database_of_before_are_found() {
    const NEAR: &str = r#"{ campuses(orderBy: { field: DISTANCE }, filter: { near: { latitude: 39.92, longitude: 116.45, metres: 9000 } }) {
        totalCount edges { distance node { slug } } } }"#;
    for app in chaoyang("places of a database of before").await {
        let expected = app.data(NEAR).await;
        assert!(expected["campuses"]["totalCount"].as_u64() > Some(8), "{}: {expected}", app.name);
        // As it was before the step that added points.
        for table in ["schools", "campuses", "townships", "partners"] {
            app.store.execute_for_tests(&format!("DROP INDEX {table}_by_latitude_longitude_known_to")).await;
            for column in ["point_x", "point_y", "point_z"] {
                app.store.execute_for_tests(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await;
            }
        }
        app.store.execute_for_tests("DELETE FROM seaql_migrations WHERE version = 'm20261128_000081_points'").await;
        let upgrade = app.store.migrate().await.expect("migrated");
        assert_eq!(upgrade.steps, ["m20261128_000081_points"], "{}", app.name);
        assert_eq!(app.data(NEAR).await, expected, "{}", app.name);
    }
}
