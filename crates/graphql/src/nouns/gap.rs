//! Gaps: what the map lacks, counted and listed by the rules of [`domain::gap`].

use std::{marker::PhantomData, sync::Arc};

use async_graphql::{Result, ServerResult};
use domain::{Filter, GapKind, Kind, Order, Page, PageRequest, View, Vocabulary};
use futures::{FutureExt, future::BoxFuture};
use persistence::{AnyPage, ColumnSet, TieCount, TieDimensions};

use crate::{
    batching::loaders::{ALL_NOUNS, NounCountLoader, NounPageLoader},
    definition::{
        field::{FieldContext, Loading},
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    lists::{
        any_connection::{AnyList, to_any_page},
        edge_breakdown::count_kinds,
        page::saturating_int,
    },
    objects::{noun::NounType, word::Word},
    schema::Map,
};

/// Something that the map lacks under a view.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    view: View,
    kind: GapKind,
}

/// The nouns that have a gap.
#[derive(Clone)]
struct GapItems(Gap);

impl Gap {
    /// The list of all nouns of the kind that the rule looks at, and the filter that finds those with the gap.
    fn rule(self) -> (&'static dyn AllOfKind, Arc<Filter>) {
        let (kind, filter) = self.kind.rule(self.view.day);
        let all: &'static dyn AllOfKind = match kind {
            Kind::Alliance => &All::<domain::Alliance>(PhantomData),
            Kind::Group => &All::<domain::Group>(PhantomData),
            Kind::Project => &All::<domain::Project>(PhantomData),
            Kind::Township => &All::<domain::Township>(PhantomData),
            _ => &All::<domain::School>(PhantomData),
        };
        (all, Arc::new(filter))
    }

    fn load_count<'a>(self, ctx: &'a FieldContext<'a>) -> BoxFuture<'a, Result<u64>> {
        let (all, filter) = self.rule();
        all.load_count(ctx, self.view, filter)
    }
}

/// All nouns of a kind, whichever it is.
trait AllOfKind: Send + Sync {
    fn load_count<'a>(&self, ctx: &'a FieldContext<'a>, view: View, filter: Arc<Filter>) -> BoxFuture<'a, Result<u64>>;

    fn load_page<'a>(
        &self,
        ctx: &'a FieldContext<'a>,
        view: View,
        filter: Arc<Filter>,
        request: Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<()>>>>;
}

struct All<N>(PhantomData<fn() -> N>);

impl<N: NounType> AllOfKind for All<N> {
    fn load_count<'a>(&self, ctx: &'a FieldContext<'a>, view: View, filter: Arc<Filter>) -> BoxFuture<'a, Result<u64>> {
        async move {
            let count = ctx.load(NounCountLoader::<N>::new(view, filter), ALL_NOUNS).await?;
            Ok(count.unwrap_or_default().total)
        }
        .boxed()
    }

    fn load_page<'a>(
        &self,
        ctx: &'a FieldContext<'a>,
        view: View,
        filter: Arc<Filter>,
        request: Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<()>>>> {
        async move {
            let loader = NounPageLoader::<N>::new(view, filter, Order::default(), request);
            let Some(page) = ctx.load_columns(loader, ALL_NOUNS, ColumnSet::POSITION).await? else {
                return Ok(Arc::new(Page::empty()));
            };
            Ok(Arc::new(to_any_page(&page, |noun| noun.head().id, N::KIND)))
        }
        .boxed()
    }
}

impl AnyList for GapItems {
    type Tie = ();

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        request: &'a Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<()>>>> {
        let (all, filter) = self.0.rule();
        all.load_page(ctx, view, filter, request.clone())
    }

    fn load_count<'a>(&'a self, ctx: &'a FieldContext<'a>, _: View) -> BoxFuture<'a, Result<u64>> {
        self.0.load_count(ctx)
    }

    fn load_breakdown<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        _: View,
        by: TieDimensions,
    ) -> BoxFuture<'a, Result<Vec<TieCount>>> {
        async move {
            let (kind, _) = self.0.kind.rule(self.0.view.day);
            Ok(count_kinds(by, [(Some(kind), self.0.load_count(ctx).await?)]))
        }
        .boxed()
    }

    fn filter(&self) -> Arc<Filter> {
        self.0.rule().1
    }
}

impl Described for Gap {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Gap", "Something that the map lacks, as far as it is on record.")
            .leaf("kind", "What is missing.", |it| Word(it.kind))
            .leaf("description", "The rule, in words.", |it| {
                let value = GapKind::VALUES.iter().find(|value| value.value == it.kind);
                value.map(|value| value.description.to_owned()).unwrap_or_default()
            })
            .load_leaf("count", "How many nouns have the gap.", |it, ctx| {
                Loading::later(async move { Ok(saturating_int(it.load_count(ctx).await?)) })
            })
            .any_list_at(
                "items",
                "GapItem",
                20,
                "The nouns that have the gap, by name.",
                |it, _| (it.view, None),
                |it, _| Loading::Now(Ok(GapItems(*it))),
            )
    }
}

impl ObjectType<Map> {
    /// Adds the question what the map lacks.
    pub(crate) fn gap_fields(self) -> Self {
        self.load_objects_or_null(
            "gaps",
            "What the map lacks, as far as it is on record: one of each kind, also of those that no noun has.",
            |map: &Map, ctx| Loading::Now(list_gaps(map, ctx).map_err(Into::into)),
        )
        .argument::<Option<Vec<Word<GapKind>>>>("kinds", "Only these; all unless asked otherwise.")
    }
}

fn list_gaps(map: &Map, ctx: &FieldContext<'_>) -> ServerResult<Vec<Gap>> {
    let view = map.view(ctx);
    let kinds: Option<Vec<Word<GapKind>>> = ctx.arguments.get("kinds")?;
    let all = || GapKind::VALUES.iter().map(|value| Word(value.value)).collect();
    Ok(kinds.unwrap_or_else(all).into_iter().map(|Word(kind)| Gap { view, kind }).collect())
}
