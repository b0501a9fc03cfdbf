//! Answers as they come, over server-sent events: GraphQL over SSE, distinct connections mode.
//!
//! <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md>: an event `next` for each answer, `complete` at the end.

use std::{convert::Infallible, sync::Arc, time::Duration};

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

use super::{answer::busy, capacity::Capacity};

/// How often a stream that says nothing shows that it is alive: proxies end one that is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// Sends events, which hold their turn until the last, each once there is room for it. When the server stops, the stream
/// ends without `complete`, so that the client comes again.
pub(crate) fn streamed(
    events: impl Stream<Item = String> + Send + 'static,
    capacity: Arc<Capacity>,
    turn: Option<OwnedSemaphorePermit>,
) -> Response<Body> {
    // The empty line of data is what makes a browser pass the event on.
    let all = events.chain(once(async { "event: complete\ndata:\n\n".to_owned() }));
    let until_stopped =
        unfold((Box::pin(all), capacity, turn, None), |(mut events, capacity, turn, held)| async move {
            // Who asks for the next event has read the one before.
            drop(held);
            let mut text = tokio::select! {
                () = capacity.stopping.cancelled() => return None,
                event = events.next() => event?,
                () = sleep(HEARTBEAT) => ":\n\n".to_owned(),
            };
            let held = capacity.hold(text.len() as u64).await;
            if held.is_none() {
                text = event(&busy());
            }
            Some((Ok::<_, Infallible>(Bytes::from(text)), (events, capacity, turn, held)))
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

/// An answer as an event.
pub(crate) fn event(answer: &Answer) -> String {
    format!("event: next\ndata: {}\n\n", text(answer))
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
