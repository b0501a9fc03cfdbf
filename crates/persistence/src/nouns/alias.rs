//! Table `aliases`.

use domain::{Alias, NameKind, Validity};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, Order, SelectStatement},
};

use crate::{
    StoreError,
    parts::List,
    row::Row,
    view::{Scope, Sees, col},
};

/// Table `aliases`.
#[derive(Clone, Copy, DeriveIden)]
enum Aliases {
    Table,
    Id,
    ValidFrom,
    ValidTo,
    EntityId,
    Alias,
    Lang,
    Kind,
    Basis,
    Since,
    Until,
}

impl List for Alias {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        let mut select = scope.select_from(Aliases::Table, "n", Sees::Holding);
        for column in [Aliases::EntityId, Aliases::Lang, Aliases::Kind, Aliases::Alias, Aliases::Id] {
            select.order_by_expr(col("n", column), Order::Asc);
        }
        (select, col("n", Aliases::EntityId))
    }

    fn columns() -> Vec<Expr> {
        use Aliases::{Alias, Basis, Id, Kind, Lang, Since, Until, ValidFrom, ValidTo};
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
