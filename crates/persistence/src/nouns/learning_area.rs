//! Table `learning_areas`.

use domain::{Head, LearningArea, Shape, learning_area};
use sea_orm::DeriveIden;

use crate::{StoreError, noun::Table, row::Row, view::AnyIden};

/// Table `learning_areas`.
#[derive(Clone, Copy, DeriveIden)]
enum LearningAreas {
    AsOf,
    DistrictId,
}

impl Table for LearningArea {
    const SHAPE: &'static Shape = &learning_area::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&LearningAreas::AsOf, &LearningAreas::DistrictId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [as_of, district] = row.cells();
        Ok(LearningArea { head, as_of: as_of.date()?, district: district.maybe_id()? })
    }
}
