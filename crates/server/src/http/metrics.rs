//! Metrics for Prometheus: functions that record them, and the handler of `/metrics`.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
};
use graphql::OperationKind;
use metrics::{Counter, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{
    app::SharedApp,
    capacity::Capacity,
    outcome::{AnsweredBy, OperationInfo, Outcome},
};

/// Counts a response by its status.
pub(crate) fn record_response(status: StatusCode) {
    static STATUSES: Counters<StatusCode> = Counters::new();
    STATUSES.increment(status, || counter!("edumap_http_requests_total", "status" => status.as_str().to_owned()));
}

/// Records an operation that has ended, or a request that was refused before it had one.
pub(crate) fn record_operation(
    info: Option<&OperationInfo>,
    outcome: &Outcome,
    transport: &'static str,
    took: Duration,
) {
    static ANSWERS: Counters<AnsweredBy> = Counters::new();
    static RUN: LazyLock<RunMetrics> = LazyLock::new(RunMetrics::register);
    let Outcome { label, answered_by, figures } = outcome;
    let labels = OperationLabels { kind: info.map_or("none", |info| info.kind), outcome: label, transport };
    // A subscription lasts as long as its client listens.
    let has_end = info.is_some_and(|info| info.kind != OperationKind::Subscription.as_str());
    let name = info.map_or("none", OperationInfo::name_or_anonymous);
    record_named_operation(name, labels, has_end.then_some(took));
    if let Some(by) = *answered_by {
        ANSWERS.increment(by, || counter!("edumap_answers_total", "by" => by.as_str()));
    }
    if info.is_none() || matches!(answered_by, Some(AnsweredBy::Cache | AnsweredBy::SharedRun)) {
        // Nothing ran for it, and what ran for another is counted there.
        return;
    }
    RUN.all_statements.increment(figures.statements);
    RUN.all_rows.increment(figures.rows);
    RUN.statements.record(to_f64(figures.statements));
    RUN.cost.record(to_f64(figures.cost));
}

/// Metrics of what ran, whatever its name.
struct RunMetrics {
    all_statements: Counter,
    all_rows: Counter,
    statements: Histogram,
    cost: Histogram,
}

impl RunMetrics {
    fn register() -> RunMetrics {
        RunMetrics {
            all_statements: counter!("edumap_sql_statements_total"),
            all_rows: counter!("edumap_sql_rows_total"),
            statements: histogram!("edumap_operation_statements"),
            cost: histogram!("edumap_operation_cost"),
        }
    }
}

/// Counters by the values of their labels, registered once each: the recorder takes longer to find one than to count.
struct Counters<L>(Mutex<Vec<(L, Counter)>>);

impl<L: PartialEq> Counters<L> {
    const fn new() -> Self {
        Counters(Mutex::new(Vec::new()))
    }

    fn increment(&self, labels: L, register: impl FnOnce() -> Counter) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counters.iter().find(|(known, _)| *known == labels) {
            Some((_, counter)) => counter.increment(1),
            None => {
                let counter = register();
                counter.increment(1);
                counters.push((labels, counter));
            }
        }
    }
}

/// The labels of an operation beside its name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct OperationLabels {
    kind: &'static str,
    outcome: &'static str,
    transport: &'static str,
}

/// The metrics of the operations of one name.
struct NamedMetrics {
    counts: Counters<OperationLabels>,
    /// `None` until one of them has ended.
    seconds: Option<Histogram>,
}

/// How many names of operations have a label of their own, with those of operations that have no name.
const MAX_LABELED_NAMES: usize = 200;

/// Counts an operation, and records how long it took if that says something.
///
/// Its name is a label, or `other` beyond the first `MAX_LABELED_NAMES`: clients choose names freely, and the number of
/// labels is bounded.
fn record_named_operation(name: &str, labels: OperationLabels, took: Option<Duration>) {
    static BY_NAME: LazyLock<Mutex<HashMap<String, NamedMetrics>>> = LazyLock::new(Mutex::default);
    let mut by_name = BY_NAME.lock().unwrap_or_else(PoisonError::into_inner);
    let name = if by_name.contains_key(name) || by_name.len() < MAX_LABELED_NAMES { name } else { "other" };
    if !by_name.contains_key(name) {
        by_name.insert(name.to_owned(), NamedMetrics { counts: Counters::new(), seconds: None });
    }
    let Some(metrics) = by_name.get_mut(name) else { return };
    let OperationLabels { kind, outcome, transport } = labels;
    metrics.counts.increment(labels, || {
        counter!(
            "edumap_operations_total",
            "operation" => name.to_owned(), "type" => kind, "outcome" => outcome, "transport" => transport
        )
    });
    if let Some(took) = took {
        let seconds = || histogram!("edumap_operation_seconds", "operation" => name.to_owned());
        metrics.seconds.get_or_insert_with(seconds).record(took.as_secs_f64());
    }
}

#[expect(clippy::cast_precision_loss, reason = "a histogram needs no more")]
fn to_f64(number: u64) -> f64 {
    number as f64
}

/// Counts whether a document that a client named by its digest was known.
pub(crate) fn record_document_lookup(is_there: bool) {
    counter!("edumap_persisted_documents_total", "result" => if is_there { "hit" } else { "miss" }).increment(1);
}

/// The metrics in the text format of Prometheus.
pub(crate) async fn handle_metrics(State(app): State<SharedApp>) -> impl IntoResponse {
    let (connections, idle) = app.backend.store.readers();
    gauge!("edumap_pool_connections").set(connections);
    gauge!("edumap_pool_idle_connections").set(u32::try_from(idle).unwrap_or(u32::MAX));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    gauge!("edumap_subscriptions").set(count(app.backend.feed.listener_count()));
    gauge!("edumap_websockets").set(count(app.capacity.sockets.len()));
    gauge!("edumap_free_turns").set(count(app.capacity.operations.available_permits()));
    gauge!("edumap_cached_answer_bytes").set(to_f64(app.answers.bytes()));
    metrics_process::Collector::default().collect();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics_recorder().render())
}

/// The recorder of all metrics, installed on the first call.
pub(crate) fn metrics_recorder() -> &'static PrometheusHandle {
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
        // A recorder that is installed already is a test's: then metrics go there, and this one stays empty.
        let _ = metrics::set_global_recorder(recorder);
        describe_metrics();
        handle
    })
}

fn describe_metrics() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!("edumap_http_requests_total", "HTTP requests by status");
    describe_counter!("edumap_operations_total", "GraphQL operations by name, type, outcome and transport");
    describe_counter!(
        "edumap_answers_total",
        "Answers by what gave them: a plan, resolvers, the cache, or a shared run"
    );
    describe_gauge!("edumap_cached_answer_bytes", Unit::Bytes, "Answers that are kept");
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

/// Every 10 seconds, drains histograms that no scrape has read, and forgets idle clients.
pub(crate) async fn run_maintenance(capacity: Arc<Capacity>) {
    loop {
        tokio::time::sleep(Duration::from_secs(10)).await;
        metrics_recorder().run_upkeep();
        if let Some(rates) = &capacity.rates {
            rates.forget_idle();
        }
    }
}
