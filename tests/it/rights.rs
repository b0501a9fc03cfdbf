//! What a role of PostgreSQL must be allowed to do, and what it need not.

use domain::Known;
use persistence::{Store, StoreError};
use sqlx::{Connection, PgConnection};
use tests::{TestApp, bundled, postgres::url_or_skip, record, region};

/// The address of a database for another role.
fn url_as(role: &str, url: &str) -> String {
    let (_, rest) = url.split_once('@').expect("a user");
    format!("postgres://{role}@{rest}")
}

/// How many rows PostgreSQL has been told that a table has, -1 if it was never looked at; and the identity of an index.
async fn known_rows(url: &str, table: &str) -> f32 {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    let rows = sqlx::query_scalar("SELECT reltuples FROM pg_class WHERE oid = to_regclass($1)").bind(table);
    rows.fetch_one(&mut connection).await.expect("a table")
}

async fn index_oid(url: &str, index: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL");
    let oid = sqlx::query_scalar("SELECT to_regclass($1)::oid::bigint").bind(index);
    oid.fetch_one(&mut connection).await.expect("an index")
}

#[tokio::test]
async fn a_role_that_may_only_read_serves_a_map_that_is_up_to_date() {
    let Some(url) = url_or_skip("a role that may only read") else { return };
    let owner = Store::open(&url, None).await.expect("an empty database");
    owner.execute_for_tests("CREATE ROLE map_reader LOGIN").await;
    let early = Store::open(&url_as("map_reader", &url), None).await.expect("an empty database");
    assert!(early.is_read_only(), "it may make no tables");
    assert!(matches!(early.migrate().await, Err(StoreError::Outdated { .. })));

    owner.migrate().await.expect("migrated");
    assert!(!owner.is_read_only());
    owner.execute_for_tests("GRANT SELECT ON ALL TABLES IN SCHEMA public TO map_reader").await;
    let owner = TestApp::on("PostgreSQL", owner);
    owner.import(&bundled()).await.expect("no findings");
    let store = Store::open(&url_as("map_reader", &url), None).await.expect("the map");
    assert!(store.is_read_only());
    assert_eq!(store.migrate().await.expect("nothing to do").steps, Vec::<String>::new());
    let reader = TestApp::on("PostgreSQL, a reader", store);
    let question = "{ schools(first: 50) { totalCount nodes { slug sources { title } group { slug } } } }";
    assert_eq!(reader.data(question).await, owner.data(question).await);
    let refused = record(&reader.store, region("beyond", None)).await.expect_err("it may not").to_string();
    assert!(refused.contains("permission denied"), "{refused}");
}

#[tokio::test]
async fn a_role_that_owns_no_table_records_revisions() {
    let Some(url) = url_or_skip("a role that owns no table") else { return };
    let owner = Store::open(&url, None).await.expect("an empty database");
    owner.migrate().await.expect("migrated");
    let grant =
        "CREATE ROLE map_writer LOGIN; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO map_writer";
    owner.execute_for_tests(grant).await;
    let store = Store::open(&url_as("map_writer", &url), None).await.expect("the map");
    assert!(!store.is_read_only());
    let writer = TestApp::on("PostgreSQL, a writer", store);
    writer.import(&bundled()).await.expect("no findings");
    assert_eq!(record(&writer.store, region("beyond", None)).await.expect("recorded"), 2);
    assert_eq!(owner.revision(Known::Latest).await.expect("read").map(|it| it.number), Some(2));
    assert!(known_rows(&url, "schools").await < 0.0, "only the owner may have a table looked at");
}

#[tokio::test]
async fn tables_of_others_are_not_looked_at_and_keep_their_indexes() {
    let Some(url) = url_or_skip("tables of others") else { return };
    let store = Store::open(&url, None).await.expect("an empty database");
    store.migrate().await.expect("migrated");
    let theirs = "CREATE TABLE notes (id bigint PRIMARY KEY, text text); CREATE INDEX notes_by_text ON notes (text); \
        INSERT INTO notes VALUES (1, 'one'); CREATE SCHEMA other; CREATE TABLE other.notes AS SELECT 1 AS id";
    store.execute_for_tests(theirs).await;
    let before = (index_oid(&url, "notes_by_text").await, index_oid(&url, "notes_pkey").await);
    let app = TestApp::on("PostgreSQL", store);
    app.import(&bundled()).await.expect("no findings");
    assert_eq!((index_oid(&url, "notes_by_text").await, index_oid(&url, "notes_pkey").await), before);
    record(&app.store, region("beyond", None)).await.expect("recorded");
    for (table, is_ours) in
        [("schools", true), ("identities", true), ("search_names", true), ("notes", false), ("other.notes", false)]
    {
        assert_eq!(known_rows(&url, table).await >= 0.0, is_ours, "{table}");
    }
}
