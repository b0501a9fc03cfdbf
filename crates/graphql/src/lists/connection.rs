//! Connections: a page of nouns, the ties that lead to them, and how to go on.

use std::{
    borrow::Cow,
    marker::PhantomData,
    sync::{Arc, atomic::AtomicBool},
};

use async_graphql::{Context, Object, ObjectType, Result, TypeName};
use domain::{Page, Position, View};
use persistence::{Linked, Noun, NounPage, RelatedPage, Relation};

use crate::{
    batching::{
        field_columns::FieldColumns,
        loaders::{ALL_NOUNS, NounCountLoader, NounPageLoader, RelationCountLoader, RelationPageLoader},
    },
    execution::context::ContextExt,
    lists::{
        cursor_scope::{CursorScope, ListId, RequestedView},
        filter::FilterInput,
        page::{PageArguments, PageInfo, ParsedArguments, charge_page_once, saturating_int},
    },
    objects::noun::{SchemaName, ViewedNoun},
};

/// A relation, as the schema shows it.
pub(crate) trait RelationType: Relation<Node: FieldColumns> {
    /// What its types are called: `GroupSchool` for `GroupSchoolConnection` and `GroupSchoolEdge`.
    const NAME: &'static str;
    /// What the edge says about the tie.
    type TieObject: ObjectType;
    /// Wraps the tie.
    fn tie_object(view: View, tie: &Arc<Self::Tie>) -> Self::TieObject;
}

/// A page of the nouns that a relation leads to; it is read when a field wants something of it.
pub(crate) struct Connection<R: Relation> {
    view: View,
    parent: i64,
    arguments: ParsedArguments,
    is_charged: AtomicBool,
    of: PhantomData<fn() -> R>,
}

impl<R: RelationType> Connection<R> {
    /// Checks the arguments.
    pub(crate) async fn from_arguments<T: FilterInput>(
        ctx: &Context<'_>,
        view: View,
        requested_view: RequestedView,
        parent: i64,
        arguments: PageArguments<T>,
    ) -> Result<Self> {
        let arguments =
            arguments.parse::<R::Node>(ctx, ListId { name: R::NAME, parent: Some(parent) }, requested_view).await?;
        Ok(Connection { view, parent, arguments, is_charged: AtomicBool::new(false), of: PhantomData })
    }

    /// Reads the page together with all other parents that want the same, once for all fields.
    async fn load_page(&self, ctx: &Context<'_>) -> Result<Arc<RelatedPage<R::Node, R::Tie>>> {
        let ParsedArguments { filter, order, request, columns, .. } = &self.arguments;
        let loader = RelationPageLoader::<R>::new(self.view, filter.clone(), *order, request.clone());
        let page = ctx.load_columns(loader, self.parent, *columns).await?.unwrap_or_else(|| Arc::new(Page::empty()));
        charge_page_once(ctx, &self.is_charged, page.items.len())?;
        Ok(page)
    }
}

impl<R: RelationType> TypeName for Connection<R> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", R::NAME).into()
    }
}

/// A page of related nouns, the ties that lead to them, and how to go on.
#[Object(name_type)]
impl<R: RelationType> Connection<R>
where
    ViewedNoun<R::Node>: ObjectType,
{
    /// The ties of this page, each with its noun.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<Edge<R>>> {
        let page = self.load_page(ctx).await?;
        let edge = |(position, linked): &(Position, Linked<R::Node, R::Tie>)| Edge {
            view: self.view,
            scope: self.arguments.scope.clone(),
            position: position.clone(),
            linked: linked.clone(),
        };
        Ok(page.items.iter().map(edge).collect())
    }

    /// The nouns of this page, for those who need nothing of the ties.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<ViewedNoun<R::Node>>> {
        let page = self.load_page(ctx).await?;
        Ok(page.items.iter().map(|(_, linked)| ViewedNoun { view: self.view, noun: linked.node.clone() }).collect())
    }

    /// How to go on from this page.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo> {
        Ok(PageInfo::new(&*self.load_page(ctx).await?, &self.arguments.scope))
    }

    /// How many there are on all pages together, as recorded; sources may report another number.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let loader = RelationCountLoader::<R>::new(self.view, self.arguments.filter.clone());
        Ok(saturating_int(ctx.load(loader, self.parent).await?.unwrap_or_default().total))
    }

    /// How many of `totalCount` are only assumed to have existed on the view's day: their `existence` is `ASSUMED`.
    async fn assumed_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let loader = RelationCountLoader::<R>::new(self.view, self.arguments.filter.clone());
        Ok(saturating_int(ctx.load(loader, self.parent).await?.unwrap_or_default().assumed))
    }
}

/// A tie, and the noun it leads to.
pub(crate) struct Edge<R: Relation> {
    view: View,
    scope: CursorScope,
    position: Position,
    linked: Linked<R::Node, R::Tie>,
}

impl<R: RelationType> TypeName for Edge<R> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", R::NAME).into()
    }
}

/// A tie between two nouns: the noun it leads to, and its own story.
#[Object(name_type)]
impl<R: RelationType> Edge<R>
where
    ViewedNoun<R::Node>: ObjectType,
{
    /// The place of this item in the list, to pass on as `after` or `before`.
    async fn cursor(&self) -> String {
        self.position.encode(self.scope.get())
    }

    /// The noun that the tie leads to.
    async fn node(&self) -> ViewedNoun<R::Node> {
        ViewedNoun { view: self.view, noun: self.linked.node.clone() }
    }

    #[graphql(flatten)]
    async fn tie(&self) -> R::TieObject {
        R::tie_object(self.view, &self.linked.tie)
    }
}

/// A page of all nouns of a kind; it is read when a field wants something of it.
pub(crate) struct RootConnection<N: Noun> {
    view: View,
    arguments: ParsedArguments,
    is_charged: AtomicBool,
    of: PhantomData<fn() -> N>,
}

impl<N: FieldColumns + SchemaName> RootConnection<N> {
    /// Checks the arguments.
    pub(crate) async fn from_arguments<T: FilterInput>(
        ctx: &Context<'_>,
        view: View,
        requested_view: RequestedView,
        arguments: PageArguments<T>,
    ) -> Result<Self> {
        let arguments = arguments.parse::<N>(ctx, ListId { name: N::NAME, parent: None }, requested_view).await?;
        Ok(RootConnection { view, arguments, is_charged: AtomicBool::new(false), of: PhantomData })
    }

    /// Reads the page, once for all fields.
    async fn load_page(&self, ctx: &Context<'_>) -> Result<Arc<NounPage<N>>> {
        let ParsedArguments { filter, order, request, columns, .. } = &self.arguments;
        let loader = NounPageLoader::<N>::new(self.view, filter.clone(), *order, request.clone());
        let page = ctx.load_columns(loader, ALL_NOUNS, *columns).await?.unwrap_or_else(|| Arc::new(Page::empty()));
        charge_page_once(ctx, &self.is_charged, page.items.len())?;
        Ok(page)
    }
}

impl<N: FieldColumns + SchemaName> TypeName for RootConnection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::NAME).into()
    }
}

/// A page of all nouns of a kind, and how to go on.
#[Object(name_type)]
impl<N: FieldColumns + SchemaName> RootConnection<N>
where
    ViewedNoun<N>: ObjectType,
{
    /// The nouns of this page, each with its place.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<RootEdge<N>>> {
        let page = self.load_page(ctx).await?;
        let edge = |(position, noun): &(Position, Arc<N>)| RootEdge {
            scope: self.arguments.scope.clone(),
            position: position.clone(),
            node: ViewedNoun { view: self.view, noun: noun.clone() },
        };
        Ok(page.items.iter().map(edge).collect())
    }

    /// The nouns of this page.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<ViewedNoun<N>>> {
        let page = self.load_page(ctx).await?;
        Ok(page.items.iter().map(|(_, noun)| ViewedNoun { view: self.view, noun: noun.clone() }).collect())
    }

    /// How to go on from this page.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo> {
        Ok(PageInfo::new(&*self.load_page(ctx).await?, &self.arguments.scope))
    }

    /// How many there are on all pages together, as recorded.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let loader = NounCountLoader::<N>::new(self.view, self.arguments.filter.clone());
        Ok(saturating_int(ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default().total))
    }

    /// How many of `totalCount` are only assumed to have existed on the view's day: their `existence` is `ASSUMED`.
    async fn assumed_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let loader = NounCountLoader::<N>::new(self.view, self.arguments.filter.clone());
        Ok(saturating_int(ctx.load(loader, ALL_NOUNS).await?.unwrap_or_default().assumed))
    }
}

/// A noun in a list.
pub(crate) struct RootEdge<N: Noun> {
    scope: CursorScope,
    position: Position,
    node: ViewedNoun<N>,
}

impl<N: Noun + SchemaName> TypeName for RootEdge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::NAME).into()
    }
}

/// A noun in a list, and its place.
#[Object(name_type)]
impl<N: Noun + SchemaName> RootEdge<N>
where
    ViewedNoun<N>: ObjectType,
{
    /// The place of this item in the list, to pass on as `after` or `before`.
    async fn cursor(&self) -> String {
        self.position.encode(self.scope.get())
    }

    /// The noun.
    async fn node(&self) -> &ViewedNoun<N> {
        &self.node
    }
}

/// Declares an object that holds the relations of a noun, to be flattened into the noun's own; `about` says how many
/// there are in a large city, for the cost of a query.
macro_rules! relations {
    ($object:ident of $noun:ty { $($(#[$doc:meta])* $field:ident: $relation:ty, $filter:ty, about $size:literal;)+ }) => {
        /// The relations of a noun.
        pub(crate) struct $object<'a>(pub(crate) &'a crate::objects::noun::ViewedNoun<$noun>);

        impl $object<'_> {
            /// The relations' names in the code.
            pub(crate) const NAMES: &'static [&'static str] = &[$(stringify!($field)),+];
        }

        /// The relations of a noun.
        #[async_graphql::Object]
        impl $object<'_> {
            $(
                $(#[$doc])*
                #[expect(clippy::too_many_arguments, reason = "Relay's four, a filter and an order")]
                #[graphql(directive = crate::lists::list_size::list_size::apply(Some($size), crate::lists::list_size::slicing_arguments(), crate::lists::list_size::sized_fields(), Some(false)))]
                async fn $field(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    #[graphql(desc = "How many items from the start of the list, 0 to 100; 20 unless asked otherwise.")] first: Option<i64>,
                    #[graphql(desc = "Only items after this cursor of the same list.")] after: Option<String>,
                    #[graphql(desc = "How many items from the end of the list, 0 to 100; not together with `first`.")] last: Option<i64>,
                    #[graphql(desc = "Only items before this cursor of the same list.")] before: Option<String>,
                    #[graphql(desc = "Only items of which this is true.")] filter: Option<$filter>,
                    #[graphql(desc = "The order of the list; its own unless asked otherwise.")] order_by: Option<crate::lists::page::OrderInput>,
                ) -> Option<async_graphql::Result<crate::lists::connection::Connection<$relation>>> {
                    let arguments = crate::lists::page::PageArguments { first, after, last, before, filter, order: order_by };
                    let requested_view = crate::schema::requested_view(ctx, self.0.view);
                    Some(crate::lists::connection::Connection::from_arguments(ctx, self.0.view, requested_view, self.0.noun.head().id, arguments).await)
                }
            )+
        }
    };
}
pub(crate) use relations;

/// Declares how a relation is shown: its types' name and what its edges say.
macro_rules! relation_types {
    ($($relation:ty: $name:literal => $tie:ident;)+) => {$(
        impl crate::lists::connection::RelationType for $relation {
            const NAME: &'static str = $name;
            type TieObject = $tie;

            fn tie_object(view: domain::View, tie: &std::sync::Arc<Self::Tie>) -> $tie {
                $tie { view, tie: tie.clone() }
            }
        }
    )+};
}
pub(crate) use relation_types;
