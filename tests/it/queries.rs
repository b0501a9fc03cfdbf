//! The ready-made questions: each is answered on both databases, within its budget, and stands in the docs.

use std::fs;

use serde_json::Value;
use server::queries;
use tests::{chaoyang, root};

/// Whether an answer says anything: some list in it has items, or some field a value.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => items.iter().any(says_something),
        Value::Object(members) => members.values().any(says_something),
        _ => true,
    }
}

#[tokio::test]
async fn every_ready_made_question_is_answered_within_its_budget() {
    for app in chaoyang("every_ready_made_question").await {
        for question in queries::all() {
            let name = question.name;
            let answer = app.ask(question.text, Value::Object(question.variables.clone())).await;
            let json = answer.json();
            assert!(json.get("errors").is_none(), "{}: {name}: {json:#}", app.name);
            assert!(says_something(&json["data"]), "{}: {name} finds nothing", app.name);
            assert_eq!(answer.statements(), question.budget, "{}: {name}", app.name);
        }
    }
}

#[test]
fn every_ready_made_question_stands_in_the_docs() {
    let docs = fs::read_to_string(root().join("docs/playground.md")).expect("docs/playground.md");
    for question in queries::all() {
        let line = format!("| `{}` | {} | {} |", question.name, question.title, question.audience);
        assert!(docs.contains(&line), "docs/playground.md lacks: {line}");
    }
}
