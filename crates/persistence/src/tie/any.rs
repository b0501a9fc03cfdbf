//! Ties walked to nouns of any kind: a page of their identities for each of many parents in one statement.

use std::{
    cmp::Reverse,
    hash::{Hash, Hasher},
    iter,
    sync::Arc,
};

use domain::{AnyId, Filter, Kind, Order, Page, PageRequest, Position, View};
use sea_orm::sea_query::{
    self, Alias, Expr, ExprTrait, Func, JoinType, OverStatement, Query, SelectStatement, WindowStatement,
};

use super::{End, Tie, TieSource, TieTable};
use crate::{
    IdMap, Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::{citations, identities},
    filter::{FilterForm, Wanted},
    noun::{and_all, direction, join_keys, read_key, within_bounds},
    row::Row,
    statement::{PageForm, Parameter, Prepared, Question, Values},
    view::{Scope, Sees, col, is_any_word, is_one_of, literal, named},
};

/// The condition that the noun at the end of a tie is of one of some kinds, among those on ties.
pub const NODE_KIND: &str = "node kind";

/// The condition that a tie cites a source, among those on ties.
pub const CITED_SOURCE: &str = "cited source";

/// A tie walked from its first end to nouns of any kind.
pub struct AnyRelation<T: 'static> {
    tie: &'static Tie<T>,
}

impl<T> Clone for AnyRelation<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for AnyRelation<T> {}

impl<T> PartialEq for AnyRelation<T> {
    fn eq(&self, other: &Self) -> bool {
        self.tie.name == other.tie.name
    }
}

impl<T> Eq for AnyRelation<T> {}

impl<T> Hash for AnyRelation<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.tie.name.hash(state);
    }
}

impl<T> Tie<T> {
    /// The walk to nouns of any kind.
    pub(crate) const fn to_any(&'static self) -> AnyRelation<T> {
        AnyRelation { tie: self }
    }
}

/// A tie, and the noun of whatever kind that it leads to; none where the row names none.
#[derive(Debug)]
pub struct AnyLinked<T> {
    /// What the tie says.
    pub tie: Arc<T>,
    /// The noun.
    pub node: Option<AnyId>,
}

impl<T> Clone for AnyLinked<T> {
    fn clone(&self) -> Self {
        AnyLinked { tie: self.tie.clone(), node: self.node }
    }
}

/// A page of ties to nouns of any kind.
pub type AnyPage<T> = Page<AnyLinked<T>>;

impl Store {
    /// A page of each parent's ties that hold on the view's day, in one statement: in the order of what the tie is ranked by,
    /// of the kinds of nouns, and of their slugs. Of a filter only the conditions on ties count.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn related_of_any_kind<T>(
        &self,
        relation: AnyRelation<T>,
        view: View,
        parents: &[i64],
        filter: &Filter,
        request: &PageRequest,
    ) -> Result<IdMap<AnyPage<T>>, StoreError> {
        let page = PageForm::new(Order::default(), request);
        let question = Question::RelatedOfAnyKind(relation.tie.name);
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(question, view, filter, Some(page), ColumnSet::POSITION).about(self.backend, parents);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            Prepared::new(self.backend, &relation.page_select(&scope, &form.filter, page))
        });
        let values = Values { view, ids: parents, request: Some(request), filter: &filter_values };
        let mut items: IdMap<Vec<(Position, AnyLinked<T>)>> = IdMap::default();
        for mut row in self.rows_of(&statement, &values).await?.iter() {
            let parent = row.next().number()?;
            row.begin_fact();
            let fact = row.next().number()?;
            let position = Position { key: read_key(&mut row, ColumnSet::POSITION)?, id: fact };
            let [kind, id] = row.cells();
            let node = kind.maybe_word(Kind::named)?.zip(id.maybe_number()?).map(|(kind, raw)| AnyId { kind, raw });
            let tie = Arc::new((relation.tie.read)(fact, &mut row)?);
            items.entry(parent).or_default().push((position, AnyLinked { tie, node }));
        }
        Ok(items.into_iter().map(|(parent, items)| (parent, Page::of(items, request))).collect())
    }

    /// The same ties of each parent, on all pages, counted by these dimensions in one statement: the greatest count first. A
    /// parent without any is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn related_of_any_kind_breakdowns<T>(
        &self,
        relation: AnyRelation<T>,
        view: View,
        parents: &[i64],
        filter: &Filter,
        by: TieDimensions,
    ) -> Result<IdMap<Vec<TieCount>>, StoreError> {
        let question = Question::RelatedOfAnyKindBreakdown(relation.tie.name, by);
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(question, view, filter, None, ColumnSet::LEAST).about(self.backend, parents);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            Prepared::new(self.backend, &relation.count_by(&scope, &form.filter, by))
        });
        let values = Values { view, ids: parents, request: None, filter: &filter_values };
        let mut breakdowns: IdMap<Vec<TieCount>> = IdMap::default();
        for mut row in self.rows_of(&statement, &values).await?.iter() {
            let parent = row.next().number()?;
            breakdowns.entry(parent).or_default().push(TieCount::read(&mut row, by)?);
        }
        breakdowns.values_mut().for_each(|counts| TieCount::sort(counts));
        Ok(breakdowns)
    }
}

/// By what ties to nouns of any kind are counted: [`NODE_KIND`], or columns of the tie, as conditions call them.
pub type TieDimensions = [Option<&'static str>; 3];

/// How many ties have these values in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TieCount {
    /// The values, in the order of the dimensions; `None` where none is on record.
    pub values: Vec<Option<String>>,
    /// How many there are.
    pub count: u64,
}

impl TieCount {
    /// Reads the values and the count.
    fn read(row: &mut Row<'_>, by: TieDimensions) -> Result<Self, StoreError> {
        let mut values = Vec::new();
        for _ in by.into_iter().flatten() {
            values.push(row.next().maybe_text()?.filter(|word| !word.is_empty()));
        }
        Ok(TieCount { values, count: row.next().number()?.unsigned_abs() })
    }

    /// The greatest counts first; equal ones by their values, nothing last.
    pub fn sort(counts: &mut [TieCount]) {
        let values = |count: &TieCount| count.values.iter().map(|it| (it.is_none(), it.clone())).collect::<Vec<_>>();
        counts.sort_by_cached_key(|it| (Reverse(it.count), values(it)));
    }
}

/// What a column of the tie is called in the rows of a page: those of the row itself have names of their own.
fn own_name(at: usize) -> Alias {
    Alias::new(format!("own{at}"))
}

impl<T> AnyRelation<T> {
    /// A column of the tie, in the rows that `t` names.
    fn own_column(&self, at: usize) -> Expr {
        match self.tie.source {
            TieSource::Rows(_) => col("t", named(self.tie.columns[at])),
            _ => col("t", own_name(at)),
        }
    }

    /// The value of a condition or dimension, of the rows that `t` names: the kind of the noun, or a column of the tie.
    ///
    /// # Panics
    /// The tie has no such column: a test over all lists of the schema would have seen it.
    fn property(&self, name: &str) -> Expr {
        let column = match self.tie.source {
            _ if name == NODE_KIND => return col("t", "kind"),
            TieSource::Table(TieTable { asked_as: Some((column, asked)), .. }) if asked == name => column.unquoted(),
            _ => name,
        };
        let at = self.tie.columns.iter().position(|other| other.unquoted() == column);
        self.own_column(at.expect("a condition names a column of the tie"))
    }

    /// Counts the ties of the parents that are asked about: the parent, the values of the dimensions, and the count.
    fn count_by(&self, scope: &Scope, filter: &FilterForm, by: TieDimensions) -> SelectStatement {
        let mut select = Query::select();
        select.from_subquery(self.select_rows(scope), "t");
        and_all(&mut select, self.conditions(scope, filter));
        for value in iter::once(col("t", "parent")).chain(by.into_iter().flatten().map(|name| self.property(name))) {
            select.expr(value.clone()).add_group_by([value]);
        }
        select.expr(Expr::cust("COUNT(*)")).take()
    }

    /// The conditions of a filter on ties, for the rows that `t` names: what the noun is, who is cited, and what a column of
    /// the tie says.
    fn conditions(&self, scope: &Scope, filter: &FilterForm) -> Vec<Expr> {
        let condition = |(property, wanted): &(&'static str, Wanted)| match (*property, wanted) {
            (NODE_KIND, wanted) => is_any_word(self.property(NODE_KIND), wanted.words()),
            (CITED_SOURCE, wanted) => {
                let mut citing = scope.select_from(citations::Entity, "x", Sees::Known);
                let is_source = col("x", citations::Column::SourceId).eq(wanted.value());
                citing.expr(col("x", citations::Column::FactId)).and_where(is_source);
                col("t", "fact").in_subquery(citing)
            }
            (column, Wanted::Words(words)) => is_one_of(&self.property(column), words),
            (column, wanted) => self.property(column).eq(wanted.value()),
        };
        filter.tie.iter().map(condition).collect()
    }

    /// The ties of the parents that are asked about, with the columns `parent`, `child`, `kind`, `fact`, `rank` and what
    /// the tie says.
    fn select_rows(&self, scope: &Scope) -> SelectStatement {
        match &self.tie.source {
            TieSource::Rows(rows) => rows(scope, End { parent: Kind::Source, child: Kind::Source, is_forward: true }),
            TieSource::Table(table) => {
                let of_tie = |column| col("m", named(column));
                let mut select = scope.select_from(named(table.table), "m", Sees::Holding);
                let kind = table.to_kind.map_or_else(|| literal(table.to.0.name()), of_tie);
                select.expr_as(of_tie(table.from.1), "parent").expr_as(of_tie(table.to.1), "child");
                select.expr_as(kind, "kind").expr_as(col("m", "id"), "fact");
                select.expr_as(table.rank[0].map_or_else(|| literal(""), |rank| rank("m")), "rank");
                for (at, column) in self.tie.columns.iter().enumerate() {
                    select.expr_as(of_tie(*column), own_name(at));
                }
                select.and_where(scope.is_asked(of_tie(table.from.1)));
                select
            }
            TieSource::Owner(..) | TieSource::Township(_) => unreachable!("what a noun owns is of one kind"),
        }
    }

    /// The statement of a page: the parent, the tie's identity, the key of the position, the kind and the identity of the
    /// noun, and what the tie says.
    fn page_select(&self, scope: &Scope, filter: &FilterForm, page: PageForm) -> SelectStatement {
        let of_row = |column: &'static str| col("t", column);
        let stated = |value: Expr| Expr::expr(Func::coalesce([value, literal("")]));
        let slug = col("i", identities::Column::Slug);
        let keys = [of_row("rank"), stated(of_row("kind")), stated(slug)];
        let mut select = Query::select();
        select.from_subquery(self.select_rows(scope), "t");
        let is_child = col("i", identities::Column::Id).eq(of_row("child"));
        select.join_as(JoinType::LeftJoin, identities::Entity, Alias::new("i"), is_child);
        and_all(&mut select, self.conditions(scope, filter));
        and_all(&mut select, within_bounds(&keys, &of_row("fact"), page));
        let mut ranking = WindowStatement::new();
        ranking.add_partition_by(of_row("parent"));
        for key in keys.iter().chain([&of_row("fact")]) {
            ranking.order_by_expr(key.clone(), direction(page));
        }
        select.expr_as(of_row("parent"), "parent").expr_as(of_row("fact"), "fact");
        select.expr_as(join_keys(scope, &keys), "key");
        select.expr_as(of_row("kind"), "kind").expr_as(of_row("child"), "child");
        let own = (0..self.tie.columns.len()).map(|at| {
            select.expr_as(self.own_column(at), own_name(at));
            col("ranked", own_name(at))
        });
        let own: Vec<Expr> = own.collect();
        select.expr_window_as(dialect::row_number(), ranking, Alias::new("place"));
        let ranked = |name: &'static str| col("ranked", name);
        let mut outer = Query::select();
        outer.exprs(["parent", "fact", "key", "kind", "child"].map(ranked)).exprs(own);
        outer.from_subquery(select, Alias::new("ranked")).and_where(ranked("place").lte(Parameter::Limit.expr()));
        for key in ["parent", "place"] {
            outer.order_by_expr(ranked(key), sea_query::Order::Asc);
        }
        outer
    }
}
