//! What is said at an address where nothing is, or which takes other methods: a line that says where to go.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header},
    response::IntoResponse,
};

use super::{accept::Media, answer::refuse};
use crate::web;

/// Nothing is at this address.
pub(crate) async fn not_found(uri: Uri, headers: HeaderMap) -> Response<Body> {
    let pages = web::pages().collect::<Vec<_>>().join(", ");
    let problem =
        format!("nothing is at this address: the API is at /graphql, its schema at /schema.graphql, pages at {pages}");
    say(StatusCode::NOT_FOUND, "NOT_FOUND", &problem, &uri, &headers)
}

/// This address does not take this method.
pub(crate) async fn not_allowed(method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let methods = if uri.path() == "/graphql" { "GET and POST" } else { "GET" };
    let problem = format!("this address takes {methods}, not {method}");
    say(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", &problem, &uri, &headers)
}

/// A line for people, or an error of GraphQL for its clients.
fn say(status: StatusCode, code: &'static str, problem: &str, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    let is_api = uri.path() == "/graphql" || uri.path().starts_with("/graphql/");
    match Media::named(headers).or(is_api.then_some(Media::Json)) {
        Some(media) => refuse(status, media, code, problem),
        None => {
            let nosniff = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            (status, [nosniff], format!("{problem}\n")).into_response()
        }
    }
}
