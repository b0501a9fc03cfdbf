//! The benchmark over HTTP: `cargo bench -p tests --bench http`. `docs/benchmarks.md` holds the tables of a real run.
//!
//! The release build of edumap answers in a process of its own, and so does a floor written by hand (`tests::floor`); the
//! load comes from `wrk`, in a third. The two are measured in turns, on SQLite and on a private PostgreSQL, over a made-up
//! city. Questions are asked of a server that keeps no answer; one that keeps them is measured against a handler that gives
//! the same bytes each time, and what asks nothing against `/healthz`. `EDUMAP_BINARY` names another binary than the one that cargo builds, `EDUMAP_BENCH_SCHOOLS` another size.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{self, State},
    http::{HeaderName, header},
    routing::{any, get},
};
use serde_json::{Value, json};
use tests::{
    floor::Floor,
    postgres::{self, Postgres},
    process,
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long one turn is measured.
const TURN: &str = "3s";
/// How many turns each of the two has with a question.
const TURNS: usize = 5;
/// How many connections ask at the same time.
const CONNECTIONS: &str = "8";
/// How many ask for answers that are kept.
const MANY_CONNECTIONS: &str = "64";

/// A question: its document, and the path at which the floor answers the same.
struct Question {
    name: &'static str,
    document: String,
    path: String,
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [_, "floor", url, day, constant] => {
            let constant = fs::read(constant).expect("the answer that is always the same");
            tokio::runtime::Runtime::new().expect("a runtime").block_on(serve_floor(url, day, constant));
        }
        _ if arguments.contains(&"--bench") => compare(),
        // `cargo test --benches` only asks whether it starts.
        _ => {}
    }
}

/// Serves the floor until the process is ended; prints its address first.
async fn serve_floor(url: &str, day: &str, constant: Vec<u8>) {
    type Floored = State<Arc<Floor>>;
    type Slug = extract::Path<String>;
    const JSON: [(HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];
    let constant = Bytes::from(constant);
    let router = Router::new()
        .route("/constant", any(async move || (JSON, constant.clone())))
        .route("/headline", get(async |State(floor): Floored| (JSON, floor.headline_json().await)))
        .route("/hundred", get(async |State(floor): Floored| (JSON, floor.hundred_json().await)))
        .route("/school/{slug}", get(async |State(floor): Floored, slug: Slug| (JSON, floor.school_json(&slug).await)))
        .route(
            "/reverse/{slug}",
            get(async |State(floor): Floored, slug: Slug| (JSON, floor.reverse_json(&slug).await)),
        )
        .with_state(Arc::new(Floor::open(url, day).await));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    axum::serve(listener, router).await.expect("served");
}

fn compare() {
    let has_load = Command::new("wrk").arg("--version").output().is_ok();
    assert!(has_load, "`wrk` makes the load, and is missing: `apt-get install wrk` on Debian");
    let binary = binary();
    let schools = env::var("EDUMAP_BENCH_SCHOOLS").unwrap_or_else(|_| "5000".to_owned());
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("city");
    run(Command::new(&binary).args(["generate", "--schools", &schools, "--seed", "1"]).arg(&data));
    let sqlite = format!("sqlite://{}", dir.path().join("map.db").display());
    let databases = [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip("the benchmark"))];
    println!(
        "`{}`, {schools} schools, {TURNS} turns of {TURN}, {CONNECTIONS} connections, {MANY_CONNECTIONS} where answers are kept\n",
        binary.display()
    );
    println!(
        "| database | question | requests/s | floor | ratio | CPU a request, µs | floor | ratio | of that the database, µs \
         | floor | p50 ms | floor | p99 ms | floor |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for (database, url) in databases.into_iter().filter_map(|(database, url)| Some((database, url?))) {
        run(Command::new(&binary).arg("import").arg(&data).env("EDUMAP_DATABASE_URL", &url));
        let typed = Server::edumap(&binary, &url, &["--max-cached-bytes", "0"]);
        let view = typed.ask("{ map { view { asOf } } }");
        let questions = questions(&typed);
        let constant = dir.path().join("constant.json");
        fs::write(&constant, typed.post(&questions[0].document)).expect("written");
        let floor = Server::floor(&url, view["map"]["view"]["asOf"].as_str().expect("a day"), &constant);
        for Question { name, document, path } in &questions {
            let told: Value = serde_json::from_slice(&floor.get(path)).expect("JSON");
            assert_eq!(typed.ask(document), told["data"], "{name}: the floor says something else");
        }
        let compare = |name: &str, ours: &dyn Fn() -> Turn, floor: &dyn Fn() -> Turn| {
            let turns: Vec<_> = (0..TURNS).map(|_| [ours(), floor()]).collect();
            println!("| {database} | {name} | {} |", row(&turns));
        };
        let script = dir.path().join("wrk.lua");
        let write = |text: String| fs::write(&script, text).expect("a script");
        for question in &questions {
            write(post(&question.document));
            let ours = || typed.measure("/graphql", Some(&script), CONNECTIONS);
            compare(question.name, &ours, &|| floor.measure(&question.path, None, CONNECTIONS));
        }
        drop(typed);
        let keeping = Server::edumap(&binary, &url, &[]);
        let constant = || floor.measure("/constant", None, MANY_CONNECTIONS);
        write(post(&questions[0].document));
        let again = || keeping.measure("/graphql", Some(&script), MANY_CONNECTIONS);
        compare("headline again, and constant bytes", &again, &constant);
        let address = format!(
            "/graphql?query={}",
            questions[0].document.replace(' ', "%20").replace('{', "%7B").replace('}', "%7D")
        );
        write(format!("wrk.headers[\"if-none-match\"] = '{}'\n", keeping.tag(&address)));
        let unchanged = || keeping.measure(&address, Some(&script), MANY_CONNECTIONS);
        compare("304, and constant bytes", &unchanged, &constant);
        write(post("{ __typename }"));
        let nothing = || keeping.measure("/graphql", Some(&script), MANY_CONNECTIONS);
        compare("`{ __typename }`, and `/healthz`", &nothing, &|| keeping.measure("/healthz", None, MANY_CONNECTIONS));
    }
}

/// The medians of all turns; a ratio is the median of the turns' ratios, since the machine may be slow for a while.
fn row(turns: &[[Turn; 2]]) -> String {
    let each = |of: fn(&Turn) -> f64| [0, 1].map(|at| median(turns.iter().map(|pair| of(&pair[at]))));
    let ratio = |of: fn(&Turn) -> f64| median(turns.iter().map(|pair| of(&pair[0]) / of(&pair[1])));
    let rate = each(|turn| turn.rate);
    let cpu = each(|turn| turn.server + turn.database);
    let database = each(|turn| turn.database);
    let (p50, p99) = (each(|turn| turn.p50), each(|turn| turn.p99));
    format!(
        "{:.0} | {:.0} | {:.2} | {:.0} | {:.0} | {:.2} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2}",
        rate[0],
        rate[1],
        ratio(|turn| turn.rate),
        cpu[0],
        cpu[1],
        ratio(|turn| turn.server + turn.database),
        database[0],
        database[1],
        p50[0],
        p50[1],
        p99[0],
        p99[1],
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

fn questions(typed: &Server) -> Vec<Question> {
    let found = typed.ask(
        "{ schools(first: 1, filter: { hasGroupOnRecord: true }) { nodes { slug } } partners(first: 1) { nodes { slug } } }",
    );
    let slug = |list: &str| found[list]["nodes"][0]["slug"].as_str().expect("a slug").to_owned();
    let (school, partner) = (slug("schools"), slug("partners"));
    vec![
        Question {
            name: "headline",
            document: "{ schools(first: 20, filter: { hasGroupOnRecord: true }) { nodes { id name group { id name \
                       alliances { nodes { id name partners(first: 6) { nodes { id name kinds } } } } } } } }"
                .to_owned(),
            path: "/headline".to_owned(),
        },
        Question {
            name: "page of 100",
            document: "{ schools(first: 100) { nodes { id name slug ownership stages schoolType \
                       township { id name } } } }"
                .to_owned(),
            path: "/hundred".to_owned(),
        },
        Question {
            name: "one school",
            document: format!("{{ school(slug: \"{school}\") {{ id name slug ownership stages schoolType }} }}"),
            path: format!("/school/{school}"),
        },
        Question {
            name: "reverse walk",
            document: format!(
                "{{ partner(slug: \"{partner}\") {{ id name alliances(first: 100) {{ nodes {{ id name groups(first: 5) \
                 {{ nodes {{ id name schools(first: 10) {{ nodes {{ id name stages }} }} }} }} }} }} }} }}"
            ),
            path: format!("/reverse/{partner}"),
        },
    ]
}

/// A script for `wrk` that posts a document.
fn post(document: &str) -> String {
    let body = json!({ "query": document }).to_string();
    format!("wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\nwrk.headers[\"content-type\"] = \"application/json\"\n")
}

/// What a turn showed.
struct Turn {
    /// Requests a second.
    rate: f64,
    /// Microseconds that the server's process spent on processors for a request.
    server: f64,
    /// The same of PostgreSQL's processes; SQLite's work is the server's.
    database: f64,
    /// Milliseconds.
    p50: f64,
    /// Milliseconds.
    p99: f64,
}

/// A server in a process of its own.
struct Server {
    process: Child,
    address: SocketAddr,
    /// The first process of PostgreSQL, if that is its database.
    database: Option<u32>,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Server {
    fn edumap(binary: &Path, url: &str, flags: &[&str]) -> Server {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let process = Command::new(binary)
            .args(["serve", "--dataset", "none", "--listen", &address.to_string()])
            .args(flags)
            .env("EDUMAP_DATABASE_URL", url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("edumap starts");
        let server = Server { process, address, database: database(url) };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "edumap does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        server
    }

    fn floor(url: &str, day: &str, constant: &Path) -> Server {
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args(["floor", url, day])
            .arg(constant)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the floor starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("an address");
        Server { process, address: line.trim().parse().expect("an address"), database: database(url) }
    }

    fn get(&self, path: &str) -> Vec<u8> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).1
    }

    /// The tag of the answer at a path.
    fn tag(&self, path: &str) -> String {
        let (head, _) = self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        let line = head.lines().find_map(|line| line.strip_prefix("etag: "));
        line.unwrap_or_else(|| panic!("no tag: {head}")).to_owned()
    }

    /// The answer to a document.
    fn post(&self, document: &str) -> Vec<u8> {
        let body = json!({ "query": document }).to_string();
        self.exchange(&format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .1
    }

    /// The data of an answer.
    fn ask(&self, document: &str) -> Value {
        let answer: Value = serde_json::from_slice(&self.post(document)).expect("JSON");
        assert!(answer.get("errors").is_none(), "{answer:#}");
        answer["data"].clone()
    }

    /// The head and the body of the response to a request.
    fn exchange(&self, request: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("received");
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
        let body = answer.split_off(head + 4);
        (String::from_utf8(answer).expect("text"), body)
    }

    /// One turn, after a short one that warms up.
    fn measure(&self, path: &str, script: Option<&Path>, connections: &str) -> Turn {
        let load = |time: &str| {
            let mut load = Command::new("wrk");
            load.args([
                "--threads",
                "1",
                "--connections",
                connections,
                "--latency",
                "--timeout",
                "10s",
                "--duration",
                time,
            ]);
            if let Some(script) = script {
                load.arg("--script").arg(script);
            }
            run(load.arg(format!("http://{}{path}", self.address)))
        };
        load("1s");
        let before = self.cpu();
        let report = load(TURN);
        let after = self.cpu();
        assert!(!report.contains("Non-2xx") && !report.contains("Socket errors"), "{report}");
        let said = |start: &str| {
            let line = report.lines().find(|line| line.trim_start().starts_with(start));
            line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or_else(|| panic!("no {start} in {report}"))
        };
        let requests = report.lines().find_map(|line| line.split_once(" requests in ")?.0.trim().parse::<f64>().ok());
        let requests = requests.filter(|requests| *requests > 0.0).unwrap_or_else(|| panic!("no requests in {report}"));
        let each = |at: usize| (after[at] - before[at]).as_secs_f64() * 1e6 / requests;
        Turn {
            rate: said("Requests/sec:").parse().expect("a number"),
            server: each(0),
            database: each(1),
            p50: milliseconds(said("50%")),
            p99: milliseconds(said("99%")),
        }
    }

    /// The time that the server and its database have spent on processors.
    fn cpu(&self) -> [Duration; 2] {
        [process::cpu_time(self.process.id()), self.database.map_or(Duration::ZERO, process::cpu_time_with_children)]
    }
}

/// The first process of our PostgreSQL, if the address is one of its databases.
fn database(url: &str) -> Option<u32> {
    match postgres::shared() {
        Postgres::Running(server) if url.starts_with("postgres") => Some(server.id().expect("its id")),
        _ => None,
    }
}

/// A time as `wrk` prints it.
fn milliseconds(text: &str) -> f64 {
    let at = text.find(|character: char| character.is_alphabetic()).expect("a unit");
    let (number, unit) = text.split_at(at);
    let number: f64 = number.parse().expect("a number");
    match unit {
        "us" => number / 1_000.0,
        "ms" => number,
        "s" => number * 1_000.0,
        other => panic!("wrk measures in {other}"),
    }
}

/// The release build of edumap.
fn binary() -> PathBuf {
    if let Some(binary) = env::var_os("EDUMAP_BINARY") {
        return binary.into();
    }
    // This program is `target/release/deps/http-…`.
    let own = env::current_exe().expect("this program");
    let target = own.ancestors().nth(3).expect("the folder of builds");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--package", "server", "--target-dir"])
        .arg(target)
        .status()
        .expect("cargo");
    assert!(built.success(), "edumap cannot be built");
    target.join("release/edumap")
}

/// What a program prints.
fn run(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
