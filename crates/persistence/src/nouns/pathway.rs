//! Table `pathways`.

use domain::{AnyId, Head, Kind, Pathway, Shape, pathway};
use sea_orm::DeriveIden;

use crate::{StoreError, noun::Table, row::Row, tie::Tie, view::AnyIden};

/// Table `pathways`.
#[derive(Clone, Copy, DeriveIden)]
enum Pathways {
    Years,
    ScopeType,
    ScopeId,
}

impl Table for Pathway {
    const SHAPE: &'static Shape = &pathway::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Pathways::Years, &Pathways::ScopeType, &Pathways::ScopeId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [years, scope_type, scope] = row.cells();
        let scope = AnyId { kind: scope_type.word(Kind::named)?, raw: scope.number()? };
        Ok(Pathway { head, years: years.value()?, scope })
    }
}

/// The pathways of a district, group or school, read from it.
pub(crate) static PATHWAY_OF: Tie<i64> = Tie::owner("pathway_of", &Pathways::ScopeId);
