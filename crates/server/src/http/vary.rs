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
const API_VARY: &str =
    "accept, accept-encoding, accept-language, edumap-cost, edumap-plan, edumap-rows, edumap-stats, origin";

/// Adds `Vary` to every response of the API, errors too.
pub(crate) fn add_api_vary(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().append(header::VARY, HeaderValue::from_static(API_VARY));
    response
}

/// Joins the `Vary` lines of all layers into one, with `accept-encoding`: every response may be compressed.
pub(crate) fn join_vary(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    let mut lines = headers.get_all(header::VARY).iter();
    match (lines.next(), lines.next()) {
        (None, _) => {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            return response;
        }
        (Some(line), None) if line == API_VARY => return response,
        _ => {}
    }
    let lines = headers.get_all(header::VARY).iter().filter_map(|line| line.to_str().ok());
    let mut names: BTreeSet<String> =
        lines.flat_map(|line| line.split(',')).map(|name| name.trim().to_ascii_lowercase()).collect();
    names.remove("");
    names.insert(header::ACCEPT_ENCODING.to_string());
    let joined = names.into_iter().collect::<Vec<_>>().join(", ");
    // Joined names of headers are always a valid value.
    if let Ok(joined) = HeaderValue::try_from(joined) {
        headers.insert(header::VARY, joined);
    }
    response
}
