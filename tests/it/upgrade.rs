//! Databases that a version before has made are brought up to date, and nothing that they know is lost.

use std::{fs::File, io::Read};

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

/// Brings the database up to date and compares it with one that was loaded now.
async fn check(app: &TestApp, fresh: &TestApp) {
    app.store.migrate().await.expect("migrated");
    assert!(app.store.is_current().await.expect("asked"), "{}", app.name);
    let (old, new) = (app.data(QUESTION).await, fresh.data(QUESTION).await);
    assert_eq!(old["before"]["learningAreas"], new["now"], "{}", app.name);
    assert_eq!(old["now"]["totalCount"], json!(14), "{}", app.name);
    assert_eq!(old["revisions"][1]["message"], "The bundled data set", "{}", app.name);
    assert_eq!((&old["school"], &old["alliances"]), (&new["school"], &new["alliances"]), "{}", app.name);

    app.import(&bundled()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
    let then = app.data(QUESTION).await;
    assert_eq!(then["now"], new["now"], "{}", app.name);
    assert_eq!(then["before"]["learningAreas"], new["now"], "{}: the first revision is still known", app.name);
    assert_eq!(then["school"], new["school"], "{}", app.name);
}

#[tokio::test]
async fn a_database_of_the_version_before_is_brought_up_to_date() {
    let fresh = tests::chaoyang("a database of the version before").await;
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("edumap.db");
    std::fs::write(&file, unpack("edumap-0.1.0.sqlite.gz")).expect("written");
    let store = Store::open(&format!("sqlite://{}", file.display()), None).await.expect("SQLite opens it");
    check(&TestApp::on("SQLite", store), &fresh[0]).await;

    let dump = String::from_utf8(unpack("edumap-0.1.0.postgres.sql.gz")).expect("text");
    let Some(url) = postgres::restored_or_skip("a database of the version before", &dump) else { return };
    let store = Store::open(&url, None).await.expect("PostgreSQL opens it");
    check(&TestApp::on("PostgreSQL", store), &fresh[1]).await;
}
