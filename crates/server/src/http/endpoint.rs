//! `GET` and `POST /graphql`: a request is parsed, checked, run and answered.

use std::{mem::take, net::SocketAddr, sync::Arc};

use axum::{
    Extension,
    body::{Body, Bytes, HttpBody},
    extract::{ConnectInfo, FromRequest, Query, Request, State, WebSocketUpgrade, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header},
};
use futures::{FutureExt, StreamExt, stream};
use graphql::{Answer, ErrorCode, Freshness, OperationKind, PreparedRequest, RequestOptions};
use tokio::time::timeout;

use super::{
    accept::{Accepted, MediaType},
    answer::{
        answer_response, error_response, not_modified_response, overloaded_response, request_error_response,
        written_response,
    },
    answer_cache::AnswerKey,
    app::{App, SharedApp},
    cache::CachePolicy,
    capacity::ConnectionPermit,
    encoding::Encoding,
    events::{event_stream_response, format_event},
    language::accepted_languages,
    origin::is_forged,
    outcome::{OperationInfo, Outcome},
    request::{ParsedRequest, RequestError, parse_get, parse_post},
    row_stream::{RowOptions, answer_rows},
    socket,
    written::WrittenAnswer,
};

pub(super) async fn handle_get(
    State(app): State<SharedApp>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    permit: Option<Extension<ConnectionPermit>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Query(pairs): Query<Vec<(String, String)>>,
    mut request: Request,
) -> Response<Body> {
    let headers = take(request.headers_mut());
    match upgrade {
        Ok(upgrade) => {
            let peer = peer.map(|Extension(ConnectInfo(peer))| peer);
            socket::upgrade_socket(app, &headers, upgrade, permit.map(|Extension(permit)| permit), peer)
        }
        Err(_) => {
            let permit = permit.map(|Extension(permit)| permit);
            let head = RequestHead { headers, method: Method::GET, permit, rows: None };
            let request = parse_get(&head.headers, pairs, &app.documents);
            let accepted = Accepted::from_headers(&head.headers);
            let mut response = answer_with_permit(app, head, accepted, request).await;
            // Caches may keep a response without `Cache-Control`.
            response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
            response
        }
    }
}

pub(super) async fn handle_post(State(app): State<SharedApp>, mut request: Request) -> Response<Body> {
    let headers = take(request.headers_mut());
    let permit = request.extensions().get().cloned();
    let body = timeout(app.capacity.body_time, Bytes::from_request(request, &()));
    let request = match body.await {
        Ok(Ok(body)) => parse_post(&headers, &body, &app.documents),
        Ok(Err(BytesRejection::FailedToBufferBody(error))) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let problem = format!("the body is larger than {} bytes", app.capacity.body);
            Err(RequestError { code: ErrorCode::BodyTooLarge, problem })
        }
        Ok(Err(_)) => Err(RequestError::bad_request("the body did not arrive")),
        Err(_) => {
            let problem = format!("the body did not arrive within {} s", app.capacity.body_time.as_secs_f64());
            Err(RequestError { code: ErrorCode::BodyTimeout, problem })
        }
    };
    let accepted = Accepted::from_headers(&headers);
    answer_with_permit(app, RequestHead { headers, method: Method::POST, permit, rows: None }, accepted, request).await
}

/// What is known of a request beside its body.
pub(super) struct RequestHead {
    pub(super) headers: HeaderMap,
    pub(super) method: Method,
    /// That of the connection; `None` without a socket.
    pub(super) permit: Option<ConnectionPermit>,
    /// How rows are wanted, if the address says so; else headers do.
    pub(super) rows: Option<RowOptions>,
}

impl RequestHead {
    /// The value of a header; empty if it is missing or no text.
    fn text(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn options(&self, app: &App) -> RequestOptions {
        RequestOptions {
            languages: accepted_languages(&self.headers),
            wants_stats: self.text("edumap-stats") == "1",
            wants_cost: self.text("edumap-cost") == "1",
            wants_plan: app.capacity.explains && self.text("edumap-plan") == "1",
        }
    }
}

/// Answers a request in a form that its client accepts; the response has a permit to be kept until it is read.
pub(super) async fn answer_with_permit(
    app: SharedApp,
    head: RequestHead,
    accepted: Option<Accepted>,
    request: Result<ParsedRequest, RequestError>,
) -> Response<Body> {
    let mut response = match accepted {
        Some(accepted) => answer_request(&app, head, accepted, request).await,
        None => {
            let problem = "accept `application/graphql-response+json`, `application/json` or `text/event-stream` or, for rows, `text/csv`, `application/x-ndjson`, `application/geo+json` or the type of a spreadsheet";
            error_response(MediaType::Json, ErrorCode::NotAcceptable, problem)
        }
    };
    let bytes = response.body().size_hint().exact().unwrap_or_default();
    match app.capacity.acquire_unread(bytes).await {
        Some(unread_permit) => {
            response.extensions_mut().insert(unread_permit);
            response
        }
        None => {
            let media = accepted.and_then(|accepted| accepted.media);
            let mut overloaded = overloaded_response(media.unwrap_or(MediaType::Json));
            // Log and metrics still name the operation.
            if let Some(info) = response.extensions_mut().remove::<OperationInfo>() {
                overloaded.extensions_mut().insert(info);
            }
            overloaded
        }
    }
}

async fn answer_request(
    app: &SharedApp,
    head: RequestHead,
    accepted: Accepted,
    request: Result<ParsedRequest, RequestError>,
) -> Response<Body> {
    let media = accepted.media.unwrap_or(MediaType::Json);
    if is_forged(&head.headers) {
        let problem = "a page of another site sent this: send it with `Content-Type: application/json`, or with `GraphQL-Require-Preflight: 1`";
        return error_response(media, ErrorCode::Csrf, problem);
    }
    let parsed = match request {
        Ok(parsed) => parsed,
        Err(wrong) => return request_error_response(&wrong, media),
    };
    let list = parsed.question.map(|question| question.rows);
    let exchange = Arc::new(Exchange { app: app.clone(), head, accepted, list });
    // With a document that was checked before it takes microseconds, and no other thread is woken for them.
    let is_checked = parsed.question.is_none() && app.schema.is_checked(&app.limits, &parsed.request.query);
    let preparing = exchange.clone();
    let prepared = match is_checked {
        true => preparing.prepare(parsed).await,
        false => app.run_on_workers(async move { preparing.prepare(parsed).await }).await,
    };
    match prepared {
        Ok(prepared) => {
            let info = OperationInfo::from_prepared(&prepared);
            let mut response = exchange.answer_operation(prepared).await;
            response.extensions_mut().insert(info);
            response
        }
        Err(refused) => refused,
    }
}

/// A request of which all but its operation is settled, and where it is answered.
struct Exchange {
    app: SharedApp,
    head: RequestHead,
    accepted: Accepted,
    /// The list whose items its rows are, if it is a ready-made question.
    list: Option<&'static str>,
}

impl Exchange {
    /// Checks the document and the variables of a request, or refuses it.
    async fn prepare(&self, mut parsed: ParsedRequest) -> Result<Box<PreparedRequest>, Response<Body>> {
        if parsed.question.is_some() {
            parsed.fill_variables(&self.app).boxed().await;
        }
        let ParsedRequest { request, persist_as, .. } = parsed;
        let App { schema, limits, documents, .. } = &*self.app;
        let wants_cost = !self.head.text("edumap-cost").is_empty();
        let prepared = graphql::prepare_request(schema, limits, request, wants_cost);
        let prepared = prepared.map_err(|refused| self.respond(*refused))?;
        if let Some(digest) = persist_as {
            documents.persist(digest, &prepared.request().query);
        }
        Ok(Box::new(prepared))
    }

    /// Answers an operation: with its cost, with what is kept, or by running it.
    async fn answer_operation(self: Arc<Self>, prepared: Box<PreparedRequest>) -> Response<Body> {
        let Exchange { head, accepted, .. } = &*self;
        if head.method == Method::GET && prepared.kind == OperationKind::Mutation {
            let problem = "a mutation is sent by `POST`";
            let media = accepted.media.unwrap_or(MediaType::Json);
            let mut response = error_response(media, ErrorCode::MethodNotAllowed, problem);
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            return response;
        }
        if head.text("edumap-cost") == "only" {
            return self.respond(prepared.into_estimate());
        }
        if let Err(refused) = prepared.check_cost() {
            return self.respond(*refused);
        }
        let options = head.options(&self.app);
        if let Some(format) = accepted.rows {
            let wanted = match head.rows.clone() {
                Some(rows) => Ok(rows),
                None => RowOptions::from_headers(&head.headers, format, self.list),
            };
            return match wanted {
                Ok(wanted) => {
                    answer_rows(&self.app, (&head.method, &head.headers), prepared, options, wanted).boxed().await
                }
                Err(problem) => self.respond(Answer::refused(ErrorCode::BadRequest, &problem)),
            };
        }
        match (prepared.kind, accepted.media) {
            (OperationKind::Subscription, _) => self.answer_subscription(prepared, options),
            (OperationKind::Query, Some(media))
                if !options.wants_figures() && prepared.freshness != Freshness::Scenario =>
            {
                self.answer_query(media, prepared, options).await
            }
            _ => self.run_alone(prepared, options).await,
        }
    }

    fn answer_subscription(&self, prepared: Box<PreparedRequest>, options: RequestOptions) -> Response<Body> {
        let Exchange { app, head, accepted, .. } = self;
        if !accepted.stream {
            let problem = "a subscription is answered as `text/event-stream`, or over a WebSocket";
            let media = accepted.media.unwrap_or(MediaType::Json);
            return error_response(media, ErrorCode::NotAcceptable, problem);
        }
        let stream_permit = head.permit.as_ref().map(ConnectionPermit::acquire_stream);
        if let Some(None) = stream_permit {
            let most = app.capacity.subscriptions;
            let problem = format!("a connection has at most {most} subscriptions at the same time: end one first");
            return self.respond(Answer::refused(ErrorCode::TooManySubscriptions, &problem));
        }
        let answers = prepared.stream_answers(&app.schema, &app.backend, options);
        let events = answers.map(|answer| format_event(&answer));
        event_stream_response(events, app.capacity.clone(), stream_permit.flatten())
    }

    /// Answers a query with what is kept or running already, or runs it.
    async fn answer_query(
        self: Arc<Self>,
        media: MediaType,
        prepared: Box<PreparedRequest>,
        options: RequestOptions,
    ) -> Response<Body> {
        let Exchange { app, head: RequestHead { headers, method, .. }, .. } = &*self;
        if *method != Method::GET && !app.answers.is_on() {
            return self.run_alone(prepared, options).await;
        }
        let key = match app.answer_key(&prepared, &options.languages).await {
            Ok(key) => key,
            Err(failed) => return self.respond(*failed),
        };
        let policy = match *method == Method::GET {
            true => CachePolicy::for_answer(&key, prepared.freshness, &media),
            false => CachePolicy::Unset,
        };
        if let Some(tag) = policy.matching_tag(headers) {
            return not_modified_response(&policy, tag);
        }
        let encoding = Encoding::negotiated(headers);
        let answer = match app.answers.get(&key, encoding) {
            Some(kept) => kept,
            None => {
                let (app, cost) = (app.clone(), prepared.cost());
                let run = async move { run_or_join(&app, &key, encoding, prepared, options).await };
                match self.app.run_operation(cost, run).await {
                    Some(answer) => answer,
                    None => return overloaded_response(media),
                }
            }
        };
        // An answer with errors has no tag.
        match policy.tag_if_any(headers).filter(|_| answer.code.is_none()) {
            Some(tag) => not_modified_response(&policy, tag),
            None => written_response(&answer, media, &policy),
        }
    }

    /// Runs an operation for this request alone.
    async fn run_alone(self: Arc<Self>, prepared: Box<PreparedRequest>, options: RequestOptions) -> Response<Body> {
        let (exchange, cost) = (self.clone(), prepared.cost());
        let run = async move {
            let Exchange { app, accepted, .. } = &*exchange;
            let Some(_permit) = app.capacity.acquire_operation(prepared.cost()).await else {
                return overloaded_response(accepted.media.unwrap_or(MediaType::Json));
            };
            exchange.respond(prepared.execute(&app.schema, &app.backend, options).await)
        };
        self.app.run_operation(cost, run).await
    }

    /// An answer in the accepted form.
    fn respond(&self, answer: Answer) -> Response<Body> {
        match self.accepted.media {
            Some(media) => answer_response(answer, media, &CachePolicy::Unset),
            None => {
                let outcome = Outcome::from_answer(&answer);
                // It is serialized here, on the threads of operations, and not when it is sent.
                let events = stream::iter([format_event(&answer)]);
                let mut response = event_stream_response(events, self.app.capacity.clone(), None);
                response.extensions_mut().insert(outcome);
                response
            }
        }
    }
}

/// Waits for the answer that is running already, or runs it; `None` if there was no permit for it.
async fn run_or_join(
    app: &SharedApp,
    key: &AnswerKey,
    encoding: Encoding,
    prepared: Box<PreparedRequest>,
    options: RequestOptions,
) -> Option<WrittenAnswer> {
    let run = || {
        let (app, backend) = (app.clone(), key.backend(&app.backend));
        let run = async move {
            let _permit = app.capacity.acquire_operation(prepared.cost()).await?;
            Some(prepared.execute(&app.schema, &backend, options).await)
        };
        run.boxed()
    };
    app.answers.join_or_run(key, encoding, app.limits.time, run).await
}
