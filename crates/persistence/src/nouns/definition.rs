//! Table `definitions`.

use domain::{Definition, View};
use sea_orm::sea_query::Order;

use crate::{
    Store, StoreError,
    entity::definitions::{Column, Entity},
    row::Row,
    statement::{Prepared, Values},
    view::{Scope, Sees, col},
};

impl Store {
    /// What the words of the map mean, in the order of the words.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn definitions(&self, view: View) -> Result<Vec<Definition>, StoreError> {
        let mut select = Scope::new(self.backend, view).select_from(Entity, "d", Sees::Holding);
        select.exprs([Column::Id, Column::Term, Column::Definition].map(|it| col("d", it)));
        select.order_by_expr(col("d", Column::Term), Order::Asc);
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
        let definition = |row: &_| {
            let [id, term, definition] = Row::new(row)?.cells();
            Ok(Definition { id: id.number()?, term: term.text()?, definition: definition.texts()? })
        };
        self.rows(statement).await?.iter().map(definition).collect()
    }
}
