//! Since when facts are known, apart from the dates that they state: their sources were published, or they were recorded.

use std::cmp::min;

use chrono::NaiveDate;
use domain::{Kind, View, shape_of};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, JoinType, Query, SelectStatement, UnionType};

use crate::{
    IdMap, Store, StoreError,
    columns::ColumnSet,
    entity::{citations, revisions},
    filter::FilterForm,
    nouns::source::Sources,
    statement::{Prepared, Question, Values},
    view::{Scope, Sees, col, literal},
};

impl Store {
    /// The first day on which a source of each of these ties of a kind was published, or on which the tie was recorded, in
    /// one statement.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn known_days(&self, kind: Kind, view: View, ties: &[i64]) -> Result<IdMap<NaiveDate>, StoreError> {
        let table = shape_of(kind).table;
        let form = self.form(Question::KnownDays(table), view, FilterForm::default(), None, ColumnSet::LEAST);
        let form = form.about(self.backend, ties);
        let statement = self
            .statements
            .get(&form, || Prepared::new(self.backend, &known_days(&Scope::new(self.backend, view), table)));
        let mut known = IdMap::default();
        for mut row in self.rows_of(&statement, &Values::of_ids(view, ties)).await?.iter() {
            let [tie, day] = row.cells();
            let day = day.day()?;
            let earliest = known.entry(tie.number()?).or_insert(day);
            *earliest = min(*earliest, day);
        }
        Ok(known)
    }
}

/// The days of ties: each with its identity, several of one.
fn known_days(scope: &Scope, table: &'static str) -> SelectStatement {
    let cited = || col("x", citations::Column::FactId);
    let mut days = scope.select_from(citations::Entity, "x", Sees::Known);
    let is_source = col("s", Sources::Id).eq(col("x", citations::Column::SourceId));
    scope.join(&mut days, Sources::Table, "s", is_source, Sees::Known);
    // A source holds from its publication on, and from the first of days where that is not stated.
    let published = || col("s", Sources::ValidFrom);
    days.expr(cited()).expr(published()).and_where(published().gt(literal("0001-01-01")));
    days.and_where(scope.is_asked(cited()));
    // Whatever revision is looked at, a tie that it knows was recorded by then.
    let tie = || col("v", Alias::new("id"));
    let is_recorded_by = col("r", revisions::Column::Number).eq(col("v", Alias::new("known_from")));
    let day = [col("r", revisions::Column::RecordedAt), Expr::Constant(1.into()), Expr::Constant(10.into())];
    let mut recorded = Query::select();
    recorded.from_as(Alias::new(table), "v").join_as(JoinType::InnerJoin, revisions::Entity, "r", is_recorded_by);
    recorded.expr(tie()).expr(Func::cust(Alias::new("substr")).args(day)).and_where(scope.is_asked(tie()));
    days.union(UnionType::All, recorded);
    days
}
