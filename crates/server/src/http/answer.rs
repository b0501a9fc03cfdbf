//! Turns an answer, or an error, into a response: its form, its status, its headers.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, StatusCode, header},
};
use graphql::{Answer, ErrorCode};

use super::{accept::MediaType, cache::CachePolicy, request::RequestError, written::WrittenAnswer};

/// The answer to a request, in the form that was asked for.
pub(crate) fn answer_response(answer: Answer, media: MediaType, policy: &CachePolicy) -> Response<Body> {
    written_response(&WrittenAnswer::new(answer), media, policy)
}

/// The same of an answer that is written already.
pub(crate) fn written_response(answer: &WrittenAnswer, media: MediaType, policy: &CachePolicy) -> Response<Body> {
    let policy = match (policy, answer.code) {
        (CachePolicy::Unset, _) | (_, None) => policy,
        (_, Some(_)) => &CachePolicy::NoStore,
    };
    let mut response = build_response(answer_status(answer, media), media, answer.body.clone(), policy);
    response.headers_mut().extend(answer.encoding.clone().map(|encoding| (header::CONTENT_ENCODING, encoding)));
    response.extensions_mut().insert(answer.outcome.clone());
    response
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

/// An error with the status of its code.
pub(crate) fn error_response(media: MediaType, code: ErrorCode, problem: &str) -> Response<Body> {
    answer_response(Answer::refused(code, problem), media, &CachePolicy::Unset)
}

/// The error of a request that could not be parsed.
pub(crate) fn request_error_response(wrong: &RequestError, media: MediaType) -> Response<Body> {
    let RequestError { code, problem } = wrong;
    let policy = if code.status().is_some() { CachePolicy::Unset } else { CachePolicy::NoStore };
    answer_response(Answer::refused(*code, problem), media, &policy)
}

/// The status of an answer. Older clients treat any but 200 as a network failure, so their own errors get 200.
fn answer_status(answer: &WrittenAnswer, media: MediaType) -> StatusCode {
    let Some(code) = answer.code.filter(|_| answer.is_refused) else { return StatusCode::OK };
    match (code.status(), media) {
        (None, MediaType::Json) => StatusCode::OK,
        _ => own_status(code),
    }
}

/// The status of a code; 400 if it has none of its own.
pub(super) fn own_status(code: ErrorCode) -> StatusCode {
    code.status().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::BAD_REQUEST)
}

fn build_response(status: StatusCode, media: MediaType, body: Bytes, policy: &CachePolicy) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    policy.write_headers(headers);
    response
}

/// The message to a client that asks too often.
pub(super) const RATE_LIMITED_MESSAGE: &str = "too many requests came from this address";
/// The message when no permit was free in time.
const OVERLOADED_MESSAGE: &str = "the server is busy: try again in a second";

/// The error that asks the client to try again.
pub(super) fn overloaded_answer() -> Answer {
    Answer::refused(ErrorCode::Overloaded, OVERLOADED_MESSAGE)
}

/// The same as a response: 503 with `Retry-After`.
pub(super) fn overloaded_response(media: MediaType) -> Response<Body> {
    let mut response = error_response(media, ErrorCode::Overloaded, OVERLOADED_MESSAGE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
