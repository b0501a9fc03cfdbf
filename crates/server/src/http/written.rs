//! Answers as they are sent: their bodies, in an encoding or plain, and what is recorded of them.

use std::{convert::Infallible, future::ready};

use axum::{
    body::Bytes,
    http::{HeaderValue, Request, Response, header},
};
use graphql::{Answer, ErrorCode, Figures};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

use super::{
    encoding::Encoding,
    outcome::{AnsweredBy, Outcome},
};

/// An answer as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct WrittenAnswer {
    pub(super) body: Bytes,
    /// The encoding of the body.
    pub(super) encoding: Option<HeaderValue>,
    /// The code of the first error.
    pub(super) code: Option<ErrorCode>,
    pub(super) is_refused: bool,
    pub(super) outcome: Outcome,
}

impl WrittenAnswer {
    pub(crate) fn new(answer: Answer) -> WrittenAnswer {
        let without_body = WrittenAnswer::without_body(&answer);
        match answer.into_json() {
            Ok(body) => WrittenAnswer { body: body.into(), ..without_body },
            Err(error) => {
                tracing::error!(%error, "an answer could not be written");
                let failed = failed_answer();
                let without_body = WrittenAnswer::without_body(&failed);
                WrittenAnswer { body: failed.into_json().unwrap_or_default().into(), ..without_body }
            }
        }
    }

    fn without_body(answer: &Answer) -> WrittenAnswer {
        WrittenAnswer {
            body: Bytes::new(),
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
}

/// The message of an internal failure.
pub(super) const FAILED_MESSAGE: &str = "the server failed; the log has the cause";

/// The error of an internal failure.
pub(super) fn failed_answer() -> Answer {
    Answer::refused(ErrorCode::Internal, FAILED_MESSAGE)
}
