//! Bad input is answered by a sentence, a code and a path; a broken database by an id that leads to the log.

use axum::{body::Body, http::Request};
use persistence::Store;
use serde_json::json;
use tests::{TestApp, chaoyang, empty, record, region};

#[tokio::test]
async fn what_a_client_gets_wrong_is_said_with_a_code_and_a_path() {
    let foreign = {
        let apps = chaoyang("a foreign cursor").await;
        let data = apps[0].data("{ groups(first: 1) { pageInfo { endCursor } } }").await;
        data["groups"]["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned()
    };
    let cases = [
        ("{ node(id: \"nonsense\") { id } }".to_owned(), "INVALID_ID", "[\"node\"]", "is not an id"),
        ("{ school(id: \"bj80\") { name } }".to_owned(), "INVALID_ID", "[\"school\"]", "is not an id"),
        ("{ school { name } }".to_owned(), "INVALID_ARGUMENT", "[\"school\"]", "by `slug` or by `code`"),
        ("{ schools(first: 101) { totalCount } }".to_owned(), "INVALID_PAGE_SIZE", "[\"schools\"]", "0 to 100"),
        ("{ schools(first: -1) { totalCount } }".to_owned(), "INVALID_PAGE_SIZE", "[\"schools\"]", "0 to 100"),
        (
            "{ schools(first: 1, last: 1) { totalCount } }".to_owned(),
            "INVALID_ARGUMENT",
            "[\"schools\"]",
            "not for both",
        ),
        ("{ schools(after: \"%%%\") { totalCount } }".to_owned(), "INVALID_CURSOR", "[\"schools\"]", "not a cursor"),
        (
            format!("{{ schools(after: \"{foreign}\") {{ totalCount }} }}"),
            "INVALID_CURSOR",
            "[\"schools\"]",
            "another list",
        ),
        (
            "{ map(asOf: \"2024-02-30\") { schools { totalCount } } }".to_owned(),
            "INVALID_DATE",
            "[\"map\"]",
            "YYYY-MM-DD",
        ),
        ("{ map(asOf: 2024) { schools { totalCount } } }".to_owned(), "INVALID_DATE", "[\"map\"]", "YYYY-MM-DD"),
        (
            "{ map(knownAt: 99) { schools { totalCount } } }".to_owned(),
            "UNKNOWN_REVISION",
            "[\"map\"]",
            "no revision 99",
        ),
        (
            "{ school(slug: \"bj80\") { name(lang: \"en_GB\") } }".to_owned(),
            "INVALID_LANGUAGE",
            "[\"school\",\"name\"]",
            "BCP 47",
        ),
        (
            "{ schools(filter: { nameContains: \"x\" }) { totalCount } }".to_owned(),
            "INVALID_ARGUMENT",
            "[\"schools\"]",
            "two letters or digits",
        ),
        (
            "{ schools(filter: { group: \"sch_6ndk5ypsbe2qr\" }) { totalCount } }".to_owned(),
            "INVALID_ID",
            "[\"schools\"]",
            "a group is wanted",
        ),
        (
            "{ schools(filter: { not: { not: { not: { not: { not: { not: { code: { value: \"1\" } } } } } } } }) { totalCount } }"
                .to_owned(),
            "INVALID_ARGUMENT",
            "[\"schools\"]",
            "5 combinations deep",
        ),
        (
            format!(
                "{{ schools(filter: {{ or: [{}] }}) {{ totalCount }} }}",
                "{ or: [{ code: { value: \"1\" } }, { not: { code: { value: \"2\" } } }, { code: { value: \"3\" }, hasGroupOnRecord: true }] } "
                    .repeat(20)
            ),
            "INVALID_ARGUMENT",
            "[\"schools\"]",
            "100 conditions",
        ),
        ("{ school(slug: \"bj80\") { colour } }".to_owned(), "GRAPHQL_VALIDATION_FAILED", "null", "colour"),
        ("{ school(slug: ".to_owned(), "GRAPHQL_PARSE_FAILED", "null", "cannot be parsed"),
        (
            format!("{{ schools(first: {}1{}) {{ totalCount }} }}", "[".repeat(20_000), "]".repeat(20_000)),
            "TOO_MANY_TOKENS",
            "null",
            "tokens",
        ),
        (
            format!("{{ schools(first: {}1{}) {{ totalCount }} }}", "[".repeat(2_000), "]".repeat(2_000)),
            "TOO_DEEP",
            "null",
            "deep",
        ),
    ];
    for app in chaoyang("what_a_client_gets_wrong").await {
        for (query, code, path, says) in &cases {
            let (found, message, at) = app.error(query).await;
            assert_eq!((found.as_str(), at.as_str()), (*code, *path), "{}: {query}: {message}", app.name);
            assert!(message.contains(says), "{}: {query}: {message}", app.name);
        }
    }
}

#[tokio::test]
async fn what_nobody_knows_is_null() {
    for app in chaoyang("what_nobody_knows").await {
        let data = app
            .data(r#"{ a: school(slug: "no-such-school") { name } b: school(slug: "NOT A SLUG; DROP TABLE schools") { name } c: node(id: "sch_0000000000000") { id } d: schools(filter: { code: { value: "no-such-code" } }) { totalCount } }"#)
            .await;
        assert_eq!(data, json!({ "a": null, "b": null, "c": null, "d": { "totalCount": 0 } }));
    }
}

#[tokio::test]
async fn a_broken_database_is_answered_with_an_id_and_nothing_of_the_cause() {
    let store = Store::open("sqlite::memory:", None).await.expect("memory");
    let app = TestApp::on("SQLite", store);
    let answer = app.ask("{ schools { nodes { name } } }", json!({})).await.json();
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["code"], "INTERNAL");
    assert!(error["extensions"]["errorId"].is_string());
    let text = answer.to_string();
    assert!(!text.contains("no such table") && !text.contains("SELECT"), "{text}");
}

#[tokio::test]
async fn one_broken_relation_leaves_the_rest_of_the_answer() {
    let store = Store::in_memory().await.expect("memory");
    let app = TestApp::on("SQLite", store);
    app.import(&tests::bundled()).await.expect("no findings");
    app.store.break_for_tests("DROP TABLE townships").await;
    let answer = app.ask(r#"{ school(slug: "bj-science-hs") { slug township { slug } } }"#, json!({})).await.json();
    assert_eq!(answer["data"]["school"], json!({ "slug": "bj-science-hs", "township": null }));
    assert_eq!(answer["errors"][0]["path"], json!(["school", "township"]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
}

#[tokio::test]
async fn what_is_no_graphql_request_is_refused() {
    let app = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    let post = |kind: &'static str, body: &'static str| {
        Request::post("/graphql").header("content-type", kind).body(Body::from(body)).expect("a request")
    };
    for (request, status) in [
        (post("text/plain", r#"{"query":"{ __typename }"}"#), 415),
        (post("application/json", "{"), 400),
        (post("application/json", "[]"), 400),
        (post("application/json", r#"{"query": 7}"#), 400),
        (post("application/json", r#"{"query": "{ __typename }", "variables": []}"#), 400),
        (post("application/json; charset=utf-8", r#"{"query": "{ __typename }", "unknown": 1}"#), 200),
        (Request::get("/graphql?query=%7B__typename%7D").body(Body::empty()).expect("a request"), 200),
        (Request::get("/graphql").body(Body::empty()).expect("a request"), 400),
        (Request::put("/graphql").body(Body::empty()).expect("a request"), 405),
        (Request::get("/healthz").body(Body::empty()).expect("a request"), 200),
        (Request::get("/nowhere").body(Body::empty()).expect("a request"), 404),
    ] {
        let what = format!("{request:?}");
        let answer = app.send(request).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
    }
}

#[tokio::test]
async fn what_a_name_contains_is_sought_without_wildcards() {
    let names = ["50% up", "50 of up", "a_b", "axb", "a*b", "a?b", "a\"b", "a'b", "a\\b", "a.b", "[ab]", "^ab$"];
    for app in empty("wildcards").await {
        for name in names {
            record(&app.store, region(name, None)).await.expect("a revision");
        }
        // Punctuation is not compared, and is no wildcard either.
        let ab = ["a_b", "a*b", "a?b", "a\"b", "a'b", "a\\b", "a.b", "[ab]", "^ab$"];
        for (sought, found) in [
            ("50%", &["50% up", "50 of up"][..]),
            ("up 50", &["50% up", "50 of up"]),
            ("0% u", &["50% up"]),
            ("5%p", &[]),
            ("a_b", &ab),
            ("a%b", &ab),
            ("a*b", &ab),
            ("[ab]", &ab),
            ("ab$", &["^ab$"]),
            ("axb", &["axb"]),
        ] {
            let query = format!(
                "{{ regions(filter: {{ nameContains: {} }}, orderBy: {{ field: SLUG }}) {{ nodes {{ slug }} }} }}",
                json!(sought)
            );
            let data = app.data(&query).await;
            let slugs = data["regions"]["nodes"].as_array().expect("nodes").iter().map(|node| node["slug"].as_str());
            let mut found = found.to_vec();
            found.sort_unstable();
            assert_eq!(slugs.collect::<Option<Vec<_>>>().expect("slugs"), found, "{}: {sought}", app.name);
        }
    }
}
