//! Table `townships`, and what stands in a township by its own record.

use domain::{Head, Shape, Township, TownshipKind, township};
use sea_orm::sea_query::{Expr, ExprTrait};

use crate::{
    StoreError,
    entity::{
        schools,
        townships::{Column, Entity},
    },
    noun::Table,
    row::Row,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col, named},
};

impl Table for Township {
    const SHAPE: &'static Shape = &township::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Column::Code, &Column::Kind, &Column::RegionId, &Column::DistrictId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [code, kind, region, district] = row.cells();
        Ok(Township {
            head,
            code: code.maybe_text()?,
            kind: kind.word(TownshipKind::parse)?,
            region: region.maybe_id()?,
            district: district.maybe_id()?,
        })
    }
}

/// What stands in a township by its own record, read from the township.
pub(crate) static STANDS_IN_TOWNSHIP: Tie<i64> = Tie::owner("stands_in_township", &schools::Column::TownshipId);

/// That the township with this id lies in a place; `of` is the township's column for the place.
pub(crate) fn lies_in(scope: &Scope, township: Expr, of: AnyIden, place: Expr) -> Expr {
    let mut select = scope.select_from(Entity, "w", Sees::Holding);
    select.expr(col("w", Column::Id)).and_where(col("w", named(of)).eq(place));
    township.in_subquery(select)
}
