//! Connections to nouns of any kind: a page of ties, each with the noun that it leads to, and how to go on.

use std::sync::Arc;

use async_graphql::Result;
use domain::{AnyId, Filter, Kind, Order, Page, PageRequest, Position, View};
use futures::{FutureExt, future::BoxFuture};
use persistence::{AnyLinked, AnyPage, AnyRelation, ColumnSet, TieCount, TieDimensions};

use crate::{
    batching::loaders::{AnyBreakdownLoader, AnyPageLoader},
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::{FieldColumns, FieldContext, FieldResult, Loading},
        object_type::ObjectType,
    },
    execution::context::ContextExt,
    lists::{
        breakdown::{MAX_ROWS, charge_rows},
        cursor_scope::{CursorScope, ListId},
        dimension::{DimensionInput, parse_dimensions},
        edge_breakdown::{EdgeCount, TieDimension},
        edge_condition::{EdgeCondition, any_edge_conditions, read_edge_conditions},
        page::{LoadedPage, PageInfo, bound_arguments, parse_request, saturating_int},
        page_interfaces::{NOUN_PAGE, NOUN_PAGE_ITEM},
    },
    objects::{
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
    },
    schema::requested_view,
};

/// A page of nouns of one kind as one of nouns of any, with ties that say nothing.
pub(crate) fn to_any_page<I>(page: &Page<I>, id: impl Fn(&I) -> i64, kind: Kind) -> AnyPage<()> {
    let tie = Arc::new(());
    let item = |(position, item): &(Position, I)| {
        (position.clone(), AnyLinked { tie: tie.clone(), node: Some(AnyId { kind, raw: id(item) }) })
    };
    let items = page.items.iter().map(item).collect();
    Page { items, has_next: page.has_next, has_previous: page.has_previous }
}

/// A list of ties to nouns of any kind.
pub(crate) trait AnyList: Clone + Send + Sync + 'static {
    /// What its ties say.
    type Tie: TieType;

    /// Reads a page together with all other parents that want the same.
    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        request: &'a Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<Self::Tie>>>>;

    /// Counts all of them.
    fn load_count<'a>(&'a self, ctx: &'a FieldContext<'a>, view: View) -> BoxFuture<'a, Result<u64>> {
        async move {
            let counts = self.load_breakdown(ctx, view, TieDimensions::default()).await?;
            Ok(counts.iter().map(|count| count.count).sum())
        }
        .boxed()
    }

    /// Counts all of them by dimensions, the greatest count first.
    fn load_breakdown<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        by: TieDimensions,
    ) -> BoxFuture<'a, Result<Vec<TieCount>>>;

    /// The conditions on its ties, for which its cursors hold.
    fn filter(&self) -> Arc<Filter> {
        Arc::default()
    }
}

/// The ties that lead from a noun.
pub(crate) struct RelatedOfAnyKind<T: 'static> {
    relation: AnyRelation<T>,
    parent: i64,
    filter: Arc<Filter>,
}

impl<T> RelatedOfAnyKind<T> {
    /// The ties that lead from this noun.
    pub(crate) fn new(relation: AnyRelation<T>, parent: i64) -> Self {
        RelatedOfAnyKind { relation, parent, filter: Arc::default() }
    }

    /// Those that fit these conditions.
    pub(crate) fn filtered(self, filter: Filter) -> Self {
        RelatedOfAnyKind { filter: Arc::new(filter), ..self }
    }
}

impl<T> Clone for RelatedOfAnyKind<T> {
    fn clone(&self) -> Self {
        RelatedOfAnyKind { relation: self.relation, parent: self.parent, filter: self.filter.clone() }
    }
}

impl<T: TieType> AnyList for RelatedOfAnyKind<T> {
    type Tie = T;

    fn load_page<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        request: &'a Arc<PageRequest>,
    ) -> BoxFuture<'a, Result<Arc<AnyPage<T>>>> {
        async move {
            let loader = AnyPageLoader::new(self.relation, view, self.filter.clone(), request.clone());
            let page = ctx.load(loader, self.parent).await?;
            Ok(page.unwrap_or_else(|| Arc::new(Page::empty())))
        }
        .boxed()
    }

    fn load_breakdown<'a>(
        &'a self,
        ctx: &'a FieldContext<'a>,
        view: View,
        by: TieDimensions,
    ) -> BoxFuture<'a, Result<Vec<TieCount>>> {
        async move {
            let loader = AnyBreakdownLoader::new(self.relation, view, self.filter.clone(), by);
            Ok(ctx.load(loader, self.parent).await?.unwrap_or_default())
        }
        .boxed()
    }

    fn filter(&self) -> Arc<Filter> {
        self.filter.clone()
    }
}

/// A page of ties to nouns of any kind; it is read when a field wants something of it.
pub(crate) struct AnyConnection<L: AnyList> {
    list: L,
    view: View,
    request: Arc<PageRequest>,
    scope: CursorScope,
    page: LoadedPage<AnyLinked<L::Tie>>,
}

/// A tie to a noun of any kind, and its place.
pub(crate) struct AnyEdge<T> {
    scope: CursorScope,
    position: Position,
    node: Option<AnyId>,
    tie: ViewedTie<T>,
}

impl<L: AnyList> AnyConnection<L> {
    /// Checks the arguments.
    fn from_arguments(list: L, ctx: &FieldContext<'_>, view: View, id: ListId) -> FieldResult<Self> {
        let given = ctx.arguments;
        let [after, before]: [Option<String>; 2] = [given.get("after")?, given.get("before")?];
        let scope = CursorScope::new(|_| "", id, Order::default(), list.filter(), requested_view(ctx, view));
        let request = parse_request([given.get("first")?, given.get("last")?], [after, before], &scope)?;
        Ok(AnyConnection { list, view, request: Arc::new(request), scope, page: LoadedPage::default() })
    }

    /// Reads the page, once for all fields.
    async fn load_page(&self, ctx: &FieldContext<'_>) -> FieldResult<Arc<AnyPage<L::Tie>>> {
        Ok(self.page.get_or_load(ctx, self.list.load_page(ctx, self.view, &self.request)).await?)
    }

    async fn load_edges(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<AnyEdge<L::Tie>>> {
        let edge = |(position, AnyLinked { tie, node }): &(Position, AnyLinked<L::Tie>)| AnyEdge {
            scope: self.scope.clone(),
            position: position.clone(),
            node: *node,
            tie: ViewedTie { view: self.view, tie: tie.clone() },
        };
        Ok(self.load_page(ctx).await?.items.iter().map(edge).collect())
    }

    async fn load_nodes(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<Result<Option<NounRef>>>> {
        let page = self.load_page(ctx).await?;
        let noun = |(_, item): &(Position, AnyLinked<L::Tie>)| Ok(item.node.map(|id| NounRef { view: self.view, id }));
        Ok(page.items.iter().map(noun).collect())
    }

    async fn load_page_info(&self, ctx: &FieldContext<'_>) -> FieldResult<PageInfo> {
        Ok(PageInfo::new(&*self.load_page(ctx).await?, &self.scope))
    }

    async fn load_count(&self, ctx: &FieldContext<'_>) -> FieldResult<i32> {
        Ok(saturating_int(self.list.load_count(ctx, self.view).await?))
    }

    async fn load_breakdown(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<EdgeCount>> {
        let given: Vec<DimensionInput<TieDimension<L::Tie>>> = ctx.arguments.get("by")?;
        let by = parse_dimensions(&given, TieDimension::property)?;
        let counts = self.list.load_breakdown(ctx, self.view, by).await?;
        charge_rows(ctx, counts.len(), MAX_ROWS)?;
        Ok(counts.into_iter().map(|count| EdgeCount { by, count }).collect())
    }
}

/// The type of the connections of a list whose types are named so: `EventItem` for `EventItemConnection`.
fn connection_type<L: AnyList>(name: &str) -> ObjectType<AnyConnection<L>> {
    let edge: &'static ObjectType<AnyEdge<L::Tie>> = Box::leak(Box::new(edge_type::<L::Tie>(name)));
    let count: &'static ObjectType<EdgeCount> = Box::leak(Box::new(EdgeCount::describe::<L::Tie>()));
    let mut ty = ObjectType::<AnyConnection<L>>::new(
        format!("{name}Connection"),
        "A page of ties to nouns of any kind, and how to go on.",
    )
    .implementing(&[NOUN_PAGE])
    .load_objects_of("edges", "The ties of this page, each with its noun.", edge, |it, ctx| {
        Loading::later(it.load_edges(ctx))
    })
    .load_abstracts(
        "nodes",
        "The nouns of this page, for those who need nothing of the ties; null where a tie names none.",
        AbstractType::Noun,
        |it: &AnyConnection<L>, ctx| Loading::later(it.load_nodes(ctx)),
    )
    .load_object("pageInfo", "How to go on from this page.", |it, ctx| Loading::later(it.load_page_info(ctx)))
    .load_leaf(
        "totalCount",
        "How many there are on all pages together, as recorded; sources may report another number.",
        |it, ctx| Loading::later(it.load_count(ctx)),
    )
    .load_objects_or_null_of(
        "breakdown",
        "All of them, on all pages, counted by the kind of the noun and by words of the edges: a row for each combination of \
         values, the greatest count first, at most 1,000 rows.",
        count,
        |it: &AnyConnection<L>, ctx| Loading::later(it.load_breakdown(ctx)),
    )
    .with_argument(TieDimension::<L::Tie>::argument());
    ty.charge = Some(|it| it.page.charge());
    ty
}

fn edge_type<T: TieType>(name: &str) -> ObjectType<AnyEdge<T>> {
    ObjectType::<AnyEdge<T>>::new(format!("{name}Edge"), "A tie to a noun of any kind, and its own story.")
        .implementing(&[NOUN_PAGE_ITEM])
        .leaf("cursor", "The place of this item in the list, to pass on as `after` or `before`.", |it: &AnyEdge<T>| {
            it.position.encode(it.scope.get())
        })
        .load_abstract(
            "node",
            "The noun that the tie leads to; null where it names none, and where the view does not show it.",
            AbstractType::Noun,
            |it, _| Loading::Now(Ok(it.node.map(|id| NounRef { view: it.tie.view, id }))),
        )
        .with_fields_of(T::describe().fields, |it| &it.tie)
}

impl<N: NounType> ObjectType<ViewedNoun<N>> {
    /// Adds the nouns of any kind to which a relation leads, as a connection; its types are named after `types`. `size` says
    /// how many there are in a large city, for the cost of a query.
    pub(crate) fn any_relation<T: TieType>(
        self,
        relation: AnyRelation<T>,
        name: &'static str,
        types: &'static str,
        size: u32,
        description: &'static str,
    ) -> Self {
        let conditions: &'static [EdgeCondition] = any_edge_conditions::<T>().leak();
        let place = |it: &ViewedNoun<N>, _: &FieldContext<'_>| (it.view, Some(it.head().id));
        let list = move |it: &ViewedNoun<N>, ctx: &FieldContext<'_>| {
            let tie = read_edge_conditions(conditions, ctx.arguments)?;
            Ok(RelatedOfAnyKind::new(relation, it.head().id).filtered(Filter { tie, ..Filter::default() }))
        };
        let mut with = self
            .any_list_at(name, types, size, description, place, move |it, ctx| Loading::Now(list(it, ctx)))
            .looking_at(FieldColumns::These(ColumnSet::LEAST));
        with.last().arguments.extend(conditions.iter().map(|condition| condition.argument));
        with
    }

    /// Adds a list of nouns of any kind, as a connection.
    pub(crate) fn any_list<L: AnyList>(
        self,
        name: &'static str,
        types: &'static str,
        size: u32,
        description: &'static str,
        list: impl Fn(&ViewedNoun<N>) -> L + Send + Sync + 'static,
    ) -> Self {
        let place = |it: &ViewedNoun<N>, _: &FieldContext<'_>| (it.view, Some(it.head().id));
        self.any_list_at(name, types, size, description, place, move |it, _| Loading::Now(Ok(list(it))))
            .looking_at(FieldColumns::These(ColumnSet::LEAST))
    }
}

impl<T: Send + Sync> ObjectType<T> {
    /// Adds a list of nouns of any kind, as a connection. `place` says under which view it is read, and of which noun it is.
    pub(crate) fn any_list_at<L: AnyList>(
        self,
        name: &'static str,
        types: &'static str,
        size: u32,
        description: &'static str,
        place: impl Fn(&T, &FieldContext<'_>) -> (View, Option<i64>) + Send + Sync + 'static,
        list: impl for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, L> + Send + Sync + 'static,
    ) -> Self {
        let ty: &'static ObjectType<AnyConnection<L>> = Box::leak(Box::new(connection_type::<L>(types)));
        let mut with = self.load_optional_object_of(name, description, ty, move |it, ctx| {
            let (view, parent) = place(it, ctx);
            let connect =
                move |list| AnyConnection::from_arguments(list, ctx, view, ListId { name: types, parent }).map(Some);
            match list(it, ctx) {
                Loading::Now(list) => Loading::Now(list.and_then(connect)),
                Loading::Later(list) => Loading::later(async move { connect(list.await?) }),
            }
        });
        with.last().arguments = bound_arguments();
        with.last().expected_size = Some(size);
        with
    }
}
