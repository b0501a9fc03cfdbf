//! Since which revision facts are on record.

use domain::Revision;
use sea_orm::sea_query::{Alias, ExprTrait, JoinType, Query};

use crate::{
    IdMap, Store, StoreError, dialect,
    entity::{identities, revisions},
    row::Row,
    store::revision_of,
    view::col,
};

impl Store {
    /// The first revision that recorded each of these facts, of whatever kind, in one statement; one that none has recorded
    /// is left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recorded_since(&self, facts: &[i64]) -> Result<IdMap<Revision>, StoreError> {
        use revisions::Column::{Actor, Message, Number, RecordedAt};
        let id = || col("i", identities::Column::Id);
        let mut select = Query::select();
        select.expr(id()).exprs([Number, RecordedAt, Actor, Message].map(|column| col("r", column)));
        select.from_as(identities::Entity, Alias::new("i"));
        let is_first = col("r", Number).eq(col("i", identities::Column::KnownFrom));
        select.join_as(JoinType::InnerJoin, revisions::Entity, Alias::new("r"), is_first);
        select.and_where(dialect::is_one_of_these(self.backend, id(), facts));
        let first = |mut row: Row<'_>| Ok((row.next().number()?, revision_of(&mut row)?));
        // A fact that is on record was recorded by the same revision for a scenario.
        let rows = self.rows_in(self.scenario_id(), self.backend.build(&select)).await?;
        rows.iter().map(first).collect()
    }
}
