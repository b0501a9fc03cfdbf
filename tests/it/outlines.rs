//! Outlines of districts and townships: what a file writes comes back, with its sources, and is read only where it is asked for.

use std::{fmt::Write as _, fs, path::Path};

use persistence::{StatementLog, StatementRun};
use serde_json::{Value, json};
use tests::{TestApp, bundled, chaoyang, csv_files, empty};

const SOURCES: &str = "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note\n\
    list,List of places,Rectorat,,2001-09-01,https://a.example/list,fr,official,full,high,\n\
    map,Map of places,Mappers,,2020-01-01,https://a.example/map,fr,community,full,medium,\n";

/// Two islands, one with a lake; written with spaces, and with zeros that say nothing.
const ISLANDS: &str = r#"{ "type": "MultiPolygon", "coordinates": [[[[-2.5, 48.650000], [-2, 48.65], [-2, 49], [-2.5, 48.65]], [[-2.2, 48.7], [-2.1, 48.7], [-2.1, 48.75], [-2.2, 48.7]]], [[[0, 0], [1, 0], [1, -1.123456], [0, 0]]]] }"#;
const SQUARE: &str = r#"{"coordinates":[[[-2,48],[-1.5,48],[-1.5,48.5],[-2,48.5],[-2,48]]],"type":"Polygon"}"#;

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn write(dir: &Path, islands: &str, square: &str) {
    let districts = format!(
        "district_id,name_fr,source_id,outline,outline_basis,outline_source_id,outline_confidence\n\
         sea,La Mer,list,{},surveyed,map,high\ninland,La Terre,list,,,,\n",
        quoted(islands)
    );
    let townships = format!(
        "township_id,name_fr,source_id,district_id,outline,outline_basis\nport,Le Port,list,sea,{},approximate\n",
        quoted(square)
    );
    for (name, text) in [("sources", SOURCES), ("districts", &districts), ("townships", &townships)] {
        fs::write(dir.join(format!("{name}.csv")), text).expect("written");
    }
}

const OUTLINE: &str = "outline { geometry basis confidence sources { title field } }";

#[tokio::test]
async fn outlines_are_answered_by_revision_and_come_back_as_written() {
    let dir = tempfile::tempdir().expect("a folder");
    for app in empty("outlines").await {
        write(dir.path(), ISLANDS, SQUARE);
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        app.assert_comes_back(dir.path()).await;

        let question = format!(
            r#"{{ sea: district(slug: "sea") {{ {OUTLINE} }}
                 inland: district(slug: "inland") {{ {OUTLINE} }}
                 port: township(slug: "port") {{ {OUTLINE} }} }}"#
        );
        let data = app.data(&question).await;
        let geometry = |text: &str| -> Value { serde_json::from_str(text).expect("JSON") };
        // A number without a fraction may be written with one: it is the same.
        let of = |noun: &str| {
            let outline = &data[noun]["outline"];
            let text = outline["geometry"].to_string().replace(".0,", ",").replace(".0]", "]");
            (geometry(&text), outline["basis"].clone(), outline["confidence"].clone(), outline["sources"].clone())
        };
        let named = json!([{ "title": "Map of places", "field": "outline" }]);
        let whole = json!([{ "title": "List of places", "field": null }]);
        assert_eq!(of("sea"), (geometry(ISLANDS), json!("SURVEYED"), json!("HIGH"), named), "{}", app.name);
        assert_eq!(of("port"), (geometry(SQUARE), json!("APPROXIMATE"), json!(null), whole), "{}", app.name);
        assert_eq!(data["inland"]["outline"], json!(null), "{}", app.name);

        // A digit more is a change, and the earlier revision keeps what it knew.
        write(dir.path(), ISLANDS, &SQUARE.replace("48.5]", "48.500001]"));
        let report = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        assert_eq!(report.revision.map(|revision| revision.number), Some(2), "{}", app.name);
        let then = app.data("{ map(knownAt: 1) { township(slug: \"port\") { outline { geometry } } } }").await;
        let then = &then["map"]["township"]["outline"]["geometry"]["coordinates"][0][2];
        assert_eq!(then, &json!([-1.5, 48.5]), "{}", app.name);
        let now = app.data("{ township(slug: \"port\") { outline { geometry } } }").await;
        let now = &now["township"]["outline"]["geometry"]["coordinates"][0][2];
        assert_eq!(now, &json!([-1.5, 48.500001]), "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_no_outline_is_a_finding() {
    let dir = tempfile::tempdir().expect("a folder");
    let outlines = [
        ("a", r#"{"type":"Point","coordinates":[0,0]}"#, "stated,,"),
        ("b", r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[2,2]]]}"#, "stated,,"),
        ("c", r#"{"type":"Polygon","coordinates":[[[0,0],[181,0],[1,1],[0,0]]]}"#, "stated,,"),
        ("d", SQUARE, ",,"),
        ("e", "", ",map,"),
        ("f", SQUARE, "guessed,,"),
        ("g", SQUARE, "stated,map,low"),
    ];
    let mut districts =
        "district_id,name_fr,source_id,outline,outline_basis,outline_source_id,outline_confidence\n".to_owned();
    for (slug, outline, rest) in outlines {
        let outline = if outline.is_empty() { String::new() } else { quoted(outline) };
        writeln!(districts, "{slug},Nom,list,{outline},{rest}").expect("a text takes a line");
    }
    for (name, text) in [("sources", SOURCES), ("districts", &districts)] {
        fs::write(dir.path().join(format!("{name}.csv")), text).expect("written");
    }
    for app in empty("wrong outlines").await {
        let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
        for said in [
            "districts.csv:2: column outline: it is a `Point`: only a `Polygon` or a `MultiPolygon` is an outline",
            "districts.csv:3: column outline: ring 1 of the polygon is not closed: its last position is not its first",
            "districts.csv:4: column outline: position 2 of ring 1 of the polygon has the longitude 181",
            "districts.csv:5: column outline_basis: it is empty, and `outline` needs it",
            "districts.csv:6: column outline: it is empty, and `outline_source_id` needs it",
            "districts.csv:7: column outline_basis: `guessed` is not one of: surveyed, stated, approximate",
        ] {
            assert!(refusal.contains(said), "{}: {said}\n{refusal}", app.name);
        }
        assert!(!refusal.contains("districts.csv:8"), "{}: {refusal}", app.name);
    }
}

#[tokio::test]
async fn every_bundled_outline_is_given_with_its_basis_and_its_source_as_the_files_have_it() {
    let files = csv_files(&bundled());
    let in_file = |name: &str| {
        let mut rows = csv::Reader::from_reader(files[name].as_bytes());
        let header = rows.headers().expect("a header").clone();
        let column = |name: &str| header.iter().position(|column| column == name).expect("a column");
        let [outline, basis, source] = ["outline", "outline_basis", "outline_source_id"].map(column);
        let rows = rows.records().map(|row| row.expect("a row"));
        let mut rows: Vec<_> = rows
            .map(|row| (row[0].to_owned(), row[outline].to_owned(), row[basis].to_uppercase(), row[source].to_owned()))
            .collect();
        rows.sort();
        rows
    };
    let question = format!(
        "{{ districts(first: 100, orderBy: {{ field: SLUG }}) {{ nodes {{ slug {OUTLINED} }} }}
            townships(first: 100, orderBy: {{ field: SLUG }}) {{ nodes {{ slug {OUTLINED} }} }} }}"
    );
    for app in chaoyang("every_bundled_outline").await {
        let data = app.data(&question).await;
        for (list, file, n) in [("districts", "districts.csv", 1), ("townships", "townships.csv", 43)] {
            let nodes = data[list]["nodes"].as_array().expect("nodes");
            let rows = in_file(file);
            assert_eq!((nodes.len(), rows.len()), (n, n), "{}", app.name);
            for (node, (slug, outline, basis, source)) in nodes.iter().zip(rows) {
                let expected = json!({ "slug": slug, "outline": {
                    "geometry": serde_json::from_str::<Value>(&outline).expect("JSON"), "basis": basis,
                    "sources": [{ "source": { "slug": source } }] } });
                assert_eq!(node, &expected, "{}", app.name);
            }
        }
    }
}

const OUTLINED: &str = "outline { geometry basis sources { source { slug } } }";

#[tokio::test]
async fn the_lines_cost_more_than_a_field_and_are_read_only_where_they_are_asked_for() {
    for app in chaoyang("the_lines_cost_more").await {
        let cost = async |question: &str| {
            let answer = app.post(&json!({ "query": question }), &[("edumap-cost", "only")]).await.json();
            answer["extensions"]["cost"]["estimated"].as_u64().expect("a cost")
        };
        let of_lines = cost("{ townships(first: 10) { nodes { outline { geometry } } } }").await;
        let of_words = cost("{ townships(first: 10) { nodes { outline { basis } } } }").await;
        assert_eq!(of_lines - of_words, 10 * 99, "{}", app.name);

        let reads = async |question: &str| {
            let log = StatementLog::default();
            TestApp::on(app.name, app.store.logged(log.clone())).data(question).await;
            std::mem::take(&mut *log.lock().expect("no reader panicked"))
        };
        let has_outline = |statements: Vec<StatementRun>| statements.iter().any(|run| run.sql.contains("\"outline\""));
        assert!(!has_outline(reads("{ townships { nodes { name location { latitude } } } }").await), "{}", app.name);
        assert!(has_outline(reads("{ townships { nodes { name outline { basis } } } }").await), "{}", app.name);
    }
}
