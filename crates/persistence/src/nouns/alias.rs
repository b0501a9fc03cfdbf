//! Table `aliases`.

use domain::{Alias, NameKind, Validity};
use sea_orm::sea_query::{Expr, Order, SelectStatement};

use crate::{
    StoreError,
    entity::aliases::{Column, Entity},
    parts::List,
    row::Row,
    view::{Scope, Sees, col},
};

impl List for Alias {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        let mut select = scope.select_from(Entity, "n", Sees::Holding);
        for column in [Column::EntityId, Column::Lang, Column::Kind, Column::Alias, Column::Id] {
            select.order_by_expr(col("n", column), Order::Asc);
        }
        (select, col("n", Column::EntityId))
    }

    fn columns() -> Vec<Expr> {
        use Column::{Alias, Basis, Id, Kind, Lang, Since, Until, ValidFrom, ValidTo};
        [Id, Alias, Lang, Kind, Basis, Since, Until, ValidFrom, ValidTo].map(|column| col("n", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, text, language, kind, basis, since, until, valid_from, valid_to] = row.cells();
        Ok(Alias {
            id: id.number()?,
            text: text.text()?,
            language: language.text()?,
            kind: kind.word(NameKind::parse)?,
            basis: basis.basis()?,
            since: since.date()?,
            until: until.date()?,
            validity: Validity { from: valid_from.day()?, to: valid_to.day()? },
        })
    }
}
