//! Pages of lists: the arguments that ask for one, and how to go on from it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use async_graphql::{Context, InputObject, Result, SimpleObject};
use domain::{Filter, OrderDirection, OrderField, Page, PageRequest};
use persistence::ColumnSet;

use crate::{
    batching::field_columns::{self, FieldColumns},
    execution::{context::ContextExt, error::ErrorCode},
    lists::{
        cursor_scope::{CursorScope, ListId, RequestedView},
        filter::{FilterInput, resolve_filter},
    },
    objects::word::Word,
};

/// The order of a list.
#[derive(InputObject, Debug, Clone, Copy)]
#[graphql(name = "Order")]
pub(crate) struct OrderInput {
    /// What to order by.
    #[graphql(default_with = "Word(OrderField::Natural)")]
    field: Word<OrderField>,
    /// In which direction.
    #[graphql(default_with = "Word(OrderDirection::Asc)")]
    direction: Word<OrderDirection>,
}

/// The four arguments of a page, with a filter and an order.
pub(crate) struct PageArguments<T> {
    pub(crate) first: Option<i64>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i64>,
    pub(crate) before: Option<String>,
    pub(crate) filter: Option<T>,
    pub(crate) order: Option<OrderInput>,
}

/// The arguments as the store takes them.
pub(crate) struct ParsedArguments {
    pub(crate) filter: Arc<Filter>,
    pub(crate) order: domain::Order,
    pub(crate) request: Arc<PageRequest>,
    pub(crate) scope: CursorScope,
    /// The columns of the nouns that its fields look at.
    pub(crate) columns: ColumnSet,
}

impl<T: FilterInput> PageArguments<T> {
    /// Checks the arguments.
    pub(crate) async fn parse<N: FieldColumns>(
        self,
        ctx: &Context<'_>,
        list: ListId,
        view: RequestedView,
    ) -> Result<ParsedArguments> {
        let PageArguments { first, after, last, before, filter, order } = self;
        let filter = Arc::new(resolve_filter(ctx, filter).await?);
        let order = order.map_or_else(domain::Order::default, |order| domain::Order {
            field: order.field.0,
            direction: order.direction.0,
        });
        let scope = CursorScope::new(T::FIELDS, list, order, filter.clone(), view);
        let has_cursor = after.is_some() || before.is_some();
        let expected = if has_cursor { scope.get() } else { 0 };
        let request = PageRequest::parse(first, after.as_deref(), last, before.as_deref(), expected)
            .map_err(|error| ErrorCode::from(error.clone()).with_message(error))?;
        let columns = field_columns::columns_of_connection::<N>(ctx.field());
        Ok(ParsedArguments { filter, order, request: Arc::new(request), scope, columns })
    }
}

/// How to go on from a page.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether items follow this page.
    has_next_page: bool,
    /// Whether items precede this page.
    has_previous_page: bool,
    /// The cursor of the first item, to pass on as `before`; null on an empty page.
    start_cursor: Option<String>,
    /// The cursor of the last item, to pass on as `after`; null on an empty page.
    end_cursor: Option<String>,
}

impl PageInfo {
    pub(crate) fn new<T>(page: &Page<T>, scope: &CursorScope) -> Self {
        PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.items.first().map(|(position, _)| position.encode(scope.get())),
            end_cursor: page.items.last().map(|(position, _)| position.encode(scope.get())),
        }
    }
}

/// A count as GraphQL's `Int` carries it.
pub(crate) fn saturating_int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Charges the objects of a page once, whatever the number of fields that show them.
pub(crate) fn charge_page_once(ctx: &Context<'_>, is_charged: &AtomicBool, objects: usize) -> Result<()> {
    match is_charged.swap(true, Relaxed) {
        true => Ok(()),
        false => ctx.charge_objects(objects),
    }
}
