//! What the tests share: the whole server as one value, on both databases, with a clock that stands still.

pub mod attack;
pub mod floor;
pub mod load;
pub mod node;
pub mod pooler;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod random_document;
pub mod schema;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use chrono::DateTime;
use domain::{
    Cell, Clock, FixedClock, Kind, Known, Lifetime, NewRevision, Record, Span, Texts, TimeZone, Validity, id::identity,
    region,
};
use graphql::Limits;
use http_body_util::BodyExt;
use persistence::{Fact, Store, StoreError};
use serde_json::{Value, json};
use server::{
    App, Capacity,
    export::export,
    import::{Folder, Options, import},
    report::{ImportReport, Refusal},
};
use tower::ServiceExt;

/// The server on one database.
pub struct TestApp {
    /// The name of the database's kind, for messages.
    pub name: &'static str,
    /// The facts.
    pub store: Store,
    /// The whole server.
    pub router: Router,
    /// What it takes on.
    pub capacity: Arc<Capacity>,
}

/// An answer over HTTP.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The body, as it was sent.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// How many statements the answer took.
    ///
    /// # Panics
    /// The answer does not say.
    #[must_use]
    pub fn statements(&self) -> u64 {
        let json = self.json();
        json["extensions"]["stats"]["sqlStatements"].as_u64().unwrap_or_else(|| panic!("no stats: {json}"))
    }
}

/// Today, in every test.
pub const TODAY: &str = "2026-11-24T08:00:00Z";

/// The clock of every test.
#[must_use]
pub fn clock() -> FixedClock {
    FixedClock(DateTime::parse_from_rfc3339(TODAY).expect("a timestamp").to_utc())
}

/// The server on an empty SQLite and, unless it is missing, an empty PostgreSQL.
pub async fn empty(test: &str) -> Vec<TestApp> {
    let mut apps = vec![TestApp::on("SQLite", Store::in_memory().await.expect("memory"))];
    if let Some(url) = postgres::url_or_skip(test) {
        // With sequential scans out of favor, one that remains shows that no index serves.
        let store = Store::open(&format!("{url}?options[enable_seqscan]=off"), None).await.expect("our own PostgreSQL");
        store.migrate().await.expect("migrated");
        apps.push(TestApp::on("PostgreSQL", store));
    }
    apps
}

/// The server on both databases, with the bundled data set.
pub async fn chaoyang(test: &str) -> Vec<TestApp> {
    loaded(test, &bundled()).await
}

/// The server on both databases, with the bundled data set and categories that are made up, so that no list is empty.
///
/// # Panics
/// The data set has findings, or cannot be copied.
pub async fn categorised(test: &str) -> Vec<TestApp> {
    let copy = tempfile::tempdir().expect("a folder");
    let mut files = csv_files(&bundled());
    for (file, text) in [
        (
            "categories.csv",
            "category_id,scheme,code,name_zh,name_en,parent_id,source_id,since\n\
             kind,kinds,K,种类,Kind,,,\nkind-1,kinds,K1,第一类,First Kind,kind,,2015\n",
        ),
        (
            "categorisations.csv",
            "entity_type,entity_id,category_id,source_id,quote,since\n\
             group,chenjinglun,kind-1,,,2016-09\nschool,bj80,kind,,,\nschool,bj80,kind-1,,,\ncategory,kind-1,kind,,,\n",
        ),
    ] {
        files.insert(file.to_owned(), text.to_owned());
    }
    for (file, text) in files {
        std::fs::write(copy.path().join(file), text).expect("written");
    }
    loaded(test, copy.path()).await
}

/// The server on both databases, with a data set.
///
/// # Panics
/// The data set has findings.
pub async fn loaded(test: &str, dir: &Path) -> Vec<TestApp> {
    let apps = empty(test).await;
    for app in &apps {
        app.import(dir).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
    }
    apps
}

/// Where the bundled data set lies.
#[must_use]
pub fn bundled() -> std::path::PathBuf {
    root().join("crates/server/data/chaoyang")
}

/// A folder of `tests/data`.
#[must_use]
pub fn data_folder(name: &str) -> std::path::PathBuf {
    root().join("tests/data").join(name)
}

/// A copy of a folder of `tests/data`, to be changed.
///
/// # Panics
/// It cannot be copied.
#[must_use]
pub fn data_copy(name: &str) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for (file, text) in csv_files(&data_folder(name)) {
        std::fs::write(copy.path().join(file), text).expect("written");
    }
    copy
}

/// The files of a data set, by name.
///
/// # Panics
/// They cannot be read.
#[must_use]
pub fn csv_files(dir: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path());
    let csv = entries.filter(|path| path.extension().is_some_and(|end| end == "csv"));
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    csv.map(|path| (name(&path), std::fs::read_to_string(&path).expect("text"))).collect()
}

/// Copies the bundled data set, with more lines in some files.
///
/// # Panics
/// It cannot be copied.
pub fn copy_with(to: &Path, more: &[(&str, &str)]) {
    for (file, mut text) in csv_files(&bundled()) {
        more.iter().filter(|(name, _)| *name == file).for_each(|(_, lines)| text.push_str(lines));
        std::fs::write(to.join(file), text).expect("a file");
    }
}

/// The root of the repository.
#[must_use]
pub fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the repository").to_owned()
}

impl TestApp {
    /// The server on a store.
    #[must_use]
    pub fn on(name: &'static str, store: Store) -> Self {
        TestApp::within(name, store, Limits::default(), Capacity::default())
    }

    /// The server on a store, behind limits.
    #[must_use]
    pub fn within(name: &'static str, store: Store, limits: Limits, capacity: Capacity) -> Self {
        let app = App::new(store, Arc::new(clock()));
        TestApp::of(name, App { limits: Arc::new(limits), capacity: Arc::new(capacity), ..app })
    }

    /// A server that was put together otherwise.
    #[must_use]
    pub fn of(name: &'static str, app: App) -> Self {
        let (store, capacity) = (app.backend.store.clone(), app.capacity.clone());
        TestApp { name, store, router: server::router(app), capacity }
    }

    /// Serves the router on a port of this machine; gives its address, `http://…`.
    ///
    /// # Panics
    /// There is no port.
    pub async fn listen(self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server::serve(listener, self.router, self.capacity));
        format!("http://{address}")
    }

    /// Sends a request through the router.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let status = response.status();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        Answer { status, body: String::from_utf8(bytes.to_vec()).expect("UTF-8") }
    }

    /// Sends a query, asking for its cost.
    pub async fn ask(&self, query: &str, variables: Value) -> Answer {
        self.post(&json!({ "query": query, "variables": variables }), &[("edumap-stats", "1")]).await
    }

    /// Sends a request's fields with headers.
    pub async fn post(&self, fields: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post("/graphql").header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(fields.to_string())).expect("a request")).await
    }

    /// What a subscription says first.
    ///
    /// # Panics
    /// It says nothing.
    pub async fn first_event(&self, query: &str) -> Value {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("accept", "text/event-stream")
            .body(Body::from(json!({ "query": query }).to_string()))
            .expect("a request");
        let mut body = self.router.clone().oneshot(request).await.expect("the router answers").into_body();
        let frame = body.frame().await.expect("an event").expect("a body").into_data().expect("data");
        let event = String::from_utf8(frame.to_vec()).expect("text");
        let data = event.lines().find_map(|line| line.strip_prefix("data: ")).expect("data");
        serde_json::from_str(data).expect("JSON")
    }

    /// The data that answers a query.
    ///
    /// # Panics
    /// The answer has errors.
    pub async fn data(&self, query: &str) -> Value {
        let mut answer = self.post(&json!({ "query": query }), &[]).await.json();
        assert!(answer.get("errors").is_none(), "{}: {query}\n{answer:#}", self.name);
        answer["data"].take()
    }

    /// The first error that answers a query: its code, its message and its path.
    ///
    /// # Panics
    /// The answer has none.
    pub async fn error(&self, query: &str) -> (String, String, String) {
        let answer = self.post(&json!({ "query": query }), &[]).await.json();
        let error = &answer["errors"][0];
        assert!(error.is_object(), "{}: {query} was answered: {answer:#}", self.name);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&error["extensions"]["code"]), text(&error["message"]), error["path"].to_string())
    }

    /// An export of the map is the folder from which it was imported, and importing that records nothing.
    pub async fn assert_comes_back(&self, dir: &Path) {
        let out = tempfile::tempdir().expect("a folder");
        export(&self.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(csv_files(out.path()), csv_files(dir), "{}: {}", self.name, dir.display());
        let again = self.import(out.path()).await.expect("the same again");
        assert_eq!(again.revision, None, "{}: {}", self.name, dir.display());
    }

    /// Imports a data set.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn import(&self, dir: &Path) -> Result<ImportReport, Refusal> {
        self.import_by(dir, Options::default()).await
    }

    /// Imports a data set, or only tells what that would do.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn import_as(&self, dir: &Path, dry_run: bool) -> Result<ImportReport, Refusal> {
        self.import_by(dir, Options { dry_run, ..Options::default() }).await
    }

    /// Imports a data set in some way; the actor is a test.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn import_by(&self, dir: &Path, options: Options) -> Result<ImportReport, Refusal> {
        self.try_import(dir, options).await.unwrap_or_else(|error| panic!("{}: {error:#}", self.name))
    }

    /// Imports a data set in some way, if it can be read.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn try_import(&self, dir: &Path, options: Options) -> anyhow::Result<Result<ImportReport, Refusal>> {
        let options = Options { actor: "a test".to_owned(), ..options };
        import(&self.store, &Folder::Disk(dir.to_owned()), &options, &clock()).await
    }
}

/// A region as a fact, of a district if one is named.
#[must_use]
pub fn region(slug: &str, district: Option<&str>) -> Fact {
    let cells = region::SHAPE.columns.iter().map(|column| match (column.name, district) {
        ("region_id", _) => Cell::Text(slug.to_owned()),
        ("name", _) => Cell::Texts(Texts::single("en", format!("The region {slug}"))),
        ("district_id", Some(district)) => Cell::Ref(Kind::District, district.to_owned()),
        _ => Cell::Blank,
    });
    let (id, key) = (identity(Kind::Region, slug), slug.to_owned());
    let record = Record { id, key, cells: cells.collect(), validity: Validity::ALWAYS };
    undated(record)
}

/// A noun of which nobody states since when it is there, or until when.
#[must_use]
pub fn undated(record: Record) -> Fact {
    let time =
        Lifetime { validity: Validity::ALWAYS, stated: Span::default(), known_day: clock().today(TimeZone::UTC) };
    Fact {
        id: record.id,
        part_of: None,
        record,
        position: 1024,
        digest: 1,
        time: Some(time),
        shown: Validity::ALWAYS,
        turn: None,
    }
}

/// Records a revision that adds a region; gives its number.
///
/// # Errors
/// The store refuses it.
pub async fn record(store: &Store, region: Fact) -> Result<i64, StoreError> {
    let mut draft = store.draft().await?;
    let message = region.record.key.clone();
    draft.add(&region::SHAPE, region).await?;
    let about = NewRevision { recorded_at: TODAY.to_owned(), actor: "a test".to_owned(), message };
    Ok(draft.commit(about).await?.map_or(0, |revision| revision.number))
}
