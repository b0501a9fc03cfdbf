//! The benchmark: `cargo bench -p tests --bench map`. It prints tables; `docs/benchmarks.md` holds those of a real run.
//!
//! Imports, pages of equal length on maps of different sizes, and what limits, figures and the log cost. How near the server
//! is to what is possible is for the benchmark `http` to say.
//! With `EDUMAP_BENCH_NATION=1` a nation of 300,000 schools is loaded as well, which takes some minutes.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{
    net::SocketAddr,
    num::NonZeroU32,
    sync::Arc,
    time::{Duration, Instant},
};

use graphql::Limits;
use persistence::Store;
use server::{
    App, Capacity, ClientRates,
    generate::{Plan, generate},
    import::{Folder, Options, import},
};
use tests::{clock, postgres};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// 20 schools → group → alliances → partners: about 2,000 fields.
const HEADLINE: &str = "{ schools(first: 20, filter: { hasGroupOnRecord: true }) { nodes { id name group { id name alliances { nodes { id name partners(first: 6) { nodes { id name kinds } } } } } } } }";

/// How many pages are looked at to find one that says as much as the district's.
const PAGES: usize = 50;

/// How long each measurement takes.
const SPAN: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() {
    // `cargo test --benches` only asks whether it starts.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let mut sizes = vec![("district", 400), ("city", 5_000)];
    if std::env::var_os("EDUMAP_BENCH_NATION").is_some() {
        sizes.push(("nation", 300_000));
    }
    let mut imports = Vec::new();
    let (mut pages, mut folders) = (Vec::<Page>::new(), Vec::new());
    let mut guards = Vec::new();
    // The log is written, and thrown away.
    tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing_subscriber::filter::LevelFilter::INFO)
        .with_writer(std::io::sink)
        .init();
    for (name, schools) in sizes {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = dir.path().join(name);
        let rows = generate(&Plan { schools, seed: 1 }, &folder)
            .expect("a map")
            .rows
            .iter()
            .map(|(_, rows)| rows)
            .sum::<u64>();
        let sqlite = format!("sqlite://{}", dir.path().join("map.db").display());
        let urls = [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip("the benchmark"))];
        for (database, url) in urls.into_iter().filter_map(|(database, url)| url.map(|url| (database, url))) {
            let store = Store::open(&url, None).await.expect("a database");
            store.migrate().await.expect("migrated");
            let began = Instant::now();
            load(&store, &folder).await;
            imports.push((name, database, rows, began.elapsed()));
            let address = listen(app(&store)).await;
            let like = pages.iter().find(|page| page.database == database).map(|page| page.fields);
            pages.push(Page::of(name, database, address, like).await);
            guards.push((name, database, guarded(store).await));
        }
        folders.push(dir);
    }
    println!("| import | database | rows | seconds |\n|---|---|---|---|");
    for (name, database, rows, took) in &imports {
        println!("| {name} | {database} | {rows} | {:.1} |", took.as_secs_f64());
    }
    println!("\n| page of | database | fields | p50 µs | as a ratio to the district's |\n|---|---|---|---|---|");
    let medians = in_turns(&pages).await;
    for (page, p50) in pages.iter().zip(&medians) {
        let Page { map, database, fields, .. } = page;
        let district = pages.iter().position(|page| page.database == *database).expect("itself, at least");
        println!("| {map} | {database} | {fields} | {} | {:.2} |", p50.as_micros(), ratio(*p50, medians[district]));
    }
    println!(
        "\n| limits, figures and log | database | on, requests/s | off, requests/s | ratio |\n|---|---|---|---|---|"
    );
    for (name, database, [on, off]) in &guards {
        println!("| {name} | {database} | {on:.0} | {off:.0} | {:.2} |", on / off);
    }
}

/// Requests a second of the headline query with all that guards and watches a server, and without.
async fn guarded(store: Store) -> [f64; 2] {
    let rates = Some(ClientRates::per_second(NonZeroU32::MAX));
    let on = listen(App { capacity: Arc::new(Capacity { rates, ..Capacity::default() }), ..app(&store) }).await;
    let capacity = Capacity {
        body: usize::MAX,
        connections: 1 << 20,
        has_metrics: false,
        logs_requests: false,
        ..Capacity::with_operations(1 << 20)
    };
    let limits = Limits {
        tokens: usize::MAX,
        aliases: usize::MAX,
        depth: usize::MAX,
        fragments: usize::MAX,
        cost: u64::MAX,
        ..Limits::default()
    };
    let off = listen(App { capacity: Arc::new(capacity), limits: Arc::new(limits), ..app(&store) }).await;
    let mut best = [0.0, 0.0];
    for _ in 0..3 {
        for (best, address) in best.iter_mut().zip([on, off]) {
            hammer(address, &headline(), 8, SPAN / 4).await;
            *best = f64::max(
                *best,
                hammer(address, &headline(), 8, SPAN / 2).await.len() as f64 / (SPAN / 2).as_secs_f64(),
            );
        }
    }
    best
}

fn app(store: &Store) -> App {
    App::new(store.clone(), Arc::new(clock()))
}

/// Serves as the binary does.
async fn listen(app: App) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let capacity = app.capacity.clone();
    tokio::spawn(server::serve(listener, server::router(app), capacity));
    address
}

/// The headline query as a request.
fn headline() -> String {
    posted(HEADLINE)
}

fn posted(query: &str) -> String {
    let body = serde_json::json!({ "query": query }).to_string();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

async fn load(store: &Store, folder: &std::path::Path) {
    let options = Options { actor: "benchmark".to_owned(), ..Options::default() };
    let folder = Folder::Disk(folder.to_owned());
    import(store, &folder, &options, &clock()).await.expect("an import").expect("no findings");
}

/// A page of a map, about as long as that of the district.
struct Page {
    map: &'static str,
    database: &'static str,
    address: SocketAddr,
    request: String,
    /// How many fields its answer has.
    fields: usize,
}

impl Page {
    /// The first page, or among the first ones the one with nearest to so many fields.
    async fn of(map: &'static str, database: &'static str, address: SocketAddr, like: Option<usize>) -> Page {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let mut cursor = serde_json::Value::Null;
        let mut best = None;
        for _ in 0..if like.is_some() { PAGES } else { 1 } {
            let after = format!("first: 20, after: {cursor}");
            let request = posted(&HEADLINE.replacen("first: 20", &after, 1));
            let body = exchange(&mut stream, &request, &mut Vec::new()).await;
            let fields = fields(&serde_json::from_slice(&body).expect("JSON"));
            let page = Page { map, database, address, request, fields };
            let distance = |page: &Page| page.fields.abs_diff(like.unwrap_or(page.fields));
            best = match best {
                Some(best) if distance(&best) <= distance(&page) => Some(best),
                _ => Some(page),
            };
            let next =
                format!("{{ schools({after}, filter: {{ hasGroupOnRecord: true }}) {{ pageInfo {{ endCursor }} }} }}");
            let body = exchange(&mut stream, &posted(&next), &mut Vec::new()).await;
            let next: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            cursor = next["data"]["schools"]["pageInfo"]["endCursor"].clone();
        }
        best.expect("a page")
    }
}

/// The medians of pages that are asked for in turns, so that a machine which is slow for a while is so for all.
async fn in_turns(pages: &[Page]) -> Vec<Duration> {
    let mut took = vec![Vec::new(); pages.len()];
    for _ in 0..10 {
        for (took, page) in took.iter_mut().zip(pages) {
            took.extend(hammer(page.address, &page.request, 1, SPAN / 8).await);
        }
    }
    took.into_iter().map(median).collect()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn fields(answer: &serde_json::Value) -> usize {
    answer.to_string().matches("\":").count()
}

/// Sends a request over some connections again and again; gives how long each answer took.
async fn hammer(address: SocketAddr, request: &str, connections: usize, span: Duration) -> Vec<Duration> {
    let until = Instant::now() + span;
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.to_owned();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("a connection");
                stream.set_nodelay(true).expect("a socket");
                let (mut took, mut buffer) = (Vec::new(), Vec::new());
                while Instant::now() < until {
                    let began = Instant::now();
                    exchange(&mut stream, &request, &mut buffer).await;
                    took.push(began.elapsed());
                }
                took
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("a client that lives"));
    }
    all
}

/// One request and its answer's body over a connection that stays open.
async fn exchange(stream: &mut TcpStream, request: &str, buffer: &mut Vec<u8>) -> Vec<u8> {
    stream.write_all(request.as_bytes()).await.expect("sent");
    buffer.clear();
    loop {
        stream.read_buf(buffer).await.expect("received");
        let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let headers = std::str::from_utf8(&buffer[..head]).expect("headers").to_ascii_lowercase();
        let length =
            headers.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()).expect("a length");
        let length: usize = length.parse().expect("a number");
        while buffer.len() < head + 4 + length {
            stream.read_buf(buffer).await.expect("received");
        }
        return buffer[head + 4..].to_vec();
    }
}

fn median(mut took: Vec<Duration>) -> Duration {
    took.sort_unstable();
    took[took.len() / 2]
}
