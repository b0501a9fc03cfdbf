//! 404 and 405, with a line that says what the server has.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Response, Uri, header},
    response::IntoResponse,
};
use graphql::ErrorCode;

use super::{
    accept::MediaType,
    answer::{error_response, own_status},
};
use crate::web;

/// 404.
pub(crate) async fn not_found(uri: Uri, headers: HeaderMap) -> Response<Body> {
    let pages = web::page_paths().collect::<Vec<_>>().join(", ");
    let problem =
        format!("nothing is at this address: the API is at /graphql, its schema at /schema.graphql, pages at {pages}");
    missing_response(ErrorCode::NotFound, &problem, &uri, &headers)
}

/// 405.
pub(crate) async fn not_allowed(method: Method, uri: Uri, headers: HeaderMap) -> Response<Body> {
    let methods = if uri.path() == "/graphql" { "GET and POST" } else { "GET" };
    let problem = format!("this address takes {methods}, not {method}");
    missing_response(ErrorCode::MethodNotAllowed, &problem, &uri, &headers)
}

/// An error of GraphQL for clients of the API, a line of text for others.
fn missing_response(code: ErrorCode, problem: &str, uri: &Uri, headers: &HeaderMap) -> Response<Body> {
    let is_api = uri.path() == "/graphql" || uri.path().starts_with("/graphql/");
    match MediaType::named_in(headers).or(is_api.then_some(MediaType::Json)) {
        Some(media) => error_response(media, code, problem),
        None => {
            let nosniff = (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            (own_status(code), [nosniff], format!("{problem}\n")).into_response()
        }
    }
}
