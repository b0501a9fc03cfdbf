//! Ties between nouns: each declared once, read from either end, a page for each of many parents in one statement.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use domain::{Filter, Kind, OrderField, Page, PageRequest, Position, View};
use sea_orm::{
    DbBackend, QueryResult,
    sea_query::{self, Alias, BinOper, Expr, ExprTrait, OverStatement, Query, SelectStatement, WindowStatement},
};

use crate::{
    Noun, NounCount, Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::townships,
    filter::{FilterForm, fits, is_listed},
    noun::{ListRequest, Table, and_all, direction, exprs, read, read_key, within_bounds},
    row::Row,
    statement::{LIMIT, PageForm, Parameter, Prepared, Question, Values},
    view::{AnyIden, Scope, Sees, col, literal, named},
};

/// A tie between nouns: what it says is a `T`.
pub(crate) struct Tie<T: 'static> {
    /// What tells it from other ties.
    pub(crate) name: &'static str,
    /// Where its rows come from.
    pub(crate) source: TieSource,
    /// The columns of a row that `read` takes after the identity, in its order.
    pub(crate) columns: &'static [AnyIden],
    /// Reads a tie from its identity and the values of the columns.
    pub(crate) read: fn(i64, &mut Row<'_>) -> Result<T, StoreError>,
}

/// Where the rows of a tie come from.
pub(crate) enum TieSource {
    /// A table with one row a tie.
    Table(TieTable),
    /// A column of the noun's own row that names its owner; read from the owner. Whether the noun is on the map decides.
    Owner(AnyIden),
    /// The township in which the noun's own row says that it stands; read from the place, by this column of the township.
    Township(AnyIden),
    /// A statement that makes rows with the columns `parent`, `child`, `fact`, `rank`, `since` and those of the tie.
    Rows(fn(&Scope, End) -> SelectStatement),
}

/// What ties are compared by before names, of the table that an alias names.
pub(crate) type Rank = fn(&'static str) -> Expr;

/// A table with one row a tie.
pub(crate) struct TieTable {
    pub(crate) table: AnyIden,
    /// The column of the end at which a forward walk begins.
    pub(crate) from: AnyIden,
    /// The column of the end at which it arrives.
    pub(crate) to: AnyIden,
    /// The column that says what the noun at the second end is, if it is one of several kinds.
    pub(crate) to_kind: Option<AnyIden>,
    /// What is compared before names, forward and backward; `None` if nothing is.
    pub(crate) rank: [Option<Rank>; 2],
}

impl TieTable {
    /// The columns of the parent and of the noun it leads to, and what is compared before names.
    fn walked(&self, is_forward: bool) -> (AnyIden, AnyIden, Option<Rank>) {
        let [forward, backward] = self.rank;
        if is_forward { (self.from, self.to, forward) } else { (self.to, self.from, backward) }
    }
}

/// From where to where a tie is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct End {
    /// What the parents are.
    pub(crate) parent: Kind,
    /// What it leads to.
    pub(crate) child: Kind,
    /// Whether it is walked from the end that its declaration names first.
    pub(crate) is_forward: bool,
}

/// A tie walked in one direction, to nouns of one kind.
pub struct Path<N, T: 'static> {
    tie: &'static Tie<T>,
    end: End,
    to: PhantomData<fn() -> N>,
}

impl<N, T> Clone for Path<N, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N, T> Copy for Path<N, T> {}

impl Tie<i64> {
    /// The nouns that name their owner in a column of their own.
    pub(crate) const fn owner(name: &'static str, column: AnyIden) -> Self {
        Tie { name, source: TieSource::Owner(column), columns: &[], read: read_identity }
    }

    /// The nouns that stand in a township of the place that this column of the township names.
    pub(crate) const fn township(name: &'static str, column: AnyIden) -> Self {
        Tie { name, source: TieSource::Township(column), columns: &[], read: read_identity }
    }
}

impl<T> Tie<T> {
    /// The walk from the end that the declaration names first.
    pub(crate) const fn forward<N: Noun>(&'static self, parent: Kind) -> Path<N, T> {
        Path { tie: self, end: End { parent, child: N::KIND, is_forward: true }, to: PhantomData }
    }

    /// The walk from the other end.
    pub(crate) const fn backward<N: Noun>(&'static self, parent: Kind) -> Path<N, T> {
        Path { tie: self, end: End { parent, child: N::KIND, is_forward: false }, to: PhantomData }
    }
}

/// A noun, and the tie that leads to it.
#[derive(Debug)]
pub struct Linked<N, T> {
    /// What the tie says.
    pub tie: Arc<T>,
    /// The noun.
    pub node: Arc<N>,
}

impl<N, T> Clone for Linked<N, T> {
    fn clone(&self) -> Self {
        Linked { tie: self.tie.clone(), node: self.node.clone() }
    }
}

/// A page of related nouns.
pub type RelatedPage<N, T> = Page<Linked<N, T>>;

/// Rows of a tie joined with their nouns, which `c` names, before it is said which columns are read.
struct Joined {
    select: SelectStatement,
    parent: Expr,
    fact: Expr,
    rank: Option<Expr>,
    since: Expr,
    columns: Vec<Expr>,
}

impl Store {
    /// A page of each parent's related nouns, in one statement.
    ///
    /// A tie holds on the view's day; that a noun holds as well was settled when the tie was recorded,
    /// and those that ended long ago still stand at the ends of successions. What is planned and was not known on the day
    /// is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn related<N: Noun, T>(
        &self,
        path: Path<N, T>,
        view: View,
        parents: &[i64],
        list: ListRequest<'_>,
    ) -> Result<HashMap<i64, RelatedPage<N, T>>, StoreError> {
        let ListRequest { filter, order, page: request, columns } = list;
        let (filter, filter_values) = FilterForm::split(filter);
        let page = PageForm::new(order, request);
        let form = self.form(Question::Related(path.tie.name, path.end), view, filter, Some(page), columns);
        let statement = self.statements.get(&form, || {
            let (scope, columns) = (Scope::new(self.backend, view), columns.with_required::<N>());
            let select = path.page_select(&scope, &form.filter, page, columns);
            Prepared::of_columns(self.backend, &select, columns)
        });
        let values = Values { view, ids: parents, request: Some(request), filter: &filter_values };
        let rows = self.rows(statement.bind(&values)).await?;
        path.read_pages(&rows, request, statement.columns)
    }

    /// How many related nouns each parent has, and how many of these are only assumed to have existed, in one statement; a
    /// parent without any is left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn related_counts<N: Noun, T>(
        &self,
        path: Path<N, T>,
        view: View,
        parents: &[i64],
        filter: &Filter,
    ) -> Result<HashMap<i64, NounCount>, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::RelatedCount(path.tie.name, path.end), view, filter, None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let Joined { mut select, parent, .. } = path.joined(&scope, &form.filter);
            select.expr(parent.clone()).exprs(scope.counts()).add_group_by([parent]);
            Prepared::new(self.backend, &select)
        });
        let values = Values { view, ids: parents, request: None, filter: &filter_values };
        let rows = self.rows(statement.bind(&values)).await?;
        let count = |row: &_| {
            let mut row = Row::new(row)?;
            Ok((row.next().number()?, NounCount::read(&mut row)?))
        };
        rows.iter().map(count).collect()
    }
}

impl<N: Table, T> Path<N, T> {
    /// The ties of the parents that are asked about, joined with the nouns that belong into the list.
    fn joined(&self, scope: &Scope, filter: &FilterForm) -> Joined {
        let mut joined = self.joined_of_all(scope, filter);
        if !matches!(self.tie.source, TieSource::Rows(_)) {
            joined.select.and_where(scope.is_asked(joined.parent.clone()));
        }
        joined
    }

    /// The same, of all parents, but for ties from a statement of its own.
    fn joined_of_all(&self, scope: &Scope, filter: &FilterForm) -> Joined {
        let mut joined = match &self.tie.source {
            TieSource::Table(table) => self.join_table(scope, table),
            TieSource::Owner(owner) => Joined {
                select: scope.select_from(N::SHAPE.table, "c", Sees::Known),
                parent: col("c", named(*owner)),
                ..self.own_row()
            },
            TieSource::Township(place) => {
                let mut select = scope.select_from(townships::Entity, "w", Sees::Holding);
                let stands = col("c", Alias::new("township_id")).eq(col("w", townships::Column::Id));
                scope.join(&mut select, N::SHAPE.table, "c", stands, Sees::Known);
                Joined { select, parent: col("w", named(*place)), ..self.own_row() }
            }
            TieSource::Rows(rows) => self.join_rows(scope, *rows),
        };
        let is_own_row = matches!(self.tie.source, TieSource::Owner(_) | TieSource::Township(_));
        joined.select.and_where(if is_own_row { is_listed::<N>(scope, filter) } else { has_begun() });
        and_all(&mut joined.select, fits::<N>(scope, filter));
        joined
    }

    /// A tie that is the noun's own row.
    fn own_row(&self) -> Joined {
        let (fact, since) = (col("c", Alias::new("id")), col("c", Alias::new("valid_from")));
        Joined { select: Query::select(), parent: fact.clone(), fact, rank: None, since, columns: Vec::new() }
    }

    fn join_table(&self, scope: &Scope, table: &TieTable) -> Joined {
        let (from, to, rank) = table.walked(self.end.is_forward);
        let mut select = scope.select_from(named(table.table), "tie", Sees::Holding);
        let is_end = col("c", Alias::new("id")).eq(col("tie", named(to)));
        scope.join(&mut select, N::SHAPE.table, "c", is_end, Sees::Known);
        if let Some(kind) = table.to_kind.filter(|_| self.end.is_forward) {
            select.and_where(col("tie", named(kind)).eq(literal(N::KIND.name())));
        }
        Joined {
            select,
            parent: col("tie", named(from)),
            fact: col("tie", Alias::new("id")),
            rank: rank.map(|rank| rank("tie")),
            since: col("tie", Alias::new("valid_from")),
            columns: self.tie.columns.iter().map(|column| col("tie", named(*column))).collect(),
        }
    }

    fn join_rows(&self, scope: &Scope, rows: fn(&Scope, End) -> SelectStatement) -> Joined {
        let mut select = Query::select();
        select.from_subquery(rows(scope, self.end), Alias::new("t"));
        let is_end = col("c", Alias::new("id")).eq(col("t", Alias::new("child")));
        scope.join(&mut select, N::SHAPE.table, "c", is_end, Sees::Known);
        let column = |name: &'static str| col("t", Alias::new(name));
        Joined {
            select,
            parent: column("parent"),
            fact: column("fact"),
            rank: Some(column("rank")),
            since: column("since"),
            columns: self.tie.columns.iter().map(|name| col("t", named(*name))).collect(),
        }
    }

    /// The statement of a page.
    fn page_select(&self, scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
        match &self.tie.source {
            // Measured: SQLite ranks 500 rows in 2 ms, and reads the first 7 of each of 12 parents in 0.8.
            TieSource::Table(_) | TieSource::Owner(_) if scope.backend == DbBackend::Sqlite => {
                self.first_of_each(scope, filter, page, columns)
            }
            _ => self.ranked(scope, filter, page, columns),
        }
    }

    /// What ties are ordered by, the table of ties and that of nouns being named by aliases.
    fn keys(&self, page: PageForm, rank: Option<Expr>, since: Expr, noun: &'static str) -> Vec<Expr> {
        let of_noun = |name: &'static str| col(noun, Alias::new(name));
        match page.order.field {
            // The slug last, so that no two nouns are told apart by their ids, which mean nothing to a reader.
            OrderField::Natural => rank.into_iter().chain([of_noun("sort_name"), of_noun("slug")]).collect(),
            OrderField::Name => vec![of_noun("sort_name")],
            OrderField::Slug => vec![of_noun("slug")],
            OrderField::Since => vec![since],
        }
    }

    /// The statement of a page that reads, for each parent, the identities of its first ties, and then their rows.
    fn first_of_each(&self, scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
        let (asked, parent) = dialect::select_asked_ids(scope.backend);
        let first = {
            let Joined { mut select, parent: own_parent, fact, rank, since, .. } = self.joined_of_all(scope, filter);
            let keys = self.keys(page, rank, since, "c");
            select.and_where(own_parent.eq(parent.clone()));
            and_all(&mut select, within_bounds(&keys, &fact, page));
            select.expr(fact.clone());
            for key in keys.into_iter().chain([fact]) {
                select.order_by_expr(key, direction(page));
            }
            select.limit(LIMIT).take()
        };
        let mut select = asked;
        let (fact, rank, since, own) = match &self.tie.source {
            TieSource::Table(table) => {
                let (_, to, rank) = table.walked(self.end.is_forward);
                let each = |column: AnyIden| col("each", named(column));
                let is_first = col("each", "id").in_subquery(first);
                scope.join_in_order(&mut select, named(table.table), "each", is_first, Sees::Known);
                scope.join(&mut select, N::SHAPE.table, "n", col("n", "id").eq(each(to)), Sees::Known);
                let own = self.tie.columns.iter().map(|column| each(*column)).collect();
                (col("each", "id"), rank.map(|rank| rank("each")), col("each", "valid_from"), own)
            }
            _ => {
                let is_first = col("n", "id").in_subquery(first);
                scope.join_in_order(&mut select, N::SHAPE.table, "n", is_first, Sees::Known);
                (col("n", "id"), None, col("n", "valid_from"), Vec::new())
            }
        };
        let keys = self.keys(page, rank, since, "n");
        let has_key = columns.contains(ColumnSet::POSITION);
        let key = has_key.then(|| joined_key(scope, keys.clone())).flatten();
        select.expr(parent.clone()).expr(fact.clone()).exprs(key).exprs(own);
        select.exprs(exprs::<N>("n", columns)).order_by_expr(parent, sea_query::Order::Asc);
        for key in keys.into_iter().chain([fact]) {
            select.order_by_expr(key, direction(page));
        }
        select
    }

    /// The statement of a page that ranks narrow rows, and reads the nouns of those that are left.
    fn ranked(&self, scope: &Scope, filter: &FilterForm, page: PageForm, columns: ColumnSet) -> SelectStatement {
        let Joined { mut select, parent, fact, rank, since, columns: own } = self.joined(scope, filter);
        let keys = self.keys(page, rank, since, "c");
        and_all(&mut select, within_bounds(&keys, &fact, page));
        let mut ranking = WindowStatement::new();
        ranking.add_partition_by(parent.clone());
        for key in keys.iter().chain([&fact]) {
            ranking.order_by_expr(key.clone(), direction(page));
        }
        select.expr_as(parent, Alias::new("parent")).expr_as(fact, Alias::new("fact"));
        select.expr_as(col("c", "id"), Alias::new("child"));
        let names = |prefix: &str, count: usize| (0..count).map(|at| format!("{prefix}{at}")).collect::<Vec<_>>();
        let n_keys = if columns.contains(ColumnSet::POSITION) { keys.len() } else { 0 };
        let (key_names, own_names) = (names("key", n_keys), names("own", own.len()));
        for (expr, name) in keys.into_iter().zip(&key_names).chain(own.into_iter().zip(&own_names)) {
            select.expr_as(expr, Alias::new(name.as_str()));
        }
        select.expr_window_as(dialect::row_number(), ranking, Alias::new("place"));

        let ranked = |name: &str| Expr::col((Alias::new("ranked"), Alias::new(name)));
        let key = joined_key(scope, key_names.iter().map(|name| ranked(name)).collect());
        let mut outer = Query::select();
        outer.expr(ranked("parent")).expr(ranked("fact")).exprs(key).exprs(own_names.iter().map(|name| ranked(name)));
        outer.exprs(exprs::<N>("n", columns)).from_subquery(select, Alias::new("ranked"));
        let is_child = col("n", Alias::new("id")).eq(ranked("child"));
        scope.join(&mut outer, N::SHAPE.table, "n", is_child, Sees::Known);
        outer.and_where(ranked("place").lte(Parameter::Limit.expr()));
        outer.order_by_expr(ranked("parent"), sea_query::Order::Asc);
        outer.order_by_expr(ranked("place"), sea_query::Order::Asc);
        outer
    }

    /// Cuts rows that are ordered by parent into pages; a noun that several parents share is read once.
    fn read_pages(
        &self,
        rows: &[QueryResult],
        request: &PageRequest,
        columns: ColumnSet,
    ) -> Result<HashMap<i64, RelatedPage<N, T>>, StoreError> {
        let mut nodes: HashMap<i64, Arc<N>> = HashMap::new();
        let mut pages = HashMap::new();
        let mut entries = Vec::new();
        let mut parent = None;
        for row in rows {
            let mut row = Row::new(row)?;
            let of = row.next().number()?;
            if let Some(before) = parent.replace(of).filter(|before| *before != of) {
                pages.insert(before, Page::of(std::mem::take(&mut entries), request));
            }
            row.begin_fact();
            let fact = row.next().number()?;
            let position = Position { key: read_key(&mut row, columns)?, id: fact };
            let tie = Arc::new((self.tie.read)(fact, &mut row)?);
            let node = match nodes.get(&row.peek().number()?) {
                Some(node) => node.clone(),
                None => {
                    let node = Arc::new(read::<N>(&mut row, columns)?);
                    nodes.insert(node.head().id, node.clone());
                    node
                }
            };
            entries.push((position, Linked { tie, node }));
        }
        if let Some(last) = parent {
            pages.insert(last, Page::of(entries, request));
        }
        Ok(pages)
    }
}

/// The parts of a key as one text.
fn joined_key(scope: &Scope, parts: Vec<Expr>) -> Option<Expr> {
    parts.into_iter().reduce(|key, part| {
        let separated = key.binary(BinOper::Custom("||"), dialect::key_separator(scope.backend));
        separated.binary(BinOper::Custom("||"), part)
    })
}

/// That the noun has begun by the view's day, or a source states when it does: a tie may lead to what is planned.
fn has_begun() -> Expr {
    let began = col("c", Alias::new("valid_from")).lte(Parameter::Day.expr());
    began.or(col("c", Alias::new("stated_from")).is_not_null())
}

/// Reads a tie that says nothing but that it is there: its identity.
pub(crate) fn read_identity(fact: i64, _: &mut Row<'_>) -> Result<i64, StoreError> {
    Ok(fact)
}
