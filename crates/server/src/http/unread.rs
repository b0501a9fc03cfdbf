//! Answers that a client leaves unread: for a while it may, then its connection ends.
//!
//! A socket that takes no more bytes shows only the answers of HTTP/1; a client of HTTP/2 may keep a hundred waiting
//! for its leave while the socket is idle. So it is the answers that are watched, not the socket.

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

use super::{capacity::Held, half_closed::Exchange};

/// Bytes of an answer that are handed over at a time: HTTP/2 keeps what it was handed until the client lets it go.
const PIECE: usize = 16 * 1024;

/// The shortest time between two looks at what is unread.
const GLANCE: Duration = Duration::from_millis(10);

/// Since when a part of each open answer of a connection waits to be read.
#[derive(Clone, Default)]
pub(super) struct Unread(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    last: u64,
    since: HashMap<u64, Instant>,
}

impl Unread {
    /// An answer's body that tells when it is read, and gives its room back then.
    pub(super) fn watch(&self, body: Body, held: Option<Held>, exchange: Arc<Exchange>) -> Body {
        let number = {
            let mut waiting = self.waiting();
            waiting.last += 1;
            waiting.last
        };
        self.waits(number);
        Body::new(Watched { body, rest: Bytes::new(), number, unread: self.clone(), _held: held, _exchange: exchange })
    }

    /// Ends when an answer has been left unread for so long.
    pub(super) async fn given_up(&self, patience: Duration) {
        while !self.waiting().since.values().any(|since| since.elapsed() > patience) {
            sleep(GLANCE.max(patience / 4)).await;
        }
    }

    fn waits(&self, number: u64) {
        self.waiting().since.insert(number, Instant::now());
    }

    fn waits_no_more(&self, number: u64) {
        self.waiting().since.remove(&number);
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Watched {
    body: Body,
    /// What is not handed over yet of what the body gave.
    rest: Bytes,
    number: u64,
    unread: Unread,
    /// The room that it takes until it is read.
    _held: Option<Held>,
    /// Ends when the last of the answer is handed over.
    _exchange: Arc<Exchange>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            // Now the reader waits for the answer, not the answer for its reader.
            self.unread.waits_no_more(self.number);
            let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
            match frame.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) => self.rest = data,
                Some(Ok(Err(trailers))) => return Poll::Ready(Some(Ok(trailers))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        self.unread.waits(self.number);
        let piece = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(piece)))))
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

impl Drop for Watched {
    fn drop(&mut self) {
        self.unread.waits_no_more(self.number);
    }
}
