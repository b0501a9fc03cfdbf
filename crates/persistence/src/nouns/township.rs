//! Table `townships`, and what stands in a township by its own record.

use domain::{Head, Shape, Township, TownshipKind, township};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use super::school::Schools;
use crate::{
    StoreError,
    breakdown::{ValuesOf, select_ends},
    entity::facets,
    filter::Wanted,
    location::read_location,
    noun::Table,
    outline::read_outline,
    row::Row,
    tie::Tie,
    view::{AnyIden, Scope, Sees, col, is_any_word, literal, named},
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
    Latitude,
    Longitude,
    LocationPrecision,
    LocationConfidence,
    Outline,
    OutlineBasis,
    OutlineConfidence,
}

impl Table for Township {
    const SHAPE: &'static Shape = &township::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Townships::Code,
        &Townships::Kind,
        &Townships::RegionId,
        &Townships::DistrictId,
        &Townships::Latitude,
        &Townships::Longitude,
        &Townships::LocationPrecision,
        &Townships::LocationConfidence,
        &Townships::Outline,
        &Townships::OutlineBasis,
        &Townships::OutlineConfidence,
    ];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [code, kind, region, district] = row.cells();
        Ok(Township {
            head,
            code: code.maybe_text()?,
            kind: kind.word(TownshipKind::parse)?,
            region: region.maybe_id()?,
            district: district.maybe_id()?,
            location: read_location(row.cells())?,
            outline: read_outline(row.cells())?,
        })
    }

    fn condition(property: &str, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        let mut schools = select_stages(scope);
        schools.expr(Expr::Constant(1.into())).and_where(col("s", Schools::TownshipId).eq(col("c", Townships::Id)));
        schools.and_where(is_any_word(col("f", facets::Column::Word), wanted.words()));
        (property == "stage").then(|| Expr::exists(schools))
    }

    fn values_of(property: &str, scope: &Scope) -> Option<ValuesOf> {
        let mut stages = select_stages(scope);
        stages.expr_as(col("s", Schools::TownshipId), "owner").expr_as(col("f", facets::Column::Word), "value");
        (property == "stage").then(|| ValuesOf::of_noun(stages))
    }
}

/// The stages `f` of the schools `s` on the map.
fn select_stages(scope: &Scope) -> SelectStatement {
    let mut select = scope.select_from(Schools::Table, "s", Sees::Holding);
    let is_of_school = col("f", facets::Column::Id).eq(col("s", "fact_id"));
    scope.join(&mut select, facets::Entity, "f", is_of_school, Sees::Known);
    select.and_where(col("f", facets::Column::Facet).eq(literal("phases")));
    select
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
    ValuesOf::of_column(township, select_ends(scope, Townships::Table, Townships::Id, named(of)))
}
