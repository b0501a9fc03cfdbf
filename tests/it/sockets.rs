//! Subscriptions over every transport: both WebSocket protocols to the letter of their close codes, and server-sent events.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use domain::Clock;
use futures::{SinkExt, StreamExt};
use graphql::Limits;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::{App, Capacity, TrustedProxies};
use tests::{TestApp, chaoyang, clock, node, record, region};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use tower::ServiceExt;

const NEWS: &str = "subscription { revisionRecorded { number message } }";

/// The same for whoever records a revision next: nobody is told when a subscription has begun to listen, and "from now on"
/// may be too late.
const NEWS_AFTER_FIRST: &str = "subscription { revisionRecorded(afterNumber: 1) { number message } }";

/// How long a message may take on a machine that runs all tests at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// A WebSocket's other end.
struct Peer(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Peer {
    async fn connect(url: &str, protocol: &str) -> Peer {
        Peer::connect_from(url, protocol, None).await
    }

    async fn connect_from(url: &str, protocol: &str, origin: Option<&str>) -> Peer {
        let headers: Vec<_> = origin.into_iter().map(|origin| ("origin", origin)).collect();
        Peer::connect_with(url, protocol, &headers).await
    }

    async fn connect_with(url: &str, protocol: &str, headers: &[(&'static str, &str)]) -> Peer {
        let mut request = format!("{}/graphql", url.replace("http", "ws")).into_client_request().expect("a request");
        if !protocol.is_empty() {
            request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, protocol.parse().expect("a value"));
        }
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a value"));
        }
        match connect_async(request).await {
            Ok((socket, _)) => Peer(socket),
            Err(error) => panic!("{error}"),
        }
    }

    async fn send(&mut self, message: Value) {
        self.send_text(message.to_string()).await;
    }

    async fn send_text(&mut self, text: String) {
        // A socket that is closed already says why when it is read.
        let _closed = self.0.send(Message::Text(text.into())).await;
    }

    /// The next message; a close frame as its code.
    async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("a message in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Err(0),
                Some(Ok(_)) => {}
            }
        }
    }

    async fn hello(&mut self) {
        self.send(json!({ "type": "connection_init" })).await;
        assert_eq!(self.next().await, Ok(json!({ "type": "connection_ack" })));
    }
}

async fn app() -> TestApp {
    chaoyang("sockets").await.swap_remove(0)
}

fn subscribe(id: &str, query: &str) -> Value {
    json!({ "id": id, "type": "subscribe", "payload": { "query": query } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_is_told_to_all_who_listen_on_both_databases() {
    for app in chaoyang("a_revision_is_told").await {
        let (store, name) = (app.store.clone(), app.name);
        let url = app.listen().await;
        let mut new = Peer::connect(&url, "graphql-transport-ws").await;
        new.hello().await;
        new.send(subscribe("1", "{ schools { totalCount } }")).await;
        assert_eq!(new.next().await.map(|it| it["payload"]["data"]["schools"]["totalCount"].is_u64()), Ok(true));
        assert_eq!(new.next().await, Ok(json!({ "id": "1", "type": "complete" })));
        new.send(subscribe("1", NEWS_AFTER_FIRST)).await;
        let missed = "subscription { revisionRecorded(afterNumber: 0) { number } }";
        new.send(subscribe("2", missed)).await;
        let first =
            json!({ "id": "2", "type": "next", "payload": { "data": { "revisionRecorded": { "number": 1 } } } });
        assert_eq!(new.next().await, Ok(first), "{name}");
        let mut old = Peer::connect(&url, "graphql-ws").await;
        old.hello().await;
        assert_eq!(old.next().await, Ok(json!({ "type": "ka" })));
        old.send(json!({ "id": "a", "type": "start", "payload": { "query": NEWS_AFTER_FIRST } })).await;
        assert_eq!(record(&store, region("one-more", None)).await.expect("a revision"), 2);
        let told = json!({ "data": { "revisionRecorded": { "number": 2, "message": "one-more" } } });
        let mut heard = [new.next().await.expect("a message"), new.next().await.expect("a message")];
        heard.sort_by_key(|message| message["id"].to_string());
        assert_eq!(heard[0], json!({ "id": "1", "type": "next", "payload": told }), "{name}");
        assert_eq!(heard[1]["payload"]["data"]["revisionRecorded"]["number"], 2, "{name}");
        assert_eq!(old.next().await, Ok(json!({ "id": "a", "type": "data", "payload": told })), "{name}");
        new.send(json!({ "id": "1", "type": "complete" })).await;
        old.send(json!({ "id": "a", "type": "stop" })).await;
        assert_eq!(old.next().await, Ok(json!({ "id": "a", "type": "complete" })));
        assert_eq!(record(&store, region("another", None)).await.expect("a revision"), 3);
        let last = new.next().await.expect("a message");
        assert_eq!((&last["id"], &last["payload"]["data"]["revisionRecorded"]["number"]), (&json!("2"), &json!(3)));
        old.send(json!({ "type": "connection_terminate" })).await;
        assert_eq!(old.next().await, Err(1000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_breach_of_the_protocol_has_its_close_code() {
    let url = app().await.listen().await;
    let init = json!({ "type": "connection_init" });
    let news = subscribe("1", NEWS);
    for (what, before, message, code) in [
        ("no JSON", false, "{".to_owned(), 4400),
        ("no object", false, "[]".to_owned(), 4400),
        ("an unknown type", true, json!({ "type": "hello" }).to_string(), 4400),
        ("no type", true, "{}".to_owned(), 4400),
        ("a payload that is no object", false, json!({ "type": "connection_init", "payload": 1 }).to_string(), 4400),
        ("a subscription without an id", true, json!({ "type": "subscribe", "payload": {} }).to_string(), 4400),
        ("an empty id", true, subscribe("", NEWS).to_string(), 4400),
        ("a subscription without a payload", true, json!({ "id": "1", "type": "subscribe" }).to_string(), 4400),
        ("a subscription before the introduction", false, news.to_string(), 4401),
        ("a second introduction", true, init.to_string(), 4429),
        ("a message as bytes", true, String::new(), 4400),
    ] {
        let mut peer = Peer::connect(&url, "graphql-transport-ws").await;
        if before {
            peer.hello().await;
        }
        match message.is_empty() {
            true => peer.0.send(Message::Binary(vec![1, 2].into())).await.expect("sent"),
            false => peer.send_text(message).await,
        }
        assert_eq!(peer.next().await, Err(code), "{what}");
    }
    let mut twice = Peer::connect(&url, "graphql-transport-ws").await;
    twice.hello().await;
    twice.send(news.clone()).await;
    twice.send(news).await;
    assert_eq!(twice.next().await, Err(4409));
    assert_eq!(Peer::connect(&url, "").await.next().await, Err(4406));
    let foreign = Some("https://elsewhere.example");
    assert_eq!(Peer::connect_from(&url, "graphql-transport-ws", foreign).await.next().await, Err(4403));
    let mut own = Peer::connect_from(&url, "graphql-transport-ws", Some(&url)).await;
    own.hello().await;
    own.send(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    assert_eq!(own.next().await, Ok(json!({ "type": "pong", "payload": { "n": 1 } })));
    own.send(json!({ "type": "ping" })).await;
    assert_eq!(own.next().await, Ok(json!({ "type": "pong" })));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_maps_own_page_has_its_socket_behind_a_proxy() {
    let store = app().await.store;
    let trusting = Capacity {
        proxies: TrustedProxies::new(vec!["127.0.0.0/8".parse().expect("a network")]),
        ..Capacity::default()
    };
    let trusting = TestApp::within("SQLite", store.clone(), Limits::default(), trusting).listen().await;
    let wary = TestApp::on("SQLite", store).listen().await;
    let page = ("origin", "https://map.example");
    let outer = ("x-forwarded-host", "map.example");
    for (headers, is_trusted, is_untrusted) in [
        (vec![page, ("host", "map.example")], true, true),
        (vec![page, ("host", "map.example:443")], true, true),
        (vec![page, ("host", "MAP.EXAMPLE")], true, true),
        (vec![page, ("host", "map.example:80")], false, false),
        (vec![page, ("host", "map.example:8443")], false, false),
        (vec![("origin", "https://map.example:8443"), ("host", "map.example:8443")], true, true),
        (vec![("origin", "http://map.example"), ("host", "map.example:80")], true, true),
        (vec![page, ("host", "inner:4000")], false, false),
        // Nobody but the browser can say this, whatever host the proxy asks for.
        (vec![page, ("host", "inner:4000"), ("sec-fetch-site", "same-origin")], true, true),
        (vec![page, ("host", "inner:4000"), ("sec-fetch-site", "cross-site")], false, false),
        (vec![page, ("host", "inner:4000"), outer], true, false),
        (vec![page, ("host", "inner:4000"), outer, ("x-forwarded-proto", "https")], true, false),
        (vec![page, ("host", "inner:4000"), outer, ("x-forwarded-proto", "wss")], true, false),
        (vec![page, ("host", "inner:4000"), outer, ("x-forwarded-proto", "http")], false, false),
        (vec![page, ("host", "inner:4000"), ("forwarded", "for=7.7.7.7;host=map.example;proto=https")], true, false),
        (vec![page, ("host", "inner:4000"), ("forwarded", "for=7.7.7.7;host=\"map.example:443\"")], true, false),
        (vec![page, ("host", "inner:4000"), ("x-forwarded-host", "elsewhere.example")], false, false),
        // A proxy that is asked for another host than the page's says so, also when it passes on the page's own.
        (vec![page, ("host", "map.example"), ("x-forwarded-host", "elsewhere.example")], false, true),
        (vec![page, ("x-forwarded-for", "7.7.7.7"), ("x-forwarded-host", "map.example, inner.example")], false, false),
    ] {
        for (url, is_own) in [(&trusting, is_trusted), (&wary, is_untrusted)] {
            let mut peer = Peer::connect_with(url, "graphql-transport-ws", &headers).await;
            peer.send(json!({ "type": "connection_init" })).await;
            let expected = if is_own { Ok(json!({ "type": "connection_ack" })) } else { Err(4403) };
            assert_eq!(peer.next().await, expected, "{headers:?} {}", *url == trusting);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_of_the_wrong_shape_is_a_breach_of_the_protocol() {
    let url = app().await.listen().await;
    for payload in [
        json!({}),
        json!({ "variables": {} }),
        json!({ "query": 5 }),
        json!({ "query": null }),
        json!({ "documentId": 5 }),
        json!({ "query": NEWS, "variables": "x" }),
        json!({ "query": NEWS, "operationName": 4 }),
        json!({ "query": NEWS, "extensions": "x" }),
    ] {
        let mut peer = Peer::connect(&url, "graphql-transport-ws").await;
        peer.hello().await;
        peer.send(json!({ "id": "1", "type": "subscribe", "payload": payload })).await;
        assert_eq!(peer.next().await, Err(4400), "{payload}");
    }
    let mut peer = Peer::connect(&url, "graphql-transport-ws").await;
    peer.hello().await;
    let nulls = json!({ "query": "{ __typename }", "variables": null, "operationName": null, "extensions": null });
    peer.send(json!({ "id": "1", "type": "subscribe", "payload": nulls })).await;
    assert_eq!(peer.next().await.expect("a message")["payload"], json!({ "data": { "__typename": "Query" } }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_operation_is_an_error_of_its_own_and_the_connection_goes_on() {
    let url = app().await.listen().await;
    let mut peer = Peer::connect(&url, "graphql-transport-ws").await;
    peer.hello().await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { revisionRecorded { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { revisionRecorded(afterNumber: \"x\") { number } }", "GRAPHQL_VALIDATION_FAILED"),
    ] {
        peer.send(subscribe("1", query)).await;
        let message = peer.next().await.expect("a message");
        assert_eq!((&message["type"], &message["id"]), (&json!("error"), &json!("1")), "{message}");
        assert_eq!(message["payload"][0]["extensions"]["code"], code, "{message}");
    }
    peer.send(json!({ "id": "1", "type": "subscribe", "payload": { "documentId": "no-such" } })).await;
    assert_eq!(peer.next().await.expect("a message")["payload"][0]["extensions"]["code"], "UNKNOWN_DOCUMENT");
    peer.send(subscribe("1", r#"{ school(slug: "no-such") { slug } }"#)).await;
    assert_eq!(peer.next().await.expect("a message")["payload"], json!({ "data": { "school": null } }));
    let mut old = Peer::connect(&url, "graphql-ws").await;
    old.hello().await;
    assert!(old.next().await.is_ok());
    for (payload, code) in [
        (json!({ "query": "{" }), "GRAPHQL_PARSE_FAILED"),
        (json!({}), "BAD_REQUEST"),
        (json!({ "query": 5 }), "BAD_REQUEST"),
    ] {
        old.send(json!({ "id": "a", "type": "start", "payload": payload })).await;
        let message = old.next().await.expect("a message");
        assert_eq!((&message["type"], &message["payload"]["extensions"]["code"]), (&json!("error"), &json!(code)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_asks_too_much_is_told_so() {
    let capacity = Capacity {
        message: 2000,
        messages: NonZeroU32::new(8).expect("eight"),
        subscriptions: 2,
        init_time: Duration::from_millis(200),
        ..Capacity::default()
    };
    let url = TestApp::within("SQLite", app().await.store, Limits::default(), capacity).listen().await;
    assert_eq!(Peer::connect(&url, "graphql-transport-ws").await.next().await, Err(4408));
    let mut large = Peer::connect(&url, "graphql-transport-ws").await;
    large.send(json!({ "type": "connection_init", "payload": { "x": "y".repeat(3000) } })).await;
    assert_eq!(large.next().await, Err(1009));
    let mut many = Peer::connect(&url, "graphql-transport-ws").await;
    many.hello().await;
    for id in ["1", "2", "3"] {
        many.send(subscribe(id, NEWS)).await;
    }
    let refused = many.next().await.expect("a message");
    assert_eq!(
        (&refused["id"], &refused["payload"][0]["extensions"]["code"]),
        (&json!("3"), &json!("TOO_MANY_SUBSCRIPTIONS"))
    );
    for _ in 0..20 {
        many.send(json!({ "type": "pong" })).await;
    }
    assert_eq!(many.next().await, Err(1008));
    let mut restless = Peer::connect(&url, "graphql-transport-ws").await;
    restless.hello().await;
    for id in 0..20 {
        restless.send(subscribe(&id.to_string(), NEWS)).await;
    }
    let refusals = async { while restless.next().await.inspect_err(|code| assert_eq!(*code, 1008)).is_ok() {} };
    timeout(PATIENCE, refusals).await.expect("an end");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_may_start_all_its_subscriptions_at_once_and_change_them_all_at_once() {
    let app = app().await;
    let store = app.store.clone();
    let url = app.listen().await;
    for (dialect, start, stop) in [("graphql-transport-ws", "subscribe", "complete"), ("graphql-ws", "start", "stop")] {
        let mut page = Peer::connect(&url, dialect).await;
        page.hello().await;
        for round in 0..2 {
            for n in 0..50 {
                if round > 0 {
                    page.send(json!({ "id": format!("{}-{n}", round - 1), "type": stop })).await;
                }
            }
            for n in 0..50 {
                let id = format!("{round}-{n}");
                page.send(json!({ "id": id, "type": start, "payload": { "query": NEWS_AFTER_FIRST } })).await;
            }
        }
        // It is read after all of these: whoever hears the answer has got through.
        page.send(json!({ "id": "last", "type": start, "payload": { "query": "{ __typename }" } })).await;
        let told = loop {
            let message = page.next().await.unwrap_or_else(|code| panic!("{dialect}: closed with {code}"));
            if message["id"] == "last" {
                break message;
            }
        };
        // There are 50 already, which is what a connection may have.
        assert!(told.to_string().contains("TOO_MANY_SUBSCRIPTIONS"), "{dialect}: {told}");
        record(&store, region(dialect, None)).await.expect("a revision");
        let mut heard = std::collections::BTreeSet::new();
        while heard.len() < 50 {
            let message = page.next().await.unwrap_or_else(|code| panic!("{dialect}: closed with {code}"));
            if message["payload"]["data"]["revisionRecorded"]["message"] == dialect {
                heard.insert(message["id"].to_string());
            }
        }
        assert!(heard.iter().all(|id| id.starts_with("\"1-")), "{dialect}: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_counts_as_a_connection() {
    let capacity = Capacity { connections: 1, ..Capacity::default() };
    let url = TestApp::within("SQLite", app().await.store, Limits::default(), capacity).listen().await;
    let mut only = Peer::connect(&url, "graphql-transport-ws").await;
    only.hello().await;
    let socket_url = format!("{}/graphql", url.replace("http", "ws"));
    assert!(connect_async(&socket_url).await.is_err_and(|error| error.to_string().contains("503")));
    only.send(json!({ "type": "unknown" })).await;
    assert_eq!(only.next().await, Err(4400));
    drop(only);
    while connect_async(&socket_url).await.is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so_and_ends_streams() {
    let app = app().await;
    let (router, stopping) = (app.router.clone(), app.capacity.stopping.clone());
    let url = app.listen().await;
    let mut peer = Peer::connect(&url, "graphql-transport-ws").await;
    peer.hello().await;
    peer.send(subscribe("1", NEWS)).await;
    let response = router.oneshot(events(NEWS)).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    stopping.cancel();
    assert_eq!(peer.next().await, Err(1001));
    let body = timeout(PATIENCE, response.into_body().collect()).await.expect("an end");
    assert!(!String::from_utf8_lossy(&body.expect("a body").to_bytes()).contains("complete"));
}

fn events(query: &str) -> Request<Body> {
    Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "text/event-stream")
        .body(Body::from(json!({ "query": query }).to_string()))
        .expect("a request")
}

#[tokio::test(flavor = "multi_thread")]
async fn events_carry_answers_refusals_and_news() {
    let app = app().await;
    let response = app.router.clone().oneshot(events("{ __typename }")).await.expect("an answer");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream; charset=utf-8");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(body, "event: next\ndata: {\"data\":{\"__typename\":\"Query\"}}\n\nevent: complete\ndata:\n\n");
    let response = app.router.clone().oneshot(events("{")).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    let text = String::from_utf8_lossy(&body);
    assert!(text.contains("GRAPHQL_PARSE_FAILED") && text.ends_with("event: complete\ndata:\n\n"), "{text}");
    let response = app.router.clone().oneshot(events("subscription { revisionRecorded(afterNumber: 0) { number } }"));
    let mut body = response.await.expect("an answer").into_body();
    let frame = timeout(PATIENCE, body.frame()).await.expect("in time").expect("a frame").expect("data");
    let text = String::from_utf8_lossy(frame.data_ref().expect("data")).into_owned();
    assert_eq!(text, "event: next\ndata: {\"data\":{\"revisionRecorded\":{\"number\":1}}}\n\n");
    let answer = app.post(&json!({ "query": NEWS }), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clients_of_both_protocols_hear_revisions() {
    if !node::is_installed("node") || !node::is_installed("npm") {
        return node::skip_test("the clients of subscriptions", "Node.js is not installed");
    }
    let app = app().await;
    let store = app.store.clone();
    let url = format!("{}/graphql", app.listen().await);
    let recording = tokio::spawn(async move {
        for number in 0.. {
            record(&store, region(&format!("region-{number}"), None)).await.expect("a revision");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let told = tokio::task::spawn_blocking(move || node::run_script("http", "subscriptions.mjs", &url)).await;
    recording.abort();
    let told = told.expect("the clients end");
    assert_eq!(told.lines().filter(|line| line.starts_with("ok ")).count(), 4, "{told}");
}

/// A clock that breaks whoever asks it on a certain day.
struct Trap(AtomicBool);

impl Clock for Trap {
    fn now(&self) -> DateTime<Utc> {
        assert!(!self.0.load(Relaxed), "the trap of the test");
        clock().now()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_its_own_request_and_nothing_else() {
    let trap = Arc::new(Trap(AtomicBool::new(false)));
    let app = App::new(app().await.store, trap.clone());
    let app = TestApp::of("SQLite", app);
    let router = app.router.clone();
    let question = "{ schools { totalCount } }";
    let ask = || async {
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        let request = request.body(Body::from(json!({ "query": question }).to_string())).expect("a request");
        router.clone().oneshot(request).await.expect("an answer").status()
    };
    let url = TestApp { name: app.name, store: app.store.clone(), router: app.router.clone(), capacity: app.capacity };
    let url = url.listen().await;
    let mut peer = Peer::connect(&url, "graphql-transport-ws").await;
    peer.hello().await;
    peer.send(subscribe("news", "subscription { revisionRecorded(afterNumber: 0) { number } }")).await;
    assert_eq!(peer.next().await.expect("a message")["payload"]["data"]["revisionRecorded"]["number"], 1);
    trap.0.store(true, Relaxed);
    assert_eq!(ask().await, StatusCode::INTERNAL_SERVER_ERROR);
    peer.send(subscribe("1", question)).await;
    let told = peer.next().await.expect("a message");
    assert_eq!((&told["id"], &told["payload"][0]["extensions"]["code"]), (&json!("1"), &json!("INTERNAL")), "{told}");
    let body = router.clone().oneshot(events(question)).await.expect("an answer").into_body();
    let text = String::from_utf8_lossy(&body.collect().await.expect("a body").to_bytes()).into_owned();
    assert!(
        text.contains("INTERNAL") && !text.contains("trap") && text.ends_with("event: complete\ndata:\n\n"),
        "{text}"
    );
    trap.0.store(false, Relaxed);
    assert_eq!(ask().await, StatusCode::OK);
    record(&app.store, region("after-all", None)).await.expect("a revision");
    assert_eq!(peer.next().await.expect("a message")["id"], "news");
}
