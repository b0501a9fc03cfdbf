//! Table `authorities`.

use domain::{Authority, AuthorityKind, AuthorityLevel, Head, Shape, authority};
use sea_orm::DeriveIden;

use crate::{StoreError, noun::Table, row::Row, view::AnyIden};

/// Table `authorities`.
#[derive(Clone, Copy, DeriveIden)]
enum Authorities {
    Level,
    Kind,
}

impl Table for Authority {
    const SHAPE: &'static Shape = &authority::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Authorities::Level, &Authorities::Kind];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [level, kind] = row.cells();
        Ok(Authority { head, level: level.word(AuthorityLevel::parse)?, kind: kind.word(AuthorityKind::parse)? })
    }
}
