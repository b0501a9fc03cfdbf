//! The layer that answers 429 when the token bucket of a client is empty.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
    http::{HeaderValue, Response, header},
};
use graphql::ErrorCode;

use super::{
    accept::{Accepted, MediaType},
    answer::{RATE_LIMITED_MESSAGE, error_response},
    app::App,
};

/// Refuses a client that asks too often.
pub(super) async fn limit_rate(
    app: &App,
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response<Body>,
) -> Response<Body> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer);
    let (Some(rates), Some(peer)) = (&app.capacity.rates, peer) else { return answer(request).await };
    let client = app.capacity.proxies.client_address(peer.ip(), request.headers());
    let Err(wait) = rates.check_rate(client) else { return answer(request).await };
    let media =
        Accepted::from_headers(request.headers()).and_then(|accepted| accepted.media).unwrap_or(MediaType::Json);
    let mut response = error_response(media, ErrorCode::RateLimited, RATE_LIMITED_MESSAGE);
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}
