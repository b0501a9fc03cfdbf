//! Observes requests and the operations of WebSockets: a log line and a span each, and metrics through `metrics`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, Method, Response, StatusCode},
};
use graphql::{Answer, ErrorCode, Figures, OperationKind, PreparedRequest};
use opentelemetry_http::HeaderExtractor;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{
    app::App,
    capacity::Capacity,
    metrics::{record_operation, record_response},
    outcome::{AnsweredBy, OperationInfo, Outcome},
};

/// Counts and logs a request and its response, in a span of its own.
pub(crate) async fn observe_request(
    app: &App,
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response<Body>,
) -> Response<Body> {
    if !app.capacity.has_metrics && !app.capacity.logs_requests && !crate::telemetry::is_traced() {
        return answer(request).await;
    }
    let began = Instant::now();
    let id = request.headers().get(REQUEST_ID_HEADER).and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span =
        tracing::info_span!("request", otel.kind = "server", http.method = %method, url.path = path, request_id = id);
    if crate::telemetry::is_traced() {
        let parent =
            opentelemetry::global::get_text_map_propagator(|it| it.extract(&HeaderExtractor(request.headers())));
        // A span that is not recorded has no parent to set.
        let _ = span.set_parent(parent);
    }
    let response = answer(request).instrument(span.clone()).await;
    let took = began.elapsed();
    if app.capacity.has_metrics {
        count_request(&path, &response, took);
    }
    if app.capacity.logs_requests {
        span.in_scope(|| log_response(app, &method, &path, &response, took));
    }
    response
}

/// The header that names a request.
pub(super) const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Characters of a slow document that are logged.
const MAX_DOCUMENT_CHARS: usize = 2000;

/// The outcome of the operation that a response answers, or of the request if it has none; `None` if it is no GraphQL.
fn response_outcome(response: &Response<Body>) -> Option<Outcome> {
    let extensions = response.extensions();
    if let Some(outcome) = extensions.get::<Outcome>() {
        return Some(outcome.clone());
    }
    let label = if response.status() == StatusCode::NOT_MODIFIED { "not_modified" } else { "streaming" };
    extensions.get::<OperationInfo>().map(|_| Outcome::with_label(label))
}

fn count_request(path: &str, response: &Response<Body>, took: Duration) {
    record_response(response.status());
    if let Some(outcome) = response_outcome(response).filter(|_| path == "/graphql") {
        record_operation(response.extensions().get(), &outcome, "http", took);
    }
}

fn log_response(app: &App, method: &Method, path: &str, response: &Response<Body>, took: Duration) {
    let (status, micros) = (response.status().as_u16(), to_micros(took));
    let Some(outcome) = response_outcome(response) else {
        // Probes come every few seconds.
        match matches!(path, "/healthz" | "/readyz" | "/metrics") {
            true => tracing::debug!(%method, path, status, micros, "answered"),
            false => tracing::info!(%method, path, status, micros, "answered"),
        }
        return;
    };
    let info: Option<&OperationInfo> = response.extensions().get();
    let Outcome { label, answered_by, figures: Figures { statements, rows, cost, .. } } = &outcome;
    let (operation, kind) = (info.map(OperationInfo::name_or_anonymous), info.map(|info| info.kind));
    let by = answered_by.map(AnsweredBy::as_str);
    tracing::info!(
        %method, path, status, micros, operation, kind, outcome = label, by, statements, rows, cost, "answered"
    );
    if let Some(info) = info {
        log_if_slow(&app.capacity, info, &outcome, took);
    }
}

fn log_if_slow(capacity: &Capacity, info: &OperationInfo, outcome: &Outcome, took: Duration) {
    if took < capacity.slow {
        return;
    }
    let (operation, micros, Figures { statements, rows, cost, .. }) =
        (info.name_or_anonymous(), to_micros(took), outcome.figures);
    let document: String = info.document.chars().take(MAX_DOCUMENT_CHARS).collect();
    tracing::warn!(operation, micros, statements, rows, cost, document, "a slow operation");
}

fn to_micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// Records an operation of a WebSocket once, when it ends or is dropped.
pub(crate) struct OperationObserver {
    capacity: Arc<Capacity>,
    began: Instant,
    info: Option<OperationInfo>,
    /// Its outcome so far.
    outcome: Option<Outcome>,
    is_recorded: bool,
}

impl OperationObserver {
    pub(crate) fn start(capacity: Arc<Capacity>) -> Self {
        OperationObserver { capacity, began: Instant::now(), info: None, outcome: None, is_recorded: false }
    }

    /// Sets what is recorded of the operation, once it is parsed.
    pub(crate) fn set_operation(&mut self, prepared: &PreparedRequest) {
        self.info = Some(OperationInfo::from_prepared(prepared));
    }

    /// Adds an answer to the outcome; a subscription may have more.
    pub(crate) fn record_answer(&mut self, answer: &Answer) {
        let mut outcome = Outcome::from_answer(answer);
        if let Some(Outcome { figures: before, .. }) = &self.outcome {
            outcome.figures.statements += before.statements;
            outcome.figures.rows += before.rows;
        }
        self.outcome = Some(outcome);
        if answer.is_refused || !self.is_subscription() {
            self.record_outcome();
        }
    }

    fn is_subscription(&self) -> bool {
        self.info.as_ref().is_some_and(|info| info.kind == OperationKind::Subscription.as_str())
    }

    fn record_outcome(&mut self) {
        if std::mem::replace(&mut self.is_recorded, true) {
            return;
        }
        let outcome = self.outcome.take().unwrap_or_else(|| match self.is_subscription() {
            _ if std::thread::panicking() => Outcome::with_code(ErrorCode::Internal),
            true => Outcome::with_label("ok"),
            false => Outcome::with_label("canceled"),
        });
        let took = self.began.elapsed();
        if self.capacity.has_metrics {
            record_operation(self.info.as_ref(), &outcome, "websocket", took);
        }
        if self.capacity.logs_requests {
            self.log_outcome(&outcome, took);
        }
    }

    fn log_outcome(&self, outcome: &Outcome, took: Duration) {
        let (info, micros) = (self.info.as_ref(), to_micros(took));
        let Outcome { label, answered_by, figures: Figures { statements, rows, cost, .. } } = outcome;
        let (operation, kind) = (info.map(OperationInfo::name_or_anonymous), info.map(|info| info.kind));
        let by = answered_by.map(AnsweredBy::as_str);
        tracing::info!(
            transport = "websocket",
            micros,
            operation,
            kind,
            outcome = label,
            by,
            statements,
            rows,
            cost,
            "answered"
        );
        // A subscription lasts as long as its client listens.
        if let Some(info) = info.filter(|_| !self.is_subscription()) {
            log_if_slow(&self.capacity, info, outcome, took);
        }
    }
}

impl Drop for OperationObserver {
    fn drop(&mut self) {
        self.record_outcome();
    }
}
