//! Turns an answer, or an error, into a response: its form, its status, its headers.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use graphql::{Answer, Figures};

use super::{accept::Media, cache::Keep, outcome::Outcome, request::RequestError};

/// The answer to a request, in the form that was asked for.
pub(crate) fn answered(answer: &Answer, media: Media, keep: Keep) -> Response<Body> {
    let keep = match (&keep, answer.code()) {
        (Keep::Unsaid, _) | (_, None) => keep,
        (_, Some(_)) => Keep::Never,
    };
    match answer.to_json() {
        Ok(body) => {
            let mut response = respond(status(answer, media), media, body, &keep);
            response.extensions_mut().insert(Outcome::of(answer));
            response
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            let failed = Answer::refused("INTERNAL", FAILED);
            respond(StatusCode::INTERNAL_SERVER_ERROR, media, failed.to_json().unwrap_or_default(), &Keep::Never)
        }
    }
}

/// An answer that the reader has already, under the tag that the reader knows: caches update no other.
pub(crate) fn unchanged(keep: &Keep, held: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    keep.write(response.headers_mut());
    if let Ok(held) = HeaderValue::try_from(format!("\"{held}\"")) {
        response.headers_mut().insert(header::ETAG, held);
    }
    response
}

/// What is said of a request that was not even read.
pub(crate) fn refuse(status: StatusCode, media: Media, code: &'static str, problem: &str) -> Response<Body> {
    let body = Answer::refused(code, problem).to_json().unwrap_or_default();
    let mut response = respond(status, media, body, &Keep::Unsaid);
    response.extensions_mut().insert(Outcome { code: code.to_owned(), figures: Figures::default() });
    response
}

/// What is said of a request that is none.
pub(crate) fn refused(wrong: &RequestError, media: Media) -> Response<Body> {
    let RequestError { status, code, problem } = wrong;
    match status {
        Some(status) => refuse(*status, media, code, problem),
        None => answered(&Answer::refused(code, problem), media, Keep::Never),
    }
}

/// The status of an answer. Older clients take any but 200 for a broken network, and are spared it for their own mistakes.
fn status(answer: &Answer, media: Media) -> StatusCode {
    match (answer.is_refused, answer.code(), media) {
        (_, Some("TIMEOUT"), _) => StatusCode::GATEWAY_TIMEOUT,
        (true, Some("INTERNAL"), _) => StatusCode::INTERNAL_SERVER_ERROR,
        (true, Some(_), Media::GraphqlResponse) => StatusCode::BAD_REQUEST,
        _ => StatusCode::OK,
    }
}

fn respond(status: StatusCode, media: Media, body: Vec<u8>, keep: &Keep) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    keep.write(headers);
    response
}

/// What is said of failures of ours.
pub(super) const FAILED: &str = "the server failed; the log has the cause";
/// What is said when there is no room.
const BUSY: (&str, &str) = ("OVERLOADED", "the server is busy: try again in a second");

/// Asks to come again.
pub(super) fn busy() -> Answer {
    Answer::refused(BUSY.0, BUSY.1)
}

/// The same, in HTTP's words.
pub(super) fn overloaded(media: Media) -> Response<Body> {
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, media, BUSY.0, BUSY.1);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
