//! Table `codes`.

use domain::{RegisterCode, code::scheme_of, values};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Order, SelectStatement},
};

use crate::{
    StoreError,
    filter::Wanted,
    noun::Table,
    parts::List,
    row::Row,
    view::{Scope, Sees, col, literal},
};

/// Table `codes`.
#[derive(Clone, Copy, DeriveIden)]
enum Codes {
    Table,
    Id,
    EntityId,
    Scheme,
    Value,
}

impl List for RegisterCode {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        let mut select = scope.select_from(Codes::Table, "k", Sees::Holding);
        for column in [Codes::EntityId, Codes::Scheme, Codes::Value, Codes::Id] {
            select.order_by_expr(col("k", column), Order::Asc);
        }
        (select, col("k", Codes::EntityId))
    }

    fn columns() -> Vec<Expr> {
        [Codes::Id, Codes::Scheme, Codes::Value].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, scheme, value] = row.cells();
        Ok(RegisterCode { id: id.number()?, scheme: scheme.text()?, value: value.text()? })
    }
}

/// The nouns that the register that is named, or any, knows by this code: in `codes`, or in a column of their own.
pub(crate) fn select_coded<N: Table>(scope: &Scope, wanted: &Wanted) -> Vec<SelectStatement> {
    let (code, scheme) = (wanted.value(), wanted.scheme());
    let mut ids = scope.select_from(Codes::Table, "k", Sees::Holding);
    ids.expr(col("k", Codes::EntityId)).and_where(col("k", Codes::Value).eq(code.clone()));
    if let Some(scheme) = &scheme {
        ids.and_where(col("k", Codes::Scheme).eq(scheme.clone()));
    }
    let mut selects = vec![ids];
    let codes = N::SHAPE.columns.iter().filter(|column| column.column_type.is_value(&values::code::KIND));
    for column in codes.filter(|column| column.name != SCHEME) {
        let mut own = scope.select_from(N::SHAPE.table, "k", Sees::Shown);
        own.expr(col("k", "id")).and_where(col("k", column.name).eq(code.clone()));
        if let Some(scheme) = &scheme {
            own.and_where(scheme_of_own::<N>(column.name).eq(scheme.clone()));
        }
        selects.push(own);
    }
    selects
}

/// The column in which a noun says of which register its own code is.
const SCHEME: &str = "scheme";

/// The register of the code that the noun that `k` names has in this column.
fn scheme_of_own<N: Table>(column: &'static str) -> Expr {
    match N::SHAPE.index(SCHEME) {
        Some(_) => col("k", SCHEME),
        None => literal(scheme_of(column)),
    }
}
