//! What is planned is on the map from its stated opening on, and not from the day on which it is known.
//!
//! The map of a day changes by this at all revisions: a planned noun of which no source dates the beginning or the end begins
//! on 9999-12-30, which stands for "not yet".

/// That a noun of this table is planned, and that no source dates its beginning.
fn is_planned(table: &str, word: &str) -> String {
    format!("{table}.status = '{word}' AND ({table}.stated_from IS NULL OR {table}.stated_from LIKE '__-%')")
}

crate::table::step!(
    |manager| {
        let nouns = [("schools", "planned"), ("campuses", "planned"), ("groups", "planned"), ("alliances", "proposed")];
        let mut conditions: Vec<_> = nouns.iter().map(|(table, word)| (*table, is_planned(table, word))).collect();
        // A campus is planned where its school is.
        let of_school = format!(
            "(campuses.stated_from IS NULL OR campuses.stated_from LIKE '__-%') AND EXISTS (SELECT 1 FROM schools \
             WHERE schools.id = campuses.school_id AND {} \
             AND (campuses.known_to IS NULL OR schools.known_from < campuses.known_to) \
             AND (schools.known_to IS NULL OR schools.known_to > campuses.known_from))",
            is_planned("schools", "planned")
        );
        conditions.push(("campuses", of_school));
        for (table, condition) in conditions {
            let sql = format!(
                "UPDATE {table} SET valid_from = '9999-12-30' WHERE valid_to = '9999-12-31' AND known_day < valid_to AND {condition}"
            );
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    },
    drops & []
);
