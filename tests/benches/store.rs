//! The benchmark of the store alone: `cargo bench -p tests --bench store`. `docs/benchmarks.md` holds a table of a real run.
//!
//! The four statements of the headline query, from a call of the store to values of the domain, beside the floor's
//! (`tests::floor`): its statements and the decoding of its rows, without JSON. Both run in this process, in turns, on the
//! same database. `EDUMAP_BENCH_SCHOOLS` is the size of the made-up city.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::{
    env,
    hint::black_box,
    time::{Duration, Instant},
};

use domain::{Clock, Condition, ConditionValue, Filter, Known, Order, PageRequest, School, TimeZone, View};
use persistence::{
    ALLIANCES_OF_GROUP, ColumnSet, GROUPS_OF_SCHOOL, ListRequest, Noun, PARTNERS_OF_ALLIANCE, RelatedPage, Relation,
    Store,
};
use server::{
    generate::{Plan, generate},
    import::{Folder, Options, import},
};
use tests::{clock, floor::Floor, postgres, process};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How many turns each of the two has.
const TURNS: usize = 30;
/// How often the walk is repeated in a turn.
const WALKS: u32 = 20;
/// The levels of the walk.
const LEVELS: [&str; 4] = ["schools", "groups", "alliances", "partners"];

/// How long the levels of a walk took.
type Walk = [Duration; 4];

#[tokio::main]
async fn main() {
    // `cargo test --benches` only asks whether it starts.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    let schools = env::var("EDUMAP_BENCH_SCHOOLS").map_or(5_000, |text| text.parse().expect("a number"));
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools, seed: 1 }, &folder).expect("a map");
    let sqlite = format!("sqlite://{}", dir.path().join("map.db").display());
    let urls = [("SQLite", Some(sqlite)), ("PostgreSQL", postgres::url_or_skip("the benchmark"))];
    println!("{schools} schools, {TURNS} turns of {WALKS} walks\n");
    println!(
        "| database | statements | store, p50 µs | floor, p50 µs | ratio | store, CPU µs | floor, CPU µs | ratio |\n\
         |---|---|---|---|---|---|---|---|"
    );
    for (database, url) in urls.into_iter().filter_map(|(database, url)| Some((database, url?))) {
        let store = Store::open(&url, None).await.expect("a database");
        store.migrate().await.expect("migrated");
        let options = Options { actor: "benchmark".to_owned(), ..Options::default() };
        let imported = import(&store, &Folder::Disk(folder.clone()), &options, &clock()).await;
        imported.expect("an import").expect("no findings");
        let day = clock().today(TimeZone::UTC);
        let floor = Floor::open(&url, &day.to_string()).await;
        measure(database, &store, View::new(day, Known::Latest), &floor).await;
    }
}

async fn measure(database: &str, store: &Store, view: View, floor: &Floor) {
    let (mut walks, mut cpu) = ([Vec::new(), Vec::new()], [Duration::ZERO; 2]);
    // The first turn of each warms up.
    for turn in 0..=TURNS {
        let before = process::cpu_time(std::process::id());
        let by_store = repeat(async || walk_by_store(store, view).await).await;
        let between = process::cpu_time(std::process::id());
        let by_floor = repeat(async || walk_by_floor(floor).await).await;
        let after = process::cpu_time(std::process::id());
        if turn > 0 {
            walks[0].extend(by_store);
            walks[1].extend(by_floor);
            cpu[0] += between - before;
            cpu[1] += after - between;
        }
    }
    let p50 = |at: usize, of: &dyn Fn(&Walk) -> Duration| {
        let mut took: Vec<Duration> = walks[at].iter().map(of).collect();
        took.sort_unstable();
        took[took.len() / 2].as_secs_f64() * 1e6
    };
    for (at, level) in LEVELS.iter().enumerate() {
        let [store, floor] = [0, 1].map(|which| p50(which, &|walk| walk[at]));
        println!("| {database} | {level} | {store:.0} | {floor:.0} | {:.2} | | | |", store / floor);
    }
    let [store, floor] = [0, 1].map(|which| p50(which, &|walk| walk.iter().sum()));
    let [store_cpu, floor_cpu] = cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / f64::from(WALKS) / TURNS as f64);
    println!(
        "| {database} | all four | {store:.0} | {floor:.0} | {:.2} | {store_cpu:.0} | {floor_cpu:.0} | {:.2} |",
        store / floor,
        store_cpu / floor_cpu
    );
}

async fn repeat(walk: impl AsyncFn() -> Walk) -> Vec<Walk> {
    let mut walks = Vec::new();
    for _ in 0..WALKS {
        walks.push(walk().await);
    }
    walks
}

/// Times what is awaited.
async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let began = Instant::now();
    let result = work.await;
    (result, began.elapsed())
}

async fn walk_by_floor(floor: &Floor) -> Walk {
    let (schools, first) = timed(floor.schools_in_groups()).await;
    let (groups, second) = timed(floor.groups(&schools)).await;
    let (alliances, third) = timed(floor.alliances(&groups)).await;
    let (partners, fourth) = timed(floor.partners(&alliances)).await;
    black_box(partners);
    [first, second, third, fourth]
}

async fn walk_by_store(store: &Store, view: View) -> Walk {
    let has_group = Condition { property: "has_group", value: ConditionValue::Flag(true) };
    let filter = Filter { conditions: vec![has_group], ..Filter::default() };
    let request = first(20);
    let list = ListRequest { filter: &filter, order: Order::default(), page: &request, columns: ColumnSet::NAMES };
    let (page, took) = timed(store.page::<School>(view, list)).await;
    let mut walk = [took, Duration::ZERO, Duration::ZERO, Duration::ZERO];
    let ids: Vec<i64> = page.expect("schools").items.iter().map(|(_, school)| school.head.id).collect();
    let (groups, took) = timed(related(GROUPS_OF_SCHOOL, store, view, &ids, 1)).await;
    walk[1] = took;
    let ids = distinct(groups.iter().flat_map(|page| &page.items).map(|(_, linked)| linked.node.head.id));
    let (alliances, took) = timed(related(ALLIANCES_OF_GROUP, store, view, &ids, 20)).await;
    walk[2] = took;
    let ids = distinct(alliances.iter().flat_map(|page| &page.items).map(|(_, linked)| linked.node.head.id));
    let (partners, took) = timed(related(PARTNERS_OF_ALLIANCE, store, view, &ids, 6)).await;
    walk[3] = took;
    black_box(partners);
    walk
}

/// The pages of these parents, in one statement.
async fn related<N: Noun, T>(
    relation: Relation<N, T>,
    store: &Store,
    view: View,
    ids: &[i64],
    size: u32,
) -> Vec<RelatedPage<N, T>> {
    let (filter, page) = (Filter::default(), first(size));
    // The name is what the floor reads of a noun; of a partner its kinds, too, which every record states.
    let list = ListRequest { filter: &filter, order: Order::default(), page: &page, columns: ColumnSet::NAMES };
    let pages = store.related(relation, view, ids, list).await;
    pages.expect("pages").into_values().collect()
}

fn first(size: u32) -> PageRequest {
    PageRequest { size, ..PageRequest::default() }
}

fn distinct(ids: impl Iterator<Item = i64>) -> Vec<i64> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}
