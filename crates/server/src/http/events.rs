//! Answers as they come, over server-sent events: GraphQL over SSE, distinct connections mode.
//!
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>: an event `next` for each answer, `complete` at the end.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, Response, header},
};
use futures::{
    Stream, StreamExt,
    stream::{once, unfold},
};
use graphql::Answer;
use tokio::{sync::OwnedSemaphorePermit, time::sleep};
use tokio_util::sync::CancellationToken;

/// How often a stream that says nothing shows that it is alive: proxies end one that is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// Answers as events, which hold their turn until the last. When the server stops, the stream ends without `complete`, so
/// that the client comes again.
pub(crate) fn streamed(
    answers: impl Stream<Item = Answer> + Send + 'static,
    stopping: CancellationToken,
    turn: Option<OwnedSemaphorePermit>,
) -> Response<Body> {
    let next = answers.map(|answer| format!("event: next\ndata: {}\n\n", text(&answer)));
    // The empty line of data is what makes a browser pass the event on.
    let all = next.chain(once(async { "event: complete\ndata:\n\n".to_owned() }));
    let until_stopped = unfold((Box::pin(all), stopping, turn), |(mut events, stopping, turn)| async move {
        let event = tokio::select! {
            () = stopping.cancelled() => return None,
            event = events.next() => Bytes::from(event?),
            () = sleep(HEARTBEAT) => Bytes::from_static(b":\n\n"),
        };
        Some((Ok::<_, Infallible>(event), (events, stopping, turn)))
    });
    let mut response = Response::new(Body::from_stream(until_stopped));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Proxies that collect an answer before they pass it on are asked not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

fn text(answer: &Answer) -> String {
    match answer.to_json() {
        Ok(body) => String::from_utf8_lossy(&body).into_owned(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            r#"{"errors":[{"message":"the server failed; the log has the cause","extensions":{"code":"INTERNAL"}}]}"#
                .to_owned()
        }
    }
}
