//! What is around every handler, as few layers: for each request a layer copies all layers below it, so that ten of them
//! took longer than many an answer.

use axum::{
    body::Body,
    extract::{Request, State},
    http::Response,
    middleware::Next,
};
use tower_http::request_id::{MakeRequestId, MakeRequestUuid};

use super::{
    app::SharedApp,
    cache::tag_encoding,
    encoding::negotiate_encoding,
    observe::{REQUEST_ID_HEADER, observe_request},
    origin::apply_forwarded_target,
    rate_limit::limit_rate,
    vary::join_vary,
};

/// Names a request, observes it, negotiates the encoding of its response, and joins what the response depends on.
pub(super) async fn around_all(State(app): State<SharedApp>, mut request: Request, next: Next) -> Response<Body> {
    let id = match request.headers().get(REQUEST_ID_HEADER) {
        Some(id) => Some(id.clone()),
        None => MakeRequestUuid.make_request_id(&request).map(|id| id.into_header_value()),
    };
    if let Some(id) = &id {
        request.headers_mut().insert(REQUEST_ID_HEADER, id.clone());
    }
    let answer = async |request| {
        let response = negotiate_encoding(request, async |request| tag_encoding(next.run(request).await)).await;
        let mut response = join_vary(response);
        if let Some(id) = id {
            response.headers_mut().entry(REQUEST_ID_HEADER).or_insert(id);
        }
        response
    };
    observe_request(&app, request, answer).await
}

/// Refuses clients of the API that ask too often, and notes where they sent the request.
pub(super) async fn around_api(State(app): State<SharedApp>, request: Request, next: Next) -> Response<Body> {
    limit_rate(&app, request, async |request| next.run(apply_forwarded_target(&app, request)).await).await
}

/// Refuses clients that ask too often.
pub(super) async fn around_pages(State(app): State<SharedApp>, request: Request, next: Next) -> Response<Body> {
    limit_rate(&app, request, async |request| next.run(request).await).await
}
