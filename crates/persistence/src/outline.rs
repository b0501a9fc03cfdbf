//! Outlines of areas, as rows state them.

use domain::{Geometry, Outline, OutlineBasis, OutlineConfidence};

use crate::{StoreError, row::Cell};

/// The outline that the columns of a geometry, a basis and a confidence state.
pub(crate) fn read_outline([geometry, basis, confidence]: [Cell<'_>; 3]) -> Result<Option<Outline>, StoreError> {
    let geometry = geometry.maybe_word(|text| Geometry::parse(text).ok())?;
    let (Some(geometry), Some(basis)) = (geometry, basis.maybe_word(OutlineBasis::parse)?) else { return Ok(None) };
    Ok(Some(Outline { geometry, basis, confidence: confidence.maybe_word(OutlineConfidence::parse)? }))
}
