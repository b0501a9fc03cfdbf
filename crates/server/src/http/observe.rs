//! What an operator sees of requests: one line of the log each, figures for Prometheus, a span for OpenTelemetry.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, Method, Response, StatusCode, header},
    middleware::Next,
    response::IntoResponse,
};
use graphql::{Answer, Figures, OperationKind, Prepared};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use opentelemetry_http::HeaderExtractor;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{app::App, capacity::Capacity};

/// What a request wanted to run.
#[derive(Debug, Clone)]
pub(crate) struct About {
    name: Option<String>,
    kind: &'static str,
    document: String,
}

impl About {
    pub(crate) fn of(prepared: &Prepared) -> Self {
        let (name, kind) = (prepared.name.clone(), prepared.kind.as_str());
        About { name, kind, document: prepared.request().query.clone() }
    }

    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("anonymous")
    }

    /// The operation's name as a label: a client may make up as many names as it likes, and a label must not.
    fn label(&self) -> String {
        static NAMES: Mutex<Option<HashSet<String>>> = Mutex::new(None);
        let Some(name) = &self.name else { return "anonymous".to_owned() };
        let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
        let names = names.get_or_insert_default();
        if names.contains(name) || (names.len() < MOST_NAMES && names.insert(name.clone())) {
            name.clone()
        } else {
            "other".to_owned()
        }
    }
}

/// How many names of operations are told apart.
const MOST_NAMES: usize = 200;
/// How much of a slow document the log has.
const MOST_OF_A_DOCUMENT: usize = 2000;

/// What became of it.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The code of the first error, or `ok`.
    pub(crate) code: String,
    pub(crate) figures: Figures,
}

impl Outcome {
    pub(crate) fn of(answer: &Answer) -> Self {
        Outcome { code: answer.code().unwrap_or("ok").to_owned(), figures: answer.figures }
    }

    fn named(code: &str) -> Self {
        Outcome { code: code.to_owned(), figures: Figures::default() }
    }
}

/// Takes note of an operation that has ended, or of a request that was refused before it had one.
fn ran(about: Option<&About>, outcome: &Outcome, transport: &'static str, took: Duration) {
    let operation = about.map_or_else(|| "none".to_owned(), About::label);
    let Outcome { code, figures } = outcome;
    counter!(
        "edumap_operations_total",
        "operation" => operation.clone(), "type" => about.map_or("none", |about| about.kind),
        "outcome" => code.clone(), "transport" => transport
    )
    .increment(1);
    let Some(about) = about else { return };
    // How long somebody listened says nothing of us.
    if about.kind != OperationKind::Subscription.as_str() {
        histogram!("edumap_operation_seconds", "operation" => operation).record(took.as_secs_f64());
    }
    counter!("edumap_sql_statements_total").increment(figures.statements);
    counter!("edumap_sql_rows_total").increment(figures.rows);
    histogram!("edumap_operation_statements").record(amount(figures.statements));
    histogram!("edumap_operation_cost").record(amount(figures.cost));
}

#[expect(clippy::cast_precision_loss, reason = "a histogram needs no more")]
fn amount(number: u64) -> f64 {
    number as f64
}

/// Takes note of whether a document was there that a client named by its digest.
pub(crate) fn looked_up(is_there: bool) {
    counter!("edumap_persisted_documents_total", "result" => if is_there { "hit" } else { "miss" }).increment(1);
}

/// Sees a request come and its answer go.
pub(crate) async fn observed(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    if !app.capacity.has_metrics && !app.capacity.logs_requests && !crate::telemetry::is_traced() {
        return next.run(request).await;
    }
    let began = Instant::now();
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span =
        tracing::info_span!("request", otel.kind = "server", http.method = %method, url.path = path, request_id = id);
    if crate::telemetry::is_traced() {
        let parent =
            opentelemetry::global::get_text_map_propagator(|it| it.extract(&HeaderExtractor(request.headers())));
        // A span that is not recorded has no parent to set.
        let _ = span.set_parent(parent);
    }
    let response = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    if app.capacity.has_metrics {
        count(&path, &response, took);
    }
    if app.capacity.logs_requests {
        span.in_scope(|| tell(&app, &method, &path, &response, took));
    }
    response
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What became of the operation that a response answers, or of the request if it has none; `None` if it is no GraphQL.
fn outcome(response: &Response<Body>) -> Option<Outcome> {
    let extensions = response.extensions();
    if let Some(outcome) = extensions.get::<Outcome>() {
        return Some(outcome.clone());
    }
    let code = if response.status() == StatusCode::NOT_MODIFIED { "not_modified" } else { "streaming" };
    extensions.get::<About>().map(|_| Outcome::named(code))
}

fn count(path: &str, response: &Response<Body>, took: Duration) {
    counter!("edumap_http_requests_total", "status" => response.status().as_u16().to_string()).increment(1);
    if let Some(outcome) = outcome(response).filter(|_| path == "/graphql") {
        ran(response.extensions().get(), &outcome, "http", took);
    }
}

fn tell(app: &App, method: &Method, path: &str, response: &Response<Body>, took: Duration) {
    let (status, micros) = (response.status().as_u16(), micros(took));
    let Some(outcome) = outcome(response) else {
        // Those who ask whether the server is alive ask all the time.
        match matches!(path, "/healthz" | "/readyz" | "/metrics") {
            true => tracing::debug!(%method, path, status, micros, "answered"),
            false => tracing::info!(%method, path, status, micros, "answered"),
        }
        return;
    };
    let about: Option<&About> = response.extensions().get();
    let Outcome { code, figures: Figures { statements, rows, cost } } = &outcome;
    let (operation, kind) = (about.map(About::name), about.map(|about| about.kind));
    tracing::info!(
        %method, path, status, micros, operation, kind, outcome = code, statements, rows, cost, "answered"
    );
    if let Some(about) = about {
        tell_if_slow(&app.capacity, about, &outcome, took);
    }
}

fn tell_if_slow(capacity: &Capacity, about: &About, outcome: &Outcome, took: Duration) {
    if took < capacity.slow {
        return;
    }
    let (operation, micros, Figures { statements, rows, cost }) = (about.name(), micros(took), outcome.figures);
    let document: String = about.document.chars().take(MOST_OF_A_DOCUMENT).collect();
    tracing::warn!(operation, micros, statements, rows, cost, document, "a slow operation");
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// An operation of a WebSocket: however it ends, and whoever ends it, note is taken of it once.
pub(crate) struct Watch {
    capacity: Arc<Capacity>,
    began: Instant,
    about: Option<About>,
    /// What became of it so far.
    outcome: Option<Outcome>,
    is_noted: bool,
}

impl Watch {
    pub(crate) fn begin(capacity: Arc<Capacity>) -> Self {
        Watch { capacity, began: Instant::now(), about: None, outcome: None, is_noted: false }
    }

    /// It was read.
    pub(crate) fn reads(&mut self, prepared: &Prepared) {
        self.about = Some(About::of(prepared));
    }

    /// It has an answer; a subscription may have more.
    pub(crate) fn answers(&mut self, answer: &Answer) {
        let mut outcome = Outcome::of(answer);
        if let Some(Outcome { figures: before, .. }) = &self.outcome {
            outcome.figures.statements += before.statements;
            outcome.figures.rows += before.rows;
        }
        self.outcome = Some(outcome);
        if answer.is_refused || !self.listens() {
            self.note();
        }
    }

    fn listens(&self) -> bool {
        self.about.as_ref().is_some_and(|about| about.kind == OperationKind::Subscription.as_str())
    }

    fn note(&mut self) {
        if std::mem::replace(&mut self.is_noted, true) {
            return;
        }
        let outcome = self.outcome.take().unwrap_or_else(|| match self.listens() {
            _ if std::thread::panicking() => Outcome::named("INTERNAL"),
            true => Outcome::named("ok"),
            false => Outcome::named("canceled"),
        });
        let took = self.began.elapsed();
        if self.capacity.has_metrics {
            ran(self.about.as_ref(), &outcome, "websocket", took);
        }
        if self.capacity.logs_requests {
            self.tell(&outcome, took);
        }
    }

    fn tell(&self, outcome: &Outcome, took: Duration) {
        let (about, micros) = (self.about.as_ref(), micros(took));
        let Outcome { code, figures: Figures { statements, rows, cost } } = outcome;
        let (operation, kind) = (about.map(About::name), about.map(|about| about.kind));
        tracing::info!(
            transport = "websocket",
            micros,
            operation,
            kind,
            outcome = code,
            statements,
            rows,
            cost,
            "answered"
        );
        // A subscription takes as long as its client likes.
        if let Some(about) = about.filter(|_| !self.listens()) {
            tell_if_slow(&self.capacity, about, outcome, took);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.note();
    }
}

/// The figures, as Prometheus reads them.
pub(crate) async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let (connections, idle) = app.ground.store.readers();
    gauge!("edumap_pool_connections").set(connections);
    gauge!("edumap_pool_idle_connections").set(u32::try_from(idle).unwrap_or(u32::MAX));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    gauge!("edumap_subscriptions").set(count(app.ground.feed.listeners()));
    gauge!("edumap_websockets").set(count(app.capacity.sockets.len()));
    gauge!("edumap_free_turns").set(count(app.capacity.turns.available_permits()));
    metrics_process::Collector::default().collect();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], recorder().render())
}

/// Where all figures go; begins to take them when it is first asked for.
pub(crate) fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0];
        let statements = [0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0];
        let costs = [10.0, 100.0, 1_000.0, 10_000.0, 100_000.0, 1_000_000.0];
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("edumap_operation_seconds".to_owned()), &seconds)
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Full("edumap_operation_statements".to_owned()), &statements)
            })
            .and_then(|builder| {
                builder.set_buckets_for_metric(Matcher::Full("edumap_operation_cost".to_owned()), &costs)
            })
            .expect("there are buckets")
            .build_recorder();
        let handle = recorder.handle();
        // Another recorder in this process would be a test's: then its figures are elsewhere, and ours stay empty.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("edumap_http_requests_total", "HTTP requests by status");
    describe_counter!("edumap_operations_total", "GraphQL operations by name, type, outcome and transport");
    describe_counter!(
        "edumap_persisted_documents_total",
        "Documents named by their digest, by whether they were there"
    );
    describe_histogram!("edumap_operation_seconds", Unit::Seconds, "How long operations took");
    describe_histogram!("edumap_operation_statements", "How many SQL statements operations took");
    describe_histogram!("edumap_operation_cost", "How many fields answers were expected to have");
    describe_counter!("edumap_sql_statements_total", "SQL statements of operations");
    describe_counter!("edumap_sql_rows_total", "Rows that SQL statements of operations gave");
    describe_gauge!("edumap_pool_connections", "Connections to read from the database");
    describe_gauge!("edumap_pool_idle_connections", "Idle connections to read from the database");
    describe_gauge!("edumap_subscriptions", "Subscriptions that listen");
    describe_gauge!("edumap_websockets", "Open WebSockets");
    describe_gauge!("edumap_free_turns", "Operations that could begin at once");
    metrics_process::Collector::default().describe();
}

/// Keeps small what grows with time: figures that nobody reads, clients that have gone.
pub(crate) async fn keep_up(capacity: Arc<Capacity>) {
    loop {
        tokio::time::sleep(Duration::from_secs(10)).await;
        recorder().run_upkeep();
        if let Some(rates) = &capacity.rates {
            rates.forget();
        }
    }
}
