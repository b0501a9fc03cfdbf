//! Tables `campuses` and `site_uses`.

use domain::{
    AddressConfidence, AnyId, Campus, CampusConditions, CampusStatus, Head, HostedSiteUse, Id, Kind, Shape, SiteUse,
    View, campus, fact::day_text,
};

use crate::{
    StoreError,
    noun::Table,
    parts::List,
    place::{owned, stands, within},
    relation::Ties,
    row::Row,
    school::DATED,
    sql::Sql,
};

impl Table for Campus {
    const SHAPE: &'static Shape = &campus::SHAPE;
    type Conditions = CampusConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Campus {
            head,
            school: row.id("school_id")?,
            address_zh: row.stated("address_zh")?,
            address_confidence: row.maybe_word("address_confidence", AddressConfidence::parse)?,
            township: row.maybe_id("township_id")?,
            status: row.word("status", CampusStatus::parse)?,
            opened_on: row.date("opened_on")?,
            due_on: row.date("due_on")?,
        })
    }

    fn narrow(is: &CampusConditions, view: View, sql: &mut Sql) {
        let CampusConditions { status, school, township, region, district } = is;
        if let Some(statuses) = status {
            had_status(statuses, view, sql);
        }
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

    fn asks_for_planned(is: &CampusConditions) -> bool {
        is.status.as_ref().is_some_and(|statuses| statuses.contains(&CampusStatus::Planned))
    }
}

/// Adds ` AND …` for "on the view's day its status was one of these": what [`Campus::status_on`] says, in SQL.
fn had_status(statuses: &[CampusStatus], view: View, sql: &mut Sql) {
    let day = day_text(view.day);
    sql.put(" AND CASE WHEN c.valid_from > ").bind(day.as_str());
    sql.put(" THEN CASE WHEN c.known_day <= ").bind(day.as_str()).put(" THEN 'planned' ELSE '' END");
    sql.put(" WHEN c.valid_to <= ").bind(day.as_str()).put(" THEN ''");
    sql.put(&format!(" WHEN {DATED} THEN 'open' ELSE COALESCE(c.status, '') END IN ("));
    sql.words(statuses.iter().map(|status| status.word())).put(")");
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
