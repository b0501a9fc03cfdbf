//! How an operation is answered, as the header `edumap-plan` and `edumap explain` tell it.

use std::{collections::BTreeSet, sync::Arc};

use graphql::{Backend, Request};
use serde_json::{Value, json};
use server::{App, Capacity, explain::explain};
use tests::{TestApp, chaoyang, clock};

const HEADLINE: &str = "{ schools(first: 20, filter: { hasGroupOnRecord: true }) { totalCount nodes { name group { name \
                        alliances { nodes { name partners { nodes { name kinds } } } } } } } }";

/// The same server, which tells those who ask.
fn explaining(app: &TestApp, has_plans: bool) -> TestApp {
    let served = App::new(app.store.clone(), Arc::new(clock()));
    let backend = Backend { has_plans, ..served.backend.clone() };
    let capacity = Arc::new(Capacity { explains: true, ..Capacity::default() });
    TestApp::of(app.name, App { backend, capacity, ..served })
}

async fn plan_of(app: &TestApp, query: &str) -> Value {
    let headers = [("edumap-plan", "1"), ("edumap-stats", "1")];
    let mut answer = app.post(&json!({ "query": query }), &headers).await.json();
    assert!(answer.get("errors").is_none(), "{}: {answer:#}", app.name);
    answer["extensions"].take()
}

/// The path of each level, for how many objects it was loaded, to how many it leads, and how many statements it took.
fn levels(levels: &Value, path: &str, all: &mut Vec<(String, u64, Option<u64>, usize)>) {
    for level in levels.as_array().expect("levels") {
        let path = format!("{path}{}", level["field"].as_str().expect("a field"));
        let statements = level["statements"].as_array().expect("numbers").len();
        all.push((path.clone(), level["parents"].as_u64().expect("a number"), level["objects"].as_u64(), statements));
        if level["levels"].is_array() {
            levels_below(level, &path, all);
        }
    }
}

fn levels_below(level: &Value, path: &str, all: &mut Vec<(String, u64, Option<u64>, usize)>) {
    levels(&level["levels"], &format!("{path}."), all);
}

#[tokio::test]
async fn a_plan_is_told_level_by_level_with_every_statement_at_its_level() {
    for app in chaoyang("a_plan_is_told_level_by_level").await {
        let extensions = plan_of(&explaining(&app, true), HEADLINE).await;
        let plan = &extensions["plan"];
        assert_eq!(plan["by"], "plan", "{}: {plan:#}", app.name);
        let mut all = Vec::new();
        levels(&plan["levels"], "", &mut all);
        let paths: Vec<&str> = all.iter().map(|(path, ..)| path.as_str()).collect();
        let expected = [
            "schools",
            "schools.totalCount",
            "schools.nodes",
            "schools.nodes.group",
            "schools.nodes.group.alliances",
            "schools.nodes.group.alliances.nodes",
            "schools.nodes.group.alliances.nodes.partners",
            "schools.nodes.group.alliances.nodes.partners.nodes",
        ];
        assert_eq!(paths, expected, "{}", app.name);
        let (_, parents, groups, statements) = &all[3];
        assert_eq!((*parents, *statements), (20, 1), "{}: {all:?}", app.name);
        assert!(groups.is_some_and(|groups| groups < 20), "{}: equal groups are one: {all:?}", app.name);
        // Each statement was asked for at a level, and each is one that was counted.
        let asked: BTreeSet<u64> = numbers(plan);
        let statements = plan["statements"].as_array().expect("statements");
        assert_eq!(asked, (0..statements.len() as u64).collect(), "{}: {plan:#}", app.name);
        assert_eq!(extensions["stats"]["sqlStatements"], statements.len(), "{}", app.name);
        let rows: u64 = statements.iter().map(|statement| statement["rows"].as_u64().expect("a number")).sum();
        assert_eq!(extensions["stats"]["rows"], rows, "{}", app.name);
        assert!(statements.iter().all(|it| it["sql"].as_str().is_some_and(|sql| sql.starts_with("SELECT"))));
    }
}

/// The numbers of all statements that some level asked for.
fn numbers(level: &Value) -> BTreeSet<u64> {
    let own = level["statements"].as_array().into_iter().flatten().filter_map(Value::as_u64);
    own.chain(level["levels"].as_array().into_iter().flatten().flat_map(numbers)).collect()
}

#[tokio::test]
async fn what_resolvers_answer_is_told_without_levels() {
    for app in chaoyang("what_resolvers_answer_is_told").await {
        let entity = "{ node(id: \"x\") { ... on School { name } } schools(first: 1) { nodes { group { name } } } }";
        let failing = "{ schools(first: 1) { nodes { name } } school(slug: \"a\", id: \"b\") { name } }";
        for (has_plans, query) in [(false, HEADLINE), (true, entity), (true, failing)] {
            let headers = [("edumap-plan", "1")];
            let answer = explaining(&app, has_plans).post(&json!({ "query": query }), &headers).await.json();
            let plan = &answer["extensions"]["plan"];
            assert_eq!((&plan["by"], &plan["levels"]), (&json!("resolvers"), &json!([])), "{}: {query}", app.name);
            assert!(plan["statements"].as_array().is_some_and(|all| !all.is_empty()), "{}: {query}", app.name);
        }
    }
}

#[tokio::test]
async fn nobody_is_told_unless_it_is_allowed() {
    for app in chaoyang("nobody_is_told").await {
        let answer = app.post(&json!({ "query": HEADLINE }), &[("edumap-plan", "1")]).await.json();
        assert!(answer.get("extensions").is_none(), "{}: {answer:#}", app.name);
    }
}

#[tokio::test]
async fn an_explanation_is_a_line_for_each_level() {
    for app in chaoyang("an_explanation_is_a_line").await {
        let explanation = explain(app.store.clone(), Request::new(HEADLINE)).await.expect("explained");
        let text = explanation.to_text(false);
        let line = |field: &str| {
            let found = text.lines().find(|line| line.trim_start().starts_with(field));
            found.unwrap_or_else(|| panic!("{}: no {field}\n{text}", app.name)).to_owned()
        };
        assert!(line("group ").contains("20 → ") && line("group ").contains(": "), "{text}");
        assert!(line("answered by a plan: ").contains(" statements, "), "{text}");
        assert!(!text.contains("SELECT"), "{text}");
        let with_sql = explanation.to_text(true);
        assert!(with_sql.contains("\n1: ") && with_sql.contains("SELECT"), "{with_sql}");
        for (query, problem) in [
            ("{ nothing }", "nothing"),
            ("{", "line 1"),
            ("{ school(slug: \"a\", id: \"b\") { name } }", "one of them"),
            ("subscription { revisionRecorded { number } }", "subscription"),
        ] {
            let problems = explain(app.store.clone(), Request::new(query)).await.expect_err(query).join("; ");
            assert!(problems.contains(problem), "{query}: {problems}");
        }
    }
}
