//! What resolvers know of the request: the store, its batches, the day, the languages of the reader.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use async_graphql::{Context, Error, Result, SelectionField};
use domain::{Clock, Known, LanguageTag, TimeZone, View};
use persistence::{ColumnSet, Parts, Store, StoreError};

use crate::{
    batching::{
        batches::{Batches, Question},
        field_columns::{self, FieldColumns},
        loaders::{ById, PartsOf},
    },
    execution::{
        error::{Code, Failure},
        feed::Feed,
    },
    objects::noun::At,
    schema::Schema,
};

/// One request's surroundings.
pub(crate) struct Surroundings {
    pub(crate) schema: Schema,
    pub(crate) store: Store,
    pub(crate) batches: Arc<Batches>,
    pub(crate) feed: Feed,
    pub(crate) clock: Arc<dyn Clock>,
    /// The time zone in which the days of the map begin.
    pub(crate) zone: TimeZone,
    pub(crate) languages: Vec<LanguageTag>,
    /// How many more objects the answer may carry.
    pub(crate) budget: Arc<AtomicU64>,
}

/// The words that resolvers speak in.
pub(crate) trait ContextExt {
    /// The surroundings of the request.
    fn here(&self) -> &Surroundings;

    /// The field that is resolved, with what is selected below it.
    fn selected(&self) -> SelectionField<'_>;

    /// The store.
    fn store(&self) -> &Store {
        &self.here().store
    }

    /// The view of a request that asks for none: today, all that is known.
    fn default_view(&self) -> View {
        let here = self.here();
        View { day: here.clock.today(here.zone), known: Known::Latest }
    }

    /// Takes note of objects that the answer carries.
    ///
    /// # Errors
    /// There are more than the answer may carry: the estimate took the lists for shorter than they are.
    fn spend(&self, objects: usize) -> Result<()> {
        let objects = u64::try_from(objects).unwrap_or(u64::MAX);
        match self.here().budget.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(objects)) {
            Ok(_) => Ok(()),
            Err(_) => Err(Code::CostTooHigh.because("the answer is larger than was expected, and than it may be")),
        }
    }

    /// Asks a question together with all others who ask it now.
    fn ask<Q: Question>(&self, question: Q, id: i64) -> impl Future<Output = Result<Option<Q::Answer>>> + Send
    where
        Self: Sync,
    {
        self.read(question, id, ColumnSet::LEAST)
    }

    /// The same of a question about nouns, to look at these columns of them.
    fn read<Q: Question>(
        &self,
        question: Q,
        id: i64,
        columns: ColumnSet,
    ) -> impl Future<Output = Result<Option<Q::Answer>>> + Send
    where
        Self: Sync,
    {
        async move { self.here().batches.ask(question, id, columns).await.map_err(Error::from) }
    }

    /// The noun with this id, of which the field that is resolved selects; `None` if the view knows none.
    fn find<N: FieldColumns>(&self, view: View, id: domain::Id<N>) -> impl Future<Output = Option<Result<At<N>>>> + Send
    where
        Self: Sync,
    {
        let columns = field_columns::of_noun::<N>(self.selected());
        async move {
            let found = self.read(ById::new(view), id.raw, columns).await;
            found.map(|noun| noun.map(|noun| At { view, noun })).transpose()
        }
    }

    /// The same, if there is an id.
    fn find_maybe<N: FieldColumns>(
        &self,
        view: View,
        id: Option<domain::Id<N>>,
    ) -> impl Future<Output = Option<Result<At<N>>>> + Send
    where
        Self: Sync,
    {
        async move { self.find(view, id?).await }
    }

    /// The parts of a noun.
    fn parts<P: Parts>(&self, view: View, owner: i64) -> impl Future<Output = Result<Arc<Vec<P>>>> + Send
    where
        Self: Sync,
    {
        async move { Ok(self.ask(PartsOf::<P>::new(view), owner).await?.unwrap_or_default()) }
    }
}

impl ContextExt for Context<'_> {
    fn here(&self) -> &Surroundings {
        self.data_unchecked::<Surroundings>()
    }

    fn selected(&self) -> SelectionField<'_> {
        self.field()
    }
}

/// Turns a broken store into an error that a client may see.
pub(crate) fn masked(error: StoreError) -> Error {
    Failure::log(error).into()
}
