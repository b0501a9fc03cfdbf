//! Answers 429 to clients that ask more often than `rates` lets them.

use std::net::SocketAddr;

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, Response, StatusCode, header},
    middleware::Next,
};

use super::{
    accept::{Accepted, Media},
    answer::refuse,
    app::App,
};

/// Refuses a client that asks too often.
pub(super) async fn at_its_rate(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
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
