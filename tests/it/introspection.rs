//! A server that does not tell its schema: not when asked, and not by its errors.

use std::{collections::BTreeSet, fs, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use graphql::Limits;
use persistence::Store;
use serde_json::{Value, json};
use server::{App, documents::Documents};
use tests::{TestApp, chaoyang, clock};

/// The same server, closed.
fn closed(app: &TestApp) -> TestApp {
    let schema = graphql::closed_schema();
    TestApp::of(app.name, App { schema, ..App::new(app.store.clone(), Arc::new(clock())) })
}

async fn empty() -> TestApp {
    TestApp::on("SQLite", Store::in_memory().await.expect("memory"))
}

#[tokio::test]
async fn questions_about_the_schema_are_refused_before_anything_runs() {
    let app = closed(&empty().await);
    for query in [
        "{ __schema { queryType { name } } }",
        "{ __type(name: \"School\") { name } }",
        "{ _service { sdl } }",
        "{ x: __schema { types { name } } }",
        "{ ... { ... on Query { __schema { types { name } } } } }",
        "{ ...F } fragment F on Query { __type(name: \"Query\") { name } }",
        "query ($x: Boolean!) { __typename __schema @include(if: $x) { types { name } } }",
        "{ revisions { number } __schema { types { name } } }",
    ] {
        let answer = app.post(&json!({ "query": query, "variables": { "x": false } }), &[]).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INTROSPECTION_DISABLED", "{query}: {answer}");
        assert!(answer.get("data").is_none(), "{query}: {answer}");
    }
    let sdl = app.send(Request::get("/schema.graphql").body(Body::empty()).expect("a request")).await;
    assert_eq!(sdl.status, StatusCode::FORBIDDEN);
    assert!(!sdl.body.contains("type Query"), "{}", sdl.body);
}

#[tokio::test]
async fn a_trusted_document_may_not_ask_either() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(dir.path().join("types.graphql"), "{ __schema { types { name } } }").expect("a file");
    for (schema, is_open) in [(graphql::schema(), true), (graphql::closed_schema(), false)] {
        let read = Documents::default().add_folder(dir.path(), &schema, &Limits::default()).await;
        assert_eq!(read.is_ok(), is_open, "{read:?}");
    }
}

#[tokio::test]
async fn all_else_is_answered_as_ever() {
    for app in chaoyang("all_else_is_answered").await {
        let query = "{ __typename schools(first: 1) { __typename totalCount nodes { __typename slug } } }";
        assert_eq!(closed(&app).data(query).await, app.data(query).await, "{}", app.name);
    }
}

/// The names of all types that are ours.
async fn types() -> BTreeSet<String> {
    let schema = empty().await.data("{ __schema { types { name } } }").await;
    let names = schema["__schema"]["types"].as_array().into_iter().flatten().filter_map(|one| one["name"].as_str());
    names.filter(|name| !name.starts_with("__")).map(str::to_owned).collect()
}

#[tokio::test]
async fn no_error_tells_a_name_that_the_client_did_not_write() {
    let (app, types) = (closed(&empty().await), types().await);
    assert!(types.contains("School") && types.contains("SchoolFilter"));
    for (query, variables) in [
        ("{ school(slug: \"x\") { nam } }", json!({})),
        ("{ school(slgu: \"x\") { slug } }", json!({})),
        ("{ school { slug } }", json!({})),
        ("{ school(slug: \"x\") { group } }", json!({})),
        ("{ school(slug: \"x\") { slug { x } } }", json!({})),
        ("{ shcools { totalCount } }", json!({})),
        ("{ schools(filter: { stag: PRIMARY }) { totalCount } }", json!({})),
        ("{ schools(filter: { stage: PRIMRY }) { totalCount } }", json!({})),
        ("{ schools(filter: 7) { totalCount } }", json!({})),
        ("{ schools(first: \"a\\\"b\") { totalCount } }", json!({})),
        ("{ schools(orderBy: { field: \"x\\\"\" }) { totalCount } }", json!({})),
        ("{ schools(orderBy: { direction: SIDEWAYS }) { totalCount } }", json!({})),
        ("query ($f: Int) { schools(filter: $f) { totalCount } }", json!({ "f": 1 })),
        ("query ($d: String) { map(asOf: $d) { view { asOf } } }", json!({ "d": "x" })),
        ("{ map(asOf: \"nonsense\") { view { asOf } } }", json!({})),
        ("{ schools { nodes { ... on Nonsense { slug } } } }", json!({})),
        ("{ schools { nodes { ... { nam } } } }", json!({})),
        ("{ schools @skip(fi: true) { totalCount } }", json!({})),
        ("{ schools @skip { totalCount } }", json!({})),
        ("mutation { registerSchool { slug } }", json!({})),
    ] {
        let answer = app.post(&json!({ "query": query, "variables": variables }), &[]).await.json();
        let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{query} was answered: {answer}"));
        for error in errors {
            let message = error["message"].as_str().expect("a sentence");
            assert!(!message.contains("Did you mean"), "{query}: {message}");
            let written = format!("{query} {variables}");
            let words = |text: &str| -> BTreeSet<String> {
                text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').map(str::to_owned).collect()
            };
            let told: Vec<_> =
                words(message).difference(&words(&written)).filter(|it| types.contains(*it)).cloned().collect();
            assert!(told.is_empty(), "{query} is told {told:?}: {message}");
        }
    }
}

#[tokio::test]
async fn a_misspelt_name_is_still_told() {
    let app = closed(&empty().await);
    for (query, misspelt, untold) in
        [("{ school(slug: \"x\") { nam } }", "nam", "name"), ("{ school(slgu: \"x\") { __typename } }", "slgu", "slug")]
    {
        let (code, message, _) = app.error(query).await;
        assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
        assert!(message.contains(&format!("`{misspelt}`")) && !message.contains(&format!("`{untold}`")), "{message}");
    }
    let open: Value = empty().await.post(&json!({ "query": "{ school(slug: \"x\") { nam } }" }), &[]).await.json();
    assert!(open["errors"][0]["message"].as_str().is_some_and(|it| it.contains("Did you mean")), "{open}");
}

#[tokio::test]
async fn a_name_that_is_near_another_is_told_as_one_that_is_far() {
    let app = closed(&empty().await);
    let query = "query ($f: SchoolFilter, $o: [Ownership!]) {
        a: schools(filter: $f) { totalCount } b: schools(filter: { ownership: $o }) { totalCount } }";
    let message = async |variables: Value| {
        let answer = app.post(&json!({ "query": query, "variables": variables }), &[]).await.json();
        answer["errors"][0]["message"].as_str().expect("a sentence").to_owned()
    };
    let field = async |name: &str| message(json!({ "f": { name: 1 } })).await.replace(name, "NAME");
    assert_eq!(field("stag").await, field("nowhere").await);
    let value = async |name: &str| message(json!({ "o": [name] })).await.replace(name, "NAME");
    assert_eq!(value("PUBLC").await, value("NOWHERE").await);
}

#[tokio::test]
async fn our_own_sentences_name_nothing_either() {
    for app in chaoyang("our own sentences").await {
        let closed = closed(&app);
        for (query, untold) in [
            ("{ map(knownAt: 99) { __typename } }", "revisions"),
            ("{ school { __typename } }", "slug"),
            ("{ schools(after: \"x\") { __typename } }", "endCursor"),
            ("{ schools(first: 1, last: 1) { __typename } }", "after"),
        ] {
            let (told, said) = (app.error(query).await.1, closed.error(query).await.1);
            assert!(!said.contains(untold), "{}: {query}: {said} ({told})", app.name);
        }
    }
}
