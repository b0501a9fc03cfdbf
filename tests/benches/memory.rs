//! Memory under load: `cargo bench -p tests --bench memory`. `docs/benchmarks.md` holds the table of a real run.
//!
//! The release build of edumap answers a mix of questions, of several kinds and views, from 16 connections of `wrk` that
//! pause between requests, an hour long or as many minutes as `EDUMAP_BENCH_MINUTES` says, over a made-up city on SQLite.
//! Every fifth minute another data set is imported, by another process: old answers and statements give way. After each minute it is printed how much memory the
//! process has. `EDUMAP_BINARY` names another binary than the one that cargo builds.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{env, fs, process::Command, thread, time::Duration};

use serde_json::{Value, json};
use tests::load::{self, Server, run};

/// How many ask at the same time.
const CONNECTIONS: &str = "16";
/// How long each waits after an answer.
const PAUSE_MILLISECONDS: u32 = 50;

fn main() {
    // `cargo test --benches` only asks whether it starts.
    if env::args().any(|argument| argument == "--bench") {
        watch();
    }
}

fn watch() {
    let minutes = env::var("EDUMAP_BENCH_MINUTES").map_or(60, |minutes| minutes.parse().expect("a number of minutes"));
    let binary = load::binary();
    let dir = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", dir.path().join("map.db").display());
    let folders = ["1", "2"].map(|seed| {
        let folder = dir.path().join(seed);
        run(Command::new(&binary).args(["generate", "--schools", "2000", "--seed", seed]).arg(&folder));
        folder
    });
    let import = |at: usize| {
        run(Command::new(&binary)
            .args(["import", "--allow-removal"])
            .arg(&folders[at % 2])
            .env("EDUMAP_DATABASE_URL", &url));
    };
    import(0);
    let server = Server::edumap(&binary, &url, &[]);
    thread::sleep(Duration::from_secs(1));
    println!("| minute | requests | memory, MiB |\n|---|---|---|\n| idle | | {:.1} |", server.memory_mib());
    let script = dir.path().join("wrk.lua");
    fs::write(&script, mix(&questions(&server))).expect("a script");
    for minute in 1..=minutes {
        if minute % 5 == 0 {
            import(minute / 5);
        }
        let requests = server.load("/graphql", &script, CONNECTIONS, "60s");
        println!("| {minute} | {requests} | {:.1} |", server.memory_mib());
    }
}

/// Questions of all kinds, each as the body of a request; what is `%d` in one is another number each time.
fn questions(server: &Server) -> Vec<String> {
    let slug = |list: &str| {
        let found = server.ask(&format!("{{ {list}(first: 1) {{ nodes {{ slug }} }} }}"));
        found[list]["nodes"][0]["slug"].as_str().expect("a slug").to_owned()
    };
    let (school, partner) = (slug("schools"), slug("partners"));
    let documents = [
        "{ schools(first: 20, filter: { hasGroupOnRecord: true }) { nodes { id name group { id name alliances { nodes \
         { id name partners(first: 6) { nodes { id name kinds } } } } } } } }"
            .to_owned(),
        "query { schools(first: 100) { totalCount nodes { id name slug ownership stages township { id name } } } }"
            .to_owned(),
        format!(
            "{{ school(slug: \"{school}\") {{ id name sources {{ title quote }} reach {{ edges {{ way node {{ name }} }} }} }} }}"
        ),
        format!(
            "{{ partner(slug: \"{partner}\") {{ name alliances {{ edges {{ role node {{ name groups {{ nodes {{ name }} }} }} }} }} }} }}"
        ),
        "{ map(asOf: \"2024-09-%02d\") { schools(first: 10) { edges { cursor node { name existence } } } } }"
            .to_owned(),
        "{ search(text: \"school %d\") { totalCount edges { node { id } } } }".to_owned(),
        "{ q%d: coverage(of: GROUPS) { total covered uncovered unknown } }".to_owned(),
        "{ q%d: schools(first: 0) { breakdown(by: [STAGE, OWNERSHIP]) { count } } }".to_owned(),
        "{ gaps { kind count } }".to_owned(),
        "{ school(slug: \"nothing-%d\") { id } wrong }".to_owned(),
    ];
    documents.iter().map(|document| json!({ "query": document }).to_string()).collect()
}

/// A script for `wrk` that asks these in turns.
fn mix(bodies: &[String]) -> String {
    let bodies: Vec<String> = bodies.iter().map(|body| Value::from(body.as_str()).to_string()).collect();
    format!(
        "local bodies = {{ {} }}\nlocal at = 0\nwrk.method = \"POST\"\nwrk.headers[\"content-type\"] = \"application/json\"\n\
         request = function()\n  at = at + 1\n  local body = bodies[at % #bodies + 1]\n  body = body:gsub(\"%%0?2?d\", \
         function(form) return string.format(form, at % 28 + 1) end)\n  return wrk.format(nil, nil, nil, body)\nend\n\
         delay = function() return {PAUSE_MILLISECONDS} end\n",
        bodies.join(", ")
    )
}
