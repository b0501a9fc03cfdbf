//! Since when nouns are known, how precisely their beginning and end are stated, and whether campuses are in use.
//!
//! Rows that are there get the known day that an import of the same facts would give them: the earliest of the stated
//! beginning and end, the dates of ties, the publication of sources, and the day of the first revision. The map of a day
//! changes by this for planned nouns and for sources, at all revisions: they begin with their known day, and with their
//! publication.

use sea_orm_migration::sea_orm::DbBackend;

/// The tables of nouns, each with the columns that state a beginning and an end.
const NOUNS: &[(&str, &str, &str)] = &[
    ("sources", "published_on", ""),
    ("districts", "", ""),
    ("regions", "", ""),
    ("townships", "", ""),
    ("learning_areas", "", ""),
    ("authorities", "", ""),
    ("partners", "", ""),
    ("schools", "opened_on", "closed_on"),
    ("campuses", "opened_on", ""),
    ("groups", "", ""),
    ("alliances", "established_on", ""),
];

/// A table whose rows speak of nouns: the columns that refer to them, and those that date them.
type Speaking = (&'static str, &'static [&'static str], &'static [&'static str]);

/// The tables whose rows and sources speak of nouns.
const SPEAKING: &[Speaking] = &[
    ("memberships", &["group_id", "school_id"], &["joined_on", "left_on", "as_of"]),
    ("alliance_members", &["alliance_id", "member_id"], &[]),
    ("alliance_functions", &["alliance_id"], &[]),
    ("alliance_categories", &["alliance_id"], &[]),
    ("school_partners", &["school_id", "partner_id"], &["since"]),
    ("school_links", &["school_id", "linked_school_id"], &[]),
    ("successions", &["predecessor_id", "successor_id"], &["effective_on"]),
    ("site_uses", &["school_id", "host_id"], &["as_of"]),
    ("aliases", &["entity_id"], &["since", "until"]),
    ("regions", &["district_id"], &[]),
    ("townships", &["region_id", "district_id"], &[]),
    ("learning_areas", &["district_id"], &[]),
    ("schools", &["township_id", "district_id"], &[]),
    ("campuses", &["school_id", "township_id"], &[]),
    ("groups", &["lead_school_id", "district_id"], &[]),
    ("alliances", &["district_id"], &[]),
];

/// The first day that a stated date can mean, in SQL; null where the year is not stated.
fn first_day(date: &str) -> String {
    format!(
        "CASE WHEN {date} LIKE '__-%' THEN NULL WHEN {date} LIKE '____-__-__%' THEN substr({date}, 1, 10) \
         WHEN {date} LIKE '____-__%' THEN substr({date}, 1, 7) || '-01' ELSE substr({date}, 1, 4) || '-01-01' END"
    )
}

/// Every day on which a noun was known, in SQL: `id` and `day`.
fn evidence() -> Vec<String> {
    let mut all = Vec::new();
    // A day that a row states is never before the row holds.
    let day = |date: &str| {
        let first = first_day(date);
        format!("CASE WHEN {first} < t.valid_from THEN t.valid_from ELSE {first} END")
    };
    for (noun, begin, end) in NOUNS {
        // That of a school may be the day on which it took over another's name.
        if *noun == "schools" {
            all.push("SELECT t.id, t.valid_from AS day FROM schools t WHERE t.known_to IS NULL AND t.valid_from <> '0001-01-01'".to_owned());
        }
        let as_of = if *noun == "learning_areas" { "as_of" } else { "" };
        for date in [begin, end, &as_of].into_iter().filter(|date| !date.is_empty()) {
            let date = format!("t.{date}");
            all.push(format!(
                "SELECT t.id, {} FROM {noun} t WHERE t.known_to IS NULL AND {date} IS NOT NULL",
                day(&date)
            ));
        }
        all.push(format!(
            "SELECT t.id, {} FROM {noun} t JOIN citations x ON x.fact_id = t.id AND x.known_to IS NULL \
             JOIN sources s ON s.id = x.source_id AND s.known_to IS NULL WHERE t.known_to IS NULL AND s.published_on IS NOT NULL",
            first_day("s.published_on")
        ));
    }
    for (table, references, dates) in SPEAKING {
        for reference in *references {
            for date in *dates {
                let date = format!("t.{date}");
                all.push(format!(
                    "SELECT t.{reference}, {} FROM {table} t WHERE t.known_to IS NULL AND {date} IS NOT NULL",
                    day(&date)
                ));
            }
            all.push(format!(
                "SELECT t.{reference}, {} FROM {table} t JOIN citations x ON x.fact_id = t.id AND x.known_to IS NULL \
                 JOIN sources s ON s.id = x.source_id AND s.known_to IS NULL WHERE t.known_to IS NULL AND s.published_on IS NOT NULL",
                first_day("s.published_on")
            ));
        }
    }
    all
}

crate::table::step!(
    |manager| {
        let collate = match manager.get_database_backend() {
            DbBackend::Postgres => " COLLATE \"C\"",
            _ => "",
        };
        let mut steps = Vec::new();
        for (noun, ..) in NOUNS {
            steps.push(format!("ALTER TABLE {noun} ADD COLUMN known_day text{collate} NOT NULL DEFAULT '9999-12-31'"));
            steps.push(format!("ALTER TABLE {noun} ADD COLUMN stated_from text{collate}"));
            steps.push(format!("ALTER TABLE {noun} ADD COLUMN stated_to text{collate}"));
        }
        steps.push(format!(
            "ALTER TABLE campuses ADD COLUMN status text{collate} CHECK (status IN ('open', 'planned'))"
        ));
        steps.push(format!("ALTER TABLE campuses ADD COLUMN opened_on text{collate}"));
        steps.push(format!("ALTER TABLE campuses ADD COLUMN due_on text{collate}"));
        steps.push("CREATE INDEX campuses_by_status_known_to ON campuses (status, known_to)".to_owned());

        steps.push(format!("CREATE TABLE known_days_evidence (id bigint, day text{collate})"));
        for evidence in evidence() {
            steps.push(format!("INSERT INTO known_days_evidence (id, day) {evidence}"));
        }
        steps.push("CREATE INDEX known_days_evidence_by_id ON known_days_evidence (id, day)".to_owned());
        for (noun, begin, end) in NOUNS {
            steps.push(format!(
                "UPDATE {noun} SET known_day = (SELECT substr(MIN(r.recorded_at), 1, 10) FROM {noun} v \
                 JOIN revisions r ON r.number = v.known_from WHERE v.id = {noun}.id)"
            ));
            steps.push(format!(
                "UPDATE {noun} SET known_day = (SELECT MIN(e.day) FROM known_days_evidence e WHERE e.id = {noun}.id) \
                 WHERE (SELECT MIN(e.day) FROM known_days_evidence e WHERE e.id = {noun}.id) < known_day"
            ));
            for (stated, date) in [("stated_from", begin), ("stated_to", end)] {
                if !date.is_empty() {
                    steps.push(format!("UPDATE {noun} SET {stated} = {date} WHERE {date} IS NOT NULL"));
                }
            }
        }
        // What took another's name began, under it, when it did; what gave way held until then.
        let taken_over = first_day("s.effective_on");
        steps.push(format!(
            "UPDATE schools SET stated_from = (SELECT MIN(s.effective_on) FROM successions s WHERE s.successor_id = schools.id \
             AND s.kind = 'renamed' AND s.effective_on IS NOT NULL AND {taken_over} = schools.valid_from) \
             WHERE EXISTS (SELECT 1 FROM successions s WHERE s.successor_id = schools.id AND s.kind = 'renamed' \
             AND s.effective_on IS NOT NULL AND {taken_over} = schools.valid_from)"
        ));
        steps.push(
            "UPDATE schools SET known_day = valid_from WHERE known_day < valid_from AND EXISTS (SELECT 1 FROM successions s \
             WHERE s.successor_id = schools.id AND s.kind = 'renamed' AND s.effective_on IS NOT NULL \
             AND s.effective_on NOT LIKE '__-%')"
                .to_owned(),
        );
        let given_way = "s.predecessor_id = schools.id AND s.known_to IS NULL AND s.effective_on IS NOT NULL \
             AND s.kind NOT IN ('contributed_campus_to', 'split_into') AND s.effective_on NOT LIKE '__-%'";
        steps.push(format!(
            "UPDATE schools SET stated_to = (SELECT MAX(s.effective_on) FROM successions s WHERE {given_way}) \
             WHERE stated_to IS NULL AND valid_to <> '9999-12-31' AND EXISTS (SELECT 1 FROM successions s WHERE {given_way})"
        ));
        let published = first_day("published_on");
        steps.push(format!("UPDATE sources SET valid_from = {published} WHERE {published} < valid_to"));
        for (noun, word) in [("schools", "planned"), ("groups", "planned"), ("alliances", "proposed")] {
            steps.push(format!(
                "UPDATE {noun} SET valid_from = known_day WHERE status = '{word}' AND valid_from = '0001-01-01' AND known_day < valid_to"
            ));
        }
        steps.push(
            "UPDATE campuses SET valid_from = known_day WHERE valid_from = '0001-01-01' AND known_day < valid_to AND school_id IN \
             (SELECT p.id FROM schools p WHERE p.status = 'planned' AND p.stated_from IS NULL)"
                .to_owned(),
        );
        steps.push("DROP TABLE known_days_evidence".to_owned());
        for sql in steps {
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    },
    drops & []
);
