//! Connections: HTTP/1.1, HTTP/2 without TLS and WebSockets, no more than there is room for, none slower than it may be.

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
    capacity::{Capacity, Room},
    half_closed::{Exchanges, HalfClosed},
    unread::Unread,
};

/// Bytes of a request's head.
const HEAD: usize = 32 * 1024;
/// Streams of an HTTP/2 connection at the same time.
const STREAMS: u32 = 100;
/// How many connections the system holds for the server until it takes them, if it may hold that many: a crowd beyond
/// the usual 128 would be sent away, to come again after a second.
const CROWD: i32 = 4096;
/// Bytes that the system keeps of what a client has not taken yet: with the megabytes that it may take otherwise, a slow
/// client would seem to read nothing for minutes.
const SENDING: usize = 256 * 1024;
/// How long to wait after the system could not give us a connection.
const BREATH: Duration = Duration::from_millis(100);
/// How long a server that stops waits for one more who has connected already.
const PAUSE: Duration = Duration::from_millis(10);
/// How long it does so in all.
const LAST_CALL: Duration = Duration::from_millis(200);
/// How long the request of a new connection is waited for when the server stops.
const FIRST_REQUEST: Duration = Duration::from_millis(250);
/// What is sent to whoever comes when there is no room.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-type: text/plain; charset=utf-8\r\n\
    content-length: 68\r\nconnection: close\r\n\r\n\
    the server has as many connections as it may: try again in a second\n";

/// Serves a router until the server is told to stop; then open requests end first, within the grace time.
///
/// # Errors
/// The listener is broken.
pub async fn serve(listener: TcpListener, router: Router, capacity: Arc<Capacity>) -> io::Result<()> {
    SockRef::from(&listener).listen(CROWD)?;
    let graceful = GracefulShutdown::new();
    let rooms = Arc::new(Semaphore::new(capacity.connections));
    let welcome = |stream: TcpStream, peer: SocketAddr| match rooms.clone().try_acquire_owned() {
        Ok(room) => {
            let (router, capacity) = (router.clone(), capacity.clone());
            tokio::spawn(converse(stream, peer, router, room, capacity, graceful.watcher()));
        }
        Err(_) => {
            tokio::spawn(turn_away(stream));
        }
    };
    loop {
        let (stream, peer) = tokio::select! {
            () = capacity.stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Too many open files, or a client that went at once: neither is the listener's end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(BREATH).await;
                    continue;
                }
            },
        };
        welcome(stream, peer);
    }
    // Who comes now is kept waiting by the system, and refused when the listener is gone.
    if let Err(error) = SockRef::from(&listener).listen(0) {
        tracing::debug!(%error, "new connections could not be kept waiting");
    }
    // Who has connected already may have asked; a listener that is dropped would hang up on them.
    let last_call = async {
        while let Ok(Ok((stream, peer))) = timeout(PAUSE, listener.accept()).await {
            welcome(stream, peer);
        }
    };
    let _ = timeout(LAST_CALL, last_call).await;
    // The runtime hears of a connection a moment late; the system is asked once more before the door closes.
    let listener = listener.into_std()?;
    while let Ok((stream, peer)) = listener.accept() {
        stream.set_nonblocking(true)?;
        welcome(TcpStream::from_std(stream)?, peer);
    }
    drop(listener);
    // A connection that was just accepted has not sent its request yet, and would be taken for idle.
    sleep(FIRST_REQUEST).await;
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
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    room: OwnedSemaphorePermit,
    capacity: Arc<Capacity>,
    watcher: Watcher,
) {
    // An answer is written at once; there is nothing to collect.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(&stream).set_send_buffer_size(SENDING);
    let room = Room::new(room, capacity.subscriptions);
    let was_asked = Arc::new(AtomicBool::new(false));
    let asked = was_asked.clone();
    let unread = Unread::default();
    let open = unread.clone();
    let exchanges = Exchanges::default();
    let begun = exchanges.clone();
    let stopping = capacity.stopping.clone();
    let service = hyper::service::service_fn(move |mut request: Request<hyper::body::Incoming>| {
        asked.store(true, Relaxed);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(room.clone());
        let (stopping, is_first) = (stopping.clone(), request.version() < Version::HTTP_2);
        let (head, body) = request.into_parts();
        let (exchange, body) = begun.begin(head.version, Body::new(body));
        let (answer, unread) = (router.clone().oneshot(Request::from_parts(head, body)), open.clone());
        async move {
            let mut answer = answer.await?;
            exchange.answered();
            if is_first && stopping.is_cancelled() {
                // Told so, the client does not send its next request into a closing door.
                answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            let held = answer.extensions_mut().remove();
            Ok::<_, Infallible>(answer.map(|body| unread.watch(body, held, exchange)))
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(capacity.head_time).max_buf_size(HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD as u32)
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(20));
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(capacity.unread_time));
    let stream = TokioIo::new(HalfClosed::new(stream, exchanges));
    let connection = builder.serve_connection_with_upgrades(stream, service).into_owned();
    let connection = watcher.watch(connection);
    // Until the first request no timer of the library runs: it does not know yet which version is spoken.
    let silent = async {
        sleep(capacity.head_time).await;
        if was_asked.load(Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = connection => if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        },
        () = silent => tracing::debug!("a connection asked nothing in time"),
        () = unread.given_up(capacity.unread_time) => tracing::debug!("an answer was left unread"),
    }
}

async fn turn_away(mut stream: TcpStream) {
    let _ = timeout(Duration::from_secs(1), stream.write_all(FULL)).await;
    let _ = stream.shutdown().await;
}
