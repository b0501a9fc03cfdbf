//! Tables `partners` and `school_partners`.

use domain::{Head, Partner, PartnerKind, SchoolPartner, SchoolPartnerKind, Shape, partner};

use crate::{
    StoreError,
    entity::{partners::Column, school_partners},
    noun::Table,
    row::Row,
    tie::{Tie, TieSource, TieTable},
    view::AnyIden,
};

impl Table for Partner {
    const SHAPE: &'static Shape = &partner::SHAPE;
    const COLUMNS: &'static [AnyIden] = &[&Column::Kinds];

    fn read(head: Head, row: &mut Row<'_>) -> Result<Self, StoreError> {
        let [kinds] = row.cells();
        Ok(Partner { head, kinds: kinds.words(PartnerKind::parse)? })
    }
}

/// Schools and their partners outside any alliance, the school first.
pub(crate) static SCHOOL_PARTNERS: Tie<SchoolPartner> = Tie {
    name: "school_partners",
    source: TieSource::Table(TieTable {
        table: &school_partners::Entity,
        from: &school_partners::Column::SchoolId,
        to: &school_partners::Column::PartnerId,
        to_kind: None,
        rank: [None, None],
    }),
    columns: &[&school_partners::Column::Kind, &school_partners::Column::Since, &school_partners::Column::Until],
    read: |id, row| {
        let [kind, since, until] = row.cells();
        let kind = kind.word(SchoolPartnerKind::parse)?;
        Ok(SchoolPartner { id, kind, since: since.date()?, until: until.date()? })
    },
};
