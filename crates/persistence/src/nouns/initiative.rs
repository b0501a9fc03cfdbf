//! Tables `initiatives` and `initiative_subjects`.

use domain::{Head, Initiative, InitiativeKind, Kind, Shape, initiative};
use sea_orm::DeriveIden;

use crate::{
    StoreError,
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable, read_identity},
    view::AnyIden,
};

/// Table `initiatives`.
#[derive(Clone, Copy, DeriveIden)]
enum Initiatives {
    Kind,
    DistrictId,
}

/// Table `initiative_subjects`.
#[derive(Clone, Copy, DeriveIden)]
enum InitiativeSubjects {
    Table,
    InitiativeId,
    SubjectType,
    SubjectId,
}

impl Table for Initiative {
    const SHAPE: &'static Shape = &initiative::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Initiatives::Kind, &Initiatives::DistrictId];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [kind, district] = row.cells();
        Ok(Initiative { head, kind: kind.word(InitiativeKind::parse)?, district: district.maybe_id()? })
    }
}

/// Initiatives and what they concern, the initiative first.
pub(crate) static INITIATIVE_SUBJECTS: Tie<i64> = Tie {
    name: "initiative_subjects",
    source: TieSource::Table(TieTable {
        to_kind: Some(&InitiativeSubjects::SubjectType),
        ..TieTable::new(
            &InitiativeSubjects::Table,
            (Kind::Initiative, &InitiativeSubjects::InitiativeId),
            (Kind::Region, &InitiativeSubjects::SubjectId),
        )
    }),
    columns: &[],
    read: read_identity,
};
