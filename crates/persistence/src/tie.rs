//! Ties between nouns: each declared once, read from either end, a page for each of many parents in one statement.

mod any;
mod page;

use std::{
    hash::{Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use domain::{ColumnType, Filter, Kind, Page, PageRequest, Position, SHAPES, View};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};

use crate::{
    IdMap, Noun, NounCount, Store, StoreError,
    breakdown::{Dimensions, select_ends},
    columns::ColumnSet,
    filter::{FilterForm, fits, is_listed, is_listed_as_planned},
    noun::{ListRequest, Table, and_all, read, read_key},
    nouns::township::Townships,
    row::{Row, Rows},
    statement::{PageForm, Parameter, Prepared, Question, Values},
    view::{AnyIden, Scope, Sees, col, is_one_of, is_tied, literal, named},
};

pub use any::{AnyLinked, AnyPage, AnyRelation, CITED_SOURCE, NODE_KIND, TieCount, TieDimensions};

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
    /// With it, what is compared before names, if anything is.
    Owner(AnyIden, Option<Rank>),
    /// The township in which the noun's own row says that it stands; read from the place, by this column of the township.
    Township(AnyIden),
    /// A statement that makes rows with the columns `parent`, `child`, `fact`, `rank`, `since` and those of the tie, of the
    /// parents that are asked about ([`Scope::is_asked`]) and no others.
    Rows(fn(&Scope, End) -> SelectStatement),
}

/// What ties are compared by before names, of the table that an alias names.
pub(crate) type Rank = fn(&'static str) -> Expr;

/// A table with one row a tie.
pub(crate) struct TieTable {
    pub(crate) table: AnyIden,
    /// The end at which a forward walk begins: the kind of its nouns, and its column.
    pub(crate) from: (Kind, AnyIden),
    /// The end at which it arrives.
    pub(crate) to: (Kind, AnyIden),
    /// The column that says what the noun at the second end is, if it is one of several kinds.
    pub(crate) to_kind: Option<AnyIden>,
    /// What is compared before names, forward and backward; `None` if nothing is.
    pub(crate) rank: [Option<Rank>; 2],
    /// A column that conditions call otherwise, and what they call it.
    pub(crate) asked_as: Option<(AnyIden, &'static str)>,
}

impl TieTable {
    /// A table of ties that are in the order of names.
    pub(crate) const fn new(table: AnyIden, from: (Kind, AnyIden), to: (Kind, AnyIden)) -> Self {
        TieTable { table, from, to, to_kind: None, rank: [None, None], asked_as: None }
    }

    /// The columns of the parent and of the noun it leads to, and what is compared before names.
    fn walked(&self, is_forward: bool) -> (AnyIden, AnyIden, Option<Rank>) {
        let ([forward, backward], (_, from), (_, to)) = (self.rank, self.from, self.to);
        if is_forward { (from, to, forward) } else { (to, from, backward) }
    }
}

impl TieSource {
    /// The ends of the ties between nouns of a kind and those of the kind with this name, as `owner` and `value`; `None` if
    /// the tie has no table, or is not between these kinds.
    pub(crate) fn select_ends(&self, scope: &Scope, of: Kind, other_kind: &str) -> Option<SelectStatement> {
        let TieSource::Table(TieTable { table, from, to, to_kind, .. }) = self else { return None };
        let ends = [(from, to), (to, from)];
        let (end, other_end) = ends.iter().find(|(end, other)| end.0 == of && other.0.name() == other_kind)?;
        let mut select = select_ends(scope, named(*table), named(end.1), named(other_end.1));
        if let Some(kind) = to_kind {
            select.and_where(col("m", named(*kind)).eq(literal(to.0.name())));
        }
        Some(select)
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

impl TieSource {
    /// That the noun that `c` names, which is of a kind, is tied to a given noun of the kind with this name; `None` if the tie
    /// has no table, or is not between these kinds.
    pub(crate) fn is_tied(&self, scope: &Scope, of: Kind, other_kind: &str, other: &Expr) -> Option<Expr> {
        let TieSource::Table(TieTable { table, from, to, .. }) = self else { return None };
        let ends = [(from, to), (to, from)];
        let (end, other_end) = ends.iter().find(|(end, other)| end.0 == of && other.0.name() == other_kind)?;
        Some(is_tied(scope, named(*table), end.1, other_end.1, other.clone()))
    }
}

/// A tie walked in one direction, to nouns of one kind; two are equal if they walk the same tie from the same kind.
pub struct Relation<N, T: 'static> {
    tie: &'static Tie<T>,
    end: End,
    to: PhantomData<fn() -> N>,
}

impl<N, T> Clone for Relation<N, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N, T> Copy for Relation<N, T> {}

impl<N, T> PartialEq for Relation<N, T> {
    fn eq(&self, other: &Self) -> bool {
        self.tie.name == other.tie.name && self.end == other.end
    }
}

impl<N, T> Eq for Relation<N, T> {}

impl<N, T> Hash for Relation<N, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.tie.name, self.end).hash(state);
    }
}

impl Tie<i64> {
    /// The nouns that name their owner in a column of their own.
    pub(crate) const fn owner(name: &'static str, column: AnyIden) -> Self {
        Tie { name, source: TieSource::Owner(column, None), columns: &[], read: read_identity }
    }

    /// The same, in an order of their own.
    pub(crate) const fn ranked_owner(name: &'static str, column: AnyIden, rank: Rank) -> Self {
        Tie { name, source: TieSource::Owner(column, Some(rank)), columns: &[], read: read_identity }
    }

    /// The nouns that stand in a township of the place that this column of the township names.
    pub(crate) const fn township(name: &'static str, column: AnyIden) -> Self {
        Tie { name, source: TieSource::Township(column), columns: &[], read: read_identity }
    }
}

impl<T> Tie<T> {
    /// Of the values of its columns those that are words, such as the role of a member; a word that is not stated is empty.
    fn words(&self, columns: &[Expr]) -> Vec<Expr> {
        let stated = |value: &Expr| Func::coalesce([value.clone(), literal("")]).into();
        let words = self.columns.iter().zip(columns).filter(|(column, _)| is_word_of_a_tie(column.unquoted()));
        words.map(|(_, value)| stated(value)).collect()
    }

    /// The walk from the end that the declaration names first.
    pub(crate) const fn forward<N: Noun>(&'static self, parent: Kind) -> Relation<N, T> {
        Relation { tie: self, end: End { parent, child: N::KIND, is_forward: true }, to: PhantomData }
    }

    /// The walk from the other end.
    pub(crate) const fn backward<N: Noun>(&'static self, parent: Kind) -> Relation<N, T> {
        Relation { tie: self, end: End { parent, child: N::KIND, is_forward: false }, to: PhantomData }
    }
}

/// A noun, and the tie that leads to it.
#[derive(Debug)]
pub struct Linked<N, T> {
    /// What the tie says; `None` if [`ColumnSet::TIE`] was not asked for.
    pub tie: Option<Arc<T>>,
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
        relation: Relation<N, T>,
        view: View,
        parents: &[i64],
        list: ListRequest<'_>,
    ) -> Result<IdMap<RelatedPage<N, T>>, StoreError> {
        let ListRequest { filter, order, page: request, columns } = list;
        let (filter, filter_values) = FilterForm::split(filter);
        let page = PageForm::new(order, request);
        let question = Question::Related(relation.tie.name, relation.end);
        let form = self.form(question, view, filter, Some(page), columns);
        let form = match relation.tie.source {
            TieSource::Rows(_) => form.of_parents(parents),
            _ => form.about(self.backend, parents),
        };
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let scope = if form.known.is_about_one { scope.about_one() } else { scope };
            let columns = columns.with_required::<N>();
            let select = relation.page_select(&scope, &form.filter, page, columns);
            Prepared::of_columns(self.backend, &select, columns)
        });
        let values = Values { view, ids: parents, request: Some(request), filter: &filter_values };
        let rows = self.rows_of(&statement, &values).await?;
        relation.read_pages(&rows, request, statement.columns)
    }

    /// How many related nouns each parent has, and how many of these are only assumed to have existed, in one statement; a
    /// parent without any is left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn related_counts<N: Noun, T>(
        &self,
        relation: Relation<N, T>,
        view: View,
        parents: &[i64],
        filter: &Filter,
    ) -> Result<IdMap<NounCount>, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let question = Question::RelatedCount(relation.tie.name, relation.end);
        let form = self.form(question, view, filter, None, ColumnSet::LEAST).about(self.backend, parents);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let Joined { mut select, parent, .. } = relation.joined(&scope, &form.filter);
            select.expr(parent.clone()).exprs(scope.counts()).add_group_by([parent]);
            Prepared::new(self.backend, &select)
        });
        let values = Values { view, ids: parents, request: None, filter: &filter_values };
        let rows = self.rows_of(&statement, &values).await?;
        let count = |mut row: Row<'_>| Ok((row.next().number()?, NounCount::read(&mut row)?));
        rows.iter().map(count).collect()
    }
}

impl<N: Table, T> Relation<N, T> {
    /// The question how many of each there are.
    pub(crate) fn breakdown_question(&self, by: Dimensions) -> Question {
        Question::RelatedBreakdown(self.tie.name, self.end, by)
    }

    /// Whether the tie is in the noun's own row, and not in one that leads to it.
    fn is_own_row(&self) -> bool {
        matches!(self.tie.source, TieSource::Owner(..) | TieSource::Township(_))
    }

    /// The nouns `c` of the lists of all parents that are asked about, with nothing selected, and the parent.
    pub(crate) fn select_nouns(&self, scope: &Scope, filter: &FilterForm) -> (SelectStatement, Expr) {
        let Joined { select, parent, .. } = self.joined(scope, filter);
        (select, parent)
    }

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
            TieSource::Owner(owner, rank) => Joined {
                select: scope.select_from(N::SHAPE.table, "c", Sees::Known),
                parent: col("c", named(*owner)),
                rank: rank.map(|rank| rank("c")),
                ..self.own_row()
            },
            TieSource::Township(place) => {
                let mut select = scope.select_from(Townships::Table, "w", Sees::Holding);
                let stands = col("c", Alias::new("township_id")).eq(col("w", Townships::Id));
                scope.join(&mut select, N::SHAPE.table, "c", stands, Sees::Known);
                Joined { select, parent: col("w", named(*place)), ..self.own_row() }
            }
            TieSource::Rows(rows) => self.join_rows(scope, *rows),
        };
        joined.select.and_where(match self.is_own_row() {
            true => is_listed::<N>(scope, filter),
            false => is_listed_as_planned::<N>(scope, filter).into_iter().fold(has_begun(), ExprTrait::or),
        });
        and_all(&mut joined.select, fits::<N>(&scope.of_tied(), filter));
        let tie = if matches!(self.tie.source, TieSource::Rows(_)) { "t" } else { "tie" };
        let of_tie = filter.tie.iter().map(|(column, wanted)| is_one_of(&col(tie, *column), wanted.words()));
        and_all(&mut joined.select, of_tie);
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
        scope.join(&mut select, N::SHAPE.table, "c", is_end, Sees::Shown);
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
        scope.join(&mut select, N::SHAPE.table, "c", is_end, Sees::Shown);
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

    /// Cuts rows that are ordered by parent into pages; a noun that several parents share is read once.
    fn read_pages(
        &self,
        rows: &Rows,
        request: &PageRequest,
        columns: ColumnSet,
    ) -> Result<IdMap<RelatedPage<N, T>>, StoreError> {
        let mut nodes: IdMap<Arc<N>> = IdMap::default();
        let mut pages = IdMap::default();
        let mut entries = Vec::new();
        let mut parent = None;
        for mut row in rows.iter() {
            let of = row.next().number()?;
            if let Some(before) = parent.replace(of).filter(|before| *before != of) {
                pages.insert(before, Page::of(std::mem::take(&mut entries), request));
            }
            row.begin_fact();
            let fact = row.next().number()?;
            let position = Position { key: read_key(&mut row, columns)?, id: fact };
            let tie = match columns.contains(ColumnSet::TIE) {
                true => Some(Arc::new((self.tie.read)(fact, &mut row)?)),
                false => None,
            };
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

/// Whether a column of this name holds words of a vocabulary in the file of some tie.
fn is_word_of_a_tie(name: &str) -> bool {
    let columns = SHAPES.iter().filter(|shape| !shape.is_noun()).flat_map(|shape| shape.columns);
    columns.into_iter().any(|column| column.name == name && matches!(column.column_type, ColumnType::Word(_)))
}

/// That the noun has begun by the view's day, or a source states when it does: a tie leads to it as long as the tie holds.
fn has_begun() -> Expr {
    let began = col("c", Alias::new("valid_from")).lte(Parameter::Day.expr());
    began.or(col("c", Alias::new("stated_from")).is_not_null())
}

/// Reads a tie that says nothing but that it is there: its identity.
pub(crate) fn read_identity(fact: i64, _: &mut Row<'_>) -> Result<i64, StoreError> {
    Ok(fact)
}
