//! Tables `groups` and `memberships`.

use domain::{Group, GroupConditions, GroupStatus, Head, Membership, MembershipRole, School, Shape, View, group};

use crate::{StoreError, alliance::served, noun::Table, place::owned, relation::Ties, row::Row, sql::Sql};

impl Table for Group {
    const SHAPE: &'static Shape = &group::SHAPE;
    type Conditions = GroupConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Group {
            head,
            lead_school: row.maybe_id("lead_school_id")?,
            status: row.word("status", GroupStatus::parse)?,
            reported_branches: row.number("reported_branches")?,
            reported_sites: row.number("reported_sites")?,
            reported_member_schools: row.number("reported_member_schools")?,
            district: row.maybe_id("district_id")?,
        })
    }

    fn narrow(is: &GroupConditions, view: View, sql: &mut Sql) {
        let GroupConditions { status, district, school, alliance } = is;
        if let Some(statuses) = status {
            sql.put(" AND ").one_of("c.status", statuses.iter().map(|status| status.word()));
        }
        if let Some(district) = district {
            sql.put(" AND c.district_id = ").bind(district.raw);
        }
        if let Some(school) = school {
            sql.put(" AND c.id IN (SELECT m.group_id FROM memberships m WHERE m.school_id = ").bind(school.raw);
            sql.put(" AND ").holds("m", view).put(")");
        }
        if let Some(alliance) = alliance {
            served(sql, alliance.raw, view);
        }
    }
}

owned! {
    /// The groups of a district.
    GroupsOfDistrict: Group, "groups"."district_id";
}

/// The schools of a group, the lead school first.
#[derive(Debug, Clone, Copy)]
pub struct SchoolsOfGroup;

/// The groups of a school: those it leads first, then by role, by the day it joined, and by name.
#[derive(Debug, Clone, Copy)]
pub struct GroupsOfSchool;

impl Ties for SchoolsOfGroup {
    type Node = School;
    type Tie = Membership;
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn ties(view: View, parents: &[i64], sql: &mut Sql) {
        let lead_first = "CASE m.role WHEN 'lead' THEN '0' ELSE '1' END";
        ties(view, parents, "group_id", "school_id", lead_first, sql);
    }

    fn tie(row: &Row<'_>) -> Result<Membership, StoreError> {
        tie(row)
    }
}

impl Ties for GroupsOfSchool {
    type Node = Group;
    type Tie = Membership;
    const COLUMNS: &'static [&'static str] = COLUMNS;

    fn ties(view: View, parents: &[i64], sql: &mut Sql) {
        ties(view, parents, "school_id", "group_id", &standing("m"), sql);
    }

    fn tie(row: &Row<'_>) -> Result<Membership, StoreError> {
        tie(row)
    }
}

const COLUMNS: &[&str] = &["role", "joined_on", "left_on", "as_of"];

/// What the memberships of a school are compared by before the names of the groups: the role, in the order of the
/// vocabulary, and then the day on which it joined; one that no source states comes last.
pub(crate) fn standing(table: &str) -> String {
    let ranks = MembershipRole::WORDS.iter().enumerate();
    let ranks: String = ranks.map(|(rank, role)| format!(" WHEN '{role}' THEN '{rank}'")).collect();
    format!(
        "CASE {table}.role{ranks} END || CASE WHEN {table}.joined_on IS NULL OR {table}.valid_from = '0001-01-01' THEN '9999-12-31' ELSE {table}.valid_from END"
    )
}

fn ties(view: View, parents: &[i64], from: &str, to: &str, key: &str, sql: &mut Sql) {
    sql.put(&format!("SELECT m.{from} AS parent, m.{to} AS child, m.id AS fact, "));
    sql.put(key).put(" AS natural_key, m.valid_from AS since, ");
    sql.put("m.role, m.joined_on, m.left_on, m.as_of FROM memberships m WHERE ");
    sql.among(&format!("m.{from}"), parents).put(" AND ").holds("m", view);
}

fn tie(row: &Row<'_>) -> Result<Membership, StoreError> {
    Ok(Membership {
        id: row.get("t_fact")?,
        role: row.word("t_role", MembershipRole::parse)?,
        joined_on: row.date("t_joined_on")?,
        left_on: row.date("t_left_on")?,
        as_of: row.date("t_as_of")?,
    })
}
