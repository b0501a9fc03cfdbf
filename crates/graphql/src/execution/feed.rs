//! News of revisions: one watcher asks the store, for all who listen.
//!
//! A revision may be recorded by another process, so the store has to be asked. It is asked only while somebody listens.

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
pub struct Feed(Arc<Watch>);

#[derive(Debug)]
struct Watch {
    every: Duration,
    latest: watch::Sender<i64>,
    /// Whether somebody asks the store.
    is_watched: Mutex<bool>,
}

/// How many revisions are fetched at once.
const AT_ONCE: u32 = 100;

impl Default for Feed {
    fn default() -> Self {
        Feed::asking(Duration::from_millis(500))
    }
}

impl Feed {
    /// A feed whose store is asked this often.
    #[must_use]
    pub fn asking(every: Duration) -> Self {
        Feed(Arc::new(Watch { every, latest: watch::Sender::new(0), is_watched: Mutex::new(false) }))
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.0.latest.receiver_count()
    }

    /// The revisions after a number, or after the latest there is, in their order and without end.
    ///
    /// A store that fails is asked again: listeners outlive a restart of the database.
    ///
    /// # Errors
    /// The store fails before the first is awaited.
    pub(crate) async fn revisions(
        &self,
        store: &Store,
        after: Option<i64>,
    ) -> Result<impl Stream<Item = Revision> + Send + use<>, StoreError> {
        let latest = self.listen(store);
        let after = match after {
            Some(number) => number,
            None => store.revision(Known::Latest).await?.map_or(0, |revision| revision.number),
        };
        let listener = Listener { store: store.clone(), every: self.0.every, latest, after, ready: VecDeque::new() };
        Ok(unfold(listener, |mut listener| async move {
            let revision = listener.next().await?;
            Some((revision, listener))
        }))
    }

    fn listen(&self, store: &Store) -> watch::Receiver<i64> {
        let mut is_watched = self.0.is_watched.lock().unwrap_or_else(PoisonError::into_inner);
        let latest = self.0.latest.subscribe();
        if !std::mem::replace(&mut *is_watched, true) {
            tokio::spawn(watch(self.0.clone(), store.uncounted()));
        }
        latest
    }
}

/// Asks the store until nobody listens any more.
async fn watch(feed: Arc<Watch>, store: Store) {
    let mut failed = false;
    loop {
        match store.revision(Known::Latest).await {
            Ok(latest) => {
                failed = false;
                let latest = latest.map_or(0, |revision| revision.number);
                feed.latest.send_if_modified(|known| std::mem::replace(known, latest) != latest);
            }
            Err(error) if !std::mem::replace(&mut failed, true) => {
                tracing::warn!(%error, "the store does not say which revision is the latest; asking on");
            }
            Err(_) => {}
        }
        sleep(feed.every).await;
        let mut is_watched = feed.is_watched.lock().unwrap_or_else(PoisonError::into_inner);
        if feed.latest.receiver_count() == 0 {
            *is_watched = false;
            return;
        }
    }
}

/// Somebody who listens.
struct Listener {
    store: Store,
    every: Duration,
    latest: watch::Receiver<i64>,
    /// The last revision told.
    after: i64,
    ready: VecDeque<Revision>,
}

impl Listener {
    async fn next(&mut self) -> Option<Revision> {
        loop {
            if let Some(revision) = self.ready.pop_front() {
                self.after = revision.number;
                return Some(revision);
            }
            let after = self.after;
            self.latest.wait_for(|latest| *latest > after).await.ok()?;
            match self.store.revisions_after(after, AT_ONCE).await {
                Ok(revisions) => self.ready = revisions.into(),
                Err(error) => tracing::warn!(%error, "a revision cannot be told yet; asking again"),
            }
            if self.ready.is_empty() {
                sleep(self.every).await;
            }
        }
    }
}
