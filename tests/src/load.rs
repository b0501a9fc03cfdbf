//! Servers in processes of their own, and the load that benchmarks put on them with `wrk`.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    postgres::{self, Postgres},
    process,
};

/// How long one turn is measured.
pub const TURN: &str = "3s";
/// How many turns each of the two has with a question: 5, or as many as `EDUMAP_BENCH_TURNS` says.
///
/// # Panics
/// It is no number.
#[must_use]
pub fn turns() -> usize {
    env::var("EDUMAP_BENCH_TURNS").map_or(5, |turns| turns.parse().expect("a number of turns"))
}

/// The medians of all turns; a ratio is the median of the turns' ratios, since the machine may be slow for a while.
pub fn row(turns: &[[Turn; 2]]) -> String {
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

/// The value in the middle, or between the two in the middle.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let (low, high) = ((values.len() - 1) / 2, values.len() / 2);
    f64::midpoint(values[low], values[high])
}

/// A script for `wrk` that posts a document.
pub fn post(document: &str) -> String {
    let body = json!({ "query": document }).to_string();
    format!("wrk.method = \"POST\"\nwrk.body = [==[{body}]==]\nwrk.headers[\"content-type\"] = \"application/json\"\n")
}

/// What a turn showed.
pub struct Turn {
    /// Requests a second.
    pub rate: f64,
    /// Microseconds that the server's process spent on processors for a request.
    pub server: f64,
    /// The same of PostgreSQL's processes; SQLite's work is the server's.
    pub database: f64,
    /// Milliseconds.
    pub p50: f64,
    /// Milliseconds.
    pub p99: f64,
}

/// A server in a process of its own.
pub struct Server {
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
    /// Starts edumap on a database that has its data.
    ///
    /// # Panics
    /// It does not start.
    pub fn edumap(binary: &Path, url: &str, flags: &[&str]) -> Server {
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
            thread::sleep(Duration::from_millis(1));
        }
        server
    }

    /// How long it takes from the start of edumap to its first answer, on a database that has its data.
    ///
    /// # Panics
    /// It does not start.
    pub fn time_first_answer(binary: &Path, url: &str, document: &str) -> Duration {
        let began = Instant::now();
        let server = Server::edumap(binary, url, &[]);
        let answer = server.post(document);
        let took = began.elapsed();
        assert!(answer.starts_with(b"{\"data\":"), "{}", String::from_utf8_lossy(&answer));
        took
    }

    /// Starts the benchmark itself with other arguments: it serves what is written by hand, and prints its address first.
    ///
    /// # Panics
    /// It does not start.
    pub fn floor(url: &str, arguments: &[&str]) -> Server {
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the floor starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("an address");
        Server { process, address: line.trim().parse().expect("an address"), database: database(url) }
    }

    /// The body of the response at a path.
    ///
    /// # Panics
    /// There is none.
    pub fn get(&self, path: &str) -> Vec<u8> {
        self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).1
    }

    /// The tag of the answer at a path.
    ///
    /// # Panics
    /// It has none.
    pub fn tag(&self, path: &str) -> String {
        let (head, _) = self.exchange(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"));
        let line = head.lines().find_map(|line| line.strip_prefix("etag: "));
        line.unwrap_or_else(|| panic!("no tag: {head}")).to_owned()
    }

    /// The answer to a document.
    ///
    /// # Panics
    /// There is none.
    pub fn post(&self, document: &str) -> Vec<u8> {
        let body = json!({ "query": document }).to_string();
        self.exchange(&format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))
        .1
    }

    /// The data of an answer.
    ///
    /// # Panics
    /// It has errors.
    pub fn ask(&self, document: &str) -> Value {
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
    ///
    /// # Panics
    /// A request fails.
    pub fn measure(&self, path: &str, script: Option<&Path>, connections: &str) -> Turn {
        let load = |time: &str| self.wrk(path, script, connections, time);
        load("1s");
        let before = self.cpu();
        let report = load(TURN);
        let after = self.cpu();
        assert!(!report.contains("Non-2xx") && !report.contains("Socket errors"), "{report}");
        let said = |start: &str| {
            let line = report.lines().find(|line| line.trim_start().starts_with(start));
            line.and_then(|line| line.split_whitespace().nth(1)).unwrap_or_else(|| panic!("no {start} in {report}"))
        };
        let requests = requests(&report);
        let each = |at: usize| (after[at] - before[at]).as_secs_f64() * 1e6 / requests;
        Turn {
            rate: said("Requests/sec:").parse().expect("a number"),
            server: each(0),
            database: each(1),
            p50: milliseconds(said("50%")),
            p99: milliseconds(said("99%")),
        }
    }

    /// Puts load on a path, whatever it answers, for as long as `wrk` is told, and gives how many requests there were.
    pub fn load(&self, path: &str, script: &Path, connections: &str, time: &str) -> f64 {
        requests(&self.wrk(path, Some(script), connections, time))
    }

    /// What `wrk` reports.
    fn wrk(&self, path: &str, script: Option<&Path>, connections: &str, time: &str) -> String {
        let mut load = Command::new("wrk");
        load.args(["--threads", "1", "--connections", connections, "--latency", "--timeout", "10s"]);
        load.args(["--duration", time]);
        if let Some(script) = script {
            load.arg("--script").arg(script);
        }
        run(load.arg(format!("http://{}{path}", self.address)))
    }

    /// How much memory the server has, in MiB.
    ///
    /// # Panics
    /// The system does not say.
    pub fn memory_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number") / 1024.0
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

/// How many requests `wrk` reports.
fn requests(report: &str) -> f64 {
    let requests = report.lines().find_map(|line| line.split_once(" requests in ")?.0.trim().parse::<f64>().ok());
    requests.filter(|requests| *requests > 0.0).unwrap_or_else(|| panic!("no requests in {report}"))
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

/// The release build of edumap. `EDUMAP_BINARY` names another.
///
/// # Panics
/// It cannot be built, or `wrk` is missing.
pub fn binary() -> PathBuf {
    let has_load = Command::new("wrk").arg("--version").output().is_ok();
    assert!(has_load, "`wrk` makes the load, and is missing: `apt-get install wrk` on Debian");
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
///
/// # Panics
/// It fails.
pub fn run(command: &mut Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}
