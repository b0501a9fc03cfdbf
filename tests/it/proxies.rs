//! Real reverse proxies in front of the server, with the configurations of `docs/proxies.md`.

use axum::http::header;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::{Capacity, TrustedProxies};
use tests::{
    TestApp, chaoyang,
    proxy::{self, Proxy},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// The bundled map, which trusts proxies of this machine: its address without a scheme.
async fn server(test: &str) -> String {
    let store = chaoyang(test).await.swap_remove(0).store;
    let proxies = TrustedProxies::new(vec!["127.0.0.0/8".parse().expect("a network")]);
    let capacity = Capacity { proxies, ..Capacity::default() };
    let app = TestApp::within("SQLite", store, graphql::Limits::default(), capacity);
    app.listen().await.replace("http://", "")
}

/// What a reader gets: the head in lower case, and the body.
async fn read(address: &str, path: &str, headers: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut request = format!("GET {path} HTTP/1.0\r\nhost: map.example\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += "\r\n";
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut told = Vec::new();
    stream.read_to_end(&mut told).await.expect("an answer");
    let end = told.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    (String::from_utf8_lossy(&told[..end]).to_lowercase(), told.split_off(end + 4))
}

fn value<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(key, _)| *key == name).map(|(_, value)| value).collect()
}

fn address(query: &str) -> String {
    let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("/graphql?query={encoded}")
}

/// What a page of an origin hears when it opens a WebSocket: an acknowledgement, or a close code.
async fn socket(proxy: &Proxy, host: &str, origin: &str) -> Result<Value, u16> {
    let mut request = format!("ws://{host}/graphql").into_client_request().expect("a request");
    let headers = request.headers_mut();
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, "graphql-transport-ws".parse().expect("a value"));
    headers.insert(header::ORIGIN, origin.parse().expect("a value"));
    let stream = TcpStream::connect(proxy.address).await.expect("a connection");
    let (mut socket, _) = client_async(request, stream).await.expect("a WebSocket");
    let init = json!({ "type": "connection_init" }).to_string();
    // A socket that is closed already says why when it is read.
    let _closed = socket.send(Message::Text(init.into())).await;
    match socket.next().await {
        Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).expect("JSON")),
        Some(Ok(Message::Close(Some(frame)))) => Err(frame.code.into()),
        other => panic!("{other:?}"),
    }
}

/// The map's own page has its WebSocket, and no other page.
async fn check_sockets(proxy: &Proxy) {
    let host = format!("map.example:{}", proxy.address.port());
    let told = socket(proxy, &host, &format!("http://{host}")).await;
    assert_eq!(told, Ok(json!({ "type": "connection_ack" })));
    assert_eq!(socket(proxy, &host, "http://elsewhere.example").await, Err(4403));
    assert_eq!(socket(proxy, &host, "http://map.example").await, Err(4403), "another port");
    assert_eq!(socket(proxy, &host, &format!("https://{host}")).await, Err(4403), "another scheme");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_two_languages_never_get_each_others_answers_out_of_the_cache_of_nginx() {
    if !proxy::is_installed_or_skip("nginx", "the cache of nginx") {
        return;
    }
    let server = server("the_cache_of_nginx").await;
    let nginx = proxy::start_nginx(&proxy::read_configuration("nginx"), &server).await;
    let cache = nginx.address.to_string();
    let list = "schools(first: 20) { nodes { slug name } }";
    let pinned = address(&format!("{{ map(asOf: \"2026-01-01\", knownAt: 1) {{ {list} }} }}"));
    let current = address(&format!("{{ {list} }}"));
    let (languages, encodings) = (["zh", "en", "en, zh;q=0.5", ""], ["", "gzip", "gzip, deflate, br, zstd", "zstd"]);
    let forms = ["application/json", "application/graphql-response+json"];
    let mut hits = 0;
    for round in 0..2 {
        for (path, language, encoding, form) in combined(&[&pinned, &current], &languages, &encodings, &forms) {
            let headers = [("accept-language", language), ("accept-encoding", encoding), ("accept", form)];
            let headers: Vec<_> = headers.into_iter().filter(|(_, value)| !value.is_empty()).collect();
            let (head, body) = read(&cache, path, &headers).await;
            let (direct_head, direct_body) = read(&server, path, &headers).await;
            let what = format!("{path} {headers:?}\n{head}");
            assert_eq!((value(&head, "etag"), &body), (value(&direct_head, "etag"), &direct_body), "{what}");
            assert_eq!(value(&head, "vary").len(), 1, "{what}");
            let from_cache = value(&head, "x-cache") == ["hit"];
            assert_eq!(from_cache, round == 1 && path == pinned, "{what}");
            hits += usize::from(from_cache);
        }
    }
    assert_eq!(hits, languages.len() * encodings.len() * forms.len());
    let plain = [("accept", forms[0])];
    let [zh, en] = ["zh", "en"].map(|language| [plain[0], ("accept-language", language)]);
    assert_ne!(read(&cache, &pinned, &zh).await.1, read(&cache, &pinned, &en).await.1);
    // Refusals, pages and addresses where nothing is have one line, too.
    for (path, headers) in [("/", &[][..]), ("/nothing", &[]), ("/graphql", &[]), (&pinned, &[("accept", "image/png")])]
    {
        let (head, _) = read(&cache, path, headers).await;
        assert_eq!(value(&head, "vary").len(), 1, "{path}: {head}");
    }
}

/// Each of the first with each of the others.
fn combined<'a>(
    paths: &[&'a String; 2],
    languages: &[&'a str],
    encodings: &[&'a str],
    forms: &[&'a str],
) -> Vec<(&'a str, &'a str, &'a str, &'a str)> {
    let mut all = Vec::new();
    for path in paths {
        for language in languages {
            for encoding in encodings {
                all.extend(forms.iter().map(|form| (path.as_str(), *language, *encoding, *form)));
            }
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_behind_nginx_has_its_socket_also_when_nginx_asks_for_a_host_of_its_own() {
    if !proxy::is_installed_or_skip("nginx", "WebSockets behind nginx") {
        return;
    }
    let server = server("sockets_behind_nginx").await;
    let documented = proxy::read_configuration("nginx");
    check_sockets(&proxy::start_nginx(&documented, &server).await).await;
    // Without this line nginx asks for the name of its upstream.
    let line = "proxy_set_header Host $http_host;";
    assert!(documented.contains(line));
    check_sockets(&proxy::start_nginx(&documented.replace(line, ""), &server).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_behind_caddy_has_its_answers_and_its_socket() {
    if !proxy::is_installed_or_skip("caddy", "WebSockets behind Caddy") {
        return;
    }
    let server = server("sockets_behind_caddy").await;
    let caddy = proxy::start_caddy(&proxy::read_configuration("caddyfile"), &server).await;
    check_sockets(&caddy).await;
    let (path, headers) = (address("{ schools { nodes { name } } }"), [("accept-language", "en")]);
    let asked = read(&caddy.address.to_string(), &path, &headers).await;
    assert_eq!(asked.1, read(&server, &path, &headers).await.1, "{}", asked.0);
    // Caddy asks for another host if it is told to, and still says which one it was asked for.
    let other =
        proxy::read_configuration("caddyfile").replace("header_up -Forwarded", "header_up Host {upstream_hostport}");
    check_sockets(&proxy::start_caddy(&other, &server).await).await;
}
