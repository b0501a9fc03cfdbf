//! The ready-made questions: each is answered on both databases and on any map, within its budget, and stands in the docs.

use std::{collections::HashSet, fs, path::Path};

use axum::{body::Body, http::Request};
use serde_json::{Value, json};
use server::{
    generate::{Plan, generate},
    queries,
};
use tests::{TestApp, bundled, chaoyang, empty, loaded, root};

/// Whether an answer says anything: some list in it has items, or some field a value.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => members.values().any(says_something),
        _ => true,
    }
}

/// Whether some list of an answer has items.
fn lists_something(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => members.values().any(lists_something),
        _ => false,
    }
}

/// The ready-made questions as the pages read them, each with the variables that it is asked with.
async fn offered(app: &TestApp) -> Vec<Value> {
    let request = Request::get("/playground/queries.json").body(Body::empty()).expect("a request");
    let Value::Array(all) = app.send(request).await.json() else { panic!("no list of questions") };
    assert_eq!(all.len(), queries::curated_queries().len());
    all
}

/// Asks a question as the pages do; gives its answer's data and the number of statements.
async fn asked(app: &TestApp, question: &Value) -> (Value, u64) {
    let text = question["text"].as_str().expect("a text");
    let answer = app.ask(text, question["variables"].clone()).await;
    let mut json = answer.json();
    assert!(json.get("errors").is_none(), "{}: {}: {json:#}", app.name, question["name"]);
    (json["data"].take(), answer.statements())
}

#[tokio::test]
async fn every_ready_made_question_is_answered_within_its_budget() {
    for app in chaoyang("every_ready_made_question").await {
        for question in offered(&app).await {
            let (data, statements) = asked(&app, &question).await;
            assert!(lists_something(&data), "{}: {question} finds nothing", app.name);
            let budget = question["budget"].as_u64().expect("a budget");
            // Schools that are reached by two ways are one statement if both arrive together, or two; the school that has most
            // ways need not have each, nor does a search find nouns of each kind.
            let may_be_less = ["who-signed-what", "who-reaches-a-school", "find-anything"]
                .iter()
                .any(|name| question["name"] == *name);
            let is_less = may_be_less && statements + 1 == budget;
            assert!(is_less || statements == budget, "{}: {}: {statements}", app.name, question["name"]);
        }
    }
}

#[tokio::test]
async fn every_ready_made_question_is_answered_on_a_made_up_district() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("district");
    generate(&Plan { schools: 150, seed: 7 }, &folder).expect("a district");
    for app in loaded("every_question_on_a_made_up_district", &folder).await {
        for question in offered(&app).await {
            let (data, statements) = asked(&app, &question).await;
            assert!(lists_something(&data), "{}: {question} finds nothing", app.name);
            assert!(statements <= question["budget"].as_u64().expect("a budget"), "{}: {question}", app.name);
        }
    }
}

#[tokio::test]
async fn every_ready_made_question_is_answered_on_an_empty_map() {
    for app in empty("every_question_on_an_empty_map").await {
        // Of an empty map nothing can be changed.
        for question in offered(&app).await.iter().filter(|question| question["name"] != "what-if-a-school-moves") {
            asked(&app, question).await;
        }
    }
}

#[tokio::test]
async fn a_question_is_asked_about_another_noun_once_the_map_is_another() {
    for app in empty("a_question_about_another_noun").await {
        let group = async || {
            let all = offered(&app).await;
            all.iter().find(|one| one["name"] == "members-of-a-group").expect("the question")["variables"]["group"]
                .clone()
        };
        let before = group().await;
        app.import(&bundled()).await.expect("no findings");
        let after = group().await;
        assert_ne!(before, after, "{}", app.name);
        let answer = app.ask("query ($slug: String) { group(slug: $slug) { slug } }", json!({ "slug": after })).await;
        assert_eq!(answer.json()["data"]["group"]["slug"], after, "{}: {}", app.name, answer.body);
    }
}

/// The files of a folder and of those in it.
fn files(dir: &Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display())) {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, into),
            false => into.push(path),
        }
    }
}

#[test]
fn no_program_page_or_question_knows_a_noun_of_the_bundled_district() {
    let mut slugs = HashSet::new();
    for file in ["alliances", "campuses", "groups", "partners", "regions", "schools", "townships"] {
        let text = fs::read_to_string(bundled().join(format!("{file}.csv"))).expect("a file");
        slugs.extend(text.lines().skip(1).filter_map(|line| line.split(',').next()).map(str::to_owned));
    }
    assert!(slugs.len() > 250, "{}", slugs.len());
    let mut paths = Vec::new();
    for part in [
        "domain/src",
        "persistence/src",
        "graphql/src",
        "server/src",
        "server/queries",
        "server/plain",
        "server/web/src",
    ] {
        files(&root().join("crates").join(part), &mut paths);
    }
    let pages =
        fs::read_dir(root().join("crates/server/web")).expect("the pages").map(|entry| entry.expect("one").path());
    paths.extend(pages.filter(|path| path.extension().is_some_and(|it| it == "html")));
    for path in paths {
        let text = fs::read_to_string(&path).expect("UTF-8");
        // Tests may name whom they like.
        let program = text.split("#[cfg(test)]").next().unwrap_or_default();
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        // These are words as well.
        for word in program.split(|c| !is_slug(c)).filter(|word| !matches!(*word, "east" | "north" | "south")) {
            assert!(!slugs.contains(word), "{} knows `{word}`", path.display());
        }
    }
}

#[test]
fn every_ready_made_question_stands_in_the_docs() {
    let docs = fs::read_to_string(root().join("docs/playground.md")).expect("docs/playground.md");
    for question in queries::curated_queries() {
        let line = format!("| `{}` | {} | {} |", question.name, question.title, question.audience);
        assert!(docs.contains(&line), "docs/playground.md lacks: {line}");
    }
}
