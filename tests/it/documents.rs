//! Documents that a request names: those of a folder, and those that clients send along with their digest.

use std::{fs, path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use graphql::Limits;
use persistence::Store;
use serde_json::{Value, json};
use server::{
    App,
    documents::{DEFAULT_PERSISTED_BYTES, Documents, Sha256},
    queries,
};
use tests::{Answer, TestApp, chaoyang, clock};
use tower::ServiceExt;

const RESPONSE: &str = "application/graphql-response+json";
const COUNT: &str = "query Count($first: Int) { schools(first: $first) { totalCount } }";
/// The digest of `COUNT`, as `sha256sum` has it.
const COUNT_DIGEST: &str = "d6cf39c888c2df467fb81181f966391da4424c372ff6671257f19e5c7fafec51";

/// The server on an empty store.
async fn empty() -> TestApp {
    TestApp::on("SQLite", Store::in_memory().await.expect("memory"))
}

/// The same server with other documents.
fn with(app: &TestApp, documents: Documents) -> TestApp {
    let documents = Arc::new(documents);
    TestApp::of(app.name, App { documents, ..App::new(app.store.clone(), Arc::new(clock())) })
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    dir
}

async fn read(dir: &Path) -> Result<Documents, String> {
    let mut documents = Documents::default();
    documents.add_folder(dir, &graphql::schema(), &Limits::default()).await.map(|_| documents)
}

fn code(answer: &Answer) -> String {
    answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

/// The extension by which a client names a digest.
fn persisted(digest: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": digest } })
}

async fn get(app: &TestApp, parameters: &[(&str, &str)], headers: &[(&str, &str)]) -> axum::http::Response<Body> {
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let request = Request::get(format!("/graphql?{}", pairs.join("&")));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    app.router.clone().oneshot(request.body(Body::empty()).expect("a request")).await.expect("the router answers")
}

#[tokio::test]
async fn a_document_of_a_folder_is_asked_by_its_name_and_by_its_digest() {
    let dir = folder(&[("count.graphql", COUNT), ("lists/one.graphql", "{ __typename }"), ("notes.txt", "{")]);
    for app in chaoyang("a_document_of_a_folder").await {
        let app = with(&app, read(dir.path()).await.expect("documents"));
        let tagged = format!("sha256:{COUNT_DIGEST}");
        for id in ["count", &tagged, COUNT_DIGEST, &COUNT_DIGEST.to_uppercase()] {
            let answer = app.post(&json!({ "documentId": id, "variables": { "first": 1 } }), &[]).await;
            assert_eq!(answer.json()["data"]["schools"]["totalCount"], 126, "{}: {id}: {}", app.name, answer.body);
            let response = get(&app, &[("documentId", id), ("variables", r#"{"first":1}"#)], &[]).await;
            assert_eq!(response.status(), StatusCode::OK, "{id}");
            assert!(response.headers().contains_key(header::ETAG), "{id}");
        }
        let nested = app.post(&json!({ "documentId": "lists/one" }), &[]).await;
        assert_eq!(nested.json()["data"]["__typename"], "Query");
        let curated = app.post(&json!({ "documentId": "groups-by-stage" }), &[]).await.json();
        assert!(curated["data"].is_object(), "{curated}");
        for id in ["one", "lists", "notes", "count.graphql", "../count", "", "sha256:", "sha256:count"] {
            let answer = app.post(&json!({ "documentId": id }), &[]).await;
            assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, "UNKNOWN_DOCUMENT"), "{id}");
        }
    }
}

#[tokio::test]
async fn a_ready_made_question_that_is_named_is_asked_with_its_own_variables() {
    for app in chaoyang("a_question_that_is_named").await {
        let request = Request::get("/playground/queries.json").body(Body::empty()).expect("a request");
        let Value::Array(questions) = app.send(request).await.json() else { panic!("no list") };
        for question in questions {
            let (name, text) = (question["name"].as_str().expect("a name"), question["text"].as_str().expect("a text"));
            let expected = app.post(&json!({ "query": text, "variables": question["variables"] }), &[]).await;
            assert!(expected.json().get("errors").is_none(), "{name}: {}", expected.body);
            for id in [name, &Sha256::of_text(text).to_string()] {
                let answer = app.post(&json!({ "documentId": id }), &[]).await;
                assert_eq!(answer.body, expected.body, "{}: {name} by {id}", app.name);
                let response = get(&app, &[("documentId", id)], &[]).await;
                assert_eq!(response.status(), StatusCode::OK, "{name} by {id}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_request_gives_takes_the_place_of_a_questions_own_variables() {
    let app = &chaoyang("a_request_gives_variables").await[0];
    let named = async |variables: Value| {
        app.post(&json!({ "documentId": "pages-of-a-hundred", "variables": variables }), &[]).await.json()
    };
    let nodes =
        async |variables: Value| named(variables).await["data"]["map"]["schools"]["nodes"].as_array().map(Vec::len);
    assert_eq!(nodes(Value::Null).await, Some(100));
    assert_eq!(nodes(json!({ "first": 3 })).await, Some(3));
    // Null is a value as well: that of a page as long as any.
    assert_eq!(nodes(json!({ "first": null })).await, Some(20));
    let school = named(json!({ "lang": "zh" })).await["data"]["map"]["schools"]["nodes"][0]["name"].clone();
    assert!(!school.as_str().expect("a name").is_ascii(), "{school}");
}

#[tokio::test]
async fn the_list_of_documents_tells_their_names_digests_and_texts() {
    let dir = folder(&[("count.graphql", COUNT), ("two-days.graphql", COUNT)]);
    let app = with(&empty().await, read(dir.path()).await.expect("documents"));
    let request = || Request::get("/documents.json").body(Body::empty()).expect("a request");
    let Value::Array(all) = app.send(request()).await.json() else { panic!("no list") };
    assert_eq!(all.len(), queries::curated_queries().len() + 1);
    for one in &all {
        let (name, text) = (one["name"].as_str().expect("a name"), one["text"].as_str().expect("a text"));
        assert_eq!(one["sha256"], Sha256::of_text(text).to_string(), "{name}");
        // A file that took the name of a ready-made question is none.
        assert_eq!(one["question"].is_null(), ["count", "two-days"].contains(&name), "{name}");
    }
    let names: Vec<_> = all.iter().map(|one| one["name"].as_str().expect("a name")).collect();
    assert!(names.is_sorted(), "{names:?}");
    let closed = App { schema: graphql::closed_schema(), ..App::new(app.store.clone(), Arc::new(clock())) };
    let refused = TestApp::of(app.name, closed).send(request()).await;
    assert_eq!((refused.status, code(&refused).as_str()), (StatusCode::FORBIDDEN, "INTROSPECTION_DISABLED"));
}

#[tokio::test]
async fn a_file_takes_the_place_of_the_ready_made_question_of_its_name() {
    let question = &queries::curated_queries()[0];
    let dir = folder(&[(&format!("{}.graphql", question.name), "{ __typename }")]);
    let documents = read(dir.path()).await.expect("documents");
    assert_eq!(documents.find_trusted(question.name).as_deref(), Some("{ __typename }"));
    assert!(documents.find_by_digest(&Sha256::of_text(question.text)).is_some_and(|text| *text == *question.text));
}

#[tokio::test]
async fn every_wrong_file_is_named_with_what_is_wrong() {
    let digest = format!("{COUNT_DIGEST}.graphql");
    let deep = format!(
        "{{ school(slug: \"x\") {{ {} }} }}",
        (0..40).fold("slug".to_owned(), |below, _| format!("group {{ leadSchool {{ {below} }} }}"))
    );
    let dir = folder(&[
        ("good.graphql", COUNT),
        ("broken.graphql", "{ schools"),
        ("a/misspelt.graphql", "query A { schools { totalCount } }\nquery B { school(slug: \"x\") { nam } }"),
        ("unused.graphql", "query ($x: Int) { __typename }"),
        ("deep.graphql", &deep),
        (&digest, COUNT),
    ]);
    fs::write(dir.path().join("bytes.graphql"), b"{ \xff }").expect("a file");
    let problem = read(dir.path()).await.err().expect("a problem");
    for part in [
        "broken.graphql: ",
        "a/misspelt.graphql: line 2, column 31: type `School` does not have a field `nam`",
        "unused.graphql: ",
        "deep.graphql: ",
        "bytes.graphql: ",
        "the name looks like a digest",
    ] {
        assert!(problem.contains(part), "{part}: {problem}");
    }
    assert!(!problem.contains("good.graphql"), "{problem}");
    let missing = read(&dir.path().join("missing")).await.err().expect("a problem");
    assert!(missing.contains("missing"), "{missing}");
}

#[tokio::test]
async fn a_server_of_trusted_documents_answers_no_other() {
    let dir = folder(&[("count.graphql", COUNT)]);
    let app = with(&empty().await, read(dir.path()).await.expect("documents").trusted_only(true));
    for query in [COUNT, "{ __typename }", "{ __schema { types { name } } }", "{"] {
        for extensions in [Value::Null, persisted(COUNT_DIGEST)] {
            let answer = app.post(&json!({ "query": query, "extensions": extensions }), &[]).await;
            assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::BAD_REQUEST, "DOCUMENTS_ONLY"), "{query}");
            assert!(answer.body.contains("`documentId`"), "{}", answer.body);
        }
    }
    let response = get(&app, &[("query", "{ __typename }")], &[]).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    for fields in [
        json!({ "documentId": "count" }),
        json!({ "documentId": "groups-by-stage" }),
        json!({ "extensions": persisted(COUNT_DIGEST) }),
    ] {
        let answer = app.post(&fields, &[]).await;
        assert!(answer.json()["data"].is_object(), "{fields}: {}", answer.body);
    }
    let other = app.post(&json!({ "extensions": persisted(&"0".repeat(64)) }), &[]).await;
    assert_eq!(code(&other), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn a_document_sent_along_with_its_digest_is_found_by_it_from_then_on() {
    for app in chaoyang("a_document_sent_along").await {
        let alone = json!({ "extensions": persisted(COUNT_DIGEST), "variables": { "first": 1 } });
        let both = json!({ "query": COUNT, "extensions": persisted(COUNT_DIGEST) });
        let missed = app.post(&alone, &[]).await;
        assert_eq!((missed.status, code(&missed).as_str()), (StatusCode::OK, "PERSISTED_QUERY_NOT_FOUND"));
        assert_eq!(missed.json()["errors"][0]["message"], "PersistedQueryNotFound");
        let missed = app.post(&alone, &[("accept", RESPONSE)]).await;
        assert_eq!(missed.status, StatusCode::BAD_REQUEST);
        assert_eq!(app.post(&both, &[]).await.json()["data"]["schools"]["totalCount"], 126);
        let found = app.post(&alone, &[]).await;
        assert_eq!(found.json()["data"]["schools"]["totalCount"], 126, "{}: {}", app.name, found.body);
    }
}

#[tokio::test]
async fn a_digest_by_get_is_cached_like_any_other_question() {
    let app = empty().await;
    let extensions = persisted(COUNT_DIGEST).to_string();
    let alone = [("extensions", extensions.as_str())];
    let missed = get(&app, &alone, &[]).await;
    assert_eq!(missed.status(), StatusCode::OK);
    assert_eq!(missed.headers()[header::CACHE_CONTROL], "no-store");
    let first = get(&app, &[("query", COUNT), alone[0]], &[]).await;
    let tag = first.headers()[header::ETAG].to_str().expect("text").to_owned();
    let found = get(&app, &alone, &[]).await;
    assert_eq!(found.status(), StatusCode::OK);
    assert_eq!(found.headers()[header::ETAG], tag.as_str());
    let held = get(&app, &alone, &[("if-none-match", &tag)]).await;
    assert_eq!(held.status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_by_its_code() {
    let app = empty().await;
    let wrong = |extension: Value| json!({ "query": COUNT, "extensions": { "persistedQuery": extension } });
    let zeros = "0".repeat(64);
    for (fields, found) in [
        (wrong(json!({ "version": 1, "sha256Hash": zeros })), "PERSISTED_QUERY_HASH_MISMATCH"),
        (wrong(json!({ "version": 2, "sha256Hash": COUNT_DIGEST })), "PERSISTED_QUERY_NOT_SUPPORTED"),
        (wrong(json!({ "version": 2 })), "PERSISTED_QUERY_NOT_SUPPORTED"),
        (wrong(json!({ "version": "1", "sha256Hash": COUNT_DIGEST })), "BAD_REQUEST"),
        (wrong(json!({ "sha256Hash": COUNT_DIGEST })), "BAD_REQUEST"),
        (wrong(json!({ "version": 1 })), "BAD_REQUEST"),
        (wrong(json!({ "version": 1, "sha256Hash": "abc" })), "BAD_REQUEST"),
        (wrong(json!({ "version": 1, "sha256Hash": 7 })), "BAD_REQUEST"),
        (wrong(json!("abc")), "BAD_REQUEST"),
        (json!({ "query": COUNT, "extensions": [] }), "BAD_REQUEST"),
        (json!({ "documentId": "two-days", "extensions": persisted(COUNT_DIGEST) }), "BAD_REQUEST"),
    ] {
        let answer = app.post(&fields, &[]).await;
        assert_eq!(code(&answer), found, "{fields}: {}", answer.body);
        let wanted = if found == "BAD_REQUEST" { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        assert_eq!(answer.status, wanted, "{fields}");
        assert_eq!(app.post(&fields, &[("accept", RESPONSE)]).await.status, StatusCode::BAD_REQUEST, "{fields}");
    }
    assert_eq!(app.post(&wrong(Value::Null), &[]).await.json()["data"]["schools"]["totalCount"], 0);
    assert_eq!(
        code(&app.post(&json!({ "extensions": persisted(COUNT_DIGEST) }), &[]).await),
        "PERSISTED_QUERY_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_document_that_is_refused_is_not_kept() {
    let documents = Arc::new(Documents::default());
    let store = Store::in_memory().await.expect("memory");
    let app = TestApp::of("SQLite", App { documents: documents.clone(), ..App::new(store, Arc::new(clock())) });
    for query in ["{", &format!("{{ {} }}", "__typename ".repeat(200))] {
        let digest = Sha256::of_text(query);
        app.post(&json!({ "query": query, "extensions": persisted(&digest.to_string()) }), &[]).await;
        assert!(documents.find_by_digest(&digest).is_none(), "{query}");
    }
    assert_eq!(documents.persisted_bytes(), 0);
}

#[tokio::test]
async fn more_documents_than_there_is_room_for_push_others_out() {
    let room = 64 << 10;
    let documents = Arc::new(Documents::new(room));
    let store = Store::in_memory().await.expect("memory");
    let app = TestApp::of("SQLite", App { documents: documents.clone(), ..App::new(store, Arc::new(clock())) });
    let text = |n: usize| format!("{{ a{n}: __typename }} # {}", "x".repeat(4 << 10));
    for n in 0..100 {
        let (query, digest) = (text(n), Sha256::of_text(&text(n)).to_string());
        let answer = app.post(&json!({ "query": query, "extensions": persisted(&digest) }), &[]).await;
        assert_eq!(answer.json()["data"][format!("a{n}")], "Query");
        assert!(documents.persisted_bytes() <= room, "{n}: {}", documents.persisted_bytes());
    }
    let found = (0..100).filter(|n| documents.find_by_digest(&Sha256::of_text(&text(*n))).is_some()).count();
    assert!((8..16).contains(&found), "{found}");
    // One that would fill all of it is answered, and not kept.
    let large = format!("{{ __typename }} # {}", "x".repeat(80 << 10));
    let answer =
        app.post(&json!({ "query": large, "extensions": persisted(&Sha256::of_text(&large).to_string()) }), &[]).await;
    assert_eq!(answer.json()["data"]["__typename"], "Query");
    assert!(documents.find_by_digest(&Sha256::of_text(&large)).is_none() && documents.persisted_bytes() <= room);
}

#[tokio::test]
async fn a_server_without_room_says_that_it_keeps_nothing() {
    let app = with(&empty().await, Documents::new(0));
    for fields in [
        json!({ "query": COUNT, "extensions": persisted(COUNT_DIGEST) }),
        json!({ "extensions": persisted(COUNT_DIGEST) }),
    ] {
        let answer = app.post(&fields, &[]).await;
        assert_eq!((answer.status, code(&answer).as_str()), (StatusCode::OK, "PERSISTED_QUERY_NOT_SUPPORTED"));
        assert_eq!(answer.json()["errors"][0]["message"], "PersistedQueryNotSupported");
    }
    assert_eq!(app.post(&json!({ "query": COUNT }), &[]).await.json()["data"]["schools"]["totalCount"], 0);
    assert_eq!(DEFAULT_PERSISTED_BYTES, 8 << 20);
}
