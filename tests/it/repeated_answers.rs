//! Answers that are given again: nothing runs for them, and none is older than its request.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicI64, Ordering::SeqCst},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use futures::future::join_all;
use http_body_util::BodyExt;
use persistence::{Plan, Store};
use serde_json::{Value, json};
use server::{AnswerCache, App};
use tests::{TestApp, bundled, clock, empty, postgres, record, region};
use tower::ServiceExt;

/// An app that lists the statements of its operations; those that learn of the latest revision are not among them.
fn listing(app: &TestApp) -> (TestApp, Arc<Mutex<Vec<Plan>>>) {
    let statements = Arc::default();
    let store = app.store.explained(Arc::clone(&statements));
    (TestApp::of(app.name, App::new(store, Arc::new(clock()))), statements)
}

fn count(statements: &Mutex<Vec<Plan>>) -> usize {
    statements.lock().unwrap_or_else(PoisonError::into_inner).len()
}

async fn with_regions(test: &str) -> Vec<TestApp> {
    let apps = empty(test).await;
    for app in &apps {
        for slug in ["east", "west"] {
            record(&app.store, region(slug, None)).await.expect("a revision");
        }
    }
    apps
}

const REGIONS: &str = "query Regions($first: Int! = 5) { regions(first: $first) { totalCount nodes { slug name } } }";

#[tokio::test]
async fn nothing_runs_for_an_answer_that_is_kept_until_a_revision_comes() {
    for app in with_regions("nothing_runs_for_an_answer_that_is_kept").await {
        let (app, statements) = listing(&app);
        let ask = async || app.post(&json!({ "query": REGIONS }), &[]).await.body;
        let first = ask().await;
        let ran = count(&statements);
        assert!(ran > 0, "{}: {first}", app.name);
        assert_eq!(ask().await, first, "{}", app.name);
        assert_eq!(count(&statements), ran, "{}: it was kept", app.name);
        record(&app.store, region("north", None)).await.expect("a revision");
        let third = ask().await;
        assert!(third.contains("north"), "{}: {third}", app.name);
        assert!(count(&statements) > ran, "{}", app.name);
    }
}

#[tokio::test]
async fn requests_that_differ_in_what_answers_depend_on_share_none() {
    for app in with_regions("requests_that_differ").await {
        let (app, statements) = listing(&app);
        let two = "query A { regions { totalCount } } query B { regions { nodes { slug } } }";
        let requests = [
            (json!({ "query": REGIONS }), ""),
            (json!({ "query": REGIONS, "variables": { "first": 1 } }), ""),
            (json!({ "query": REGIONS, "variables": { "first": 2 } }), ""),
            (json!({ "query": REGIONS }), "zh"),
            (json!({ "query": two, "operationName": "A" }), ""),
            (json!({ "query": two, "operationName": "B" }), ""),
        ];
        for (fields, language) in &requests {
            let before = count(&statements);
            app.post(fields, &[("accept-language", language)]).await;
            assert!(count(&statements) > before, "{}: {fields} {language}", app.name);
        }
        let ran = count(&statements);
        for (fields, language) in &requests {
            app.post(fields, &[("accept-language", language)]).await;
        }
        assert_eq!(count(&statements), ran, "{}", app.name);
    }
}

#[tokio::test]
async fn a_get_a_post_and_a_persisted_document_share_an_answer() {
    for app in with_regions("a_get_a_post_and_a_persisted_document").await {
        let (app, statements) = listing(&app);
        let query = "{regions{nodes{slug}}}";
        let digest = server::documents::Sha256::of_text(query).to_string();
        let persisted = json!({ "persistedQuery": { "version": 1, "sha256Hash": digest } });
        let posted = app.post(&json!({ "query": query, "extensions": persisted }), &[]).await.body;
        let ran = count(&statements);
        let named = app.post(&json!({ "extensions": persisted }), &[]).await.body;
        let get = Request::get(format!("/graphql?query={query}").replace('{', "%7B").replace('}', "%7D"));
        let got = app.send(get.body(Body::empty()).expect("a request")).await.body;
        assert_eq!([&named, &got], [&posted; 2], "{}", app.name);
        assert_eq!(count(&statements), ran, "{}", app.name);
    }
}

#[tokio::test]
async fn a_ready_made_question_is_kept_too() {
    for app in tests::chaoyang("a_ready_made_question_is_kept_too").await {
        let (app, statements) = listing(&app);
        let name = server::queries::curated_queries()[0].name;
        let first = app.post(&json!({ "documentId": name }), &[]).await.body;
        let ran = count(&statements);
        assert!(first.starts_with("{\"data\":{"), "{first}");
        assert_eq!(app.post(&json!({ "documentId": name }), &[]).await.body, first, "{}", app.name);
        assert_eq!(count(&statements), ran, "{}", app.name);
    }
}

#[tokio::test]
async fn each_encoding_is_kept_and_says_the_same() {
    for app in tests::chaoyang("each_encoding_is_kept").await {
        let (app, statements) = listing(&app);
        let fields = json!({ "query": "{ schools(first: 50) { nodes { slug name } } }" });
        let ask = async |encoding: &str| {
            let request = Request::post("/graphql")
                .header("content-type", "application/json")
                .header("accept-encoding", encoding)
                .body(Body::from(fields.to_string()))
                .expect("a request");
            let response = app.router.clone().oneshot(request).await.expect("answered");
            let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
            (encoding, response.into_body().collect().await.expect("a body").to_bytes())
        };
        let plain = ask("").await;
        for encoding in ["gzip", "br", "zstd"] {
            let first = ask(encoding).await;
            let ran = count(&statements);
            assert_eq!(first.0.as_ref().map(|it| it.to_str().expect("text")), Some(encoding), "{}", app.name);
            assert!(first.1.len() < plain.1.len() / 2, "{}: {encoding}", app.name);
            assert_eq!(ask(encoding).await, first, "{}: {encoding}", app.name);
            assert_eq!(count(&statements), ran, "{}: {encoding}", app.name);
        }
    }
}

#[tokio::test]
async fn equal_requests_at_one_time_run_once() {
    for app in with_regions("equal_requests_at_one_time").await {
        let alone = {
            let (app, statements) = listing(&app);
            app.post(&json!({ "query": REGIONS }), &[]).await;
            count(&statements)
        };
        let (app, statements) = listing(&app);
        let fields = json!({ "query": REGIONS });
        let answers = join_all((0..20).map(|_| app.post(&fields, &[]))).await;
        assert!(answers.iter().all(|answer| answer.body == answers[0].body), "{}", app.name);
        assert_eq!(count(&statements), alone, "{}", app.name);
    }
}

#[tokio::test]
async fn nothing_is_kept_where_nothing_may_be_and_errors_never_are() {
    for app in with_regions("nothing_is_kept").await {
        let cases = [
            (0, json!({ "query": REGIONS })),
            (1 << 20, json!({ "query": "{ regions { totalCount } region(slug: \"x\", id: \"y\") { slug } }" })),
        ];
        for (bytes, fields) in cases {
            let statements = Arc::default();
            let store = app.store.explained(Arc::clone(&statements));
            let answers = Arc::new(AnswerCache::new(bytes));
            let app = TestApp::of(app.name, App { answers: answers.clone(), ..App::new(store, Arc::new(clock())) });
            let first = app.post(&fields, &[]).await.body;
            let ran = count(&statements);
            assert_eq!(app.post(&fields, &[]).await.body, first, "{}", app.name);
            assert_eq!(count(&statements), 2 * ran, "{}: {first}", app.name);
            assert_eq!(answers.bytes(), 0, "{}: {first}", app.name);
        }
    }
}

#[tokio::test]
async fn what_is_kept_never_outgrows_its_room() {
    for app in with_regions("what_is_kept_never_outgrows").await {
        let answers = Arc::new(AnswerCache::new(50_000));
        let app = App { answers: answers.clone(), ..App::new(app.store.clone(), Arc::new(clock())) };
        let app = TestApp::of("SQLite", app);
        for n in 0..400 {
            let first = 1 + n % 90;
            app.post(&json!({ "query": REGIONS, "variables": { "first": first, "more": n } }), &[]).await;
            assert!(answers.bytes() <= 50_000, "{n}: {}", answers.bytes());
        }
        assert!(answers.bytes() > 25_000, "{}", answers.bytes());
    }
}

#[tokio::test]
async fn a_wish_for_figures_is_answered_by_running() {
    for app in with_regions("a_wish_for_figures").await {
        let (app, statements) = listing(&app);
        for headers in [[("edumap-stats", "1")], [("edumap-cost", "1")]] {
            app.post(&json!({ "query": REGIONS }), &headers).await;
            let ran = count(&statements);
            let answer = app.post(&json!({ "query": REGIONS }), &headers).await.json();
            assert!(answer["extensions"].is_object(), "{answer}");
            assert!(count(&statements) > ran, "{}", app.name);
        }
    }
}

/// How many regions each of two importers records.
const REVISIONS: i64 = 60;
/// How many readers ask all the while.
const READERS: usize = 8;

/// Two importers record regions, one through the server's own store and one as another process would; readers ask the
/// same questions all the while. Each answer must show what was recorded when its request was sent.
async fn race(name: &'static str, own: Store, other: Store) {
    record(&own, region("r-0", None)).await.expect("a revision");
    let app = App::new(own.clone(), Arc::new(clock()));
    let app = Arc::new(TestApp::of(name, app));
    let (recorded, is_over) = (Arc::new(AtomicI64::new(1)), Arc::new(AtomicBool::new(false)));
    let questions = [
        "{ regions { totalCount } revisions(first: 1) { number } }",
        "{ regions(first: 1) { totalCount } view { revision { number } } }",
        "query Q { revisions(first: 1) { number } again: revisions(first: 2) { number } regions { totalCount } }",
    ];
    let readers = (0..READERS).map(|reader| {
        let (app, recorded, is_over) = (app.clone(), recorded.clone(), is_over.clone());
        tokio::spawn(async move {
            let mut asked = 0_usize;
            while !is_over.load(SeqCst) {
                let question = questions[(reader + asked) % questions.len()];
                let before = recorded.load(SeqCst);
                let data = app.data(question).await;
                let seen = data["regions"]["totalCount"].as_i64().expect("a count");
                assert!(seen >= before, "{name}: {before} were recorded, and {data} shows fewer");
                let number = match data.get("revisions") {
                    Some(revisions) => &revisions[0]["number"],
                    None => &data["view"]["revision"]["number"],
                };
                assert!(number.as_i64() >= Some(before), "{name}: {before} were recorded, and {data} shows fewer");
                asked += 1;
            }
            asked
        })
    });
    let readers: Vec<_> = readers.collect();
    for number in 1..=REVISIONS {
        for (importer, store) in [("own", &own), ("other", &other)] {
            record(store, region(&format!("r-{importer}-{number}"), None)).await.expect("a revision");
            recorded.fetch_add(1, SeqCst);
            // Sometimes long enough for answers to be kept and given again.
            if number % 3 == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    }
    is_over.store(true, SeqCst);
    let asked: usize = join_all(readers).await.into_iter().map(|asked| asked.expect("no stale answer")).sum();
    assert!(asked > READERS * 10, "{name}: only {asked} answers were looked at");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_answer_is_older_than_its_request_whoever_imports() {
    let dir = tempfile::tempdir().expect("a folder");
    let sqlite = format!("sqlite://{}?mode=rwc", dir.path().join("map.db").display());
    let test = "no_answer_is_older_than_its_request";
    for (name, url) in [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip(test))] {
        let Some(url) = url else { continue };
        let own = Store::open(&url, None).await.expect("a database");
        own.migrate().await.expect("migrated");
        let other = Store::open(&url, None).await.expect("the same database");
        race(name, own, other).await;
    }
}

#[tokio::test]
async fn a_tag_that_holds_costs_no_statement_of_an_operation() {
    for app in empty("a_tag_that_holds").await {
        app.import(&bundled()).await.unwrap_or_else(|findings| panic!("{findings}"));
        let (app, statements) = listing(&app);
        let latest = "/graphql?query=%7Bschools%7BtotalCount%7D%7D";
        let pinned = "/graphql?query=%7Bmap(asOf:%222024-01-01%22,knownAt:1)%7Bschools%7BtotalCount%7D%7D%7D";
        for address in [latest, pinned] {
            let send = async |tag: Option<&str>| {
                let mut request = Request::get(address);
                if let Some(tag) = tag {
                    request = request.header(header::IF_NONE_MATCH, tag);
                }
                app.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("answered")
            };
            let tag = send(None).await.headers()[header::ETAG].to_str().expect("text").to_owned();
            let ran = count(&statements);
            assert_eq!(send(Some(&tag)).await.status(), 304, "{}: {address}", app.name);
            assert_eq!(count(&statements), ran, "{}: {address}", app.name);
        }
    }
}

#[tokio::test]
async fn a_schema_is_told_without_the_map() {
    for app in empty("a_schema_is_told").await {
        let (app, statements) = listing(&app);
        for query in ["{ __typename }", "{ __schema { queryType { name } } }", "{ _service { sdl } }"] {
            let answers: [Value; 2] = [app.data(query).await, app.data(query).await];
            assert_eq!(answers[0], answers[1], "{query}");
        }
        let ran = statements.lock().expect("lock");
        assert!(ran.is_empty(), "{}: {ran:#?}", app.name);
    }
}
