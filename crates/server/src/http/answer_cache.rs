//! Answers that are kept as they are sent, and given again while nothing has changed that they depend on.
//!
//! The key of an answer is all that it depends on: what is asked, in which languages, and the view under which. Whoever looks
//! one up learns the latest revision first, so an answer has every revision that was recorded before its request came.

use std::{
    collections::HashMap,
    fmt::{Debug, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{LanguageTag, Revision, id::fingerprint};
use futures::{
    FutureExt,
    future::{BoxFuture, WeakShared},
};
use graphql::{Answer, Backend, Freshness, LatestView, PreparedRequest, Request};
use persistence::StoreError;
use quick_cache::Weighter;
use tokio::time::{Instant, timeout_at};

use super::{encoding::Encoding, outcome::AnsweredBy, written::WrittenAnswer};
use crate::byte_cache::{ByteCache, new_byte_cache};

/// All that an answer depends on, and the view that it is read under.
pub(super) struct AnswerKey {
    text: Arc<str>,
    /// The default view; `None` if the answer depends on none.
    view: Option<LatestView>,
}

impl AnswerKey {
    /// The key of a request's answer as of now.
    ///
    /// The revision is part of it with its time and its message, and so is the first one, since a database that was made
    /// anew counts from 1 again.
    ///
    /// # Errors
    /// The store failed.
    pub(super) async fn new(
        backend: &Backend,
        prepared: &PreparedRequest,
        languages: &[LanguageTag],
    ) -> Result<AnswerKey, StoreError> {
        let (map, view) = match prepared.freshness {
            Freshness::Schema => (None, None),
            Freshness::Pinned => (backend.store.origin().await?, None),
            Freshness::Latest | Freshness::Scenario => {
                let view = backend.latest_view().await?;
                (backend.store.origin().await?, Some(view))
            }
        };
        let Request { query, operation_name, variables, .. } = prepared.request();
        let mut text = KeyText::with_capacity(query.len() + 512);
        text.push(env!("CARGO_PKG_VERSION"));
        text.push_revision(map);
        text.push(query);
        // No name is a dash.
        text.push(operation_name.as_deref().unwrap_or("-"));
        text.push(&serde_json::to_string(variables).unwrap_or_default());
        text.push(&languages.iter().map(LanguageTag::as_str).collect::<Vec<_>>().join(","));
        if let Some(view) = &view {
            text.push(&view.day().to_string());
            text.push(view.zone.name());
            text.push_revision(view.latest.revision.as_ref());
        }
        let text = text.0;
        Ok(AnswerKey { text: text.into(), view })
    }

    /// The tag of the answer in a form.
    pub(super) fn tag(&self, form: &impl Debug) -> String {
        format!("{:016x}", fingerprint(format!("{} {form:?}", self.text).as_bytes()))
    }

    /// The default view; `None` if the answer depends on none.
    pub(super) fn into_view(self) -> Option<LatestView> {
        self.view
    }

    /// The backend that answers under the key's view.
    pub(super) fn backend(&self, backend: &Backend) -> Backend {
        self.view.as_ref().map_or_else(|| backend.clone(), |view| view.backend(backend))
    }
}

/// The text of a key: parts, each after its length, so that no two lists of parts are one text.
struct KeyText(String);

impl KeyText {
    fn with_capacity(bytes: usize) -> KeyText {
        KeyText(String::with_capacity(bytes))
    }

    fn push(&mut self, part: &str) {
        let _ = write!(self.0, "{}:{part} ", part.len());
    }

    fn push_revision(&mut self, revision: Option<&Revision>) {
        let Some(Revision { number, recorded_at, actor, message }) = revision else { return self.push("") };
        self.push(&number.to_string());
        for part in [recorded_at, actor, message] {
            self.push(part);
        }
    }
}

/// A key, and the encoding in which the answer is kept.
type EncodedKey = (Arc<str>, Encoding);
/// An answer that runs; `None` if there was no permit for it.
type Running = BoxFuture<'static, Option<Arc<WrittenAnswer>>>;
type Kept = ByteCache<EncodedKey, Arc<WrittenAnswer>, AnswerWeighter>;

/// The answers that are kept, and those that run.
pub struct AnswerCache {
    /// `None` if nothing is kept.
    kept: Option<Kept>,
    running: Mutex<RunningAnswers>,
}

#[derive(Default)]
struct RunningAnswers {
    /// How many have begun.
    begun: u64,
    /// Each with its number.
    by_key: HashMap<EncodedKey, (u64, WeakShared<Running>)>,
}

/// The default size of the cache, in bytes.
pub(crate) const DEFAULT_CACHED_BYTES: u64 = 64 << 20;

impl AnswerCache {
    /// A cache of so many bytes; with 0 nothing is kept, and each request is answered for itself.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        AnswerCache {
            kept: (max_bytes > 0).then(|| new_byte_cache(max_bytes, 8192, AnswerWeighter)),
            running: Mutex::default(),
        }
    }

    /// Whether answers are kept.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.kept.is_some()
    }

    /// How many bytes are kept.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.kept.as_ref().map_or(0, ByteCache::weight)
    }

    /// The answer that is kept under a key.
    pub(super) fn get(&self, key: &AnswerKey, encoding: Encoding) -> Option<WrittenAnswer> {
        let kept = self.kept.as_ref()?.get(&(key.text.clone(), encoding))?;
        Some(kept.repeated_by(AnsweredBy::Cache))
    }

    /// The answer that runs under a key already, or the one that `start` gives, which is kept if it has no error.
    ///
    /// What runs ends when none of those who wait for it is left. A request that joins has all of its time: if what it
    /// joined is given up before, it starts its own.
    pub(super) async fn join_or_run(
        self: &Arc<Self>,
        key: &AnswerKey,
        encoding: Encoding,
        time: Duration,
        start: impl FnOnce() -> BoxFuture<'static, Option<Answer>>,
    ) -> Option<WrittenAnswer> {
        let key: EncodedKey = (key.text.clone(), encoding);
        if !self.is_on() {
            return start().await.map(WrittenAnswer::new);
        }
        let deadline = Instant::now() + time;
        let run = loop {
            let joined = {
                let mut running = self.running();
                let found = running.by_key.get(&key).and_then(|(_, run)| run.upgrade());
                let Some(joined) = found else {
                    running.begun += 1;
                    let run = self.clone().run_and_keep(key.clone(), running.begun, start()).boxed().shared();
                    let number = running.begun;
                    running.by_key.extend(run.downgrade().map(|weak| (key, (number, weak))));
                    break run;
                };
                joined
            };
            let answer = match timeout_at(deadline, joined).await {
                Ok(Some(answer)) if answer.is_timeout() && Instant::now() < deadline => continue,
                Ok(answer) => answer,
                Err(_) => Some(Arc::new(WrittenAnswer::new(Answer::timed_out(time)))),
            };
            return answer.map(|answer| answer.repeated_by(AnsweredBy::SharedRun));
        };
        run.await.map(|answer| WrittenAnswer::clone(&answer))
    }

    async fn run_and_keep(
        self: Arc<Self>,
        key: EncodedKey,
        number: u64,
        run: BoxFuture<'static, Option<Answer>>,
    ) -> Option<Arc<WrittenAnswer>> {
        // Also when nobody waits any more, and this is dropped.
        let _ended = RunEnded { cache: self.clone(), key: key.clone(), number };
        let mut answer = WrittenAnswer::new(run.await?);
        if answer.code.is_none() {
            answer = answer.encode(key.1).await;
        }
        let answer = Arc::new(answer);
        if let Some(kept) = self.kept.as_ref().filter(|_| answer.code.is_none()) {
            kept.insert(key, answer.clone());
        }
        Some(answer)
    }

    fn running(&self) -> MutexGuard<'_, RunningAnswers> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for AnswerCache {
    fn default() -> Self {
        AnswerCache::new(DEFAULT_CACHED_BYTES)
    }
}

/// Takes an answer out of those that run, when it is dropped.
struct RunEnded {
    cache: Arc<AnswerCache>,
    key: EncodedKey,
    number: u64,
}

impl Drop for RunEnded {
    fn drop(&mut self) {
        let mut running = self.cache.running();
        // Nobody may have waited for it any more, and another have begun.
        if running.by_key.get(&self.key).is_some_and(|(number, _)| *number == self.number) {
            running.by_key.remove(&self.key);
        }
    }
}

/// Bytes that an answer takes beside its body and its key, roughly.
const ANSWER_OVERHEAD_BYTES: u64 = 300;

/// The weight of an answer in the cache: its bytes.
#[derive(Debug, Clone)]
struct AnswerWeighter;

impl Weighter<EncodedKey, Arc<WrittenAnswer>> for AnswerWeighter {
    fn weight(&self, (text, _): &EncodedKey, answer: &Arc<WrittenAnswer>) -> u64 {
        ANSWER_OVERHEAD_BYTES + text.len() as u64 + answer.body.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use futures::future::{join_all, pending, ready};
    use graphql::ErrorCode;
    use tokio::{sync::oneshot, time::sleep};

    use super::*;

    const TIME: Duration = Duration::from_secs(10);

    fn cache_and_key() -> (Arc<AnswerCache>, AnswerKey) {
        (Arc::default(), AnswerKey { text: "a request".into(), view: None })
    }

    /// What a request gets that must not run anything.
    fn join(cache: &Arc<AnswerCache>) -> impl Future<Output = Option<WrittenAnswer>> + use<> {
        let (cache, (_, key)) = (cache.clone(), cache_and_key());
        async move { cache.join_or_run(&key, Encoding::Identity, TIME, || panic!("it runs already")).await }
    }

    #[tokio::test]
    async fn a_request_that_leaves_takes_nothing_from_those_that_wait() {
        let (cache, key) = cache_and_key();
        let (end, ended) = oneshot::channel::<()>();
        let run = async move {
            let _ = ended.await;
            Some(Answer::refused(ErrorCode::NotFound, "a problem"))
        };
        let first = cache.clone();
        let first =
            tokio::spawn(async move { first.join_or_run(&key, Encoding::Identity, TIME, || run.boxed()).await });
        tokio::task::yield_now().await;
        let others = join_all([tokio::spawn(join(&cache)), tokio::spawn(join(&cache))]);
        tokio::task::yield_now().await;
        first.abort();
        end.send(()).expect("somebody waits");
        for other in others.await {
            let answer = other.expect("no panic").expect("an answer");
            assert_eq!(answer.outcome.answered_by, Some(AnsweredBy::SharedRun));
            assert_eq!(answer.code, Some(ErrorCode::NotFound));
        }
        assert!(cache.running().by_key.is_empty());
        assert_eq!(cache.bytes(), 0, "it has an error");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_ends() {
        struct Ended(Option<oneshot::Sender<()>>);
        impl Drop for Ended {
            fn drop(&mut self) {
                let _ = self.0.take().map(|ended| ended.send(()));
            }
        }
        let (cache, key) = cache_and_key();
        let (end, ended) = oneshot::channel::<()>();
        let run = async move {
            let _ended = Ended(Some(end));
            pending().await
        };
        let run = cache.join_or_run(&key, Encoding::Identity, TIME, || run.boxed());
        assert!(tokio::time::timeout(Duration::from_millis(10), run).await.is_err());
        ended.await.expect("it was dropped");
        assert!(cache.running().by_key.is_empty());
    }

    #[tokio::test]
    async fn who_joins_late_has_time_of_its_own() {
        let (cache, key) = cache_and_key();
        let short = Duration::from_millis(50);
        let run = async move {
            sleep(short).await;
            Some(Answer::timed_out(short))
        };
        let first = cache.join_or_run(&key, Encoding::Identity, short, || run.boxed());
        let second = async {
            let own = || ready(Some(Answer::refused(ErrorCode::NotFound, "a problem"))).boxed();
            cache.join_or_run(&key, Encoding::Identity, TIME, own).await
        };
        let (first, second) = tokio::join!(first, second);
        assert!(first.expect("an answer").is_timeout());
        assert_eq!(second.expect("an answer").code, Some(ErrorCode::NotFound));
    }

    #[tokio::test]
    async fn who_joins_waits_no_longer_than_its_own_time() {
        let (cache, key) = cache_and_key();
        let first = cache.join_or_run(&key, Encoding::Identity, TIME, || pending().boxed());
        let short = Duration::from_millis(20);
        let second = cache.join_or_run(&key, Encoding::Identity, short, || panic!("it runs already"));
        tokio::select! {
            biased;
            _ = first => panic!("it never ends"),
            answer = second => assert!(answer.expect("an answer").is_timeout()),
        }
    }
}
