//! Reading where something stands.

use domain::{Location, LocationPrecision};

use crate::{StoreError, row::Cell};

/// The point that the columns of a latitude, a longitude and a precision state.
pub(crate) fn read_location([latitude, longitude, precision]: [Cell<'_>; 3]) -> Result<Option<Location>, StoreError> {
    let (Some(latitude), Some(longitude)) = (latitude.value()?, longitude.value()?) else { return Ok(None) };
    Ok(Some(Location { latitude, longitude, precision: precision.maybe_word(LocationPrecision::parse)? }))
}
