//! Attacks, as the bytes that an attacker sends: the suite survives them, the example `reliability` measures what they do.

use std::{fmt::Write as _, io::Write as _, net::SocketAddr, sync::Arc, time::Duration};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};

/// Something that somebody may send.
pub struct Attack {
    /// What it is.
    pub name: &'static str,
    /// What is sent: each on a connection of its own, all at the same time.
    sent: Vec<Arc<[u8]>>,
    /// Whether the sender shows at once that nothing follows.
    is_half_closed: bool,
    /// What each is answered.
    pub answer: (u16, &'static str),
}

/// What a server sent back.
#[derive(Debug)]
pub struct Reply {
    /// The status of HTTP; 0 if the server closed the connection without one.
    pub status: u16,
    /// The code of the first error, or the one that a WebSocket was closed with; empty if there is none.
    pub code: String,
    /// All of it.
    pub text: String,
}

impl Attack {
    fn new(name: &'static str, sent: impl Into<Vec<u8>>, status: u16, code: &'static str) -> Self {
        Attack { name, sent: vec![sent.into().into()], is_half_closed: false, answer: (status, code) }
    }

    /// Each of these at the same time.
    fn many(name: &'static str, sent: impl Iterator<Item = Vec<u8>>, status: u16, code: &'static str) -> Self {
        Attack { sent: sent.map(Arc::from).collect(), ..Attack::new(name, [], status, code) }
    }

    fn repeated(self, times: usize) -> Self {
        Attack { sent: vec![self.sent[0].clone(); times], ..self }
    }

    fn half_closed(self) -> Self {
        Attack { is_half_closed: true, ..self }
    }

    /// Sends it; returns the reply on each connection.
    ///
    /// # Panics
    /// A connection is neither answered nor ended.
    pub async fn run(&self, address: SocketAddr) -> Vec<Reply> {
        let mut connections = JoinSet::new();
        for sent in &self.sent {
            connections.spawn(exchange(address, sent.clone(), self.is_half_closed));
        }
        connections.join_all().await
    }
}

/// Whether the server is alive.
///
/// # Panics
/// It does not answer.
pub async fn is_healthy(address: SocketAddr) -> bool {
    exchange(address, get_request("/healthz", "").into(), false).await.text.starts_with("HTTP/1.1 200")
}

/// What no answer may have: statements, files, names of the code, traces of a failure.
#[must_use]
pub fn find_internals(text: &str) -> Vec<&'static str> {
    const INTERNAL: [&str; 22] = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "FROM ",
        "WHERE ",
        "no such table",
        "syntax error",
        "constraint",
        "sqlx",
        "sea_orm",
        "sqlite",
        "postgres",
        "rusqlite",
        ".rs:",
        "/src/",
        "/home/",
        "/tmp/",
        "::",
        "panicked",
        "backtrace",
        "thread '",
        "unwrap",
    ];
    INTERNAL.into_iter().filter(|part| text.contains(part)).collect()
}

/// How long a connection may last: enough for the slowest machine, so that only one that never ends fails.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(120);

async fn exchange(address: SocketAddr, sent: Arc<[u8]>, is_half_closed: bool) -> Reply {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let (mut reading, mut writing) = stream.into_split();
    // A request that is refused early is cut off while it is still written.
    let sending = async {
        let is_sent = writing.write_all(&sent).await.is_ok();
        if is_sent && is_half_closed {
            drop(writing.shutdown().await);
        }
        writing
    };
    let mut bytes = Vec::new();
    let both = async { tokio::join!(sending, reading.read_to_end(&mut bytes)) };
    let ended = timeout(CONNECTION_TIMEOUT, both).await;
    assert!(ended.is_ok(), "a connection does not end: {}", String::from_utf8_lossy(&bytes));
    Reply::parse(&bytes)
}

impl Reply {
    fn parse(bytes: &[u8]) -> Reply {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok()).unwrap_or(0);
        let code = match status {
            101 => close_code(bytes).map(|code| code.to_string()),
            _ => text.split_once(r#""code":""#).and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned())),
        };
        Reply { status, code: code.unwrap_or_default(), text }
    }
}

/// The code in the close frame behind the head of an answer.
fn close_code(bytes: &[u8]) -> Option<u16> {
    let head = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let mut rest = bytes.get(head + 4..)?;
    loop {
        let (opcode, length) = (rest.first()? & 15, usize::from(*rest.get(1)?));
        let (start, length) = match length {
            126 => (4, usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]))),
            length => (2, length),
        };
        if opcode == 8 {
            return Some(u16::from_be_bytes([*rest.get(start)?, *rest.get(start + 1)?]));
        }
        rest = rest.get(start + length..)?;
    }
}

fn get_request(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: map\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

/// Asks by `GET`, everything but letters and digits encoded.
fn get_query(query: &str, rest: &str) -> Vec<u8> {
    let mut path = "/graphql?query=".to_owned();
    for byte in query.bytes() {
        let _ = write!(path, "%{byte:02X}");
    }
    get_request(&(path + rest), ACCEPT)
}

const ACCEPT: &str = "Accept: application/graphql-response+json\r\n";

fn post_body(body: &[u8], headers: &str) -> Vec<u8> {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: map\r\nConnection: close\r\n{ACCEPT}Content-Type: application/json\r\n\
         Content-Length: {}\r\n{headers}\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

fn post_query(query: &str) -> Vec<u8> {
    post_body(json!({ "query": query }).to_string().as_bytes(), "")
}

fn post_variables(query: &str, variables: &Value) -> Vec<u8> {
    post_body(json!({ "query": query, "variables": variables }).to_string().as_bytes(), "")
}

fn post_chunked(chunks: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: map\r\nConnection: close\r\n{ACCEPT}Content-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n"
    );
    [head.as_bytes(), chunks].concat()
}

/// A WebSocket: its beginning, an introduction, then these frames.
fn websocket(frames: &[u8]) -> Vec<u8> {
    let head = "GET /graphql HTTP/1.1\r\nHost: map\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    [head.as_bytes(), &websocket_frame(TEXT, br#"{"type":"connection_init"}"#), frames].concat()
}

const TEXT: u8 = 0x81;
const FIRST_OF_TEXT: u8 = 0x01;
const CONTINUATION: u8 = 0x00;
const LAST_CONTINUATION: u8 = 0x80;
const PING: u8 = 0x89;

/// A frame of a client, masked with zeros: as it is.
fn websocket_frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len();
    let mut frame = vec![kind];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => frame.push(0x80 | short),
        (_, Ok(length)) => {
            frame.push(0x80 | 126);
            frame.extend(length.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((length as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

fn subscribe_frame(n: usize) -> Vec<u8> {
    let news = "subscription { revisionRecorded { number } }";
    let message = json!({ "id": n.to_string(), "type": "subscribe", "payload": { "query": news } });
    websocket_frame(TEXT, message.to_string().as_bytes())
}

/// A frame of HTTP/2.
fn http2_frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or_default().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

fn http2_connection(frames: &[u8]) -> Vec<u8> {
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &http2_frame(4, 0, 0, &[])[..], frames].concat()
}

/// A stream whose frame says: the request's own, in full.
const RESET: u8 = 3;

/// All of them; `idle` connections are opened by those that send nothing.
#[must_use]
pub fn list_attacks(idle: usize) -> Vec<Attack> {
    [
        document_attacks(),
        value_attacks(),
        body_attacks(),
        head_attacks(),
        path_attacks(),
        connection_attacks(idle),
        websocket_attacks(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn concat_numbered(times: usize, text: impl Fn(usize) -> String) -> String {
    (0..times).map(text).collect()
}

const MEGABYTE: usize = 1_000_000;

fn document_attacks() -> Vec<Attack> {
    let bomb = concat_numbered(40, |n| {
        format!("fragment F{n} on Group {{ schools {{ nodes {{ group {{ ...F{m} ...F{m} }} }} }} }} ", m = n + 1)
    });
    let ring = concat_numbered(40, |n| format!("fragment F{n} on Query {{ ...F{} }} ", (n + 1) % 40));
    let names = |n: usize| post_query(&format!("query N{n}{} {{ __typename }}", "n".repeat(MEGABYTE)));
    vec![
        Attack::new("selections 100,000 deep", post_query(&"{a".repeat(100_000)), 400, "TOO_MANY_TOKENS"),
        Attack::new("objects 1,000 deep", post_query(&format!("{{ schools(filter: {}", "{n:".repeat(1_000))), 400, "TOO_DEEP"),
        Attack::new("lists in types 2,000 deep", post_query(&format!("query ($a: {}Int{}) {{ __typename }}", "[".repeat(2_000), "]".repeat(2_000))), 400, "TOO_DEEP"),
        Attack::new("lists behind a comment that ends with CR", post_query(&format!("#\r{{ view(a: {}{}) {{ asOf }} }}", "[".repeat(1_500), "]".repeat(1_500))), 400, "TOO_DEEP"),
        Attack::new("lists behind quotation marks in a block string", post_query(&format!(r#"{{ view(a: """\""" """, b: {}{}) {{ asOf }} }}"#, "[".repeat(1_500), "]".repeat(1_500))), 400, "TOO_DEEP"),
        Attack::new("lists behind a block string without an end", post_query(&format!(r#"{{ view(a: ["""x" {}{}]) {{ asOf }} }}"#, "[".repeat(1_500), "]".repeat(1_500))), 400, "TOO_DEEP"),
        Attack::new("10,000 aliases", post_query(&format!("{{ {} }}", concat_numbered(10_000, |n| format!("a{n}: __typename ")))), 400, "TOO_MANY_TOKENS"),
        Attack::new("600 aliases in an address", get_query(&format!("{{ {} }}", concat_numbered(600, |n| format!("a{n}:view{{asOf}}"))), ""), 400, "TOO_MANY_ALIASES"),
        Attack::new("a fragment in itself", post_query("{ ...F } fragment F on Query { ...F }"), 400, "FRAGMENT_CYCLE"),
        Attack::new("a ring of 40 fragments", post_query(&format!("{{ ...F0 }} {ring}")), 400, "FRAGMENT_CYCLE"),
        Attack::new("a bomb of fragments through lists", post_query(&format!("{{ groups {{ nodes {{ ...F0 }} }} }} {bomb} fragment F40 on Group {{ slug }}")), 400, "DOCUMENT_TOO_LARGE"),
        Attack::new("a comment of a megabyte", post_query(&format!("{{ __typename }} #{}", "x".repeat(MEGABYTE))), 200, ""),
        Attack::new("commas, a megabyte", post_query(&format!("{{ __typename {} }}", ",".repeat(MEGABYTE))), 200, ""),
        Attack::new("a text of a megabyte", post_query(&format!("{{ school(slug: \"{}\") {{ slug }} }}", "x".repeat(MEGABYTE))), 200, ""),
        Attack::new("a field's name of a megabyte", post_query(&format!("{{ {} }}", "x".repeat(MEGABYTE))), 400, "NAME_TOO_LONG").repeated(4),
        Attack::new("650 operations that spread a fragment", post_query(&format!("fragment F on Query {{ {} }} {}", concat_numbered(100, |_| "view { asOf } ".to_owned()), concat_numbered(650, |n| format!("query Q{n} {{ ...F }} ")))), 400, "DOCUMENT_TOO_LARGE"),
        Attack::new("1,000 variables of one name", post_query(&format!("query({}) {{ __typename }}", concat_numbered(1_000, |_| "$v: Int ".to_owned()))), 400, "GRAPHQL_VALIDATION_FAILED").repeated(4),
        Attack::new("a variable 1,500 times", post_query(&format!("query($v: Stage!) {{ schools(filter: {{ stage: [{}] }}) {{ totalCount }} }}", concat_numbered(1_500, |_| "$v ".to_owned()))), 400, "GRAPHQL_VALIDATION_FAILED").repeated(4),
        Attack::new("500 fields of one name with other arguments", post_query(&format!("{{ {} }}", concat_numbered(500, |n| format!("schools(first: {n}) {{ totalCount }} ")))), 400, "GRAPHQL_VALIDATION_FAILED").repeated(4),
        Attack::new("4,000 fields of one name", post_query(&format!("{{ view {{ {} }} }}", concat_numbered(4_000, |_| "asOf ".to_owned()))), 200, "").repeated(4),
        Attack::new("2,000 unknown fields", post_query(&format!("{{ {} }}", concat_numbered(2_000, |n| format!("{}{n} ", "x".repeat(90))))), 400, "GRAPHQL_VALIDATION_FAILED"),
        Attack::new("2,000 unknown fields below", post_query(&format!("{{ school(slug: \"x\") {{ {} }} }}", concat_numbered(2_000, |n| format!("{}{n} ", "x".repeat(90))))), 400, "GRAPHQL_VALIDATION_FAILED").repeated(4),
        Attack::new("2,000 unknown fields in a fragment", post_query(&format!("{{ __typename }} fragment F on School {{ {} }}", concat_numbered(2_000, |n| format!("{}{n} ", "x".repeat(90))))), 400, "GRAPHQL_VALIDATION_FAILED").repeated(4),
        Attack::many("20 operations' names of a megabyte", (0..20).map(names), 400, "NAME_TOO_LONG"),
        Attack::new("a number of 100,000 digits", post_query(&format!("{{ schools(first: {}) {{ totalCount }} }}", "9".repeat(100_000))), 400, "NAME_TOO_LONG"),
        Attack::new("40 pages of pages at once", post_query("{ schools(first: 100) { nodes { group { schools(first: 100) { nodes { slug names { text } campuses(first: 20) { nodes { slug } } } } } } } }"), 200, "").repeated(40),
    ]
}

fn value_attacks() -> Vec<Attack> {
    let page = "query ($n: Int) { schools(first: $n) { totalCount } }";
    let slug = |text: &str| post_query(&format!("{{ school(slug: \"{text}\") {{ slug }} }}"));
    let cursor =
        |text: &str| post_variables("query ($c: String) { schools(after: $c) { totalCount } }", &json!({ "c": text }));
    vec![
        Attack::new(
            "`first: 2147483647`",
            post_query("{ schools(first: 2147483647) { nodes { slug } } }"),
            400,
            "COST_TOO_HIGH",
        ),
        Attack::new(
            "2147483647 as a variable",
            post_variables(page, &json!({ "n": 2_147_483_647 })),
            200,
            "INVALID_PAGE_SIZE",
        ),
        Attack::new("-2147483648", post_variables(page, &json!({ "n": i32::MIN })), 200, "INVALID_PAGE_SIZE"),
        Attack::new(
            "-9223372036854775808",
            post_variables(page, &json!({ "n": i64::MIN })),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        Attack::new(
            "a number beyond 64 bits",
            post_variables(page, &json!({ "n": u64::MAX })),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        Attack::new("half a number", post_variables(page, &json!({ "n": 1.5 })), 400, "GRAPHQL_VALIDATION_FAILED"),
        Attack::new(
            "1e999",
            post_body(
                br#"{"query":"query ($n: Int) { schools(first: $n) { totalCount } }","variables":{"n":1e999}}"#,
                "",
            ),
            400,
            "BAD_REQUEST",
        ),
        Attack::new("NaN", post_body(br#"{"query":"{ __typename }","variables":{"n":NaN}}"#, ""), 400, "BAD_REQUEST"),
        Attack::new(
            "a revision beyond all",
            post_query("{ map(knownAt: 2147483647) { view { asOf } } }"),
            200,
            "UNKNOWN_REVISION",
        ),
        Attack::new(
            "a revision beyond 32 bits",
            post_query("{ map(knownAt: 9223372036854775807) { view { asOf } } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        Attack::new(
            "the log before the first",
            post_query("{ revisions(first: 100, beforeNumber: -2147483648) { number } }"),
            200,
            "",
        ),
        Attack::new(
            "a day beyond the calendar",
            post_query("{ map(asOf: \"99999-01-01\") { view { asOf } } }"),
            200,
            "INVALID_DATE",
        ),
        Attack::new("NUL in a slug", slug("a\\u0000b"), 200, ""),
        Attack::new(
            "NUL in a variable",
            post_body(
                br#"{"query":"query ($s: String) { school(slug: $s) { slug } }","variables":{"s":"a\u0000b"}}"#,
                "",
            ),
            200,
            "",
        ),
        Attack::new("a lone surrogate in a document", slug("\\ud800"), 400, "GRAPHQL_PARSE_FAILED"),
        Attack::new(
            "a lone surrogate in a body",
            post_body(
                br#"{"query":"query ($s: String) { school(slug: $s) { slug } }","variables":{"s":"\ud800"}}"#,
                "",
            ),
            400,
            "BAD_REQUEST",
        ),
        Attack::new(
            "invalid UTF-8 in a body",
            post_body(b"{\"query\":\"{ school(slug: \\\"\xff\xfe\\\") { slug } }\"}", ""),
            400,
            "BAD_REQUEST",
        ),
        Attack::new(
            "invalid UTF-8 in an address",
            get_request("/graphql?query=%FF%FE%7B__typename%7D", ACCEPT),
            400,
            "GRAPHQL_PARSE_FAILED",
        ),
        Attack::new("a cursor of rubbish", cursor("'; DROP TABLE schools; --"), 200, "INVALID_CURSOR"),
        Attack::new("a cursor that is forged", cursor("AAAAAAAAAAAAAAAAAAAAAAAA"), 200, "INVALID_CURSOR"),
        Attack::new("a cursor of 100,000 characters", cursor(&"A".repeat(100_000)), 200, "INVALID_CURSOR"),
        Attack::new(
            "an argument given twice",
            post_query("{ schools(first: 1, first: 100) { totalCount } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        Attack::new(
            "an operation given twice",
            post_query("query A { __typename } query A { __typename }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        Attack::new(
            "an operation that is missing",
            post_body(br#"{"query":"query A { __typename }","operationName":"'; --"}"#, ""),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ]
}

fn body_attacks() -> Vec<Attack> {
    let deep = |open: &str, times: usize| {
        post_body(format!(r#"{{"query":"{{ __typename }}","variables":{{"x":{}"#, open.repeat(times)).as_bytes(), "")
    };
    let closed = |times: usize| {
        post_body(
            format!(r#"{{"query":"{{ __typename }}","variables":{{"x":{}{}}}}}"#, "[".repeat(times), "]".repeat(times))
                .as_bytes(),
            "",
        )
    };
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 10 * MEGABYTE]).expect("memory");
    let bomb = bomb.finish().expect("memory");
    vec![
        Attack::new("a document of 10 MB", post_query(&" ".repeat(10 * MEGABYTE)), 413, "BODY_TOO_LARGE"),
        Attack::new(
            "a document of 10 MB in chunks",
            post_chunked(
                &[format!("{:x}\r\n", 10 * MEGABYTE).as_bytes(), &vec![b' '; 10 * MEGABYTE], b"\r\n0\r\n\r\n"].concat(),
            ),
            413,
            "BODY_TOO_LARGE",
        ),
        Attack::new(
            "chunks of one byte, 10,000",
            post_chunked(&["1\r\n \r\n".repeat(10_000).as_bytes(), b"0\r\n\r\n"].concat()),
            400,
            "BAD_REQUEST",
        ),
        Attack::new("a chunk of 2^64 bytes", post_chunked(b"fffffffffffffffff\r\n"), 400, "BAD_REQUEST"),
        Attack::new("JSON 100,000 deep", deep("[", 100_000), 400, "BAD_REQUEST"),
        Attack::new("JSON objects 100,000 deep", deep(r#"{"a":"#, 100_000), 400, "BAD_REQUEST"),
        Attack::new("JSON 100 deep", closed(100), 400, "TOO_DEEP"),
        Attack::new(
            "JSON 5,000 deep in an address",
            get_query("{ __typename }", &format!("&variables={}", "%5B".repeat(5_000))),
            400,
            "BAD_REQUEST",
        ),
        Attack::new(
            "a key given twice, the last of which holds",
            post_body(br#"{"query":"{","query":"{ __typename }"}"#, ""),
            200,
            "",
        ),
        Attack::new(
            "50,000 variables",
            post_variables("{ __typename }", &(0..50_000).map(|n| (format!("v{n}"), json!(n))).collect()),
            200,
            "",
        ),
        Attack::new(
            "a parameter given twice",
            get_request("/graphql?query=%7B__typename%7D&query=%7Bview%7BasOf%7D%7D", ACCEPT),
            400,
            "BAD_REQUEST",
        ),
        Attack::new("a gzip bomb", post_body(&bomb, "Content-Encoding: gzip\r\n"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    ]
}

fn head_attacks() -> Vec<Attack> {
    let asked = |headers: &str| get_request("/graphql?query=%7B__typename%7D", &format!("{ACCEPT}{headers}"));
    let twice = "POST /graphql HTTP/1.1\r\nHost: map\r\nContent-Type: application/json\r\nConnection: close\r\n";
    vec![
        Attack::new("a header in a request's id", asked("X-Request-Id: a%0d%0aSet-Cookie: x=1\r\n"), 200, ""),
        Attack::new("a folded header", asked("X-Request-Id: a\r\n Set-Cookie: x=1\r\n"), 400, ""),
        Attack::new(
            "a header in an address",
            get_request("/graphql?operationName=a%0d%0aSet-Cookie:%20x=1&query=query%20A%7B__typename%7D", ACCEPT),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        Attack::new("NUL in a header", asked("X-Request-Id: a\0b\r\n"), 400, ""),
        Attack::new(
            "bytes that are no text in a header",
            [&asked("")[..asked("").len() - 2], b"Accept-Language: \xff\xfe\r\nX-Request-Id: \xff\r\n\r\n"].concat(),
            200,
            "",
        ),
        Attack::new("10,000 languages", asked(&format!("Accept-Language: {}\r\n", "a,".repeat(10_000))), 200, ""),
        Attack::new("10,000 media types", asked(&format!("Accept: {}\r\n", "a/b,".repeat(7_000))), 200, ""),
        Attack::new("10,000 tags", asked(&format!("If-None-Match: {}\r\n", "\"a\",".repeat(7_000))), 200, ""),
        Attack::new("a header of a megabyte", asked(&format!("X-Large: {}\r\n", "x".repeat(MEGABYTE))), 431, ""),
        Attack::new("1,000 headers", asked(&"X: y\r\n".repeat(1_000)), 431, ""),
        Attack::new("two lengths", format!("{twice}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}"), 400, ""),
        Attack::new(
            "a length and chunks",
            format!("{twice}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400,
            "BAD_REQUEST",
        ),
        Attack::new("a length below zero", format!("{twice}Content-Length: -1\r\n\r\n{{}}"), 400, ""),
        Attack::new("a request that is none", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(100), 400, ""),
        Attack::new(
            "a method that is none",
            "DROP /graphql HTTP/1.1\r\nHost: map\r\nConnection: close\r\n\r\n",
            405,
            "METHOD_NOT_ALLOWED",
        ),
        Attack::new("a trace", "TRACE / HTTP/1.1\r\nHost: map\r\nConnection: close\r\n\r\n", 405, ""),
    ]
}

fn path_attacks() -> Vec<Attack> {
    let asked = |path: &str| get_request(path, "");
    [
        ("a path upwards", asked("/../../../../etc/passwd")),
        ("a path upwards, encoded", asked("/%2e%2e/%2e%2e/%2e%2e/etc/passwd")),
        ("a path upwards, encoded twice", asked("/assets/..%252f..%252fetc%252fpasswd")),
        ("a path upwards below a folder", asked("/assets/../../Cargo.toml")),
        ("a path with two slashes", asked("//etc/passwd")),
        ("a path with backslashes", asked("/..\\..\\..\\etc\\passwd")),
        ("a path with NUL", asked("/playground%00.html")),
        ("another host's address", asked("http://elsewhere.example/etc/passwd")),
        ("a path of 30,000 characters", asked(&format!("/{}", "a/".repeat(15_000)))),
    ]
    .into_iter()
    .map(|(name, sent)| Attack::new(name, sent, 404, ""))
    .collect()
}

fn connection_attacks(idle: usize) -> Vec<Attack> {
    let asked = get_request("/graphql?query=%7B__typename%7D", "");
    let slow = "POST /graphql HTTP/1.1\r\nHost: map\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\
        Connection: close\r\n\r\n{";
    let endless = http2_frame(9, 0, 1, &[b'a'; 16_000]).repeat(1_000);
    let resets = (0..10_000).flat_map(|n| {
        [http2_frame(1, 5, 2 * n + 1, &[0x82, 0x84, 0x86]), http2_frame(RESET, 0, 2 * n + 1, &[0, 0, 0, 8])].concat()
    });
    vec![
        // One letter, so that the system tells those whom it had no place for; with it, HTTP/1 and 2 are both possible.
        Attack::new("connections that idle after a letter", b"P", 0, "").repeated(idle),
        Attack::new("half a head, half-closed", asked[..20].to_vec(), 0, "").half_closed().repeated(20),
        Attack::new("half a body, half-closed", slow, 400, "BAD_REQUEST").half_closed().repeated(20),
        Attack::new(
            "999 requests at once on a connection",
            [get_request("/healthz", "").strip_suffix(b"Connection: close\r\n\r\n").unwrap_or_default(), b"\r\n"]
                .concat()
                .repeat(999),
            200,
            "",
        ),
        Attack::new(
            "HTTP/2: headers without end",
            http2_connection(&[http2_frame(1, 0, 1, &[0x82]), endless].concat()),
            0,
            "",
        ),
        Attack::new("HTTP/2: streams that are reset at once", http2_connection(&resets.collect::<Vec<u8>>()), 0, ""),
        Attack::new("HTTP/2: 100,000 pings", http2_connection(&http2_frame(6, 0, 0, &[0; 8]).repeat(100_000)), 0, ""),
        Attack::new(
            "HTTP/2: 100,000 settings",
            http2_connection(&http2_frame(4, 0, 0, &[0, 3, 0, 0, 0, 100]).repeat(100_000)),
            0,
            "",
        ),
        Attack::new(
            "HTTP/2: a frame of another size than it says",
            http2_connection(&http2_frame(6, 0, 0, &[0; 7])),
            0,
            "",
        ),
    ]
}

fn websocket_attacks() -> Vec<Attack> {
    let half = "x".repeat(200_000);
    let subscriptions: Vec<u8> = (0..10_000).flat_map(subscribe_frame).collect();
    let large =
        [websocket_frame(FIRST_OF_TEXT, half.as_bytes()), websocket_frame(LAST_CONTINUATION, half.as_bytes())].concat();
    let nothing = [
        websocket_frame(FIRST_OF_TEXT, b"{"),
        websocket_frame(CONTINUATION, b"").repeat(100_000),
        websocket_frame(LAST_CONTINUATION, b""),
    ]
    .concat();
    let deep = format!(r#"{{"type":"ping","payload":{}"#, "[".repeat(100_000));
    vec![
        Attack::new("a flood of pings", websocket(&websocket_frame(PING, b"").repeat(10_000)), 101, "1008")
            .repeated(20),
        Attack::new("a flood of subscriptions", websocket(&subscriptions), 101, "1008").repeated(20),
        Attack::new("a message in parts, larger than it may be", websocket(&large), 101, "1009"),
        Attack::new(
            "a frame that says 2^63 bytes",
            websocket(&[TEXT, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
            101,
            "1009",
        ),
        Attack::new("a message in 100,000 empty parts", websocket(&nothing), 101, "4400"),
        Attack::new("a message 100,000 deep", websocket(&websocket_frame(TEXT, deep.as_bytes())), 101, "4400"),
        Attack::new("a message that is not UTF-8", websocket(&websocket_frame(TEXT, b"\xff\xfe")), 101, "1002"),
        Attack::new("a frame that is compressed", websocket(&websocket_frame(TEXT | 0x40, b"{}")), 101, "1002"),
        Attack::new("a frame without a mask", websocket(&[TEXT, 2, b'{', b'}']), 101, "1002"),
    ]
}
