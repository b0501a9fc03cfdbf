//! Table `districts`, and what lies in a district by its own record.

use domain::{District, Head, Shape, district};
use sea_orm::DeriveIden;

use super::{school::Schools, township::Townships};
use crate::{StoreError, noun::Table, outline::read_outline, row::Row, tie::Tie, view::AnyIden};

/// Table `districts`.
#[derive(Clone, Copy, DeriveIden)]
pub(crate) enum Districts {
    Table,
    TimeZone,
    Outline,
    OutlineBasis,
    OutlineConfidence,
}

impl Table for District {
    const SHAPE: &'static Shape = &district::SHAPE;
    const COLUMNS: &'static [AnyIden] =
        &[&Districts::TimeZone, &Districts::Outline, &Districts::OutlineBasis, &Districts::OutlineConfidence];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [time_zone] = row.cells();
        let time_zone = time_zone.maybe_word(|name| name.parse().ok())?;
        Ok(District { head, time_zone, outline: read_outline(row.cells())? })
    }
}

/// What belongs to a district by its own record, read from the district.
pub(crate) static BELONGS_TO_DISTRICT: Tie<i64> = Tie::owner("belongs_to_district", &Schools::DistrictId);
/// What stands in a township of a district by its own record, read from the district.
pub(crate) static STANDS_IN_DISTRICT: Tie<i64> = Tie::township("stands_in_district", &Townships::DistrictId);
