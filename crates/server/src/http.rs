//! HTTP: `POST` and `GET /graphql` as the GraphQL-over-HTTP draft has it, a playground, the schema, health.
//!
//! This file puts the routes and their layers together, and no module below uses it. From the bottom up, each module
//! uses those that are named before it and no others:
//!
//! - `accept`, `encoding` and `language` read headers of a request; `proxy` tells what trusted proxies say of it, and
//!   `rates` how often its client asks.
//! - `outcome` is what is recorded of a request, `written` an answer as it is sent, and `answer_cache` keeps answers.
//! - `capacity` has the limits and permits, and `app` is the state that every handler gets.
//! - `metrics` and `observe` record what became of a request.
//! - `request` parses the GraphQL fields of a request; `origin` tells the site that it comes from.
//! - `cache` decides how long others may keep an answer, `answer` builds its response, and `events` one of a stream.
//!   A handler that fails uses `answer::error_response`.
//! - `health`, `changes`, `pages` and `missing` are handlers, `socket` handles WebSockets, `row_stream` answers with rows,
//!   `endpoint` is the rest of `/graphql`, and `rows` has addresses for rows.
//! - `cors`, `rate_limit` and `vary` are steps of `layers`, which are around all handlers.
//! - `half_closed` and `unread` watch how clients read their connections, `self_woken` polls these; `listen` serves them.

mod accept;
mod answer;
mod answer_cache;
mod app;
mod cache;
mod capacity;
mod changes;
mod cors;
mod encoding;
mod endpoint;
mod events;
mod half_closed;
mod health;
mod language;
mod layers;
mod listen;
mod metrics;
mod missing;
mod observe;
mod origin;
mod outcome;
mod pages;
mod proxy;
mod rate_limit;
mod rates;
mod request;
mod row_stream;
mod rows;
mod self_woken;
mod socket;
mod unread;
mod vary;
mod written;

use axum::{Router, middleware, routing::get};

pub use self::{
    answer_cache::AnswerCache,
    app::App,
    capacity::{Capacity, SharedBudget},
    listen::serve,
    proxy::TrustedProxies,
    rates::ClientRates,
};
pub(crate) use self::{
    answer_cache::DEFAULT_CACHED_BYTES, app::SharedApp, encoding::accepts_encoding, metrics::run_maintenance,
    origin::without_default_port,
};
use self::{
    endpoint::{handle_get, handle_post},
    health::{handle_ready, handle_schema},
    layers::{ApiState, around_all, around_api, around_pages},
    metrics::handle_metrics,
    missing::{not_allowed, not_found},
};

/// The whole server as one service: all routes, and the layers around them.
pub fn router(app: App) -> Router {
    let app = SharedApp::new(app);
    let rate_limited = middleware::from_fn_with_state(app.clone(), around_pages);
    let graphql = get(handle_get).post(handle_post).fallback(not_allowed);
    let changes = Router::new()
        .route("/changes.md", get(changes::handle_markdown))
        .route("/changes.atom", get(changes::handle_atom))
        .layer(rate_limited.clone());
    let api = Router::new().route("/graphql", graphql).merge(rows::row_routes());
    let api = api.layer(middleware::from_fn_with_state(ApiState::new(app.clone()), around_api));
    let pages = pages::page_routes(&app.schema).layer(rate_limited.clone());
    let metrics_route = match app.capacity.has_metrics {
        true => Router::new().route("/metrics", get(handle_metrics)),
        false => Router::new(),
    };
    metrics::metrics_recorder();
    Router::new()
        .merge(metrics_route)
        .merge(crate::web::page_routes())
        .merge(pages)
        .merge(api)
        .merge(changes)
        .route("/schema.graphql", get(handle_schema))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(handle_ready))
        .method_not_allowed_fallback(not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(app.clone(), around_all))
        .with_state(app)
}
