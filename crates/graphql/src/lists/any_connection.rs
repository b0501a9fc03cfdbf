//! Connections to nouns of any kind: a page of ties, each with the noun that it leads to, and how to go on.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use async_graphql::Result;
use domain::{AnyId, Filter, Order, Page, PageRequest, Position, View};
use persistence::{AnyLinked, AnyPage, AnyRelation, ColumnSet};

use crate::{
    batching::loaders::{AnyCountLoader, AnyPageLoader},
    definition::{
        abstract_type::AbstractType,
        field::{FieldColumns, FieldContext, FieldResult, Loading},
        object_type::ObjectType,
        resolver::AnyObject,
    },
    execution::{context::ContextExt, error_code::ErrorCode},
    lists::{
        cursor_scope::{CursorScope, ListId},
        page::{PageInfo, bound_arguments},
    },
    objects::{
        node::load_any_noun,
        noun::{NounType, ViewedNoun},
        tie::{TieType, ViewedTie},
    },
    schema::requested_view,
};

/// A page of ties to nouns of any kind; it is read when a field wants something of it.
pub(crate) struct AnyConnection<T: 'static> {
    relation: AnyRelation<T>,
    view: View,
    parent: i64,
    request: Arc<PageRequest>,
    scope: CursorScope,
    page: OnceLock<Arc<AnyPage<T>>>,
    is_charged: AtomicBool,
}

/// A tie to a noun of any kind, and its place.
pub(crate) struct AnyEdge<T> {
    scope: CursorScope,
    position: Position,
    node: Option<AnyId>,
    tie: ViewedTie<T>,
}

impl<T: TieType> AnyConnection<T> {
    /// Checks the arguments.
    fn from_arguments(
        relation: AnyRelation<T>,
        ctx: &FieldContext<'_>,
        view: View,
        name: &'static str,
        parent: i64,
    ) -> FieldResult<Self> {
        let given = ctx.arguments;
        let [after, before]: [Option<String>; 2] = [given.get("after")?, given.get("before")?];
        let list = ListId { name, parent: Some(parent) };
        let scope =
            CursorScope::new(|_| "", list, Order::default(), Arc::new(Filter::default()), requested_view(ctx, view));
        let expected = if after.is_some() || before.is_some() { scope.get() } else { 0 };
        let (first, last) = (given.get("first")?, given.get("last")?);
        let request = PageRequest::parse(first, after.as_deref(), last, before.as_deref(), expected)
            .map_err(|error| ErrorCode::from(error.clone()).with_message(error))?;
        let (request, page, is_charged) = (Arc::new(request), OnceLock::new(), AtomicBool::new(false));
        Ok(AnyConnection { relation, view, parent, request, scope, page, is_charged })
    }

    /// Reads the page, once for all fields.
    async fn load_page(&self, ctx: &FieldContext<'_>) -> FieldResult<Arc<AnyPage<T>>> {
        let page = match self.page.get() {
            Some(page) => page.clone(),
            None => {
                let loader = AnyPageLoader::new(self.relation, self.view, self.request.clone());
                let page = ctx.load(loader, self.parent).await?;
                self.page.get_or_init(|| page.unwrap_or_else(|| Arc::new(Page::empty()))).clone()
            }
        };
        if !self.is_charged.swap(true, Relaxed) {
            ctx.charge_objects(page.items.len())?;
        }
        Ok(page)
    }

    async fn load_edges(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<AnyEdge<T>>> {
        let edge = |(position, AnyLinked { tie, node }): &(Position, AnyLinked<T>)| AnyEdge {
            scope: self.scope.clone(),
            position: position.clone(),
            node: *node,
            tie: ViewedTie { view: self.view, tie: tie.clone() },
        };
        Ok(self.load_page(ctx).await?.items.iter().map(edge).collect())
    }

    async fn load_nodes(&self, ctx: &FieldContext<'_>) -> FieldResult<Vec<Result<Option<AnyObject>>>> {
        let page = self.load_page(ctx).await?;
        let load = async |(_, item): &(Position, AnyLinked<T>)| match item.node {
            Some(id) => load_any_noun(ctx, self.view, id).await,
            None => Ok(None),
        };
        Ok(futures::future::join_all(page.items.iter().map(load)).await)
    }

    async fn load_page_info(&self, ctx: &FieldContext<'_>) -> FieldResult<PageInfo> {
        Ok(PageInfo::new(&*self.load_page(ctx).await?, &self.scope))
    }

    async fn load_count(&self, ctx: &FieldContext<'_>) -> FieldResult<i32> {
        let count = ctx.load(AnyCountLoader::new(self.relation, self.view), self.parent).await?;
        Ok(i32::try_from(count.unwrap_or_default()).unwrap_or(i32::MAX))
    }
}

/// The type of the connections of a list whose types are named so: `EventItem` for `EventItemConnection`.
fn connection_type<T: TieType>(name: &str) -> ObjectType<AnyConnection<T>> {
    let edge: &'static ObjectType<AnyEdge<T>> = Box::leak(Box::new(edge_type::<T>(name)));
    let mut ty = ObjectType::<AnyConnection<T>>::new(
        format!("{name}Connection"),
        "A page of ties to nouns of any kind, and how to go on.",
    )
    .load_objects_of("edges", "The ties of this page, each with its noun.", edge, |it, ctx| {
        Loading::later(it.load_edges(ctx))
    })
    .load_abstracts(
        "nodes",
        "The nouns of this page, for those who need nothing of the ties; null where a tie names none.",
        AbstractType::Node,
        |it: &AnyConnection<T>, ctx| Loading::later(it.load_nodes(ctx)),
    )
    .load_object("pageInfo", "How to go on from this page.", |it, ctx| Loading::later(it.load_page_info(ctx)))
    .load_leaf(
        "totalCount",
        "How many there are on all pages together, as recorded; sources may report another number.",
        |it, ctx| Loading::later(it.load_count(ctx)),
    );
    ty.charge = Some(|it| it.page.get().map_or(0, |page| u64::try_from(page.items.len()).unwrap_or(u64::MAX)));
    ty
}

fn edge_type<T: TieType>(name: &str) -> ObjectType<AnyEdge<T>> {
    ObjectType::<AnyEdge<T>>::new(format!("{name}Edge"), "A tie to a noun of any kind, and its own story.")
        .leaf("cursor", "The place of this item in the list, to pass on as `after` or `before`.", |it: &AnyEdge<T>| {
            it.position.encode(it.scope.get())
        })
        .load_abstract(
            "node",
            "The noun that the tie leads to; null where it names none.",
            AbstractType::Node,
            |it, ctx| match it.node {
                Some(id) => Loading::later(async move { Ok(load_any_noun(ctx, it.tie.view, id).await?) }),
                None => Loading::Now(Ok(None)),
            },
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
        let ty: &'static ObjectType<AnyConnection<T>> = Box::leak(Box::new(connection_type::<T>(types)));
        let mut with = self.load_optional_object_of(name, description, ty, move |it, ctx| {
            Loading::Now(AnyConnection::from_arguments(relation, ctx, it.view, types, it.head().id).map(Some))
        });
        with.last().arguments = bound_arguments();
        with.last().expected_size = Some(size);
        with.looking_at(FieldColumns::These(ColumnSet::LEAST))
    }
}
