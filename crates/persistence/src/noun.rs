//! Reading nouns: by id, by slug, and in pages.

use std::sync::Arc;

use domain::{
    ColumnType, Filter, Head, Kind, Known, Lifetime, Order, OrderField, Page, PageRequest, Position, ScenarioId, Shape,
    Span, Texts, Validity, View, page::MAX_SIZE,
};
use sea_orm::{
    DbBackend,
    sea_query::{self, Alias, BinOper, Expr, ExprTrait, Query, SelectStatement, UnionType},
};

use crate::{
    IdMap, Store, StoreError,
    breakdown::ValuesOf,
    columns::ColumnSet,
    dialect,
    entity::identities,
    filter::{FilterForm, Wanted, fits, is_listed},
    location::with_distance,
    row::Row,
    statement::{Form, KnownOfValues, LIMIT, PageForm, Parameter, Prepared, Question, Values},
    view::{AnyIden, Scope, Sees, col, named},
};

/// A noun that the store keeps.
pub trait Noun: Table {}

impl<N: Table> Noun for N {}

/// A page of nouns.
pub type NounPage<N> = Page<Arc<N>>;

/// A column with numbers that a breakdown adds up.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// The column.
    pub column: &'static str,
    /// How many digits after the point its numbers have; none if they are whole.
    pub decimals: u32,
}

impl Measure {
    /// The number in the row that an alias names, in units of its last digit.
    pub(crate) fn number(&self, alias: &'static str) -> Expr {
        let kept = || col(alias, Alias::new(self.column));
        if self.decimals == 0 {
            return kept();
        }
        // The last digit that is kept says how many are written after the point.
        let ten = || Expr::Constant(10.into());
        let written = kept().modulo(ten()).add(ten()).modulo(ten());
        kept().sub(written).div(ten())
    }
}

/// How a noun is kept: what a noun's file says about it.
pub trait Table: domain::Noun + Sized {
    /// What its records are made of.
    const SHAPE: &'static Shape;
    /// The columns that [`Table::read`] takes, in its order.
    const COLUMNS: &'static [AnyIden];
    /// The word of its status for what begins on a later day, if conditions can ask for it: lists then hold those, too.
    const PLANNED: Option<&'static str> = None;

    /// The columns with numbers that a breakdown adds up.
    const MEASURES: &'static [Measure] = &[];

    /// The table of those by whose places nouns stand somewhere that have none on record, and its column that names the noun.
    const SITES: Option<(AnyIden, AnyIden)> = None;

    /// Reads the values of [`Table::COLUMNS`].
    ///
    /// # Errors
    /// A value means nothing in the domain.
    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError>;

    /// The condition on a property of the noun that `c` names; `None` if it is one on a column as recorded.
    fn condition(_property: &str, _wanted: &Wanted, _scope: &Scope) -> Option<Expr> {
        None
    }

    /// Where the values of a property stand by which lists are counted; `None` if it is a column as recorded, or a tie with a
    /// table of its own.
    fn values_of(_property: &str, _scope: &Scope) -> Option<ValuesOf> {
        None
    }
}

/// What is read of a list.
#[derive(Debug, Clone, Copy)]
pub struct ListRequest<'a> {
    /// Only nouns that it is true of.
    pub filter: &'a Filter,
    /// In which order.
    pub order: Order,
    /// Which page.
    pub page: &'a PageRequest,
    /// Which columns of the nouns.
    pub columns: ColumnSet,
}

/// How many nouns a list has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NounCount {
    /// All of them.
    pub total: u64,
    /// Those of them that are only assumed to have existed on the view's day.
    pub assumed: u64,
}

impl NounCount {
    /// Reads what [`Scope::counts`] counted.
    pub(crate) fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [total, assumed] = row.cells();
        Ok(NounCount { total: total.number()?.unsigned_abs(), assumed: assumed.number()?.unsigned_abs() })
    }
}

impl Store {
    /// These columns of the nouns with these ids, known in the view; whether they hold on its day is for the reader to see.
    /// Of several periods it is the one that holds on the day, else the last before it, else the first.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn by_ids<N: Noun>(
        &self,
        view: View,
        ids: &[i64],
        columns: ColumnSet,
    ) -> Result<IdMap<Arc<N>>, StoreError> {
        // A list is more work than one id, also if it has one only.
        let question = match ids {
            [_] => Question::ById(N::SHAPE.table),
            _ => Question::ByIds(N::SHAPE.table),
        };
        let form = self.form(question, view, FilterForm::default(), None, columns);
        let statement = self.statements.get(&form, || {
            let (scope, columns) = (Scope::new(self.backend, view), columns.with_required::<N>());
            let mut select = scope.select_from(N::SHAPE.table, "c", Sees::Shown);
            let id = col("c", Alias::new("id"));
            select.exprs(exprs::<N>("c", columns)).and_where(match question {
                Question::ById(_) => id.eq(Parameter::Id.expr()),
                _ => scope.is_asked(id),
            });
            Prepared::of_columns(self.backend, &select, columns)
        });
        let rows = self.rows_of(&statement, &Values::of_ids(view, ids)).await?;
        let read = |mut row: Row<'_>| {
            let noun = read::<N>(&mut row, statement.columns)?;
            Ok((noun.head().id, Arc::new(noun)))
        };
        rows.iter().map(read).collect()
    }

    /// A page of the nouns that hold in the view.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn page<N: Noun>(&self, view: View, list: ListRequest<'_>) -> Result<NounPage<N>, StoreError> {
        let ListRequest { filter, order, page: request, columns } = list;
        let (filter, filter_values) = FilterForm::split(filter);
        let page = PageForm::new(order, request);
        let form = self.form(Question::Page(N::SHAPE.table), view, filter, Some(page), columns);
        let statement = self.statements.get(&form, || {
            let (scope, columns) = (Scope::new(self.backend, view), columns.with_required::<N>());
            let select = page_select::<N>(&scope, &form.filter, page, columns);
            Prepared::of_columns(self.backend, &select, columns)
        });
        let values = Values { view, ids: &[], request: Some(request), filter: &filter_values };
        let rows = self.rows_of(&statement, &values).await?;
        let entry = |mut row: Row<'_>| {
            let key = read_key(&mut row, statement.columns)?;
            let noun = read::<N>(&mut row, statement.columns)?;
            Ok((Position { key, id: noun.head().id }, Arc::new(noun)))
        };
        Ok(Page::of(rows.iter().map(entry).collect::<Result<_, StoreError>>()?, request))
    }

    /// How many nouns hold in the view, and how many of these are only assumed to.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count<N: Noun>(&self, view: View, filter: &Filter) -> Result<NounCount, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::Count(N::SHAPE.table), view, filter, None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let mut select = scope.select_from(N::SHAPE.table, "c", Sees::Known);
            select.exprs(scope.counts()).and_where(is_listed::<N>(&scope, &form.filter));
            and_all(&mut select, fits::<N>(&scope, &form.filter));
            Prepared::new(self.backend, &select)
        });
        let values = Values { view, ids: &[], request: None, filter: &filter_values };
        let rows = self.rows_of(&statement, &values).await?;
        rows.first().map_or(Ok(NounCount::default()), |mut row| NounCount::read(&mut row))
    }

    /// The form of a question.
    pub(crate) fn form(
        &self,
        question: Question,
        view: View,
        filter: FilterForm,
        page: Option<PageForm>,
        columns: ColumnSet,
    ) -> Form {
        let is_usual = question.is_planned_with_its_day(self.backend) && self.usual_day.count(view.day);
        let written_day = is_usual.then_some(view.day);
        let known = KnownOfValues { written_day, ..KnownOfValues::default() };
        Form { question, is_latest: view.known == Known::Latest, filter, page, columns, known }
    }
}

fn page_select<N: Table>(scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
    let of_noun = |name: &'static str| col("c", Alias::new(name));
    let keys = match page.order.field {
        OrderField::Natural | OrderField::Name | OrderField::Edge => vec![of_noun("sort_name")],
        OrderField::Distance => vec![of_noun("sort_name"), of_noun("slug")],
        OrderField::Slug => vec![of_noun("slug")],
        OrderField::Since => vec![of_noun("valid_from")],
    };
    let keys = with_distance::<N>(scope, filter, page, keys, "c");
    let id = col("c", Alias::new("id"));
    let mut select = scope.select_from(N::SHAPE.table, "c", Sees::Known);
    if columns.contains(ColumnSet::POSITION) {
        select.expr(join_keys(scope, &keys));
    }
    select.exprs(exprs::<N>("c", columns)).and_where(is_listed::<N>(scope, filter));
    and_all(&mut select, fits::<N>(scope, filter));
    and_all(&mut select, within_bounds(&keys, &id, page));
    let direction = direction(page);
    if scope.backend == DbBackend::Postgres && scope.is_latest {
        // All nulls, and in the index before the key: PostgreSQL does not see by itself that these need no order,
        // and would sort the schools of a nation to give 20.
        select.order_by_expr(col("c", Alias::new("known_to")), direction.clone());
    }
    for key in keys.into_iter().chain([id]) {
        select.order_by_expr(key, direction.clone());
    }
    if scope.backend != DbBackend::Postgres {
        return select.limit(LIMIT).take();
    }
    // PostgreSQL reckons that an unknown limit takes a tenth of the table, and would sort it; of a page it reads no more than
    // is wanted, in the order of the subquery.
    select.limit(u64::from(MAX_SIZE) + 1);
    Query::select().column(sea_query::Asterisk).from_subquery(select, Alias::new("page")).limit(LIMIT).take()
}

/// How many slugs are read to each side of one that nothing has.
const NEAR: u64 = 500;

impl Store {
    /// Those of these identities that some revision knows.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded(&self, scenario: Option<ScenarioId>, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
        let id = || col("i", identities::Column::Id);
        let mut select = Query::select();
        select.expr(id()).from_as(identities::Entity, Alias::new("i"));
        select.and_where(dialect::is_one_of_these(self.backend, id(), ids));
        let rows = self.rows_in(scenario, self.backend.build(&select)).await?;
        rows.iter().map(|mut row| row.next().number()).collect()
    }

    /// The slugs of a kind around this one, in no order: all of them where there are few.
    ///
    /// # Errors
    /// The database failed.
    pub async fn slugs_near(&self, kind: Kind, slug: &str) -> Result<Vec<String>, StoreError> {
        let of_slug = || col("i", identities::Column::Slug);
        let side = |is_near: Expr, direction: sea_query::Order| {
            let mut select = Query::select();
            select.expr(of_slug()).from_as(identities::Entity, Alias::new("i"));
            select.and_where(col("i", identities::Column::Kind).eq(kind.name())).and_where(is_near);
            select.order_by_expr(of_slug(), direction).limit(NEAR);
            Query::select().column(sea_query::Asterisk).from_subquery(select, Alias::new("near")).take()
        };
        let mut select = side(of_slug().gte(slug), sea_query::Order::Asc);
        select.union(UnionType::All, side(of_slug().lt(slug), sea_query::Order::Desc));
        let rows = self.rows(self.backend.build(&select)).await?;
        rows.iter().map(|mut row| row.next().text()).collect()
    }
}

/// The columns of [`ColumnSet::TIME`].
const TIME: [&str; 5] = ["valid_from", "valid_to", "known_day", "stated_from", "stated_to"];

/// What [`read`] takes, of the table that an alias names.
pub(crate) fn exprs<N: Table>(alias: &'static str, columns: ColumnSet) -> Vec<Expr> {
    let time = TIME.iter().filter(|_| columns.contains(ColumnSet::TIME)).map(|name| Alias::new(*name));
    let names = has_names::<N>() && columns.contains(ColumnSet::NAMES);
    let names = names.then(|| Alias::new("name")).into_iter();
    let own = N::COLUMNS.iter().enumerate().filter_map(|(at, column)| columns.reads(at).then_some(column));
    let head = ["id", "fact_id", "slug"].map(Alias::new).into_iter();
    head.chain(time).chain(names).chain(own.map(|column| named(*column))).map(|name| col(alias, name)).collect()
}

/// Reads a noun from a row whose next columns are those of [`exprs`].
pub(crate) fn read<N: Table>(row: &mut Row<'_>, columns: ColumnSet) -> Result<N, StoreError> {
    row.begin_fact();
    let [id, fact, slug] = row.cells();
    let time = if columns.contains(ColumnSet::TIME) { read_time(row)? } else { Lifetime::UNSTATED };
    let names =
        if has_names::<N>() && columns.contains(ColumnSet::NAMES) { row.next().texts()? } else { Texts::default() };
    row.expect(columns.mask());
    N::read(Head { id: id.number()?, fact: fact.number()?, slug: slug.text()?, names, time }, row)
}

fn read_time(row: &mut Row<'_>) -> Result<Lifetime, StoreError> {
    let [valid_from, valid_to, known_day, stated_from, stated_to] = row.cells();
    let validity = Validity { from: valid_from.day()?, to: valid_to.day()? };
    let stated = Span { since: stated_from.date()?, until: stated_to.date()? };
    Ok(Lifetime { validity, stated, known_day: known_day.day()? })
}

/// Whether nouns of a kind have names of their own; a source is called by its title.
fn has_names<N: Table>() -> bool {
    N::SHAPE.columns.iter().any(|column| matches!(column.column_type, ColumnType::Names))
}

/// Reads the key of a position, if it was asked for.
pub(crate) fn read_key(row: &mut Row<'_>, columns: ColumnSet) -> Result<String, StoreError> {
    if columns.contains(ColumnSet::POSITION) { row.next().text() } else { Ok(String::new()) }
}

/// The parts of a position's key, of which there is one at least, as one text.
pub(crate) fn join_keys(scope: &Scope, parts: &[Expr]) -> Expr {
    let joined = parts.iter().cloned().reduce(|key, part| {
        let separated = key.binary(BinOper::Custom("||"), dialect::key_separator(scope.backend));
        separated.binary(BinOper::Custom("||"), part)
    });
    joined.expect("a list is ordered by something")
}

/// The direction in which a page's rows are read.
pub(crate) fn direction(page: PageForm) -> sea_query::Order {
    if page.is_descending() { sea_query::Order::Desc } else { sea_query::Order::Asc }
}

/// The conditions of a page's cursors on its keys and, where these are equal, the id.
pub(crate) fn within_bounds(keys: &[Expr], id: &Expr, page: PageForm) -> Vec<Expr> {
    let row = || Expr::tuple(keys.iter().cloned().chain([id.clone()]));
    let bound = |part: fn(u32) -> Parameter, bound_id: Parameter| {
        let parts = (0..u32::try_from(keys.len()).unwrap_or(u32::MAX)).map(|at| part(at).expr());
        Expr::tuple(parts.chain([bound_id.expr()]))
    };
    let after = || bound(Parameter::After, Parameter::AfterId);
    let before = || bound(Parameter::Before, Parameter::BeforeId);
    let is_descending = page.order.is_descending();
    let after = page.has_after.then(|| if is_descending { row().lt(after()) } else { row().gt(after()) });
    let before = page.has_before.then(|| if is_descending { row().gt(before()) } else { row().lt(before()) });
    after.into_iter().chain(before).collect()
}

/// Adds conditions, all of which hold.
pub(crate) fn and_all(select: &mut SelectStatement, conditions: impl IntoIterator<Item = Expr>) {
    for condition in conditions {
        select.and_where(condition);
    }
}
