//! Tables `admission_places` and `admission_totals`.

use std::cmp::Reverse;

use domain::{
    AdmissionDimension, AdmissionPlaces, AdmissionTotal, Filter, Kind, School, View, values::school_year::SchoolYear,
};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, ExprTrait, Func, JoinType, Order, SelectStatement},
};

use super::school::Schools;
use crate::{
    NumberSummary, Store, StoreError,
    breakdown::summarize,
    columns::ColumnSet,
    dialect,
    filter::{FilterForm, fits, is_listed},
    noun::and_all,
    parts::List,
    row::Row,
    statement::{Prepared, Question, Values},
    tie::{Tie, TieSource, TieTable},
    view::{Scope, Sees, col},
};

/// By what places at senior schools are added up.
pub type AdmissionDimensions = [Option<AdmissionDimension>; 3];

/// Places at senior schools that have some values in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmissionCount {
    /// The identities of schools and districts, in the order of the dimensions; none where nothing is on record, and for a
    /// year.
    pub nouns: Vec<Option<i64>>,
    /// The school year, if that is a dimension and on record.
    pub year: Option<SchoolYear>,
    /// How many records there are.
    pub count: u64,
    /// What their places come to.
    pub places: NumberSummary,
}

impl Store {
    /// The places that senior schools keep for the pupils of the junior schools that a filter finds, added up by dimensions:
    /// the greatest sums first.
    ///
    /// # Errors
    /// The database failed, or a row has no meaning.
    pub async fn admission_counts(
        &self,
        view: View,
        filter: &Filter,
        by: AdmissionDimensions,
    ) -> Result<Vec<AdmissionCount>, StoreError> {
        let (filter, filter_values) = FilterForm::split(filter);
        let form = self.form(Question::AdmissionCounts(by), view, filter, None, ColumnSet::LEAST);
        let statement = self.statements.get(&form, || {
            let scope = Scope::new(self.backend, view);
            Prepared::new(self.backend, &select_admission_counts(&scope, &form.filter, by))
        });
        let values = Values { view, ids: &[], request: None, filter: &filter_values };
        let read = |mut row: Row<'_>| {
            let (mut nouns, mut year) = (Vec::new(), None);
            for dimension in by.into_iter().flatten() {
                nouns.push(match dimension {
                    AdmissionDimension::Year => {
                        year = row.next().value()?;
                        None
                    }
                    _ => row.next().maybe_number()?,
                });
            }
            let count = row.next().number()?.unsigned_abs();
            Ok(AdmissionCount { nouns, year, count, places: NumberSummary::read(&mut row)? })
        };
        let rows = self.rows_of(&statement, &values).await?;
        let mut counts = rows.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        counts.sort_by_key(|it| (Reverse(it.places.sum), it.year, it.nouns.clone()));
        Ok(counts)
    }
}

fn select_admission_counts(scope: &Scope, filter: &FilterForm, by: AdmissionDimensions) -> SelectStatement {
    use AdmissionPlacesColumns::{JuniorSchoolId, Places, SeniorSchoolId, Year};
    let mut select = scope.select_from(AdmissionPlacesColumns::Table, "p", Sees::Holding);
    let is_junior = col("c", Schools::Id).eq(col("p", JuniorSchoolId));
    scope.join(&mut select, Schools::Table, "c", is_junior, Sees::Known);
    let is_senior = col("s", Schools::Id).eq(col("p", SeniorSchoolId));
    scope.join(&mut select, Schools::Table, "s", is_senior, Sees::Shown);
    select.and_where(is_listed::<School>(scope, filter));
    and_all(&mut select, fits::<School>(scope, filter));
    for dimension in by.into_iter().flatten() {
        let value = match dimension {
            AdmissionDimension::JuniorSchool => col("p", JuniorSchoolId),
            AdmissionDimension::SeniorSchool => col("p", SeniorSchoolId),
            AdmissionDimension::JuniorDistrict => col("c", Schools::DistrictId),
            AdmissionDimension::SeniorDistrict => col("s", Schools::DistrictId),
            AdmissionDimension::Year => col("p", Year),
        };
        select.expr(value.clone()).add_group_by([value]);
    }
    select.expr(Expr::cust("COUNT(*)"));
    summarize(&mut select, &col("p", Places));
    select
}

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
pub(super) enum AdmissionTotals {
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
