//! HTTP: `POST` and `GET /graphql` as the GraphQL-over-HTTP draft has it, a playground, the schema, health.

mod accept;
mod answer;
mod client;
mod encoding;
mod events;
mod half_closed;
mod listen;
mod missing;
mod observe;
mod proxy;
mod request;
mod socket;
mod unread;
mod vary;

use std::{convert::Infallible, net::SocketAddr, num::NonZeroU32, panic::resume_unwind, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::{Body, Bytes, HttpBody},
    extract::{
        ConnectInfo, DefaultBodyLimit, FromRequest, Query, Request, State, WebSocketUpgrade, rejection::BytesRejection,
    },
    http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header},
    middleware::{self, Next},
    response::IntoResponse,
    routing::get,
};
use domain::Clock;
use futures::{StreamExt, stream};
use graphql::{Answer, Asker, Feed, Ground, Limits, OperationKind, Prepared, Schema};
use persistence::Store;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
};
use tracing::Instrument;

use self::{
    accept::{Accepted, Media},
    answer::{Keep, answered, refuse, refused, tag_encoding, unchanged},
    encoding::negotiated,
    events::{event, streamed},
    listen::Room,
    missing::{not_allowed, not_found},
    observe::{About, Outcome, metrics, observed},
    request::{Asked, RequestError, addressed, is_forged, languages, posted, targeted},
};
pub use self::{client::Rates, listen::serve, proxy::Proxies};
pub(crate) use self::{encoding::takes, observe::keep_up, request::without_default_port};
use crate::{documents::Documents, examples::Examples};

/// What the routes share.
#[derive(Clone)]
pub struct App {
    /// What requests run on.
    pub ground: Ground,
    /// The API.
    pub schema: Schema,
    /// How much a request may ask for.
    pub limits: Arc<Limits>,
    /// How much the server takes on.
    pub capacity: Arc<Capacity>,
    /// The documents that a request may name.
    pub documents: Arc<Documents>,
    /// The nouns that ready-made questions are asked about unless told otherwise.
    pub examples: Arc<Examples>,
    /// The threads that operations have to themselves, so that those of connections always have time; with none, they
    /// share.
    pub workers: Option<Handle>,
}

impl App {
    /// The server on a store, with the limits it has unless asked otherwise.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        let ground = Ground { store, clock, zone: None, feed: Feed::default() };
        App {
            ground,
            schema: graphql::schema(),
            limits: Arc::default(),
            capacity: Arc::default(),
            documents: Arc::default(),
            examples: Arc::default(),
            workers: None,
        }
    }

    /// Runs something on the threads of operations; it ends when nobody awaits it any more.
    pub(crate) async fn work<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let Some(workers) = &self.workers else { return work.await };
        match AbortOnDropHandle::new(workers.spawn(work.in_current_span())).await {
            Ok(done) => done,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The process ends, and this with it.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// How much the server takes on.
pub struct Capacity {
    /// How large a request's body may be, in bytes.
    pub body: usize,
    /// How long a request's head may take.
    pub head_time: Duration,
    /// How long a request's body may take.
    pub body_time: Duration,
    /// How long a client may leave unread what is written to it.
    pub unread_time: Duration,
    /// How many connections there may be.
    pub connections: usize,
    /// How long an operation waits for its turn.
    pub patience: Duration,
    /// The cost, in thousands, that large operations may have together while they run.
    pub large: Share,
    /// The kilobytes that answers may have together while they wait to be read.
    pub unread: Share,
    /// The origins, beside its own, whose pages may read answers.
    pub origins: Vec<HeaderValue>,
    /// The turns of operations that run at the same time.
    pub turns: Arc<Semaphore>,
    /// How often each client may ask; as often as it likes if there is no rate.
    pub rates: Option<Rates>,
    /// The proxies that are believed about whom a request comes from, and which address was asked.
    pub proxies: Proxies,
    /// How large a message of a WebSocket may be, in bytes.
    pub message: usize,
    /// How many messages a second a WebSocket may send and, apart from those, how many operations it may start; in bursts
    /// as large as twice the operations that it may have.
    pub messages: NonZeroU32,
    /// How many operations a WebSocket, and how many event streams another connection, may have at the same time.
    pub subscriptions: usize,
    /// How long a WebSocket may take to introduce itself.
    pub init_time: Duration,
    /// How long an operation takes that the log calls slow.
    pub slow: Duration,
    /// Whether figures are kept, and given to whoever asks.
    pub has_metrics: bool,
    /// Whether the log has a line for each request.
    pub logs_requests: bool,
    /// How long open requests may go on once the server is told to stop.
    pub grace: Duration,
    /// Tells that the server is to stop.
    pub stopping: CancellationToken,
    /// The open WebSockets.
    pub sockets: TaskTracker,
}

impl Capacity {
    /// Takes on so many operations at the same time.
    #[must_use]
    pub fn of(operations: usize) -> Self {
        Capacity {
            body: 1 << 20,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            unread_time: Duration::from_secs(30),
            connections: 10_000,
            patience: Duration::from_secs(1),
            large: Share::of(4_000),
            unread: Share::of(512 * 1024),
            origins: Vec::new(),
            turns: Arc::new(Semaphore::new(operations)),
            rates: None,
            proxies: Proxies::default(),
            message: 1 << 18,
            messages: NonZeroU32::new(50).unwrap_or(NonZeroU32::MIN),
            subscriptions: 50,
            init_time: Duration::from_secs(3),
            slow: Duration::from_secs(1),
            has_metrics: true,
            logs_requests: true,
            grace: Duration::from_secs(30),
            stopping: CancellationToken::new(),
            sockets: TaskTracker::new(),
        }
    }

    /// Waits for the turn of an operation that is expected to cost so much; `None` if there was none in time.
    ///
    /// Large ones wait for each other, and no small one for them.
    async fn turn(&self, cost: u64) -> Option<Turn> {
        let thousands = if cost < LARGE { 0 } else { cost.div_ceil(1_000) };
        let both = async { Some((self.large.take(thousands).await?, self.turns.clone().acquire_owned().await.ok()?)) };
        let (large, turn) = timeout(self.patience, both).await.ok()??;
        Some(Turn { _turn: turn, _large: large })
    }

    /// Waits for room to keep an answer of so many bytes until it is read; `None` if there was none in time.
    async fn hold(&self, bytes: u64) -> Option<Held> {
        let kilobytes = if bytes <= SMALL { 0 } else { bytes.div_ceil(1024) };
        let held = timeout(self.patience, self.unread.take(kilobytes)).await.ok()??;
        Some(Held { _held: Arc::new(held) })
    }
}

/// The cost from which an operation is a large one.
const LARGE: u64 = 50_000;
/// Bytes of an answer that every connection has room for.
const SMALL: u64 = 16 * 1024;

/// Something of which there is so much, for all to share.
#[derive(Debug, Clone)]
pub struct Share {
    left: Arc<Semaphore>,
    all: u32,
}

impl Share {
    /// So much for all.
    #[must_use]
    pub fn of(all: u32) -> Share {
        Share { left: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits for so much of it, or for all there is.
    async fn take(&self, wanted: u64) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).min(self.all);
        self.left.clone().acquire_many_owned(wanted).await.ok()
    }
}

/// The turn of an operation.
struct Turn {
    _turn: OwnedSemaphorePermit,
    _large: OwnedSemaphorePermit,
}

/// The room of an answer that is not read yet.
#[derive(Clone)]
struct Held {
    _held: Arc<OwnedSemaphorePermit>,
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
        // A second call would take the place of the first.
        .allow_headers(PLAIN.into_iter().chain(ASKING.map(HeaderName::from_static)).collect::<Vec<_>>())
        .expose_headers([header::ETAG]);
    let paced = middleware::from_fn_with_state(app.clone(), at_its_rate);
    let targeted = middleware::map_request_with_state(app.clone(), targeted);
    let graphql = get(by_get).post(by_post).fallback(not_allowed);
    let graphql = graphql.layer(targeted).layer::<_, Infallible>(paced).layer(cors);
    let graphql = graphql.layer(middleware::map_response(vary::api));
    let figures = match app.capacity.has_metrics {
        true => Router::new().route("/metrics", get(metrics)),
        false => Router::new(),
    };
    observe::recorder();
    Router::new()
        .merge(figures)
        .merge(crate::web::routes())
        .route("/graphql", graphql)
        .route("/schema.graphql", get(sdl))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .method_not_allowed_fallback(not_allowed)
        .fallback(not_found)
        .layer(DefaultBodyLimit::max(app.capacity.body))
        .layer(CompressionLayer::new())
        .layer(middleware::map_response(tag_encoding))
        .layer(middleware::from_fn(negotiated))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::map_response(vary::joined))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(middleware::from_fn_with_state(app.clone(), observed))
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .with_state(app)
}

/// The headers of HTTP that a page of another origin may send.
const PLAIN: [HeaderName; 4] = [header::CONTENT_TYPE, header::ACCEPT, header::ACCEPT_LANGUAGE, header::IF_NONE_MATCH];

/// The headers of our own and of others by which a browser asks first.
const ASKING: [&str; 5] =
    ["apollo-require-preflight", "edumap-cost", "edumap-stats", "graphql-require-preflight", "x-apollo-operation-name"];

/// A panic is answered like any failure of ours; the log has its cause.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response<Body> {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref().copied());
    tracing::error!(panic = text.unwrap_or("unknown"), "a request panicked");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, Media::Json, "INTERNAL", FAILED)
}

/// Whether the server can answer: its database is there, and up to date.
async fn ready(State(app): State<App>) -> Response<Body> {
    let problem = match app.ground.store.is_current().await {
        Ok(true) => return "ready\n".into_response(),
        Ok(false) => {
            return (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database is not up to date\n").into_response();
        }
        Err(error) => error,
    };
    tracing::warn!(error = %problem, "not ready");
    (StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer; the log has the cause\n")
        .into_response()
}

async fn sdl(State(app): State<App>) -> Response<Body> {
    if !app.schema.is_open() {
        let problem = "this server does not tell its schema";
        return refuse(StatusCode::FORBIDDEN, Media::Json, "INTROSPECTION_DISABLED", problem);
    }
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], app.schema.sdl()).into_response()
}

/// Turns away a client that asks too often.
async fn at_its_rate(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let (Some(rates), Some(peer)) = (&app.capacity.rates, peer) else { return next.run(request).await };
    let client = app.capacity.proxies.client(peer.ip(), request.headers());
    let Err(wait) = rates.take(client) else { return next.run(request).await };
    let media = Accepted::of(request.headers()).and_then(|accepted| accepted.media).unwrap_or(Media::Json);
    let problem = "too many requests came from this address";
    let mut response = refuse(StatusCode::TOO_MANY_REQUESTS, media, "RATE_LIMITED", problem);
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

async fn by_get(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    room: Option<Extension<Room>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response<Body> {
    match upgrade {
        Ok(upgrade) => {
            let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
            socket::open(app, &headers, upgrade, room.map(|Extension(room)| room), peer)
        }
        Err(_) => {
            let caller = Caller { headers, method: Method::GET, room: room.map(|Extension(room)| room) };
            let request = addressed(&caller.headers, pairs, &app.documents);
            let mut response = app.work(answer(app.clone(), caller, request)).await;
            // What says nothing of it may be kept by whoever likes to.
            response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
            response
        }
    }
}

async fn by_post(State(app): State<App>, headers: HeaderMap, request: Request) -> Response<Body> {
    let room = request.extensions().get().cloned();
    let body = timeout(app.capacity.body_time, Bytes::from_request(request, &()));
    let request = match body.await {
        Ok(Ok(body)) => posted(&headers, &body, &app.documents),
        Ok(Err(BytesRejection::FailedToBufferBody(error))) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let problem = format!("the body is larger than {} bytes", app.capacity.body);
            Err(RequestError { status: Some(StatusCode::PAYLOAD_TOO_LARGE), code: "BODY_TOO_LARGE", problem })
        }
        Ok(Err(_)) => Err(RequestError::bad("the body did not arrive")),
        Err(_) => {
            let problem = format!("the body did not arrive within {} s", app.capacity.body_time.as_secs_f64());
            Err(RequestError { status: Some(StatusCode::REQUEST_TIMEOUT), code: "BODY_TIMEOUT", problem })
        }
    };
    app.work(answer(app.clone(), Caller { headers, method: Method::POST, room }, request)).await
}

/// Who asks, and how.
struct Caller {
    headers: HeaderMap,
    method: Method,
    /// The connection's; there is none without a socket.
    room: Option<Room>,
}

/// Answers a request, however it came, once there is room for the answer.
async fn answer(app: App, caller: Caller, request: Result<Asked, RequestError>) -> Response<Body> {
    let mut response = answer_at_once(&app, &caller, request).await;
    let bytes = response.body().size_hint().exact().unwrap_or_default();
    match app.capacity.hold(bytes).await {
        Some(held) => {
            response.extensions_mut().insert(held);
            response
        }
        None => {
            let media = Accepted::of(&caller.headers).and_then(|accepted| accepted.media);
            let mut busy = overloaded(media.unwrap_or(Media::Json));
            // It is still known which operation there was no room for.
            if let Some(about) = response.extensions_mut().remove::<About>() {
                busy.extensions_mut().insert(about);
            }
            busy
        }
    }
}

/// What is said of failures of ours.
const FAILED: &str = "the server failed; the log has the cause";
/// What is said when there is no room.
const BUSY: (&str, &str) = ("OVERLOADED", "the server is busy: try again in a second");

/// Asks to come again.
fn busy() -> Answer {
    Answer::refused(BUSY.0, BUSY.1)
}

/// The same, in HTTP's words.
fn overloaded(media: Media) -> Response<Body> {
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, media, BUSY.0, BUSY.1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

async fn answer_at_once(app: &App, caller: &Caller, request: Result<Asked, RequestError>) -> Response<Body> {
    let headers = &caller.headers;
    let Some(accepted) = Accepted::of(headers) else {
        let problem = "accept `application/graphql-response+json`, `application/json` or `text/event-stream`";
        return refuse(StatusCode::NOT_ACCEPTABLE, Media::Json, "NOT_ACCEPTABLE", problem);
    };
    let media = accepted.media.unwrap_or(Media::Json);
    if is_forged(headers) {
        let problem = "a page of another site sent this: send it with `Content-Type: application/json`, or with `GraphQL-Require-Preflight: 1`";
        return refuse(StatusCode::FORBIDDEN, media, "CSRF", problem);
    }
    let mut asked = match request {
        Ok(asked) => asked,
        Err(wrong) => return refused(&wrong, media),
    };
    asked.complete(app).await;
    let Asked { request, keep, .. } = asked;
    let (cost, wants_stats) = (wish(headers, "edumap-cost"), wish(headers, "edumap-stats") == "1");
    let asker = Asker { languages: languages(headers), wants_stats, wants_cost: cost == "1" };
    let prepared = match graphql::prepare(&app.schema, &app.limits, request, !cost.is_empty()) {
        Ok(prepared) => prepared,
        Err(refused) => return give(app, accepted, *refused),
    };
    if let Some(digest) = keep {
        app.documents.keep(digest, &prepared.request().query);
    }
    let about = About::of(&prepared);
    let mut response = run(app, caller, accepted, prepared, asker).await;
    response.extensions_mut().insert(about);
    response
}

/// Runs what was read, or says what it would cost.
async fn run(app: &App, caller: &Caller, accepted: Accepted, prepared: Prepared, asker: Asker) -> Response<Body> {
    let Caller { headers, method, room } = caller;
    let media = accepted.media.unwrap_or(Media::Json);
    if *method == Method::GET && prepared.kind == OperationKind::Mutation {
        let problem = "a mutation is sent by `POST`";
        let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, media, "METHOD_NOT_ALLOWED", problem);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if wish(headers, "edumap-cost") == "only" {
        return give(app, accepted, prepared.estimate());
    }
    if let Err(refused) = prepared.check_cost() {
        return give(app, accepted, *refused);
    }
    if prepared.kind == OperationKind::Subscription {
        if accepted.stream {
            let turn = room.as_ref().map(Room::stream);
            if let Some(None) = turn {
                let most = app.capacity.subscriptions;
                let problem = format!("a connection has at most {most} subscriptions at the same time: end one first");
                return give(app, accepted, Answer::refused("TOO_MANY_SUBSCRIPTIONS", &problem));
            }
            let answers = prepared.answers(&app.schema, &app.ground, asker);
            return streamed(answers.map(|answer| event(&answer)), app.capacity.clone(), turn.flatten());
        }
        let problem = "a subscription is answered as `text/event-stream`, or over a WebSocket";
        return refuse(StatusCode::NOT_ACCEPTABLE, media, "NOT_ACCEPTABLE", problem);
    }
    let Some(_turn) = app.capacity.turn(prepared.cost()).await else { return overloaded(media) };
    let keep = match (*method == Method::GET, accepted.media) {
        (true, Some(_)) if asker.wants_stats || asker.wants_cost => Keep::Never,
        (true, Some(media)) => Keep::of(app, prepared.request(), headers, media, prepared.is_pinned).await,
        _ => Keep::Unsaid,
    };
    if let Some(held) = keep.held(headers) {
        return unchanged(&keep, held);
    }
    let answer = prepared.execute(&app.schema, &app.ground, asker).await;
    if let Some(tag) = keep.exists(headers, &answer) {
        return unchanged(&keep, tag);
    }
    match keep {
        Keep::Unsaid => give(app, accepted, answer),
        keep => answered(&answer, media, keep),
    }
}

/// What a header asks for.
fn wish<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// An answer in the form that was asked for; refusals too, once the request was read.
fn give(app: &App, accepted: Accepted, answer: Answer) -> Response<Body> {
    match accepted.media {
        Some(media) => answered(&answer, media, Keep::Unsaid),
        None => {
            let outcome = Outcome::of(&answer);
            // It is written here, on the threads of operations, and not when it is sent.
            let mut response = streamed(stream::iter([event(&answer)]), app.capacity.clone(), None);
            response.extensions_mut().insert(outcome);
            response
        }
    }
}
