//! PostgreSQL behind a pooler that lends a connection for one transaction.

use std::{sync::Arc, time::Duration};

use domain::Known;
use persistence::{Store, StoreOptions};
use serde_json::json;
use tests::{
    TestApp, bundled,
    pooler::{Mode, start_or_skip},
    postgres::url_or_skip,
    record, region,
};
use tokio::task::JoinSet;

/// Many different statements, one of them with a list of ids.
const QUESTION: &str = "query ($n: Int) { schools(first: $n) { totalCount nodes { slug sources { title } group { slug alliances { nodes { slug } } } } }
    groups(first: 3) { nodes { slug schools(first: 2) { nodes { slug } } } } partners(first: 3, filter: { nameContains: \"university\" }) { nodes { slug } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_is_made_recorded_and_read_through_a_pooler_of_transactions() {
    let test = "a map through a pooler";
    let Some(direct) = url_or_skip(test) else { return };
    let Some(pooler) = start_or_skip(test, &direct, Mode::Transaction) else { return };
    let url = pooler.url(&direct);
    let mut starts = JoinSet::new();
    for _ in 0..2 {
        let url = url.clone();
        starts.spawn(async move {
            let store = Store::open(&url, None).await.expect("a pooler");
            store.migrate().await.expect("migrated");
            store
        });
    }
    let stores = starts.join_all().await;
    assert!(stores.iter().all(Store::is_pooled), "a pooler of transactions is noticed");
    let apps: Arc<Vec<TestApp>> = Arc::new(stores.into_iter().map(|store| TestApp::on("PgBouncer", store)).collect());
    apps[0].import(&bundled()).await.expect("no findings");

    let memory = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    memory.import(&bundled()).await.expect("no findings");
    let expected = memory.ask(QUESTION, json!({ "n": 20 })).await;

    // Two servers read by more connections than the pooler has, while they write.
    let mut asking = JoinSet::new();
    for at in 0..40 {
        let apps = apps.clone();
        asking.spawn(async move { apps[at % 2].ask(QUESTION, json!({ "n": 1 + at % 20 })).await.json() });
    }
    for number in 0..6 {
        let store = &apps[number % 2].store;
        let region = region(&format!("region-{number}"), None);
        assert_eq!(record(store, region).await.expect("recorded"), 2 + i64::try_from(number).expect("a few"));
    }
    for answer in asking.join_all().await {
        assert!(answer.get("errors").is_none(), "{answer:#}");
    }
    let (answer, expected) = (apps[1].ask(QUESTION, json!({ "n": 20 })).await.json(), expected.json());
    assert_eq!(answer["data"], expected["data"]);
    assert_eq!(answer["extensions"]["stats"]["sqlStatements"], expected["extensions"]["stats"]["sqlStatements"]);
    assert_eq!(apps[0].store.revision(Known::Latest).await.expect("read").map(|it| it.number), Some(7));
}

#[tokio::test]
async fn a_pooler_of_sessions_and_none_are_taken_for_what_they_are() {
    let test = "kinds of poolers";
    let Some(direct) = url_or_skip(test) else { return };
    assert!(!Store::open(&direct, None).await.expect("PostgreSQL").is_pooled());
    let Some(pooler) = start_or_skip(test, &direct, Mode::Session) else { return };
    let store = Store::open(&pooler.url(&direct), None).await.expect("a pooler");
    assert!(!store.is_pooled());
    assert!(store.migrate().await.expect("migrated").is_first);
    // What is said is not looked at: a pooler may lend one connection each as long as nobody else asks.
    let options = StoreOptions { is_pooled: true, ..StoreOptions::default() };
    let store = Store::open_with(&direct, None, options).await.expect("PostgreSQL");
    assert!(store.is_pooled());
    let app = TestApp::on("PostgreSQL, as if pooled", store);
    app.import(&bundled()).await.expect("no findings");
    assert_eq!(app.data("{ school(slug: \"bj80\") { slug } }").await["school"]["slug"], "bj80");
}

#[tokio::test]
async fn a_read_through_a_pooler_ends_in_time() {
    let test = "a read through a pooler that takes too long";
    let Some(direct) = url_or_skip(test) else { return };
    let Some(pooler) = start_or_skip(test, &direct, Mode::Transaction) else { return };
    let options = StoreOptions { read_timeout: Some(Duration::from_millis(200)), ..StoreOptions::default() };
    let store = Store::open_with(&pooler.url(&direct), None, options).await.expect("a pooler");
    store.migrate().await.expect("migrated");
    // A first revision holds the tables while it is written.
    let held = store.draft().await.expect("a draft");
    let app = TestApp::on("PgBouncer", store);
    assert_eq!(app.error("{ schools { totalCount } }").await.0, "INTERNAL");
    drop(held);
    assert_eq!(app.data("{ schools { totalCount } }").await["schools"]["totalCount"], 0);
}
