//! HTTP: `POST` and `GET /graphql` as the GraphQL-over-HTTP draft has it, a playground, the schema, health.
//!
//! This file puts the routes and their layers together. What they share is in `app` and `capacity`; no module below
//! knows of this one.

mod accept;
mod answer;
mod app;
mod cache;
mod capacity;
mod encoding;
mod endpoint;
mod events;
mod half_closed;
mod health;
mod language;
mod listen;
mod metrics;
mod missing;
mod observe;
mod origin;
mod outcome;
mod proxy;
mod rate_limit;
mod rates;
mod request;
mod socket;
mod unread;
mod vary;

use std::convert::Infallible;

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{HeaderName, Method, Response, StatusCode, header},
    middleware,
    routing::get,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
};

use self::{
    accept::Media,
    answer::{FAILED, refuse},
    cache::tag_encoding,
    encoding::negotiated,
    endpoint::{by_get, by_post},
    health::{ready, sdl},
    metrics::metrics,
    missing::{not_allowed, not_found},
    observe::observed,
    origin::targeted,
    rate_limit::at_its_rate,
};
pub use self::{
    app::App,
    capacity::{Capacity, Share},
    listen::serve,
    proxy::Proxies,
    rates::Rates,
};
pub(crate) use self::{encoding::takes, metrics::keep_up, origin::without_default_port};

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
    metrics::recorder();
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
