//! The floor that the benchmark measures against: the headline query by hand, one statement a level, straight to JSON.
//!
//! Compiled only for the benchmark. It knows one question, and answers it with the least work that these connections allow.

use std::collections::HashMap;

use domain::{Alliance, Group, Id, Identified, Partner, School, View};

use crate::{Store, StoreError, group::standing, row::Row, sql::Sql};

/// What a row says of a noun: its id, its name, and for a partner its kinds.
struct Brief {
    id: i64,
    name: String,
    kinds: String,
}

impl Store {
    /// Answers `schools(first: 20, filter: { hasGroupOnRecord: true }) → group → alliances → partners(first: 6)` as JSON.
    ///
    /// # Errors
    /// The database failed.
    pub async fn floor(&self, view: View) -> Result<String, StoreError> {
        let schools = self.brief(schools(self, view)).await?.remove(&0).unwrap_or_default();
        let ids: Vec<i64> = schools.iter().map(|school| school.id).collect();
        let groups = self.brief(groups(self, view, &ids)).await?;
        let mut ids: Vec<i64> = groups.values().filter_map(|found| found.first()).map(|group| group.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let alliances = self.brief(alliances(self, view, &ids)).await?;
        let mut ids: Vec<i64> = alliances.values().flatten().map(|alliance| alliance.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let partners = self.brief(partners(self, view, &ids)).await?;

        let mut json = String::with_capacity(1 << 16);
        json.push_str("{\"data\":{\"schools\":{\"nodes\":[");
        list(&mut json, &schools, |json, school| {
            node::<School>(json, school);
            json.push_str(",\"group\":");
            let Some(group) = groups.get(&school.id).and_then(|found| found.first()) else {
                json.push_str("null}");
                return;
            };
            node::<Group>(json, group);
            json.push_str(",\"alliances\":{\"nodes\":[");
            list(json, alliances.get(&group.id).map_or(&[], Vec::as_slice), |json, alliance| {
                node::<Alliance>(json, alliance);
                json.push_str(",\"partners\":{\"nodes\":[");
                list(json, partners.get(&alliance.id).map_or(&[], Vec::as_slice), |json, partner| {
                    node::<Partner>(json, partner);
                    json.push_str(",\"kinds\":[\"");
                    json.push_str(&partner.kinds.to_uppercase().replace(';', "\",\""));
                    json.push_str("\"]}");
                });
                json.push_str("]}}");
            });
            json.push_str("]}}}");
        });
        json.push_str("]}}}");
        Ok(json)
    }

    async fn brief(&self, sql: Sql) -> Result<HashMap<i64, Vec<Brief>>, StoreError> {
        let mut briefs: HashMap<i64, Vec<Brief>> = HashMap::new();
        for result in &self.rows(sql).await? {
            let row = Row(result);
            let brief = Brief { id: row.get("id")?, name: row.text("name")?, kinds: row.text("kinds")? };
            briefs.entry(row.get("parent")?).or_default().push(brief);
        }
        Ok(briefs)
    }
}

fn list(json: &mut String, items: &[Brief], mut write: impl FnMut(&mut String, &Brief)) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        write(json, item);
    }
}

/// Opens an object and writes its id and name.
fn node<N: Identified>(json: &mut String, brief: &Brief) {
    json.push_str("{\"id\":\"");
    json.push_str(&Id::<N>::from_raw(brief.id).to_string());
    json.push_str("\",\"name\":");
    json.push_str(&serde_json::Value::String(brief.name.clone()).to_string());
}

const BRIEF: &str = "c.id, COALESCE(c.name_zh, c.name_en) AS name";

fn schools(store: &Store, view: View) -> Sql {
    let mut sql = Sql::new(store.backend);
    sql.put(&format!("SELECT CAST(0 AS bigint) AS parent, {BRIEF}, '' AS kinds FROM schools c WHERE "))
        .holds("c", view);
    sql.put(" AND EXISTS (SELECT 1 FROM memberships m WHERE m.school_id = c.id AND ").holds("m", view);
    sql.put(") ORDER BY c.known_to, c.sort_name, c.id LIMIT 20");
    sql
}

fn groups(store: &Store, view: View, schools: &[i64]) -> Sql {
    let mut sql = Sql::new(store.backend);
    sql.put(&format!(
        "SELECT m.school_id AS parent, {BRIEF}, '' AS kinds FROM memberships m JOIN groups c ON c.id = m.group_id AND "
    ));
    sql.known("c", view).put(" WHERE ").among("m.school_id", schools).put(" AND ").holds("m", view);
    sql.put(&format!(" ORDER BY {}, c.sort_name, c.slug", standing("m")));
    sql
}

fn alliances(store: &Store, view: View, groups: &[i64]) -> Sql {
    let mut sql = Sql::new(store.backend);
    sql.put(&format!("SELECT m.member_id AS parent, {BRIEF}, '' AS kinds, 0 AS basis, c.sort_name AS sort_name "));
    sql.put("FROM alliance_members m JOIN alliances c ON c.id = m.alliance_id AND ").known("c", view);
    sql.put(" WHERE ").among("m.member_id", groups).put(" AND ").holds("m", view);
    sql.put(&format!(" UNION ALL SELECT g.id AS parent, {BRIEF}, '' AS kinds, 1 AS basis, c.sort_name AS sort_name "));
    sql.put("FROM groups g JOIN alliances c ON c.district_id = g.district_id AND ").holds("c", view);
    sql.put(" WHERE c.scope = 'district' AND c.status = 'established' AND ").among("g.id", groups);
    sql.put(" AND ")
        .holds("g", view)
        .put(" AND NOT EXISTS (SELECT 1 FROM alliance_members m WHERE m.alliance_id = c.id ");
    sql.put("AND m.member_id = g.id AND ").holds("m", view).put(") ORDER BY 5, 6");
    sql
}

fn partners(store: &Store, view: View, alliances: &[i64]) -> Sql {
    let mut sql = Sql::new(store.backend);
    sql.put(&format!("SELECT * FROM (SELECT m.alliance_id AS parent, {BRIEF}, c.kinds, "));
    sql.put("ROW_NUMBER() OVER (PARTITION BY m.alliance_id ORDER BY c.sort_name, m.id) AS place ");
    sql.put("FROM alliance_members m JOIN partners c ON c.id = m.member_id AND ").known("c", view);
    sql.put(" WHERE m.member_type = 'partner' AND ").among("m.alliance_id", alliances).put(" AND ").holds("m", view);
    sql.put(") ranked WHERE place <= 6 ORDER BY parent, place");
    sql
}
