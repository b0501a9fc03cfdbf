//! Scenarios: the map as it would be, on both databases, and nothing recorded.

mod data_set;

use std::{env, fs, path::Path, time::Duration};

use axum::{body::Body, http::Request};
use domain::{Known, NewRevision, ScenarioId, scenario::ScenarioChange};
use http_body_util::BodyExt;
use persistence::Store;
use serde_json::{Value, json};
use server::{
    generate::{Plan, generate},
    import::Options,
};
use tempfile::TempDir;
use tests::{
    TODAY, TestApp, bundled,
    pooler::{Mode, start_or_skip},
    postgres,
};
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use self::data_set::DataSet;

/// How many scenarios are made up, unless `EDUMAP_TEST_SCENARIOS` says another number.
const SCENARIOS: u64 = 60;

/// The server on a file of SQLite and on PostgreSQL, each with a data set.
async fn loaded(test: &str, dir: &Path) -> (Vec<TestApp>, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite://{}", folder.path().join("map.db").display());
    let mut stores = vec![("SQLite", Store::open(&file, None).await.expect("a file"))];
    if let Some(url) = postgres::url_or_skip(test) {
        stores.push(("PostgreSQL", Store::open(&url, None).await.expect("our own PostgreSQL")));
    }
    let mut apps = Vec::new();
    for (name, store) in stores {
        store.migrate().await.expect("migrated");
        let app = TestApp::on(name, store);
        app.import(dir).await.unwrap_or_else(|findings| panic!("{name}: {findings}"));
        apps.push(app);
    }
    (apps, folder)
}

/// The server on a database in memory, with a data set.
async fn in_memory(dir: &Path) -> TestApp {
    let app = TestApp::on("SQLite in memory", Store::in_memory().await.expect("memory"));
    app.import(dir).await.expect("no findings");
    app
}

const MOVE: &str = r#"{
    map { school(slug: "bj80") { group { slug } } }
    whatIf(changes: [{ move: { school: "bj80", group: "chenjinglun", on: "2026-09-01" } }]) {
        view { asOf changes revision { number } }
        school(slug: "bj80") { recordedSince { number } group { slug } groups { edges { recordedSince { number } sources { quote } } } }
    }
    before: whatIf(changes: [{ move: { school: "bj80", group: "chenjinglun", on: "2026-09-01" } }], asOf: "2026-08-31") {
        school(slug: "bj80") { group { slug } }
    }
    schools { totalCount }
}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_school_moves_and_nothing_is_recorded() {
    let (mut apps, _folder) = loaded("a scenario", &bundled()).await;
    apps.push(in_memory(&bundled()).await);
    for app in apps {
        // With figures it is asked by `ask`, and without them by `data`.
        let answer = app.ask(MOVE, json!({})).await.json();
        assert_eq!(answer["errors"], json!(null), "{}: {answer:#}", app.name);
        assert_eq!(answer["extensions"]["stats"]["planned"], true, "{}", app.name);
        let data = app.data(MOVE).await;
        assert_eq!(answer["data"], data, "{}", app.name);
        let home = &data["map"]["school"]["group"]["slug"];
        assert_ne!(*home, "chenjinglun", "{}", app.name);
        assert_eq!(data["before"]["school"]["group"]["slug"], *home, "{}", app.name);
        let expected = json!({
            "view": {
                "asOf": "2026-11-24",
                "changes": ["bj80 moves to chenjinglun as member on 2026-09-01"],
                "revision": { "number": 1 }
            },
            "school": {
                "recordedSince": { "number": 1 },
                "group": { "slug": "chenjinglun" },
                "groups": { "edges": [{ "recordedSince": { "number": 2 }, "sources": [] }] }
            }
        });
        assert_eq!(data["whatIf"], expected, "{}", app.name);
        let after =
            app.data("{ school(slug: \"bj80\") { group { slug } } revisions { number } view { changes } }").await;
        assert_eq!(after["school"]["group"]["slug"], *home, "{}", app.name);
        assert_eq!((&after["revisions"], &after["view"]["changes"]), (&json!([{ "number": 1 }]), &json!([])));
    }
}

/// What is asked of a map and of a scenario.
const QUESTIONS: &str = r#"fragment Q on Map {
    view { asOf }
    schools(first: 100, orderBy: { field: SLUG, direction: ASC }) {
        totalCount assumedCount withoutLocationCount
        nodes {
            id slug name status isOnMap existence knownDay sinceDay untilDay stages ownership township { slug }
            group { slug } groups { totalCount edges { role existence node { slug } } }
            partners { edges { kind existence node { slug name kinds knownDay } } }
            successors { edges { kind existence node { slug } } } predecessors { totalCount } presentDay { slug }
        }
        breakdown(by: [STAGE, STATUS]) { count assumedCount stage status }
    }
    members: schools(filter: { hasGroupOnRecord: true }) { totalCount breakdown(by: [GROUP]) { count group { slug } } }
    groups(first: 50) {
        nodes {
            slug status leadSchool { slug }
            schools(first: 50) { totalCount assumedCount edges { role since { text } until { text } node { slug } } }
        }
    }
    alliances(first: 10) { nodes { slug partners(first: 50) { totalCount nodes { slug } } } }
    coverage(of: GROUPS, by: [STAGE]) { total covered uncovered unknown rows { stage total covered uncovered unknown } }
    partnered: coverage(of: PARTNERS) { covered uncovered unknown }
    gaps { kind count items(first: 5) { nodes { slug } } }
    search(text: "new") { totalCount edges { name match isExact isFormer node { slug } } }
    some: schools(first: 6) {
        nodes {
            slug reach(first: 10) { totalCount edges { way node { slug } } }
            ways(years: 15, first: 5) { totalCount ways { certainty steps { to { stage school { slug } } } } deadEnds { stage school { slug } } }
        }
    }
    townships(first: 30) { nodes { slug schools { totalCount } } }
}"#;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures are read with --nocapture")]
async fn a_scenario_is_what_the_changes_make_of_a_copy() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (n, seed) = (number("EDUMAP_TEST_SCENARIOS").unwrap_or(SCENARIOS), number("EDUMAP_TEST_SEED").unwrap_or(1));
    let dir = tempfile::tempdir().expect("a folder");
    let city = dir.path().join("city");
    generate(&Plan { schools: 60, seed: 11 }, &city).expect("a city");
    let base = DataSet::read(&city);
    let (apps, folder) = loaded("scenarios and copies", &city).await;
    let file = || fs::read(folder.path().join("map.db")).expect("the file");
    let (before, copy) = (file(), in_memory(&city).await);
    let everything = Options { allow_removal: true, ..Options::default() };
    let (mut n_equal, mut n_refused) = (0, 0);
    for seed in seed..seed + n {
        let mut changed = base.clone();
        let (changes, [eve, day]) = changed.make_up(seed);
        let edited = tempfile::tempdir().expect("a folder");
        changed.write(edited.path());
        let ask = |field: &str| {
            let days = [("before", eve), ("after", day), ("today", "2026-11-24")];
            let fields: String =
                days.iter().map(|(name, day)| format!("{name}: {field}asOf: \"{day}\") {{ ...Q }} ")).collect();
            fields
        };
        let made = copy.import_by(edited.path(), everything.clone()).await;
        let applied = copy.data(&format!("{{ {} }} {QUESTIONS}", ask("map("))).await;
        let what_if =
            format!("query ($changes: [ChangeInput!]!) {{ {} }} {QUESTIONS}", ask("whatIf(changes: $changes, "));
        for app in &apps {
            let answer = app.post(&json!({ "query": what_if, "variables": { "changes": changes } }), &[]).await.json();
            match &made {
                Ok(_) => {
                    assert_eq!(answer["errors"], json!(null), "{}: seed {seed}: {changes:#?}", app.name);
                    if answer["data"] != applied {
                        let place = difference("", &answer["data"], &applied);
                        panic!("{}: seed {seed}: {place}\n{}", app.name, json!(changes));
                    }
                }
                Err(refusal) => {
                    let code = &answer["errors"][0]["extensions"]["code"];
                    assert_eq!(*code, "IMPOSSIBLE_CHANGE", "{}: seed {seed}: {refusal}: {answer:#}", app.name);
                }
            }
        }
        match made {
            Ok(_) => {
                n_equal += 1;
                copy.import_by(&city, everything.clone()).await.expect("the city as it was");
            }
            Err(_) => n_refused += 1,
        }
    }
    println!("{n_equal} scenarios are equal to copies, {n_refused} are refused as they are");
    assert!(n_equal * 2 > n, "only {n_equal} of {n} could be made");
    assert_eq!(file(), before, "the file is as it was");
    for app in &apps {
        let latest = app.store.revision(Known::Latest).await.expect("read").map(|it| it.number);
        assert_eq!(latest, Some(1), "{}", app.name);
    }
}

/// The first place at which two answers differ.
fn difference(path: &str, one: &Value, other: &Value) -> String {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let found = one.iter().find(|(name, value)| other.get(*name) != Some(value));
            found.map_or_else(
                || format!("{path}: more fields"),
                |(name, value)| difference(&format!("{path}.{name}"), value, &other[name]),
            )
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let found = one.iter().zip(other).enumerate().find(|(_, (one, other))| one != other);
            found.map_or_else(String::new, |(at, (one, other))| difference(&format!("{path}[{at}]"), one, other))
        }
        _ => format!("{path}: the scenario says {one}, and the copy {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_says_where_it_stands() {
    let (mut apps, _folder) = loaded("impossible changes", &bundled()).await;
    apps.push(in_memory(&bundled()).await);
    for app in apps {
        for (changes, code, said) in [
            ("[]", "INVALID_ARGUMENT", "`changes` has 0 items, and 1 to 100 are taken"),
            (
                "[{}]",
                "INVALID_ARGUMENT",
                "`changes[0]` needs exactly one of `move`, `merge`, `open`, `close` and `addPartner`",
            ),
            (
                r#"[{ close: { school: "bj80", on: "2026-09-01" }, open: { slug: "x", name: "X", on: "2026-09-01" } }]"#,
                "INVALID_ARGUMENT",
                "`changes[0]` needs exactly one of",
            ),
            (
                r#"[{ move: { school: "bj80", group: "chenjinglun", on: "2026-09-01" } }, { move: { school: "nobody", on: "2026-09-01" } }]"#,
                "UNKNOWN_NOUN",
                "`changes[1].move.school`: no school on record is called `nobody`",
            ),
            (
                r#"[{ move: { school: "bj80", group: "nobody", on: "2026-09-01" } }]"#,
                "UNKNOWN_NOUN",
                "`changes[0].move.group`: no group on record is called `nobody`",
            ),
            (
                r#"[{ move: { school: "grp_0000000000000", on: "2026-09-01" } }]"#,
                "INVALID_ID",
                "`changes[0].move.school`: `grp_0000000000000` is the id of a group",
            ),
            (r#"[{ move: { school: "bj80", group: "chenjinglun", on: "2026-02-30" } }]"#, "INVALID_DATE", "2026-02-30"),
            (
                r#"[{ move: { school: "bj80", group: "chenjinglun", on: "2026-09-01" } }, { move: { school: "bj80", group: "chenjinglun", on: "2026-10-01" } }]"#,
                "IMPOSSIBLE_CHANGE",
                "`changes[1].move.group`: `bj80` is in `chenjinglun` as member on that day already",
            ),
            (
                r#"[{ close: { school: "bj80", on: "2026-08-31" } }, { move: { school: "bj80", group: "chenjinglun", on: "2026-09-01" } }]"#,
                "IMPOSSIBLE_CHANGE",
                "`changes[1].move.school`: the school `bj80` is not on the map on 2026-09-01",
            ),
            (
                r#"[{ merge: { schools: ["bj80"], into: "bj80", on: "2026-09-01" } }]"#,
                "IMPOSSIBLE_CHANGE",
                "`changes[0].merge.schools[0]`: `bj80` cannot go into itself",
            ),
            (
                r#"[{ open: { slug: "bj80", name: "Another", on: "2026-09-01" } }]"#,
                "IMPOSSIBLE_CHANGE",
                "`changes[0].open.slug`: `bj80` is on record already",
            ),
            (
                r#"[{ open: { slug: "not a slug", name: "Another", on: "2026-09-01" } }]"#,
                "INVALID_ARGUMENT",
                "`changes[0].open.slug`: a slug is",
            ),
            (
                r#"[{ open: { slug: "new", name: "Another", language: "french", on: "2026-09-01" } }]"#,
                "IMPOSSIBLE_CHANGE",
                "`changes[0].open.language`: `french` begins with no language",
            ),
            (
                r#"[{ addPartner: { partner: "nobody", school: "bj80", on: "2026-09-01" } }]"#,
                "UNKNOWN_NOUN",
                "`changes[0].addPartner.partner`: no partner on record is called `nobody`",
            ),
            (
                r#"[{ addPartner: { partner: "a-new-one", name: "New", on: "2026-09-01" } }]"#,
                "INVALID_ARGUMENT",
                "`changes[0].addPartner`: give one of `school` and `alliance`",
            ),
            (
                r#"[{ move: { school: "bj80", group: "chenjinglun", role: LEAD, on: "2026-09-01" } }]"#,
                "IMPOSSIBLE_CHANGE",
                "another school leads the group at the same time",
            ),
        ] {
            let query =
                format!("{{ whatIf(changes: {changes}) {{ schools {{ totalCount }} }} groups {{ totalCount }} }}");
            let (found, message, _) = app.error(&query).await;
            assert_eq!(found, code, "{}: {changes}: {message}", app.name);
            assert!(message.contains(said), "{}: {changes}: {message}", app.name);
        }
        let many = vec![r#"{ close: { school: "bj80", on: "2026-09-01" } }"#; 101].join(",");
        let (code, message, _) = app.error(&format!("{{ whatIf(changes: [{many}]) {{ view {{ asOf }} }} }}")).await;
        assert_eq!((code.as_str(), message.contains("has 101 items")), ("INVALID_ARGUMENT", true), "{message}");
        let two = r#"{
            one: whatIf(changes: [{ close: { school: "bj80", on: "2026-09-01" } }]) { schools { totalCount } }
            other: whatIf(changes: [{ close: { school: "bj80", on: "2026-09-02" } }]) { schools { totalCount } }
        }"#;
        let (code, message, path) = app.error(two).await;
        assert_eq!((code.as_str(), path.as_str()), ("INVALID_ARGUMENT", "[\"other\"]"), "{message}");
        assert!(message.contains("a request has one scenario"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_write_or_has_nothing_says_so() {
    let query = r#"{ whatIf(changes: [{ close: { school: "bj80", on: "2026-09-01" } }]) { schools { totalCount } } schools { totalCount } }"#;
    let empty = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    let (code, message, _) = empty.error(query).await;
    assert_eq!((code.as_str(), message.contains("nothing is recorded yet")), ("NO_SCENARIOS", true), "{message}");

    let (_, folder) = loaded("a file that can only be read", &bundled()).await;
    let file = format!("sqlite://{}?mode=ro", folder.path().join("map.db").display());
    let reader = TestApp::on("SQLite", Store::open(&file, None).await.expect("the file"));
    let answer = reader.ask(query, json!({})).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "NO_SCENARIOS", "{answer:#}");
    assert!(answer["data"]["schools"]["totalCount"].as_u64() > Some(100), "the rest is answered: {answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_nowhere_and_its_cursors_go_on() {
    let (apps, _folder) = loaded("pages of a scenario", &bundled()).await;
    for app in apps {
        let page = |day: &str, after: &str| {
            format!(
                r#"{{ whatIf(changes: [{{ close: {{ school: "bj80", on: "{day}" }} }}], asOf: "2026-10-01") {{
                    schools(first: 60{after}) {{ totalCount nodes {{ slug }} pageInfo {{ endCursor hasNextPage }} }} }} }}"#
            )
        };
        let (mut slugs, mut after) = (Vec::new(), String::new());
        let total = loop {
            let data = app.data(&page("2026-09-01", &after)).await;
            let schools = &data["whatIf"]["schools"];
            slugs.extend(schools["nodes"].as_array().expect("a list").iter().map(|node| node["slug"].clone()));
            after = format!(", after: {}", schools["pageInfo"]["endCursor"]);
            if schools["pageInfo"]["hasNextPage"] == false {
                break schools["totalCount"].as_u64();
            }
        };
        assert_eq!(u64::try_from(slugs.len()).ok(), total, "{}", app.name);
        assert!(!slugs.contains(&json!("bj80")), "{}", app.name);
        let (code, ..) = app.error(&page("2026-09-02", &after)).await;
        assert_eq!(code, "INVALID_CURSOR", "{}: a cursor of another scenario", app.name);
        let (code, ..) = app
            .error(&format!("{{ map(asOf: \"2026-10-01\") {{ schools(first: 60{after}) {{ totalCount }} }} }}"))
            .await;
        assert_eq!(code, "INVALID_CURSOR", "{}: a cursor of a scenario", app.name);

        let query: String = page("2026-09-01", "").bytes().map(|byte| format!("%{byte:02x}")).collect();
        let request = Request::get(format!("/graphql?query={query}")).header("accept", "application/json");
        let request = request.header("graphql-require-preflight", "1").body(Body::empty()).expect("a request");
        let response = app.router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.headers()["cache-control"], "no-store", "{}", app.name);
        assert!(!response.headers().contains_key("etag"), "{}", app.name);
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        assert!(body.starts_with(b"{\"data\":{\"whatIf\":{\"schools\":{\"totalCount\":"), "{body:?}");
    }
}

const CLOSE: &str =
    r#"{ whatIf(changes: [{ close: { school: "bj80", on: "2026-09-01" } }]) { schools { totalCount } } }"#;

/// A scenario that is written and stays open.
async fn open_scenario(store: &Store) -> persistence::Scenario {
    let draft = store.draft_scenario().await.expect("begun").expect("something is recorded");
    let revision =
        NewRevision { recorded_at: TODAY.to_owned(), actor: "a test".to_owned(), message: "nothing".to_owned() };
    let changes: &[ScenarioChange] = &[];
    draft.into_scenario(ScenarioId::of(changes), &revision).await.expect("written")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_scenario_is_open_others_read_and_wait_to_write() {
    let (apps, folder) = loaded("a scenario that is open", &bundled()).await;
    let more = tempfile::tempdir().expect("a folder");
    tests::copy_with(more.path(), &[]);
    fs::remove_file(more.path().join("school_links.csv")).expect("removed");
    let file = folder.path().join("map.db");
    for app in &apps {
        let before = fs::read(&file).expect("the file");
        let scenario = open_scenario(&app.store).await;
        // Another server on the same database.
        let count = "{ schools { totalCount } revisions { number } }";
        let expected = app.data(count).await;
        assert_eq!(expected["revisions"], json!([{ "number": 1 }]), "{}", app.name);
        let importing = app.import_by(more.path(), Options { allow_removal: true, ..Options::default() });
        let mut importing = Box::pin(importing);
        assert!(timeout(Duration::from_millis(300), &mut importing).await.is_err(), "{}: it waits", app.name);
        for _ in 0..5 {
            assert_eq!(app.post(&json!({ "query": count }), &[]).await.json()["data"], expected, "{}", app.name);
        }
        assert!(timeout(Duration::from_millis(200), app.data(CLOSE)).await.is_err(), "{}: it waits, too", app.name);
        assert_eq!(fs::read(&file).expect("the file"), before, "{}", app.name);
        drop(scenario);
        let made = importing.await.expect("no findings").revision.map(|made| made.number);
        assert_eq!(made, Some(2), "{}: the import is recorded", app.name);
        let data = app.data(CLOSE).await;
        assert!(data["whatIf"]["schools"]["totalCount"].is_u64(), "{}", app.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_given_up_leaves_nothing() {
    let (apps, folder) = loaded("a scenario that is given up", &bundled()).await;
    let file = folder.path().join("map.db");
    let before = fs::read(&file).expect("the file");
    for app in apps {
        for wait in [0, 5, 20, 60, 120, 200, 300, 400, 600] {
            let request = json!({ "query": MOVE });
            let _ = timeout(Duration::from_millis(wait), app.post(&request, &[])).await;
        }
        let data = app.data(MOVE).await;
        assert_eq!(data["whatIf"]["school"]["group"]["slug"], "chenjinglun", "{}", app.name);
        let revision = tests::record(&app.store, tests::region("given-up", None)).await.expect("others may write");
        assert_eq!(revision, 2, "{}", app.name);
        if app.name != "SQLite" {
            continue;
        }
        sleep(Duration::from_millis(100)).await;
        assert_ne!(fs::read(&file).expect("the file"), before, "a revision is written into the file");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scenarios_of_many_requests_take_turns() {
    let (apps, _folder) = loaded("many scenarios", &bundled()).await;
    for app in apps {
        let asking = (1..=8).map(|day| {
            let query = format!(
                r#"{{ whatIf(changes: [{{ open: {{ slug: "new-{day}", name: "New", on: "2026-09-0{day}" }} }}]) {{
                    all: schools(filter: {{ nameContains: "New" }}) {{ totalCount nodes {{ slug sinceDay }} }} }} }}"#
            );
            let app = &app;
            async move { (day, app.data(&query).await) }
        });
        for (day, data) in futures::future::join_all(asking).await {
            let nodes = &data["whatIf"]["all"]["nodes"];
            let new = json!({ "slug": format!("new-{day}"), "sinceDay": format!("2026-09-0{day}") });
            assert!(nodes.as_array().expect("a list").contains(&new), "{}: {nodes}", app.name);
            let n_new = nodes
                .as_array()
                .into_iter()
                .flatten()
                .filter(|it| it["slug"].as_str().is_some_and(|slug| slug.starts_with("new-")));
            assert_eq!(n_new.count(), 1, "{}: {nodes}", app.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_of_transactions_carries_a_scenario() {
    let test = "a scenario through a pooler";
    let Some(direct) = postgres::url_or_skip(test) else { return };
    let Some(pooler) = start_or_skip(test, &direct, Mode::Transaction) else { return };
    let store = Store::open(&pooler.url(&direct), None).await.expect("a pooler");
    store.migrate().await.expect("migrated");
    assert!(store.is_pooled());
    let app = TestApp::on("PgBouncer", store);
    app.import(&bundled()).await.expect("no findings");
    for _ in 0..3 {
        let data = app.data(MOVE).await;
        assert_eq!(data["whatIf"]["school"]["group"]["slug"], "chenjinglun");
        assert_ne!(data["map"]["school"]["group"]["slug"], "chenjinglun");
    }
}
