//! The benchmark over HTTP: `cargo bench -p tests --bench http`. `docs/benchmarks.md` holds the tables of a real run.
//!
//! The release build of edumap answers in a process of its own, and so does a floor written by hand (`tests::floor`); the
//! load comes from `wrk`, in a third. The two are measured in turns, on SQLite and on a private PostgreSQL, over a made-up
//! city. Questions are asked of a server that keeps no answer; one that keeps them is measured against a handler that gives
//! the same bytes each time, and what asks nothing against `/healthz`. A second table has what else the server aims at:
//! resolvers instead of plans, many connections, a nation instead of a district, its start, its memory and imports.
//! `EDUMAP_BINARY` names another binary than the one that cargo builds, `EDUMAP_BENCH_SCHOOLS` another size of the city;
//! `EDUMAP_BENCH_AIMS=0` leaves the second table out, which takes two imports of a nation on each database.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{
    env,
    fmt::Display,
    fs,
    path::Path,
    process::Command,
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
use serde_json::Value;
use tests::{
    floor::Floor,
    load::{self, Server, TURN, Turn, median, post, row, run, turns},
    postgres,
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many connections ask at the same time.
const CONNECTIONS: &str = "8";
/// How many ask for answers that are kept.
const MANY_CONNECTIONS: &str = "64";
/// How many schools a nation has, and a district.
const NATION: &str = "51140";
const DISTRICT: &str = "600";

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
    let binary = load::binary();
    let wants_aims = env::var_os("EDUMAP_BENCH_AIMS").is_none_or(|wants| wants != "0");
    let schools = env::var("EDUMAP_BENCH_SCHOOLS").unwrap_or_else(|_| "5000".to_owned());
    let dir = tempfile::tempdir().expect("a folder");
    let data = dir.path().join("city");
    run(Command::new(&binary).args(["generate", "--schools", &schools, "--seed", "1"]).arg(&data));
    let sqlite = format!("sqlite://{}", dir.path().join("map.db").display());
    let databases = [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip("the benchmark"))];
    println!(
        "`{}`, {schools} schools, {} turns of {TURN}, {CONNECTIONS} connections, {MANY_CONNECTIONS} where answers are kept\n",
        binary.display(),
        turns()
    );
    println!(
        "| database | question | requests/s | floor | ratio | CPU a request, µs | floor | ratio | of that the database, µs \
         | floor | p50 ms | floor | p99 ms | floor |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    );
    let mut aims = Aims::default();
    for (database, url) in databases.into_iter().filter_map(|(database, url)| Some((database, url?))) {
        run(Command::new(&binary).arg("import").arg(&data).env("EDUMAP_DATABASE_URL", &url));
        let typed = Server::edumap(&binary, &url, &["--max-cached-bytes", "0"]);
        let view = typed.ask("{ map { view { asOf } } }");
        let questions = questions(&typed);
        let constant = dir.path().join("constant.json");
        fs::write(&constant, typed.post(&questions[0].document)).expect("written");
        let day = view["map"]["view"]["asOf"].as_str().expect("a day");
        let floor = Server::floor(&url, &["floor", &url, day, &constant.display().to_string()]);
        for Question { name, document, path } in &questions {
            let told: Value = serde_json::from_slice(&floor.get(path)).expect("JSON");
            assert_eq!(typed.ask(document), told["data"], "{name}: the floor says something else");
        }
        let compare = |name: &str, ours: &dyn Fn() -> Turn, floor: &dyn Fn() -> Turn| {
            let turns: Vec<_> = (0..turns()).map(|_| [ours(), floor()]).collect();
            println!("| {database} | {name} | {} |", row(&turns));
        };
        let script = dir.path().join("wrk.lua");
        let write = |text: String| fs::write(&script, text).expect("a script");
        for question in &questions {
            write(post(&question.document));
            let ours = || typed.measure("/graphql", Some(&script), CONNECTIONS);
            compare(question.name, &ours, &|| floor.measure(&question.path, None, CONNECTIONS));
        }
        if wants_aims {
            let headline = &questions[0];
            for question in [headline, &questions[2]] {
                write(post(&question.document));
                let turns: Vec<Turn> =
                    (0..turns()).map(|_| typed.measure("/graphql", Some(&script), MANY_CONNECTIONS)).collect();
                let spread = median(turns.iter().map(|turn| turn.p99 / turn.p50));
                let what = format!("{}, {MANY_CONNECTIONS} connections: p99 to p50", question.name);
                aims.add(database, &what, "4", format!("{spread:.2}"));
            }
            let resolving = Server::edumap(&binary, &url, &["--max-cached-bytes", "0", "--planned-reads", "off"]);
            write(post(&headline.document));
            let ratios = (0..turns()).map(|_| {
                let ours = resolving.measure("/graphql", Some(&script), CONNECTIONS);
                ours.rate / floor.measure(&headline.path, None, CONNECTIONS).rate
            });
            aims.add(
                database,
                "headline by resolvers, of the floor's requests",
                "0.5",
                format!("{:.2}", median(ratios)),
            );
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
        drop(keeping);
        if wants_aims {
            let first =
                (0..5).map(|_| Server::time_first_answer(&binary, &url, "{ schools(first: 1) { nodes { id } } }"));
            let took = median(first.map(|took| took.as_secs_f64() * 1e3));
            aims.add(database, "first answer after the start, ms", "100", format!("{took:.0}"));
            let idle = Server::edumap(&binary, &url, &[]);
            thread::sleep(Duration::from_secs(2));
            aims.add(database, "memory of an idle server, MiB", "40", format!("{:.1}", idle.memory_mib()));
        }
    }
    if wants_aims {
        compare_sizes(&binary, dir.path(), &mut aims);
        println!("\n| database | what | aim | measured |\n|---|---|---|---|\n{}", aims.0.join("\n"));
    }
}

/// Lines of the second table.
#[derive(Default)]
struct Aims(Vec<String>);

impl Aims {
    fn add(&mut self, database: &str, what: &str, aim: &str, measured: impl Display) {
        self.0.push(format!("| {database} | {what} | {aim} | {measured} |"));
    }
}

/// Imports a nation and a district, and asks both for the same page.
fn compare_sizes(binary: &Path, dir: &Path, aims: &mut Aims) {
    let folders = [NATION, DISTRICT].map(|schools| {
        let folder = dir.join(schools);
        run(Command::new(binary).args(["generate", "--schools", schools, "--seed", "1"]).arg(&folder));
        folder
    });
    let script = dir.join("page.lua");
    fs::write(&script, post(HUNDRED)).expect("a script");
    for (database, is_sqlite, aim) in [("SQLite", true, "30"), ("PostgreSQL", false, "45")] {
        let urls = [NATION, DISTRICT].map(|schools| match is_sqlite {
            true => Some(format!("sqlite://{}", dir.join(schools).with_extension("db").display())),
            false => postgres::url_or_skip("the benchmark"),
        });
        let [Some(nation), Some(district)] = urls else { continue };
        for (url, folder, what) in
            [(&nation, &folders[0], Some("import of a nation, s")), (&district, &folders[1], None)]
        {
            let began = Instant::now();
            run(Command::new(binary).arg("import").arg(folder).env("EDUMAP_DATABASE_URL", url));
            if let Some(what) = what {
                aims.add(database, what, aim, format!("{:.1}", began.elapsed().as_secs_f64()));
            }
        }
        let servers = [&nation, &district].map(|url| Server::edumap(binary, url, &["--max-cached-bytes", "0"]));
        let ratios = (0..turns()).map(|_| {
            let [nation, district] =
                servers.each_ref().map(|server| server.measure("/graphql", Some(&script), CONNECTIONS));
            district.rate / nation.rate
        });
        aims.add(database, "a nation's page of 100, times the district's", "1.1", format!("{:.2}", median(ratios)));
    }
}

/// A page of 100 schools.
const HUNDRED: &str =
    "{ schools(first: 100) { nodes { id name slug ownership stages schoolType township { id name } } } }";

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
        Question { name: "page of 100", document: HUNDRED.to_owned(), path: "/hundred".to_owned() },
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
