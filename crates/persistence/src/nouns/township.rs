//! Table `townships`, and what stands in a township by its own record.

use domain::{Head, Shape, Township, TownshipKind, township};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait},
};

use super::school::Schools;
use crate::{
    StoreError,
    breakdown::{ValuesOf, select_ends},
    noun::Table,
    row::Row,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col, named},
};

/// Table `townships`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Townships {
    Table,
    Id,
    Code,
    Kind,
    RegionId,
    DistrictId,
}

impl Table for Township {
    const SHAPE: &'static Shape = &township::SHAPE;
    const COLUMNS: &'static [AnyIden] =
        &[&Townships::Code, &Townships::Kind, &Townships::RegionId, &Townships::DistrictId];

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
pub(crate) static STANDS_IN_TOWNSHIP: Tie<i64> = Tie::owner("stands_in_township", &Schools::TownshipId);

/// That the township with this id lies in a place; `of` is the township's column for the place.
pub(crate) fn lies_in(scope: &Scope, township: Expr, of: AnyIden, place: Expr) -> Expr {
    let mut select = scope.select_from(Townships::Table, "w", Sees::Holding);
    select.expr(col("w", Townships::Id)).and_where(col("w", named(of)).eq(place));
    township.in_subquery(select)
}

/// The places in which townships lie, for nouns that stand in the township with this id; `of` is the township's column for the
/// place.
pub(crate) fn place_of(scope: &Scope, township: Expr, of: AnyIden) -> ValuesOf {
    ValuesOf::Others(township, Box::new(select_ends(scope, Townships::Table, Townships::Id, named(of))))
}
