//! No read goes without an index.

use std::{
    collections::HashSet,
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use domain::{SHAPES, Shape};
use persistence::{Plan, Store};
use serde_json::Value;
use server::generate::{Plan as GeneratePlan, generate};
use tests::{
    TestApp, loaded, postgres,
    schema::{Schema, text},
};

/// The four kinds of view: of today and of another day, at the latest revision and at another.
const VIEWS: [&str; 4] =
    ["map", "map(asOf: \"2020-05-05\")", "map(knownAt: 1)", "map(asOf: \"2020-05-05\", knownAt: 1)"];

/// What is asked of a field of a noun: all it says, and one step further.
fn selection(schema: &Schema, field: &Value) -> String {
    let (name, of) = (text(&field["name"]), schema.type_of(field));
    let existence = |of| if schema.fields(of).any(|field| field["name"] == "existence") { "existence" } else { "" };
    match (schema.nodes(field), text(&of["kind"])) {
        (Some(_), _) => {
            let edge = schema.type_of(schema.fields(of).find(|field| field["name"] == "edges").expect("edges"));
            let existence = existence(edge);
            format!(
                "{name} {{ totalCount pageInfo {{ endCursor }} edges {{ {existence} sources {{ title }} node {{ slug }} }} }}"
            )
        }
        (None, "OBJECT") if schema.any_nodes(field).is_some() => schema.selection_of(field),
        (None, "OBJECT") if schema.fields(of).any(|field| field["name"] == "sources") => {
            format!("{name} {{ {} sources {{ title }} }}", existence(of))
        }
        (None, "OBJECT" | "UNION" | "INTERFACE") => format!("{name} {{ __typename }}"),
        (None, _) => name.to_owned(),
    }
}

/// The first noun of a data set that a condition of this name can mean.
fn first_slug(folder: &Path, condition: &str) -> String {
    // The parent of a category is one.
    let condition = if condition == "parent" { "category" } else { condition }.to_lowercase();
    let is_meant = |shape: &&&Shape| shape.is_noun() && condition.ends_with(&shape.kind.name().replace('_', ""));
    let shape = SHAPES.iter().find(is_meant).unwrap_or_else(|| panic!("what is a {condition}?"));
    let rows = fs::read_to_string(folder.join(format!("{}.csv", shape.file))).expect("a file of the data set");
    let row = rows.lines().nth(1).expect("a row");
    row.split(',').next().expect("a slug").to_owned()
}

/// A circle in the first district of a made-up city.
const NEAR: &str = "{ latitude: -0.1, longitude: -0.3, metres: 2000 }";
/// What is near, the nearest first.
const BY_DISTANCE: &str =
    "orderBy: { field: DISTANCE }, filter: { near: { latitude: -0.1, longitude: -0.3, metres: 2000 } }";
const DISTANCES: &str = "{ totalCount withoutLocationCount edges { distance cursor node { slug } } }";

/// Every relation, every condition and every order of the schema, each with its count.
fn questions(schema: &Schema, folder: &Path) -> Vec<String> {
    let mut questions = vec!["view { revision { number } } definitions { term sources { title } }".to_owned()];
    for (text, rest) in [("1-2", ""), ("synthetic 1", ", first: 3"), ("synthetic", ", last: 3, kinds: [SCHOOL]")] {
        let text = format!("search(text: \"{text}\"{rest})");
        questions.push(format!("{text} {{ totalCount edges {{ cursor name node {{ slug }} }} }}"));
    }
    questions.push("schoolsByCodes(scheme: \"x\", values: [\"1\", \"2\"]) { slug presentDay { slug } }".to_owned());
    questions.push("school(code: { value: \"1\" }) { slug } township(code: { value: \"1\" }) { slug }".to_owned());
    for (list, noun) in schema.noun_lists() {
        let root = text(&list["name"]);
        for field in schema.fields(noun) {
            questions.push(format!("{root}(first: 40) {{ nodes {{ {} }} }}", selection(schema, field)));
            let (name, Some(_)) = (text(&field["name"]), schema.nodes(field)) else { continue };
            for order in schema.orders() {
                questions.push(format!(
                    "{root} {{ nodes {{ {name}(last: 3, orderBy: {{ field: {order} }}, filter: {{ nameContains: \"1-2\" }}) {{ totalCount nodes {{ slug }} }} }} }}"
                ));
            }
            if schema.has_locations(field) {
                questions.push(format!("{root} {{ nodes {{ {name}(last: 3, {BY_DISTANCE}) {DISTANCES} }} }}"));
            }
        }
        for order in schema.orders() {
            questions.push(format!(
                "{root}(orderBy: {{ field: {order}, direction: DESC }}) {{ totalCount nodes {{ slug }} }}"
            ));
        }
        if schema.has_locations(list) {
            questions.push(format!("{root}({BY_DISTANCE}) {DISTANCES}"));
        }
        for (name, of) in schema.conditions(list) {
            let value = match (text(&of["kind"]), text(&of["name"])) {
                ("ENUM", _) => format!("[{}]", text(&of["enumValues"][0]["name"])),
                (_, "Boolean") => "false".to_owned(),
                (_, "ID") => format!("\"{}\"", first_slug(folder, name)),
                (_, "Date") => "\"2024-09-22\"".to_owned(),
                (_, "Int") => "1".to_owned(),
                (_, "String") => "\"0501\"".to_owned(),
                (_, "CodeInput") => "{ value: \"0501\", scheme: \"register\" }".to_owned(),
                (_, "CategoryCodeInput") => "{ scheme: \"kinds\", code: \"1\" }".to_owned(),
                (_, "NearInput") => NEAR.to_owned(),
                (_, "WithinInput") => "{ south: -0.1, west: -0.3, north: 0, east: -0.2 }".to_owned(),
                (_, other) => panic!("{root}: what is a {other}?"),
            };
            questions.push(format!("{root}(filter: {{ {name}: {value} }}) {{ totalCount nodes {{ slug }} }}"));
        }
    }
    questions
}

/// A line of a plan that reads a whole table.
fn reads_all(app: &TestApp, line: &str) -> bool {
    match app.name {
        "PostgreSQL" => line.contains("Seq Scan on"),
        _ => line.starts_with("SCAN ") && !line.contains("USING") && !line.contains("VIRTUAL TABLE") && !inner(line),
    }
}

/// Whether a SQLite plan scans no table but what the statement itself made.
fn inner(line: &str) -> bool {
    let name = line.trim_start_matches("SCAN ").split(' ').next().unwrap_or_default();
    let of_relations = ["json_each", "ranked", "t", "walk", "CONSTANT", "(subquery"];
    let of_searches = [
        "beginning",
        "best",
        "coded",
        "common",
        "each",
        "few",
        "found",
        "hits",
        "page",
        "scattered",
        "walked",
        "within",
    ];
    of_relations.contains(&name) || of_searches.contains(&name) || name.starts_with('(')
}

/// The server on a store that tells its plans.
struct Explained {
    app: TestApp,
    plans: Arc<Mutex<Vec<Plan>>>,
}

impl Explained {
    fn of(app: &TestApp) -> Self {
        let plans = Arc::new(Mutex::new(Vec::new()));
        Explained { app: TestApp::on(app.name, app.store.explained(plans.clone())), plans }
    }

    /// The plans of a question.
    async fn plans(&self, question: &str) -> Vec<Plan> {
        self.app.data(question).await;
        std::mem::take(&mut *self.plans.lock().expect("no reader panicked"))
    }
}

#[tokio::test]
async fn a_page_in_order_is_read_in_order_in_every_view() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&GeneratePlan { schools: 1600, seed: 1 }, &folder).expect("a city");
    let mut apps = vec![TestApp::on("SQLite", Store::in_memory().await.expect("memory"))];
    if let Some(url) = postgres::url_or_skip("a_page_in_order_is_read_in_order") {
        // With sorting out of favor as well, a sort that remains shows that no index gives the order.
        let options = "options[enable_seqscan]=off&options[enable_sort]=off";
        let store = Store::open(&format!("{url}?{options}"), None).await.expect("our own PostgreSQL");
        store.migrate().await.expect("migrated");
        apps.push(TestApp::on("PostgreSQL", store));
    }
    for app in apps {
        app.import(&folder).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let explained = Explained::of(&app);
        let schema = Schema::of(&app).await;
        for (order, view) in schema.orders().flat_map(|order| VIEWS.map(|view| (order, view))) {
            for filter in ["", ", filter: { hasGroupOnRecord: true }"] {
                let question =
                    format!("{{ {view} {{ schools(orderBy: {{ field: {order} }}{filter}) {{ nodes {{ slug }} }} }} }}");
                // Sorting would mean to have read every school first: a nation has 300,000.
                let sorts = |line: &String| line.contains("TEMP B-TREE FOR ORDER BY") || line.contains("Sort");
                let sorted: Vec<_> =
                    explained.plans(&question).await.into_iter().filter(|plan| plan.lines.iter().any(sorts)).collect();
                assert!(sorted.is_empty(), "{}: {question}: {sorted:#?}", app.name);
            }
        }
    }
}

#[tokio::test]
async fn every_relation_condition_order_and_count_uses_an_index_in_every_view() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&GeneratePlan { schools: 1600, seed: 1 }, &folder).expect("a city");
    fs::write(folder.join("categories.csv"), "category_id,scheme,code,name_en\ncat-1,kinds,1,One\n").expect("written");
    for app in loaded("every_relation_uses_an_index", &folder).await {
        let explained = Explained::of(&app);
        let questions = questions(&Schema::of(&app).await, &folder);
        assert!(questions.len() > 200, "only {} questions", questions.len());
        for view in VIEWS {
            let mut statements = HashSet::new();
            for question in &questions {
                for plan in explained.plans(&format!("{{ {view} {{ {question} }} }}")).await {
                    let whole: Vec<_> = plan.lines.iter().filter(|line| reads_all(&app, line)).collect();
                    assert!(
                        whole.is_empty(),
                        "{}: {view}: {question} reads a whole table: {whole:?}\n{}\n{}",
                        app.name,
                        plan.sql,
                        plan.lines.join("\n")
                    );
                    statements.insert(plan.sql);
                }
            }
            assert!(statements.len() > 150, "{}: {view}: only {} statements", app.name, statements.len());
        }
    }
}

#[tokio::test]
async fn what_is_near_or_within_is_found_by_its_latitude_in_every_view() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&GeneratePlan { schools: 1600, seed: 1 }, &folder).expect("a city");
    for app in loaded("what_is_near_or_within", &folder).await {
        let explained = Explained::of(&app);
        for (list, index) in [
            ("campuses", &["campuses"][..]),
            ("schools", &["schools", "campuses"]),
            ("townships", &["townships"]),
            ("partners", &["partners"]),
        ] {
            for view in VIEWS {
                for arguments in [
                    BY_DISTANCE.to_owned(),
                    format!("filter: {{ near: {NEAR} }}"),
                    "filter: { within: { south: -0.1, west: -0.3, north: 0, east: -0.2 } }".to_owned(),
                ] {
                    let question = format!("{{ {view} {{ {list}({arguments}) {{ totalCount nodes {{ slug }} }} }} }}");
                    for plan in explained.plans(&question).await.iter().filter(|plan| plan.sql.contains("latitude")) {
                        let lines = plan.lines.join("\n");
                        for table in index {
                            let index = format!("{table}_by_latitude_longitude_known_to");
                            assert!(lines.contains(&index), "{}: {question}\n{}\n{lines}", app.name, plan.sql);
                        }
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_count_of_a_kind_reads_an_index_and_no_row() {
    // PostgreSQL goes to the rows until its autovacuum has seen them, so that its plan says nothing of the index.
    let app = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    let explained = Explained::of(&app);
    let schema = Schema::of(&app).await;
    for (list, _) in schema.noun_lists() {
        let root = text(&list["name"]);
        let status = schema.conditions(list).into_iter().find(|(name, _)| *name == "status");
        let words = status.map(|(_, of)| text(&of["enumValues"][0]["name"]));
        // The status of a group is as recorded on every day.
        let words = words.filter(|_| root != "groups");
        let filters = words.map(|word| format!("(filter: {{ status: [{word}] }})")).into_iter().chain([String::new()]);
        for filter in filters {
            let question = format!("{{ {root}{filter} {{ totalCount assumedCount }} }}");
            let plans = explained.plans(&question).await;
            let lines: Vec<&String> = plans.iter().flat_map(|plan| &plan.lines).collect();
            let is_covered = lines.iter().any(|line| line.contains("COVERING INDEX") && line.contains("_counts "));
            assert!(plans.len() == 1 && is_covered, "{question}: {lines:#?}");
        }
    }
}

#[tokio::test]
async fn a_count_of_the_nouns_of_a_place_reads_an_index_and_no_row() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&GeneratePlan { schools: 20, seed: 1 }, &folder).expect("a city");
    let app = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    app.import(&folder).await.expect("imported");
    let explained = Explained::of(&app);
    for (list, filter, index) in [
        ("schools", "", "schools_counts_by_district_id"),
        ("schools", "(filter: { stage: [PRIMARY] })", "schools_counts_by_district_id"),
        ("schools", "(filter: { ownership: [PUBLIC] })", "schools_counts_by_district_id"),
        ("schools", "(filter: { status: [OPEN] })", "schools_counts_by_district_id"),
        ("schools", "(filter: { hasGroupOnRecord: true })", "memberships_counts_by_school_id"),
        ("campuses", "", "campuses_counts_by_township_id"),
    ] {
        let question = format!("{{ districts {{ nodes {{ {list}{filter} {{ totalCount }} }} }} }}");
        let plans = explained.plans(&question).await;
        let lines: Vec<&String> = plans.iter().flat_map(|plan| &plan.lines).collect();
        let is_covered = lines.iter().any(|line| line.contains(&format!("COVERING INDEX {index} ")));
        assert!(is_covered, "{question}: {lines:#?}");
    }
}
