//! Lists counted by what their nouns have in common: one statement for the lists of all parents.

use std::cmp::Reverse;

use domain::{
    ColumnType, Existence, Filter, View,
    noun::{EXISTENCE, HAS_LOCATION, HAS_OPEN_LIST, MAX_GIVEN_DIMENSIONS},
};
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Func, Iden, JoinType, Keyword, Query, SelectStatement,
};

use crate::{
    IdMap, Noun, NounCount, Relation, Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::{facets, identities},
    filter::{FilterForm, fits, is_listed},
    location::has_location,
    noun::{Table, and_all},
    nouns::evidence::has_open_list,
    relation::tied_ends,
    row::Row,
    statement::{Prepared, Question, Values},
    view::{Scope, Sees, col, literal},
};

/// By how many dimensions a list is counted at most: those that are given, and whether something is covered.
pub const MAX_DIMENSIONS: usize = MAX_GIVEN_DIMENSIONS + 1;

/// What the rows with the values of each dimension are called in a statement, and those with their slugs.
const OTHERS: [&str; MAX_DIMENSIONS] = ["others0", "others1", "others2", "others3"];
const NAMED: [&str; MAX_DIMENSIONS] = ["named0", "named1", "named2", "named3"];

/// A property by which a list is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dimension {
    /// The property, as conditions call it.
    pub property: &'static str,
    /// What its values are.
    pub values: DimensionValues,
}

/// What the values of a dimension are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DimensionValues {
    /// Words of a vocabulary.
    Words,
    /// Nouns.
    Nouns,
    /// True or false.
    Flags,
}

/// The dimensions of a breakdown, at most [`MAX_DIMENSIONS`].
pub type Dimensions = [Option<Dimension>; MAX_DIMENSIONS];

/// A value of a dimension; nothing is one, too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DimensionValue {
    /// A word, or a noun by its slug and its identity.
    Stated(String, i64),
    /// True or false.
    Flag(bool),
    /// No source states one.
    Unstated,
}

/// How many nouns have these values in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakdownRow {
    /// The values, in the order of the dimensions.
    pub values: Vec<DimensionValue>,
    /// How many there are.
    pub count: NounCount,
    /// What their numbers come to, in the order of `Table::MEASURES`.
    pub measures: Vec<NumberSummary>,
}

/// What the numbers of several nouns come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumberSummary {
    /// Of how many a number is on record.
    pub recorded: u64,
    /// The sum of these.
    pub sum: i64,
    /// The least of them.
    pub minimum: Option<i64>,
    /// The greatest of them.
    pub maximum: Option<i64>,
}

impl NumberSummary {
    pub(crate) fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [recorded, sum, minimum, maximum] = row.cells();
        Ok(NumberSummary {
            recorded: recorded.number()?.unsigned_abs(),
            sum: sum.maybe_number()?.unwrap_or_default(),
            minimum: minimum.maybe_number()?,
            maximum: maximum.maybe_number()?,
        })
    }
}

/// Where the values of a dimension stand.
pub enum ValuesOf {
    /// In the noun's own row, `c`.
    Row(Expr),
    /// In other rows; a noun may have several.
    Others {
        /// They have the columns `owner` and `value`.
        rows: Box<SelectStatement>,
        /// What `owner` is equal to.
        own: Expr,
        /// No two of them are alike.
        are_distinct: bool,
    },
}

impl ValuesOf {
    /// Rows whose owner is the noun; several may be alike.
    pub(crate) fn of_noun(rows: SelectStatement) -> Self {
        ValuesOf::Others { rows: Box::new(rows), own: col("c", "id"), are_distinct: false }
    }

    /// Rows whose owner is a column of the noun; no two are alike.
    pub(crate) fn of_column(own: Expr, rows: SelectStatement) -> Self {
        ValuesOf::Others { rows: Box::new(rows), own, are_distinct: true }
    }
}

impl Store {
    /// The nouns that hold in the view, counted by these dimensions: a noun with several values of one counts with each, and
    /// one without any under none.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn breakdown<N: Noun>(
        &self,
        view: View,
        filter: &Filter,
        by: Dimensions,
    ) -> Result<Vec<BreakdownRow>, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::Breakdown(N::SHAPE.table, by), view, filter, None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let mut select = scope.select_from(N::SHAPE.table, "c", Sees::Known);
            select.and_where(is_listed::<N>(&scope, &form.filter));
            and_all(&mut select, fits::<N>(&scope, &form.filter));
            Prepared::new(self.backend, &count_by::<N>(&scope, select, Expr::cust("CAST(0 AS BIGINT)"), by))
        });
        let values = Values { view, ids: &[], request: None, filter: &filter_values };
        let rows = self.rows_of(&statement, &values).await?;
        let mut rows = rows.iter().map(|row| Ok(read_row::<N>(row, by)?.1)).collect::<Result<Vec<_>, StoreError>>()?;
        sort(&mut rows);
        Ok(rows)
    }

    /// The nouns to which a relation leads from each parent, counted by these dimensions, each as often as ties lead to it; a
    /// parent without any is left out.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn related_breakdowns<N: Noun, T>(
        &self,
        relation: Relation<N, T>,
        view: View,
        parents: &[i64],
        filter: &Filter,
        by: Dimensions,
    ) -> Result<IdMap<Vec<BreakdownRow>>, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let question = relation.breakdown_question(by);
        let form = self.form(question, view, filter, None, ColumnSet::LEAST).about(self.backend, parents);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            let (select, parent) = relation.select_nouns(&scope, &form.filter);
            Prepared::new(self.backend, &count_by::<N>(&scope, select, parent, by))
        });
        let values = Values { view, ids: parents, request: None, filter: &filter_values };
        let mut breakdowns: IdMap<Vec<BreakdownRow>> = IdMap::default();
        for row in self.rows_of(&statement, &values).await?.iter() {
            let (parent, row) = read_row::<N>(row, by)?;
            breakdowns.entry(parent).or_default().push(row);
        }
        breakdowns.values_mut().for_each(|rows| sort(rows));
        Ok(breakdowns)
    }
}

/// The greatest counts first; equal ones by their values, nothing last.
fn sort(rows: &mut [BreakdownRow]) {
    rows.sort_by(|a, b| (Reverse(a.count.total), &a.values).cmp(&(Reverse(b.count.total), &b.values)));
}

/// Reads the parent and what is counted.
fn read_row<N: Table>(mut row: Row<'_>, by: Dimensions) -> Result<(i64, BreakdownRow), StoreError> {
    let parent = row.next().number()?;
    Ok((parent, read_values::<N>(&mut row, by)?))
}

fn read_values<N: Table>(row: &mut Row<'_>, by: Dimensions) -> Result<BreakdownRow, StoreError> {
    let mut values = Vec::new();
    for dimension in by.into_iter().flatten() {
        values.push(match dimension.values {
            DimensionValues::Words => match row.next().maybe_text()?.filter(|word| !word.is_empty()) {
                Some(word) => DimensionValue::Stated(word, 0),
                None => DimensionValue::Unstated,
            },
            DimensionValues::Nouns => {
                let [id, slug] = row.cells();
                match (id.maybe_number()?, slug.maybe_text()?) {
                    (Some(id), slug) => DimensionValue::Stated(slug.unwrap_or_default(), id),
                    _ => DimensionValue::Unstated,
                }
            }
            DimensionValues::Flags => match row.next().maybe_number()? {
                Some(flag) => DimensionValue::Flag(flag != 0),
                None => DimensionValue::Unstated,
            },
        });
    }
    let count = NounCount::read(row)?;
    let mut measures = Vec::new();
    for _ in N::MEASURES {
        measures.push(NumberSummary::read(row)?);
    }
    Ok(BreakdownRow { values, count, measures })
}

/// Counts the nouns `c` of a statement, each as often as that gives it: rows of the parent, the values, and the counts.
fn count_by<N: Table>(scope: &Scope, mut nouns: SelectStatement, parent: Expr, by: Dimensions) -> SelectStatement {
    let name = |prefix: &str, at: usize| Alias::new(format!("{prefix}{at}"));
    nouns.expr_as(parent, "parent").expr_as(col("c", "id"), "id");
    nouns.expr_as(dialect::one_if(scope.is_assumed("c")), "assumed");
    for (at, dimension) in by.into_iter().flatten().enumerate() {
        let value = match values_of::<N>(scope, dimension.property) {
            ValuesOf::Row(value) => value,
            ValuesOf::Others { mut rows, own, are_distinct } => {
                // A noun counts once, however many ties lead from it to one value.
                if !are_distinct {
                    let mut distinct = Query::select();
                    distinct.distinct().expr(col("every", "owner")).expr(col("every", "value"));
                    *rows = distinct.from_subquery(*rows, "every").take();
                }
                let others_name = OTHERS[at];
                let is_owner = col(others_name, "owner").eq(own);
                nouns.join_subquery(JoinType::LeftJoin, *rows, Alias::new(others_name), is_owner);
                col(others_name, "value")
            }
        };
        nouns.expr_as(value, name("value", at));
    }
    for measure in N::MEASURES {
        nouns.expr_as(measure.number("c"), Alias::new(measure.column));
    }
    let mut counts = Query::select();
    let of_noun = |column: Alias| col("t", column);
    counts.from_subquery(nouns, "t").expr(col("t", "parent")).add_group_by([col("t", "parent")]);
    for (at, dimension) in by.into_iter().flatten().enumerate() {
        let value = of_noun(name("value", at));
        counts.expr(value.clone()).add_group_by([value.clone()]);
        if dimension.values == DimensionValues::Nouns {
            let named = NAMED[at];
            let is_named = col(named, identities::Column::Id).eq(value);
            counts.join_as(JoinType::LeftJoin, identities::Entity, named, is_named);
            let slug = col(named, identities::Column::Slug);
            counts.expr(slug.clone()).add_group_by([slug]);
        }
    }
    counts.expr(Expr::cust("COUNT(*)")).expr(dialect::sum_or_zero(col("t", "assumed")));
    for measure in N::MEASURES {
        summarize(&mut counts, &of_noun(Alias::new(measure.column)));
    }
    counts
}

/// Selects what [`NumberSummary::read`] takes of a column.
pub(crate) fn summarize(counts: &mut SelectStatement, number: &Expr) {
    counts.expr(Func::count(number.clone())).expr(dialect::sum_or_zero(number.clone()));
    counts.expr(Func::min(number.clone())).expr(Func::max(number.clone()));
}

/// The ends of the rows of a table, as `owner` and `value`.
pub(crate) fn select_ends(scope: &Scope, table: impl Iden, owner: impl Iden, value: impl Iden) -> SelectStatement {
    let mut select = scope.select_from(table, "m", Sees::Holding);
    select.expr_as(col("m", owner), "owner").expr_as(col("m", value), "value");
    select
}

/// Where the values of a property stand.
///
/// # Panics
/// The nouns have no such property: a test over all dimensions of the schema would have seen it.
fn values_of<N: Table>(scope: &Scope, property: &str) -> ValuesOf {
    match property {
        EXISTENCE => return ValuesOf::Row(existence(scope)),
        HAS_OPEN_LIST => return ValuesOf::Row(flag(has_open_list(scope))),
        HAS_LOCATION => return ValuesOf::Row(flag(has_location::<N>(scope))),
        _ => {}
    }
    if let Some(own) = N::values_of(property, scope) {
        return own;
    }
    let is_it = |name: &str| name == property || name.strip_suffix("_id") == Some(property);
    match N::SHAPE.columns.iter().find(|column| is_it(column.name)) {
        Some(column) => match column.column_type {
            ColumnType::Words(_) => {
                let mut select = scope.select_from(facets::Entity, "f", Sees::Known);
                select.expr_as(col("f", facets::Column::Id), "owner").expr_as(col("f", facets::Column::Word), "value");
                select.and_where(col("f", facets::Column::Facet).eq(literal(column.name)));
                ValuesOf::of_column(col("c", "fact_id"), select)
            }
            _ => ValuesOf::Row(col("c", column.name)),
        },
        None => {
            let tied = tied_ends::<N>(scope, property);
            ValuesOf::of_noun(tied.unwrap_or_else(|| panic!("`{property}` is nothing that {} have", N::SHAPE.file)))
        }
    }
}

/// Whether a condition is true, as the value of a dimension.
fn flag(condition: Expr) -> Expr {
    dialect::as_bigint(dialect::one_if(condition))
}

/// Whether the noun that `c` names is known or assumed to exist on the view's day; NULL if it is not on the map of that day.
fn existence(scope: &Scope) -> Expr {
    let [certain, assumed] = [Existence::Certain, Existence::Assumed].map(|it| literal(it.word()));
    let known = CaseStatement::new().case(scope.is_certain("c"), certain).case(scope.is_assumed("c"), assumed);
    known.finally(Expr::Keyword(Keyword::Null)).into()
}

/// That no value of a property is on record for the noun that `c` names.
pub(crate) fn is_unstated<N: Table>(scope: &Scope, property: &str) -> Expr {
    match values_of::<N>(scope, property) {
        ValuesOf::Row(value) => value.is_null(),
        ValuesOf::Others { rows, own, are_distinct } => {
            let mut stated = Query::select();
            stated.from_subquery(*rows, "others").and_where(col("others", "value").is_not_null());
            let owner = col("others", "owner");
            if !are_distinct {
                // Looked up for each noun: the first of a list that lack it are found without reading all ties.
                stated.expr(Expr::Constant(1.into())).and_where(owner.eq(own));
                return Expr::exists(stated).not();
            }
            // The words of a column: SQLite counts all nouns in half the time if it reads them once.
            stated.expr(owner.clone()).and_where(owner.is_not_null());
            Expr::expr(Func::coalesce([own.in_subquery(stated), Expr::cust("FALSE")])).not()
        }
    }
}
