//! Contracts: the schema is the one committed, everything in it is described, the layers hold, the README is true.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};
use tests::{TestApp, chaoyang, root};

#[test]
fn the_committed_schema_is_what_the_code_prints() {
    expect_test::expect_file![root().join("schema.graphql")].assert_eq(&graphql::schema().sdl());
}

const INTROSPECTION: &str = "{ __schema { types { name kind description enumValues(includeDeprecated: true) { name description }
    inputFields { name description } fields(includeDeprecated: true) { name description args { name description } type { kind ofType { name } } } } } }";

async fn introspect() -> Value {
    let app = TestApp::on("SQLite", persistence::Store::in_memory().await.expect("memory"));
    app.data(INTROSPECTION).await
}

fn all<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value[name].as_array().into_iter().flatten()
}

#[tokio::test]
async fn every_type_field_argument_and_value_is_described() {
    let schema = introspect().await;
    // GraphQL's own scalars need no words of ours.
    let own = ["Boolean", "Float", "ID", "Int", "String"];
    let mut silent = Vec::new();
    let mut look = |path: String, item: &Value| {
        if item["description"].as_str().is_none_or(|text| text.trim().is_empty()) {
            silent.push(path);
        }
    };
    for one in all(&schema["__schema"], "types")
        .filter(|one| !one["name"].as_str().is_some_and(|name| name.starts_with("__") || own.contains(&name)))
    {
        let name = one["name"].as_str().unwrap_or_default();
        look(name.to_owned(), one);
        for part in ["enumValues", "inputFields", "fields"] {
            for item in all(one, part) {
                let path = format!("{name}.{}", item["name"].as_str().unwrap_or_default());
                look(path.clone(), item);
                all(item, "args")
                    .for_each(|arg| look(format!("{path}({})", arg["name"].as_str().unwrap_or_default()), arg));
            }
        }
    }
    assert!(silent.is_empty(), "no word about {silent:#?}");
}

#[tokio::test]
async fn every_root_field_is_asked_for_in_some_test() {
    let schema = introspect().await;
    let query = all(&schema["__schema"], "types").find(|one| one["name"] == "Query").expect("a query type");
    let mut tests = String::new();
    for entry in fs::read_dir(root().join("tests/it")).expect("the tests") {
        tests += &fs::read_to_string(entry.expect("an entry").path()).expect("a test");
    }
    let words: BTreeSet<&str> = tests.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let unasked: Vec<_> =
        all(query, "fields").filter_map(|field| field["name"].as_str()).filter(|name| !words.contains(name)).collect();
    assert!(unasked.is_empty(), "no test asks for {unasked:?}");
}

/// async-graphql nulls the parent of a nullable field whose resolver is `Result<Option<_>>`; `Option<Result<_>>` nulls the field alone.
#[test]
fn no_nullable_resolver_takes_its_parent_down() {
    for entry in fs::read_dir(root().join("crates/graphql/src")).expect("the crate") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        for line in text.lines().filter(|line| line.trim_start().starts_with("async fn")) {
            assert!(!line.contains("-> Result<Option<"), "{}: {line}", path.display());
        }
    }
}

#[test]
fn each_crate_knows_only_what_its_layer_may() {
    let allowed: &[(&str, &[&str], &[&str])] = &[
        ("crates/domain", &[], &["sea-orm", "async-graphql", "axum", "tokio", "serde"]),
        ("migrations", &[], &["sea-orm", "async-graphql", "axum"]),
        ("crates/persistence", &["domain", "migrations"], &["async-graphql", "axum"]),
        ("crates/graphql", &["domain", "persistence"], &["sea-orm", "sea-orm-migration", "axum"]),
        ("crates/server", &["domain", "graphql", "persistence"], &["sea-orm", "sea-orm-migration"]),
    ];
    for (folder, ours, never) in allowed {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a manifest");
        let names: BTreeSet<&str> =
            manifest.lines().filter_map(|line| line.split_once(['.', ' ', '=']).map(|(name, _)| name)).collect();
        let mine = ["domain", "graphql", "migrations", "persistence", "server"];
        for name in mine.iter().filter(|name| names.contains(*name) && !folder.ends_with(*name)) {
            assert!(ours.contains(name), "{folder} depends on {name}");
        }
        for name in *never {
            assert!(!names.contains(name), "{folder} depends on {name}");
        }
    }
}

#[test]
fn no_sql_stands_outside_persistence_and_migrations() {
    for folder in ["crates/domain/src", "crates/graphql/src", "crates/server/src"] {
        for entry in
            fs::read_dir(root().join(folder)).expect("a crate").flatten().filter(|entry| entry.path().is_file())
        {
            let text = fs::read_to_string(entry.path()).expect("a file");
            assert!(!text.contains("SELECT ") && !text.contains("INSERT INTO"), "{}", entry.path().display());
        }
    }
}

#[tokio::test]
async fn every_query_of_the_readme_is_answered() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    let queries: Vec<&str> = readme.split("```graphql\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(queries.len() >= 6, "the README shows only {} queries", queries.len());
    for app in chaoyang("every_query_of_the_readme").await {
        for query in &queries {
            let answer = match query.starts_with("subscription") {
                true => app.first_event(query).await,
                false => app.ask(query, json!({})).await.json(),
            };
            assert!(answer.get("errors").is_none(), "{}: {query}\n{answer:#}", app.name);
            let roots = answer["data"].as_object().expect("data");
            assert!(roots.values().all(|value| !value.is_null()), "{}: {query} finds nothing: {answer:#}", app.name);
        }
    }
}
