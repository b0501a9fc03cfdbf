//! Pages of lists: the arguments that ask for one, and how to go on from it.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use async_graphql::{InputObject, Result};
use domain::{Condition, Filter, OrderDirection, OrderField, Page, PageRequest, Position, page::KEY_SEPARATOR};
use persistence::ColumnSet;

use crate::{
    definition::{
        argument::Argument,
        field::{FieldColumns, FieldContext, FieldResult},
        object_type::{Described, ObjectType},
    },
    execution::{context::ContextExt, error_code::ErrorCode},
    lists::{
        cursor_scope::{CursorScope, ListId, RequestedView},
        filter::resolve_filter,
        filter_input::FilterInput,
        filter_type::{condition_name, has_locations},
    },
    objects::{noun::NounType, word::Word},
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
pub(crate) struct PageArguments<N: NounType> {
    pub(crate) first: Option<i64>,
    pub(crate) after: Option<String>,
    pub(crate) last: Option<i64>,
    pub(crate) before: Option<String>,
    pub(crate) filter: Option<FilterInput<N>>,
    pub(crate) order: Option<OrderInput>,
}

/// The arguments as the store takes them, for the lists of all parents of a level; cursors are checked for each by itself.
pub(crate) struct ParsedArguments {
    pub(crate) filter: Arc<Filter>,
    pub(crate) order: domain::Order,
    /// The columns of the nouns that its fields look at.
    pub(crate) columns: ColumnSet,
    view: RequestedView,
    sizes: [Option<i64>; 2],
    cursors: [Option<String>; 2],
    /// The page that is wanted, if no cursor says where it begins or ends.
    request: Option<Arc<PageRequest>>,
}

impl ParsedArguments {
    /// The scope of a list's cursors, and the page of it that is wanted.
    pub(crate) fn of_list<N: NounType>(&self, list: ListId) -> Result<(CursorScope, Arc<PageRequest>)> {
        let scope = CursorScope::new(condition_name::<N>, list, self.order, self.filter.clone(), self.view);
        let request = match &self.request {
            Some(request) => request.clone(),
            None => Arc::new(parse_request(self.sizes, self.cursors.clone(), &scope)?),
        };
        Ok((scope, request))
    }

    /// How far an item at this place is from the point of the filter's `near`, in meters.
    pub(crate) fn read_distance(&self, position: &Position) -> Option<f64> {
        self.filter.near()?;
        let mut parts = position.key.split(KEY_SEPARATOR);
        let key = if self.order.field == OrderField::Distance { parts.next() } else { parts.next_back() };
        key.and_then(domain::location::distance_of_key)
    }
}

impl<N: NounType> PageArguments<N> {
    /// Those of a field.
    pub(crate) fn of_field(ctx: &FieldContext<'_>) -> FieldResult<Self> {
        let given = ctx.arguments;
        Ok(PageArguments {
            first: given.get("first")?,
            after: given.get("after")?,
            last: given.get("last")?,
            before: given.get("before")?,
            filter: given.get("filter")?,
            order: given.get("orderBy")?,
        })
    }

    /// What a field that takes them declares; `order` says what the list's own order is.
    pub(crate) fn declare(order: &'static str) -> Vec<Argument> {
        let mut arguments = bound_arguments();
        arguments.push(Argument::new::<Option<FilterInput<N>>>("filter", "Only items of which this is true."));
        arguments.push(Argument::new::<Option<OrderInput>>("orderBy", order));
        arguments
    }

    /// Checks the arguments; `tie` is what else narrows the list, by the ties that lead to its nouns, and `within` what all of
    /// it is within.
    pub(crate) async fn parse(
        self,
        ctx: &FieldContext<'_>,
        view: RequestedView,
        tie: Vec<Condition>,
        within: Option<Arc<Filter>>,
    ) -> Result<ParsedArguments> {
        let PageArguments { first, after, last, before, filter, order } = self;
        let mut filter = Filter { tie, ..resolve_filter(ctx, view.scenario(), filter).await? };
        filter.all.extend(within.map(|within| (*within).clone()));
        let filter = Arc::new(filter);
        let order = order.map_or_else(domain::Order::default, |order| domain::Order {
            field: order.field.0,
            direction: order.direction.0,
        });
        check_order::<N>(order, &filter)?;
        let columns = ctx.columns_below::<N>();
        let (sizes, cursors) = ([first, last], [after, before]);
        let request = match cursors {
            [None, None] => Some(Arc::new(parse_sizes(sizes)?)),
            _ => None,
        };
        Ok(ParsedArguments { filter, order, columns, view, sizes, cursors, request })
    }
}

/// Checks that there is a point from which distances are, if a list is ordered by them.
fn check_order<N: NounType>(order: domain::Order, filter: &Filter) -> Result<()> {
    if order.field != OrderField::Distance || filter.near().is_some() {
        return Ok(());
    }
    let problem = match has_locations::<N>() {
        true => {
            "`orderBy: { field: DISTANCE }` needs the point from which distances are: give `filter: { near: { latitude, longitude, metres } }`, beside `and`, `or` and `not` rather than in them"
        }
        false => {
            "`orderBy: { field: DISTANCE }` is for nouns that have places on earth: schools, campuses, townships and partners"
        }
    };
    Err(ErrorCode::InvalidArgument.with_message(problem))
}

/// Reads which page is wanted: how many items from the start or from the end, and the cursors after and before them, which are
/// to be of this scope.
pub(crate) fn parse_request(
    [first, last]: [Option<i64>; 2],
    [after, before]: [Option<String>; 2],
    scope: &CursorScope,
) -> Result<PageRequest> {
    if after.is_none() && before.is_none() {
        // A scope is computed where a cursor needs it.
        return parse_sizes([first, last]);
    }
    PageRequest::parse(first, after.as_deref(), last, before.as_deref(), scope.get()).map_err(page_error)
}

/// Reads which page is wanted of a list where no cursor says where it begins or ends.
fn parse_sizes([first, last]: [Option<i64>; 2]) -> Result<PageRequest> {
    PageRequest::parse(first, None, last, None, 0).map_err(page_error)
}

fn page_error(error: domain::PageError) -> async_graphql::Error {
    ErrorCode::from(error.clone()).with_message(error)
}

/// The page of a connection, which is read once for all of its fields, and charged once.
pub(crate) struct LoadedPage<I> {
    page: OnceLock<Arc<Page<I>>>,
    is_charged: AtomicBool,
}

impl<I> Default for LoadedPage<I> {
    fn default() -> Self {
        LoadedPage { page: OnceLock::new(), is_charged: AtomicBool::new(false) }
    }
}

impl<I> LoadedPage<I> {
    /// The page, loaded where no field has yet.
    pub(crate) async fn get_or_load(
        &self,
        ctx: &FieldContext<'_>,
        load: impl Future<Output = Result<Arc<Page<I>>>>,
    ) -> Result<Arc<Page<I>>> {
        match self.page.get() {
            Some(page) => Ok(page.clone()),
            None => self.keep(ctx, load.await?),
        }
    }

    /// The page, if a field has loaded it.
    pub(crate) fn get(&self) -> Option<Arc<Page<I>>> {
        self.page.get().cloned()
    }

    /// Whether no field has loaded it yet.
    pub(crate) fn is_missing(&self) -> bool {
        self.page.get().is_none()
    }

    /// The page, which is this one unless another field has loaded it.
    pub(crate) fn keep(&self, ctx: &FieldContext<'_>, page: Arc<Page<I>>) -> Result<Arc<Page<I>>> {
        let page = self.page.get_or_init(|| page).clone();
        if !self.is_charged.swap(true, Relaxed) {
            ctx.charge_objects(page.items.len())?;
        }
        Ok(page)
    }

    /// How many objects it has brought into the answer.
    pub(crate) fn charge(&self) -> u64 {
        self.page.get().map_or(0, |page| u64::try_from(page.items.len()).unwrap_or(u64::MAX))
    }
}

/// The arguments that say which page of a list is wanted.
pub(crate) fn bound_arguments() -> Vec<Argument> {
    vec![
        Argument::new::<Option<i64>>(
            "first",
            "How many items from the start of the list, 0 to 100; 20 unless asked otherwise.",
        ),
        Argument::new::<Option<String>>("after", "Only items after this cursor of the same list."),
        Argument::new::<Option<i64>>(
            "last",
            "How many items from the end of the list, 0 to 100; not together with `first`.",
        ),
        Argument::new::<Option<String>>("before", "Only items before this cursor of the same list."),
    ]
}

/// How to go on from a page.
pub(crate) struct PageInfo {
    has_next: bool,
    has_previous: bool,
    /// The positions of its first and its last item.
    ends: Option<[Position; 2]>,
    scope: CursorScope,
}

impl Described for PageInfo {
    fn describe() -> ObjectType<Self> {
        let position = FieldColumns::These(ColumnSet::POSITION);
        let none = FieldColumns::These(ColumnSet::LEAST);
        ObjectType::<Self>::new("PageInfo", "How to go on from a page.")
            .leaf("hasNextPage", "Whether items follow this page.", |it| it.has_next)
            .looking_at(none)
            .leaf("hasPreviousPage", "Whether items precede this page.", |it| it.has_previous)
            .looking_at(none)
            .leaf("startCursor", "The cursor of the first item, to pass on as `before`; null on an empty page.", |it| {
                it.ends.as_ref().map(|[first, _]| first.encode(it.scope.get()))
            })
            .looking_at(position)
            .leaf("endCursor", "The cursor of the last item, to pass on as `after`; null on an empty page.", |it| {
                it.ends.as_ref().map(|[_, last]| last.encode(it.scope.get()))
            })
            .looking_at(position)
    }
}

impl PageInfo {
    pub(crate) fn new<T>(page: &Page<T>, scope: &CursorScope) -> Self {
        let position = |item: Option<&(Position, T)>| item.map(|(position, _)| position.clone());
        let ends = position(page.items.first()).zip(position(page.items.last())).map(<[Position; 2]>::from);
        PageInfo { has_next: page.has_next, has_previous: page.has_previous, ends, scope: scope.clone() }
    }
}

/// A count as GraphQL's `Int` carries it.
pub(crate) fn saturating_int(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
