//! Table `definitions`.

use domain::{Definition, View};
use sea_orm::{DeriveIden, sea_query::Order};

use crate::{
    Store, StoreError,
    row::Row,
    statement::{Prepared, Values},
    view::{Scope, Sees, col},
};

/// Table `definitions`.
#[derive(Clone, Copy, DeriveIden)]
enum Definitions {
    Table,
    Id,
    Term,
    Definition,
}

impl Store {
    /// What the words of the map mean, in the order of the words.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn definitions(&self, view: View) -> Result<Vec<Definition>, StoreError> {
        let mut select = Scope::new(self.backend, view).select_from(Definitions::Table, "d", Sees::Holding);
        select.exprs([Definitions::Id, Definitions::Term, Definitions::Definition].map(|it| col("d", it)));
        select.order_by_expr(col("d", Definitions::Term), Order::Asc);
        let statement = Prepared::new(self.backend, &select).bind(&Values::of_ids(view, &[]));
        let definition = |mut row: Row<'_>| {
            let [id, term, definition] = row.cells();
            Ok(Definition { id: id.number()?, term: term.text()?, definition: definition.texts()? })
        };
        self.rows_in(view.scenario, statement).await?.iter().map(definition).collect()
    }
}
