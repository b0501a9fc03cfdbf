//! Table `learning_areas`.

use domain::{Head, LearningArea, Shape, learning_area};

use crate::{StoreError, entity::learning_areas::Column, noun::Table, row::Row, view::AnyIden};

impl Table for LearningArea {
    const SHAPE: &'static Shape = &learning_area::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Column::AsOf, &Column::DistrictId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [as_of, district] = row.cells();
        Ok(LearningArea { head, as_of: as_of.date()?, district: district.maybe_id()? })
    }
}
