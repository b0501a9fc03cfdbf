//! Tables `campuses` and `site_uses`.

use domain::{AddressConfidence, AnyId, Campus, CampusIs, Head, HostedSiteUse, Id, Kind, Shape, SiteUse, View, campus};

use crate::{
    StoreError,
    noun::Table,
    parts::List,
    place::{owned, stands, within},
    relation::Ties,
    row::Row,
    sql::Sql,
};

impl Table for Campus {
    const SHAPE: &'static Shape = &campus::SHAPE;
    type Is = CampusIs;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Campus {
            head,
            school: row.id("school_id")?,
            address_zh: row.stated("address_zh")?,
            address_confidence: row.maybe_word("address_confidence", AddressConfidence::parse)?,
            township: row.maybe_id("township_id")?,
        })
    }

    fn narrow(is: &CampusIs, view: View, sql: &mut Sql) {
        let CampusIs { school, township, region, district } = is;
        if let Some(school) = school {
            sql.put(" AND c.school_id = ").bind(school.raw);
        }
        if let Some(township) = township {
            sql.put(" AND c.township_id = ").bind(township.raw);
        }
        if let Some(region) = region {
            sql.put(" AND ");
            stands(sql, "c.township_id", "region_id", region.raw, view);
        }
        if let Some(district) = district {
            sql.put(" AND ");
            stands(sql, "c.township_id", "district_id", district.raw, view);
        }
    }
}

owned! {
    /// The campuses of a school.
    CampusesOfSchool: Campus, "campuses"."school_id";
    /// The campuses that stand in a township.
    CampusesOfTownship: Campus, "campuses"."township_id";
}

within! {
    /// The campuses that stand in a township of a district.
    CampusesOfDistrict: Campus, "campuses" by "district_id";
    /// The campuses that stand in a township of a region.
    CampusesOfRegion: Campus, "campuses" by "region_id";
}

impl List for SiteUse {
    fn select(view: View, owners: &[i64], sql: &mut Sql) {
        sql.put("SELECT u.school_id AS owner, u.* FROM site_uses u WHERE ").among("u.school_id", owners);
        sql.put(" AND ").holds("u", view).put(" ORDER BY u.school_id, u.site_use_id");
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        let kind = row.word("host_type", Kind::named)?;
        Ok(SiteUse {
            id: row.get("id")?,
            school: Id::from_raw(row.get("school_id")?),
            host: AnyId { kind, raw: row.get("host_id")? },
            grade: row.stated("grade")?,
            purpose: row.stated("purpose")?,
            as_of: row.date("as_of")?,
        })
    }
}

impl List for HostedSiteUse {
    fn select(view: View, owners: &[i64], sql: &mut Sql) {
        sql.put("SELECT u.host_id AS owner, u.* FROM site_uses u WHERE ").among("u.host_id", owners);
        sql.put(" AND ").holds("u", view).put(" ORDER BY u.host_id, u.site_use_id");
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        SiteUse::read(row).map(HostedSiteUse)
    }
}
