//! Table `regions`, and what lies in a region by its own record.

use domain::{Head, Region, Shape, region};
use sea_orm::DeriveIden;

use super::township::Townships;
use crate::{StoreError, noun::Table, row::Row, tie::Tie, view::AnyIden};

/// Table `regions`.
#[derive(Clone, Copy, DeriveIden)]
enum Regions {
    Strategy,
    DistrictId,
}

impl Table for Region {
    const SHAPE: &'static Shape = &region::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Regions::DistrictId, &Regions::Strategy];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [district, strategy] = row.cells();
        Ok(Region { head, district: district.maybe_id()?, strategy: strategy.texts()? })
    }
}

/// The townships that a source places in a region, read from the region.
pub(crate) static PLACED_IN_REGION: Tie<i64> = Tie::owner("placed_in_region", &Townships::RegionId);
/// What stands in a township of a region by its own record, read from the region.
pub(crate) static STANDS_IN_REGION: Tie<i64> = Tie::township("stands_in_region", &Townships::RegionId);
