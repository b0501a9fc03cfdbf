//! Pages of other origins: which may read answers, and what they may send.

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer, Vary};

use super::{capacity::Capacity, row_stream::ROWS_HEADER};

/// Standard headers that a page of another origin may send.
const SIMPLE_HEADERS: [HeaderName; 4] =
    [header::CONTENT_TYPE, header::ACCEPT, header::ACCEPT_LANGUAGE, header::IF_NONE_MATCH];

/// Headers that make a browser send a preflight request first.
const PREFLIGHT_HEADERS: [&str; 7] = [
    "apollo-require-preflight",
    "edumap-cost",
    "edumap-plan",
    "edumap-rows",
    "edumap-stats",
    "graphql-require-preflight",
    "x-apollo-operation-name",
];

/// The rules for pages of other origins; what answers depend on is said elsewhere.
pub(super) fn cors_layer(capacity: &Capacity) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(capacity.origins.clone()))
        .allow_methods([Method::GET, Method::POST])
        // A second call would take the place of the first.
        .allow_headers(
            SIMPLE_HEADERS.into_iter().chain(PREFLIGHT_HEADERS.map(HeaderName::from_static)).collect::<Vec<_>>(),
        )
        .expose_headers([header::ETAG, ROWS_HEADER])
        .vary(Vary::list([]))
}
