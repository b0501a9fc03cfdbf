//! Accepts connections and serves them: HTTP/1.1, HTTP/2 without TLS and WebSockets, with limits of number and time.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderValue, Request, Version, header},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use socket2::SockRef;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use super::{
    capacity::{Capacity, ConnectionPermit},
    half_closed::{HalfClosedStream, OpenExchanges},
    self_woken::poll_self_woken,
    unread::UnreadAnswers,
};

/// The largest head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 32 * 1024;
/// Streams of an HTTP/2 connection at the same time.
const MAX_HTTP2_STREAMS: u32 = 100;
/// The length of the queue of connections that are not accepted yet, if the system allows it: beyond the usual 128 the
/// system would drop them, and clients try again after a second.
const BACKLOG: i32 = 4096;
/// The send buffer of a connection (`SO_SNDBUF`): with the megabytes of the default, a slow client would seem to read
/// nothing for minutes.
const SEND_BUFFER_BYTES: usize = 256 * 1024;
/// How long to wait after `accept` failed.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);
/// How long a server that stops waits for one more connection of the queue.
const DRAIN_POLL: Duration = Duration::from_millis(10);
/// How long it accepts connections of the queue in all.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(200);
/// How long the request of a new connection is waited for when the server stops.
const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_millis(250);
/// The response to a connection beyond the limit.
const TOO_MANY_CONNECTIONS: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 68\r\nconnection: close\r\n\r\n\
    the server has as many connections as it may: try again in a second\n";

/// Serves a router until the server is told to stop; then open requests end first, within the grace time.
///
/// # Errors
/// The listener is broken.
pub async fn serve(listener: TcpListener, router: Router, capacity: Arc<Capacity>) -> io::Result<()> {
    SockRef::from(&listener).listen(BACKLOG)?;
    let graceful = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(capacity.connections));
    let spawn_connection = |stream: TcpStream, peer: SocketAddr| match permits.clone().try_acquire_owned() {
        Ok(permit) => {
            let (router, capacity) = (router.clone(), capacity.clone());
            tokio::spawn(serve_connection(stream, peer, router, permit, capacity, graceful.watcher()));
        }
        Err(_) => {
            tokio::spawn(reject_connection(stream));
        }
    };
    loop {
        let (stream, peer) = tokio::select! {
            () = capacity.stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Too many open files, or a client that closed at once: the listener goes on.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(ACCEPT_RETRY_DELAY).await;
                    continue;
                }
            },
        };
        spawn_connection(stream, peer);
    }
    // New connections wait in the queue of the system, and are refused when the listener is closed.
    if let Err(error) = SockRef::from(&listener).listen(0) {
        tracing::debug!(%error, "new connections could not be kept waiting");
    }
    // Connections of the queue may have sent requests; closing the listener would reset them.
    let drain_backlog = async {
        while let Ok(Ok((stream, peer))) = timeout(DRAIN_POLL, listener.accept()).await {
            spawn_connection(stream, peer);
        }
    };
    let _ = timeout(DRAIN_TIMEOUT, drain_backlog).await;
    // The runtime learns of a connection a moment late; `accept` is called once more before the listener closes.
    let listener = listener.into_std()?;
    while let Ok((stream, peer)) = listener.accept() {
        stream.set_nonblocking(true)?;
        spawn_connection(TcpStream::from_std(stream)?, peer);
    }
    drop(listener);
    // A connection that was just accepted has not sent its request yet, and would be closed as idle.
    sleep(FIRST_REQUEST_TIMEOUT).await;
    capacity.sockets.close();
    let ended = timeout(capacity.grace, async {
        graceful.shutdown().await;
        capacity.sockets.wait().await;
    });
    if ended.await.is_err() {
        tracing::warn!("some requests did not end within the grace time");
    }
    Ok(())
}

/// Serves one connection.
async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    permit: OwnedSemaphorePermit,
    capacity: Arc<Capacity>,
    watcher: Watcher,
) {
    // Answers are written whole; delaying packets only adds latency.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER_BYTES);
    let permit = ConnectionPermit::new(permit, capacity.subscriptions);
    let has_request = Arc::new(AtomicBool::new(false));
    let request_seen = has_request.clone();
    let unread = UnreadAnswers::default();
    let unread_answers = unread.clone();
    let exchanges = OpenExchanges::default();
    let open_exchanges = exchanges.clone();
    let stopping = capacity.stopping.clone();
    let service = hyper::service::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        request_seen.store(true, Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(permit.clone());
        let (stopping, is_first) = (stopping.clone(), request.version() < Version::HTTP_2);
        let (head, body) = request.into_parts();
        let (exchange, body) = open_exchanges.begin_exchange(head.version, Body::new(body));
        let (answer, unread) = (router.clone().oneshot(Request::from_parts(head, body)), unread_answers.clone());
        async move {
            let mut answer = answer.await?;
            exchange.mark_answered();
            if is_first && stopping.is_cancelled() {
                // Otherwise the client may send its next request on a connection that is being closed.
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            let permit = answer.extensions_mut().remove();
            Ok::<_, Infallible>(answer.map(|body| unread.watch_body(body, permit, exchange)))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(capacity.head_time).max_buf_size(MAX_HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_HTTP2_STREAMS)
        .max_header_list_size(MAX_HEAD_BYTES as u32)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(capacity.unread_time));
    let stream = TokioIo::new(HalfClosedStream::new(stream, exchanges));
    let connection = builder.serve_connection_with_upgrades(stream, service).into_owned();
    let connection = poll_self_woken(watcher.watch(connection));
    // Until the first request no timer of hyper runs: the version of HTTP is not known yet.
    let silent = async {
        sleep(capacity.head_time).await;
        if has_request.load(Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = connection => if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        },
        () = silent => tracing::debug!("a connection asked nothing in time"),
        () = unread.wait_for_timeout(capacity.unread_time) => tracing::debug!("an answer was left unread"),
    }
}

async fn reject_connection(mut stream: TcpStream) {
    let _ = timeout(Duration::from_secs(1), stream.write_all(TOO_MANY_CONNECTIONS)).await;
    let _ = stream.shutdown().await;
}
