//! Tables `schools`, `school_links` and `successions`.

use domain::{
    Head, Ownership, School, SchoolConditions, SchoolLink, SchoolLinkBasis, SchoolLinkKind, SchoolStatus, SchoolType,
    Shape, Stage, Succession, SuccessionKind, View, fact::day_text, school,
};

use crate::{
    StoreError,
    alliance::served,
    noun::Table,
    partner::faceted,
    place::{owned, stands, within},
    relation::Ties,
    row::Row,
    sql::Sql,
};

impl Table for School {
    const SHAPE: &'static Shape = &school::SHAPE;
    type Conditions = SchoolConditions;

    fn read(head: Head, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(School {
            head,
            ownership: row.word("ownership", Ownership::parse)?,
            stages: row.words("phases", Stage::parse)?,
            school_type: row.word("school_type", SchoolType::parse)?,
            status: row.word("status", SchoolStatus::parse)?,
            junior_code: row.stated("junior_code_2025")?,
            senior_code: row.stated("senior_code")?,
            township: row.maybe_id("township_id")?,
            district: row.maybe_id("district_id")?,
            opened_on: row.date("opened_on")?,
            closed_on: row.date("closed_on")?,
            note: row.stated("note")?,
        })
    }

    fn narrow(is: &SchoolConditions, view: View, sql: &mut Sql) {
        let SchoolConditions {
            stage,
            ownership,
            school_type,
            status,
            code,
            district,
            region,
            township,
            campus_district,
            campus_region,
            campus_township,
            group,
            alliance,
            partner,
            has_group,
        } = is;
        if let Some(stages) = stage {
            faceted(sql, "phases", stages.iter().map(|stage| stage.word()), view);
        }
        if let Some(ownerships) = ownership {
            sql.put(" AND ").one_of("c.ownership", ownerships.iter().map(|ownership| ownership.word()));
        }
        if let Some(types) = school_type {
            sql.put(" AND ").one_of("c.school_type", types.iter().map(|one| one.word()));
        }
        if let Some(statuses) = status {
            had_status(statuses, view, sql);
        }
        if let Some(code) = code {
            sql.put(" AND (c.junior_code_2025 = ").bind(code.as_str());
            sql.put(" OR c.senior_code = ").bind(code.as_str()).put(")");
        }
        if let Some(district) = district {
            sql.put(" AND c.district_id = ").bind(district.raw);
        }
        if let Some(region) = region {
            sql.put(" AND ");
            stands(sql, "c.township_id", "region_id", region.raw, view);
        }
        if let Some(township) = township {
            sql.put(" AND c.township_id = ").bind(township.raw);
        }
        if let Some(district) = campus_district {
            has_campus(sql, view, |sql| stands(sql, "k.township_id", "district_id", district.raw, view));
        }
        if let Some(region) = campus_region {
            has_campus(sql, view, |sql| stands(sql, "k.township_id", "region_id", region.raw, view));
        }
        if let Some(township) = campus_township {
            has_campus(sql, view, |sql| {
                sql.put("k.township_id = ").bind(township.raw);
            });
        }
        if let Some(group) = group {
            sql.put(" AND c.id IN (SELECT m.school_id FROM memberships m WHERE m.group_id = ").bind(group.raw);
            sql.put(" AND ").holds("m", view).put(")");
        }
        if let Some(alliance) = alliance {
            served(sql, alliance.raw, view);
        }
        if let Some(partner) = partner {
            sql.put(" AND c.id IN (SELECT p.school_id FROM school_partners p WHERE p.partner_id = ").bind(partner.raw);
            sql.put(" AND ").holds("p", view).put(")");
        }
        if let Some(has_group) = has_group {
            sql.put(if *has_group { " AND EXISTS (" } else { " AND NOT EXISTS (" });
            sql.put("SELECT 1 FROM memberships m WHERE m.school_id = c.id AND ").holds("m", view).put(")");
        }
    }

    fn asks_for_planned(is: &SchoolConditions) -> bool {
        is.status.as_ref().is_some_and(|statuses| statuses.contains(&SchoolStatus::Planned))
    }
}

/// Adds ` AND …` for "on the view's day its status was one of these": what [`School::status_on`] says, in SQL.
fn had_status(statuses: &[SchoolStatus], view: View, sql: &mut Sql) {
    let day = day_text(view.day);
    let is_rare = |status: &SchoolStatus| status.is_past() || *status == SchoolStatus::Planned;
    if statuses.iter().all(is_rare) {
        // Implied by what follows, and served by the indexes on what is recorded.
        sql.put(" AND (").one_of("c.status", statuses.iter().map(|status| status.word()));
        if statuses.contains(&SchoolStatus::Planned) {
            sql.put(" OR c.valid_from > ").bind(day.as_str());
        }
        if statuses.contains(&SchoolStatus::Closed) {
            sql.put(" OR c.valid_to <= ").bind(day.as_str());
        }
        sql.put(")");
    }
    let past = "c.status IN ('renamed', 'merged', 'closed')";
    sql.put(" AND CASE WHEN c.valid_from > ").bind(day.as_str());
    sql.put(" THEN CASE WHEN c.known_day <= ").bind(day.as_str()).put(" THEN 'planned' ELSE '' END");
    sql.put(" WHEN c.valid_to <= ").bind(day.as_str());
    sql.put(&format!(" THEN CASE WHEN {past} THEN c.status ELSE 'closed' END"));
    sql.put(&format!(" WHEN {past} AND c.valid_to <> '9999-12-31' THEN 'open'"));
    sql.put(&format!(" WHEN COALESCE(c.status, 'planned') = 'planned' AND {DATED} THEN 'open'"));
    sql.put(" ELSE COALESCE(c.status, '') END IN (").words(statuses.iter().map(|status| status.word())).put(")");
}

/// What `Span::is_begin_dated` says, in SQL: a date without a year begins with a month.
pub(crate) const DATED: &str = "(c.stated_from IS NOT NULL AND c.stated_from NOT LIKE '__-%')";

/// Adds ` AND …` for "a campus of it, `k`, is as `is` says".
fn has_campus(sql: &mut Sql, view: View, is: impl Fn(&mut Sql)) {
    sql.put(" AND c.id IN (SELECT k.school_id FROM campuses k WHERE ");
    is(sql);
    sql.put(" AND ").holds("k", view).put(")");
}

owned! {
    /// The schools of a district.
    SchoolsOfDistrict: School, "schools"."district_id";
    /// The schools whose own record places them in a township.
    SchoolsOfTownship: School, "schools"."township_id";
}

within! {
    /// The schools whose own record places them in a township of a region.
    SchoolsOfRegion: School, "schools" by "region_id";
}

/// Declares the schools of which a campus stands somewhere: one tie a school, whatever the number of its campuses.
macro_rules! with_campus {
    ($($(#[$doc:meta])* $relation:ident: $from:literal by $column:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $relation;

        impl Ties for $relation {
            type Node = School;
            type Tie = i64;

            fn ties(view: View, parents: &[i64], sql: &mut Sql) {
                sql.put(concat!("SELECT ", $column, " AS parent, k.school_id AS child, k.school_id AS fact, '' AS natural_key, "));
                sql.put(concat!("MIN(k.valid_from) AS since FROM ", $from, " WHERE ")).among($column, parents);
                sql.put(" AND ").holds("k", view);
                if $from != "campuses k" {
                    sql.put(" AND ").holds("w", view);
                }
                sql.put(concat!(" GROUP BY ", $column, ", k.school_id"));
            }

            fn tie(row: &Row<'_>) -> Result<i64, StoreError> {
                row.get("t_fact")
            }
        }
    )+};
}

with_campus! {
    /// The schools of which a campus stands in a township of a district.
    SchoolsWithCampusInDistrict: "townships w JOIN campuses k ON k.township_id = w.id" by "w.district_id";
    /// The schools of which a campus stands in a township of a region.
    SchoolsWithCampusInRegion: "townships w JOIN campuses k ON k.township_id = w.id" by "w.region_id";
    /// The schools of which a campus stands in a township.
    SchoolsWithCampusInTownship: "campuses k" by "k.township_id";
}

/// Declares a direction of the ties between two schools.
macro_rules! links {
    ($($(#[$doc:meta])* $relation:ident: $from:literal => $to:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $relation;

        impl Ties for $relation {
            type Node = School;
            type Tie = SchoolLink;
            const COLUMNS: &'static [&'static str] = &["kind", "basis", "note"];

            fn ties(view: View, parents: &[i64], sql: &mut Sql) {
                sql.put(concat!("SELECT l.", $from, " AS parent, l.", $to, " AS child, l.id AS fact, '' AS natural_key, "));
                sql.put("l.valid_from AS since, l.kind, l.basis, l.note FROM school_links l WHERE ");
                sql.among(concat!("l.", $from), parents).put(" AND ").holds("l", view);
            }

            fn tie(row: &Row<'_>) -> Result<SchoolLink, StoreError> {
                Ok(SchoolLink {
                    id: row.get("t_fact")?,
                    kind: row.word("t_kind", SchoolLinkKind::parse)?,
                    basis: row.word("t_basis", SchoolLinkBasis::parse)?,
                    note: row.stated("t_note")?,
                })
            }
        }
    )+};
}

links! {
    /// The schools that are branches of a school, or guided by it.
    BranchesOfSchool: "linked_school_id" => "school_id";
    /// The schools that a school is a branch of, or guided by.
    BranchOfSchools: "school_id" => "linked_school_id";
}

/// Declares a direction of the chain of successions.
macro_rules! chains {
    ($($(#[$doc:meta])* $relation:ident: $from:literal => $to:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $relation;

        impl Ties for $relation {
            type Node = School;
            type Tie = Succession;
            const COLUMNS: &'static [&'static str] = &["kind", "effective_on", "steps"];

            fn ties(view: View, parents: &[i64], sql: &mut Sql) {
                chain(view, parents, $from, $to, sql);
            }

            fn tie(row: &Row<'_>) -> Result<Succession, StoreError> {
                Ok(Succession {
                    id: row.get("t_fact")?,
                    kind: row.word("t_kind", SuccessionKind::parse)?,
                    effective_on: row.date("t_effective_on")?,
                    steps: row.get("t_steps")?,
                })
            }
        }
    )+};
}

chains! {
    /// The schools a school came from, through the whole chain (of 50 steps at most), the nearest first.
    PredecessorsOfSchool: "successor_id" => "predecessor_id";
    /// The schools a school went into, through the whole chain (of 50 steps at most), the nearest first.
    SuccessorsOfSchool: "predecessor_id" => "successor_id";
}

/// How long a chain of successions can be; beyond it there can only be a circle.
const LONGEST_CHAIN: i64 = 50;

/// Writes the ties of a chain: each succession once, at its shortest distance. A circle in the data ends the walk where it closes.
fn chain(view: View, parents: &[i64], from: &str, to: &str, sql: &mut Sql) {
    sql.put("SELECT q.root AS parent, q.node AS child, q.fact, ");
    sql.put("CASE WHEN MIN(q.steps) < 10 THEN '0' ELSE '' END || CAST(MIN(q.steps) AS text) AS natural_key, ");
    sql.put(
        "MAX(q.since) AS since, MAX(q.kind) AS kind, MAX(q.effective_on) AS effective_on, MIN(q.steps) AS steps FROM (",
    );
    sql.put("WITH RECURSIVE walk (root, node, fact, since, kind, effective_on, steps) AS (");
    sql.put(&format!("SELECT e.{from}, e.{to}, e.id, e.valid_from, e.kind, e.effective_on, CAST(1 AS bigint) FROM successions e WHERE "));
    sql.among(&format!("e.{from}"), parents).put(" AND ").holds("e", view);
    sql.put(&format!(" UNION SELECT w.root, e.{to}, e.id, e.valid_from, e.kind, e.effective_on, w.steps + 1 "));
    sql.put(&format!("FROM walk w JOIN successions e ON e.{from} = w.node WHERE w.steps < {LONGEST_CHAIN} AND "));
    sql.put(&format!("e.{to} <> w.root AND ")).holds("e", view);
    sql.put(") SELECT * FROM walk) q GROUP BY q.root, q.node, q.fact");
}
