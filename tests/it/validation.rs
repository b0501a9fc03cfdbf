//! What the specification calls valid runs, and nothing else: single cases by hand, thousands against graphql-js.

use serde_json::{Value, json};
use tests::{TestApp, chaoyang, node};

async fn empty() -> TestApp {
    TestApp::on("SQLite", persistence::Store::in_memory().await.expect("memory"))
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_js_and_the_server_find_the_same_documents_valid() {
    if !node::is_installed("node") || !node::is_installed("npm") {
        return node::skip_test("graphql-js as the oracle", "Node.js is not installed");
    }
    let url = empty().await.listen().await;
    let told = tokio::task::spawn_blocking(move || node::run_script("http", "oracle.mjs", &url)).await.expect("an end");
    assert!(told.contains(" 0 problems"), "{told}");
    let number = |kind: &str| {
        let words: Vec<&str> = told.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        words.windows(2).find(|pair| pair[1] == kind).and_then(|pair| pair[0].parse::<u32>().ok()).unwrap_or_default()
    };
    assert!(number("valid") > 500 && number("invalid") > 700 && number("beyond") < 30, "{told}");
}

#[tokio::test]
async fn what_the_specification_calls_invalid_does_not_run() {
    let app = empty().await;
    for (query, variables) in [
        ("query($x: Stage) { schools(filter: { stage: [$x] }) { totalCount } }", json!({})),
        ("query($x: Stage) { schools(filter: { stage: [$x] }) { totalCount } }", json!({ "x": "SENIOR" })),
        ("query($x: Int = null) { schools(filter: { or: [{ code: { value: $x } }] }) { totalCount } }", json!({})),
        ("{ schools(filter: { inGroup: true, inGroup: false }) { totalCount } }", json!({})),
        (
            "query($f: SchoolFilter = { code: { value: \"1\" }, code: { value: \"2\" } }) { schools(filter: $f) { totalCount } }",
            json!({}),
        ),
        ("{ __typename { x } }", json!({})),
        ("{ __typename(a: 1) }", json!({})),
        ("{ __typename @nowhere }", json!({})),
        ("{ __typename @skip(if: $x) }", json!({})),
        ("{ schools @skip(if: true, fi: true) { totalCount } }", json!({})),
        ("query($x: Int @nowhere) { schools(first: $x) { totalCount } }", json!({})),
        ("{ schools(filter: { stage: \"SENIOR\" }) { totalCount } }", json!({})),
        ("{ schools(first: 2147483648) { totalCount } }", json!({})),
        ("{ map(knownAt: 2147483648) { schools { totalCount } } }", json!({})),
        ("{ schools(filter: 7) { totalCount } }", json!({})),
        ("{ schools(filter: [{ inGroup: true }]) { totalCount } }", json!({})),
        (
            "{ a: schools(filter: { stage: [SENIOR] }) { totalCount } a: schools(filter: { stage: [SENIOR, SENIOR] }) { totalCount } }",
            json!({}),
        ),
        ("{ node(id: \"x\") { ... on School { x: isOnMap } ... on Group { x: slug } } }", json!({})),
        ("query($f: SchoolFilter) { schools(filter: $f) { totalCount } }", json!({ "f": 7 })),
        ("query($f: SchoolFilter) { schools(filter: $f) { totalCount } }", json!({ "f": [{}] })),
        ("query($f: SchoolFilter) { schools(filter: $f) { totalCount } }", json!({ "f": { "nowhere": 1 } })),
        ("query($f: SchoolFilter) { schools(filter: $f) { totalCount } }", json!({ "f": { "stage": ["NOWHERE"] } })),
        ("query($n: Int) { schools(first: $n) { totalCount } }", json!({ "n": 2_147_483_648_u32 })),
        ("query($n: Int) { schools(first: $n) { totalCount } }", json!({ "n": "1" })),
        ("query($x: Boolean!) { __typename @skip(if: $x) }", json!({})),
        ("subscription { __typename }", json!({})),
    ] {
        let answer = app.post(&json!({ "query": query, "variables": variables }), &[]).await.json();
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{query}: {answer}");
        assert!(answer.get("data").is_none(), "{query}: {answer}");
        assert!(error["locations"][0]["column"].is_u64(), "{query}: {answer}");
    }
}

#[tokio::test]
async fn faults_are_told_where_they_are() {
    let app = empty().await;
    let wrong = "query A($f: SchoolFilter,\r\n $n: Int) {\n  schools(filter: $f, first: $n) { totalCount } }";
    let variables = json!({ "f": { "or": [{ "stage": ["SENIOR", "NOWHERE"] }, { "nowhere": 1 }] }, "n": 1.5 });
    let answer = app.post(&json!({ "query": wrong, "variables": variables }), &[]).await.json();
    let wanted = [
        "1:9 `$f.or.0.stage.1` is `NOWHERE`, which is no value of `Stage`",
        "1:9 `$f.or.1` has a field `nowhere`, and `SchoolFilter` has none of that name",
        "2:2 `$n` is a number, and `Int` is expected",
    ];
    assert_eq!(told(&answer), wanted);
    let answer = app.post(&json!({ "query": "{\n  学校: schools { nodes { nam\r\n slg } }\n}" }), &[]).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_PARSE_FAILED", "{answer}");
    let answer = app.post(&json!({ "query": "{\n  schools { nodes { nam\r\n slg } }\n}" }), &[]).await.json();
    let wanted = [
        "2:21 type `School` does not have a field `nam`. Did you mean `name`?",
        "3:2 type `School` does not have a field `slg`. Did you mean `slug`?",
    ];
    assert_eq!(told(&answer), wanted);
}

/// The errors of an answer, each behind its place.
fn told(answer: &Value) -> Vec<String> {
    let told = answer["errors"].as_array().expect("errors").iter().map(|error| {
        let at = &error["locations"][0];
        format!("{}:{} {}", at["line"], at["column"], error["message"].as_str().unwrap_or_default())
    });
    told.collect()
}

#[tokio::test]
async fn a_name_that_is_not_there_is_told_with_the_one_it_may_have_meant() {
    let app = empty().await;
    let query = "query($by: [FindingDimension!]!, $filter: SchoolFilter) {
        findings { breakdown(by: [RULES]) { count } }
        schools(filter: { stages: [PRIMARY], ownership: [PUBLC] }, frst: 2) { totalCount }
        a: findings { breakdown(by: $by) { count } } b: schools(filter: $filter) { totalCount }
    }";
    let answer = app.post(&json!({ "query": query }), &[]).await.json();
    let wanted = [
        "2:35 value `RULES` does not exist on `FindingDimension`. Did you mean `RULE`?",
        "3:35 field `stages` does not exist on `SchoolFilter`. Did you mean `stage`?",
        "3:58 value `PUBLC` does not exist on `Ownership`. Did you mean `PUBLIC`?",
        "3:68 the argument `frst` is not supported by `Query.schools`. Did you mean `first`?",
    ];
    assert_eq!(told(&answer), wanted);
    let query = "query($by: [FindingDimension!]!, $filter: SchoolFilter) {
        a: findings { breakdown(by: $by) { count } } b: schools(filter: $filter) { totalCount }
    }";
    let variables = json!({ "by": ["rule", "WHATEVER"], "filter": { "stages": ["PRIMARY"] } });
    let answer = app.post(&json!({ "query": query, "variables": variables }), &[]).await.json();
    let wanted = [
        "1:7 `$by.0` is `rule`, which is no value of `FindingDimension`. Did you mean `RULE`?",
        "1:7 `$by.1` is `WHATEVER`, which is no value of `FindingDimension`",
        "1:34 `$filter` has a field `stages`, and `SchoolFilter` has none of that name. Did you mean `stage`?",
    ];
    assert_eq!(told(&answer), wanted);
}

#[tokio::test]
async fn a_type_name_may_depend_on_a_variable() {
    let app = empty().await;
    let query = "query($x: Boolean! = true) { a: __typename @include(if: $x) b: __typename @skip(if: $x) }";
    assert_eq!(app.data(query).await, json!({ "a": "Query" }));
    let answer = app.ask(query, json!({ "x": false })).await.json();
    assert_eq!(answer["data"], json!({ "b": "Query" }), "{answer}");
}

#[tokio::test]
async fn a_variable_without_a_value_is_as_if_nothing_stood_there() {
    for app in chaoyang("a_variable_without_a_value").await {
        let plain = app.data("{ schools(first: 3, orderBy: { field: NAME }) { nodes { slug } } }").await;
        let query = "query($d: OrderDirection, $n: Int, $s: String) {
            schools(first: 3, orderBy: { field: NAME, direction: $d }, filter: { nameContains: $s }) { nodes { slug } }
            groups(first: $n) { nodes { slug } } }";
        let answer = app.ask(query, json!({})).await.json();
        assert_eq!(answer["data"]["schools"], plain["schools"], "{}: {answer}", app.name);
        assert!(answer.get("errors").is_none(), "{answer}");
        // Null is a value, and none that a direction takes.
        let answer = app.ask(query, json!({ "d": null })).await.json();
        assert!(answer["errors"][0]["message"].is_string(), "{answer}");
        // A wrong argument blanks its field, and no other.
        assert_eq!(answer["data"]["schools"], Value::Null, "{answer}");
        assert!(answer["data"]["groups"].is_object(), "{answer}");
        let answer = app.ask(query, json!({ "d": "DESC", "n": 1 })).await.json();
        assert_ne!(answer["data"]["schools"], plain["schools"], "{answer}");
        let ids = "query($id: ID = 7, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id } }";
        let answer = app.ask(ids, json!({ "ids": 7 })).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "INVALID_ID", "{answer}");
    }
}

#[tokio::test]
async fn an_error_within_lists_names_the_field() {
    for app in chaoyang("an_error_within_lists").await {
        for (query, path) in [
            ("{ schools(first: 2) { nodes { slug x: name(lang: \"en_GB\") } } }", json!(["schools", "nodes", 0, "x"])),
            (
                "{ schools(first: 2) { nodes { ...F } } } fragment F on School { district { name(lang: \"en_GB\") } }",
                json!(["schools", "nodes", 0, "district", "name"]),
            ),
        ] {
            let answer = app.ask(query, json!({})).await.json();
            let error = &answer["errors"][0];
            assert_eq!(error["extensions"]["code"], "INVALID_LANGUAGE", "{}: {answer}", app.name);
            assert_eq!(error["path"], path, "{}: {answer}", app.name);
        }
    }
}

#[tokio::test]
async fn introspection_stands_beside_other_fields_in_the_order_of_the_document() {
    let app = empty().await;
    let query = "query A($n: String!) { t: __typename ...F view { __typename } x: __type(name: $n) { name interfaces { name } y: isOneOf } }
        query B { __typename } fragment F on Query { __schema { queryType { name } } }";
    let request = json!({ "query": query, "operationName": "A", "variables": { "n": "Node" } });
    let answer = app.post(&request, &[]).await;
    let wanted = r#"{"data":{"t":"Query","__schema":{"queryType":{"name":"Query"}},"view":{"__typename":"View"},"x":{"name":"Node","interfaces":[],"y":null}}}"#;
    assert_eq!(answer.body, wanted);
}

#[tokio::test]
async fn one_event_may_be_selected_twice() {
    let app = empty().await;
    let query =
        "subscription { revisionRecorded { number } ...F } fragment F on Subscription { revisionRecorded { actor } }";
    let headers = [("edumap-cost", "only")];
    let answer = app.post(&json!({ "query": query }), &headers).await.json();
    assert!(answer.get("errors").is_none(), "{answer}");
    let two = "subscription { revisionRecorded { number } x: revisionRecorded { number } }";
    let answer = app.post(&json!({ "query": two }), &headers).await.json();
    assert_eq!(answer["errors"][0]["message"], "a subscription has one field", "{answer}");
}
