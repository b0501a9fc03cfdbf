//! No read goes without an index.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use persistence::{Plan, Store};
use serde_json::Value;
use server::generate::{Plan as GeneratePlan, generate};
use tests::{TestApp, loaded, postgres};

/// What is asked of the schema, to ask for everything in it.
const SCHEMA: &str = "{ __schema { types { kind name inputFields { name type { ...T } } enumValues { name }
    fields { name args { name type { ...T } } type { ...T } } possibleTypes { name } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// The four kinds of view: of today and of another day, at the latest revision and at another.
const VIEWS: [&str; 4] =
    ["map", "map(asOf: \"2020-05-05\")", "map(knownAt: 1)", "map(asOf: \"2020-05-05\", knownAt: 1)"];

/// The schema, as introspection tells it.
struct Schema(Value);

impl Schema {
    async fn of(app: &TestApp) -> Schema {
        Schema(app.data(SCHEMA).await["__schema"]["types"].take())
    }

    /// The type of this name.
    fn named(&self, name: &str) -> &Value {
        list(&self.0).iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// The type of a field or an argument, without what wraps it.
    fn of_item(&self, item: &Value) -> &Value {
        let mut at = &item["type"];
        while at["name"].is_null() {
            at = &at["ofType"];
        }
        self.named(text(&at["name"]))
    }

    /// The fields that hold lists of all nouns of a kind, each with the type of the nouns.
    fn roots(&self) -> Vec<(&str, &Value)> {
        let fields = list(&self.named("Map")["fields"]).iter();
        fields.filter_map(|field| Some((text(&field["name"]), self.nodes(field)?))).collect()
    }

    /// What the nodes of a connection are; `None` if the field is none.
    fn nodes(&self, field: &Value) -> Option<&Value> {
        let connection = self.of_item(field);
        let nodes = list(&connection["fields"]).iter().find(|field| field["name"] == "nodes")?;
        Some(self.of_item(nodes))
    }

    /// The filter of a connection.
    fn conditions(&self, field: &Value) -> Vec<(&str, &Value)> {
        let filter = list(&field["args"]).iter().find(|arg| arg["name"] == "filter").expect("a filter");
        let fields = list(&self.of_item(filter)["inputFields"]).iter();
        let fields = fields.filter(|field| !["and", "or", "not"].contains(&text(&field["name"])));
        fields.map(|field| (text(&field["name"]), self.of_item(field))).collect()
    }

    /// What is asked of a field of a noun: all it says, and one step further.
    fn asked(&self, field: &Value) -> String {
        let (name, of) = (text(&field["name"]), self.of_item(field));
        match (self.nodes(field), text(&of["kind"])) {
            (Some(_), _) => format!(
                "{name} {{ totalCount pageInfo {{ endCursor }} edges {{ sources {{ title }} node {{ slug }} }} }}"
            ),
            (None, "OBJECT") if self.has(of, "sources") => format!("{name} {{ sources {{ title }} }}"),
            (None, "OBJECT" | "UNION" | "INTERFACE") => format!("{name} {{ __typename }}"),
            (None, _) => name.to_owned(),
        }
    }

    fn has(&self, of: &Value, field: &str) -> bool {
        list(&of["fields"]).iter().any(|it| it["name"] == field)
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A noun of the made-up city that a condition of this name can mean.
fn slug(condition: &str) -> &'static str {
    let condition = condition.trim_start_matches("campus").to_lowercase();
    let known = [
        ("district", "d0001"),
        ("region", "d0001-r001"),
        ("township", "d0001-t001"),
        ("group", "d0001-g001"),
        ("alliance", "d0001-a001"),
        ("partner", "d0001-p001"),
        ("school", "d0001-s0001"),
    ];
    known.iter().find(|(name, _)| *name == condition).unwrap_or_else(|| panic!("what is a {condition}?")).1
}

/// Every relation, every condition and every order of the schema, each with its count.
fn questions(schema: &Schema) -> Vec<String> {
    let mut questions = vec!["view { revision { number } } definitions { term sources { title } }".to_owned()];
    let orders = list(&schema.named("OrderField")["enumValues"]);
    let map = list(&schema.named("Map")["fields"]);
    for (root, noun) in schema.roots() {
        let fields = list(&noun["fields"])
            .iter()
            .filter(|field| list(&field["args"]).iter().all(|arg| arg["type"]["kind"] != "NON_NULL"));
        for field in fields {
            questions.push(format!("{root}(first: 40) {{ nodes {{ {} }} }}", schema.asked(field)));
            let (name, Some(_)) = (text(&field["name"]), schema.nodes(field)) else { continue };
            for order in orders {
                questions.push(format!(
                    "{root} {{ nodes {{ {name}(last: 3, orderBy: {{ field: {} }}, filter: {{ nameContains: \"1-2\" }}) {{ totalCount nodes {{ slug }} }} }} }}",
                    text(&order["name"])
                ));
            }
        }
        for order in orders {
            let order = text(&order["name"]);
            questions.push(format!(
                "{root}(orderBy: {{ field: {order}, direction: DESC }}) {{ totalCount nodes {{ slug }} }}"
            ));
        }
        let field = map.iter().find(|field| field["name"] == root).expect("a root");
        for (name, of) in schema.conditions(field) {
            let value = match (text(&of["kind"]), text(&of["name"])) {
                ("ENUM", _) => format!("[{}]", text(&of["enumValues"][0]["name"])),
                (_, "Boolean") => "false".to_owned(),
                (_, "ID") => format!("\"{}\"", slug(name)),
                (_, "String") => "\"0501\"".to_owned(),
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
    ["json_each", "ranked", "t", "walk", "CONSTANT", "(subquery"].contains(&name) || name.starts_with('(')
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
        let orders = list(&schema.named("OrderField")["enumValues"]).iter().map(|order| text(&order["name"]));
        for (order, view) in orders.flat_map(|order| VIEWS.map(|view| (order, view))) {
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
    for app in loaded("every_relation_uses_an_index", &folder).await {
        let explained = Explained::of(&app);
        let questions = questions(&Schema::of(&app).await);
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
