//! A database that cannot be written: reads go on, writes say why.

use std::time::Duration;

use persistence::{Store, StoreError, StoreOptions};
use server::import::{Folder, Options, import};
use tests::{TestApp, bundled, clock, postgres, record, region};
use tokio::task::JoinSet;

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
async fn a_copy_of_the_file_has_all_that_was_recorded() {
    let dir = tempfile::tempdir().expect("a folder");
    let (_, _app) = on_disk(dir.path()).await;
    let copy = dir.path().join("copy.db");
    std::fs::copy(dir.path().join("map.db"), &copy).expect("a copy");
    let store = Store::open(&format!("sqlite://{}", copy.display()), None).await.expect("a database");
    assert_eq!(TestApp::on("SQLite, a copy", store).data(QUESTION).await["school"]["slug"], "bj80");
}

#[tokio::test]
async fn the_log_beside_the_file_is_empty_after_an_import() {
    let dir = tempfile::tempdir().expect("a folder");
    let (_, app) = on_disk(dir.path()).await;
    let log = std::fs::metadata(dir.path().join("map.db-wal")).expect("a log").len();
    assert_eq!(log, 0);
    assert_eq!(app.data(QUESTION).await["school"]["slug"], "bj80");
}

/// A server's start: a store of its own, brought up to date, with a data set if nothing is recorded.
async fn start(url: String) -> Store {
    let store = Store::open(&url, None).await.expect("a database");
    store.migrate().await.expect("migrated");
    let options = Options { only_first: true, actor: "a start".to_owned(), ..Options::default() };
    let imported = import(&store, &Folder::Disk(bundled()), &options, &clock()).await.expect("an import");
    imported.expect("no findings");
    store
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_start_together_make_one_database_with_one_revision() {
    let dir = tempfile::tempdir().expect("a folder");
    let sqlite = format!("sqlite://{}/map.db", dir.path().display());
    for url in [Some(sqlite), postgres::url_or_skip("servers that start together")].into_iter().flatten() {
        let mut starts = JoinSet::new();
        (0..4).for_each(|_| drop(starts.spawn(start(url.clone()))));
        for store in starts.join_all().await {
            let revisions = store.revisions(None, 10).await.expect("revisions");
            assert_eq!(revisions.iter().map(|revision| revision.number).collect::<Vec<_>>(), [1], "{url}");
        }
    }
}

#[tokio::test]
async fn postgresql_gives_up_what_takes_too_long() {
    let Some(url) = postgres::url_or_skip("a statement that takes too long") else { return };
    let options = StoreOptions { read_timeout: Some(Duration::from_millis(200)), ..StoreOptions::default() };
    let store = Store::open_with(&url, None, options).await.expect("our own PostgreSQL");
    store.migrate().await.expect("migrated");
    // A first revision holds the tables while it is written.
    let held = store.draft().await.expect("a draft");
    let app = TestApp::on("PostgreSQL", store);
    assert_eq!(app.error("{ schools { totalCount } }").await.0, "INTERNAL");
    drop(held);
    assert_eq!(app.data("{ schools { totalCount } }").await["schools"]["totalCount"], 0);
}

#[tokio::test]
async fn the_tables_of_another_program_are_refused_on_postgresql() {
    let Some(server) = postgres::private_or_skip("the tables of another program") else { return };
    let (theirs, extended) = (server.database().expect("a database"), server.database().expect("a database"));
    let store = Store::open(&theirs, None).await.expect("an empty database");
    assert!(store.condition().await.expect("it is empty").is_empty);
    store.execute_for_tests("CREATE TABLE customers (id bigint)").await;
    for refused in [Store::open(&theirs, None).await.map(drop), store.migrate().await.map(drop)] {
        assert!(matches!(&refused, Err(StoreError::Foreign { table }) if table == "customers"), "{refused:?}");
    }
    // A view, and a table in another schema, are in nobody's way.
    let store = Store::open(&extended, None).await.expect("an empty database");
    let apart = "CREATE SCHEMA other; CREATE TABLE other.customers (id bigint); CREATE VIEW one AS SELECT 1 AS n";
    store.execute_for_tests(apart).await;
    assert!(store.migrate().await.expect("migrated").is_first);
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    for app in tests::empty("a_database_of_a_newer_version").await {
        app.store.execute_for_tests("INSERT INTO program_versions (version, steps) VALUES ('77.0.1', 900)").await;
        let step = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m21000101_000001_wonders', 0)";
        app.store.execute_for_tests(step).await;
        let refused = app.store.migrate().await.expect_err("it is newer").to_string();
        assert!(refused.contains("made by edumap 77.0.1; this is edumap"), "{}: {refused}", app.name);
        app.store.execute_for_tests("DROP TABLE program_versions").await;
        let refused = app.store.migrate().await.expect_err("it is newer").to_string();
        assert!(refused.contains("made by a newer version of edumap; this is"), "{}: {refused}", app.name);
    }
}

#[tokio::test]
async fn postgresql_that_takes_no_writes_is_read() {
    let Some(url) = postgres::url_or_skip("a replica") else { return };
    let read_only = format!("{url}?options[default_transaction_read_only]=on");
    let store = Store::open(&read_only, None).await.expect("an empty database");
    assert!(store.is_read_only());
    assert!(matches!(store.migrate().await, Err(StoreError::Outdated { .. })));
    let writer = Store::open(&url, None).await.expect("the database");
    assert!(writer.migrate().await.expect("migrated").is_first && !writer.is_read_only());
    assert_eq!(store.migrate().await.expect("nothing to do").steps, Vec::<String>::new());
    assert_eq!(
        TestApp::on("PostgreSQL, read-only", store).data("{ schools { totalCount } }").await["schools"]["totalCount"],
        0
    );
}
