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

use super::{answer::overloaded_answer, capacity::Capacity, written::failed_answer};

/// How often a stream without events sends a comment: proxies close one that is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(12);

/// A response of events, which keeps the permit of its stream until the last; each event waits for a permit to be kept
/// until it is read. When the server stops, the stream ends without `complete`, so that the client connects again.
pub(crate) fn event_stream_response(
    events: impl Stream<Item = String> + Send + 'static,
    capacity: Arc<Capacity>,
    stream_permit: Option<OwnedSemaphorePermit>,
) -> Response<Body> {
    // A browser dispatches no event without a line of data.
    let all = events.chain(once(async { "event: complete\ndata:\n\n".to_owned() }));
    let until_stopped = unfold(
        (Box::pin(all), capacity, stream_permit, None),
        |(mut events, capacity, stream_permit, unread_permit)| async move {
            // The event before was read when the next one is polled.
            drop(unread_permit);
            let mut text = tokio::select! {
                () = capacity.stopping.cancelled() => return None,
                event = events.next() => event?,
                () = sleep(HEARTBEAT) => ":\n\n".to_owned(),
            };
            let unread_permit = capacity.acquire_unread(text.len() as u64).await;
            if unread_permit.is_none() {
                text = format_event(&overloaded_answer());
            }
            Some((Ok::<_, Infallible>(Bytes::from(text)), (events, capacity, stream_permit, unread_permit)))
        },
    );
    let mut response = Response::new(Body::from_stream(until_stopped));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Keeps nginx from buffering the response.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// An answer as an event.
pub(crate) fn format_event(answer: &Answer) -> String {
    format!("event: next\ndata: {}\n\n", answer_json(answer))
}

fn answer_json(answer: &Answer) -> String {
    match answer.to_json() {
        Ok(body) => String::from_utf8_lossy(&body).into_owned(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            String::from_utf8_lossy(&failed_answer().to_json().unwrap_or_default()).into_owned()
        }
    }
}
