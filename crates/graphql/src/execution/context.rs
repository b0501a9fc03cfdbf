//! What the resolvers of one request share: the store, its batches, the day, the languages of the reader.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use async_graphql::{Context, Error, Result};
use domain::{Clock, Known, LanguageTag, TimeZone, View};
use persistence::{ColumnSet, Parts, Store, StoreError};

use crate::{
    batching::{
        batches::{Batches, Loader},
        loaders::PartsLoader,
    },
    execution::{
        error::LoggedFailure,
        error_code::ErrorCode,
        feed::RevisionFeed,
        scenario::{RequestScenario, ScenarioWriter, WrittenScenario},
        trace::{LevelNumber, Trace},
    },
    schema::Schema,
};

/// What the resolvers of one request share.
pub(crate) struct RequestContext {
    pub(crate) schema: Schema,
    pub(crate) store: Store,
    pub(crate) batches: Arc<Batches>,
    pub(crate) feed: RevisionFeed,
    pub(crate) clock: Arc<dyn Clock>,
    /// The time zone in which the days of the map begin.
    pub(crate) zone: TimeZone,
    pub(crate) languages: Vec<LanguageTag>,
    /// How many more objects the answer may carry.
    pub(crate) budget: Arc<AtomicU64>,
    /// Writes scenarios.
    pub(crate) scenarios: Option<Arc<dyn ScenarioWriter>>,
    /// The scenario that the request has.
    pub(crate) scenario: RequestScenario,
    /// What the run does, if it is to tell.
    pub(crate) trace: Option<Arc<Trace>>,
}

/// What resolvers call on their context.
pub(crate) trait ContextExt {
    /// What the resolvers of the request share.
    fn request_context(&self) -> &RequestContext;

    /// The level of a traced run for which something is loaded here.
    fn level(&self) -> Option<LevelNumber> {
        None
    }

    /// The store.
    fn store(&self) -> Store {
        let store = &self.request_context().store;
        self.level().map_or_else(|| store.clone(), |level| store.asked_by(vec![level]))
    }

    /// The view of a request that asks for none: today, all that is known.
    fn default_view(&self) -> View {
        let context = self.request_context();
        View::new(context.clock.today(context.zone), Known::Latest)
    }

    /// The languages that a reader wants, the best first: the one that a field was asked for or those of the request.
    fn wanted_languages<'a>(&'a self, asked: Option<&'a [LanguageTag; 1]>) -> &'a [LanguageTag] {
        asked.map_or(&self.request_context().languages, |asked| asked.as_slice())
    }

    /// Subtracts objects from the budget of the answer.
    ///
    /// # Errors
    /// There are more than the answer may carry: the estimate took the lists for shorter than they are.
    fn charge_objects(&self, objects: usize) -> Result<()> {
        let objects = u64::try_from(objects).unwrap_or(u64::MAX);
        match self.request_context().budget.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(objects)) {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(ErrorCode::CostTooHigh.with_message("the answer is larger than was expected, and than it may be"))
            }
        }
    }

    /// The scenario of a view.
    fn scenario_of(&self, view: View) -> Option<&Arc<WrittenScenario>> {
        let written = self.request_context().scenario.written();
        written.filter(|written| Some(written.id) == view.scenario)
    }

    /// Loads the value of an id, in one statement with the other ids of the level.
    fn load<L: Loader>(&self, loader: L, id: i64) -> impl Future<Output = Result<Option<L::Value>>> + Send
    where
        Self: Sync,
    {
        self.load_columns(loader, id, ColumnSet::LEAST)
    }

    /// The same of a loader of nouns, with these columns of them.
    fn load_columns<L: Loader>(
        &self,
        loader: L,
        id: i64,
        columns: ColumnSet,
    ) -> impl Future<Output = Result<Option<L::Value>>> + Send
    where
        Self: Sync,
    {
        async move { Ok(self.load_all_columns(loader, &[id], columns).await?.pop().flatten()) }
    }

    /// The same of many ids, in their order.
    fn load_all_columns<L: Loader>(
        &self,
        loader: L,
        ids: &[i64],
        columns: ColumnSet,
    ) -> impl Future<Output = Result<Vec<Option<L::Value>>>> + Send
    where
        Self: Sync,
    {
        async move {
            let batches = &self.request_context().batches;
            batches.load_all(loader, ids, columns, self.level()).await.map_err(Error::from)
        }
    }

    /// The parts of a noun.
    fn load_parts<P: Parts>(&self, view: View, owner: i64) -> impl Future<Output = Result<Arc<Vec<P>>>> + Send
    where
        Self: Sync,
    {
        async move { Ok(self.load(PartsLoader::<P>::new(view), owner).await?.unwrap_or_default()) }
    }
}

impl ContextExt for Context<'_> {
    fn request_context(&self) -> &RequestContext {
        self.data_unchecked::<RequestContext>()
    }
}

/// Logs a failure of the store, and gives the error that a client may see.
pub(crate) fn mask_store_error(error: StoreError) -> Error {
    LoggedFailure::log_store_error(error).into()
}
