//! Since which revision facts are on record.

use std::collections::{BTreeMap, HashMap};

use domain::{Kind, Revision, View, shape_of};
use sea_orm::{
    EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Alias, ExprTrait, Func, Query},
};

use crate::{
    Store, StoreError,
    columns::ColumnSet,
    dialect,
    entity::{identities, revisions},
    filter::FilterForm,
    row::Row,
    statement::{Parameter, Prepared, Question, Values},
    store::read_revision,
    view::{Scope, col},
};

impl Store {
    /// The first revision that recorded each of these facts, of whatever kind; of a noun with several periods, that of the
    /// first one that was recorded. What the view does not know is left out.
    ///
    /// A statement says what they are, one for each kind since when they are known, and one what these revisions were.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded_since(&self, view: View, facts: &[i64]) -> Result<HashMap<i64, Revision>, StoreError> {
        let mut numbers: HashMap<i64, i64> = HashMap::new();
        for (kind, ids) in self.kinds_of(facts).await? {
            numbers.extend(self.first_numbers(kind, view, &ids).await?);
        }
        let mut wanted: Vec<i64> = numbers.values().copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let number = col("revisions", revisions::Column::Number);
        let of_these = revisions::Entity::find()
            .filter(dialect::is_one_of_these(self.backend, number, &wanted))
            .build(self.backend);
        let revisions = self.rows(of_these).await?;
        let revisions = revisions.iter().map(|row| read_revision(row).map(|revision| (revision.number, revision)));
        let revisions: HashMap<i64, Revision> = revisions.collect::<Result<_, _>>()?;
        let of = |(fact, number): (i64, i64)| Some((fact, revisions.get(&number)?.clone()));
        Ok(numbers.into_iter().filter_map(of).collect())
    }

    /// What these facts are.
    async fn kinds_of(&self, facts: &[i64]) -> Result<BTreeMap<Kind, Vec<i64>>, StoreError> {
        let id = || col("i", identities::Column::Id);
        let mut select = Query::select();
        select.expr(id()).expr(col("i", identities::Column::Kind)).from_as(identities::Entity, Alias::new("i"));
        select.and_where(dialect::is_one_of_these(self.backend, id(), facts));
        let mut kinds: BTreeMap<Kind, Vec<i64>> = BTreeMap::new();
        for row in &self.rows(self.backend.build(&select)).await? {
            let [id, kind] = Row::new(row)?.cells();
            kinds.entry(kind.word(Kind::named)?).or_default().push(id.number()?);
        }
        Ok(kinds)
    }

    async fn first_numbers(&self, kind: Kind, view: View, ids: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
        let table = shape_of(kind).table;
        let form = self.form(Question::RecordedSince(table), view, FilterForm::default(), None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let (scope, id) = (Scope::new(self.backend, view), || col("v", "id"));
            let mut select = Query::select();
            select.from_as(Alias::new(table), Alias::new("v"));
            select.expr(id()).expr(Func::min(col("v", "known_from"))).and_where(scope.is_asked(id()));
            if !scope.is_latest {
                select.and_where(col("v", "known_from").lte(Parameter::Revision.expr()));
            }
            Prepared::new(self.backend, select.add_group_by([id()]))
        });
        let first = |row: &_| {
            let [id, number] = Row::new(row)?.cells();
            Ok((id.number()?, number.number()?))
        };
        self.rows(statement.bind(&Values::of_ids(view, ids))).await?.iter().map(first).collect()
    }
}
