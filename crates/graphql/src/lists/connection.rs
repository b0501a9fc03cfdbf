//! Connections: a page of nouns, the ties that lead to them, and how to go on.

use std::{marker::PhantomData, sync::Arc};

use async_graphql::Result;
use domain::{Filter, Page, Position, View};
use persistence::{BreakdownRow, ColumnSet, Dimensions, Linked, Relation};

use crate::{
    batching::loaders::{
        ALL_NOUNS, BreakdownLoader, NounCountLoader, NounPageLoader, RelationBreakdownLoader, RelationCountLoader,
        RelationPageLoader,
    },
    definition::{
        field::{Field, FieldColumns, FieldContext, FieldResult, Loading},
        object_type::ObjectType,
    },
    execution::context::ContextExt,
    lists::{
        breakdown::{Count, DimensionInput, counts, parse_dimensions},
        cursor_scope::{CursorScope, ListId},
        edge_condition::{EdgeCondition, read_edge_conditions},
        filter_type::{filter_type, has_locations},
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

    /// Reads a page together with all other parents that want the same.
    fn load_page(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parent: i64,
        arguments: &ParsedArguments,
    ) -> impl Future<Output = Result<Option<Arc<Page<Self::Item>>>>> + Send;

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

    async fn load_page(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        _: i64,
        arguments: &ParsedArguments,
    ) -> Result<Option<Arc<Page<Arc<N>>>>> {
        let ParsedArguments { filter, order, request, columns, .. } = arguments;
        let loader = NounPageLoader::<N>::new(view, filter.clone(), *order, request.clone());
        ctx.load_columns(loader, ALL_NOUNS, *columns).await
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

    async fn load_page(
        &self,
        ctx: &FieldContext<'_>,
        view: View,
        parent: i64,
        arguments: &ParsedArguments,
    ) -> Result<Option<Arc<Page<Self::Item>>>> {
        let ParsedArguments { filter, order, request, columns, .. } = arguments;
        let loader = RelationPageLoader::new(self.0, view, filter.clone(), *order, request.clone());
        ctx.load_columns(loader, parent, *columns).await
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
    arguments: ParsedArguments,
    page: LoadedPage<L::Item>,
}

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
    /// Checks the arguments.
    async fn from_arguments(
        list: &'static L,
        field: &FieldContext<'_>,
        view: View,
        id: ListId,
        conditions: &[EdgeCondition],
        within: Option<Arc<Filter>>,
    ) -> FieldResult<Self> {
        let parent = id.parent.unwrap_or(ALL_NOUNS);
        let arguments = PageArguments::<L::Node>::of_field(field)?;
        let tie = read_edge_conditions(conditions, field.arguments)?;
        let arguments = arguments.parse(field, id, requested_view(field, view), tie, within).await?;
        Ok(Connection { list, view, parent, arguments, page: LoadedPage::default() })
    }

    /// Reads the page, once for all fields.
    async fn load_page(&self, ctx: &FieldContext<'_>) -> FieldResult<Arc<Page<L::Item>>> {
        let load = async {
            let page = self.list.load_page(ctx, self.view, self.parent, &self.arguments).await?;
            Ok(page.unwrap_or_else(|| Arc::new(Page::empty())))
        };
        Ok(self.page.get_or_load(ctx, load).await?)
    }

    async fn load_edges(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<Edge<L>>> {
        let page = self.load_page(ctx).await?;
        let edge = |(position, item): &(Position, L::Item)| Edge {
            view: self.view,
            scope: self.arguments.scope.clone(),
            position: position.clone(),
            distance: self.arguments.read_distance(position),
            node: L::node(item).clone(),
            tie: L::tie(self.view, item),
        };
        Ok(page.items.iter().map(edge).collect())
    }

    async fn load_nodes(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<ViewedNoun<L::Node>>> {
        let page = self.load_page(ctx).await?;
        let node = |(_, item): &(Position, L::Item)| ViewedNoun { view: self.view, noun: L::node(item).clone() };
        Ok(page.items.iter().map(node).collect())
    }

    async fn load_page_info(&self, ctx: &FieldContext<'_>) -> FieldResult<PageInfo> {
        Ok(PageInfo::new(&*self.load_page(ctx).await?, &self.arguments.scope))
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
        let given: Vec<DimensionInput<L::Node>> = ctx.arguments.get("by")?;
        let by = parse_dimensions(&given)?;
        let rows = self.list.load_breakdown(ctx, self.view, self.parent, &self.arguments.filter, by).await?;
        Ok(counts(self.view, by, rows)?)
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
        .load_objects_of("edges", edges, edge, |it, ctx| Loading::later(it.load_edges(ctx)))
        .looking_at(below)
        .load_objects("nodes", nodes, |it: &Connection<L>, ctx| Loading::later(it.load_nodes(ctx)))
        .looking_at(below)
        .load_object("pageInfo", "How to go on from this page.", |it, ctx| Loading::later(it.load_page_info(ctx)))
        .looking_at(below)
        .load_leaf("totalCount", total_count, |it, ctx| Loading::later(it.load_count(ctx, |count| count.total)))
        .looking_at(none)
        .load_leaf(
            "assumedCount",
            "How many of `totalCount` are only assumed to have existed on the view's day: their `existence` is `ASSUMED`.",
            |it, ctx| Loading::later(it.load_count(ctx, |count| count.assumed)),
        )
        .looking_at(none);
    if !filter_type::<L::Node>().dimensions.is_empty() {
        ty = ty
            .load_objects_or_null(
                "breakdown",
                "All of them, on all pages, counted by what they have in common: a row for each combination of values, the \
                 greatest count first. One with several values of a dimension counts with each; one without any, under null.",
                |it: &Connection<L>, ctx| Loading::later(it.load_breakdown(ctx)),
            )
            .looking_at(none)
            .argument::<Vec<DimensionInput<L::Node>>>("by", "By what: 1 to 3 dimensions, each once.");
    }
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

    /// Adds a list as a connection; `place` says under which view it is read, of which noun it is, and within which filter.
    fn connection_within<L: List>(
        self,
        list: L,
        field: &'static str,
        description: &'static str,
        order: &'static str,
        name: String,
        place: impl Fn(&T, &FieldContext<'_>) -> (View, Option<i64>, Option<Arc<Filter>>) + Send + Sync + 'static,
    ) -> Self {
        let ty: &'static ObjectType<Connection<L>> = Box::leak(Box::new(connection_type::<L>(&name)));
        let list: &'static L = Box::leak(Box::new(list));
        let conditions: &'static [EdgeCondition] = L::edge_conditions().leak();
        let name: &'static str = name.leak();
        let mut with = self.load_optional_object_of(field, description, ty, move |it, ctx| {
            let (view, parent, within) = place(it, ctx);
            Loading::later(async move {
                Connection::from_arguments(list, ctx, view, ListId { name, parent }, conditions, within).await.map(Some)
            })
        });
        let arguments = &mut with.last().arguments;
        *arguments = PageArguments::<L::Node>::declare(order);
        arguments.extend(conditions.iter().map(|condition| condition.argument));
        with
    }
}
