//! HTTP: `POST` and `GET /graphql` as the GraphQL-over-HTTP draft has it, a playground, the schema, health.

mod accept;
mod answer;
mod request;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Query, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::get,
};
use domain::{Clock, Known};
use graphql::{Asker, Limits, OperationKind, Schema};
use persistence::Store;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

use self::{
    accept::Media,
    answer::{Keep, answered, refuse, tag_encoding, unchanged},
    request::{Wrong, addressed, is_forged, languages, posted},
};

/// What the routes share.
#[derive(Clone)]
pub struct App {
    /// The facts.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The API.
    pub schema: Schema,
    /// How much a request may ask for.
    pub limits: Arc<Limits>,
    /// How much the server takes on.
    pub capacity: Arc<Capacity>,
}

impl App {
    /// The server on a store, with the limits it has unless asked otherwise.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        App { store, clock, schema: graphql::schema(), limits: Arc::default(), capacity: Arc::default() }
    }
}

/// How much the server takes on.
#[derive(Debug)]
pub struct Capacity {
    /// How large a request's body may be, in bytes.
    pub body: usize,
    /// How long an operation waits for its turn.
    pub patience: Duration,
    /// The origins, beside its own, whose pages may read answers.
    pub origins: Vec<HeaderValue>,
    /// The turns of operations that run at the same time.
    pub turns: Arc<Semaphore>,
}

impl Capacity {
    /// Takes on so many operations at the same time.
    #[must_use]
    pub fn of(operations: usize) -> Self {
        let turns = Arc::new(Semaphore::new(operations));
        Capacity { body: 1 << 20, patience: Duration::from_secs(1), origins: Vec::new(), turns }
    }

    /// Waits for a turn; `None` if there was none in time.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        tokio::time::timeout(self.patience, self.turns.clone().acquire_owned()).await.ok()?.ok()
    }
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity::of(64)
    }
}

/// The whole server.
pub fn router(app: App) -> Router {
    let origins = app.capacity.origins.clone();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE, header::ACCEPT_LANGUAGE, header::IF_NONE_MATCH])
        .allow_headers(ASKING.map(HeaderName::from_static))
        .expose_headers([header::ETAG]);
    Router::new()
        .merge(crate::web::routes())
        .route("/graphql", get(by_get).post(by_post).layer(cors))
        .route("/schema.graphql", get(sdl))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .layer(DefaultBodyLimit::max(app.capacity.body))
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(tag_encoding))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(TraceLayer::new_for_http())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(app)
}

/// The headers of our own and of others by which a browser asks first.
const ASKING: [&str; 5] =
    ["apollo-require-preflight", "edumap-cost", "edumap-stats", "graphql-require-preflight", "x-apollo-operation-name"];

/// A panic is answered like any failure of ours; the log has its cause.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response<Body> {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
    tracing::error!(panic = text.unwrap_or("unknown"), "a request panicked");
    let problem = "the server failed; the log has the cause";
    refuse(StatusCode::INTERNAL_SERVER_ERROR, Media::Json, "INTERNAL", problem)
}

/// Whether the server can answer: its database is there, and up to date.
async fn ready(State(app): State<App>) -> Response<Body> {
    let problem = match app.store.pending_migrations().await {
        Ok(pending) if pending.is_empty() => match app.store.revision(Known::Latest).await {
            Ok(_) => return "ready\n".into_response(),
            Err(error) => error,
        },
        Ok(_) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database is not up to date\n").into_response();
        }
        Err(error) => error,
    };
    tracing::warn!(error = %problem, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer; the log has the cause\n")
        .into_response()
}

async fn sdl(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.schema.sdl())
}

async fn by_get(
    State(app): State<App>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response<Body> {
    answer(&app, &headers, Method::GET, addressed(pairs)).await
}

async fn by_post(State(app): State<App>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response<Body> {
    let request = match body {
        Ok(body) => posted(&headers, &body),
        Err(BytesRejection::FailedToBufferBody(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let problem = format!("the body is larger than {} bytes", app.capacity.body);
            Err(Wrong { status: StatusCode::PAYLOAD_TOO_LARGE, code: "BODY_TOO_LARGE", problem })
        }
        Err(_) => Err(Wrong::bad("the body did not arrive")),
    };
    answer(&app, &headers, Method::POST, request).await
}

/// Answers a request, however it came.
async fn answer(
    app: &App,
    headers: &HeaderMap,
    method: Method,
    request: Result<graphql::Request, Wrong>,
) -> Response<Body> {
    let Some(media) = Media::accepted(headers) else {
        let problem = "accept `application/graphql-response+json` or `application/json`";
        return refuse(StatusCode::NOT_ACCEPTABLE, Media::Json, "NOT_ACCEPTABLE", problem);
    };
    if is_forged(headers) {
        let problem = "a page of another site sent this: send it with `Content-Type: application/json`, or with `GraphQL-Require-Preflight: 1`";
        return refuse(StatusCode::FORBIDDEN, media, "CSRF", problem);
    }
    let request = match request {
        Ok(request) => request,
        Err(Wrong { status, code, problem }) => return refuse(status, media, code, &problem),
    };
    let wish = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (cost, wants_stats) = (wish("edumap-cost"), wish("edumap-stats") == "1");
    let asker = Asker { languages: languages(headers), wants_stats, wants_cost: cost == "1" };
    let prepared = match graphql::prepare(&app.schema, &app.limits, request, !cost.is_empty()) {
        Ok(prepared) => prepared,
        Err(refused) => return answered(&refused, media, Keep::Unsaid),
    };
    if method == Method::GET && prepared.kind == OperationKind::Mutation {
        let problem = "a mutation is sent by `POST`";
        let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, media, "METHOD_NOT_ALLOWED", problem);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if cost == "only" {
        return answered(&prepared.estimate(), media, Keep::Unsaid);
    }
    if let Err(refused) = prepared.check_cost() {
        return answered(&refused, media, Keep::Unsaid);
    }
    let Some(_turn) = app.capacity.turn().await else {
        let problem = "the server is busy: try again in a second";
        let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, media, "OVERLOADED", problem);
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    let keep = match method == Method::GET {
        true if asker.wants_stats || asker.wants_cost => Keep::Never,
        true => Keep::of(app, prepared.request(), headers, media, prepared.is_pinned).await,
        false => Keep::Unsaid,
    };
    if keep.is_held(headers) {
        return unchanged(&keep);
    }
    let answer = prepared.execute(&app.schema, &app.store, app.clock.clone(), asker).await;
    answered(&answer, media, keep)
}
