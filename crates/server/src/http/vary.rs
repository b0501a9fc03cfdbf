//! One `Vary` line for each answer, whatever the layers add to it: caches that read only one of several lines would
//! give an answer to others than those it was made for.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};

/// What an answer of the API depends on beside the facts.
///
/// nginx does not cache an answer whose `Vary` has more than 128 bytes.
const API: &str = "accept, accept-encoding, accept-language, edumap-cost, edumap-stats, origin";

/// Says of every answer of the API, refusals too, what it depends on.
pub(crate) async fn api(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().append(header::VARY, HeaderValue::from_static(API));
    response
}

/// Joins what all layers say into one line; every answer may be compressed.
pub(crate) async fn joined(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    let lines = headers.get_all(header::VARY).iter().filter_map(|line| line.to_str().ok());
    let mut names: BTreeSet<String> =
        lines.flat_map(|line| line.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    names.remove("");
    names.insert(header::ACCEPT_ENCODING.to_string());
    let joined = names.into_iter().collect::<Vec<_>>().join(", ");
    // Names of headers are a header's value.
    if let Ok(joined) = HeaderValue::try_from(joined) {
        headers.insert(header::VARY, joined);
    }
    response
}
