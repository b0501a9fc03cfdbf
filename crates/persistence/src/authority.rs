//! Table `authorities`.

use domain::{Authority, AuthorityConditions, AuthorityKind, AuthorityLevel, Head, Shape, View, authority};

use crate::{StoreError, noun::Table, row::Row, sql::Sql};

impl Table for Authority {
    const SHAPE: &'static Shape = &authority::SHAPE;
    type Conditions = AuthorityConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Authority {
            head,
            level: row.word("level", AuthorityLevel::parse)?,
            kind: row.word("kind", AuthorityKind::parse)?,
        })
    }

    fn narrow(is: &AuthorityConditions, _: View, sql: &mut Sql) {
        let AuthorityConditions { level, kind } = is;
        if let Some(levels) = level {
            sql.put(" AND ").one_of("c.level", levels.iter().map(|level| level.word()));
        }
        if let Some(kinds) = kind {
            sql.put(" AND ").one_of("c.kind", kinds.iter().map(|kind| kind.word()));
        }
    }
}
