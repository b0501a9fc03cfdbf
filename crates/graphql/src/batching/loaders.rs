//! The questions that resolvers ask: a noun by its id, a page of ties, how many there are, a short list.

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use domain::{Filter, Order, PageRequest, View};
use persistence::{ColumnSet, ListRequest, Noun, NounCount, NounPage, Parts, RelatedPage, Relation, Store, StoreError};

use crate::batching::batches::Question;

/// A question that is one of many of its form: equal if what distinguishes it is equal.
macro_rules! question {
    ($(#[$doc:meta])* $name:ident<$of:ident: $bound:path> { $($field:ident: $type:ty),+ }) => {
        $(#[$doc])*
        pub(crate) struct $name<$of: $bound> {
            $($field: $type,)+
            of: PhantomData<fn() -> $of>,
        }

        impl<$of: $bound> $name<$of> {
            pub(crate) fn new($($field: $type),+) -> Self {
                $name { $($field,)+ of: PhantomData }
            }
        }

        impl<$of: $bound> Clone for $name<$of> {
            fn clone(&self) -> Self {
                $name::new($(self.$field.clone()),+)
            }
        }

        impl<$of: $bound> PartialEq for $name<$of> {
            fn eq(&self, other: &Self) -> bool {
                true $(&& self.$field == other.$field)+
            }
        }

        impl<$of: $bound> Eq for $name<$of> {}

        impl<$of: $bound> Hash for $name<$of> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                $(self.$field.hash(state);)+
            }
        }
    };
}

question! {
    /// Which noun has this id?
    ById<N: Noun> { view: View }
}

/// What a question about no noun in particular is asked of.
pub(crate) const WHOLE: i64 = 0;

/// Which of these identities does any revision know?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct IsRecorded;

question! {
    /// Which page has the list of all nouns of a kind? Asked of [`WHOLE`].
    PageOf<N: Noun> { view: View, filter: Arc<Filter>, order: Order, request: Arc<PageRequest> }
}

question! {
    /// How many nouns of a kind are there, and how many of them are only assumed to have existed? Asked of [`WHOLE`].
    CountOf<N: Noun> { view: View, filter: Arc<Filter> }
}

question! {
    /// Which page of nouns does this parent lead to?
    Related<R: Relation> { view: View, filter: Arc<Filter>, order: Order, request: Arc<PageRequest> }
}

question! {
    /// How many nouns does this parent lead to, and how many of them are only assumed to have existed?
    RelatedCount<R: Relation> { view: View, filter: Arc<Filter> }
}

question! {
    /// Which parts has this owner?
    PartsOf<P: Parts> { view: View }
}

impl<N: Noun> Question for ById<N> {
    type Answer = Arc<N>;

    async fn answer(&self, store: &Store, ids: &[i64], columns: ColumnSet) -> Result<HashMap<i64, Arc<N>>, StoreError> {
        store.by_ids(self.view, ids, columns).await
    }
}

impl Question for IsRecorded {
    type Answer = ();

    async fn answer(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<HashMap<i64, ()>, StoreError> {
        Ok(store.recorded(ids).await?.into_iter().map(|id| (id, ())).collect())
    }
}

impl<N: Noun> Question for PageOf<N> {
    type Answer = Arc<NounPage<N>>;

    async fn answer(
        &self,
        store: &Store,
        _: &[i64],
        columns: ColumnSet,
    ) -> Result<HashMap<i64, Self::Answer>, StoreError> {
        let list = ListRequest { filter: &self.filter, order: self.order, page: &self.request, columns };
        let page = store.page::<N>(self.view, list).await?;
        Ok(HashMap::from([(WHOLE, Arc::new(page))]))
    }
}

impl<N: Noun> Question for CountOf<N> {
    type Answer = NounCount;

    async fn answer(&self, store: &Store, _: &[i64], _: ColumnSet) -> Result<HashMap<i64, NounCount>, StoreError> {
        Ok(HashMap::from([(WHOLE, store.count::<N>(self.view, &self.filter).await?)]))
    }
}

impl<R: Relation> Question for Related<R> {
    type Answer = Arc<RelatedPage<R::Node, R::Tie>>;

    async fn answer(
        &self,
        store: &Store,
        ids: &[i64],
        columns: ColumnSet,
    ) -> Result<HashMap<i64, Self::Answer>, StoreError> {
        let list = ListRequest { filter: &self.filter, order: self.order, page: &self.request, columns };
        let pages = store.related(R::PATH, self.view, ids, list).await?;
        Ok(pages.into_iter().map(|(parent, page)| (parent, Arc::new(page))).collect())
    }
}

impl<R: Relation> Question for RelatedCount<R> {
    type Answer = NounCount;

    async fn answer(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<HashMap<i64, NounCount>, StoreError> {
        store.related_counts(R::PATH, self.view, ids, &self.filter).await
    }
}

impl<P: Parts> Question for PartsOf<P> {
    type Answer = Arc<Vec<P>>;

    async fn answer(&self, store: &Store, ids: &[i64], _: ColumnSet) -> Result<HashMap<i64, Arc<Vec<P>>>, StoreError> {
        let parts = store.parts::<P>(self.view, ids).await?;
        Ok(parts.into_iter().map(|(owner, parts)| (owner, Arc::new(parts))).collect())
    }
}
