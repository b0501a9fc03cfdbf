//! Revisions as they are recorded: one task polls the store for all listeners.
//!
//! A revision may be recorded by another process, so the store has to be polled. It is polled only while there are listeners.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Known, Revision};
use futures::{Stream, stream::unfold};
use persistence::{Store, StoreError};
use tokio::{sync::watch, time::sleep};

/// Tells listeners of every revision that is recorded. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RevisionFeed(Arc<FeedState>);

#[derive(Debug)]
struct FeedState {
    every: Duration,
    latest: watch::Sender<i64>,
    /// Whether a task polls the store.
    is_polled: Mutex<bool>,
}

/// How many revisions are fetched at once.
const FETCH_SIZE: u32 = 100;

impl Default for RevisionFeed {
    fn default() -> Self {
        RevisionFeed::polling_every(Duration::from_millis(500))
    }
}

impl RevisionFeed {
    /// A feed that polls its store this often.
    #[must_use]
    pub fn polling_every(every: Duration) -> Self {
        RevisionFeed(Arc::new(FeedState { every, latest: watch::Sender::new(0), is_polled: Mutex::new(false) }))
    }

    /// How many listeners there are.
    #[must_use]
    pub fn listener_count(&self) -> usize {
        self.0.latest.receiver_count()
    }

    /// The revisions after a number, or after the latest there is, in their order and without end.
    ///
    /// A store that fails is polled again: listeners outlive a restart of the database.
    ///
    /// # Errors
    /// The store fails before the first is awaited.
    pub(crate) async fn stream_revisions(
        &self,
        store: &Store,
        after: Option<i64>,
    ) -> Result<impl Stream<Item = Revision> + Send + use<>, StoreError> {
        let latest = self.subscribe_latest(store);
        let after = match after {
            Some(number) => number,
            None => store.revision(Known::Latest).await?.map_or(0, |revision| revision.number),
        };
        let listener =
            RevisionListener { store: store.clone(), every: self.0.every, latest, after, ready: VecDeque::new() };
        Ok(unfold(listener, |mut listener| async move {
            let revision = listener.next_revision().await?;
            Some((revision, listener))
        }))
    }

    fn subscribe_latest(&self, store: &Store) -> watch::Receiver<i64> {
        let mut is_polled = self.0.is_polled.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.0.latest.subscribe();
        if !std::mem::replace(&mut *is_polled, true) {
            tokio::spawn(poll_revisions(self.0.clone(), store.uncounted()));
        }
        latest
    }
}

/// Polls the store until there are no listeners.
async fn poll_revisions(feed: Arc<FeedState>, store: Store) {
    let mut failed = false;
    loop {
        match store.revision(Known::Latest).await {
            Ok(latest) => {
                failed = false;
                let latest = latest.map_or(0, |revision| revision.number);
                feed.latest.send_if_modified(|known| std::mem::replace(known, latest) != latest);
            }
            Err(error) if !std::mem::replace(&mut failed, true) => {
                tracing::warn!(%error, "the store does not say which revision is the latest; it is polled on");
            }
            Err(_) => {}
        }
        sleep(feed.every).await;
        let mut is_polled = feed.is_polled.lock().unwrap_or_else(PoisonError::into_inner);
        if feed.latest.receiver_count() == 0 {
            *is_polled = false;
            return;
        }
    }
}

/// One subscription to the feed.
struct RevisionListener {
    store: Store,
    every: Duration,
    latest: watch::Receiver<i64>,
    /// The last revision that was sent.
    after: i64,
    ready: VecDeque<Revision>,
}

impl RevisionListener {
    async fn next_revision(&mut self) -> Option<Revision> {
        loop {
            if let Some(revision) = self.ready.pop_front() {
                self.after = revision.number;
                return Some(revision);
            }
            let after = self.after;
            self.latest.wait_for(|latest| *latest > after).await.ok()?;
            match self.store.revisions_after(after, FETCH_SIZE).await {
                Ok(revisions) => self.ready = revisions.into(),
                Err(error) => tracing::warn!(%error, "a revision cannot be read yet; it is read again"),
            }
            if self.ready.is_empty() {
                sleep(self.every).await;
            }
        }
    }
}
