//! Tables `categories` and `categorisations`.

use domain::{Categorisation, Category, Head, Id, Shape, category};
use sea_orm::sea_query::{
    CommonTableExpression, Expr, ExprTrait, JoinType, Order, Query, SelectStatement, UnionType, WithClause,
};

use crate::{
    StoreError,
    entity::{
        categories::{self, Column},
        categorisations,
    },
    filter::Wanted,
    noun::Table,
    parts::List,
    row::Row,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col},
};

impl Table for Category {
    const SHAPE: &'static Shape = &category::SHAPE;
    const COLUMNS: &'static [AnyIden] =
        &[&Column::Scheme, &Column::Code, &Column::ParentId, &Column::Since, &Column::Until];

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
pub(crate) static PART_OF_CATEGORY: Tie<i64> = Tie::owner("part_of_category", &Column::ParentId);

impl List for Categorisation {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use categorisations::Column::{CategoryId, EntityId, Id};
        let mut select = scope.select_from(categorisations::Entity, "k", Sees::Holding);
        let is_category = col("g", Column::Id).eq(col("k", CategoryId));
        scope.join_in_order(&mut select, categories::Entity, "g", is_category, Sees::Shown);
        let order = [col("k", EntityId), col("g", Column::Scheme), col("g", Column::Code), col("k", Id)];
        for key in order {
            select.order_by_expr(key, Order::Asc);
        }
        (select, col("k", EntityId))
    }

    fn columns() -> Vec<Expr> {
        use categorisations::Column::{CategoryId, Id, Since, Until};
        let own = [Id, CategoryId, Since, Until].map(|column| col("k", column));
        own.into_iter().chain([col("g", Column::Scheme)]).collect()
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
    let id = || col("g", Column::Id);
    let mut categories = scope.select_from(categories::Entity, "g", Sees::Shown);
    categories.expr(id());
    match wanted {
        Wanted::Code { .. } => categories.and_where(col("g", Column::Code).eq(wanted.value())),
        _ => categories.and_where(id().eq(wanted.value())),
    };
    if let Some(scheme) = wanted.scheme() {
        categories.and_where(col("g", Column::Scheme).eq(scheme));
    }
    let mut below = scope.select_from(categories::Entity, "g", Sees::Shown);
    below.expr(id());
    below.join_as(JoinType::InnerJoin, "walk", "walk", col("g", Column::ParentId).eq(col("walk", "category")));
    // A circle in the data ends the walk where it closes.
    categories.union(UnionType::Distinct, below);
    let mut walked = CommonTableExpression::new();
    walked.table_name("walk").column("category").query(categories);
    let among = Query::select()
        .with_cte(WithClause::new().recursive(true).cte(walked).to_owned())
        .expr(col("walk", "category"))
        .from_as("walk", "walk")
        .take();
    let mut ids = scope.select_from(categorisations::Entity, "k", Sees::Holding);
    ids.expr(col("k", categorisations::Column::EntityId));
    ids.and_where(col("k", categorisations::Column::CategoryId).in_subquery(among));
    ids
}
