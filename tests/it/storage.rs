//! A database that cannot be written: reads go on, writes say why.

use std::time::Duration;

use persistence::Store;
use tests::{TestApp, bundled, postgres, record, region};

const QUESTION: &str = r#"{ school(slug: "bj80") { slug } }"#;

async fn on_disk(dir: &std::path::Path) -> (String, TestApp) {
    let url = format!("sqlite://{}/map.db", dir.display());
    let store = Store::open(&url, None).await.expect("a database");
    store.migrate().await.expect("migrated");
    let app = TestApp::on("SQLite", store);
    app.import(&bundled()).await.expect("no findings");
    (url, app)
}

#[tokio::test]
async fn a_full_disk_stops_writes_and_no_reads() {
    let dir = tempfile::tempdir().expect("a folder");
    let (_, app) = on_disk(dir.path()).await;
    // SQLite takes it for a disk that is full.
    app.store.break_for_tests("PRAGMA max_page_count = 1").await;
    let mut refused = None;
    for number in 0..10_000 {
        let recorded = record(&app.store, region(&format!("region-{number}"), None)).await;
        if let Err(error) = recorded {
            refused = Some(error.to_string());
            break;
        }
    }
    assert!(refused.as_ref().is_some_and(|why| why.contains("full")), "{refused:?}");
    assert_eq!(app.data(QUESTION).await["school"]["slug"], "bj80");
}

#[tokio::test]
async fn a_read_only_file_is_read_and_not_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let (url, _app) = on_disk(dir.path()).await;
    let store = Store::open(&format!("{url}?mode=ro"), None).await.expect("a database");
    store.migrate().await.expect("nothing to migrate");
    let app = TestApp::on("SQLite, read-only", store);
    assert_eq!(app.data(QUESTION).await["school"]["slug"], "bj80");
    let refused = record(&app.store, region("south", None)).await.expect_err("no file to write");
    assert!(refused.to_string().contains("readonly"), "{refused}");
    assert_eq!(app.data(QUESTION).await["school"]["slug"], "bj80");
}

#[tokio::test]
async fn postgresql_gives_up_what_takes_too_long() {
    let Some(url) = postgres::url_or_skip("a statement that takes too long") else { return };
    let store = Store::open_within(&url, None, Some(Duration::from_millis(200))).await.expect("our own PostgreSQL");
    store.migrate().await.expect("migrated");
    // A first revision holds the tables while it is written.
    let held = store.draft().await.expect("a draft");
    let app = TestApp::on("PostgreSQL", store);
    assert_eq!(app.error("{ schools { totalCount } }").await.0, "INTERNAL");
    drop(held);
    assert_eq!(app.data("{ schools { totalCount } }").await["schools"]["totalCount"], 0);
}
