//! How much the server takes on, and the permits that connections, operations and answers hold of it.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::http::HeaderValue;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{proxy::Proxies, rates::Rates};

/// How much the server takes on.
pub struct Capacity {
    /// How large a request's body may be, in bytes.
    pub body: usize,
    /// How long a request's head may take.
    pub head_time: Duration,
    /// How long a request's body may take.
    pub body_time: Duration,
    /// How long a client may leave unread what is written to it.
    pub unread_time: Duration,
    /// How many connections there may be.
    pub connections: usize,
    /// How long an operation waits for its turn.
    pub patience: Duration,
    /// The cost, in thousands, that large operations may have together while they run.
    pub large: Share,
    /// The kilobytes that answers may have together while they wait to be read.
    pub unread: Share,
    /// The origins, beside its own, whose pages may read answers.
    pub origins: Vec<HeaderValue>,
    /// The turns of operations that run at the same time.
    pub turns: Arc<Semaphore>,
    /// How often each client may ask; as often as it likes if there is no rate.
    pub rates: Option<Rates>,
    /// The proxies that are believed about whom a request comes from, and which address was asked.
    pub proxies: Proxies,
    /// How large a message of a WebSocket may be, in bytes.
    pub message: usize,
    /// How many messages a second a WebSocket may send and, apart from those, how many operations it may start; in bursts
    /// as large as twice the operations that it may have.
    pub messages: NonZeroU32,
    /// How many operations a WebSocket, and how many event streams another connection, may have at the same time.
    pub subscriptions: usize,
    /// How long a WebSocket may take to introduce itself.
    pub init_time: Duration,
    /// How long an operation takes that the log calls slow.
    pub slow: Duration,
    /// Whether figures are kept, and given to whoever asks.
    pub has_metrics: bool,
    /// Whether the log has a line for each request.
    pub logs_requests: bool,
    /// How long open requests may go on once the server is told to stop.
    pub grace: Duration,
    /// Tells that the server is to stop.
    pub stopping: CancellationToken,
    /// The open WebSockets.
    pub sockets: TaskTracker,
}

impl Capacity {
    /// Takes on so many operations at the same time.
    #[must_use]
    pub fn of(operations: usize) -> Self {
        Capacity {
            body: 1 << 20,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            unread_time: Duration::from_secs(30),
            connections: 10_000,
            patience: Duration::from_secs(1),
            large: Share::of(4_000),
            unread: Share::of(512 * 1024),
            origins: Vec::new(),
            turns: Arc::new(Semaphore::new(operations)),
            rates: None,
            proxies: Proxies::default(),
            message: 1 << 18,
            messages: NonZeroU32::new(50).unwrap_or(NonZeroU32::MIN),
            subscriptions: 50,
            init_time: Duration::from_secs(3),
            slow: Duration::from_secs(1),
            has_metrics: true,
            logs_requests: true,
            grace: Duration::from_secs(30),
            stopping: CancellationToken::new(),
            sockets: TaskTracker::new(),
        }
    }

    /// Waits for the turn of an operation that is expected to cost so much; `None` if there was none in time.
    ///
    /// Large ones wait for each other, and no small one for them.
    pub(super) async fn turn(&self, cost: u64) -> Option<Turn> {
        let thousands = if cost < LARGE { 0 } else { cost.div_ceil(1_000) };
        let both = async { Some((self.large.take(thousands).await?, self.turns.clone().acquire_owned().await.ok()?)) };
        let (large, turn) = timeout(self.patience, both).await.ok()??;
        Some(Turn { _turn: turn, _large: large })
    }

    /// Waits for room to keep an answer of so many bytes until it is read; `None` if there was none in time.
    pub(super) async fn hold(&self, bytes: u64) -> Option<Held> {
        let kilobytes = if bytes <= SMALL { 0 } else { bytes.div_ceil(1024) };
        let held = timeout(self.patience, self.unread.take(kilobytes)).await.ok()??;
        Some(Held { _held: Arc::new(held) })
    }
}

/// The cost from which an operation is a large one.
const LARGE: u64 = 50_000;
/// Bytes of an answer that every connection has room for.
const SMALL: u64 = 16 * 1024;

/// Something of which there is so much, for all to share.
#[derive(Debug, Clone)]
pub struct Share {
    left: Arc<Semaphore>,
    all: u32,
}

impl Share {
    /// So much for all.
    #[must_use]
    pub fn of(all: u32) -> Share {
        Share { left: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits for so much of it, or for all there is.
    async fn take(&self, wanted: u64) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).min(self.all);
        self.left.clone().acquire_many_owned(wanted).await.ok()
    }
}

/// The turn of an operation.
pub(super) struct Turn {
    _turn: OwnedSemaphorePermit,
    _large: OwnedSemaphorePermit,
}

/// The room of an answer that is not read yet.
#[derive(Clone)]
pub(super) struct Held {
    _held: Arc<OwnedSemaphorePermit>,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity::of(64)
    }
}

/// Holds a connection's room as long as one of its requests, or its WebSocket, lives; has the turns of its event streams.
#[derive(Clone)]
pub(crate) struct Room {
    _place: Arc<OwnedSemaphorePermit>,
    streams: Arc<Semaphore>,
}

impl Room {
    pub(super) fn new(place: OwnedSemaphorePermit, streams: usize) -> Room {
        Room { _place: Arc::new(place), streams: Arc::new(Semaphore::new(streams.min(Semaphore::MAX_PERMITS))) }
    }

    /// A turn for one more event stream; `None` if the connection has as many as it may.
    pub(crate) fn stream(&self) -> Option<OwnedSemaphorePermit> {
        self.streams.clone().try_acquire_owned().ok()
    }
}
