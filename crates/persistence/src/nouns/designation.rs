//! Tables `designations` and `school_designations`.

use domain::{Designation, DesignationLevel, Head, Kind, SchoolDesignation, Shape, designation};
use sea_orm::DeriveIden;

use crate::{
    StoreError,
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::AnyIden,
};

/// Table `designations`.
#[derive(Clone, Copy, DeriveIden)]
enum Designations {
    Level,
    AwardingBody,
}

/// Table `school_designations`.
#[derive(Clone, Copy, DeriveIden)]
enum SchoolDesignations {
    Table,
    SchoolId,
    DesignationId,
    AwardedOn,
}

impl Table for Designation {
    const SHAPE: &'static Shape = &designation::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Designations::Level, &Designations::AwardingBody];

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
    source: TieSource::Table(TieTable::new(
        &SchoolDesignations::Table,
        (Kind::School, &SchoolDesignations::SchoolId),
        (Kind::Designation, &SchoolDesignations::DesignationId),
    )),
    columns: &[&SchoolDesignations::AwardedOn],
    read: |id, row| {
        let [awarded_on] = row.cells();
        Ok(SchoolDesignation { id, awarded_on: awarded_on.date()? })
    },
};
