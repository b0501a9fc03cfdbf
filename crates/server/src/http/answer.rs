//! Turns an answer, or an error, into a response: its form, its status, its headers.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use graphql::{Answer, Figures};

use super::{accept::MediaType, cache::CachePolicy, outcome::Outcome, request::RequestError};

/// The answer to a request, in the form that was asked for.
pub(crate) fn answer_response(answer: &Answer, media: MediaType, policy: CachePolicy) -> Response<Body> {
    let policy = match (&policy, answer.code()) {
        (CachePolicy::Unset, _) | (_, None) => policy,
        (_, Some(_)) => CachePolicy::NoStore,
    };
    match answer.to_json() {
        Ok(body) => {
            let mut response = build_response(answer_status(answer, media), media, body, &policy);
            response.extensions_mut().insert(Outcome::from_answer(answer));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            let failed = Answer::refused("INTERNAL", FAILED_MESSAGE);
            build_response(
                StatusCode::INTERNAL_SERVER_ERROR,
                media,
                failed.to_json().unwrap_or_default(),
                &CachePolicy::NoStore,
            )
        }
    }
}

/// 304, with the tag that the client sent: caches update the entry of that tag only.
pub(crate) fn not_modified_response(policy: &CachePolicy, held: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    policy.write_headers(response.headers_mut());
    if let Ok(held) = HeaderValue::try_from(format!("\"{held}\"")) {
        response.headers_mut().insert(header::ETAG, held);
    }
    response
}

/// An error with a status of its own.
pub(crate) fn error_response(
    status: StatusCode,
    media: MediaType,
    code: &'static str,
    problem: &str,
) -> Response<Body> {
    let body = Answer::refused(code, problem).to_json().unwrap_or_default();
    let mut response = build_response(status, media, body, &CachePolicy::Unset);
    response.extensions_mut().insert(Outcome { code: code.to_owned(), figures: Figures::default() });
    response
}

/// The error of a request that could not be parsed.
pub(crate) fn request_error_response(wrong: &RequestError, media: MediaType) -> Response<Body> {
    let RequestError { status, code, problem } = wrong;
    match status {
        Some(status) => error_response(*status, media, code, problem),
        None => answer_response(&Answer::refused(code, problem), media, CachePolicy::NoStore),
    }
}

/// The status of an answer. Older clients treat any but 200 as a network failure, so their own errors get 200.
fn answer_status(answer: &Answer, media: MediaType) -> StatusCode {
    match (answer.is_refused, answer.code(), media) {
        (_, Some("TIMEOUT"), _) => StatusCode::GATEWAY_TIMEOUT,
        (true, Some("INTERNAL"), _) => StatusCode::INTERNAL_SERVER_ERROR,
        (true, Some(_), MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

fn build_response(status: StatusCode, media: MediaType, body: Vec<u8>, policy: &CachePolicy) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    policy.write_headers(headers);
    response
}

/// The message of an internal failure.
pub(super) const FAILED_MESSAGE: &str = "the server failed; the log has the cause";
/// Code and message when no permit was free in time.
const OVERLOADED: (&str, &str) = ("OVERLOADED", "the server is busy: try again in a second");

/// The error that asks the client to try again.
pub(super) fn overloaded_answer() -> Answer {
    Answer::refused(OVERLOADED.0, OVERLOADED.1)
}

/// The same as a response: 503 with `Retry-After`.
pub(super) fn overloaded_response(media: MediaType) -> Response<Body> {
    let mut response = error_response(StatusCode::SERVICE_UNAVAILABLE, media, OVERLOADED.0, OVERLOADED.1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
