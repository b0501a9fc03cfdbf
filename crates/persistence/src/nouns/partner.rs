//! Tables `partners` and `school_partners`.

use domain::{Head, Kind, Partner, PartnerKind, SchoolPartner, SchoolPartnerKind, Shape, partner};
use sea_orm::{
    DeriveIden,
    sea_query::{ExprTrait, SelectStatement},
};

use crate::{
    StoreError,
    entity::facets,
    location::read_location,
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::{AnyIden, Scope, Sees, col, literal},
};

/// Table `partners`.
#[derive(Clone, Copy, DeriveIden)]
enum Partners {
    Table,
    Id,
    FactId,
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

/// Schools and the kinds of the partners to which they are tied outside any alliance, as `owner` and `value`.
pub(super) fn select_partner_kinds(scope: &Scope) -> SelectStatement {
    let mut select = scope.select_from(SchoolPartners::Table, "m", Sees::Holding);
    let is_partner = col("p", Partners::Id).eq(col("m", SchoolPartners::PartnerId));
    scope.join(&mut select, Partners::Table, "p", is_partner, Sees::Shown);
    let is_kind = col("f", facets::Column::Id).eq(col("p", Partners::FactId));
    scope.join(&mut select, facets::Entity, "f", is_kind, Sees::Known);
    select.and_where(col("f", facets::Column::Facet).eq(literal("kinds")));
    select.expr_as(col("m", SchoolPartners::SchoolId), "owner").expr_as(col("f", facets::Column::Word), "value");
    select
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
