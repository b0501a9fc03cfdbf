//! No read goes without an index.

use std::sync::{Arc, Mutex};

use serde_json::json;
use server::generate::{Plan, generate};
use tests::{TestApp, loaded};

/// Every relation, every filter and every order, each asked for once.
fn questions() -> Vec<String> {
    let mut questions: Vec<String> = [
        "{ schools { nodes { group { name } groups { totalCount nodes { name } } alliances { totalCount nodes { name } } partners { totalCount nodes { name } } campuses { totalCount nodes { township { name } school { name } } } branches { totalCount nodes { name } } branchOf { nodes { name } } predecessors { totalCount nodes { name } } successors { nodes { name } } township { name } district { name } hostedSiteUses { school { name } } siteUses { grade host { __typename } } names { text sources { title } } sources { title } } } }",
        "{ groups { nodes { leadSchool { name } district { name } schools { totalCount nodes { name } } alliances { totalCount nodes { name } } } } }",
        "{ alliances { nodes { functions { textEn } resourceCategories { category } district { name } partners { totalCount nodes { name } } groups { totalCount nodes { name } } schools { totalCount nodes { name } } } } }",
        "{ partners { nodes { alliances { totalCount nodes { name } } schools { totalCount nodes { name } } } } }",
        "{ districts { nodes { regions { totalCount nodes { name } } townships { nodes { name } } learningAreas { nodes { name } } schools { nodes { name } } groups { nodes { name } } alliances { nodes { name } } } } }",
        "{ regions { nodes { townships { nodes { name } } schools { nodes { name } } } } townships { nodes { region { name } schools { nodes { name } } campuses { nodes { name } } } } learningAreas { nodes { name } } authorities { nodes { name } } sources { nodes { title } } campuses { nodes { name } } }",
        "{ view { revision { number } } revisions { number } definitions { term } }",
    ]
    .map(str::to_owned)
    .to_vec();
    for field in ["NAME", "SLUG", "SINCE"] {
        for noun in [
            "schools",
            "groups",
            "alliances",
            "partners",
            "campuses",
            "districts",
            "regions",
            "townships",
            "learningAreas",
            "authorities",
            "sources",
        ] {
            questions.push(format!(
                "{{ {noun}(orderBy: {{ field: {field}, direction: DESC }}) {{ totalCount nodes {{ slug }} }} }}"
            ));
            questions.push(format!(
                "{{ {noun}(filter: {{ existence: [ASSUMED] }}, orderBy: {{ field: {field} }}) {{ assumedCount nodes {{ slug }} }} }}"
            ));
            questions.push(format!("{{ {noun}(filter: {{ nameContains: \"1-2\" }}, orderBy: {{ field: {field} }}) {{ totalCount nodes {{ slug }} }} }}"));
        }
    }
    let filters: &[(&str, &[&str])] = &[
        (
            "schools",
            &[
                "stage: [PRIMARY]",
                "ownership: [PRIVATE]",
                "schoolType: [NINE_YEAR]",
                "status: [PLANNED]",
                "or: [{ status: [PLANNED, OPEN] }, { stage: [PRIMARY] }]",
                "code: \"0501\"",
                "district: \"d0001\"",
                "region: \"d0001-r1\"",
                "township: \"d0001-t01\"",
                "group: \"d0001-g01\"",
                "alliance: \"d0001-a01\"",
                "partner: \"d0001-p001\"",
                "inGroup: false",
            ],
        ),
        (
            "groups",
            &["status: [OPERATING]", "district: \"d0001\"", "school: \"d0001-s0001\"", "alliance: \"d0001-a01\""],
        ),
        (
            "alliances",
            &[
                "kind: [THEMATIC]",
                "scope: [DISTRICT]",
                "status: [ESTABLISHED]",
                "district: \"d0001\"",
                "partner: \"d0001-p001\"",
                "group: \"d0001-g01\"",
            ],
        ),
        ("partners", &["kind: [MUSEUM]", "alliance: \"d0001-a01\"", "school: \"d0001-s0001\""]),
        (
            "campuses",
            &["status: [PLANNED]", "school: \"d0001-s0001\"", "township: \"d0001-t01\"", "region: \"d0001-r1\""],
        ),
        ("townships", &["kind: [AREA]", "region: \"d0001-r1\"", "district: \"d0001\""]),
        ("regions", &["district: \"d0001\""]),
        ("sources", &["kind: [SYNTHETIC]", "reliability: [LOW]"]),
    ];
    for (noun, conditions) in filters {
        questions.extend(
            conditions.iter().map(|is| format!("{{ {noun}(filter: {{ {is} }}) {{ totalCount nodes {{ slug }} }} }}")),
        );
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
    ["json_each", "ranked", "t", "q", "w", "walk", "CONSTANT", "(subquery"].contains(&name) || name.starts_with('(')
}

#[tokio::test]
async fn a_page_in_order_is_read_in_order() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 1600, seed: 1 }, &folder).expect("a city");
    // PostgreSQL plans by what is in the tables, and sorts while there is little; SQLite by figures that stay.
    for app in loaded("a_page_in_order_is_read_in_order", &folder).await.iter().filter(|app| app.name == "SQLite") {
        for field in ["NAME", "SLUG", "SINCE"] {
            let plans = Arc::new(Mutex::new(Vec::new()));
            let explained = TestApp::on(app.name, app.store.explained(plans.clone()));
            let question = format!(
                "{{ schools(orderBy: {{ field: {field} }}, filter: {{ inGroup: true }}) {{ nodes {{ slug }} }} }}"
            );
            assert!(explained.ask(&question, json!({})).await.json().get("errors").is_none());
            let plans = plans.lock().expect("no reader panicked");
            // Sorting would mean to have read every school first: a nation has 300,000.
            let sorts = |line: &String| line.contains("TEMP B-TREE FOR ORDER BY");
            let sorted: Vec<_> = plans.iter().filter(|plan| plan.lines.iter().any(sorts)).collect();
            assert!(sorted.is_empty(), "{}: {field}: {sorted:#?}", app.name);
        }
    }
}

#[tokio::test]
async fn every_relation_filter_and_order_uses_an_index() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 1600, seed: 1 }, &folder).expect("a city");
    for app in loaded("every_relation_uses_an_index", &folder).await {
        let plans = Arc::new(Mutex::new(Vec::new()));
        let explained = TestApp::on(app.name, app.store.explained(plans.clone()));
        for question in questions() {
            let answer = explained.ask(&question, json!({})).await;
            assert!(answer.json().get("errors").is_none(), "{}: {question}: {}", app.name, answer.body);
        }
        let plans = plans.lock().expect("no reader panicked");
        assert!(plans.len() > 150, "only {} plans were told", plans.len());
        for plan in plans.iter() {
            let whole: Vec<_> = plan.lines.iter().filter(|line| reads_all(&app, line)).collect();
            assert!(
                whole.is_empty(),
                "{} reads a whole table: {whole:?}\n{}\n{}",
                app.name,
                plan.sql,
                plan.lines.join("\n")
            );
        }
    }
}
