//! The SQL views: the rows that the API gives for today, and columns that stay.

use std::{fs, sync::Arc};

use axum::{body::Body, http::Request};
use chrono::NaiveDate;
use domain::SystemClock;
use persistence::Store;
use server::App;
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Row, SqliteConnection};
use tests::{TestApp, bundled, copy_with, postgres, root};

/// A view, and the query whose rows are the same.
const VIEWS: &[(&str, &str)] = &[
    ("current_districts", "districts(first: 100) { nodes { slug name timeZone } }"),
    ("current_regions", "regions(first: 100) { nodes { slug name district { slug } } }"),
    (
        "current_townships",
        "townships(first: 100) { nodes { slug name codes { value } kind region { slug } district { slug } location { latitude longitude } } }",
    ),
    (
        "current_schools",
        "schools(first: 100) { nodes { slug name status ownership schoolType stages township { slug } district { slug } openedOn { text } location { latitude longitude } } }",
    ),
    (
        "current_campuses",
        "campuses(first: 100) { nodes { slug name school { slug } township { slug } location { latitude longitude } } }",
    ),
    (
        "current_groups",
        "groups(first: 100) { nodes { slug name status leadSchool { slug } district { slug } reported { memberSchools } } }",
    ),
    ("current_alliances", "alliances(first: 100) { nodes { slug name status kind scope district { slug } } }"),
    ("current_partners", "partners(first: 100) { nodes { slug name kinds location { latitude longitude } } }"),
    (
        "current_projects",
        "projects(first: 100) { nodes { slug name status school { slug } campus { slug } township { slug } region { slug } dueOn { text } openedOn { text } places classes } }",
    ),
    (
        "current_memberships",
        "groups(first: 100) { nodes { slug schools(first: 100) { edges { node { slug } role since { text } until { text } } } } }",
    ),
    (
        "current_school_partners",
        "schools(first: 100) { nodes { slug partners(first: 100) { edges { node { slug } kind since { text } until { text } } } } }",
    ),
    (
        "current_alliance_partners",
        "alliances(first: 100) { nodes { slug partners(first: 100) { edges { node { slug } role } } } }",
    ),
    (
        "current_school_designations",
        "schools(first: 100) { nodes { slug designations(first: 100) { edges { node { slug } awardedOn { text } } } } }",
    ),
];

/// A database that programs can read beside the server.
enum Reader {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

type Table = (Vec<String>, Vec<Vec<String>>);

impl Reader {
    /// All of a view: its columns, and its rows as texts.
    async fn read(&mut self, view: &str) -> Table {
        let columns = match self {
            Reader::Sqlite(connection) => {
                let rows = sqlx::query(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{view}')")));
                let rows = rows.fetch_all(connection).await.expect("columns");
                rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>()
            }
            Reader::Postgres(connection) => {
                let rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {view} LIMIT 1")));
                let row = rows.fetch_one(connection).await.expect("a row");
                row.columns().iter().map(|column| column.name().to_owned()).collect()
            }
        };
        let texts: Vec<String> = columns.iter().map(|column| format!("CAST({column} AS text)")).collect();
        let sql = AssertSqlSafe(format!("SELECT {} FROM {view}", texts.join(", ")));
        let n = columns.len();
        let text = |value: Option<String>| value.unwrap_or_default();
        let rows: Vec<Vec<String>> = match self {
            Reader::Sqlite(connection) => {
                let rows = sqlx::query(sql).fetch_all(connection).await.expect("rows");
                rows.iter().map(|row| (0..n).map(|at| text(row.get(at))).collect()).collect()
            }
            Reader::Postgres(connection) => {
                let rows = sqlx::query(sql).fetch_all(connection).await.expect("rows");
                rows.iter().map(|row| (0..n).map(|at| text(row.get(at))).collect()).collect()
            }
        };
        (columns, rows)
    }
}

/// The bundled map in databases that others can read as well, with a server whose day is today.
async fn readable(test: &str) -> Vec<(TestApp, Reader, Option<tempfile::TempDir>)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite:{}/map.db", folder.path().display());
    let mut urls = vec![("SQLite", file, Some(folder))];
    urls.extend(postgres::url_or_skip(test).map(|url| ("PostgreSQL", url, None)));
    let mut all = Vec::new();
    for (name, url, folder) in urls {
        let store = Store::open(&url, None).await.expect("a database");
        store.migrate().await.expect("migrated");
        let app = TestApp::of(name, App::new(store, Arc::new(SystemClock)));
        app.import(&bundled()).await.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let reader = match name {
            "SQLite" => Reader::Sqlite(SqliteConnection::connect(&url).await.expect("a connection")),
            _ => Reader::Postgres(PgConnection::connect(&url).await.expect("a connection")),
        };
        all.push((app, reader, folder));
    }
    all
}

/// The rows of a query on a day as CSV has them.
async fn rows_of(app: &TestApp, day: NaiveDate, query: &str) -> Vec<Vec<String>> {
    let body = serde_json::json!({ "query": format!("{{ map(asOf: \"{day}\") {{ {query} }} }}") }).to_string();
    // A list below another is the one whose items the rows are; codes are joined.
    let list = query.split(['(', ' ']).next().expect("a list");
    let below = ["schools", "partners", "designations"].iter().find(|below| query.contains(&format!(" {below}(first")));
    let list = below.map_or_else(|| list.to_owned(), |below| format!("{list}.{below}"));
    let request = Request::post("/graphql").header("content-type", "application/json").header("accept", "text/csv");
    let request = request.header("edumap-rows", format!("{list}; pages=all")).body(Body::from(body));
    let answer = app.send(request.expect("a request")).await;
    assert!(answer.status.is_success(), "{query}: {}", answer.body);
    let mut reader = csv::ReaderBuilder::new().from_reader(answer.body.as_bytes());
    let rows = reader.records().map(|row| row.expect("CSV").iter().map(str::to_owned).collect::<Vec<_>>());
    // A noun without ties has a row of its own, which is no tie.
    rows.filter(|row| below.is_none() || !row[1].is_empty()).collect()
}

/// A number in one form: `39.9` and `39.90` are the same.
fn in_one_form(cell: &str) -> String {
    match cell.parse::<f64>() {
        Ok(number) if cell.contains('.') => number.to_string(),
        _ => cell.to_owned(),
    }
}

#[tokio::test]
async fn the_rows_of_views_are_those_of_the_api() {
    for (app, mut reader, _folder) in readable("the_rows_of_views").await {
        for (view, query) in VIEWS {
            let (_, rows) = reader.read(view).await;
            let day = domain::Clock::now(&SystemClock).date_naive();
            let mut expected = rows_of(&app, day, query).await;
            let mut rows: Vec<Vec<String>> =
                rows.iter().map(|row| row.iter().map(|cell| in_one_form(cell)).collect()).collect();
            rows.sort();
            expected.iter_mut().flatten().for_each(|cell| *cell = in_one_form(cell));
            expected.sort();
            assert!(!rows.is_empty(), "{}: {view} is empty", app.name);
            assert_eq!(rows.len(), expected.len(), "{}: {view}", app.name);
            for (row, expected) in rows.iter().zip(&expected) {
                assert_eq!(row, expected, "{}: {view}", app.name);
            }
        }
    }
}

#[tokio::test]
async fn what_is_over_or_no_longer_known_is_in_no_view() {
    for (app, mut reader, _folder) in readable("what_is_over").await {
        let first = async |reader: &mut Reader, view: &str, column: usize| {
            let rows = reader.read(view).await.1;
            rows.into_iter().map(|mut row| row.swap_remove(column)).collect::<Vec<_>>()
        };
        let today = first(&mut reader, "current_schools", 0).await;
        let query = "schools(first: 100) { nodes { slug } }";
        let then = rows_of(&app, "1990-01-01".parse().expect("a day"), query).await;
        let over: Vec<&String> = then.iter().map(|row| &row[0]).filter(|slug| !today.contains(slug)).collect();
        assert!(!over.is_empty() && over.len() < then.len(), "{}: {over:?} are over", app.name);

        // A name that is corrected is a name that is known no longer.
        let name = first(&mut reader, "current_regions", 1).await.remove(0);
        let copy = tempfile::tempdir().expect("a folder");
        copy_with(copy.path(), &[]);
        let file = copy.path().join("regions.csv");
        let regions = fs::read_to_string(&file).expect("a file");
        fs::write(&file, regions.replacen(&name, &format!("{name} corrected"), 1)).expect("written");
        let imported = app.import(copy.path()).await;
        imported.unwrap_or_else(|refusal| panic!("{}: {refusal}", app.name));
        let names = first(&mut reader, "current_regions", 1).await;
        assert!(names.contains(&format!("{name} corrected")) && !names.contains(&name), "{}: {names:?}", app.name);
    }
}

#[tokio::test]
async fn the_columns_of_views_are_those_that_the_docs_list() {
    let docs = fs::read_to_string(root().join("docs/sql-views.md")).expect("the docs");
    for (app, mut reader, _folder) in readable("the_columns_of_views").await {
        for (view, _) in VIEWS {
            let (columns, _) = reader.read(view).await;
            let line =
                format!("| `{view}` | {} |", columns.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", "));
            assert!(docs.contains(&line), "{}: {line}", app.name);
        }
    }
}
