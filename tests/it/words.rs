//! The words of vocabularies: the program alone knows them, and what no source states in them stays blank.

use std::{fs, io::Read, path::Path};

use domain::Known;
use flate2::read::GzDecoder;
use persistence::Store;
use serde_json::{Value, json};
use server::export::export;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tests::{csv_files, data_copy, empty, postgres, root};

/// What a fixture of the version before holds, unpacked.
fn unpack(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let file = fs::File::open(root().join("tests/fixtures").join(name)).expect("the fixture");
    GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
    bytes
}

/// The definitions of SQLite's tables, and of its indexes.
async fn definitions(file: &Path) -> (Vec<String>, Vec<String>) {
    let mut database = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("SQLite");
    let whole: String = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut database).await.expect("an answer");
    assert_eq!(whole, "ok");
    let tables = sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE type = 'table' ORDER BY name");
    let tables = tables.fetch_all(&mut database).await.expect("tables");
    let indexes = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
    let indexes = sqlx::query_scalar(indexes).fetch_all(&mut database).await.expect("indexes");
    (tables, indexes)
}

#[tokio::test]
async fn no_table_of_sqlite_checks_the_words_of_a_vocabulary() {
    let dir = tempfile::tempdir().expect("a folder");
    let (old, new) = (dir.path().join("old.db"), dir.path().join("new.db"));
    fs::write(&old, unpack("edumap-0.1.0.sqlite.gz")).expect("written");
    fs::write(&new, "").expect("written");
    assert!(definitions(&old).await.0.iter().any(|sql| sql.contains(" IN (")), "the version before did");
    for file in [&old, &new] {
        let store = Store::open(&format!("sqlite://{}", file.display()), None).await.expect("SQLite opens it");
        store.migrate().await.expect("migrated");
    }
    let ((tables, old_indexes), (new_tables, new_indexes)) = (definitions(&old).await, definitions(&new).await);
    for sql in tables.iter().chain(&new_tables) {
        assert!(!sql.contains(" IN ("), "{sql}");
    }
    let ranges = tables.iter().filter(|sql| sql.contains(r#"CHECK ("valid_from" < "valid_to")"#)).count();
    assert!(ranges > 20, "other checks stay: {ranges}");
    assert_eq!(old_indexes, new_indexes);
    assert!(new_indexes.len() > 100, "{}", new_indexes.len());
}

#[tokio::test]
async fn no_table_of_postgresql_checks_the_words_of_a_vocabulary() {
    const CHECKS: &str = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'";
    let dump = String::from_utf8(unpack("edumap-0.1.0.postgres.sql.gz")).expect("text");
    let Some(old) = postgres::restored_or_skip("no table checks words", &dump) else { return };
    let new = postgres::url_or_skip("no table checks words").expect("it was there before");
    for url in [old, new] {
        let store = Store::open(&url, None).await.expect("PostgreSQL opens it");
        store.migrate().await.expect("migrated");
        let mut database = PgConnection::connect(&url).await.expect("PostgreSQL");
        let checks: Vec<String> = sqlx::query_scalar(CHECKS).fetch_all(&mut database).await.expect("checks");
        let of_words: Vec<_> = checks.iter().filter(|check| check.contains("ANY (ARRAY[")).collect();
        assert!(of_words.is_empty(), "{of_words:?}");
        assert!(checks.iter().any(|check| check.contains("valid_from < valid_to")), "other checks stay");
    }
}

/// A folder in which words of one country are blank, or their columns left out.
fn write_blank_words(dir: &Path) {
    let alliances = fs::read_to_string(dir.join("alliances.csv")).expect("text");
    for (name, text) in [
        ("alliances", alliances.replace(",thematic,", ",,").as_str()),
        ("authorities", "authority_id,name_en,level,kind\ncounty,Example County Council,,\n"),
        ("townships", "township_id,name_en\nparish,Example Parish\n"),
    ] {
        fs::write(dir.join(format!("{name}.csv")), text).expect("written");
    }
}

#[tokio::test]
async fn a_word_that_no_source_states_is_unknown() {
    const QUESTION: &str = r#"{
        alliance(slug: "hedge") { kind } authority(slug: "county") { kind level } township(slug: "parish") { kind }
        map(asOf: "2014-01-01") {
            alliances(filter: { kind: [UNKNOWN] }) { nodes { slug } }
            others: alliances(filter: { not: { kind: [UNKNOWN] } }) { nodes { slug } }
            authorities(filter: { kind: [UNKNOWN], level: [UNKNOWN, TOWN] }) { nodes { slug } }
            governments: authorities(filter: { kind: [GOVERNMENT] }) { nodes { slug } }
            townships(filter: { kind: [UNKNOWN] }) { nodes { slug } }
        }
    }"#;
    let nodes = |slugs: &[&str]| {
        let nodes: Vec<Value> = slugs.iter().map(|slug| json!({ "slug": slug })).collect();
        json!({ "nodes": nodes })
    };
    let dir = data_copy("english-periods");
    write_blank_words(dir.path());
    for app in empty("a word that no source states").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let expected = json!({
            "alliance": { "kind": "UNKNOWN" },
            "authority": { "kind": "UNKNOWN", "level": "UNKNOWN" },
            "township": { "kind": "UNKNOWN" },
            "map": {
                "alliances": nodes(&["hedge"]),
                "others": nodes(&["orchard"]),
                "authorities": nodes(&["county"]),
                "governments": nodes(&[]),
                "townships": nodes(&["parish"]),
            },
        });
        assert_eq!(app.data(QUESTION).await, expected, "{}", app.name);

        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(csv_files(out.path()), csv_files(dir.path()), "{}", app.name);
    }
}

#[tokio::test]
async fn a_school_that_is_converted_gives_way_to_another() {
    const SCHOOLS: &str =
        "school(slug: \"elm\") { isOnMap status } after: school(slug: \"elm-academy\") { isOnMap status }";
    let dir = data_copy("english-periods");
    let schools = fs::read_to_string(dir.path().join("schools.csv")).expect("text");
    let schools = schools.replace("primary;junior,open,,,1950", "primary;junior,closed,,,1950");
    let after = "elm-academy,Elm Example Academy,stated,primary;junior,open,,,,,seed,,\n";
    fs::write(dir.path().join("schools.csv"), schools + after).expect("written");
    let successions =
        "predecessor_id,successor_id,kind,effective_on,source_id\nelm,elm-academy,converted,2012-08,seed\n";
    fs::write(dir.path().join("school_successions.csv"), successions).expect("written");
    for app in empty("a school that is converted").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let school = |is_on_map: bool, status: &str| json!({ "isOnMap": is_on_map, "status": status });
        for (day, before, after) in [
            ("2012-07-31", school(true, "OPEN"), school(false, "UNKNOWN")),
            ("2012-09-01", school(false, "CLOSED"), school(true, "OPEN")),
        ] {
            let seen = app.data(&format!("{{ map(asOf: \"{day}\") {{ {SCHOOLS} }} }}")).await;
            assert_eq!(seen["map"], json!({ "school": before, "after": after }), "{} on {day}", app.name);
        }
        let chain =
            r#"{ school(slug: "elm") { successors { edges { kind steps effectiveOn { text } node { slug } } } } }"#;
        let edge = json!({ "kind": "CONVERTED", "steps": 1, "effectiveOn": { "text": "2012-08" }, "node": { "slug": "elm-academy" } });
        assert_eq!(app.data(chain).await["school"]["successors"]["edges"], json!([edge]), "{}", app.name);
    }
}
