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
        select.exprs([Column::Id, Column::Term, Column::DefinitionZh, Column::DefinitionEn].map(|it| col("d", it)));
        select.order_by_expr(col("d", Column::Term), Order::Asc);
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
        let definition = |row: &_| {
            let [id, term, definition_zh, definition_en] = Row::new(row)?.cells();
            Ok(Definition {
                id: id.number()?,
                term: term.text()?,
                definition_zh: definition_zh.maybe_text()?,
                definition_en: definition_en.maybe_text()?,
            })
        };
        self.rows(statement).await?.iter().map(definition).collect()
    }
}
