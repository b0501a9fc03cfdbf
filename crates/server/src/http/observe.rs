//! What an operator sees of requests: one line of the log each and a span for OpenTelemetry; metrics are in `metrics`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, Method, Response, StatusCode},
    middleware::Next,
};
use graphql::{Answer, Figures, OperationKind, Prepared};
use metrics::counter;
use opentelemetry_http::HeaderExtractor;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::{
    app::App,
    capacity::Capacity,
    metrics::ran,
    outcome::{About, Outcome},
};

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

/// How much of a slow document the log has.
const MOST_OF_A_DOCUMENT: usize = 2000;

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
