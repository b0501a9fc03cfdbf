//! Tables `categories` and `categorisations`.

use domain::{Categorisation, Category, Head, Id, Shape, category};
use sea_orm::{
    DeriveIden,
    sea_query::{
        CommonTableExpression, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType, WithClause,
    },
};

use crate::{
    StoreError,
    filter::Wanted,
    noun::Table,
    parts::List,
    row::Row,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col},
};

/// Table `categories`.
#[derive(Clone, Copy, DeriveIden)]
enum Categories {
    Table,
    Id,
    Scheme,
    Code,
    ParentId,
    Since,
    Until,
}

/// Table `categorisations`.
#[derive(Clone, Copy, DeriveIden)]
enum Categorisations {
    Table,
    Id,
    EntityId,
    CategoryId,
    Since,
    Until,
}

impl Table for Category {
    const SHAPE: &'static Shape = &category::SHAPE;
    const COLUMNS: &'static [AnyIden] =
        &[&Categories::Scheme, &Categories::Code, &Categories::ParentId, &Categories::Since, &Categories::Until];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [scheme, code, parent, since, until] = row.cells();
        Ok(Category {
            head,
            scheme: scheme.text()?,
            code: code.text()?,
            parent: parent.maybe_id()?,
            since: since.date()?,
            until: until.date()?,
        })
    }
}

/// The categories that are a part of another by their own record, read from the other.
pub(crate) static PART_OF_CATEGORY: Tie<i64> = Tie::owner("part_of_category", &Categories::ParentId);

impl List for Categorisation {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use Categorisations::{CategoryId, EntityId, Id};
        let mut select = scope.select_from(Categorisations::Table, "k", Sees::Holding);
        let is_category = col("g", Categories::Id).eq(col("k", CategoryId));
        scope.join_in_order(&mut select, Categories::Table, "g", is_category, Sees::Shown);
        let order = [col("k", EntityId), col("g", Categories::Scheme), col("g", Categories::Code), col("k", Id)];
        for key in order {
            select.order_by_expr(key, Order::Asc);
        }
        (select, col("k", EntityId))
    }

    fn columns() -> Vec<Expr> {
        use Categorisations::{CategoryId, Id, Since, Until};
        let own = [Id, CategoryId, Since, Until].map(|column| col("k", column));
        own.into_iter().chain([col("g", Categories::Scheme)]).collect()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, category, since, until, scheme] = row.cells();
        Ok(Categorisation {
            id: id.number()?,
            category: Id::from_raw(category.number()?),
            scheme: scheme.text()?,
            since: since.date()?,
            until: until.date()?,
        })
    }
}

/// The nouns that are in a category or in one below it: in the one with this id, or in those that are known by this code.
pub(crate) fn select_categorised(scope: &Scope, wanted: &Wanted) -> SelectStatement {
    let id = || col("g", Categories::Id);
    let mut categories = scope.select_from(Categories::Table, "g", Sees::Shown);
    categories.expr(id());
    match wanted {
        Wanted::Code { .. } => categories.and_where(col("g", Categories::Code).eq(wanted.value())),
        _ => categories.and_where(id().eq(wanted.value())),
    };
    if let Some(scheme) = wanted.scheme() {
        categories.and_where(col("g", Categories::Scheme).eq(scheme));
    }
    let mut below = scope.select_from(Categories::Table, "g", Sees::Shown);
    below.expr(id());
    below.join_as(JoinType::InnerJoin, "walk", "walk", col("g", Categories::ParentId).eq(col("walk", "category")));
    // A circle in the data ends the walk where it closes.
    categories.union(UnionType::Distinct, below);
    let mut walked = CommonTableExpression::new();
    walked.table_name("walk").column("category").query(categories);
    let among = Query::select()
        .with_cte(WithClause::new().recursive(true).cte(walked).to_owned())
        .expr(col("walk", "category"))
        .from_as("walk", "walk")
        .take();
    let mut ids = scope.select_from(Categorisations::Table, "k", Sees::Holding);
    ids.expr(col("k", Categorisations::EntityId));
    ids.and_where(col("k", Categorisations::CategoryId).in_subquery(among));
    ids
}
