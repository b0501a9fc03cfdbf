//! Table `authorities`.

use domain::{Authority, AuthorityKind, AuthorityLevel, Head, Shape, authority};

use crate::{StoreError, entity::authorities::Column, noun::Table, row::Row, view::AnyIden};

impl Table for Authority {
    const SHAPE: &'static Shape = &authority::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Column::Level, &Column::Kind];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [level, kind] = row.cells();
        Ok(Authority { head, level: level.word(AuthorityLevel::parse)?, kind: kind.word(AuthorityKind::parse)? })
    }
}
