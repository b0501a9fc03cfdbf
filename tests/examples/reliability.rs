//! Abuse, measured: `cargo build --release && cargo run --release -p tests --example reliability`.
//!
//! An argument tells how many rounds follow the one that is printed, for the memory that they leave; one if there is none.
//! It starts the binary that was built beside it, carries out the suite's attacks and prints a table for each database;
//! `docs/reliability.md` holds those of a real run. A thousand connections at once need `ulimit -n 4096`.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write, stdout},
    net::SocketAddr,
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tests::{
    attack::{Attack, Reply, find_internals, is_healthy, list_attacks},
    postgres,
};
use tokio::time::sleep;

/// How many connections idle.
const IDLE: usize = 1_000;
/// How long the server may rest before its memory is looked at for the last time.
const REST: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let dir = tempfile::tempdir()?;
    let sqlite = format!("sqlite://{}/map.db", dir.path().display());
    let mut is_well = true;
    for (name, url) in [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip("reliability"))] {
        if let Some(url) = url {
            let server = Server::start(&url)?;
            is_well &= measure(name, &server).await?;
        }
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Carries out all attacks; tells whether each was answered as it should be.
async fn measure(database: &str, server: &Server) -> anyhow::Result<bool> {
    let mut out = stdout();
    writeln!(out, "\n## {database}\n")?;
    writeln!(out, "| attack | connections | outcome | ms | slowest health request meanwhile, ms | MB after |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    healthy(server.address).await?;
    writeln!(out, "| none yet | | | | | {} |", server.memory()?)?;
    let mut is_well = true;
    for attack in list_attacks(IDLE) {
        let (began, mut slowest) = (Instant::now(), Duration::ZERO);
        let watch = async {
            loop {
                slowest = slowest.max(healthy(server.address).await?);
                sleep(Duration::from_millis(1)).await;
            }
        };
        let told = tokio::select! {
            told = attack.run(server.address) => told,
            ended = watch => return ended,
        };
        let took = began.elapsed();
        healthy(server.address).await?;
        let (outcome, is_right) = outcome(&attack, &told);
        is_well &= is_right;
        let (name, times, memory) = (attack.name, told.len(), server.memory()?);
        let (took, slowest) = (took.as_millis(), slowest.as_millis());
        writeln!(out, "| {name} | {times} | {outcome} | {took} | {slowest} | {memory} |")?;
    }
    sleep(REST).await;
    healthy(server.address).await?;
    writeln!(out, "| none any more | | | | | {} |", server.memory()?)?;
    // More rounds help to tell what the server keeps at hand from what it loses.
    let rounds = env::args().nth(1).map_or(Ok(1), |rounds| rounds.parse())?;
    for _ in 0..rounds {
        for attack in list_attacks(IDLE) {
            attack.run(server.address).await;
        }
        sleep(REST).await;
        healthy(server.address).await?;
        writeln!(out, "| all of them once more | | | | | {} |", server.memory()?)?;
    }
    Ok(is_well)
}

/// How long a health request takes.
async fn healthy(address: SocketAddr) -> anyhow::Result<Duration> {
    let began = Instant::now();
    match is_healthy(address).await {
        true => Ok(began.elapsed()),
        false => bail!("the server does not say that it is healthy"),
    }
}

/// What came of an attack, and whether it is what should.
fn outcome(attack: &Attack, all: &[Reply]) -> (String, bool) {
    let is_right =
        |told: &&Reply| (told.status, told.code.as_str()) == attack.answer && find_internals(&told.text).is_empty();
    let Some(told) = all.iter().find(|told| !is_right(told)).or(all.first()) else { return (String::new(), false) };
    let outcome = match (told.status, told.code.as_str()) {
        (0, _) => "hung up".to_owned(),
        (status, "") => status.to_string(),
        (101, code) => format!("closed with {code}"),
        (status, code) => format!("{status} `{code}`"),
    };
    match is_right(&told) {
        true => (outcome, true),
        false => (format!("**{outcome}**, not {:?}", attack.answer), false),
    }
}

/// The binary, running.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(url: &str) -> anyhow::Result<Server> {
        let here = env::current_exe()?;
        let binary = here.ancestors().nth(2).context("an example lies two folders below the binary")?.join("edumap");
        let mut child = Command::new(&binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--dataset", "chaoyang"])
            .env("EDUMAP_DATABASE_URL", url)
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{}: build it first, in the same profile", binary.display()))?;
        let (tell, told) = channel();
        let log = BufReader::new(child.stderr.take().context("a log")?);
        // The log is read to its end, so that the server never waits for a reader.
        thread::spawn(move || {
            for line in log.lines().map_while(Result::ok) {
                let address = line.split_once("GraphQL on http://").and_then(|(_, rest)| rest.split('/').next());
                if let Some(address) = address.and_then(|address| address.parse().ok()) {
                    let _ = tell.send(address);
                }
            }
        });
        let address = told.recv_timeout(Duration::from_secs(60)).context("the server does not say where it listens")?;
        Ok(Server { child, address })
    }

    /// The memory that it holds, in MB.
    fn memory(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes / 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
