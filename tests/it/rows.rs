//! Rows: one list of an answer as CSV, NDJSON, GeoJSON and a spreadsheet, at `/graphql` and at addresses that stay.

use std::{collections::HashSet, fs, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use expect_test::expect_file;
use graphql::{Limits, RowQuery, Variables, prepare_request};
use serde_json::{Value, json};
use server::{App, Capacity, documents::Documents, queries};
use tests::{TestApp, chaoyang, clock, empty, node, root};
use tower::ServiceExt;

/// What came of a request.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Reply {
    /// The lines of CSV as records, the header first.
    fn records(&self) -> Vec<Vec<String>> {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(self.body.as_bytes());
        reader.records().map(|record| record.expect("CSV").iter().map(str::to_owned).collect()).collect()
    }

    fn code(&self) -> String {
        let json: Value = serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body));
        json["errors"][0]["extensions"]["code"].as_str().expect("a code").to_owned()
    }
}

async fn send(app: &TestApp, request: Request<Body>) -> Reply {
    let response = app.router.clone().oneshot(request).await.expect("a response");
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body");
    Reply { status: head.status, headers: head.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

async fn get(app: &TestApp, path: &str) -> Reply {
    send(app, Request::get(path).body(Body::empty()).expect("a request")).await
}

/// Posts a query that wants rows in a form.
async fn post(app: &TestApp, accept: &str, rows: &str, query: &str) -> Reply {
    let body = json!({ "query": query }).to_string();
    let request =
        Request::post("/graphql").header(header::CONTENT_TYPE, "application/json").header(header::ACCEPT, accept);
    send(app, request.header("edumap-rows", rows).body(body.into()).expect("a request")).await
}

#[tokio::test]
async fn the_columns_of_each_question_are_those_of_its_contract() {
    let schema = graphql::schema();
    let app = empty("columns").await.remove(0);
    for question in queries::curated_queries() {
        let answer = get(&app, "/playground/queries.json").await;
        let all: Value = serde_json::from_str(&answer.body).expect("JSON");
        let variables = all.as_array().expect("a list").iter().find(|one| one["name"] == question.name);
        let variables = Variables::from_json(variables.expect("the question")["variables"].clone());
        let request = graphql::Request::new(question.text).variables(variables);
        let prepared = prepare_request(&schema, &Limits::default(), request, false).expect("a valid question");
        let rows = RowQuery::new(&schema, &prepared, Some(question.rows)).expect("rows");
        let line = |column: &graphql::RowColumn| {
            let (null, list) = (if column.is_nullable { "possible" } else { "never" }, column.is_list);
            format!("{},{},{null},{}\n", column.name, column.ty, if list { "yes" } else { "no" })
        };
        let contract: String = rows.columns().iter().map(line).collect();
        let file = root().join(format!("crates/server/queries/{}.columns.csv", question.name));
        expect_file![file].assert_eq(&format!("column,type,null,list\n{contract}"));
        let names: HashSet<&str> = rows.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.len(), rows.columns().len(), "{}: a name is there twice", question.name);
    }
}

#[tokio::test]
async fn an_address_gives_the_rows_of_all_pages_and_the_columns_of_the_contract() {
    for app in chaoyang("an_address_gives_the_rows").await {
        for question in queries::curated_queries() {
            let records = get(&app, &format!("/rows/{}.csv", question.name)).await.records();
            let contract =
                fs::read_to_string(root().join(format!("crates/server/queries/{}.columns.csv", question.name)));
            let contract = contract.expect("a contract");
            let columns: Vec<&str> = contract.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
            assert_eq!(records[0], columns, "{}", question.name);
            for (at, line) in contract.lines().skip(1).enumerate() {
                if line.contains(",never,no") {
                    let blank = records.iter().find(|record| record[at].is_empty());
                    assert_eq!(blank, None, "{}: {line}", question.name);
                }
            }
        }
        let total = app.data("{ schools { totalCount } }").await["schools"]["totalCount"].as_u64().expect("a number");
        let records = get(&app, "/rows/pages-of-a-hundred.csv?first=7").await.records();
        let slugs: HashSet<&String> = records[1..].iter().map(|record| &record[0]).collect();
        assert_eq!((slugs.len() as u64, records.len() as u64 - 1), (total, total), "{}", app.name);
    }
}

/// How many items a list has below each of another's.
async fn below(app: &TestApp, list: &str, below: &str) -> Vec<(String, String)> {
    let data = app
        .data(&format!("{{ {list}(first: 100) {{ nodes {{ slug {below}(first: 100) {{ nodes {{ slug }} }} }} }} }}"))
        .await;
    let parents = data[list]["nodes"].as_array().expect("a list").iter();
    let mut pairs = Vec::new();
    for parent in parents {
        let slug = |value: &Value| value["slug"].as_str().unwrap_or_default().to_owned();
        let items = parent[below]["nodes"].as_array().expect("a list");
        pairs.extend(items.iter().map(|item| (slug(parent), slug(item))));
        if items.is_empty() {
            pairs.push((slug(parent), String::new()));
        }
    }
    pairs
}

#[tokio::test]
async fn pages_of_a_list_below_another_are_followed_at_each_parent() {
    for app in chaoyang("pages_of_a_list_below").await {
        let expected = below(&app, "groups", "schools").await;
        assert!(expected.len() > 30, "{}: {expected:?}", app.name);
        for (query, form) in [
            ("{ groups(first: 3) { nodes { slug schools(first: 2) { nodes { slug } } } } }", "schools"),
            (
                "{ map { groups(first: 4) { nodes { ...G } } } } fragment G on Group { slug schools(first: 1) { edges { node { slug } } } }",
                "groups.schools",
            ),
            (
                "query Q($n: Int = 5) { all: map { groups(first: $n) { edges { node { slug in: schools(first: $n) { nodes { slug } } } } } } }",
                "in",
            ),
        ] {
            let records = post(&app, "text/csv", &format!("{form}; pages=all"), query).await.records();
            let pairs: Vec<(String, String)> =
                records[1..].iter().map(|record| (record[0].clone(), record[1].clone())).collect();
            assert_eq!(pairs, expected, "{}: {query}", app.name);
        }
        // Three below each other, one item a page.
        let query = "{ groups(first: 1) { nodes { slug alliances(first: 1) { nodes { slug partners(first: 1) { nodes { slug } } } } } } }";
        let one_by_one = post(&app, "text/csv", "partners; pages=all", query).await.records();
        let at_once = post(&app, "text/csv", "partners", &query.replace("first: 1", "first: 100")).await.records();
        assert_eq!(one_by_one, at_once, "{}", app.name);
        assert!(at_once.len() > 100, "{}", app.name);
        // Without the wish, a page is a page.
        assert_eq!(
            post(&app, "text/csv", "groups", "{ groups(first: 3) { nodes { slug } } }").await.records().len(),
            4
        );
    }
}

#[tokio::test]
async fn an_address_may_bring_the_query_itself() {
    for app in chaoyang("an_address_may_bring").await {
        let query = "query%20Q(%24first:Int){schools(first:%24first){nodes{slug}}groups{nodes{slug}}}";
        let path = format!("/rows.csv?query={query}&variables=%7B%22first%22:9%7D&list=schools");
        let total = app.data("{ schools { totalCount } }").await["schools"]["totalCount"].as_u64().expect("a number");
        assert_eq!(get(&app, &path).await.records().len() as u64, total + 1, "{}", app.name);
        for (path, code) in [
            (format!("/rows.csv?query={query}"), "BAD_REQUEST"),
            ("/rows.ndjson".to_owned(), "BAD_REQUEST"),
            ("/rows.csv?query=%7Bnothing%7D".to_owned(), "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let reply = get(&app, &path).await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (StatusCode::BAD_REQUEST, code),
                "{path}: {}",
                reply.body
            );
        }
        let documents = Arc::new(Documents::default().trusted_only(true));
        let app = TestApp::of(app.name, App { documents, ..App::new(app.store.clone(), Arc::new(clock())) });
        assert_eq!(get(&app, &path).await.code(), "DOCUMENTS_ONLY");
        assert_eq!(get(&app, "/rows/pages-of-a-hundred.csv").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn rows_are_of_the_view_that_is_asked_for() {
    for app in chaoyang("rows_are_of_the_view").await {
        let slugs = async |path: &str| {
            get(&app, path).await.records()[1..].iter().map(|row| row[0].clone()).collect::<Vec<_>>()
        };
        let (then, now) =
            (slugs("/rows/pages-of-a-hundred.csv?asOf=1990-01-01").await, slugs("/rows/pages-of-a-hundred.csv").await);
        let data = app.data("{ map(asOf: \"1990-01-01\") { schools { totalCount } } }").await;
        assert_eq!(then.len() as u64, data["map"]["schools"]["totalCount"].as_u64().expect("a number"), "{}", app.name);
        assert_ne!(then, now, "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_wrong_has_a_status_and_a_code() {
    let app = chaoyang("what_is_wrong").await.remove(0);
    for (path, status, code) in [
        ("/rows/nothing.csv", 404, "NOT_FOUND"),
        ("/rows/members-of-a-group.pdf", 404, "NOT_FOUND"),
        ("/rows/members-of-a-group", 404, "NOT_FOUND"),
        ("/rows/members-of-a-group.csv?nothing=1", 400, "BAD_REQUEST"),
        ("/rows/members-of-a-group.csv?list=nothing", 400, "BAD_REQUEST"),
        ("/rows/members-of-a-group.csv?asOf=1990-02-31", 400, "INVALID_DATE"),
        ("/rows/members-of-a-group.csv?group=a&group=b", 400, "BAD_REQUEST"),
        ("/rows/pages-of-a-hundred.csv?first=many", 400, "GRAPHQL_VALIDATION_FAILED"),
        ("/rows/pages-of-a-hundred.csv?first=1000", 400, "INVALID_PAGE_SIZE"),
        ("/rows/members-of-a-group.geojson", 400, "NO_PLACE"),
    ] {
        let reply = get(&app, path).await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code), "{path}: {}", reply.body);
        assert_eq!(reply.headers[header::CONTENT_TYPE], "application/graphql-response+json; charset=utf-8");
    }
    for (rows, query, code) in [
        ("", "{ schools { nodes { slug } } groups { nodes { slug } } }", "BAD_REQUEST"),
        ("partners", "{ schools { nodes { slug } } }", "BAD_REQUEST"),
        ("schools; pages=some", "{ schools { nodes { slug } } }", "BAD_REQUEST"),
        ("schools", "{ schools { nodes { slugs } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "subscription { revisionRecorded { number } }", "NOT_ACCEPTABLE"),
        ("items; pages=all", "{ gaps { kind items(first: 1) { nodes { slug } } } }", "TOO_MANY_ROWS"),
    ] {
        let reply = post(&app, "text/csv", rows, query).await;
        assert_eq!(reply.code(), code, "{query}: {}", reply.body);
        assert!(reply.status.is_client_error(), "{query}: {}", reply.status);
    }
}

#[tokio::test]
async fn more_rows_than_the_server_gives_are_refused() {
    for loaded in chaoyang("more_rows_than").await {
        let capacity = Arc::new(Capacity { rows: 120, ..Capacity::default() });
        let app = TestApp::of(loaded.name, App { capacity, ..App::new(loaded.store.clone(), Arc::new(clock())) });
        let query = "{ schools(first: 50) { nodes { slug } } }";
        assert_eq!(post(&app, "text/csv", "", query).await.records().len(), 51);
        let reply = post(&app, "text/csv", "schools; pages=all", query).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::BAD_REQUEST, "TOO_MANY_ROWS".to_owned()));
    }
}

#[tokio::test]
async fn rows_have_a_tag_for_each_form() {
    let app = chaoyang("rows_have_a_tag").await.remove(0);
    let mut tags = HashSet::new();
    for path in [
        "members-of-a-group.csv",
        "members-of-a-group.csv?bom=1",
        "members-of-a-group.ndjson",
        "members-of-a-group.xlsx",
        "members-of-a-group.csv?asOf=2020-01-01",
    ] {
        let reply = get(&app, &format!("/rows/{path}")).await;
        let tag = reply.headers[header::ETAG].clone();
        let again = Request::get(format!("/rows/{path}")).header(header::IF_NONE_MATCH, &tag);
        let again = send(&app, again.body(Body::empty()).expect("a request")).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert!(tags.insert(tag), "{path} has the tag of another");
        assert_eq!(reply.body.starts_with('\u{feff}'), path.ends_with("bom=1"), "{path}");
        let name = path.split('?').next().expect("a name");
        assert_eq!(reply.headers[header::CONTENT_DISPOSITION], format!("attachment; filename=\"{name}\""));
    }
}

#[tokio::test]
async fn a_map_without_facts_has_no_rows() {
    for app in empty("a_map_without_facts").await {
        for question in queries::curated_queries() {
            let reply = get(&app, &format!("/rows/{}.csv", question.name)).await;
            // Changes need two days, and what cannot be found can be refused.
            if reply.status == StatusCode::OK {
                assert!(reply.body.lines().next().is_some_and(|header| !header.is_empty()), "{}", question.name);
            } else {
                assert!(reply.status.is_client_error(), "{}: {}", question.name, reply.body);
            }
        }
        assert_eq!(get(&app, "/rows/pages-of-a-hundred.csv").await.records().len(), 1, "{}", app.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_say_what_the_answer_says_as_readers_of_others_have_it() {
    if !node::is_installed("node") || !node::is_installed("npm") || !node::is_installed("soffice") {
        return node::skip_test("the comparison of rows", "Node.js or LibreOffice is not installed");
    }
    let app = chaoyang("rows_say_what").await.remove(0);
    let address = app.listen().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8").to_owned();
    let told = tokio::task::spawn_blocking(move || node::run_script_with("http", "rows.mjs", &[&address, &path]));
    let told = told.await.expect("an end");
    assert!(told.contains(" passed, 0 failed"), "{told}");
}
