//! Turns an answer, or an error, into a response: its form, its status, its headers.

use std::{convert::Infallible, future::ready};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Request, Response, StatusCode, header},
};
use graphql::{Answer, ErrorCode, Figures};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

use super::{
    accept::MediaType,
    cache::CachePolicy,
    encoding::Encoding,
    outcome::{AnsweredBy, Outcome},
    request::RequestError,
};

/// An answer as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct WrittenAnswer {
    pub(super) body: Bytes,
    /// The encoding of the body.
    encoding: Option<HeaderValue>,
    /// The code of the first error.
    pub(super) code: Option<ErrorCode>,
    is_refused: bool,
    outcome: Outcome,
}

impl WrittenAnswer {
    pub(crate) fn new(answer: &Answer) -> WrittenAnswer {
        match answer.to_json() {
            Ok(body) => WrittenAnswer::with_body(answer, body),
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                let failed = failed_answer();
                WrittenAnswer::with_body(&failed, failed.to_json().unwrap_or_default())
            }
        }
    }

    fn with_body(answer: &Answer, body: Vec<u8>) -> WrittenAnswer {
        WrittenAnswer {
            body: body.into(),
            encoding: None,
            code: answer.code(),
            is_refused: answer.is_refused,
            outcome: Outcome::from_answer(answer),
        }
    }

    /// The same with its body in an encoding, unless it is too short for that.
    pub(super) async fn encode(self, encoding: Encoding) -> WrittenAnswer {
        let body = self.body.clone();
        let service = service_fn(|_| ready(Ok::<_, Infallible>(Response::new(Full::new(body.clone())))));
        let request = Request::builder().header(header::ACCEPT_ENCODING, encoding.as_str()).body(());
        let Ok(request) = request else { return self };
        let Ok(response) = CompressionLayer::new().layer(service).oneshot(request).await;
        let (head, body) = response.into_parts();
        match body.collect().await {
            Ok(body) => WrittenAnswer {
                body: body.to_bytes(),
                encoding: head.headers.get(header::CONTENT_ENCODING).cloned(),
                ..self
            },
            Err(error) => {
                tracing::error!(error, "an answer could not be compressed");
                self
            }
        }
    }

    /// The same as the answer to another request, for which nothing ran.
    pub(super) fn repeated_by(&self, by: AnsweredBy) -> WrittenAnswer {
        let figures = Figures { statements: 0, rows: 0, ..self.outcome.figures };
        WrittenAnswer { outcome: Outcome { answered_by: Some(by), figures, ..self.outcome.clone() }, ..self.clone() }
    }

    pub(super) fn is_timeout(&self) -> bool {
        self.code == Some(ErrorCode::Timeout)
    }

    /// The status. Older clients treat any but 200 as a network failure, so their own errors get 200.
    fn status(&self, media: MediaType) -> StatusCode {
        let Some(code) = self.code.filter(|_| self.is_refused) else { return StatusCode::OK };
        match (code.status(), media) {
            (None, MediaType::Json) => StatusCode::OK,
            _ => own_status(code),
        }
    }

    /// The response in the form that was asked for.
    pub(crate) fn to_response(&self, media: MediaType, policy: &CachePolicy) -> Response<Body> {
        let policy = match (policy, &self.code) {
            (CachePolicy::Unset, _) | (_, None) => policy,
            (_, Some(_)) => &CachePolicy::NoStore,
        };
        let mut response = build_response(self.status(media), media, self.body.clone(), policy);
        response.headers_mut().extend(self.encoding.clone().map(|encoding| (header::CONTENT_ENCODING, encoding)));
        response.extensions_mut().insert(self.outcome.clone());
        response
    }
}

/// The answer to a request, in the form that was asked for.
pub(crate) fn answer_response(answer: &Answer, media: MediaType, policy: &CachePolicy) -> Response<Body> {
    WrittenAnswer::new(answer).to_response(media, policy)
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
    answer_response(&Answer::refused(code, problem), media, &CachePolicy::Unset)
}

/// The error of a request that could not be parsed.
pub(crate) fn request_error_response(wrong: &RequestError, media: MediaType) -> Response<Body> {
    let RequestError { code, problem } = wrong;
    let policy = if code.status().is_some() { CachePolicy::Unset } else { CachePolicy::NoStore };
    answer_response(&Answer::refused(*code, problem), media, &policy)
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

/// The message of an internal failure.
pub(super) const FAILED_MESSAGE: &str = "the server failed; the log has the cause";
/// The message to a client that asks too often.
pub(super) const RATE_LIMITED_MESSAGE: &str = "too many requests came from this address";
/// The message when no permit was free in time.
const OVERLOADED_MESSAGE: &str = "the server is busy: try again in a second";

/// The error of an internal failure.
pub(super) fn failed_answer() -> Answer {
    Answer::refused(ErrorCode::Internal, FAILED_MESSAGE)
}

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
