//! Metrics for Prometheus: what is counted, and the route that gives it.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{extract::State, http::header, response::IntoResponse};
use graphql::OperationKind;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{
    app::App,
    capacity::Capacity,
    outcome::{About, Outcome},
};

/// Takes note of an operation that has ended, or of a request that was refused before it had one.
pub(crate) fn ran(about: Option<&About>, outcome: &Outcome, transport: &'static str, took: Duration) {
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
