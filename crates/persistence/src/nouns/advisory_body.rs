//! Tables `advisory_bodies`, `advisory_member_categories`, `consultation_modes`.

use domain::{
    AdvisoryBody, AdvisoryConsultation, AdvisoryMemberCategory, AdvisoryMemberOrigin, ConsultationMode, Head, Shape,
    advisory_body,
};
use sea_orm::{
    DeriveIden,
    sea_query::{Expr, Order, SelectStatement},
};

use crate::{
    StoreError,
    noun::Table,
    parts::List,
    row::Row,
    view::{AnyIden, Scope, Sees, col},
};

/// Table `advisory_bodies`.
#[derive(Clone, Copy, DeriveIden)]
enum AdvisoryBodies {
    EstablishedOn,
    DissolvedOn,
    DistrictId,
}

/// Table `advisory_member_categories`.
#[derive(Clone, Copy, DeriveIden)]
enum AdvisoryMemberCategories {
    Table,
    Id,
    AdvisoryBodyId,
    Category,
    Organization,
}

/// Table `consultation_modes`.
#[derive(Clone, Copy, DeriveIden)]
enum ConsultationModes {
    Table,
    Id,
    AdvisoryBodyId,
    Mode,
}

impl Table for AdvisoryBody {
    const SHAPE: &'static Shape = &advisory_body::SHAPE;
    const COLUMNS: &'static [AnyIden] =
        &[&AdvisoryBodies::EstablishedOn, &AdvisoryBodies::DissolvedOn, &AdvisoryBodies::DistrictId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [established_on, dissolved_on, district] = row.cells();
        Ok(AdvisoryBody {
            head,
            established_on: established_on.date()?,
            dissolved_on: dissolved_on.date()?,
            district: district.maybe_id()?,
        })
    }
}

impl List for AdvisoryMemberCategory {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use AdvisoryMemberCategories::{AdvisoryBodyId, Category};
        let mut select = scope.select_from(AdvisoryMemberCategories::Table, "k", Sees::Holding);
        select.order_by_expr(col("k", AdvisoryBodyId), Order::Asc).order_by_expr(col("k", Category), Order::Asc);
        (select, col("k", AdvisoryBodyId))
    }

    fn columns() -> Vec<Expr> {
        use AdvisoryMemberCategories::{Category, Id, Organization};
        [Id, Category, Organization].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, category, organization] = row.cells();
        let category = category.word(AdvisoryMemberOrigin::parse)?;
        Ok(AdvisoryMemberCategory { id: id.number()?, category, organization: organization.texts()? })
    }
}

impl List for AdvisoryConsultation {
    fn select(scope: &Scope) -> (SelectStatement, Expr) {
        use ConsultationModes::{AdvisoryBodyId, Mode};
        let mut select = scope.select_from(ConsultationModes::Table, "k", Sees::Holding);
        select.order_by_expr(col("k", AdvisoryBodyId), Order::Asc).order_by_expr(col("k", Mode), Order::Asc);
        (select, col("k", AdvisoryBodyId))
    }

    fn columns() -> Vec<Expr> {
        use ConsultationModes::{Id, Mode};
        [Id, Mode].map(|column| col("k", column)).into()
    }

    fn read(row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [id, mode] = row.cells();
        Ok(AdvisoryConsultation { id: id.number()?, mode: mode.word(ConsultationMode::parse)? })
    }
}
