//! `GET` and `POST /graphql`: a request is parsed, checked, run and answered.

use std::net::SocketAddr;

use axum::{
    Extension,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, FromRequest, Query, Request, State, WebSocketUpgrade, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use futures::{StreamExt, stream};
use graphql::{Answer, OperationKind, PreparedRequest, RequestOptions};
use tokio::time::timeout;

use super::{
    accept::{Accepted, MediaType},
    answer::{answer_response, error_response, not_modified_response, overloaded_response, request_error_response},
    app::App,
    cache::CachePolicy,
    capacity::ConnectionPermit,
    events::{event_stream_response, format_event},
    language::accepted_languages,
    origin::is_forged,
    outcome::{OperationInfo, Outcome},
    request::{ParsedRequest, RequestError, parse_get, parse_post},
    socket,
};

pub(super) async fn handle_get(
    State(app): State<App>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    permit: Option<Extension<ConnectionPermit>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response<Body> {
    match upgrade {
        Ok(upgrade) => {
            let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
            socket::upgrade_socket(app, &headers, upgrade, permit.map(|Extension(permit)| permit), peer)
        }
        Err(_) => {
            let head = RequestHead { headers, method: Method::GET, permit: permit.map(|Extension(permit)| permit) };
            let request = parse_get(&head.headers, pairs, &app.documents);
            let mut response = app.run_on_workers(answer_with_permit(app.clone(), head, request)).await;
            // Caches may keep a response without `Cache-Control`.
            response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
            response
        }
    }
}

pub(super) async fn handle_post(State(app): State<App>, headers: HeaderMap, request: Request) -> Response<Body> {
    let permit = request.extensions().get().cloned();
    let body = timeout(app.capacity.body_time, Bytes::from_request(request, &()));
    let request = match body.await {
        Ok(Ok(body)) => parse_post(&headers, &body, &app.documents),
        Ok(Err(BytesRejection::FailedToBufferBody(error))) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let problem = format!("the body is larger than {} bytes", app.capacity.body);
            Err(RequestError { status: Some(StatusCode::PAYLOAD_TOO_LARGE), code: "BODY_TOO_LARGE", problem })
        }
        Ok(Err(_)) => Err(RequestError::bad_request("the body did not arrive")),
        Err(_) => {
            let problem = format!("the body did not arrive within {} s", app.capacity.body_time.as_secs_f64());
            Err(RequestError { status: Some(StatusCode::REQUEST_TIMEOUT), code: "BODY_TIMEOUT", problem })
        }
    };
    app.run_on_workers(answer_with_permit(app.clone(), RequestHead { headers, method: Method::POST, permit }, request))
        .await
}

/// What is known of a request beside its body.
struct RequestHead {
    headers: HeaderMap,
    method: Method,
    /// That of the connection; `None` without a socket.
    permit: Option<ConnectionPermit>,
}

/// Answers a request; the response has a permit to be kept until it is read.
async fn answer_with_permit(
    app: App,
    head: RequestHead,
    request: Result<ParsedRequest, RequestError>,
) -> Response<Body> {
    let mut response = answer_request(&app, &head, request).await;
    let bytes = response.body().size_hint().exact().unwrap_or_default();
    match app.capacity.acquire_unread(bytes).await {
        Some(unread_permit) => {
            response.extensions_mut().insert(unread_permit);
            response
        }
        None => {
            let media = Accepted::from_headers(&head.headers).and_then(|accepted| accepted.media);
            let mut overloaded = overloaded_response(media.unwrap_or(MediaType::Json));
            // Log and metrics still name the operation.
            if let Some(info) = response.extensions_mut().remove::<OperationInfo>() {
                overloaded.extensions_mut().insert(info);
            }
            overloaded
        }
    }
}

async fn answer_request(app: &App, head: &RequestHead, request: Result<ParsedRequest, RequestError>) -> Response<Body> {
    let headers = &head.headers;
    let Some(accepted) = Accepted::from_headers(headers) else {
        let problem = "accept `application/graphql-response+json`, `application/json` or `text/event-stream`";
        return error_response(StatusCode::NOT_ACCEPTABLE, MediaType::Json, "NOT_ACCEPTABLE", problem);
    };
    let media = accepted.media.unwrap_or(MediaType::Json);
    if is_forged(headers) {
        let problem = "a page of another site sent this: send it with `Content-Type: application/json`, or with `GraphQL-Require-Preflight: 1`";
        return error_response(StatusCode::FORBIDDEN, media, "CSRF", problem);
    }
    let mut parsed = match request {
        Ok(parsed) => parsed,
        Err(wrong) => return request_error_response(&wrong, media),
    };
    parsed.fill_variables(app).await;
    let ParsedRequest { request, persist_as, .. } = parsed;
    let (cost, wants_stats) = (header_text(headers, "edumap-cost"), header_text(headers, "edumap-stats") == "1");
    let options = RequestOptions { languages: accepted_languages(headers), wants_stats, wants_cost: cost == "1" };
    let prepared = match graphql::prepare_request(&app.schema, &app.limits, request, !cost.is_empty()) {
        Ok(prepared) => prepared,
        Err(refused) => return respond_with(app, accepted, *refused),
    };
    if let Some(digest) = persist_as {
        app.documents.persist(digest, &prepared.request().query);
    }
    let info = OperationInfo::from_prepared(&prepared);
    let mut response = run_operation(app, head, accepted, prepared, options).await;
    response.extensions_mut().insert(info);
    response
}

/// Runs an operation, or answers with its cost.
async fn run_operation(
    app: &App,
    head: &RequestHead,
    accepted: Accepted,
    prepared: PreparedRequest,
    options: RequestOptions,
) -> Response<Body> {
    let RequestHead { headers, method, permit } = head;
    let media = accepted.media.unwrap_or(MediaType::Json);
    if *method == Method::GET && prepared.kind == OperationKind::Mutation {
        let problem = "a mutation is sent by `POST`";
        let mut response = error_response(StatusCode::METHOD_NOT_ALLOWED, media, "METHOD_NOT_ALLOWED", problem);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    if header_text(headers, "edumap-cost") == "only" {
        return respond_with(app, accepted, prepared.into_estimate());
    }
    if let Err(refused) = prepared.check_cost() {
        return respond_with(app, accepted, *refused);
    }
    if prepared.kind == OperationKind::Subscription {
        if accepted.stream {
            let stream_permit = permit.as_ref().map(ConnectionPermit::acquire_stream);
            if let Some(None) = stream_permit {
                let most = app.capacity.subscriptions;
                let problem = format!("a connection has at most {most} subscriptions at the same time: end one first");
                return respond_with(app, accepted, Answer::refused("TOO_MANY_SUBSCRIPTIONS", &problem));
            }
            let answers = prepared.stream_answers(&app.schema, &app.backend, options);
            return event_stream_response(
                answers.map(|answer| format_event(&answer)),
                app.capacity.clone(),
                stream_permit.flatten(),
            );
        }
        let problem = "a subscription is answered as `text/event-stream`, or over a WebSocket";
        return error_response(StatusCode::NOT_ACCEPTABLE, media, "NOT_ACCEPTABLE", problem);
    }
    let Some(_permit) = app.capacity.acquire_operation(prepared.cost()).await else {
        return overloaded_response(media);
    };
    let policy = match (*method == Method::GET, accepted.media) {
        (true, Some(_)) if options.wants_stats || options.wants_cost => CachePolicy::NoStore,
        (true, Some(media)) => {
            CachePolicy::for_request(app, prepared.request(), headers, media, prepared.is_pinned).await
        }
        _ => CachePolicy::Unset,
    };
    if let Some(tag) = policy.matching_tag(headers) {
        return not_modified_response(&policy, tag);
    }
    let answer = prepared.execute(&app.schema, &app.backend, options).await;
    if let Some(tag) = policy.tag_if_any(headers, &answer) {
        return not_modified_response(&policy, tag);
    }
    match policy {
        CachePolicy::Unset => respond_with(app, accepted, answer),
        policy => answer_response(&answer, media, policy),
    }
}

/// The value of a header; empty if it is missing or no text.
fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// An answer, or the error of a request that could be parsed, in the accepted form.
fn respond_with(app: &App, accepted: Accepted, answer: Answer) -> Response<Body> {
    match accepted.media {
        Some(media) => answer_response(&answer, media, CachePolicy::Unset),
        None => {
            let outcome = Outcome::from_answer(&answer);
            // It is serialized here, on the threads of operations, and not when it is sent.
            let mut response = event_stream_response(stream::iter([format_event(&answer)]), app.capacity.clone(), None);
            response.extensions_mut().insert(outcome);
            response
        }
    }
}
