//! Tables `partners` and `school_partners`.

use domain::{
    Head, Partner, PartnerConditions, PartnerKind, School, SchoolPartner, SchoolPartnerKind, Shape, View, partner,
};

use crate::{StoreError, noun::Table, relation::Ties, row::Row, sql::Sql};

impl Table for Partner {
    const SHAPE: &'static Shape = &partner::SHAPE;
    type Conditions = PartnerConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Partner { head, kinds: row.words("kinds", PartnerKind::parse)? })
    }

    fn narrow(is: &PartnerConditions, view: View, sql: &mut Sql) {
        let PartnerConditions { kind, alliance, school } = is;
        if let Some(kinds) = kind {
            faceted(sql, "kinds", kinds.iter().map(|kind| kind.word()), view);
        }
        if let Some(alliance) = alliance {
            sql.put(" AND c.id IN (SELECT m.member_id FROM alliance_members m WHERE m.alliance_id = ");
            sql.bind(alliance.raw).put(" AND ").holds("m", view).put(")");
        }
        if let Some(school) = school {
            sql.put(" AND c.id IN (SELECT p.partner_id FROM school_partners p WHERE p.school_id = ");
            sql.bind(school.raw).put(" AND ").holds("p", view).put(")");
        }
    }
}

/// Adds ` AND …` for "a list of words has one of these".
pub(crate) fn faceted(sql: &mut Sql, facet: &str, words: impl Iterator<Item = &'static str>, view: View) {
    sql.put(&format!(" AND c.id IN (SELECT f.id FROM facets f WHERE f.facet = '{facet}' AND "));
    sql.one_of("f.word", words).put(" AND ").known("f", view).put(")");
}

/// The partners of a school outside any alliance.
#[derive(Debug, Clone, Copy)]
pub struct PartnersOfSchool;

/// The schools of a partner outside any alliance.
#[derive(Debug, Clone, Copy)]
pub struct SchoolsOfPartner;

impl Ties for PartnersOfSchool {
    type Node = Partner;
    type Tie = SchoolPartner;
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn ties(view: View, parents: &[i64], sql: &mut Sql) {
        ties(view, parents, "school_id", "partner_id", sql);
    }

    fn tie(row: &Row<'_>) -> Result<SchoolPartner, StoreError> {
        tie(row)
    }
}

impl Ties for SchoolsOfPartner {
    type Node = School;
    type Tie = SchoolPartner;
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn ties(view: View, parents: &[i64], sql: &mut Sql) {
        ties(view, parents, "partner_id", "school_id", sql);
    }

    fn tie(row: &Row<'_>) -> Result<SchoolPartner, StoreError> {
        tie(row)
    }
}

const COLUMNS: &[&str] = &["kind", "stated_since"];

fn ties(view: View, parents: &[i64], from: &str, to: &str, sql: &mut Sql) {
    sql.put(&format!("SELECT p.{from} AS parent, p.{to} AS child, p.id AS fact, '' AS natural_key, "));
    sql.put("p.valid_from AS since, p.kind, p.since AS stated_since FROM school_partners p WHERE ");
    sql.among(&format!("p.{from}"), parents).put(" AND ").holds("p", view);
}

fn tie(row: &Row<'_>) -> Result<SchoolPartner, StoreError> {
    Ok(SchoolPartner {
        id: row.get("t_fact")?,
        kind: row.word("t_kind", SchoolPartnerKind::parse)?,
        since: row.date("t_stated_since")?,
    })
}
