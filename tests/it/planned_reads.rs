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
        assert!(is_planned("{ school(slug: \"bj80\") { ... on SiteHost { __typename } } }").await);
        assert!(is_planned("{ schools { ...page } groups { ...page nodes { schools { ...page } } } } fragment page on NounPage { totalCount pageInfo { endCursor } edges { ... on NounPageItem { cursor node { slug } } } all: nodes { name } }").await);
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

/// What is asked of interfaces and unions: `$ids` are of nouns of all kinds, and of none.
const OF_ABSTRACT_TYPES: [&str; 9] = [
    "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }",
    // Each kind in one batch, back in the order of the ids.
    "query($ids: [ID!]!) { nodes(ids: $ids) { ... on School { name } ... on Campus { slug school { name } id }
        ... on Group { schools(first: 2) { totalCount nodes { name } } } kind: __typename } }",
    // Fields that are merged, of the type, of an interface and of unions, and what holds for no kind.
    "query($ids: [ID!]!) { nodes(ids: $ids) { ... on _Entity { ... on SiteHost { ... on Node { id }
        ... on School { sources { title } ... on _Entity { ... on School { sources { url } } } } __typename }
        ... on District { ... on _Entity { ... on Region { slug } } } } ... on School { ... on Node { sameId: id } sources { quote } } } }",
    "query($ids: [ID!]!, $yes: Boolean! = true) { nodes(ids: $ids) { ... @skip(if: $yes) { id } ...F @include(if: $yes)
        ... on SiteHost @skip(if: true) { __typename } } } fragment F on SiteHost { ...G ... on Campus { ...G } }
        fragment G on Node { id ... on Campus { location { latitude } } }",
    "{ schools(first: 30) { nodes { slug ... on SiteHost { __typename ... on Node { id } ... on Campus { slug } } } } }",
    "{ schools(first: 50) { nodes { hostedSiteUses { school { slug } host { __typename ... on Node { id }
        ... on School { name campuses { nodes { name } } } ... on Campus { name school { name } } } } } } }",
    "{ campuses(first: 50) { nodes { hostedSiteUses { host { ... on SiteHost { ... on School { slug }
        ... on Campus { slug hostedSiteUses { host { ... on Node { id } } grade } } } } } } } }",
    "query($ids: [ID!]!) { map(asOf: \"2015-06-01\") { nodes(ids: $ids) { ... on Node { id } ... on Partner { name } } }
        now: map { nodes(ids: $ids) { ... on Partner { name kinds } } } }",
    "query($who: [_Any!]!) { _entities(representations: $who) { __typename ... on Node { id } ... on School { name } } }",
];

#[tokio::test]
async fn a_value_that_is_an_object_costs_one_field() {
    let query = "{ townships(first: 2) { nodes { ...Lines outline { geometry } } } }
        fragment Lines on Township { outline { basis lines: geometry } }";
    for planned in chaoyang("a_value_that_is_an_object").await {
        let resolved = by_resolvers(&planned);
        for app in [&planned, &resolved] {
            let answer = app.post(&json!({ "query": query }), &[("edumap-cost", "1")]).await.json();
            let first = &answer["data"]["townships"]["nodes"][0]["outline"]["geometry"];
            assert!(first["coordinates"].is_array(), "{}: {answer}", app.name);
            // `townships`, `nodes`, and twice `outline` with `basis`, `lines` and `geometry`.
            assert_eq!(answer["extensions"]["cost"]["actual"], json!(2 + 2 * 4), "{}", app.name);
        }
    }
}

#[tokio::test]
async fn interfaces_and_unions_are_planned() {
    for planned in chaoyang("interfaces_and_unions").await {
        let resolved = by_resolvers(&planned);
        let schema = Schema::of(&planned).await;
        let (_, mut ids) = some_nouns(&planned, &schema).await;
        // Kinds in turn, some twice, and one that is not there.
        ids = (0..6).flat_map(|nth| ids.iter().skip(nth).step_by(6).cloned().collect::<Vec<_>>()).collect();
        ids.truncate(60);
        ids.extend([ids[3].clone(), ids[0].clone(), "sch_0000000000000".to_owned()]);
        let who = json!([{ "__typename": "School", "id": planned.data("{ school(slug: \"bj80\") { id } }").await["school"]["id"] }]);
        for query in OF_ABSTRACT_TYPES {
            let request = json!({ "query": query, "variables": { "ids": ids, "who": who } });
            let (status, is_planned) = compare(&planned, &resolved, &request).await;
            assert_eq!((status, is_planned), (200, true), "{}: {query}", planned.name);
        }
        // One that is no id has an error of its own, which the resolvers word.
        ids.push("none".to_owned());
        let request = json!({ "query": OF_ABSTRACT_TYPES[1], "variables": { "ids": ids } });
        assert_eq!(compare(&planned, &resolved, &request).await, (200, false), "{}", planned.name);
    }
}

#[tokio::test]
async fn a_union_within_a_type_selects_if_it_holds_the_type() {
    for planned in chaoyang("union_within_a_type").await {
        let query = "{ school(slug: \"bj80\") { ... on SiteHost { __typename ... on School { slug } } }
            group(slug: \"chenjinglun\") { slug ... on _Entity { ... on SiteHost { __typename } ... on Group { name: slug } } } }";
        for app in [by_resolvers(&planned), planned] {
            let data = app.data(query).await;
            assert_eq!(data["school"], json!({ "__typename": "School", "slug": "bj80" }), "{}", app.name);
            assert_eq!(data["group"], json!({ "slug": "chenjinglun", "name": "chenjinglun" }), "{}", app.name);
        }
    }
}
