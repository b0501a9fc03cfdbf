//! Abuse over a real socket: every attack is answered as it should be, tells nothing of our insides, and others are served on.

use std::{net::SocketAddr, time::Duration};

use graphql::Limits;
use serde_json::{Value, json};
use server::Capacity;
use tests::{
    TestApp,
    attack::{Reply, find_internals, is_healthy, list_attacks},
    chaoyang,
};

/// The server on a port of this machine, with less patience than it has, so that those who idle are let go soon.
async fn listen(app: TestApp) -> SocketAddr {
    let capacity = Capacity { head_time: Duration::from_secs(3), ..Capacity::default() };
    let url = TestApp::within(app.name, app.store, Limits::default(), capacity).listen().await;
    url.strip_prefix("http://").and_then(|address| address.parse().ok()).expect("an address")
}

/// What an answer must not be, whatever was sent.
fn check(name: &str, reply: &Reply) {
    let found = find_internals(&reply.text);
    assert!(found.is_empty(), "{name}: {found:?} in {}", reply.text);
    assert!(!reply.text.to_lowercase().contains("\r\nset-cookie"), "{name}: {}", reply.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attack_is_answered_and_others_are_served_on() {
    for app in chaoyang("every_attack_is_answered").await {
        let database = app.name;
        let address = listen(app).await;
        let mut wrong = Vec::new();
        for attack in list_attacks(100) {
            let (reply, is_healthy_meanwhile) = tokio::join!(attack.run(address), is_healthy(address));
            let name = attack.name;
            assert!(is_healthy_meanwhile, "{database}: during {name}");
            assert!(is_healthy(address).await, "{database}: after {name}");
            for reply in reply {
                check(name, &reply);
                if (reply.status, reply.code.as_str()) != attack.answer {
                    wrong.push(format!("{name}: {} {:?}, not {:?}", reply.status, reply.code, attack.answer));
                }
            }
        }
        wrong.dedup();
        assert!(wrong.is_empty(), "{database}:\n{}", wrong.join("\n"));
    }
}

const INTROSPECTION: &str = "{ __schema { types { name enumValues { name } inputFields { name type { ...T } }
    fields { name args { name type { ...T } } type { ...T } } } } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// What is put into every argument that takes a text.
const TEXTS: [&str; 6] = [
    "'; DROP TABLE schools; --",
    "%_\\",
    "\" OR 1=1",
    "' UNION SELECT actor FROM revisions --",
    "\0\u{1}",
    "\u{202e}\u{ffff}",
];

/// A type as it is written, and its name alone.
fn written(ty: &Value) -> (String, String) {
    let name = ty["name"].as_str().unwrap_or_default().to_owned();
    match ty["kind"].as_str() {
        Some("NON_NULL") => (written(&ty["ofType"]).0 + "!", written(&ty["ofType"]).1),
        Some("LIST") => (format!("[{}]", written(&ty["ofType"]).0), written(&ty["ofType"]).1),
        _ => (name.clone(), name),
    }
}

fn items<'a>(value: &'a Value, part: &str) -> impl Iterator<Item = &'a Value> {
    value[part].as_array().into_iter().flatten()
}

/// Every way to put a text into an argument of this type.
fn filled(schema: &Value, ty: &Value, text: &str) -> Vec<Value> {
    let takes_text = |ty: &Value| ["String", "ID", "Date", "LanguageTag"].contains(&written(ty).1.as_str());
    let input = items(schema, "types").find(|it| it["name"] == written(ty).1).expect("a type");
    let fields = items(input, "inputFields").filter(|field| takes_text(&field["type"]));
    // What else the object needs is given, so that it is this field that is looked at.
    let is_needed = |field: &&Value| written(&field["type"]).0.ends_with('!');
    let needed = items(input, "inputFields").filter(is_needed).filter_map(|field| field["name"].as_str());
    let needed: serde_json::Map<String, Value> = needed.map(|name| (name.to_owned(), json!("x"))).collect();
    let fields = fields.filter_map(|field| {
        let mut object = needed.clone();
        object.insert(field["name"].as_str()?.to_owned(), json!(text));
        Some(Value::Object(object))
    });
    // Of an object that has one of several others, each.
    let is_object = |field: &&Value| {
        let ty = written(&field["type"]).1;
        items(schema, "types").any(|it| it["name"] == ty && it["inputFields"].is_array())
    };
    let is_one_of = items(input, "inputFields").count() > 0 && items(input, "inputFields").all(|it| is_object(&it));
    let values: Vec<Value> = match (takes_text(ty), is_one_of) {
        (true, _) => vec![json!(text)],
        (_, false) => fields.collect(),
        (_, true) => {
            let of_field = |field: &Value| {
                let name = field["name"].as_str().unwrap_or_default().to_owned();
                filled(schema, &field["type"], text).into_iter().map(move |value| json!({ name.as_str(): value }))
            };
            items(input, "inputFields").flat_map(of_field).collect()
        }
    };
    let is_list = written(ty).0.starts_with('[');
    values.into_iter().map(|value| if is_list { json!([value]) } else { value }).collect()
}

/// A value of a type, as a document writes it.
fn sample(schema: &Value, ty: &Value) -> String {
    let (wrapped, name) = written(ty);
    let named = items(schema, "types").find(|it| it["name"] == name).expect("a type");
    let is_needed = |field: &&Value| written(&field["type"]).0.ends_with('!');
    let needed = items(named, "inputFields").filter(is_needed).count();
    let value = match (items(named, "enumValues").next(), items(named, "inputFields").next()) {
        (Some(first), _) => first["name"].as_str().expect("a name").to_owned(),
        (None, None) => "\"x\"".to_owned(),
        (None, Some(_)) => {
            // What it needs or, if that is nothing, the first that it may have.
            let fields = items(named, "inputFields").filter(|field| needed == 0 || is_needed(field));
            let sample = |field: &Value| {
                format!("{}: {}", field["name"].as_str().unwrap_or_default(), sample(schema, &field["type"]))
            };
            let fields: Vec<String> = fields.take(needed.max(1)).map(sample).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    };
    if wrapped.starts_with('[') { format!("[{value}]") } else { value }
}

/// Every root field, with every one of its arguments that takes a text: the document, and the argument's type.
fn questions(schema: &Value) -> Vec<(String, &Value)> {
    let mut questions = Vec::new();
    for (root, around) in [("Query", ("", "")), ("Map", ("map { ", " }"))] {
        let root = items(schema, "types").find(|ty| ty["name"] == root).expect("a root");
        for field in items(root, "fields") {
            let answer = items(schema, "types").find(|ty| ty["name"] == written(&field["type"]).1).expect("a type");
            let is_counted = items(answer, "fields").any(|field| field["name"] == "totalCount");
            let below = if is_counted { "totalCount nodes { __typename }" } else { "__typename" };
            for arg in items(field, "args") {
                let text = |it: &Value| it["name"].as_str().unwrap_or_default().to_owned();
                // What else the field needs, so that it is this argument that is looked at.
                let needed = items(field, "args")
                    .filter(|it| it["name"] != arg["name"] && written(&it["type"]).0.ends_with('!'));
                let needed: String =
                    needed.map(|it| format!(", {}: {}", text(it), sample(schema, &it["type"]))).collect();
                let asked =
                    format!("{}{}({}: $it{needed}) {{ {below} }}{}", around.0, text(field), text(arg), around.1);
                questions.push((format!("query ($it: {}) {{ {asked} }}", written(&arg["type"]).0), &arg["type"]));
            }
        }
    }
    questions
}

#[tokio::test]
async fn sql_in_any_argument_is_only_a_text() {
    const COUNT: &str = "{ schools { totalCount } revisions { number } }";
    for app in chaoyang("sql_in_any_argument").await {
        let schema = app.data(INTROSPECTION).await["__schema"].take();
        let (before, mut asked) = (app.data(COUNT).await, 0);
        for (query, ty) in questions(&schema) {
            for (text, value) in
                TEXTS.iter().flat_map(|text| filled(&schema, ty, text).into_iter().map(move |it| (text, it)))
            {
                let answer = app.post(&json!({ "query": query, "variables": { "it": value } }), &[]).await;
                let what = format!("{}: {query} with {value}: {}", app.name, answer.body);
                // What was sent may be quoted; nothing else may be told.
                let quoted = json!(text).to_string();
                let found = find_internals(&answer.body.replace(quoted.trim_matches('"'), ""));
                assert!(answer.status.is_success() && found.is_empty(), "{found:?}: {what}");
                let answer = answer.json();
                let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default();
                let said = [
                    "",
                    "INVALID_ARGUMENT",
                    "INVALID_CURSOR",
                    "INVALID_DATE",
                    "INVALID_ID",
                    "INVALID_LANGUAGE",
                    "UNKNOWN_NOUN",
                    "IMPOSSIBLE_CHANGE",
                    "UNKNOWN_RELEASE",
                ];
                assert!(said.contains(&code), "{what}");
                asked += 1;
            }
        }
        assert!(asked > 500, "only {asked} texts were put in");
        assert_eq!(app.data(COUNT).await, before, "{}", app.name);
    }
}
