//! Tables `designations` and `school_designations`.

use domain::{Designation, DesignationLevel, Head, SchoolDesignation, Shape, designation};

use crate::{
    StoreError,
    entity::{designations::Column, school_designations},
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::AnyIden,
};

impl Table for Designation {
    const SHAPE: &'static Shape = &designation::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Column::Level, &Column::AwardingBody];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [level, awarding_body] = row.cells();
        Ok(Designation {
            head,
            level: level.word(DesignationLevel::parse)?,
            awarding_body: awarding_body.maybe_text()?,
        })
    }
}

/// Schools and the designations they were given, the school first.
pub(crate) static SCHOOL_DESIGNATIONS: Tie<SchoolDesignation> = Tie {
    name: "school_designations",
    source: TieSource::Table(TieTable {
        table: &school_designations::Entity,
        from: &school_designations::Column::SchoolId,
        to: &school_designations::Column::DesignationId,
        to_kind: None,
        rank: [None, None],
    }),
    columns: &[&school_designations::Column::AwardedOn],
    read: |id, row| {
        let [awarded_on] = row.cells();
        Ok(SchoolDesignation { id, awarded_on: awarded_on.date()? })
    },
};
