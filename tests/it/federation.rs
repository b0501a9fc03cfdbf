//! The map as a subgraph: every noun by its type and id, in batches, and the text that gateways compose.

use domain::SHAPES;
use serde_json::{Value, json};
use server::generate::{Plan, generate};
use tests::{
    TestApp, categorised, chaoyang, loaded,
    schema::{Schema, text},
};

/// Asks for entities, with what is wanted of them.
async fn entities(app: &TestApp, representations: &Value, wanted: &str) -> tests::Answer {
    let query = format!("query ($nouns: [_Any!]!) {{ _entities(representations: $nouns) {{ {wanted} }} }}");
    app.ask(&query, json!({ "nouns": representations })).await
}

#[tokio::test]
async fn every_noun_is_found_by_its_type_and_id_in_the_order_asked() {
    for app in categorised("every_noun_is_found").await {
        let schema = Schema::of(&app).await;
        let lists: Vec<&str> = schema.noun_lists().iter().map(|(list, _)| text(&list["name"])).collect();
        let asked: Vec<String> =
            lists.iter().map(|list| format!("{list}(first: 2) {{ nodes {{ __typename id }} }}")).collect();
        let data = app.data(&format!("{{ {} }}", asked.join(" "))).await;
        let nodes: Vec<_> = lists.iter().map(|list| data[list]["nodes"].as_array().expect("nodes").clone()).collect();
        assert!(nodes.iter().all(|nodes| !nodes.is_empty()), "{}: {data}", app.name);
        let mut nouns: Vec<Value> = nodes.into_iter().flatten().collect();
        nouns.reverse();
        let answer = entities(&app, &json!(nouns), "__typename ... on Node { id }").await;
        assert_eq!(answer.json()["data"]["_entities"], json!(nouns), "{}: {}", app.name, answer.body);
        assert_eq!(answer.statements(), lists.len() as u64, "{}: one a kind", app.name);
    }
}

#[tokio::test]
async fn any_number_of_entities_is_one_statement_a_kind_and_relation() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 1600, seed: 1 }, &folder).expect("a city");
    for app in loaded("any_number_of_entities", &folder).await {
        let data = app.data("{ schools(first: 100) { nodes { __typename id group { slug } } } }").await;
        let schools = data["schools"]["nodes"].as_array().expect("nodes");
        for number in [1, 10, 100] {
            let answer =
                entities(&app, &json!(schools[..number]), "... on School { __typename id group { slug } }").await;
            assert_eq!(answer.json()["data"]["_entities"], json!(schools[..number]), "{}", app.name);
            assert_eq!(answer.statements(), 2, "{}: {number} schools and their groups", app.name);
        }
    }
}

#[tokio::test]
async fn an_unknown_noun_is_null_and_a_malformed_one_an_error_of_its_own() {
    let unknown = "sch_0000000000000";
    for app in chaoyang("an_unknown_noun").await {
        let id = app.data(r#"{ school(slug: "bj80") { id } }"#).await["school"]["id"].take();
        let wrong = [
            (json!({ "__typename": "School", "id": "bj80" }), "INVALID_ID"),
            (json!({ "__typename": "School", "id": "sch_x" }), "INVALID_ID"),
            (json!({ "__typename": "Group", "id": id }), "INVALID_ID"),
            (json!({ "__typename": "Teacher", "id": id }), "INVALID_ARGUMENT"),
            (json!({ "__typename": "School" }), "INVALID_ARGUMENT"),
            (json!({ "id": id }), "INVALID_ARGUMENT"),
            (json!([id]), "INVALID_ARGUMENT"),
        ];
        let mut nouns =
            vec![json!({ "__typename": "School", "id": unknown }), json!({ "__typename": "School", "id": id })];
        nouns.extend(wrong.iter().map(|(noun, _)| noun.clone()));
        let answer = entities(&app, &json!(nouns), "... on School { slug }").await.json();
        let found = answer["data"]["_entities"].as_array().expect("a list");
        assert_eq!((&found[0], &found[1]), (&Value::Null, &json!({ "slug": "bj80" })), "{}", app.name);
        let errors = answer["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), wrong.len(), "{}: {answer:#}", app.name);
        for (place, (noun, code)) in wrong.iter().enumerate() {
            let path = json!(["_entities", place + 2]);
            let error = errors.iter().find(|error| error["path"] == path);
            let found = error.map(|error| &error["extensions"]["code"]);
            assert_eq!(found, Some(&json!(code)), "{}: {noun}: {answer:#}", app.name);
        }
    }
}

#[tokio::test]
async fn entities_cost_what_is_selected_times_their_number() {
    let app = TestApp::on("SQLite", persistence::Store::in_memory().await.expect("memory"));
    let noun = json!({ "__typename": "School", "id": "sch_0000000000000" });
    let of_school = "... on School { slug group { slug } }";
    for (query, nouns, cost) in [
        (format!("query ($nouns: [_Any!]!) {{ _entities(representations: $nouns) {{ {of_school} }} }}"), 100, 1 + 100 * 3),
        (format!(r#"{{ _entities(representations: [{{ __typename: "School", id: "x" }}]) {{ {of_school} }} }}"#), 0, 1 + 3),
        ("query ($nouns: [_Any!]!) { _entities(representations: $nouns) { ... on School { branches(first: 100) { nodes { slug } } } } }".to_owned(), 10, 1 + 10 * (1 + 1 + 5)),
    ] {
        let request = json!({ "query": query, "variables": { "nouns": vec![&noun; nouns] } });
        let answer = app.post(&request, &[("edumap-cost", "only")]).await.json();
        assert_eq!(answer["extensions"]["cost"]["estimated"], cost, "{query}: {answer}");
    }
    let pages = "... on School { branches(first: 100) { nodes { branches(first: 100) { nodes { branches(first: 100) { nodes { branches { nodes { slug } } } } } } } } }";
    let query =
        format!("query ($nouns: [_Any!]!) {{ _entities(representations: $nouns) {{ {} }} }}", [pages; 5].join(" "));
    let answer = app.post(&json!({ "query": query, "variables": { "nouns": vec![&noun; 1_000] } }), &[]).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "COST_TOO_HIGH", "{answer}");
}

#[tokio::test]
async fn the_text_for_gateways_is_the_contract_with_a_key_on_every_noun() {
    let app = TestApp::on("SQLite", persistence::Store::in_memory().await.expect("memory"));
    let data = app.data("{ _service { sdl } __type(name: \"Node\") { possibleTypes { name } } }").await;
    let sdl = data["_service"]["sdl"].as_str().expect("a text");
    assert_eq!(sdl, graphql::schema().sdl());
    assert!(sdl.contains("schema @link(url: \"https://specs.apollo.dev/federation/v2."), "no link");
    let nouns = data["__type"]["possibleTypes"].as_array().expect("types");
    assert_eq!(nouns.len(), SHAPES.iter().filter(|shape| shape.is_noun()).count());
    for noun in nouns {
        let line =
            format!("type {} implements Node & Noun @key(fields: \"id\") {{", noun["name"].as_str().expect("a name"));
        assert!(sdl.contains(&line), "{line}");
    }
}
