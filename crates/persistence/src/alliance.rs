//! Tables `alliances`, `alliance_members`, `alliance_functions`, `alliance_categories`.

use domain::{
    Alliance, AllianceCategory, AllianceConditions, AllianceFunction, AllianceKind, AllianceRole, AllianceScope,
    AllianceStatus, AllianceTie, Basis, Group, Head, Partner, ResourceCategory, School, Shape, View, alliance,
    fact::day_text,
};

use crate::{StoreError, noun::Table, parts::List, place::owned, relation::Ties, row::Row, sql::Sql};

impl Table for Alliance {
    const SHAPE: &'static Shape = &alliance::SHAPE;
    type Conditions = AllianceConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Alliance {
            head,
            kind: row.word("kind", AllianceKind::parse)?,
            established_on: row.date("established_on")?,
            scope: row.word("scope", AllianceScope::parse)?,
            status: row.word("status", AllianceStatus::parse)?,
            district: row.maybe_id("district_id")?,
        })
    }

    fn narrow(is: &AllianceConditions, view: View, sql: &mut Sql) {
        let AllianceConditions { kind, scope, status, district, partner, group } = is;
        if let Some(kinds) = kind {
            sql.put(" AND ").one_of("c.kind", kinds.iter().map(|kind| kind.word()));
        }
        if let Some(scopes) = scope {
            sql.put(" AND ").one_of("c.scope", scopes.iter().map(|scope| scope.word()));
        }
        if let Some(statuses) = status {
            had_status(statuses, view, sql);
        }
        if let Some(district) = district {
            sql.put(" AND c.district_id = ").bind(district.raw);
        }
        if let Some(partner) = partner {
            sql.put(" AND c.id IN (SELECT m.alliance_id FROM alliance_members m WHERE m.member_id = ");
            sql.bind(partner.raw).put(" AND ").holds("m", view).put(")");
        }
        if let Some(group) = group {
            sql.put(" AND (c.id IN (SELECT m.alliance_id FROM alliance_members m WHERE m.member_id = ");
            sql.bind(group.raw).put(" AND ").holds("m", view);
            sql.put(&format!(") OR (c.scope = 'district' AND {} AND c.district_id IN ", established("c")));
            sql.put("(SELECT g.district_id FROM groups g WHERE g.id = ");
            sql.bind(group.raw).put(" AND ").known("g", view).put(")))");
        }
    }

    fn asks_for_planned(is: &AllianceConditions) -> bool {
        is.status.as_ref().is_some_and(|statuses| statuses.contains(&AllianceStatus::Proposed))
    }
}

/// Adds ` AND …` for "on the view's day its status was one of these": what [`Alliance::status_on`] says, in SQL.
fn had_status(statuses: &[AllianceStatus], view: View, sql: &mut Sql) {
    let day = day_text(view.day);
    sql.put(" AND CASE WHEN c.valid_from > ").bind(day.as_str()).put(" THEN 'proposed' WHEN ").put(&established("c"));
    sql.put(" AND c.valid_to > ").bind(day.as_str()).put(" THEN 'established' ELSE c.status END IN (");
    sql.words(statuses.iter().map(|status| status.word())).put(")");
}

/// The condition that an alliance that is on the map of the day is established by then.
fn established(table: &str) -> String {
    format!(
        "({table}.status = 'established' OR ({table}.status = 'proposed' AND {table}.stated_from IS NOT NULL \
         AND {table}.stated_from NOT LIKE '__-%'))"
    )
}

/// Adds ` AND …` for "this alliance has it as a member, or serves its district".
pub(crate) fn served(sql: &mut Sql, alliance: i64, view: View) {
    sql.put(" AND (c.id IN (SELECT m.member_id FROM alliance_members m WHERE m.alliance_id = ");
    sql.bind(alliance).put(" AND ").holds("m", view);
    sql.put(") OR c.district_id IN (SELECT a.district_id FROM alliances a WHERE a.scope = 'district' AND ");
    sql.put(&established("a")).put(" AND a.id = ");
    sql.bind(alliance).put(" AND ").holds("a", view).put("))");
}

owned! {
    /// The alliances of a district.
    AlliancesOfDistrict: Alliance, "alliances"."district_id";
}

/// Declares the ties between alliances and one kind of member.
macro_rules! ties {
    ($($(#[$doc:meta])* $relation:ident: $node:ty, $write:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $relation;

        impl Ties for $relation {
            type Node = $node;
            type Tie = AllianceTie;
            const COLUMNS: &'static [&'static str] = &["cited", "basis", "role"];

            fn ties(view: View, parents: &[i64], sql: &mut Sql) {
                let write: fn(View, &[i64], &mut Sql) = $write;
                write(view, parents, sql);
            }

            fn tie(row: &Row<'_>) -> Result<AllianceTie, StoreError> {
                Ok(AllianceTie {
                    id: row.get("t_cited")?,
                    basis: row.word("t_basis", Basis::parse)?,
                    role: row.maybe_word("t_role", AllianceRole::parse)?,
                })
            }
        }
    )+};
}

ties! {
    /// The partners of an alliance.
    PartnersOfAlliance: Partner, |view, parents, sql| members(view, parents, "partner", sql);
    /// The groups of an alliance: its members, then those of the district it serves.
    GroupsOfAlliance: Group, |view, parents, sql| {
        members(view, parents, "group", sql);
        serves(view, parents, "groups", true, sql);
    };
    /// The schools of an alliance: its members, then those of the district it serves.
    SchoolsOfAlliance: School, |view, parents, sql| {
        members(view, parents, "school", sql);
        serves(view, parents, "schools", true, sql);
    };
    /// The alliances of a partner.
    AlliancesOfPartner: Alliance, |view, parents, sql| member_of(view, parents, sql);
    /// The alliances of a group: those it is a member of, then those that serve its district.
    AlliancesOfGroup: Alliance, |view, parents, sql| {
        member_of(view, parents, sql);
        serves(view, parents, "groups", false, sql);
    };
    /// The alliances of a school: those it is itself a member of, then those that serve its district.
    AlliancesOfSchool: Alliance, |view, parents, sql| {
        member_of(view, parents, sql);
        serves(view, parents, "schools", false, sql);
    };
}

fn members(view: View, alliances: &[i64], kind: &str, sql: &mut Sql) {
    sql.put("SELECT m.alliance_id AS parent, m.member_id AS child, m.id AS fact, m.id AS cited, '0' AS natural_key, ");
    sql.put("m.valid_from AS since, 'member' AS basis, m.role FROM alliance_members m WHERE ");
    sql.put(&format!("m.member_type = '{kind}' AND ")).among("m.alliance_id", alliances).put(" AND ").holds("m", view);
}

fn member_of(view: View, members: &[i64], sql: &mut Sql) {
    sql.put("SELECT m.member_id AS parent, m.alliance_id AS child, m.id AS fact, m.id AS cited, '0' AS natural_key, ");
    sql.put("m.valid_from AS since, 'member' AS basis, m.role FROM alliance_members m WHERE ");
    sql.among("m.member_id", members).put(" AND ").holds("m", view);
}

/// Adds the ties that come from serving a district, except where a membership ties the two already.
///
/// What is cited is the alliance's own record, since its scope is what ties them. Seen from the alliance that would be
/// the same for every child, so the child's identity keeps the places apart.
fn serves(view: View, parents: &[i64], table: &str, from_alliance: bool, sql: &mut Sql) {
    let (parent, child) = if from_alliance { ("a.id", "d.id") } else { ("d.id", "a.id") };
    sql.put(&format!(
        " UNION ALL SELECT {parent} AS parent, {child} AS child, {child} AS fact, a.id AS cited, '1' AS natural_key, "
    ));
    sql.put("CASE WHEN a.valid_from > d.valid_from THEN a.valid_from ELSE d.valid_from END AS since, ");
    sql.put("'serves' AS basis, NULL AS role ");
    sql.put(&format!(
        "FROM alliances a JOIN {table} d ON d.district_id = a.district_id WHERE a.scope = 'district' AND "
    ));
    sql.put(&established("a")).put(" AND ");
    sql.among(parent, parents).put(" AND ").holds("a", view).put(" AND ").holds("d", view);
    sql.put(" AND NOT EXISTS (SELECT 1 FROM alliance_members m WHERE m.alliance_id = a.id AND m.member_id = d.id AND ");
    sql.holds("m", view).put(")");
}

impl List for AllianceFunction {
    fn select(view: View, owners: &[i64], sql: &mut Sql) {
        sql.put("SELECT f.alliance_id AS owner, f.id, f.seq, f.text_en FROM alliance_functions f WHERE ");
        sql.among("f.alliance_id", owners).put(" AND ").holds("f", view).put(" ORDER BY f.alliance_id, f.seq, f.id");
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(AllianceFunction {
            id: row.get("id")?,
            seq: row.number("seq")?.unwrap_or_default(),
            text_en: row.text("text_en")?,
        })
    }
}

impl List for AllianceCategory {
    fn select(view: View, owners: &[i64], sql: &mut Sql) {
        sql.put("SELECT k.alliance_id AS owner, k.id, k.category FROM alliance_categories k WHERE ");
        sql.among("k.alliance_id", owners).put(" AND ").holds("k", view).put(" ORDER BY k.alliance_id, k.category");
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(AllianceCategory { id: row.get("id")?, category: row.word("category", ResourceCategory::parse)? })
    }
}
