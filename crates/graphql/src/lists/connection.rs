//! Connections: a page of nouns, the ties that lead to them, and how to go on.

use std::{marker::PhantomData, sync::Arc};

use async_graphql::Result;
use domain::{Filter, Page, PageRequest, Position, View};
use futures::{FutureExt, future::try_join_all};
use persistence::{BreakdownRow, ColumnSet, Dimensions, Linked, Relation};

use crate::{
    batching::loaders::{
        ALL_NOUNS, BreakdownLoader, NounCountLoader, NounPageLoader, RelationBreakdownLoader, RelationCountLoader,
        RelationPageLoader,
    },
    definition::{
        field::{Field, FieldColumns, FieldContext, FieldError, FieldResult, Loading},
        object_type::ObjectType,
        resolver::{Children, LoadLevel, Multiplicity},
    },
    execution::context::ContextExt,
    lists::{
        breakdown::{Count, DimensionType, MAX_ROWS, charge_rows, parse_noun_dimensions},
        cursor_scope::{CursorScope, ListId},
        dimension::DimensionInput,
        edge_condition::{EdgeCondition, read_edge_conditions},
        filter_type::has_locations,
        page::{LoadedPage, PageArguments, PageInfo, ParsedArguments, saturating_int},
        page_interfaces::{NOUN_PAGE, NOUN_PAGE_ITEM},
    },
    objects::{
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
    },
    schema::requested_view,
};

/// A kind of list whose pages are shown as connections.
pub(crate) trait List: Send + Sync + 'static {
    /// The nouns in it.
    type Node: NounType;
    /// What it holds: a noun, and the tie that leads to it if one does.
    type Item: Send + Sync + 'static;
    /// The tie as an edge has it.
    type Tie: Send + Sync + 'static;
    /// What the schema says of its types.
    const DESCRIPTIONS: Descriptions;

    /// The noun of an item.
    fn node(item: &Self::Item) -> &Arc<Self::Node>;

    /// The tie of an item.
    fn tie(view: View, item: &Self::Item) -> Option<Self::Tie>;

    /// What edges say of the tie.
    fn tie_fields() -> Vec<Field<Self::Tie>>;

    /// What narrows the list by what edges say of the tie.
    fn edge_conditions() -> Vec<EdgeCondition> {
        Vec::new()
    }

    /// Reads the same page of the lists of these parents, together with all others that want the same; none of an empty list.
    fn load_pages(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parents: &[i64],
        arguments: &ParsedArguments,
        request: &Arc<PageRequest>,
    ) -> impl Future<Output = Result<Vec<ReadPage<Self::Item>>>> + Send;

    /// Counts all that a filter lets through.
    fn load_count(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parent: i64,
        filter: Arc<Filter>,
    ) -> impl Future<Output = Result<persistence::NounCount>> + Send;

    /// Counts all that the filter lets through by dimensions.
    fn load_breakdown(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parent: i64,
        filter: &Arc<Filter>,
        by: Dimensions,
    ) -> impl Future<Output = Result<Vec<BreakdownRow>>> + Send;
}

/// A page that was read; none of an empty list.
type ReadPage<I> = Option<Arc<Page<I>>>;

/// What the schema says of the types of a kind of list.
pub(crate) struct Descriptions {
    connection: &'static str,
    edges: &'static str,
    nodes: &'static str,
    total_count: &'static str,
    edge: &'static str,
    node: &'static str,
}

/// All nouns of a kind.
pub(crate) struct AllNouns<N>(pub(crate) PhantomData<fn() -> N>);

impl<N: NounType> List for AllNouns<N> {
    type Node = N;
    type Item = Arc<N>;
    type Tie = ();
    const DESCRIPTIONS: Descriptions = Descriptions {
        connection: "A page of all nouns of a kind, and how to go on.",
        edges: "The nouns of this page, each with its place.",
        nodes: "The nouns of this page.",
        total_count: "How many there are on all pages together, as recorded.",
        edge: "A noun in a list, and its place.",
        node: "The noun.",
    };

    fn node(item: &Arc<N>) -> &Arc<N> {
        item
    }

    fn tie(_: View, _: &Arc<N>) -> Option<()> {
        Some(())
    }

    fn tie_fields() -> Vec<Field<()>> {
        Vec::new()
    }

    async fn load_pages(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parents: &[i64],
        arguments: &ParsedArguments,
        request: &Arc<PageRequest>,
    ) -> Result<Vec<ReadPage<Arc<N>>>> {
        let ParsedArguments { filter, order, columns, .. } = arguments;
        let loader = NounPageLoader::<N>::new(view, filter.clone(), *order, request.clone());
        ctx.load_all_columns(loader, parents, *columns).await
    }

    async fn load_count(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        _: i64,
        filter: Arc<Filter>,
    ) -> Result<persistence::NounCount> {
        let loader = NounCountLoader::<N>::new(view, filter);
        Ok(ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default())
    }

    async fn load_breakdown(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        _: i64,
        filter: &Arc<Filter>,
        by: Dimensions,
    ) -> Result<Vec<BreakdownRow>> {
        let loader = BreakdownLoader::<N>::new(view, filter.clone(), by);
        Ok(ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default())
    }
}

/// The nouns to which a relation leads from a noun.
pub(crate) struct Related<N, T: 'static>(pub(crate) Relation<N, T>);

impl<N: NounType, T: TieType> List for Related<N, T> {
    type Node = N;
    type Item = Linked<N, T>;
    type Tie = ViewedTie<T>;
    const DESCRIPTIONS: Descriptions = Descriptions {
        connection: "A page of related nouns, the ties that lead to them, and how to go on.",
        edges: "The ties of this page, each with its noun.",
        nodes: "The nouns of this page, for those who need nothing of the ties.",
        total_count: "How many there are on all pages together, as recorded; sources may report another number.",
        edge: "A tie between two nouns: the noun it leads to, and its own story.",
        node: "The noun that the tie leads to.",
    };

    fn node(item: &Self::Item) -> &Arc<N> {
        &item.node
    }

    fn tie(view: View, item: &Self::Item) -> Option<Self::Tie> {
        Some(ViewedTie { view, tie: item.tie.clone()? })
    }

    fn tie_fields() -> Vec<Field<Self::Tie>> {
        T::describe().fields
    }

    fn edge_conditions() -> Vec<EdgeCondition> {
        T::conditions()
    }

    async fn load_pages(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parents: &[i64],
        arguments: &ParsedArguments,
        request: &Arc<PageRequest>,
    ) -> Result<Vec<ReadPage<Self::Item>>> {
        let ParsedArguments { filter, order, columns, .. } = arguments;
        let loader = RelationPageLoader::new(self.0, view, filter.clone(), *order, request.clone());
        ctx.load_all_columns(loader, parents, *columns).await
    }

    async fn load_count(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parent: i64,
        filter: Arc<Filter>,
    ) -> Result<persistence::NounCount> {
        let loader = RelationCountLoader::new(self.0, view, filter);
        Ok(ctx.load(loader, parent).await?.unwrap_or_default())
    }

    async fn load_breakdown(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parent: i64,
        filter: &Arc<Filter>,
        by: Dimensions,
    ) -> Result<Vec<BreakdownRow>> {
        let loader = RelationBreakdownLoader::new(self.0, view, filter.clone(), by);
        Ok(ctx.load(loader, parent).await?.unwrap_or_default())
    }
}

/// A page of a list; it is read when a field wants something of it.
pub(crate) struct Connection<L: List> {
    list: &'static L,
    view: View,
    parent: i64,
    /// Those of all lists that were asked for with this one.
    arguments: Arc<ParsedArguments>,
    request: Arc<PageRequest>,
    scope: CursorScope,
    page: LoadedPage<L::Item>,
}

/// Where a list is: under which view it is read, of which noun it is, and within which filter.
type ListPlace = (View, Option<i64>, Option<Arc<Filter>>);

/// An item of a list, and its place.
pub(crate) struct Edge<L: List> {
    view: View,
    scope: CursorScope,
    position: Position,
    distance: Option<f64>,
    node: Arc<L::Node>,
    /// What the tie says; `None` if no field of it is asked for.
    tie: Option<L::Tie>,
}

impl<L: List> Connection<L> {
    /// Checks the arguments of a field, once for all lists that are read under one view and within one filter.
    async fn from_arguments(
        list: &'static L,
        field: &FieldContext<'_>,
        places: Vec<ListPlace>,
        name: &'static str,
        conditions: &[EdgeCondition],
    ) -> FieldResult<Vec<Self>> {
        let mut connections: Vec<Self> = Vec::with_capacity(places.len());
        let mut last: Option<(View, Option<Arc<Filter>>, Arc<ParsedArguments>)> = None;
        for (view, parent, within) in places {
            let known =
                last.as_ref().filter(|(of, around, _)| *of == view && is_same(around.as_ref(), within.as_ref()));
            let arguments = match known {
                Some((.., arguments)) => arguments.clone(),
                None => {
                    let given = PageArguments::<L::Node>::of_field(field)?;
                    let tie = read_edge_conditions(conditions, field.arguments)?;
                    let parsed = given.parse(field, requested_view(field, view), tie, within.clone()).await?;
                    let parsed = Arc::new(parsed);
                    last = Some((view, within, parsed.clone()));
                    parsed
                }
            };
            let (scope, request) = arguments.of_list::<L::Node>(ListId { name, parent })?;
            let (parent, page) = (parent.unwrap_or(ALL_NOUNS), LoadedPage::default());
            connections.push(Connection { list, view, parent, arguments, request, scope, page });
        }
        Ok(connections)
    }

    /// Reads the pages, each once for all fields; those of lists that are asked for alike are read together.
    async fn load_pages(connections: &[&Self], ctx: &FieldContext<'_>) -> FieldResult<Vec<Arc<Page<L::Item>>>> {
        let is_alike = |one: &&Self, other: &&Self| {
            one.view == other.view
                && Arc::ptr_eq(&one.arguments, &other.arguments)
                && Arc::ptr_eq(&one.request, &other.request)
        };
        let missing: Vec<&Self> = connections.iter().copied().filter(|it| it.page.is_missing()).collect();
        let loading = missing.chunk_by(is_alike).map(async |alike| {
            let Connection { list, view, arguments, request, .. } = alike[0];
            let parents: Vec<i64> = alike.iter().map(|it| it.parent).collect();
            for (it, page) in alike.iter().zip(list.load_pages(ctx, *view, &parents, arguments, request).await?) {
                it.page.keep(ctx, page.unwrap_or_else(|| Arc::new(Page::empty())))?;
            }
            Ok::<_, FieldError>(())
        });
        try_join_all(loading).await?;
        let page = |it: &&Self| it.page.get().expect("a page that was loaded");
        Ok(connections.iter().map(page).collect())
    }

    fn edges(&self, page: &Page<L::Item>) -> Vec<Edge<L>> {
        let edge = |(position, item): &(Position, L::Item)| Edge {
            view: self.view,
            scope: self.scope.clone(),
            position: position.clone(),
            distance: self.arguments.read_distance(position),
            node: L::node(item).clone(),
            tie: L::tie(self.view, item),
        };
        page.items.iter().map(edge).collect()
    }

    fn nodes(&self, page: &Page<L::Item>) -> Vec<ViewedNoun<L::Node>> {
        let node = |(_, item): &(Position, L::Item)| ViewedNoun { view: self.view, noun: L::node(item).clone() };
        page.items.iter().map(node).collect()
    }

    fn page_info(&self, page: &Page<L::Item>) -> PageInfo {
        PageInfo::new(page, &self.scope)
    }

    async fn load_count(&self, ctx: &FieldContext<'_>, of: fn(persistence::NounCount) -> u64) -> FieldResult<i32> {
        let filter = self.arguments.filter.clone();
        Ok(saturating_int(of(self.list.load_count(ctx, self.view, self.parent, filter).await?)))
    }

    async fn load_count_without_location(&self, ctx: &FieldContext<'_>) -> FieldResult<i32> {
        let filter = Arc::new(self.arguments.filter.without_location());
        Ok(saturating_int(self.list.load_count(ctx, self.view, self.parent, filter).await?.total))
    }

    async fn load_breakdown(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<Count<L::Node>>> {
        let given: Vec<DimensionInput<DimensionType<L::Node>>> = ctx.arguments.get("by")?;
        let by = parse_noun_dimensions(&given)?;
        let rows = self.list.load_breakdown(ctx, self.view, self.parent, &self.arguments.filter, by).await?;
        charge_rows(ctx, rows.len(), MAX_ROWS)?;
        Ok(rows.into_iter().map(|row| Count::new(self.view, by, row)).collect())
    }
}

/// The type of the connections of a list whose types are named so: `SchoolGroup` for `SchoolGroupConnection`.
fn connection_type<L: List>(name: &str) -> ObjectType<Connection<L>> {
    let Descriptions { connection, edges, nodes, total_count, .. } = L::DESCRIPTIONS;
    let edge: &'static ObjectType<Edge<L>> = Box::leak(Box::new(edge_type::<L>(name)));
    let below = FieldColumns::Below;
    let none = FieldColumns::These(ColumnSet::LEAST);
    let mut ty = ObjectType::<Connection<L>>::new(format!("{name}Connection"), connection)
        .implementing(&[NOUN_PAGE])
        .load_level_of("edges", edges, Multiplicity::Many, Box::new(move || edge), of_page(|it, page| Children::Many(it.edges(page))))
        .looking_at(below)
        .load_level("nodes", nodes, Multiplicity::Many, of_page(|it, page| Children::Many(it.nodes(page))))
        .looking_at(below)
        .load_level(
            "pageInfo",
            "How to go on from this page.",
            Multiplicity::One,
            of_page(|it, page| Children::One(it.page_info(page))),
        )
        .looking_at(below)
        .load_leaf("totalCount", total_count, |it, ctx| Loading::later(it.load_count(ctx, |count| count.total)))
        .looking_at(none)
        .load_leaf(
            "assumedCount",
            "How many of `totalCount` are only assumed to have existed on the view's day: their `existence` is `ASSUMED`.",
            |it, ctx| Loading::later(it.load_count(ctx, |count| count.assumed)),
        )
        .looking_at(none)
        .load_objects_or_null(
            "breakdown",
            "All of them, on all pages, counted by what they have in common: a row for each combination of values, the \
             greatest count first, at most 1,000 rows. One with several values of a dimension counts with each; one \
             without any, under null; one that is in the list several times counts as often.",
            |it: &Connection<L>, ctx| Loading::later(it.load_breakdown(ctx)),
        )
        .looking_at(none)
        .argument::<Vec<DimensionInput<DimensionType<L::Node>>>>("by", "By what: 1 to 3 dimensions, each once.");
    if has_locations::<L::Node>() {
        ty = ty
            .load_leaf(
                "withoutLocationCount",
                "How many more there would be to look at if it were known where they stand: they fit the filter, but for its own `near` and `within`, and no source says where they are. `filter: { hasLocationOnRecord: false }` lists them.",
                |it, ctx| Loading::later(it.load_count_without_location(ctx)),
            )
            .looking_at(none);
    }
    ty.charge = Some(|it| it.page.charge());
    ty
}

/// What a field makes of the pages of connections.
fn of_page<L: List, U: Send + 'static>(
    children: fn(&Connection<L>, &Page<L::Item>) -> Children<U>,
) -> LoadLevel<Connection<L>, U> {
    Box::new(move |connections, ctx| {
        async move {
            let pages = Connection::load_pages(connections, ctx).await?;
            Ok(connections.iter().zip(pages).map(|(it, page)| children(it, &page)).collect())
        }
        .boxed()
    })
}

/// Whether two lists are within the same filter.
fn is_same(one: Option<&Arc<Filter>>, other: Option<&Arc<Filter>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Arc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn edge_type<L: List>(name: &str) -> ObjectType<Edge<L>> {
    let Descriptions { edge, node, .. } = L::DESCRIPTIONS;
    let mut ty = ObjectType::<Edge<L>>::new(format!("{name}Edge"), edge)
        .implementing(&[NOUN_PAGE_ITEM])
        .leaf("cursor", "The place of this item in the list, to pass on as `after` or `before`.", |it: &Edge<L>| {
            it.position.encode(it.scope.get())
        })
        .looking_at(FieldColumns::These(ColumnSet::POSITION));
    if has_locations::<L::Node>() {
        ty = ty
            .leaf(
                "distance",
                "How far it is from the point of the filter's own `near`, in meters along a sphere of 6,371,008.8 meters, to a tenth; null where no `near` is given.",
                |it: &Edge<L>| it.distance,
            )
            .looking_at(FieldColumns::These(ColumnSet::POSITION));
    }
    // They look at the tie, and at nothing of the noun that was read with it.
    let mut tie_fields = L::tie_fields();
    tie_fields.iter_mut().for_each(|field| field.columns = FieldColumns::These(ColumnSet::TIE));
    ty.object("node", node, |it| ViewedNoun { view: it.view, noun: it.node.clone() })
        .looking_at(FieldColumns::Below)
        .with_fields_of(tie_fields, |it| it.tie.as_ref().expect("a tie is read for its fields"))
}

impl<T: Send + Sync> ObjectType<T> {
    /// Adds a list as a connection; its types are named after `name`, and `order` says what its own order is. `place` says
    /// under which view it is read, and of which noun it is.
    pub(crate) fn connection<L: List>(
        self,
        list: L,
        field: &'static str,
        description: &'static str,
        order: &'static str,
        name: String,
        place: fn(&T, &FieldContext<'_>) -> (View, Option<i64>),
    ) -> Self {
        let place = move |it: &T, ctx: &FieldContext<'_>| {
            let (view, parent) = place(it, ctx);
            (view, parent, None)
        };
        self.connection_within(list, field, description, order, name, place)
    }

    /// Adds the nouns of a kind that are within a filter, as a connection.
    pub(crate) fn nouns_within<N: NounType>(
        self,
        field: &'static str,
        description: &'static str,
        view: impl Fn(&T) -> View + Send + Sync + 'static,
        filter: impl Fn(&T) -> Arc<Filter> + Send + Sync + 'static,
    ) -> Self {
        let order = "The order of the list; by name unless asked otherwise.";
        let place = move |it: &T, _: &FieldContext<'_>| (view(it), None, Some(filter(it)));
        self.connection_within(AllNouns::<N>(PhantomData), field, description, order, N::NAME.to_owned(), place)
    }

    /// Adds a list as a connection; `place` says where it is.
    fn connection_within<L: List>(
        self,
        list: L,
        field: &'static str,
        description: &'static str,
        order: &'static str,
        name: String,
        place: impl Fn(&T, &FieldContext<'_>) -> ListPlace + Send + Sync + 'static,
    ) -> Self {
        let ty: &'static ObjectType<Connection<L>> = Box::leak(Box::new(connection_type::<L>(&name)));
        let list: &'static L = Box::leak(Box::new(list));
        let conditions: &'static [EdgeCondition] = L::edge_conditions().leak();
        let name: &'static str = name.leak();
        let load: LoadLevel<T, Connection<L>> = Box::new(move |objects, ctx| {
            let places = objects.iter().map(|it| place(it, ctx)).collect();
            async move {
                let connections = Connection::from_arguments(list, ctx, places, name, conditions).await?;
                Ok(connections.into_iter().map(Children::One).collect())
            }
            .boxed()
        });
        let mut with = self.load_level_of(field, description, Multiplicity::OneOrNull, Box::new(move || ty), load);
        let arguments = &mut with.last().arguments;
        *arguments = PageArguments::<L::Node>::declare(order);
        arguments.extend(conditions.iter().map(|condition| condition.argument));
        with
    }
}
