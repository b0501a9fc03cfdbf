//! Lists counted by what their nouns have in common.

use std::{collections::BTreeSet, sync::Arc};

use graphql::{Backend, Limits};
use persistence::Store;
use serde_json::{Value, json};
use server::{
    App,
    generate::{Plan, generate},
};
use tests::{
    TestApp, chaoyang, clock, empty, loaded,
    schema::{Schema, items, text},
};

/// A dimension of a list: the value of the enum, the field of a row, and the condition of the filter that has its name.
struct Dimension {
    name: String,
    field: String,
    is_noun: bool,
}

/// The lists at the root, each with its dimensions.
async fn dimensions(app: &TestApp) -> Vec<(String, Vec<Dimension>)> {
    let schema = Schema::of(app).await;
    let lists = schema.noun_lists();
    let of_list = |(field, _): &(&Value, &Value)| {
        let connection = schema.type_of(field);
        let breakdown = items(&connection["fields"]).iter().find(|field| field["name"] == "breakdown")?;
        let by = schema.type_of(&breakdown["args"][0]);
        let row = schema.type_of(breakdown);
        let dimension = |value: &Value| {
            let is_it = |field: &&Value| snake_case(text(&field["name"])) == text(&value["name"]);
            let field = schema.fields(row).find(is_it).expect("a field for each dimension");
            let is_noun = schema.type_of(field)["kind"] == "OBJECT";
            Dimension { name: text(&value["name"]).to_owned(), field: text(&field["name"]).to_owned(), is_noun }
        };
        let all = items(&by["enumValues"]).iter().map(dimension).collect();
        Some((text(&field["name"]).to_owned(), all))
    };
    lists.iter().filter_map(of_list).collect()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_uppercase());
    }
    snake
}

/// The condition that finds what a row counts; `None` where no condition asks for what is not on record.
fn condition(dimension: &Dimension, row: &Value) -> Option<String> {
    let value = &row[&dimension.field];
    Some(match value {
        Value::Null => return None,
        Value::Bool(flag) => format!("{}: {flag}", dimension.field),
        Value::Object(noun) => format!("{}: {}", dimension.field, noun["slug"]),
        word => format!("{}: [{}]", dimension.field, text(word)),
    })
}

fn selected(dimension: &Dimension) -> String {
    let fields = if dimension.is_noun { " { slug }" } else { "" };
    format!("{}{fields}", dimension.field)
}

/// Holds every row of every breakdown by one dimension against the list that a filter finds.
async fn check_rows(app: &TestApp, view: &str) -> usize {
    let mut compared = 0;
    for (list, dimensions) in dimensions(app).await {
        for dimension in &dimensions {
            let (name, field) = (&dimension.name, selected(dimension));
            let query =
                format!("{{ map{view} {{ {list} {{ totalCount breakdown(by: [{name}]) {{ count {field} }} }} }} }}");
            let counted = &app.data(&query).await["map"][&list];
            let rows = items(&counted["breakdown"]);
            let total: i64 = rows.iter().filter_map(|row| row["count"].as_i64()).sum();
            assert!(Some(total) >= counted["totalCount"].as_i64(), "{}: {list} by {name}: {counted}", app.name);
            assert!(rows.iter().rev().is_sorted_by_key(|row| row["count"].as_i64()), "{counted}");
            let unstated = rows.iter().filter(|row| row[&dimension.field].is_null()).count();
            assert!(unstated <= 1, "{}: {list} by {name}: {counted}", app.name);
            for row in rows.iter().take(4).chain(rows.iter().rev().take(2)) {
                let Some(condition) = condition(dimension, row) else { continue };
                let query = format!("{{ map{view} {{ {list}(filter: {{ {condition} }}) {{ totalCount }} }} }}");
                let found = &app.data(&query).await["map"][&list]["totalCount"];
                assert_eq!(&row["count"], found, "{}: {list} by {name}: {condition}", app.name);
                compared += 1;
            }
        }
    }
    compared
}

#[tokio::test]
async fn a_row_counts_what_its_values_find() {
    for app in chaoyang("a_row_counts_what_its_values_find").await {
        for view in ["", "(asOf: \"2018-06-01\", knownAt: 1)"] {
            let compared = check_rows(&app, if view.is_empty() { "(knownAt: 1)" } else { view }).await;
            assert!(compared > 100, "{}: {compared}", app.name);
        }
    }
}

#[tokio::test]
async fn a_row_of_a_made_up_city_counts_what_its_values_find() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 300, seed: 5 }, &folder).expect("a city");
    for app in loaded("a_row_of_a_made_up_city", &folder).await {
        assert!(check_rows(&app, "").await > 100, "{}", app.name);
    }
}

/// The lists of nouns of any kind: where each stands in a query, and the list with its arguments.
const OF_ANY_KIND: [(&str, &str); 19] = [
    ("{ HERE }", "contradictions(first: 100)"),
    ("{ HERE }", "findings(first: 100, includeWaived: true)"),
    ("{ HERE }", "findings(first: 100, includeWaived: true, kinds: [SCHOOL, GROUP])"),
    ("{ HERE }", "search(first: 100, text: \"district\")"),
    ("{ HERE }", "search(first: 100, text: \"nothing is called so\")"),
    ("{ map(knownAt: 1) { HERE } }", "search(first: 100, text: \"district\", kinds: [SCHOOL, ALLIANCE])"),
    ("{ map(asOf: \"2024-09-21\", knownAt: 1) { HERE } }", "findings(first: 100, includeWaived: true)"),
    ("{ gaps { HERE } }", "items(first: 100)"),
    ("{ sources(first: 100) { nodes { HERE } } }", "citedBy(first: 100)"),
    ("{ events(first: 100) { nodes { HERE } } }", "items(first: 100)"),
    ("{ agreements(first: 100) { nodes { HERE } } }", "parties(first: 100)"),
    ("{ agreements(first: 100) { nodes { HERE } } }", "outcomes(first: 100)"),
    ("{ initiatives(first: 100) { nodes { HERE } } }", "concerns(first: 100)"),
    ("{ initiatives(first: 100) { nodes { HERE } } }", "concerns(first: 100, kind: [SCHOOL, DISTRICT])"),
    ("{ people(first: 100) { nodes { HERE } } }", "offices(first: 100)"),
    ("{ schools(first: 100) { nodes { HERE } } }", "jointlyRunBy(first: 100)"),
    ("{ reportedFigures(first: 100) { nodes { HERE } } }", "recordedItems(first: 100)"),
    ("{ changes(from: { asOf: \"2024-09-21\" }, to: { asOf: \"2024-09-22\" }) { HERE } }", "happened(first: 100)"),
    ("{ changes(from: { knownAt: 1 }, to: {}) { HERE } }", "learned(first: 100)"),
];

/// What the objects in a value say in a field.
fn find_fields<'a>(value: &'a Value, field: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(field));
            object.values().for_each(|it| find_fields(it, field, found));
        }
        Value::Array(all) => all.iter().for_each(|it| find_fields(it, field, found)),
        _ => {}
    }
}

/// Asks for a list of any kind, wherever it stands.
async fn ask_lists(app: &TestApp, around: &str, list: &str, wanted: &str) -> Vec<Value> {
    let data = app.data(&around.replace("HERE", &format!("{list} {{ __typename {wanted} }}"))).await;
    let mut found = Vec::new();
    find_fields(&data, list.split('(').next().expect("a name"), &mut found);
    found.into_iter().cloned().collect()
}

/// Whether an edge has the values of a row.
fn is_counted(row: &Value, fields: &[String], edge: &Value) -> bool {
    fields.iter().all(|field| match (field.as_str(), &edge["node"]["__typename"]) {
        ("kind", Value::String(name)) => row["kind"] == snake_case(name).trim_start_matches('_'),
        ("kind", _) => row["kind"].is_null(),
        _ => row[field] == edge[field],
    })
}

#[tokio::test]
async fn lists_of_any_kind_are_counted_by_kinds_and_by_what_edges_say() {
    for app in chaoyang("lists_of_any_kind_are_counted").await {
        let schema = Schema::of(&app).await;
        let mut seen = BTreeSet::new();
        for (around, list) in OF_ANY_KIND {
            let connection = text(&ask_lists(&app, around, list, "").await[0]["__typename"]).to_owned();
            let breakdown = items(&schema.type_named(&connection)["fields"]).iter();
            let by = schema
                .type_of(&breakdown.clone().find(|it| it["name"] == "breakdown").expect("a breakdown")["args"][0]);
            let all: Vec<&str> = items(&by["enumValues"]).iter().map(|it| text(&it["name"])).collect();
            let mut lists = Vec::new();
            for by in all.windows(all.len().min(3)) {
                let fields: Vec<String> = by.iter().map(|name| name.to_lowercase()).collect();
                let own: Vec<&str> = fields.iter().map(String::as_str).filter(|field| *field != "kind").collect();
                let wanted = format!(
                    "totalCount breakdown(by: [{}]) {{ count {} }} edges {{ node {{ __typename }} {} }}",
                    by.join(", "),
                    fields.join(" "),
                    own.join(" "),
                );
                let asked = ask_lists(&app, around, list, &wanted).await;
                lists.extend(asked.into_iter().map(|list| (fields.clone(), list)));
            }
            for (fields, list) in lists {
                let rows = items(&list["breakdown"]);
                let sum: u64 = rows.iter().filter_map(|row| row["count"].as_u64()).sum();
                assert_eq!(list["totalCount"], sum, "{}: {connection}: {list}", app.name);
                assert!(rows.iter().rev().is_sorted_by_key(|row| row["count"].as_u64()), "{list}");
                // A change is about a noun that the later view may show no longer.
                let is_whole = sum <= 100 && connection != "ChangeConnection";
                for row in rows.iter().filter(|_| is_whole) {
                    let edges = items(&list["edges"]).iter().filter(|edge| is_counted(row, &fields, edge)).count();
                    assert_eq!(row["count"], edges, "{}: {connection}: {row} of {list}", app.name);
                }
                if !rows.is_empty() {
                    seen.insert(connection.clone());
                }
            }
        }
        let of_any_kind = schema.connections().filter(|it| {
            let nodes = items(&it["fields"]).iter().find(|field| field["name"] == "nodes");
            schema.type_of(nodes.expect("nodes"))["kind"] == "INTERFACE"
        });
        let of_any_kind: BTreeSet<String> = of_any_kind.map(|it| text(&it["name"]).to_owned()).collect();
        assert_eq!(seen, of_any_kind, "{}: each has rows to compare", app.name);
    }
}

#[tokio::test]
async fn findings_are_narrowed_by_the_kinds_by_which_they_are_counted() {
    for app in chaoyang("findings_are_narrowed_by_kinds").await {
        let all = "{ findings(includeWaived: true) { totalCount breakdown(by: [KIND]) { count kind } } }";
        let all = app.data(all).await;
        let rows = items(&all["findings"]["breakdown"]);
        assert!(rows.len() > 1, "{}: {all}", app.name);
        for row in rows {
            let kind = text(&row["kind"]);
            let query = format!(
                "{{ findings(first: 100, includeWaived: true, kinds: [{kind}]) {{ totalCount nodes {{ __typename }} }} }}"
            );
            let found = &app.data(&query).await["findings"];
            assert_eq!(found["totalCount"], row["count"], "{}: {row}", app.name);
            let is_it = |node: &Value| snake_case(text(&node["__typename"])).trim_start_matches('_') == kind;
            assert!(items(&found["nodes"]).iter().all(is_it), "{}: {found}", app.name);
        }
        let fields = "{ findings(includeWaived: true) { breakdown(by: [FIELD]) { count field } } }";
        let fields = app.data(fields).await;
        let rows = items(&fields["findings"]["breakdown"]).iter().filter(|row| !row["field"].is_null());
        let mut counted = 0;
        for row in rows {
            let query = format!("{{ findings(includeWaived: true, field: {}) {{ totalCount }} }}", row["field"]);
            assert_eq!(app.data(&query).await["findings"]["totalCount"], row["count"], "{}: {row}", app.name);
            counted += 1;
        }
        assert!(counted > 1, "{}: {fields}", app.name);
    }
}

#[tokio::test]
async fn lists_of_any_kind_of_all_parents_are_counted_in_one_statement() {
    for app in chaoyang("lists_of_any_kind_of_all_parents").await {
        for n in [2, 20] {
            let query = "query ($n: Int) { agreements(first: $n) { nodes { parties {
                breakdown(by: [KIND, BASIS]) { count kind basis } } } } }";
            let answer = app.ask(query, json!({ "n": n })).await;
            assert!(answer.json().get("errors").is_none(), "{}", answer.body);
            assert_eq!(answer.statements(), 2, "{}: agreements, counts: {}", app.name, answer.body);
        }
        for (by, problem) in [
            ("[]", "`by` takes 1 to 3 dimensions, and 0 are given"),
            ("[RULE, RULE]", "`by` names RULE twice"),
            ("[KIND, RULE, SEVERITY, FIELD]", "`by` takes 1 to 3 dimensions, and 4 are given"),
        ] {
            let query = format!("{{ findings {{ totalCount breakdown(by: {by}) {{ count }} }} }}");
            let answer = app.ask(&query, json!({})).await.json();
            assert_eq!(answer["errors"][0]["message"], problem, "{}: {answer}", app.name);
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_ARGUMENT", "{}: {answer}", app.name);
            assert_ne!(answer["data"]["findings"]["totalCount"], Value::Null, "{}: {answer}", app.name);
        }
    }
}

#[tokio::test]
async fn nouns_are_counted_by_whether_they_are_known_to_exist() {
    for app in chaoyang("nouns_are_counted_by_existence").await {
        // What is planned is in a list that asks for it, and on the map of a later day.
        let planned =
            "{ schools(filter: { status: [PLANNED] }) { totalCount breakdown(by: [EXISTENCE]) { count existence } } }";
        let planned = &app.data(planned).await["schools"];
        assert!(planned["totalCount"].as_u64() > Some(0), "{}: {planned}", app.name);
        assert_eq!(
            planned["breakdown"],
            json!([{ "count": planned["totalCount"], "existence": null }]),
            "{}",
            app.name
        );

        let covered = app.data(
            "{ map(asOf: \"1990-01-01\") { coverage(of: GROUPS, by: [EXISTENCE]) { rows { \
             existence unknown unknownItems { totalCount } covered coveredItems { totalCount } } } } }",
        );
        let covered = covered.await;
        let rows = items(&covered["map"]["coverage"]["rows"]);
        let existences: Vec<&str> = rows.iter().map(|row| text(&row["existence"])).collect();
        assert_eq!(existences, ["ASSUMED", "CERTAIN"], "{}: {covered}", app.name);
        for row in rows {
            for (count, list) in [("unknown", "unknownItems"), ("covered", "coveredItems")] {
                assert_eq!(row[count], row[list]["totalCount"], "{}: {row}", app.name);
            }
        }
    }
}

/// Whichever way a list is made, a dimension of which each noun has one value tells its items apart, those that it has
/// several times, too.
#[tokio::test]
async fn the_rows_of_every_list_that_a_noun_has_add_up_to_its_items() {
    for app in chaoyang("rows_add_up_to_items").await {
        let schema = Schema::of(&app).await;
        let (mut compared, mut repeated) = (0, 0);
        for (list, noun) in schema.noun_lists() {
            let connections = schema.fields(noun).filter(|field| schema.nodes(field).is_some());
            for name in connections.map(|field| text(&field["name"])) {
                let root = text(&list["name"]);
                let asked = format!(
                    "{{ {root}(first: 100) {{ nodes {{ slug {name}(first: 100) {{ nodes {{ slug }} \
                     totalCount breakdown(by: [EXISTENCE]) {{ count }} }} }} }} }}"
                );
                for node in items(&app.data(&asked).await[root]["nodes"]) {
                    let rows = items(&node[name]["breakdown"]).iter();
                    let sum: u64 = rows.filter_map(|row| row["count"].as_u64()).sum();
                    assert_eq!(node[name]["totalCount"], sum, "{}: {root} {} {name}", app.name, node["slug"]);
                    let slugs: Vec<&str> = items(&node[name]["nodes"]).iter().map(|it| text(&it["slug"])).collect();
                    repeated += slugs.len() - slugs.iter().collect::<BTreeSet<_>>().len();
                    compared += 1;
                }
            }
        }
        assert!(compared > 1_000 && repeated > 10, "{}: {compared} lists, {repeated} repeated", app.name);
    }
}

/// Of each list that nouns have and each dimension, the first parents with rows are looked at.
const PARENTS: usize = 2;

#[tokio::test]
async fn a_row_of_a_list_that_a_noun_has_counts_what_its_values_find() {
    for app in chaoyang("a_row_of_a_list_that_a_noun_has").await {
        let schema = Schema::of(&app).await;
        let dimensions = dimensions(&app).await;
        let (mut compared, mut wrong) = (0, Vec::new());
        for (list, noun) in schema.noun_lists() {
            for field in schema.fields(noun) {
                let Some(nodes) = schema.nodes(field) else { continue };
                let mut lists = schema.noun_lists().into_iter();
                let Some((of_nodes, _)) = lists.find(|(_, noun)| noun["name"] == nodes["name"]) else { continue };
                let Some((_, dimensions)) = dimensions.iter().find(|(name, _)| of_nodes["name"] == **name) else {
                    continue;
                };
                for dimension in dimensions {
                    let (root, list) = (text(&list["name"]), text(&field["name"]));
                    compared += compare_rows(&app, root, list, dimension, &mut wrong).await;
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {wrong:#?}", app.name);
        assert!(compared > 500, "{}: {compared}", app.name);
    }
}

/// Holds rows of a list that nouns have against what a filter with their values finds, and adds those that differ; gives how
/// many were.
async fn compare_rows(app: &TestApp, root: &str, list: &str, dimension: &Dimension, wrong: &mut Vec<String>) -> usize {
    let (name, field) = (&dimension.name, selected(dimension));
    let asked = format!(
        "{{ {root}(first: 30) {{ nodes {{ slug {list} {{ breakdown(by: [{name}]) {{ count {field} }} }} }} }} }}"
    );
    let counted = app.data(&asked).await;
    let nodes = items(&counted[root]["nodes"]).iter().filter(|node| !items(&node[list]["breakdown"]).is_empty());
    let mut compared = 0;
    for node in nodes.take(PARENTS) {
        let rows = items(&node[list]["breakdown"]).iter().take(3);
        let conditions: Vec<_> = rows.filter_map(|row| Some((row, condition(dimension, row)?))).collect();
        let one = |(at, (_, condition)): (usize, &(&Value, String))| {
            format!("f{at}: {list}(filter: {{ {condition} }}) {{ totalCount }}")
        };
        let lists: Vec<String> = conditions.iter().enumerate().map(one).collect();
        if lists.is_empty() {
            continue;
        }
        let slug = &node["slug"];
        let filtered = format!("{{ {root}(first: 30) {{ nodes {{ slug {} }} }} }}", lists.join(" "));
        let found = app.data(&filtered).await;
        let found = items(&found[root]["nodes"]).iter().find(|node| node["slug"] == *slug).expect("it is still there");
        for (at, (row, condition)) in conditions.iter().enumerate() {
            let total = &found[&format!("f{at}")]["totalCount"];
            if &row["count"] != total {
                wrong.push(format!("{root} {slug} {list} by {name}: {row}, and {total} by {condition}"));
            }
            compared += 1;
        }
    }
    compared
}

#[tokio::test]
async fn rows_are_among_the_objects_that_an_answer_may_have() {
    let rows = [
        // Loaded once, and written for each of ten.
        (1, "schools(first: 10) { nodes { district { schools { breakdown(by: [GROUP]) { count } } } } }"),
        (3, "campuses { breakdown(by: [SCHOOL]) { count } }"),
        (9, "coverage(of: GROUPS, by: [GROUP]) { rows { total } }"),
        (2, "admissionPlaces(by: [JUNIOR_SCHOOL]) { count }"),
        (
            8,
            "findings(includeWaived: true) { a: breakdown(by: [FIELD]) { count } b: breakdown(by: [FIELD]) { count } }",
        ),
    ];
    for app in chaoyang("rows_are_among_the_objects").await {
        for plans in [true, false] {
            let limits = Limits { cost: 90, ..Limits::default() };
            let small = App::new(app.store.clone(), Arc::new(clock()));
            let backend = Backend { has_plans: plans, ..small.backend.clone() };
            let small = TestApp::of(app.name, App { limits: Arc::new(limits), backend, ..small });
            for (times, asked) in rows {
                let query: String = (0..times).map(|n| format!(" a{n}: {asked}")).collect();
                let query = format!("{{{query} }}");
                let answer = small.post(&json!({ "query": query }), &[]).await.json();
                let error = &answer["errors"][0];
                assert_eq!(error["extensions"]["code"], "COST_TOO_HIGH", "{} {plans}: {query}: {answer}", app.name);
                // It was let in, and ended where it had too many.
                assert!(error["path"].is_array(), "{} {plans}: {query}: {error}", app.name);
                app.data(&query).await;
            }
        }
    }
}

#[tokio::test]
async fn rows_are_expected_by_the_number_of_dimensions() {
    let app = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    let variables = json!({ "by": ["STAGE", "OWNERSHIP", "TOWNSHIP"] });
    let query = |asked: &str| {
        format!(
            "query ($by: [SchoolDimension!] = [STAGE]) {{ {asked} map {{ a: schools {{ breakdown(by: $by) {{ count }} }} }} }}"
        )
    };
    let expected = async |asked: &str| {
        let request = json!({ "query": query(asked), "variables": variables });
        let answer = app.post(&request, &[("edumap-cost", "only")]).await.json();
        answer["extensions"]["cost"]["estimated"].as_u64().unwrap_or_else(|| panic!("{asked}: {answer}"))
    };
    let none = expected("").await;
    for (asked, cost) in [
        ("schools { breakdown(by: [STAGE]) { count } }", 2 + 4),
        ("schools { breakdown(by: [STAGE, OWNERSHIP]) { count stage } }", 2 + 16 * 2),
        ("schools { breakdown(by: $by) { count } }", 2 + 64),
        ("coverage(of: GROUPS, by: [STAGE, OWNERSHIP]) { total rows { total } }", 3 + 16),
        ("coverage(of: GROUPS) { total rows { total } }", 3 + 4),
        ("admissionPlaces(by: [YEAR]) { count }", 1 + 4),
    ] {
        assert_eq!(expected(asked).await - none, cost, "{asked}");
    }
}

#[tokio::test]
async fn every_list_is_counted() {
    for app in empty("every_list_is_counted").await {
        let schema = Schema::of(&app).await;
        for connection in schema.connections() {
            let is_counted = items(&connection["fields"]).iter().any(|field| field["name"] == "breakdown");
            assert!(is_counted, "{}", connection["name"]);
        }
    }
}

#[tokio::test]
async fn combinations_count_the_nouns_that_have_them_all() {
    for app in chaoyang("combinations_count").await {
        let data = app
            .data(
                r#"{ district(slug: "chaoyang") { schools(first: 100, filter: { ownership: [PUBLIC] }) {
                    totalCount nodes { ownership schoolType township { slug } }
                    breakdown(by: [TOWNSHIP, OWNERSHIP, SCHOOL_TYPE]) { count assumedCount ownership schoolType township { slug } stage } } } }"#,
            )
            .await;
        let schools = &data["district"]["schools"];
        let rows = items(&schools["breakdown"]);
        let mut total = 0;
        for row in rows {
            let is_same =
                |node: &&Value| ["ownership", "schoolType", "township"].iter().all(|of| node[*of] == row[*of]);
            assert_eq!(row["count"], items(&schools["nodes"]).iter().filter(is_same).count(), "{}: {row}", app.name);
            assert_eq!(row["stage"], Value::Null, "it was not asked for");
            total += row["count"].as_u64().expect("a count");
        }
        assert_eq!(schools["totalCount"], total, "{}: each has one of each", app.name);
        assert!(rows.len() > 3, "{schools}");
    }
}

#[tokio::test]
async fn the_lists_of_all_parents_are_counted_in_one_statement() {
    for app in chaoyang("the_lists_of_all_parents_are_counted").await {
        for n in [4, 10] {
            let query = "query ($n: Int) { groups(first: $n) { nodes { schools(filter: { status: [OPEN] }) {
                breakdown(by: [STAGE, DISTRICT]) { count stage district { slug } } } } } }";
            let answer = app.ask(query, json!({ "n": n })).await;
            assert!(answer.json().get("errors").is_none(), "{}", answer.body);
            assert_eq!(answer.statements(), 3, "{}: groups, counts, districts: {}", app.name, answer.body);
        }
    }
}

#[tokio::test]
async fn numbers_on_record_are_added_up() {
    for app in chaoyang("numbers_on_record").await {
        let query = "{ projects(first: 100) { nodes { status places classes }
            breakdown(by: [STATUS]) { count status places { recordedCount sum minimum maximum } classes { sum } } } }";
        let data = app.data(query).await;
        let nodes = items(&data["projects"]["nodes"]);
        for row in items(&data["projects"]["breakdown"]) {
            let of_status = nodes.iter().filter(|node| node["status"] == row["status"]);
            let mut places: Vec<i64> = of_status.filter_map(|node| node["places"].as_i64()).collect();
            places.sort_unstable();
            let summary = json!({ "recordedCount": places.len(), "sum": places.iter().sum::<i64>(),
                "minimum": places.first(), "maximum": places.last() });
            assert_eq!(row["places"], summary, "{}: {row}", app.name);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_counted_is_refused() {
    for app in chaoyang("what_cannot_be_counted").await {
        for (by, code) in [
            ("[]", "INVALID_ARGUMENT"),
            ("[STAGE, STAGE]", "INVALID_ARGUMENT"),
            ("[STAGE, OWNERSHIP, STATUS, REGION]", "INVALID_ARGUMENT"),
            ("[SLUG]", "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let query = format!("{{ schools {{ totalCount breakdown(by: {by}) {{ count }} }} }}");
            let answer = app.ask(&query, json!({})).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{}: {by}: {answer}", app.name);
        }
    }
}

#[tokio::test]
async fn places_at_senior_schools_add_up_to_those_of_the_edges() {
    for app in chaoyang("places_at_senior_schools_add_up").await {
        let by = "admissionPlaces(by: [JUNIOR_SCHOOL, SENIOR_SCHOOL, YEAR]) { count year places { recordedCount sum minimum maximum } \
                  juniorSchool { slug } seniorSchool { slug } juniorDistrict { slug } }";
        let matrix = app.data(&format!("{{ {by} }}")).await;
        let mut cells: Vec<(String, i64)> = items(&matrix["admissionPlaces"])
            .iter()
            .map(|cell| {
                assert_eq!(cell["juniorDistrict"], Value::Null, "it was not asked for");
                let slug = |of: &str| text(&cell[of]["slug"]).to_owned();
                let key = format!("{} {} {}", slug("juniorSchool"), slug("seniorSchool"), text(&cell["year"]));
                (key, cell["places"]["sum"].as_i64().expect("a sum"))
            })
            .collect();
        cells.sort_unstable();
        let mut expected = std::collections::BTreeMap::<String, i64>::new();
        let mut after = String::new();
        loop {
            let page = app
                .data(&format!(
                    "{{ schools(first: 100{after}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ slug seniorSchools(first: 100) {{ \
                     edges {{ year places node {{ slug }} }} }} }} }} }}"
                ))
                .await;
            for school in items(&page["schools"]["nodes"]) {
                for edge in items(&school["seniorSchools"]["edges"]) {
                    let [junior, senior, year] = [&school["slug"], &edge["node"]["slug"], &edge["year"]].map(text);
                    *expected.entry(format!("{junior} {senior} {year}")).or_default() +=
                        edge["places"].as_i64().unwrap_or_default();
                }
            }
            let info = &page["schools"]["pageInfo"];
            if info["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", info["endCursor"]);
        }
        assert_eq!(cells, expected.into_iter().collect::<Vec<_>>(), "{}", app.name);
        assert!(cells.len() > 100, "{}", app.name);

        let years = app
            .data("{ admissionPlaces(by: [YEAR]) { count year places { recordedCount sum minimum maximum } juniorSchool { slug } } }")
            .await;
        let total: i64 = items(&years["admissionPlaces"]).iter().filter_map(|it| it["places"]["sum"].as_i64()).sum();
        assert_eq!(total, cells.iter().map(|(_, places)| places).sum::<i64>(), "{}: {years}", app.name);
        let one = app
            .data("{ admissionPlaces(by: [JUNIOR_DISTRICT, SENIOR_DISTRICT], filter: { ownership: [PUBLIC] }) { count juniorDistrict { slug } seniorDistrict { slug } } }")
            .await;
        assert!(!items(&one["admissionPlaces"]).is_empty(), "{one}");
        for (by, problem) in [
            ("[]", "`by` takes 1 to 3 dimensions, and 0 are given"),
            ("[YEAR, YEAR]", "`by` names YEAR twice"),
            ("[YEAR, JUNIOR_SCHOOL, SENIOR_SCHOOL, JUNIOR_DISTRICT]", "`by` takes 1 to 3 dimensions, and 4 are given"),
        ] {
            let answer = app
                .ask(&format!("{{ admissionPlaces(by: {by}) {{ count }} schools {{ totalCount }} }}"), json!({}))
                .await
                .json();
            assert_eq!(answer["errors"][0]["message"], problem, "{answer}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_ARGUMENT", "{answer}");
            assert_ne!(answer["data"]["schools"]["totalCount"], Value::Null, "the other field is answered: {answer}");
        }
    }
}

#[tokio::test]
async fn reported_values_are_added_up_with_their_digits() {
    for app in chaoyang("reported_values_are_added_up").await {
        let all =
            "{ reportedFigures { breakdown(by: [UNIT]) { unit count value { recordedCount sum minimum maximum } } } }";
        let counted = app.data(all).await;
        for row in
            items(&counted["reportedFigures"]["breakdown"]).iter().filter(|row| row["count"].as_u64() <= Some(100))
        {
            let unit = text(&row["unit"]);
            let figures =
                format!("{{ reportedFigures(first: 100, filter: {{ unit: [{unit}] }}) {{ nodes {{ value }} }} }}");
            let figures = app.data(&figures).await;
            let nodes = items(&figures["reportedFigures"]["nodes"]).iter();
            let values: Vec<f64> = nodes.filter_map(|figure| figure["value"].as_f64()).collect();
            let close = |of: &str, expected: f64| {
                let told = row["value"][of].as_f64().expect("a number");
                assert!((told - expected).abs() < 1e-6, "{}: {of} of {values:?}: {row}", app.name);
            };
            assert_eq!(row["value"]["recordedCount"], values.len(), "{}: {row}", app.name);
            close("sum", values.iter().sum());
            close("minimum", values.iter().copied().fold(f64::INFINITY, f64::min));
            close("maximum", values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        }
    }
}
