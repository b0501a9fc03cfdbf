//! Databases that a version before has made are brought up to date, and its folders load: nothing that they know is lost.

use std::{collections::BTreeMap, fs::File, io::Read};

use flate2::read::GzDecoder;
use persistence::Store;
use serde_json::json;
use tests::{TestApp, bundled, postgres, root};

/// What a fixture holds, unpacked.
fn unpack(name: &str) -> Vec<u8> {
    let file = File::open(root().join("tests/fixtures").join(name)).expect("the fixture");
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).expect("gzip");
    bytes
}

const QUESTION: &str = r#"{
    now: learningAreas { totalCount }
    before: map(knownAt: 1) { learningAreas { totalCount } }
    revisions { number message }
    school(slug: "bj80") { name(lang: "zh") sources { title } group { name(lang: "zh") schools { totalCount } } }
    alliances(first: 1) { nodes { partners { totalCount } groups { totalCount } } }
}"#;

/// What the version before knew no word for.
const LATER: &str = r#"{
    designations(first: 100) { totalCount nodes { slug } }
    school(slug: "bj80") { knownDay designations { edges { awardedOn { text } sources { quote } node { slug } } } }
    events(first: 100) { totalCount nodes { slug knownDay items { totalCount nodes { id } } } }
    projects(first: 100) { totalCount nodes { slug knownDay status sources { quote relation } contradictions { field } } }
    people(first: 100) { totalCount nodes { slug offices { nodes { id } } } }
    agreements(first: 100) { totalCount nodes { slug parties { totalCount } } }
    reportedFigures(first: 100) { totalCount nodes { slug value } }
    before: map(knownAt: 1) { designations { totalCount } school(slug: "bj80") { designations { totalCount } }
        events { totalCount } projects { totalCount } reportedFigures { totalCount } contradictions { totalCount } }
}"#;

/// Names that the version before folded otherwise, and what it kept as no name at all; at the first revision, since the second
/// of the fixture lacks a learning area.
const SEARCHES: &str = r#"{ map(knownAt: 1) {
    chinese: search(text: "學", first: 100) { ...found }
    former: search(text: "八十中") { ...found }
    words: search(text: "School Beijing", first: 100) { ...found }
    slug: search(text: "BJ80") { ...found }
    code: search(text: "0529") { ...found }
    schools(filter: { nameContains: "School beijing" }) { totalCount }
} }
fragment found on SearchHitConnection {
    totalCount edges { name language nameKind match isExact isFormer node { __typename slug } }
}"#;

/// Holds what was imported into a map of the version before against a map that was loaded now.
async fn check_later(app: &TestApp, fresh: &TestApp) {
    let (later, new) = (app.data(LATER).await, fresh.data(LATER).await);
    assert_eq!(new["designations"]["totalCount"], json!(12), "{}", app.name);
    for of in ["designations", "school", "events", "projects", "people", "agreements", "reportedFigures"] {
        assert_eq!(later[of], new[of], "{}: {of}", app.name);
    }
    let zero = json!({ "totalCount": 0 });
    let none = json!({ "designations": zero, "school": { "designations": zero }, "events": zero, "projects": zero,
        "reportedFigures": zero, "contradictions": zero });
    assert_eq!(later["before"], none, "{}: the first revision is as it was", app.name);
}

/// The folder that the version before shipped.
fn unpack_folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for file in std::fs::read_dir(root().join("tests/fixtures/edumap-0.1.0.folder")).expect("the fixture") {
        let name = file.expect("a file").file_name().into_string().expect("a name");
        let csv = name.strip_suffix(".gz").expect("gzip");
        std::fs::write(dir.path().join(csv), unpack(&format!("edumap-0.1.0.folder/{name}"))).expect("written");
    }
    dir
}

/// The lists whose nouns have a known day.
const LISTS: &[&str] = &[
    "schools",
    "campuses",
    "groups",
    "alliances",
    "partners",
    "sources",
    "districts",
    "regions",
    "townships",
    "learningAreas",
    "authorities",
];

/// The known days of all nouns, but of those that nothing dates except the revision that recorded them.
async fn known_days(app: &TestApp) -> BTreeMap<String, String> {
    let mut days = BTreeMap::new();
    for list in LISTS {
        let mut after = "null".to_owned();
        while !after.is_empty() {
            let query = format!(
                "{{ revisions(first: 100) {{ recordedAt }} {list}(first: 100, after: {after}) {{ nodes {{ slug knownDay }} pageInfo {{ hasNextPage endCursor }} }} }}"
            );
            let data = app.data(&query).await;
            let recorded: Vec<&str> = data["revisions"]
                .as_array()
                .expect("a log")
                .iter()
                .filter_map(|one| one["recordedAt"].as_str())
                .collect();
            for node in data[*list]["nodes"].as_array().expect("nodes") {
                let day = node["knownDay"].as_str().expect("a day");
                if !recorded.iter().any(|at| at.starts_with(day)) {
                    days.insert(format!("{list} {}", node["slug"]), day.to_owned());
                }
            }
            let page = &data[*list]["pageInfo"];
            after = if page["hasNextPage"] == true { page["endCursor"].to_string() } else { String::new() };
        }
    }
    days
}

/// Brings the database up to date and compares it with ones that were loaded now: with the folder of that version, and with
/// the present one.
async fn check(app: &TestApp, same: &TestApp, fresh: &TestApp) {
    app.store.migrate().await.expect("migrated");
    assert!(app.store.is_current().await.expect("asked"), "{}", app.name);
    assert_eq!(app.data(SEARCHES).await, same.data(SEARCHES).await, "{}", app.name);
    let (old, new) = (app.data(QUESTION).await, fresh.data(QUESTION).await);
    let (days, fresh_days) = (known_days(app).await, known_days(same).await);
    assert!(fresh_days.len() > 200, "{fresh_days:?}");
    for (noun, day) in &days {
        assert_eq!(fresh_days.get(noun), Some(day), "{}: the known day of {noun}", app.name);
    }
    assert!(days.len() + 1 >= fresh_days.len(), "{}: all but the last learning area", app.name);
    assert_eq!(old["before"]["learningAreas"], new["now"], "{}", app.name);
    assert_eq!(old["now"]["totalCount"], json!(14), "{}", app.name);
    assert_eq!(old["revisions"][1]["message"], "The bundled data set", "{}", app.name);
    assert_eq!((&old["school"], &old["alliances"]), (&new["school"], &new["alliances"]), "{}", app.name);

    app.import(&bundled()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
    let then = app.data(QUESTION).await;
    assert_eq!(then["now"], new["now"], "{}", app.name);
    assert_eq!(then["before"]["learningAreas"], new["now"], "{}: the first revision is still known", app.name);
    assert_eq!(then["school"], new["school"], "{}", app.name);
    check_later(app, fresh).await;
}

#[tokio::test]
async fn a_database_of_the_version_before_is_brought_up_to_date() {
    let same = tests::loaded("a database of the version before, beside", unpack_folder().path()).await;
    let fresh = tests::chaoyang("a database of the version before").await;
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("edumap.db");
    std::fs::write(&file, unpack("edumap-0.1.0.sqlite.gz")).expect("written");
    let store = Store::open(&format!("sqlite://{}", file.display()), None).await.expect("SQLite opens it");
    check(&TestApp::on("SQLite", store), &same[0], &fresh[0]).await;

    let dump = String::from_utf8(unpack("edumap-0.1.0.postgres.sql.gz")).expect("text");
    let Some(url) = postgres::restored_or_skip("a database of the version before", &dump) else { return };
    let store = Store::open(&url, None).await.expect("PostgreSQL opens it");
    check(&TestApp::on("PostgreSQL", store), &same[1], &fresh[1]).await;
}

#[tokio::test]
async fn a_folder_of_the_version_before_loads_and_the_present_one_after_it() {
    let dir = unpack_folder();
    let fresh = tests::chaoyang("a folder of the version before, beside").await;
    for (app, fresh) in tests::empty("a folder of the version before").await.into_iter().zip(&fresh) {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let (then, now) = (app.data(QUESTION).await, fresh.data(QUESTION).await);
        for field in ["now", "school", "alliances"] {
            assert_eq!(then[field], now[field], "{}: {field}", app.name);
        }
        app.import(&bundled()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let campuses = "{ campuses(first: 100) { totalCount nodes { slug name status sinceDay } } }";
        let planned = "{ campuses(filter: { status: [PLANNED] }) { nodes { slug dueOn { text } } } }";
        assert_eq!(app.data(planned).await, fresh.data(planned).await, "{}", app.name);
        assert_eq!(app.data(campuses).await, fresh.data(campuses).await, "{}", app.name);
        check_later(&app, fresh).await;
    }
}
