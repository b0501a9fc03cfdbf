//! Where schools and campuses stand, and which schools have boarders: values that are kept as numbers and come back as texts.

use std::{fs, path::Path};

use domain::Known;
use serde_json::json;
use server::export::export;
use tests::{csv_files, empty};

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
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(csv_files(out.path()), csv_files(dir.path()), "{}", app.name);
        let again = app.import(out.path()).await.expect("the same again");
        assert_eq!(again.revision, None, "{}", app.name);

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
