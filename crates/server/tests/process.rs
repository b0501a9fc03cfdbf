//! The binary as an operator runs it: how it stops, what it shows, what it does with slow and greedy clients.

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc::channel,
    },
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// A running server with a database of its own.
struct Server {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    _dir: TempDir,
}

impl Server {
    fn start(flags: &[&str], environment: &[(&str, &str)]) -> Server {
        let dir = tempfile::tempdir().expect("a folder");
        // As few open files as some systems allow unless asked.
        let mut child = Command::new("sh")
            .args(["-c", "ulimit -Sn 64; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_edumap")])
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--dataset", "chaoyang"])
            .args(flags)
            .env("EDUMAP_DATABASE_URL", format!("sqlite://{}/map.db", dir.path().display()))
            .envs(environment.iter().copied())
            .current_dir(dir.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (tell, told) = channel();
        let (lines, kept) = (BufReader::new(child.stderr.take().expect("a log")).lines(), log.clone());
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("GraphQL on http://") {
                    let address = rest.split('/').next().and_then(|address| address.parse().ok());
                    tell.send(address.expect("an address")).expect("somebody waits");
                }
                kept.lock().expect("a log").push(line);
            }
        });
        let address = told.recv_timeout(Duration::from_secs(30)).expect("the server says where it listens");
        Server { child, address, log, _dir: dir }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        stream
    }

    /// Sends bytes and reads until the server hangs up.
    fn exchange(&self, sent: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(sent.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn get(&self, path: &str, headers: &str) -> String {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nHost: map\r\nConnection: close\r\n{headers}\r\n"))
    }

    fn stop(mut self) -> ExitStatus {
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill");
        assert!(status.success());
        self.child.wait().expect("an end")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already if the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const QUESTION: &str = "/graphql?query=query+Reach%7Bschool(slug:%22bj80%22)%7Bslug%20group%7Bslug%7D%7D%7D";

#[test]
#[expect(clippy::print_stdout, reason = "the figures are read with --nocapture")]
fn a_server_that_is_told_to_stop_answers_all_it_was_asked() {
    let server = Server::start(&[], &[]);
    let (address, answered) = (server.address, Arc::new(AtomicUsize::new(0)));
    // Half of them keep their connections until they are told that they end.
    let asking: Vec<_> = (0..8)
        .map(|n| {
            let close = if n % 2 == 0 { "Connection: close\r\n" } else { "" };
            let request = format!("GET {QUESTION} HTTP/1.1\r\nHost: map\r\n{close}\r\n");
            let answered = answered.clone();
            thread::spawn(move || {
                loop {
                    let mut stream = match TcpStream::connect(address) {
                        Ok(stream) => stream,
                        Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
                        Err(error) => panic!("{error}"),
                    };
                    loop {
                        stream.write_all(request.as_bytes()).expect("sent");
                        let answer = read_answer(&mut stream);
                        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                        answered.fetch_add(1, Relaxed);
                        if answer.contains("connection: close") {
                            break;
                        }
                    }
                }
            })
        })
        .collect();
    while answered.load(Relaxed) < 100 {
        thread::sleep(Duration::from_millis(10));
    }
    let (before, told) = (answered.load(Relaxed), Instant::now());
    assert_eq!(server.stop().code(), Some(0));
    let took = told.elapsed();
    for asker in asking {
        asker.join().expect("no request failed");
    }
    let all = answered.load(Relaxed);
    println!("stopped {took:?} after SIGTERM: {before} requests answered before, {} after, none failed", all - before);
}

/// Reads one answer of a connection that may stay open.
fn read_answer(stream: &mut TcpStream) -> String {
    let (mut answer, mut part) = (String::new(), [0; 4096]);
    loop {
        let length = answer.split_once("\r\n\r\n").and_then(|(head, body)| {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
            Some((length.parse::<usize>().expect("a number"), body.len()))
        });
        if length.is_some_and(|(length, there)| there >= length) {
            return answer;
        }
        let read = stream.read(&mut part).expect("an answer");
        assert_ne!(read, 0, "hung up in the middle: {answer}");
        answer.push_str(std::str::from_utf8(&part[..read]).expect("ASCII"));
    }
}

#[test]
fn each_request_is_a_line_of_the_log_and_a_figure() {
    let server = Server::start(&["--slow-millis", "0"], &[]);
    assert!(server.get(QUESTION, "x-request-id: four-two\r\n").contains("x-request-id: four-two"));
    assert!(server.get("/graphql?query=%7B", "").contains("GRAPHQL_PARSE_FAILED"));
    for n in 0..300 {
        server.get(&format!("/graphql?query=query+Q{n}%7B__typename%7D"), "");
    }
    let figures = server.get("/metrics", "");
    for line in [
        r#"edumap_operations_total{operation="Reach",type="query",outcome="ok",transport="http"} 1"#,
        r#"edumap_operation_seconds_count{operation="Reach"} 1"#,
        r#"edumap_http_requests_total{status="200"}"#,
        r#"operation="other""#,
        r#"edumap_operations_total{operation="none",type="none",outcome="GRAPHQL_PARSE_FAILED",transport="http"} 1"#,
        r#"edumap_operation_statements_bucket{le="2"}"#,
        "edumap_sql_statements_total 2",
        "edumap_pool_connections",
        "process_resident_memory_bytes",
    ] {
        assert!(figures.contains(line), "{line} is missing:\n{figures}");
    }
    let log = server.log.clone();
    assert_eq!(server.stop().code(), Some(0));
    let log = log.lock().expect("a log").join("\n");
    let line = log.lines().find(|line| line.contains("four-two") && line.contains("\"answered\"")).expect("a line");
    for part in [r#""operation":"Reach""#, r#""status":200"#, r#""outcome":"ok""#, r#""statements":2"#] {
        assert!(line.contains(part), "{part} is missing: {line}");
    }
    assert!(log.lines().any(|line| line.contains("a slow operation") && line.contains("school(slug")), "{log}");
}

#[test]
fn what_is_refused_before_it_has_an_operation_has_an_outcome_too() {
    let server = Server::start(&["--max-body-bytes", "200", "--max-rate", "8", "--max-tokens", "20"], &[]);
    let post = |kind: &str, body: &str| {
        server.exchange(&format!(
            "POST /graphql HTTP/1.1\r\nHost: map\r\nConnection: close\r\nContent-Type: {kind}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    };
    let json = "application/json";
    let digest = format!(r#"{{"extensions":{{"persistedQuery":{{"version":1,"sha256Hash":"{}"}}}}}}"#, "0".repeat(64));
    post(json, "{");
    post(json, &format!("{{}}{}", " ".repeat(300)));
    post("text/csv", "{}");
    post(json, &digest);
    post(json, &format!(r#"{{"query":"{{{}}}"}}"#, "a ".repeat(30)));
    server.get("/graphql?query=%7B__typename%7D", "Accept: text/html\r\n");
    server.get("/graphql?query=%7B__typename%7D", "Origin: https://elsewhere.example\r\n");
    server.get("/graphql?query=%7B", "Accept: text/event-stream\r\n");
    talk(&server, "one", &[TALK[1]], &["GRAPHQL_PARSE_FAILED"]);
    while !server.get("/graphql?query=%7B__typename%7D", "").contains("RATE_LIMITED") {}
    let figures = server.get("/metrics", "");
    let log = server.log.clone();
    assert_eq!(server.stop().code(), Some(0));
    let log = log.lock().expect("a log").join("\n");
    for (outcome, transport) in [
        ("BAD_REQUEST", "http"),
        ("BODY_TOO_LARGE", "http"),
        ("UNSUPPORTED_MEDIA_TYPE", "http"),
        ("PERSISTED_QUERY_NOT_FOUND", "http"),
        ("TOO_MANY_TOKENS", "http"),
        ("NOT_ACCEPTABLE", "http"),
        ("CSRF", "http"),
        ("GRAPHQL_PARSE_FAILED", "http"),
        ("GRAPHQL_PARSE_FAILED", "websocket"),
        ("RATE_LIMITED", "http"),
    ] {
        let labels = format!(r#"{{operation="none",type="none",outcome="{outcome}",transport="{transport}"}} 1"#);
        assert!(figures.contains(&labels), "{labels} is missing:\n{figures}");
        assert!(log.contains(&format!(r#""outcome":"{outcome}""#)), "{outcome} is missing:\n{log}");
    }
    assert!(figures.contains(r#"edumap_persisted_documents_total{result="miss"} 1"#), "{figures}");
}

/// A message of a client over a WebSocket: short, and masked with zeros.
fn message(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short message").to_be_bytes();
    [&[0x81, 0xfe], &length[..], &[0; 4], text.as_bytes()].concat()
}

/// Talks over a WebSocket until what the server says has all these parts.
fn talk(server: &Server, id: &str, messages: &[&str], parts: &[&str]) {
    let mut stream = server.connect();
    let head = format!(
        "GET /graphql HTTP/1.1\r\nHost: map\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nx-request-id: {id}\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).expect("sent");
    stream.write_all(&message(r#"{"type":"connection_init"}"#)).expect("sent");
    messages.iter().for_each(|text| stream.write_all(&message(text)).expect("sent"));
    let (mut read, mut part) = (Vec::new(), [0; 4096]);
    while !parts.iter().all(|part| String::from_utf8_lossy(&read).contains(part)) {
        let length = stream.read(&mut part).expect("an answer");
        assert_ne!(length, 0, "hung up: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&part[..length]);
    }
}

const TALK: &[&str] = &[
    r#"{"id":"1","type":"subscribe","payload":{"query":"query Reach {school(slug: \"bj80\"){slug group{slug}}}"}}"#,
    r#"{"id":"2","type":"subscribe","payload":{"query":"{"}}"#,
    r#"{"id":"3","type":"subscribe","payload":{"query":"subscription News {revisionRecorded(afterNumber:0){number}}"}}"#,
    r#"{"id":"4","type":"subscribe","payload":{"query":"subscription Odd {revisionRecorded(afterNumber:-1){no}}"}}"#,
];

#[test]
fn each_operation_of_a_websocket_is_a_line_of_the_log() {
    let server = Server::start(&["--slow-millis", "0"], &[]);
    let ends = [r#""id":"1","type":"complete""#, "GRAPHQL_PARSE_FAILED", r#""number":1"#, r#""id":"4""#];
    talk(&server, "four-two", TALK, &ends);
    thread::sleep(Duration::from_millis(200));
    let log = server.log.clone();
    assert_eq!(server.stop().code(), Some(0));
    let log = log.lock().expect("a log").join("\n");
    let lines: Vec<&str> =
        log.lines().filter(|line| line.contains("four-two") && line.contains(r#""transport":"websocket""#)).collect();
    assert_eq!(lines.len(), 4, "{log}");
    for parts in [
        &[r#""operation":"Reach""#, r#""kind":"query""#, r#""outcome":"ok""#, r#""statements":2"#, "micros"][..],
        &[r#""outcome":"GRAPHQL_PARSE_FAILED""#],
        &[r#""operation":"News""#, r#""kind":"subscription""#, r#""outcome":"ok""#],
        &[r#""outcome":"GRAPHQL_VALIDATION_FAILED""#],
    ] {
        assert!(lines.iter().any(|line| parts.iter().all(|part| line.contains(part))), "{parts:?}: {lines:#?}");
    }
    let slow: Vec<&str> = log.lines().filter(|line| line.contains("a slow operation")).collect();
    assert!(slow.len() == 1 && slow[0].contains("school(slug") && slow[0].contains("four-two"), "{slow:#?}");
}

#[test]
fn a_log_without_requests_has_no_operations_either() {
    let server = Server::start(&["--slow-millis", "0", "--log-requests", "off"], &[]);
    talk(&server, "four-two", &TALK[..1], &["complete"]);
    let log = server.log.clone();
    assert_eq!(server.stop().code(), Some(0));
    let log = log.lock().expect("a log").join("\n");
    assert!(!log.contains("answered") && !log.contains("a slow operation"), "{log}");
}

/// Collects what is exported; gives the collector's port. `hear` is what it does with a connection before.
fn collector<S: Read + Write>(hear: impl Fn(TcpStream) -> S + Send + Sync + 'static) -> (u16, Arc<Mutex<Vec<u8>>>) {
    let collector = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = collector.local_addr().expect("an address").port();
    let collected = Arc::new(Mutex::new(Vec::new()));
    let (kept, hear) = (collected.clone(), Arc::new(hear));
    thread::spawn(move || {
        for stream in collector.incoming().map_while(Result::ok) {
            let (kept, hear) = (kept.clone(), hear.clone());
            thread::spawn(move || collect(hear(stream), &kept));
        }
    });
    (port, collected)
}

#[test]
fn spans_go_over_tls_to_whom_the_named_certificate_proves() {
    let host = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("host.pem");
    std::fs::write(&file, host.cert.pem()).expect("a file");
    let key = host.signing_key.serialize_der().try_into().expect("a key");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![host.cert.der().clone()], key)
        .expect("a certificate with its key");
    let config = Arc::new(config);
    let (port, collected) = collector(move |stream| {
        rustls::StreamOwned::new(rustls::ServerConnection::new(config.clone()).expect("a connection"), stream)
    });
    let endpoint = format!("https://localhost:{port}");
    let file = file.display().to_string();
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_EXPORTER_OTLP_CERTIFICATE", &file)];
    // Who proves nothing is told nothing.
    for (variables, is_told) in [(&variables[..1], false), (&variables[..], true)] {
        let server = Server::start(&[], variables);
        assert!(server.get(QUESTION, "").starts_with("HTTP/1.1 200"));
        assert_eq!(server.stop().code(), Some(0));
        let bytes = collected.lock().expect("spans");
        assert_eq!(String::from_utf8_lossy(&bytes).contains("Reach"), is_told, "{variables:?}");
    }
}

#[test]
fn spans_of_request_operation_and_statement_go_where_opentelemetry_is_told() {
    let (port, collected) = collector(|stream| stream);
    let endpoint = format!("http://127.0.0.1:{port}");
    let server = Server::start(&[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n";
    assert!(server.get(QUESTION, parent).starts_with("HTTP/1.1 200"));
    assert_eq!(server.stop().code(), Some(0));
    let bytes = collected.lock().expect("spans").clone();
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let trace = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes();
    assert!(has(&trace) && has(&0x00f0_67aa_0ba9_02b7_u64.to_be_bytes()), "the trace is not continued");
    for part in ["request", "operation", "Reach", "statement", "SELECT", "edumap"] {
        assert!(has(part.as_bytes()), "no span says {part}");
    }
}

/// Reads what an exporter posts, and answers that it was taken.
fn collect(mut stream: impl Read + Write, kept: &Mutex<Vec<u8>>) {
    let mut buffer = [0; 1 << 16];
    let mut request = Vec::new();
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        request.extend_from_slice(&buffer[..read]);
        let head = request.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        let text = String::from_utf8_lossy(&request[..head.unwrap_or(0)]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok());
        if let (Some(head), Some(length)) = (head, length)
            && request.len() >= head + length
        {
            kept.lock().expect("spans").append(&mut request);
            let taken = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            taken.expect("an answer");
        }
    }
}

#[test]
fn slow_and_greedy_clients_are_let_go_and_others_are_answered() {
    let flags = ["--max-head-seconds", "1", "--max-body-seconds", "1", "--max-connections", "60"];
    let server = Server::start(&flags, &[]);
    let healthy = || assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200"));
    let idle: Vec<TcpStream> = (0..40).map(|_| server.connect()).collect();
    healthy();
    let mut half = server.connect();
    half.write_all(b"GET /healthz HTTP/1.1\r\nHost: m").expect("sent");
    let mut closed = server.connect();
    closed.write_all(b"GET /healthz HTTP/1.1\r\nHost: m").expect("sent");
    closed.shutdown(std::net::Shutdown::Write).expect("half closed");
    let mut second = server.connect();
    second.write_all(b"GET /healthz HTTP/1.1\r\nHost: m\r\n\r\nGET /healthz").expect("sent");
    let mut preface = server.connect();
    preface.write_all(b"PRI * HT").expect("sent");
    let slow = "POST /graphql HTTP/1.1\r\nHost: map\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\
                Connection: close\r\n\r\n{";
    let answer = server.exchange(slow);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("BODY_TIMEOUT"), "{answer}");
    idle.into_iter().chain([half, closed, second, preface]).map(read_to_end).for_each(drop);
    // On a slow machine the first are let go before the last are there: as often as it takes.
    let is_refused = || {
        let full: Vec<TcpStream> = (0..60).map(|_| server.connect()).collect();
        thread::sleep(Duration::from_millis(200));
        let answer = server.get("/healthz", "");
        drop(full);
        thread::sleep(Duration::from_millis(200));
        answer.starts_with("HTTP/1.1 503")
    };
    assert!((0..20).any(|_| is_refused()), "none of more connections than the most was refused");
    healthy();
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn a_client_that_asks_too_often_is_told_to_wait() {
    let server = Server::start(&["--max-rate", "1", "--trust-proxy", "127.0.0.0/8"], &[]);
    let ask = |client: &str| server.get("/graphql?query=%7B__typename%7D", &format!("X-Forwarded-For: {client}\r\n"));
    let answers: Vec<String> = (0..4).map(|_| ask("203.0.113.1")).collect();
    assert!(answers[0].starts_with("HTTP/1.1 200"));
    let last = &answers[3];
    assert!(
        last.starts_with("HTTP/1.1 429") && last.contains("RATE_LIMITED") && last.contains("retry-after: 1"),
        "{last}"
    );
    assert!(ask("203.0.113.2").starts_with("HTTP/1.1 200"));
    assert!(server.get("/healthz", "X-Forwarded-For: 203.0.113.1\r\n").starts_with("HTTP/1.1 200"));
}

/// The start of a connection of HTTP/2, with what the client sets.
fn http_2(settings: &[u8]) -> Vec<u8> {
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &frame(4, 0, 0, settings)[..]].concat()
}

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).expect("a short frame");
    [&[0, 0, length, kind, flags, 0, 0, 0, stream], payload].concat()
}

/// A request by HTTP/2, its headers spelled out.
fn get_2(stream: u8, path: &str, accept: &str) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).expect("a short text")], text.as_bytes()].concat();
    let head = [&[0x82, 0x86, 0x04], &text(path)[..], &[0x01], &text("map"), &[0x0f, 0x04], &text(accept)].concat();
    frame(1, 5, stream, &head)
}

/// Reads until the server hangs up.
fn read_to_end(mut stream: TcpStream) -> Vec<u8> {
    let mut read = Vec::new();
    if let Err(error) = stream.read_to_end(&mut read) {
        // A reset is an end too; to wait in vain is none.
        assert!(!matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "it was not let go: {error}");
    }
    read
}

#[test]
fn who_does_not_read_is_let_go() {
    let server = Server::start(&["--max-unread-seconds", "1"], &[]);
    let mut quiet = server.connect();
    let feed = "GET /graphql?query=subscription%7BrevisionRecorded%7Bnumber%7D%7D HTTP/1.1\r\nHost: map\r\nAccept: text/event-stream\r\n\r\n";
    quiet.write_all(feed.as_bytes()).expect("sent");
    // More answers than the system takes for the client.
    let mut greedy = server.connect();
    let asked = 500;
    greedy.write_all("GET /schema.graphql HTTP/1.1\r\nHost: map\r\n\r\n".repeat(asked).as_bytes()).expect("sent");
    // An answer that may not be sent at all, as the client gives no window.
    let mut closed = server.connect();
    closed.write_all(&http_2(&[0, 4, 0, 0, 0, 0])).expect("sent");
    closed.write_all(&get_2(1, "/schema.graphql", "*/*")).expect("sent");
    thread::sleep(Duration::from_secs(3));
    assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200"));
    assert!(!String::from_utf8_lossy(&read_to_end(closed)).contains("type Query"));
    let answers = String::from_utf8_lossy(&read_to_end(greedy)).matches("HTTP/1.1 200").count();
    assert!(answers < asked, "all {answers} were kept for a client that did not read");
    // A stream that has nothing to say is not unread.
    quiet.set_read_timeout(Some(Duration::from_millis(100))).expect("a timeout");
    let error = quiet.read_to_end(&mut Vec::new()).expect_err("the feed goes on");
    assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
}

#[test]
fn a_connection_has_no_more_event_streams_than_it_may() {
    let server = Server::start(&["--max-subscriptions", "1", "--max-unread-seconds", "1"], &[]);
    let mut stream = server.connect();
    stream.write_all(&http_2(&[])).expect("sent");
    let feed = "/graphql?query=subscription%7BrevisionRecorded%7Bnumber%7D%7D";
    for number in [1, 3] {
        stream.write_all(&get_2(number, feed, "text/event-stream")).expect("sent");
    }
    let (mut read, mut part) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&read).contains("event: complete") {
        let length = stream.read(&mut part).expect("an answer");
        assert_ne!(length, 0, "hung up: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&part[..length]);
    }
    assert_eq!(String::from_utf8_lossy(&read).matches("TOO_MANY_SUBSCRIPTIONS").count(), 1);
}

#[test]
fn http_2_is_spoken_without_tls() {
    let server = Server::start(&[], &[]);
    let mut stream = server.connect();
    stream.write_all(&http_2(&[])).expect("sent");
    let mut head = [0; 9];
    stream.read_exact(&mut head).expect("a frame");
    assert_eq!(head[3], 4, "the first frame is no SETTINGS: {head:?}");
}

/// Runs a command with a database in a folder; gives its exit code and what it says.
fn run(dir: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_edumap"))
        .args(arguments)
        .env("EDUMAP_DATABASE_URL", format!("sqlite://{}/map.db", dir.display()))
        .current_dir(dir)
        .output()
        .expect("the binary runs");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
    (output.status.code(), said.concat())
}

/// Copies the bundled data set into a new folder in this one.
fn copy_of_the_bundled(dir: &Path) {
    fs::create_dir(dir.join("map")).expect("a folder");
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/data/chaoyang")).expect("the data set") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), dir.join("map").join(entry.file_name())).expect("a copy");
    }
}

#[test]
fn an_import_that_is_refused_says_so_to_people_and_programs() {
    let dir = tempfile::tempdir().expect("a folder");
    copy_of_the_bundled(dir.path());
    assert_eq!(run(dir.path(), &["import", "map"]).0, Some(0));

    let (members, partners) = (dir.path().join("map/group_memberships.csv"), dir.path().join("map/partners.csv"));
    let rows = fs::read_to_string(&members).expect("a file");
    fs::remove_file(&members).expect("removed");
    for arguments in [&["import", "map"][..], &["import", "map", "--dry-run"]] {
        let (code, said) = run(dir.path(), arguments);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains("group_memberships.csv: 40 of 40 on record would be closed"), "{said}");
    }
    let (code, said) = run(dir.path(), &["import", "map", "--format", "json", "--log-format", "json"]);
    let json: serde_json::Value = serde_json::from_str(said.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!((code, &json["needs"]), (Some(3), &serde_json::json!("--allow-removal")));

    fs::write(&members, rows).expect("a file");
    let text = fs::read_to_string(&partners).expect("a file");
    fs::write(&partners, text.replace(",university,", ",universty,")).expect("a file");
    let (code, said) = run(dir.path(), &["import", "map"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("more of this kind") && said.contains("--format json"), "{said}");
    let (_, said) = run(dir.path(), &["import", "map", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(said.lines().next().unwrap_or_default()).expect("JSON");
    let (all, count) = (json["findings"].as_array().map(Vec::len), json["groups"][0]["count"].as_u64());
    assert!(all > Some(3) && all == count.and_then(|count| usize::try_from(count).ok()), "{said}");
}

#[test]
fn a_mistyped_database_costs_no_backup_a_file() {
    let dir = tempfile::tempdir().expect("a folder");
    copy_of_the_bundled(dir.path());
    let before = fs::read_dir(dir.path().join("map")).expect("a folder").count();
    let (code, said) = run(dir.path(), &["export", "map", "--force"]);
    assert_eq!(code, Some(2), "{said}");
    assert_eq!(fs::read_dir(dir.path().join("map")).expect("a folder").count(), before, "{said}");
}
