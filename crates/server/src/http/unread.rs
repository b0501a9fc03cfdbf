//! Closes connections whose client leaves an answer unread for too long.
//!
//! In HTTP/1 the socket takes no more bytes then. In HTTP/2 a client may leave a hundred answers unread by its flow
//! control while the socket is idle. So the bodies of answers are watched, not the socket.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::time::sleep;

use super::{capacity::UnreadPermit, half_closed::Exchange};

/// Bytes of an answer that are given to hyper at a time: for HTTP/2 it buffers them until flow control allows more.
const CHUNK_BYTES: usize = 16 * 1024;

/// The shortest time between two checks.
const MIN_CHECK_INTERVAL: Duration = Duration::from_millis(10);

/// Since when a part of each open answer of a connection waits to be read.
#[derive(Clone, Default)]
pub(super) struct UnreadAnswers(Arc<Mutex<UnreadSince>>);

#[derive(Default)]
struct UnreadSince {
    last: u64,
    since: HashMap<u64, Instant>,
}

impl UnreadAnswers {
    /// Wraps an answer's body so that it notes when it is read, and drops its permit at the end.
    pub(super) fn watch_body(&self, body: Body, permit: Option<UnreadPermit>, exchange: Arc<Exchange>) -> Body {
        let number = {
            let mut state = self.lock();
            state.last += 1;
            state.last
        };
        self.mark_unread(number);
        Body::new(WatchedBody {
            body,
            rest: Bytes::new(),
            number,
            unread: self.clone(),
            _permit: permit,
            _exchange: exchange,
        })
    }

    /// Returns when an answer has been unread for so long.
    pub(super) async fn wait_for_timeout(&self, max_time: Duration) {
        while !self.lock().since.values().any(|since| since.elapsed() > max_time) {
            sleep(MIN_CHECK_INTERVAL.max(max_time / 4)).await;
        }
    }

    fn mark_unread(&self, number: u64) {
        self.lock().since.insert(number, Instant::now());
    }

    fn mark_read(&self, number: u64) {
        self.lock().since.remove(&number);
    }

    fn lock(&self) -> MutexGuard<'_, UnreadSince> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct WatchedBody {
    body: Body,
    /// The rest of the last frame.
    rest: Bytes,
    number: u64,
    unread: UnreadAnswers,
    /// Dropped when the answer is read.
    _permit: Option<UnreadPermit>,
    /// Ends when the last of the answer is given to hyper.
    _exchange: Arc<Exchange>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            // All that was given before is read; now the client waits for the answer.
            self.unread.mark_read(self.number);
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        self.unread.mark_unread(self.number);
        let chunk = self.rest.len().min(CHUNK_BYTES);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(chunk)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (body, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower() + rest);
        if let Some(upper) = body.upper() {
            hint.set_upper(upper + rest);
        }
        hint
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.unread.mark_read(self.number);
    }
}
