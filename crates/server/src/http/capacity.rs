//! The limits of connections, requests and operations, and the permits that enforce them.
//!
//! Use `acquire_operation` before an operation runs and `acquire_unread` before an answer is kept until it is read;
//! `listen` makes the permit of a connection. A permit is given back when it is dropped.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::http::HeaderValue;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{proxy::TrustedProxies, rates::ClientRates};

/// The limits of the server, and the permits that are left.
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
    /// How long an operation, or an answer, waits for a permit.
    pub permit_time: Duration,
    /// The cost, in thousands, that large operations may have together while they run.
    pub large: SharedBudget,
    /// The kilobytes that answers may have together while they wait to be read.
    pub unread: SharedBudget,
    /// The origins, beside its own, whose pages may read answers.
    pub origins: Vec<HeaderValue>,
    /// The permits of operations that run at the same time.
    pub operations: Arc<Semaphore>,
    /// How many requests a second each client may send; unlimited if there is no rate.
    pub rates: Option<ClientRates>,
    /// The proxies whose headers are believed about the client of a request and the address it was sent to.
    pub proxies: TrustedProxies,
    /// How large a message of a WebSocket may be, in bytes.
    pub message: usize,
    /// How many messages a second a WebSocket may send and, apart from those, how many operations it may start; in bursts
    /// as large as twice the operations that it may have.
    pub messages: NonZeroU32,
    /// How many operations a WebSocket, and how many event streams another connection, may have at the same time.
    pub subscriptions: usize,
    /// How long a WebSocket may take to send `connection_init`.
    pub init_time: Duration,
    /// How many rows an answer may have that is asked for as rows.
    pub rows: usize,
    /// How long an operation takes that the log calls slow.
    pub slow: Duration,
    /// Whether metrics are recorded and served.
    pub has_metrics: bool,
    /// Whether the log has a line for each request.
    pub logs_requests: bool,
    /// Whether requests may ask how they are answered.
    pub explains: bool,
    /// How long open requests may go on once the server is told to stop.
    pub grace: Duration,
    /// Cancelled when the server is to stop.
    pub stopping: CancellationToken,
    /// The open WebSockets.
    pub sockets: TaskTracker,
}

impl Capacity {
    /// The default limits, with so many operations at the same time.
    #[must_use]
    pub fn with_operations(operations: usize) -> Self {
        Capacity {
            body: 1 << 20,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            unread_time: Duration::from_secs(30),
            connections: 10_000,
            permit_time: Duration::from_secs(1),
            large: SharedBudget::new(4_000),
            unread: SharedBudget::new(512 * 1024),
            origins: Vec::new(),
            operations: Arc::new(Semaphore::new(operations)),
            rates: None,
            proxies: TrustedProxies::default(),
            message: 1 << 18,
            messages: NonZeroU32::new(50).unwrap_or(NonZeroU32::MIN),
            subscriptions: 50,
            init_time: Duration::from_secs(3),
            rows: 1_000_000,
            slow: Duration::from_secs(1),
            has_metrics: true,
            logs_requests: true,
            explains: false,
            grace: Duration::from_secs(30),
            stopping: CancellationToken::new(),
            sockets: TaskTracker::new(),
        }
    }

    /// Waits for the permit of an operation with this expected cost; `None` if none was free within `permit_time`.
    ///
    /// A large operation also takes its cost out of `large`, so that small ones never wait for it there.
    pub(super) async fn acquire_operation(&self, cost: u64) -> Option<OperationPermit> {
        let thousands = if cost < LARGE_OPERATION_COST { 0 } else { cost.div_ceil(1_000) };
        let both =
            async { Some((self.large.acquire(thousands).await?, self.operations.clone().acquire_owned().await.ok()?)) };
        let (large, operation) = timeout(self.permit_time, both).await.ok()??;
        Some(OperationPermit { _operation: operation, _large: large })
    }

    /// Waits for a permit to keep an answer of so many bytes until it is read; `None` if none was free within
    /// `permit_time`.
    pub(super) async fn acquire_unread(&self, bytes: u64) -> Option<UnreadPermit> {
        let kilobytes = if bytes <= SMALL_ANSWER_BYTES { 0 } else { bytes.div_ceil(1024) };
        let permit = timeout(self.permit_time, self.unread.acquire(kilobytes)).await.ok()??;
        Some(UnreadPermit { _permit: Arc::new(permit) })
    }
}

/// The cost from which an operation is a large one.
const LARGE_OPERATION_COST: u64 = 50_000;
/// Bytes up to which an answer takes nothing out of `unread`.
const SMALL_ANSWER_BYTES: u64 = 16 * 1024;

/// An amount that all requests share.
#[derive(Debug, Clone)]
pub struct SharedBudget {
    left: Arc<Semaphore>,
    all: u32,
}

impl SharedBudget {
    /// A budget of this size.
    #[must_use]
    pub fn new(all: u32) -> SharedBudget {
        SharedBudget { left: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits for a part of it; one that is larger than the budget gets all of it.
    async fn acquire(&self, wanted: u64) -> Option<OwnedSemaphorePermit> {
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).min(self.all);
        self.left.clone().acquire_many_owned(wanted).await.ok()
    }
}

/// The permit of an operation to run.
pub(super) struct OperationPermit {
    _operation: OwnedSemaphorePermit,
    _large: OwnedSemaphorePermit,
}

/// The permit of an answer to be kept until it is read.
#[derive(Clone)]
pub(super) struct UnreadPermit {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Default for Capacity {
    fn default() -> Self {
        Capacity::with_operations(64)
    }
}

/// The permit of a connection, which each of its requests, or its WebSocket, keeps; and the permits of its streams.
#[derive(Clone)]
pub(crate) struct ConnectionPermit {
    _connection: Arc<OwnedSemaphorePermit>,
    streams: Arc<Semaphore>,
}

impl ConnectionPermit {
    pub(super) fn new(connection: OwnedSemaphorePermit, streams: usize) -> ConnectionPermit {
        ConnectionPermit {
            _connection: Arc::new(connection),
            streams: Arc::new(Semaphore::new(streams.min(Semaphore::MAX_PERMITS))),
        }
    }

    /// The permit of one more event stream; `None` if the connection has as many as it may.
    pub(crate) fn acquire_stream(&self) -> Option<OwnedSemaphorePermit> {
        self.streams.clone().try_acquire_owned().ok()
    }
}
