//! GraphQL over HTTP: forms, statuses, tags, and what is refused before it is read.

use std::{fs, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, Request, Response, StatusCode, header},
};
use domain::TimeZone;
use graphql::{Backend, Limits};
use http_body_util::BodyExt;
use persistence::Store;
use serde_json::{Value, json};
use server::{App, Capacity, SharedBudget};
use tests::{TestApp, bundled, chaoyang, clock, node};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tower::ServiceExt;

const RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

async fn app() -> TestApp {
    let app = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    app.import(&bundled()).await.expect("no findings");
    app
}

async fn send(app: &TestApp, request: Request<Body>) -> Response<Body> {
    app.router.clone().oneshot(request).await.expect("the router answers")
}

fn get(query: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let request = Request::get(format!("/graphql?query={encoded}"));
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
        .body(Body::empty())
        .expect("a request")
}

fn post(body: &Value, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::post("/graphql").header("content-type", JSON);
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
        .body(Body::from(body.to_string()))
        .expect("a request")
}

async fn body(response: Response<Body>) -> Vec<u8> {
    response.into_body().collect().await.expect("a body").to_bytes().to_vec()
}

fn text(response: &Response<Body>, name: header::HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn the_form_and_the_status_are_those_of_the_draft() {
    let app = app().await;
    for (query, accept, status) in [
        ("{ __typename }", RESPONSE, 200),
        ("{ __typename }", JSON, 200),
        ("{", RESPONSE, 400),
        ("{", JSON, 200),
        ("{ nonsense }", RESPONSE, 400),
        ("{ nonsense }", JSON, 200),
        // Partial data and a field error are an answer.
        ("{ school(id: \"x\") { name } view { asOf } }", RESPONSE, 200),
        ("{ schools(first: 101) { totalCount } }", RESPONSE, 200),
        ("{ __typename }", "text/html", 406),
        ("{ __typename }", "text/html, */*;q=0.1", 200),
    ] {
        for request in [get(query, &[("accept", accept)]), post(&json!({ "query": query }), &[("accept", accept)])] {
            let response = send(&app, request).await;
            assert_eq!(response.status().as_u16(), status, "{query} as {accept}");
            if accept == RESPONSE {
                assert_eq!(text(&response, header::CONTENT_TYPE), "application/graphql-response+json; charset=utf-8");
            }
            let answer: Value = serde_json::from_slice(&body(response).await).expect("JSON");
            let is_request_error = answer["errors"][0].is_object() && answer["errors"][0].get("path").is_none();
            assert_eq!(answer.get("data").is_none(), is_request_error, "{query}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_reader_who_has_the_answer_gets_none_until_it_changes() {
    let app = app().await;
    let query = "{ schools { totalCount } }";
    let first = send(&app, get(query, &[])).await;
    let tag = text(&first, header::ETAG).to_owned();
    assert!(tag.starts_with('"') && text(&first, header::CACHE_CONTROL) == "no-cache", "{tag}");
    let again = send(&app, get(query, &[("if-none-match", &tag)])).await;
    assert_eq!((again.status(), text(&again, header::ETAG)), (StatusCode::NOT_MODIFIED, tag.as_str()));
    assert!(body(again).await.is_empty());
    for headers in [&[("accept-language", "zh")][..], &[("accept", RESPONSE)]] {
        let other = send(&app, get(query, &[headers, &[("if-none-match", &tag)]].concat())).await;
        assert_eq!(other.status(), StatusCode::OK, "{headers:?}");
    }
    let dir = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(bundled()).expect("the data set").flatten() {
        if entry.path().extension().is_some_and(|it| it == "csv") {
            fs::copy(entry.path(), dir.path().join(entry.file_name())).expect("a copy");
        }
    }
    let path = dir.path().join("school_links.csv");
    let lines = fs::read_to_string(&path).expect("a file");
    fs::write(&path, lines.lines().take(41).map(|line| format!("{line}\n")).collect::<String>()).expect("a file");
    app.import(dir.path()).await.expect("no findings");
    let changed = send(&app, get(query, &[("if-none-match", &tag)])).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_ne!(text(&changed, header::ETAG), tag);
}

#[tokio::test]
async fn a_pinned_answer_may_be_kept_for_ever_and_an_error_not_at_all() {
    let app = app().await;
    let control = |response: &Response<Body>| text(response, header::CACHE_CONTROL).to_owned();
    let pinned = "{ map(asOf: \"2024-09-22\", knownAt: 1) { ...F } } fragment F on Map { schools { totalCount } }";
    assert_eq!(control(&send(&app, get(pinned, &[])).await), "public, max-age=31536000, immutable");
    for (query, kept) in [
        ("{ map(asOf: \"2024-09-22\") { schools { totalCount } } }", "no-cache"),
        ("{ map(knownAt: 1) { schools { totalCount } } }", "no-cache"),
        ("{ map(asOf: \"2024-09-22\", knownAt: 1) { revisions { number } } }", "no-cache"),
        ("{ a: map(asOf: \"2024-09-22\", knownAt: 1) { view { asOf } } view { asOf } }", "no-cache"),
        ("{ map(asOf: \"2024-09-22\", knownAt: 9) { view { asOf } } }", "no-store"),
        ("{ school(id: \"x\") { name } }", "no-store"),
    ] {
        assert_eq!(control(&send(&app, get(query, &[])).await), kept, "{query}");
    }
    // Who wants an answer only if there is none is told of one, but an error is none.
    let there = send(&app, get(pinned, &[("if-none-match", "*")])).await;
    assert_eq!((there.status(), text(&there, header::ETAG).is_empty()), (StatusCode::NOT_MODIFIED, false));
    let failed = send(&app, get("{ school(id: \"x\") { name } }", &[("if-none-match", "*")])).await;
    assert_eq!((failed.status(), control(&failed)), (StatusCode::OK, "no-store".to_owned()));
    // Nothing is asked of a database for a pinned answer that the reader has.
    let tag = text(&send(&app, get(pinned, &[])).await, header::ETAG).to_owned();
    app.store.break_for_tests("DROP TABLE revisions").await;
    assert_eq!(send(&app, get(pinned, &[("if-none-match", &tag)])).await.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn answers_are_compressed_and_tagged_by_encoding() {
    let app = app().await;
    let query = "{ schools(first: 100) { nodes { name } } }";
    let plain = body(send(&app, get(query, &[])).await).await;
    for encoding in ["gzip", "br", "zstd"] {
        let response = send(&app, get(query, &[("accept-encoding", encoding)])).await;
        assert_eq!(text(&response, header::CONTENT_ENCODING), encoding);
        let tag = text(&response, header::ETAG).to_owned();
        assert!(tag.ends_with(&format!("-{encoding}\"")), "{tag}");
        assert!(body(response).await.len() < plain.len() / 2, "{encoding}");
        let again = send(&app, get(query, &[("accept-encoding", encoding), ("if-none-match", &tag)])).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    }
}

#[tokio::test]
async fn brotli_is_preferred_and_zstd_only_by_weight_for_answers_and_for_pages() {
    let app = app().await;
    for (accept, encoding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "gzip"),
        ("zstd, br;q=0.9", "zstd"),
        ("br;q=0.5, gzip", "gzip"),
        ("deflate", ""),
    ] {
        let answer = get("{ schools(first: 100) { nodes { name } } }", &[("accept-encoding", accept)]);
        assert_eq!(text(&send(&app, answer).await, header::CONTENT_ENCODING), encoding, "{accept}");
        for page in ["/", "/schema.graphql"] {
            let page = Request::get(page).header("accept-encoding", accept).body(Body::empty()).expect("a request");
            assert_eq!(text(&send(&app, page).await, header::CONTENT_ENCODING), encoding, "a page: {accept}");
        }
    }
    let neither = send(&app, get("{ __typename }", &[("accept-encoding", "deflate, *;q=0")])).await;
    assert_eq!(neither.status(), StatusCode::NOT_ACCEPTABLE);
    assert_eq!(body(neither).await, b"accept one of the encodings br, gzip, zstd, identity\n");
}

#[tokio::test]
async fn every_answer_has_one_line_that_says_what_it_depends_on() {
    let capacity = Capacity { origins: vec![HeaderValue::from_static("https://map.example")], ..Capacity::default() };
    let app = behind(Limits::default(), capacity).await;
    let bare = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        request.method(method).uri(path).body(Body::empty()).expect("a request")
    };
    let list = "{ schools(first: 100) { nodes { name } } }";
    let pinned = r#"{ map(asOf: "2026-01-01", knownAt: 1) { view { asOf } } }"#;
    let [answer, page] = [get(list, &[]), bare("GET", "/", &[])].map(|request| send(&app, request));
    let (answer, page) = (answer.await, page.await);
    let [known, known_page] = [&answer, &page].map(|response| text(response, header::ETAG).to_owned());
    let api = "accept, accept-encoding, accept-language, edumap-cost, edumap-plan, edumap-rows, edumap-stats, origin";
    for (what, request, status, vary) in [
        ("an answer", get(list, &[]), 200, api),
        ("a compressed one", get(list, &[("accept-encoding", "br")]), 200, api),
        (
            "one for ever",
            get(pinned, &[("origin", "https://map.example"), ("apollo-require-preflight", "1")]),
            200,
            api,
        ),
        ("an unchanged one", get(list, &[("if-none-match", &known)]), 304, api),
        ("a posted one", post(&json!({ "query": list }), &[]), 200, api),
        ("a stream", post(&json!({ "query": list }), &[("accept", "text/event-stream")]), 200, api),
        ("a document that is none", get("{", &[("accept", RESPONSE)]), 400, api),
        ("no request", bare("GET", "/graphql", &[]), 400, api),
        ("a forged one", get(list, &[("sec-fetch-site", "cross-site")]), 403, api),
        ("an unknown form", get(list, &[("accept", "image/png")]), 406, api),
        ("another method", bare("DELETE", "/graphql", &[]), 405, api),
        (
            "a browser's question",
            bare(
                "OPTIONS",
                "/graphql",
                &[("origin", "https://map.example"), ("access-control-request-method", "POST")],
            ),
            200,
            api,
        ),
        ("a page", bare("GET", "/", &[("accept-encoding", "br")]), 200, "accept-encoding, accept-language"),
        (
            "an unchanged page",
            bare("GET", "/", &[("if-none-match", &known_page)]),
            304,
            "accept-encoding, accept-language",
        ),
        ("a file", bare("GET", "/playground", &[("accept-encoding", "br")]), 200, "accept-encoding"),
        ("the schema", bare("GET", "/schema.graphql", &[("accept-encoding", "gzip")]), 200, "accept-encoding"),
        ("nothing", bare("GET", "/nothing", &[]), 404, "accept-encoding"),
        ("no encoding", bare("GET", "/", &[("accept-encoding", "*;q=0")]), 406, "accept-encoding"),
        ("health", bare("GET", "/healthz", &[]), 200, "accept-encoding"),
        ("figures", bare("GET", "/metrics", &[("accept-encoding", "zstd")]), 200, "accept-encoding"),
    ] {
        let response = send(&app, request).await;
        assert_eq!(response.status(), status, "{what}");
        let lines: Vec<_> = response.headers().get_all(header::VARY).iter().collect();
        assert_eq!(lines.len(), 1, "{what}: {lines:?}");
        let told = lines[0].to_str().expect("text");
        assert_eq!(told, vary, "{what}");
        // nginx keeps no answer with more.
        assert!(told.len() <= 128, "{what}: {told}");
    }
}

#[tokio::test]
async fn an_address_where_nothing_is_says_where_to_go() {
    let app = app().await;
    for (method, path, accept, status, code) in [
        ("GET", "/nothing", "text/html,*/*;q=0.8", 404, ""),
        ("GET", "/nothing", "*/*", 404, ""),
        ("GET", "/nothing", JSON, 404, "NOT_FOUND"),
        ("GET", "/graphql/", "*/*", 404, "NOT_FOUND"),
        ("POST", "/", "*/*", 405, ""),
        ("POST", "/healthz", RESPONSE, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/graphql", "*/*", 405, "METHOD_NOT_ALLOWED"),
    ] {
        let request = Request::builder().method(method).uri(path).header("accept", accept);
        let response = send(&app, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.status(), status, "{method} {path}");
        let (allow, kind) =
            (text(&response, header::ALLOW).to_owned(), text(&response, header::CONTENT_TYPE).to_owned());
        assert_eq!(allow.is_empty(), status == 404, "{method} {path}: {allow}");
        let told = String::from_utf8(body(response).await).expect("text");
        if code.is_empty() {
            assert!(kind.starts_with("text/plain") && told.ends_with('\n') && told.len() > 20, "{kind}: {told}");
            assert!(status == 405 || (told.contains("/graphql") && told.contains("/playground")), "{told}");
        } else {
            let json: Value = serde_json::from_str(&told).expect("JSON");
            assert_eq!(json["errors"][0]["extensions"]["code"], code, "{method} {path}");
            assert!(kind.starts_with(if accept == RESPONSE { RESPONSE } else { JSON }), "{kind}");
        }
    }
}

#[tokio::test]
async fn a_ready_made_question_is_asked_by_its_name() {
    let app = app().await;
    let named = Request::get("/graphql?documentId=groups-by-stage").body(Body::empty()).expect("a request");
    let answer: Value = serde_json::from_slice(&body(send(&app, named).await).await).expect("JSON");
    assert!(answer["data"].is_object() && answer.get("errors").is_none(), "{answer}");
    for (fields, code) in [
        (json!({ "documentId": "no-such-document" }), "UNKNOWN_DOCUMENT"),
        (json!({ "documentId": "groups-by-stage", "query": "{ __typename }" }), "BAD_REQUEST"),
        (json!({ "documentId": 7 }), "BAD_REQUEST"),
    ] {
        let response = send(&app, post(&fields, &[])).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{fields}");
        let answer: Value = serde_json::from_slice(&body(response).await).expect("JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{fields}");
    }
}

#[tokio::test]
async fn what_a_foreign_page_sends_without_asking_is_refused() {
    let app = app().await;
    let forged = get("{ __typename }", &[("sec-fetch-site", "cross-site")]);
    assert_eq!(send(&app, forged).await.status(), StatusCode::FORBIDDEN);
    let asked = get("{ __typename }", &[("sec-fetch-site", "cross-site"), ("apollo-require-preflight", "1")]);
    assert_eq!(send(&app, asked).await.status(), StatusCode::OK);
    // Only JSON is certain to have been asked for first; of other types, browsers have been wrong.
    for kind in ["message/rfc822", "message/*", "text/plain", "application/graphql", "image/svg+xml", ""] {
        let forged = get("{ __typename }", &[("sec-fetch-site", "cross-site"), ("content-type", kind)]);
        assert_eq!(send(&app, forged).await.status(), StatusCode::FORBIDDEN, "{kind}");
        let unsure = get("{ __typename }", &[("content-type", kind)]);
        assert_eq!(send(&app, unsure).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
    }
    let json = get("{ __typename }", &[("content-type", "application/json; charset=utf-8")]);
    assert_eq!(send(&app, json).await.status(), StatusCode::OK);
}

/// Sends bytes over a connection of their own, closes its sending half if that is asked for, and reads to its end.
async fn exchange(address: &str, sent: &str, is_half_closed: bool) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(sent.as_bytes()).await.expect("sent");
    if is_half_closed {
        stream.shutdown().await.expect("half-closed");
    }
    let mut told = Vec::new();
    timeout(Duration::from_secs(60), stream.read_to_end(&mut told)).await.expect("an end in time").expect("an answer");
    String::from_utf8(told).expect("text")
}

fn bare_post(query: &str, version: &str) -> String {
    let body = json!({ "query": query }).to_string();
    let length = body.len();
    format!("POST /graphql {version}\r\nhost: x\r\ncontent-type: {JSON}\r\ncontent-length: {length}\r\n\r\n{body}")
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_closes_its_half_of_the_connection_still_gets_the_answer() {
    let app = app().await;
    let store = app.store.clone();
    let address = app.listen().await.replace("http://", "");
    let small = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: x\r\n\r\n";
    let large =
        "{ schools(first: 100) { nodes { name groups { nodes { name schools { nodes { name slug id } } } } } } }";
    for (what, sent, end) in [
        ("a GET", small.to_owned(), r#"{"data":{"__typename":"Query"}}"#),
        ("a POST", bare_post("{ __typename }", "HTTP/1.1"), r#"{"data":{"__typename":"Query"}}"#),
        ("two at once", small.repeat(2), r#"{"data":{"__typename":"Query"}}"#),
        ("an older version", bare_post("{ __typename }", "HTTP/1.0"), r#"{"data":{"__typename":"Query"}}"#),
        ("a page", "GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), "</html>"),
        ("nothing there", "GET /x HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(), "\n"),
        ("a long answer", bare_post(large, "HTTP/1.1"), "}]}}}"),
    ] {
        let told = exchange(&address, &sent, true).await;
        assert!(told.trim_end().ends_with(end.trim_end()) && !told.is_empty(), "{what}: {told}");
        assert_eq!(told.matches("HTTP/1.").count(), sent.matches("HTTP/1.").count(), "{what}: {told}");
    }
    // Half a request stays one.
    let half = &bare_post("{ __typename }", "HTTP/1.1")[..100];
    assert!(exchange(&address, half, true).await.starts_with("HTTP/1.1 400 "));
    // A database in memory has one connection; while a revision holds it, a read waits, and the client is asked whether
    // it is still there.
    let held = store.draft().await.expect("a draft");
    let mut stream = TcpStream::connect(&address).await.expect("a connection");
    stream.write_all(bare_post("{ schools { totalCount } }", "HTTP/1.1").as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("half-closed");
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).await.expect("an interim response");
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    drop(held);
    let mut told = String::new();
    stream.read_to_string(&mut told).await.expect("an answer");
    assert!(told.ends_with(r#"{"data":{"schools":{"totalCount":126}}}"#), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_ends_with_its_connection() {
    // One operation at a time: as long as the first one runs, there is no turn for another.
    let store = app().await.store;
    let capacity = Arc::new(Capacity { permit_time: Duration::ZERO, ..Capacity::with_operations(1) });
    let served = App::new(store.clone(), Arc::new(clock()));
    // With a time zone of its own an operation that asks for nothing asks the store for nothing.
    let backend = Backend { zone: Some(TimeZone::UTC), ..served.backend.clone() };
    let app = TestApp::of("SQLite", App { capacity, backend, ..served });
    let address = app.listen().await.replace("http://", "");
    let _held = store.draft().await.expect("a draft");
    // Whoever wants figures is not given an answer that is kept.
    let run = |query, version| bare_post(query, version).replacen("\r\n", "\r\nedumap-stats: 1\r\n", 1);
    let other = run("{ __typename }", "HTTP/1.0");
    // Whoever comes while the other runs is refused, and asks again.
    let gone = 'asked: loop {
        let mut gone = TcpStream::connect(&address).await.expect("a connection");
        gone.write_all(run("{ schools { totalCount } }", "HTTP/1.1").as_bytes()).await.expect("sent");
        for _ in 0..50 {
            if !exchange(&address, &other, false).await.contains(" 200 ") {
                break 'asked gone;
            }
        }
    };
    drop(gone);
    let free = async { while !exchange(&address, &other, false).await.contains(" 200 ") {} };
    timeout(Duration::from_secs(20), free).await.expect("long before an operation has to end");
}

/// A request that asks for too much, and the code that says so.
fn attacks() -> Vec<(&'static str, Value, &'static str)> {
    let query = |query: String| json!({ "query": query });
    let bomb: String = (0..28).map(|n| format!("fragment F{n} on School {{ ...F{m} ...F{m} }} ", m = n + 1)).collect();
    let nested =
        |deep: usize| (0..deep).fold("slug".to_owned(), |below, _| format!("group {{ leadSchool {{ {below} }} }}"));
    vec![
        ("100,000 brackets", query("[".repeat(100_000)), "TOO_MANY_TOKENS"),
        ("4,000 brackets", query(format!("{{ schools(first: {}) }}", "[".repeat(4_000))), "TOO_DEEP"),
        ("fields 40 deep", query(format!("{{ school(slug: \"x\") {{ {} }} }}", nested(20))), "TOO_DEEP"),
        ("1,000 aliases", query(format!("{{ {} }}", (0..1_000).map(|n| format!("a{n}: __typename ")).collect::<String>())), "TOO_MANY_ALIASES"),
        ("200 root fields", query(format!("{{ {} }}", "__typename ".repeat(200))), "TOO_MANY_ROOT_FIELDS"),
        ("100 directives", query(format!("{{ __typename {} }}", "@skip(if: false) ".repeat(100))), "TOO_MANY_DIRECTIVES"),
        ("100 fragments", query(format!("{{ __typename }} {}", (0..100).map(|n| format!("fragment F{n} on Query {{ __typename }} ")).collect::<String>())), "TOO_MANY_FRAGMENTS"),
        ("a circle of fragments", query("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into()), "FRAGMENT_CYCLE"),
        ("a bomb of fragments", query(format!("{{ schools {{ nodes {{ ...F0 }} }} }} {bomb} fragment F28 on School {{ slug }}")), "DOCUMENT_TOO_LARGE"),
        ("pages of pages", query("{ schools(first: 100) { nodes { group { schools(first: 100) { nodes { group { schools(first: 100) { nodes { group { schools(first: 100) { nodes { group { schools(first: 100) { nodes { slug } } } } } } } } } } } } } } }".into()), "COST_TOO_HIGH"),
        ("introspection of introspection", query("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }".into()), "INTROSPECTION_TOO_DEEP"),
        ("a long list", json!({ "query": "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": { "ids": vec!["x"; 1_001] } }), "LIST_TOO_LONG"),
        ("variables 100 deep", json!({ "query": "{ __typename }", "variables": { "x": (0..100).fold(json!(1), |below, _| json!([below])) } }), "TOO_DEEP"),
        ("a page of 2,147,483,647", query("{ schools(first: 2147483647) { totalCount } }".into()), "COST_TOO_HIGH|INVALID_PAGE_SIZE"),
        ("a number out of range", query("{ schools(first: 99999999999999999999) { totalCount } }".into()), "INVALID_ARGUMENT|GRAPHQL_VALIDATION_FAILED|COST_TOO_HIGH"),
        ("SQL in a name", query("{ schools(filter: { nameContains: \"x'); DROP TABLE schools; --\" }) { totalCount } }".into()), ""),
        ("SQL in a slug", query("{ school(slug: \"'; DROP TABLE schools; --\") { slug } }".into()), ""),
        ("NUL in a name", query("{ schools(filter: { nameContains: \"a\\u0000b\" }) { totalCount } }".into()), "INVALID_ARGUMENT"),
        ("fragments that double in another operation", {
            let query = format!("query A {{ __typename }} query B {{ school(slug: \"x\") {{ ...F0 }} }} {}", doubling());
            json!({ "query": query, "operationName": "A" })
        }, "DOCUMENT_TOO_LARGE"),
        ("fragments that double where nothing is asked for", query(format!("{{ schools(first: 0) {{ nodes {{ ...F0 }} }} }} {}", doubling())), "DOCUMENT_TOO_LARGE"),
        ("a circle in another operation", {
            json!({ "query": "query A { __typename } query B { ...F } fragment F on Query { ...F }", "operationName": "A" })
        }, "FRAGMENT_CYCLE"),
        ("a batch", json!([{ "query": "{ __typename }" }]), "BAD_REQUEST"),
    ]
}

/// Fragments of which each spreads the next twice: put in place they are 2^48 selections.
fn doubling() -> String {
    let double = (0..48).map(|n| format!("fragment F{n} on School {{ ...F{} ...F{} }} ", n + 1, n + 1));
    format!("{}fragment F48 on School {{ slug }}", double.collect::<String>())
}

#[tokio::test]
async fn every_attack_is_answered_by_its_code_and_the_server_goes_on() {
    let app = app().await;
    for (name, request, code) in attacks() {
        let response = send(&app, post(&request, &[])).await;
        let answer: Value = serde_json::from_slice(&body(response).await).expect("JSON");
        let found = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default();
        assert!(code.split('|').any(|code| code == found), "{name}: {code} wanted: {answer}");
        let schools = app.data("{ schools { totalCount } }").await;
        assert_eq!(schools["schools"]["totalCount"], 126, "after {name}");
    }
    for body in [&b"\xff\xfe"[..], b"{\"query\":\"\\ud800\"}", b"\xef\xbb\xbf{\"query\":\"{ __typename }\"}"] {
        let request = Request::post("/graphql").header("content-type", JSON).body(Body::from(body)).expect("a request");
        assert_eq!(send(&app, request).await.status(), StatusCode::BAD_REQUEST, "{body:?}");
    }
    let large = Request::post("/graphql").header("content-type", JSON).body(Body::from(vec![b' '; 10 << 20]));
    assert_eq!(send(&app, large.expect("a request")).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let squeezed = post(&json!({ "query": "{ __typename }" }), &[("content-encoding", "gzip")]);
    assert_eq!(send(&app, squeezed).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn the_own_origin_is_known_by_the_address_where_http_2_has_it() {
    let app = app().await;
    for (origin, host, status) in [
        ("https://map.example", None, StatusCode::OK),
        ("https://elsewhere.example", None, StatusCode::FORBIDDEN),
        ("https://elsewhere.example", Some("elsewhere.example"), StatusCode::FORBIDDEN),
    ] {
        let request = Request::get("https://map.example/graphql?query=%7B__typename%7D").header("origin", origin);
        let request = host.into_iter().fold(request, |request, host| request.header("host", host));
        let response = send(&app, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.status(), status, "{origin}");
    }
}

/// What editors and code generators ask first: all types, with types of lists of types nine levels down.
fn introspection() -> String {
    let of_type = (0..9).fold("kind name".to_owned(), |below, _| format!("kind name ofType {{ {below} }}"));
    let input = format!("name description defaultValue type {{ {of_type} }}");
    format!(
        "{{ __schema {{ queryType {{ name }} mutationType {{ name }} subscriptionType {{ name }} types {{ kind name description
            fields(includeDeprecated: true) {{ name description args {{ {input} }} type {{ {of_type} }} isDeprecated deprecationReason }}
            inputFields {{ {input} }} interfaces {{ {of_type} }} possibleTypes {{ {of_type} }}
            enumValues(includeDeprecated: true) {{ name description isDeprecated deprecationReason }} }}
            directives {{ name description locations args {{ {input} }} }} }} }}"
    )
}

#[tokio::test]
async fn introspection_works_with_every_limit_on() {
    let app = app().await;
    let data = app.data(&introspection()).await;
    assert!(data["__schema"]["types"].as_array().is_some_and(|types| types.len() > 50));
}

#[tokio::test]
async fn the_cost_is_told_before_and_after_and_is_what_the_answer_carries() {
    for app in chaoyang("the_cost_is_told").await {
        let query = json!({ "query": "{ schools(first: 10) { nodes { slug group { slug } } } }" });
        let only = app.post(&query, &[("edumap-cost", "only"), ("edumap-stats", "1")]).await.json();
        // The list, its page, and for each school itself, its group and the group's slug.
        assert_eq!(only["extensions"]["cost"]["estimated"], 1 + 1 + 10 * (1 + 1 + 1));
        assert!(only.get("data").is_none() && only["extensions"].get("stats").is_none(), "{only}");
        assert_eq!(only["extensions"]["cost"]["fields"][0], json!({ "path": "schools", "cost": 32 }));
        let both = app.post(&query, &[("edumap-cost", "1")]).await.json();
        let cost = &both["extensions"]["cost"];
        assert_eq!(cost["estimated"], 32);
        let keys = both["data"].to_string().matches("\":").count();
        assert_eq!(cost["actual"].as_u64(), u64::try_from(keys).ok(), "{both}");
    }
}

/// The bundled map behind other limits.
#[tokio::test]
async fn what_the_specification_calls_invalid_is_refused() {
    let app = app().await;
    let slug = "query ($slug: String!) { school(slug: $slug) { slug } }";
    let two = "subscription { a: revisionRecorded { number } b: revisionRecorded { number } }";
    for (query, variables, cost, status) in [
        (slug, json!({ "slug": "bj80" }), "", 200),
        ("query ($slug: String! = \"bj80\") { school(slug: $slug) { slug } }", json!({}), "", 200),
        (slug, json!({}), "", 400),
        (slug, json!({ "slug": null }), "", 400),
        ("query ($f: SchoolFilter!) { schools(filter: $f) { totalCount } }", json!({ "f": null }), "", 400),
        ("{ __typename @defer }", json!({}), "", 400),
        (two, json!({}), "", 400),
        ("subscription { ...F } fragment F on Subscription { __typename }", json!({}), "", 400),
        (
            r#"{ school(slug: "bj80") { name } ...F } fragment F on Query { school(slug: "bj80") { name(lang: "en") } }"#,
            json!({}),
            "",
            400,
        ),
        (
            r#"{ schools(first: 1) { totalCount } ... on Query { schools(first: 2) { nodes { name } } } }"#,
            json!({}),
            "",
            400,
        ),
        (r#"{ schools(first: 1) { totalCount } schools(first: 1) { nodes { name } } }"#, json!({}), "", 200),
        (r#"{ school(slug: "a") { a: name a: slug } }"#, json!({}), "", 400),
        (r#"{ node(id: "x") { ... on School { n: isOnMap } ... on Group { n: slug } } }"#, json!({}), "", 400),
        (
            r#"{ nodes(ids: []) { ... on School { n: name(lang: "en") } ... on Group { n: name(lang: "zh") } } }"#,
            json!({}),
            "",
            200,
        ),
        (r#"{ nodes(ids: []) { n: id ... on Group { n: slug } } }"#, json!({}), "", 400),
        ("{ nothing { of } it }", json!({}), "only", 400),
        ("{ view { asOf } }", json!({}), "only", 200),
    ] {
        let asked = json!({ "query": query, "variables": variables });
        let response = send(&app, post(&asked, &[("accept", RESPONSE), ("edumap-cost", cost)])).await;
        assert_eq!(response.status(), status, "{query}");
        let answer: Value = serde_json::from_slice(&body(response).await).expect("JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", status == 400, "{answer}");
        assert!(status == 200 || answer.get("data").is_none(), "{answer}");
    }
}

#[tokio::test]
async fn large_operations_and_unread_answers_are_bounded_together() {
    let page =
        "{ schools(first: 100) { nodes { id slug name group { id name alliances { nodes { id slug name } } } } } }";
    let capacity =
        Capacity { unread: SharedBudget::new(1), permit_time: Duration::from_millis(1), ..Capacity::default() };
    let app = behind(Limits::default(), capacity).await;
    // One is sent, and not read yet.
    let unread = send(&app, post(&json!({ "query": page }), &[])).await;
    assert_eq!(unread.status(), StatusCode::OK);
    let busy = send(&app, post(&json!({ "query": page }), &[])).await;
    assert_eq!((busy.status(), text(&busy, header::RETRY_AFTER)), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    assert!(body(busy).await.windows(10).any(|window| window == b"OVERLOADED"));
    assert_eq!(send(&app, post(&json!({ "query": "{ __typename }" }), &[])).await.status(), StatusCode::OK);
    let streamed = send(&app, post(&json!({ "query": page }), &[("accept", "text/event-stream")])).await;
    let events = String::from_utf8(body(streamed).await).expect("text");
    assert!(events.contains("OVERLOADED") && events.ends_with("event: complete\ndata:\n\n"), "{events}");
    drop(unread);
    assert_eq!(send(&app, post(&json!({ "query": page }), &[])).await.status(), StatusCode::OK);
    let capacity =
        Capacity { large: SharedBudget::new(1), permit_time: Duration::from_millis(1), ..Capacity::default() };
    let app = behind(Limits::default(), capacity).await;
    let large = "{ partners(first: 100) { nodes { alliances(first: 100) { nodes { partners(first: 100) { nodes { alliances(first: 100) { nodes { partners(first: 100) { nodes { name } } } } } } } } } } }";
    // Figures are those of one run, so that neither waits for the other's answer.
    let (one, other) = tokio::join!(
        send(&app, post(&json!({ "query": large }), &[("edumap-stats", "1")])),
        send(&app, post(&json!({ "query": large }), &[("edumap-stats", "1")]))
    );
    assert_eq!([one.status(), other.status()], [StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE]);
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_ask_as_it_likes() {
    let origin = "https://map.example";
    let capacity = Capacity { origins: vec![HeaderValue::from_static(origin)], ..Capacity::default() };
    let app = behind(Limits::default(), capacity).await;
    let ask = |origin: &str| {
        Request::options("/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .body(Body::empty())
            .expect("a request")
    };
    let allowed = send(&app, ask(origin)).await;
    assert_eq!(text(&allowed, header::ACCESS_CONTROL_ALLOW_ORIGIN), origin);
    let headers: Vec<&str> = text(&allowed, header::ACCESS_CONTROL_ALLOW_HEADERS).split(',').collect();
    for header in ["content-type", "accept", "accept-language", "if-none-match", "edumap-stats"] {
        assert!(headers.contains(&header), "{header} is not among {headers:?}");
    }
    let other = send(&app, ask("https://else.example")).await;
    assert!(!other.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
}

async fn behind(limits: Limits, capacity: Capacity) -> TestApp {
    TestApp::within("SQLite", app().await.store, limits, capacity)
}

#[tokio::test]
async fn an_operation_that_takes_too_long_is_given_up() {
    let limits = Limits { time: Duration::from_millis(20), ..Limits::default() };
    let app = behind(limits, Capacity::default()).await;
    // A database in memory has one connection; while a revision holds it, a read waits.
    let _held = app.store.draft().await.expect("a draft");
    let answer = app.post(&json!({ "query": "{ schools { totalCount } }" }), &[("accept", RESPONSE)]).await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "TIMEOUT");
}

#[tokio::test]
async fn an_operation_that_gets_no_turn_is_told_when_to_come_again() {
    let app = behind(Limits::default(), Capacity { permit_time: Duration::ZERO, ..Capacity::with_operations(0) }).await;
    let response = send(&app, post(&json!({ "query": "{ __typename }" }), &[])).await;
    assert_eq!((response.status(), text(&response, header::RETRY_AFTER)), (StatusCode::SERVICE_UNAVAILABLE, "1"));
}

#[tokio::test]
async fn an_answer_that_outgrows_its_estimate_is_cut() {
    let app = behind(Limits { cost: 60, ..Limits::default() }, Capacity::default()).await;
    let query = r#"{ group(slug: "bj80-group") { schools(first: 2) { nodes { slug } } } }"#;
    assert!(app.data(query).await["group"]["schools"]["nodes"].is_array());
    // Branches are assumed to be five; this school has 13, and each is asked for its own.
    let query = r#"{ a: school(slug: "bj80") { branches(first: 100) { nodes { branchOf { nodes { branches(first: 100) { edges { cursor } } } } } } } }"#;
    let answer = app.post(&json!({ "query": query }), &[]).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "COST_TOO_HIGH", "{answer}");
}

#[tokio::test]
async fn a_server_is_ready_while_its_database_is() {
    let app = app().await;
    let ask = || Request::get("/readyz").body(Body::empty()).expect("a request");
    assert_eq!(send(&app, ask()).await.status(), StatusCode::OK);
    app.store.break_for_tests("DROP TABLE seaql_migrations").await;
    let response = send(&app, ask()).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!String::from_utf8(body(response).await).expect("text").contains("no such table"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_must_should_and_may_of_the_audit_passes() {
    if !node::is_installed("node") || !node::is_installed("npm") {
        return node::skip_test("the audit of GraphQL over HTTP", "Node.js is not installed");
    }
    let url = format!("{}/graphql", app().await.listen().await);
    let audited = tokio::task::spawn_blocking(move || node::run_script("http", "audit.mjs", &url));
    let told = audited.await.expect("the audit ends");
    assert!(told.contains(" passed, 0 failed"), "{told}");
}
