//! Tables `admission_places` and `admission_totals`.

use domain::{AdmissionPlaces, AdmissionTotal, Kind};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Func, JoinType, Order, SelectStatement},
};

use crate::{
    StoreError, dialect,
    parts::List,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::{Scope, Sees, col},
};

/// Table `admission_places`.
#[derive(Clone, Copy, DeriveIden)]
pub(super) enum AdmissionPlacesColumns {
    #[sea_orm(iden = "admission_places")]
    Table,
    JuniorSchoolId,
    SeniorSchoolId,
    SeniorCampusId,
    Year,
    Places,
}

/// Table `admission_totals`.
#[derive(Clone, Copy, DeriveIden)]
enum AdmissionTotals {
    Table,
    Id,
    JuniorSchoolId,
    Year,
    Places,
    BreakdownChecked,
}

/// Junior schools and the senior schools that keep places for their pupils, the junior school first; the latest year first.
pub(crate) static ADMISSION_PLACES: Tie<AdmissionPlaces> = Tie {
    name: "admission_places",
    source: TieSource::Table(TieTable::new(
        &AdmissionPlacesColumns::Table,
        (Kind::School, &AdmissionPlacesColumns::JuniorSchoolId),
        (Kind::School, &AdmissionPlacesColumns::SeniorSchoolId),
    )),
    columns: &[&AdmissionPlacesColumns::Year, &AdmissionPlacesColumns::Places, &AdmissionPlacesColumns::SeniorCampusId],
    read: |id, row| {
        let [year, places, campus] = row.cells();
        Ok(AdmissionPlaces { id, year: year.value()?, places: places.value()?, campus: campus.maybe_id()? })
    },
};

impl List for AdmissionTotal {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use AdmissionTotals::{JuniorSchoolId, Year};
        let mut select = scope.select_from(AdmissionTotals::Table, "k", Sees::Holding);
        select.order_by_expr(col("k", JuniorSchoolId), Order::Asc).order_by_expr(col("k", Year), Order::Desc);
        let mut sums = scope.select_from(AdmissionPlacesColumns::Table, "p", Sees::Holding);
        let [school, year, places] =
            [AdmissionPlacesColumns::JuniorSchoolId, AdmissionPlacesColumns::Year, AdmissionPlacesColumns::Places]
                .map(|column| col("p", column));
        sums.expr_as(school.clone(), "school").expr_as(year.clone(), "year").and_where(scope.is_asked(school.clone()));
        sums.expr_as(dialect::as_bigint(Func::sum(places).into()), "places").add_group_by([school, year]);
        let is_of_total =
            col("sums", "school").eq(col("k", JuniorSchoolId)).and(col("sums", "year").eq(col("k", Year)));
        select.join_subquery(JoinType::LeftJoin, sums, "sums", is_of_total);
        (select, col("k", JuniorSchoolId))
    }

    fn columns() -> Vec<Expr> {
        use AdmissionTotals::{BreakdownChecked, Id, Places, Year};
        let own = [Id, Year, Places, BreakdownChecked].map(|column| col("k", column));
        own.into_iter().chain([col("sums", "places")]).collect()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, year, places, is_breakdown_checked, recorded_places] = row.cells();
        Ok(AdmissionTotal {
            id: id.number()?,
            year: year.value()?,
            places: places.value()?,
            is_breakdown_checked: is_breakdown_checked.value()?,
            recorded_places: recorded_places.maybe_number()?.unwrap_or_default(),
        })
    }
}
