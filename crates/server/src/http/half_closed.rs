//! Clients that close their half of a connection after the request, and wait for the answer.
//!
//! The system reports the same end of input for them as for clients that have gone, and hyper drops an answer at it. So
//! hyper sees the end only when all answers are written. Whether a client is still there is found out by an interim
//! response, `100 Continue`: clients ignore it, and the system of one that has gone answers with a reset.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::Version,
};
use futures::task::AtomicWaker;
use hyper::body::{Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Interval, interval_at},
};
use tokio_io_timeout::TimeoutStream;

/// How often an interim response is sent to a client that has closed its half.
const PROBE: Duration = Duration::from_secs(1);
/// The interim response.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The open exchanges of a connection: requests whose answers are not written yet.
#[derive(Clone, Default)]
pub(super) struct OpenExchanges(Arc<ExchangeCounts>);

#[derive(Default)]
struct ExchangeCounts {
    /// Requests whose answers are not handed over to be written, without those that miss a part of their body.
    open: AtomicUsize,
    /// Those of them that have arrived, of which no answer has begun, and whose clients know interim responses.
    silent: AtomicUsize,
    /// Whether the end of input was reached.
    has_ended: AtomicBool,
    /// Woken when the last open exchange may have ended.
    reader: AtomicWaker,
    /// Woken at the end of input, if a body is waited for.
    body: AtomicWaker,
}

impl OpenExchanges {
    /// Counts a request until the exchange is dropped.
    pub(super) fn begin_exchange(&self, version: Version, body: Body) -> (Arc<Exchange>, Body) {
        let (counts, progress) = (self.0.clone(), Mutex::default());
        let exchange = Arc::new(Exchange { counts, version, progress });
        // In HTTP/2 the end of input is the connection's: requests end by themselves there.
        if version >= Version::HTTP_2 {
            return (exchange, body);
        }
        let has_arrived = body.is_end_stream();
        exchange.update_progress(|_| ExchangeProgress { is_open: true, has_arrived, ..ExchangeProgress::default() });
        if has_arrived {
            return (exchange, body);
        }
        let body = Body::new(IncomingBody { body, exchange: exchange.clone() });
        (exchange, body)
    }
}

/// One request and its answer.
pub(super) struct Exchange {
    counts: Arc<ExchangeCounts>,
    version: Version,
    progress: Mutex<ExchangeProgress>,
}

#[derive(Debug, Clone, Copy, Default)]
struct ExchangeProgress {
    is_open: bool,
    has_arrived: bool,
    is_answered: bool,
    is_silent: bool,
}

impl Exchange {
    /// An answer begins: nothing else may be written before it.
    pub(super) fn mark_answered(&self) {
        self.update_progress(|progress| ExchangeProgress { is_answered: true, ..progress });
    }

    fn update_progress(&self, step: impl FnOnce(ExchangeProgress) -> ExchangeProgress) {
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *progress;
        *progress = step(before);
        progress.is_silent = progress.has_arrived && !progress.is_answered && self.version == Version::HTTP_11;
        update_counter(&self.counts.open, before.is_open, progress.is_open);
        update_counter(&self.counts.silent, before.is_silent, progress.is_silent);
        if before.is_open && !progress.is_open {
            self.counts.reader.wake();
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.update_progress(|_| ExchangeProgress::default());
    }
}

fn update_counter(counter: &AtomicUsize, before: bool, after: bool) {
    match (before, after) {
        (false, true) => counter.fetch_add(1, SeqCst),
        (true, false) => counter.fetch_sub(1, SeqCst),
        _ => 0,
    };
}

/// A request's body, which notes when it has arrived, or that a part of it is missing at the end of input.
struct IncomingBody {
    body: Body,
    exchange: Arc<Exchange>,
}

impl HttpBody for IncomingBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let counts = self.exchange.counts.clone();
        counts.body.register(context.waker());
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Pending if counts.has_ended.load(SeqCst) => {
                self.exchange.update_progress(|progress| ExchangeProgress { is_open: false, ..progress });
            }
            Poll::Pending => {}
            Poll::Ready(frame) if frame.is_none() || self.body.is_end_stream() => {
                self.exchange.update_progress(|progress| ExchangeProgress { has_arrived: true, ..progress });
            }
            Poll::Ready(_) => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that reports its end of input only when all answers are written.
pub(super) struct HalfClosedStream {
    stream: Pin<Box<TimeoutStream<TcpStream>>>,
    exchanges: OpenExchanges,
    /// When to send the next interim response; set at the end of input.
    probes: Option<Interval>,
    is_unflushed: bool,
}

impl HalfClosedStream {
    pub(super) fn new(stream: TimeoutStream<TcpStream>, exchanges: OpenExchanges) -> Self {
        HalfClosedStream { stream: Box::pin(stream), exchanges, probes: None, is_unflushed: false }
    }
}

impl AsyncRead for HalfClosedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, exchanges: OpenExchanges(counts), probes, is_unflushed } = &mut *self;
        if probes.is_none() {
            let before = buffer.filled().len();
            ready!(stream.as_mut().poll_read(context, buffer))?;
            if buffer.filled().len() > before || buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            counts.has_ended.store(true, SeqCst);
            counts.body.wake();
        }
        let probes = probes.get_or_insert_with(|| interval_at(Instant::now() + PROBE, PROBE));
        counts.reader.register(context.waker());
        while counts.open.load(SeqCst) > 0 || *is_unflushed {
            ready!(probes.poll_tick(context));
            if let Some(error) = stream.get_ref().take_error()? {
                return Poll::Ready(Err(error));
            }
            if counts.silent.load(SeqCst) > 0 && !*is_unflushed {
                // It is short, and the buffer is empty: it is written whole.
                let _ = stream.as_mut().poll_write(context, CONTINUE)?;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for HalfClosedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.is_unflushed = true;
        self.stream.as_mut().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.is_unflushed = true;
        self.stream.as_mut().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.stream.as_mut().poll_flush(context))?;
        // hyper flushes when it has written all it has.
        if std::mem::take(&mut self.is_unflushed) && self.probes.is_some() {
            self.exchanges.0.reader.wake();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(context)
    }
}
