//! A database that goes away and comes back, while people ask.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use axum::{body::Body, http::Request};
use persistence::{Store, StoreOptions};
use serde_json::json;
use tests::{TestApp, bundled, postgres};
use tokio::time::sleep;

const QUESTION: &str = r#"{ school(slug: "bj80") { slug group { slug schools { totalCount } } } }"#;

async fn status(app: &TestApp, path: &str) -> u16 {
    app.send(Request::get(path).body(Body::empty()).expect("a request")).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are read with --nocapture")]
async fn postgresql_may_be_killed_and_come_back_under_load() {
    let Some(server) = postgres::private_or_skip("killing PostgreSQL") else { return };
    let url = server.database().expect("a database");
    let store = Store::open_with(
        &url,
        None,
        StoreOptions { read_timeout: Some(Duration::from_secs(30)), ..StoreOptions::default() },
    )
    .await
    .expect("our own PostgreSQL");
    store.migrate().await.expect("migrated");
    let app = Arc::new(TestApp::on("PostgreSQL", store));
    app.import(&bundled()).await.expect("no findings");
    let (is_over, good, bad) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let asking = (0..8).map(|_| {
        let (app, is_over, good, bad) = (app.clone(), is_over.clone(), good.clone(), bad.clone());
        tokio::spawn(async move {
            while !is_over.load(Relaxed) {
                let answer = app.post(&json!({ "query": QUESTION }), &[]).await;
                let json = answer.json();
                if json["data"]["school"]["group"]["schools"]["totalCount"].is_u64() {
                    good.fetch_add(1, Relaxed);
                    continue;
                }
                bad.fetch_add(1, Relaxed);
                let error = &json["errors"][0];
                assert!(matches!(error["extensions"]["code"].as_str(), Some("INTERNAL" | "OVERLOADED")), "{json}");
                assert!(!answer.body.contains("127.0.0.1") && !answer.body.contains("SELECT"), "{json}");
            }
        })
    });
    let asking: Vec<_> = asking.collect();
    sleep(Duration::from_millis(500)).await;
    assert_eq!((status(&app, "/healthz").await, status(&app, "/readyz").await), (200, 200));
    server.kill().expect("killed");
    sleep(Duration::from_secs(3)).await;
    assert_eq!((status(&app, "/healthz").await, status(&app, "/readyz").await), (200, 503));
    server.revive().expect("revived");
    let (back, good_then) = (Instant::now(), good.load(Relaxed));
    let mut first = None;
    while back.elapsed() < Duration::from_secs(2) {
        if first.is_none() && good.load(Relaxed) > good_then {
            first = Some(back.elapsed());
        }
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(status(&app, "/readyz").await, 200);
    let (good_before, bad_before) = (good.load(Relaxed), bad.load(Relaxed));
    assert!(bad_before > 0, "nobody noticed");
    sleep(Duration::from_secs(1)).await;
    assert_eq!(bad.load(Relaxed), bad_before, "requests failed {:?} after PostgreSQL came back", back.elapsed());
    assert!(good.load(Relaxed) > good_before, "nobody was answered");
    is_over.store(true, Relaxed);
    let (good, bad) = (good.load(Relaxed), bad.load(Relaxed));
    println!(
        "PostgreSQL came back: the first answer after {first:?}; {good} answered in all, {bad} refused while it was away"
    );
    for asker in asking {
        asker.await.expect("no answer leaked");
    }
}
