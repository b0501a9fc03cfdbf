//! `GET` and `POST /graphql`: a request is read, checked, run and answered.

use std::net::SocketAddr;

use axum::{
    Extension,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, FromRequest, Query, Request, State, WebSocketUpgrade, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use futures::{StreamExt, stream};
use graphql::{Answer, Asker, OperationKind, Prepared};
use tokio::time::timeout;

use super::{
    accept::{Accepted, Media},
    answer::{answered, overloaded, refuse, refused, unchanged},
    app::App,
    cache::Keep,
    capacity::Room,
    events::{event, streamed},
    language::languages,
    origin::is_forged,
    outcome::{About, Outcome},
    request::{Asked, RequestError, addressed, posted},
    socket,
};

pub(super) async fn by_get(
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

pub(super) async fn by_post(State(app): State<App>, headers: HeaderMap, request: Request) -> Response<Body> {
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
