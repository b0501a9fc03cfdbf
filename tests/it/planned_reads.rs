//! Planned reads answer what the resolvers answer, byte for byte, with about as many statements.

use std::env;

use graphql::Backend;
use serde_json::{Value, json};
use server::App;
use tests::{
    Answer, TestApp, chaoyang, clock, data_folder, loaded,
    random_document::RandomDocuments,
    schema::{Schema, items, text},
};

/// How many documents are made for each map, unless `EDUMAP_TEST_DOCUMENTS` says another number.
const DOCUMENTS: u64 = 150;

/// The same server, in which resolvers answer every field.
fn by_resolvers(app: &TestApp) -> TestApp {
    let other = App::new(app.store.clone(), std::sync::Arc::new(clock()));
    let backend = Backend { has_plans: false, ..other.backend.clone() };
    TestApp::of(app.name, App { backend, ..other })
}

/// Compares the answers to a document: their bytes, what they cost, and how many statements they took.
/// Gives the status, and whether it was planned.
async fn compare(planned: &TestApp, resolved: &TestApp, request: &Value) -> (u16, bool) {
    let cost = [("edumap-cost", "1")];
    let (one, other) = (planned.post(request, &cost).await, resolved.post(request, &cost).await);
    let differs = one.body.bytes().zip(other.body.bytes()).position(|(one, other)| one != other);
    let excerpt = |body: &str| {
        let at = differs.unwrap_or_else(|| one.body.len().min(other.body.len()));
        String::from_utf8_lossy(&body.as_bytes()[at.saturating_sub(200)..(at + 200).min(body.len())]).into_owned()
    };
    let (planned_excerpt, resolved_excerpt) = (excerpt(&one.body), excerpt(&other.body));
    assert!(
        one.body == other.body,
        "{}: {request}\nplanned: …{planned_excerpt}…\nresolved: …{resolved_excerpt}…",
        planned.name
    );
    assert_eq!(one.status, other.status, "{}: {request}", planned.name);
    let (answer, status) = (one.json(), one.status.as_u16());
    let mut is_planned = false;
    if answer.get("errors").is_none() {
        let stats = [("edumap-stats", "1")];
        let (one, other) = (planned.post(request, &stats).await, resolved.post(request, &stats).await);
        let was_planned = |answer: &Answer| answer.json()["extensions"]["stats"]["planned"] == true;
        is_planned = was_planned(&one);
        assert!(!was_planned(&other), "{request}");
        let (one, other) = (one.statements(), other.statements());
        // Equal questions from several depths are one statement where they fall together, and that depends on which statement
        // ends first: made-up documents ask many such. What walks cost exactly says `budget.rs`.
        let most = other + other / 10 + 2;
        assert!(one <= most, "{}: {one} statements, not {other}: {request}", planned.name);
    }
    (status, is_planned)
}

/// The slugs and ids of some nouns of each kind.
async fn some_nouns(app: &TestApp, schema: &Schema) -> (Vec<String>, Vec<String>) {
    let (mut slugs, mut ids) = (Vec::new(), Vec::new());
    for (list, _) in schema.noun_lists() {
        let name = text(&list["name"]);
        let data = app.data(&format!("{{ {name}(first: 6) {{ nodes {{ slug id }} }} }}")).await;
        for node in items(&data[name]["nodes"]) {
            slugs.push(text(&node["slug"]).to_owned());
            ids.push(text(&node["id"]).to_owned());
        }
    }
    (slugs, ids)
}

#[tokio::test]
async fn made_up_documents_are_answered_alike() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (documents, seed) = (number("EDUMAP_TEST_DOCUMENTS").unwrap_or(DOCUMENTS), number("EDUMAP_TEST_SEED"));
    let mut apps = chaoyang("made_up_documents").await;
    apps.extend(loaded("made_up_documents_of_france", &data_folder("french-breton")).await);
    for planned in apps {
        let resolved = by_resolvers(&planned);
        let schema = Schema::of(&planned).await;
        let (slugs, ids) = some_nouns(&planned, &schema).await;
        let mut random = RandomDocuments::new(&schema, seed.unwrap_or(1), slugs, ids);
        let (mut answered, mut by_plan) = (0, 0);
        for n in 0..documents {
            let request = json!({ "query": random.next_document(), "variables": { "no": n % 3 == 0 } });
            let (status, is_planned) = compare(&planned, &resolved, &request).await;
            answered += u64::from(status == 200);
            by_plan += u64::from(is_planned);
        }
        assert!(answered * 2 > documents, "{}: only {answered} of {documents} were valid", planned.name);
        assert!(by_plan * 4 > documents, "{}: only {by_plan} of {documents} were planned", planned.name);
    }
}

#[tokio::test]
async fn errors_are_worded_by_the_resolvers() {
    for planned in chaoyang("errors_are_worded").await {
        let resolved = by_resolvers(&planned);
        for query in [
            r#"{ schools(first: 101) { nodes { slug } } groups(first: 1) { nodes { slug } } }"#,
            r#"{ groups(first: 2) { nodes { slug schools(after: "none") { nodes { slug } } } } }"#,
            r#"{ school(slug: "bj80") { name(lang: "?") } group(slug: "chenjinglun") { name } }"#,
            r#"{ map(knownAt: 99) { schools { totalCount } } }"#,
            r#"{ school(id: "sch_none") { name } }"#,
            r#"{ school { name } }"#,
            r#"query ($no: Boolean = true) { schools(first: 2) { nodes { slug @skip(if: $no) b: isOnMap slug } } }"#,
            r#"{ schools(filter: { district: "nowhere" }) { totalCount } }"#,
        ] {
            compare(&planned, &resolved, &json!({ "query": query })).await;
        }
    }
}

#[tokio::test]
async fn what_has_no_planned_form_is_answered_by_resolvers() {
    for app in chaoyang("no_planned_form").await {
        let is_planned = async |query: &str| {
            let answer = app.ask(query, json!({})).await.json();
            assert!(answer.get("errors").is_none(), "{}: {answer}", app.name);
            answer["extensions"]["stats"]["planned"] == true
        };
        assert!(is_planned("{ schools { edges { cursor role: __typename node { name group { name } } } } }").await);
        assert!(is_planned("{ school(slug: \"bj80\") { ... on Node { id } ... on School { slug } } }").await);
        assert!(!is_planned("{ school(slug: \"bj80\") { ... on SiteHost { __typename } } }").await);
        assert!(!is_planned("{ __schema { queryType { name } } districts { nodes { slug } } }").await);
    }
}

#[tokio::test]
async fn nouns_of_any_kind_have_a_planned_form() {
    for planned in chaoyang("nouns_of_any_kind_have_a_planned_form").await {
        let resolved = by_resolvers(&planned);
        let data = planned.data("{ school(slug: \"bj80\") { id } alliance(slug: \"pdc\") { id } }").await;
        let ids = json!([data["school"]["id"], data["alliance"]["id"], data["school"]["id"]]);
        for query in [
            "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Noun { slug a: name } ... on School { stages groups { nodes { slug } } } ... on Alliance { kind a: name } } }",
            "{ event(slug: \"conference-2024\") { items { edges { action node { ... on Noun { slug sources { quote } } ... on Alliance { partners(first: 2) { nodes { slug } } } } } nodes { __typename } } } }",
            "{ statements { nodes { about { ... on Noun { name(lang: \"en\") recordedSince { number } } ... on Initiative { kind concerns { nodes { id } } } } } } }",
            "{ people { nodes { offices { edges { node { ... on Node { id } ... on Noun { __typename isOnMap } } } } } } }",
            "{ campuses(first: 100) { nodes { hostedSiteUses { host { ... on School { slug } ... on Campus { id school { slug } } } } } } }",
        ] {
            let (status, is_planned) =
                compare(&planned, &resolved, &json!({ "query": query, "variables": { "ids": ids } })).await;
            assert!(status == 200 && is_planned, "{}: {query}", planned.name);
        }
    }
}
