//! Tables `partners` and `school_partners`.

use domain::{Head, Kind, Partner, PartnerKind, SchoolPartner, SchoolPartnerKind, Shape, partner};
use sea_orm::DeriveIden;

use crate::{
    StoreError,
    location::read_location,
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::AnyIden,
};

/// Table `partners`.
#[derive(Clone, Copy, DeriveIden)]
enum Partners {
    Kinds,
    Latitude,
    Longitude,
    LocationPrecision,
    LocationConfidence,
}

/// Table `school_partners`.
#[derive(Clone, Copy, DeriveIden)]
pub(super) enum SchoolPartners {
    Table,
    SchoolId,
    PartnerId,
    Kind,
    Since,
    Until,
}

impl Table for Partner {
    const SHAPE: &'static Shape = &partner::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[
        &Partners::Kinds,
        &Partners::Latitude,
        &Partners::Longitude,
        &Partners::LocationPrecision,
        &Partners::LocationConfidence,
    ];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [kinds] = row.cells();
        Ok(Partner { head, kinds: kinds.words(PartnerKind::parse)?, location: read_location(row.cells())? })
    }
}

/// Schools and their partners outside any alliance, the school first.
pub(crate) static SCHOOL_PARTNERS: Tie<SchoolPartner> = Tie {
    name: "school_partners",
    source: TieSource::Table(TieTable::new(
        &SchoolPartners::Table,
        (Kind::School, &SchoolPartners::SchoolId),
        (Kind::Partner, &SchoolPartners::PartnerId),
    )),
    columns: &[&SchoolPartners::Kind, &SchoolPartners::Since, &SchoolPartners::Until],
    read: |id, row| {
        let [kind, since, until] = row.cells();
        let kind = kind.word(SchoolPartnerKind::parse)?;
        Ok(SchoolPartner { id, kind, since: since.date()?, until: until.date()? })
    },
};
