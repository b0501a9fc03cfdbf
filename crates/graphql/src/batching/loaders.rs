//! The loaders: a noun by its id, pages and counts of lists and of relations, the parts of a noun.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use chrono::NaiveDate;
use domain::{
    Change, ChangeCount, ChangeFilter, Filter, FindingRule, Kind, Known, Order, Page, PageRequest, Release, Revision,
    RevisionChange, ScenarioId, SearchHit, View,
};
use persistence::{
    AnyPage, AnyRelation, BreakdownRow, ColumnSet, Dimensions, IdMap, Interval, ListRequest, Noun, NounCount, NounPage,
    Parts, RelatedPage, Relation, StepTo, Store, StoreError, TieCount, TieDimensions,
};

use crate::{batching::batches::Loader, objects::tie::TieType};

/// Declares a loader of nouns, relations or parts: two are equal if their fields are.
macro_rules! loader {
    ($(#[$doc:meta])* $name:ident<$($of:ident: $bound:path),+> { $($field:ident: $type:ty),+ }) => {
        $(#[$doc])*
        pub(crate) struct $name<$($of: $bound),+> {
            $($field: $type,)+
            of: PhantomData<fn() -> ($($of,)+)>,
        }

        impl<$($of: $bound),+> $name<$($of),+> {
            pub(crate) fn new($($field: $type),+) -> Self {
                $name { $($field,)+ of: PhantomData }
            }
        }

        impl<$($of: $bound),+> Clone for $name<$($of),+> {
            fn clone(&self) -> Self {
                $name::new($(self.$field.clone()),+)
            }
        }

        impl<$($of: $bound),+> PartialEq for $name<$($of),+> {
            fn eq(&self, other: &Self) -> bool {
                true $(&& self.$field == other.$field)+
            }
        }

        impl<$($of: $bound),+> Eq for $name<$($of),+> {}

        impl<$($of: $bound),+> Hash for $name<$($of),+> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                $(self.$field.hash(state);)+
            }
        }
    };
}

loader! {
    /// The noun with this id.
    NounLoader<N: Noun> { view: View }
}

/// The id under which the list of all nouns is loaded, which has no parent.
pub(crate) const ALL_NOUNS: i64 = 0;

/// Whether any revision, or the scenario, knows this identity: a value if so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RecordedLoader {
    pub(crate) scenario: Option<ScenarioId>,
}

/// The first day on which this tie was recorded, or a source of it published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct KnownDayLoader {
    pub(crate) kind: Kind,
    pub(crate) view: View,
}

/// The first revision that recorded this fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RecordedSinceLoader;

/// What the revision of this number changed, by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RevisionChangesLoader;

/// A page of what differs between two views, under [`ALL_NOUNS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ChangePageLoader {
    pub(crate) interval: Interval,
    pub(crate) filter: Arc<ChangeFilter>,
    pub(crate) request: Arc<PageRequest>,
}

/// How much differs between two views, by kinds, under [`ALL_NOUNS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ChangeCountLoader {
    pub(crate) interval: Interval,
    pub(crate) filter: Arc<ChangeFilter>,
}

/// How many findings each rule has, under [`ALL_NOUNS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FindingCountsLoader {
    pub(crate) view: View,
}

/// The releases that a revision knows, under [`ALL_NOUNS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ReleasesLoader {
    pub(crate) known: Known,
}

/// The steps from this school, at a level of ISCED, to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StepsLoader {
    pub(crate) view: View,
    pub(crate) level: u8,
}

/// What the row of this noun says, as a file of the data set writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct WrittenRowLoader {
    pub(crate) kind: Kind,
    pub(crate) known: Known,
    pub(crate) scenario: Option<ScenarioId>,
}

loader! {
    /// A page of the list of all nouns of a kind, under [`ALL_NOUNS`].
    NounPageLoader<N: Noun> { view: View, filter: Arc<Filter>, order: Order, request: Arc<PageRequest> }
}

loader! {
    /// How many nouns of a kind there are, and how many of them are only assumed to have existed, under [`ALL_NOUNS`].
    NounCountLoader<N: Noun> { view: View, filter: Arc<Filter> }
}

loader! {
    /// A page of the nouns to which a relation leads from this parent.
    RelationPageLoader<N: Noun, T: TieType> {
        relation: Relation<N, T>, view: View, filter: Arc<Filter>, order: Order, request: Arc<PageRequest>
    }
}

loader! {
    /// To how many nouns a relation leads from this parent, and how many of them are only assumed to have existed.
    RelationCountLoader<N: Noun, T: TieType> { relation: Relation<N, T>, view: View, filter: Arc<Filter> }
}

loader! {
    /// The nouns of a kind, counted by dimensions, under [`ALL_NOUNS`].
    BreakdownLoader<N: Noun> { view: View, filter: Arc<Filter>, by: Dimensions }
}

loader! {
    /// The nouns to which a relation leads from this parent, counted by dimensions.
    RelationBreakdownLoader<N: Noun, T: TieType> {
        relation: Relation<N, T>, view: View, filter: Arc<Filter>, by: Dimensions
    }
}

loader! {
    /// A page of the ties that lead from this parent to nouns of any kind.
    AnyPageLoader<T: TieType> {
        relation: AnyRelation<T>, view: View, filter: Arc<Filter>, request: Arc<PageRequest>
    }
}

loader! {
    /// The ties that lead from this parent to nouns of any kind, counted by dimensions.
    AnyBreakdownLoader<T: TieType> {
        relation: AnyRelation<T>, view: View, filter: Arc<Filter>, by: TieDimensions
    }
}

/// A page of what a search finds, under [`ALL_NOUNS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SearchPageLoader {
    pub(crate) view: View,
    pub(crate) filter: Arc<Filter>,
    pub(crate) request: Arc<PageRequest>,
}

/// How many nouns of each kind a search finds, under [`ALL_NOUNS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SearchCountsLoader {
    pub(crate) view: View,
    pub(crate) filter: Arc<Filter>,
}

loader! {
    /// The parts of this owner.
    PartsLoader<P: Parts> { view: View }
}

impl<N: Noun> Loader for NounLoader<N> {
    type Value = Arc<N>;

    async fn load(&self, store: &Store, ids: &[i64], columns: ColumnSet) -> Result<IdMap<Arc<N>>, StoreError> {
        store.by_ids(self.view, ids, columns).await
    }
}

impl Loader for RecordedLoader {
    type Value = ();

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<()>, StoreError> {
        Ok(store.recorded(self.scenario, ids).await?.into_iter().map(|id| (id, ())).collect())
    }
}

impl Loader for KnownDayLoader {
    type Value = NaiveDate;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<NaiveDate>, StoreError> {
        store.known_days(self.kind, self.view, ids).await
    }
}

impl Loader for RecordedSinceLoader {
    type Value = Revision;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Revision>, StoreError> {
        store.recorded_since(ids).await
    }
}

impl Loader for RevisionChangesLoader {
    type Value = Vec<RevisionChange>;

    async fn load(&self, store: &Store, numbers: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        store.revision_changes(numbers).await
    }
}

impl Loader for FindingCountsLoader {
    type Value = Arc<HashMap<FindingRule, u64>>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        Ok(IdMap::from_iter([(ALL_NOUNS, Arc::new(store.finding_counts(self.view).await?))]))
    }
}

impl Loader for ReleasesLoader {
    type Value = Arc<Vec<Release>>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        Ok(IdMap::from_iter([(ALL_NOUNS, Arc::new(store.releases(self.known).await?))]))
    }
}

impl Loader for ChangePageLoader {
    type Value = Arc<Page<Change>>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let page = store.changes(self.interval, &self.filter, &self.request).await?;
        Ok(IdMap::from_iter([(ALL_NOUNS, Arc::new(page))]))
    }
}

impl Loader for ChangeCountLoader {
    type Value = Arc<Vec<ChangeCount>>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let counts = store.change_counts(self.interval, &self.filter).await?;
        Ok(IdMap::from_iter([(ALL_NOUNS, Arc::new(counts))]))
    }
}

impl Loader for StepsLoader {
    type Value = Arc<Vec<StepTo>>;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let steps = store.steps_from(self.view, self.level, ids).await?;
        Ok(steps.into_iter().map(|(school, steps)| (school, Arc::new(steps))).collect())
    }
}

impl Loader for WrittenRowLoader {
    type Value = Arc<Vec<String>>;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let rows = store.written_rows(self.kind, self.known, self.scenario, ids).await?;
        Ok(rows.into_iter().map(|(id, fields)| (id, Arc::new(fields))).collect())
    }
}

impl<N: Noun> Loader for NounPageLoader<N> {
    type Value = Arc<NounPage<N>>;

    async fn load(&self, store: &Store, _: &[i64], columns: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let list = ListRequest { filter: &self.filter, order: self.order, page: &self.request, columns };
        let page = store.page::<N>(self.view, list).await?;
        Ok(IdMap::from_iter([(ALL_NOUNS, Arc::new(page))]))
    }
}

impl<N: Noun> Loader for NounCountLoader<N> {
    type Value = NounCount;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<NounCount>, StoreError> {
        Ok(IdMap::from_iter([(ALL_NOUNS, store.count::<N>(self.view, &self.filter).await?)]))
    }
}

impl<N: Noun, T: TieType> Loader for RelationPageLoader<N, T> {
    type Value = Arc<RelatedPage<N, T>>;

    async fn load(&self, store: &Store, ids: &[i64], columns: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let list = ListRequest { filter: &self.filter, order: self.order, page: &self.request, columns };
        let pages = store.related(self.relation, self.view, ids, list).await?;
        Ok(pages.into_iter().map(|(parent, page)| (parent, Arc::new(page))).collect())
    }
}

impl<N: Noun, T: TieType> Loader for RelationCountLoader<N, T> {
    type Value = NounCount;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<NounCount>, StoreError> {
        store.related_counts(self.relation, self.view, ids, &self.filter).await
    }
}

impl<N: Noun> Loader for BreakdownLoader<N> {
    type Value = Vec<BreakdownRow>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        Ok(IdMap::from_iter([(ALL_NOUNS, store.breakdown::<N>(self.view, &self.filter, self.by).await?)]))
    }
}

impl<N: Noun, T: TieType> Loader for RelationBreakdownLoader<N, T> {
    type Value = Vec<BreakdownRow>;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        store.related_breakdowns(self.relation, self.view, ids, &self.filter, self.by).await
    }
}

impl<T: TieType> Loader for AnyPageLoader<T> {
    type Value = Arc<AnyPage<T>>;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let pages = store.related_of_any_kind(self.relation, self.view, ids, &self.filter, &self.request).await?;
        Ok(pages.into_iter().map(|(parent, page)| (parent, Arc::new(page))).collect())
    }
}

impl<T: TieType> Loader for AnyBreakdownLoader<T> {
    type Value = Vec<TieCount>;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        store.related_of_any_kind_breakdowns(self.relation, self.view, ids, &self.filter, self.by).await
    }
}

impl Loader for SearchPageLoader {
    type Value = Arc<AnyPage<SearchHit>>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        let page = store.search(self.view, &self.filter, &self.request).await?;
        Ok(IdMap::from_iter([(ALL_NOUNS, Arc::new(page))]))
    }
}

impl Loader for SearchCountsLoader {
    type Value = Vec<(Kind, u64)>;

    async fn load(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<IdMap<Self::Value>, StoreError> {
        Ok(IdMap::from_iter([(ALL_NOUNS, store.search_counts(self.view, &self.filter).await?)]))
    }
}

impl<P: Parts> Loader for PartsLoader<P> {
    type Value = Arc<Vec<P>>;

    async fn load(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<IdMap<Arc<Vec<P>>>, StoreError> {
        let parts = store.parts::<P>(self.view, ids).await?;
        Ok(parts.into_iter().map(|(owner, parts)| (owner, Arc::new(parts))).collect())
    }
}
