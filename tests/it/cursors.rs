//! Cursors outlive releases: those that clients hold are given again, and lead on from where they were given.

use std::{fs, path::Path};

use serde_json::Value;
use tests::{TestApp, loaded};

/// Lists of one district with one group of three schools, and the cursor of the first item of each.
///
/// A cursor that changes here breaks the paging of every client at the time of the release.
const CURSORS: &[(&str, &str)] = &[
    ("schools(first: 1)", "Qzyj0QgGiKoNvNnMc2Nob29sIGEXsOLQ"),
    (
        "schools(first: 1, filter: { and: [], status: null }, orderBy: { direction: ASC })",
        "Qzyj0QgGiKoNvNnMc2Nob29sIGEXsOLQ",
    ),
    ("schools(first: 1, orderBy: { field: NAME, direction: DESC })", "G1BA2hDSFSRh5WZn5a2m5qChUCHK6w"),
    ("schools(first: 1, orderBy: { field: SLUG })", "hHwraQgGiKoNvNnMYZ9rx6s"),
    ("schools(first: 1, orderBy: { field: SINCE })", "mNWe2ggGiKoNvNnMMDAwMS0wMS0wMX1l1BM"),
    ("schools(first: 1, filter: { stage: [PRIMARY, JUNIOR] })", "ZFaU-wgGiKoNvNnMc2Nob29sIGH9S5Mf"),
    ("schools(first: 1, filter: { stage: [JUNIOR, PRIMARY] })", "XG6gfwgGiKoNvNnMc2Nob29sIGF5kP0K"),
    (
        "schools(first: 1, filter: { group: \"g\", hasGroupOnRecord: true, existence: [CERTAIN, ASSUMED] })",
        "jFrlXAgGiKoNvNnMc2Nob29sIGGwGaaW",
    ),
    (
        "schools(first: 1, filter: { or: [{ nameContains: \"Sch\" }, { code: { value: \"7\" } }], not: { ownership: [PRIVATE] } })",
        "3YYGKwgGiKoNvNnMc2Nob29sIGGvleq9",
    ),
    ("groups(first: 1)", "65i5Vzy9oYplw1RAZ3JvdXCGif8Q"),
    ("districts(first: 1)", "ynacERKSxNzB4vHDZLhKtbs"),
    ("group(slug: \"g\") { schools(first: 1)", "yNqQaUqTCOtDJQ8pMAFzY2hvb2wgYQFhOzU0-g"),
    (
        "group(slug: \"g\") { schools(first: 1, filter: { stage: [PRIMARY] }, orderBy: { field: NAME })",
        "YYlzH0qTCOtDJQ8pc2Nob29sIGGErc-d",
    ),
    ("district(slug: \"d\") { schools(first: 1)", "EwRkzwgGiKoNvNnMc2Nob29sIGEBYejv86w"),
    ("map(asOf: \"2020-09-01\") { schools(first: 1)", "Z1PJAAgGiKoNvNnMc2Nob29sIGH0e2rs"),
    (
        "map(asOf: \"2020-09-01\", knownAt: 1) { group(slug: \"g\") { schools(first: 1)",
        "Z8chVkqTCOtDJQ8pMAFzY2hvb2wgYQFhRAkNqg",
    ),
];

fn write_data_set(dir: &Path) {
    let file = |name: &str, text: &str| fs::write(dir.join(name), text).expect("a temporary file");
    file("districts.csv", "district_id,name_zh,name_en,name_en_basis,source_id,quote\nd,,D,,,\n");
    file(
        "schools.csv",
        "school_id,name_zh,name_en,name_en_basis,ownership,ownership_source_id,phases,school_type,school_type_source_id,status,junior_code_2025,senior_code,township_id,opened_on,closed_on,source_id,quote,confidence,note,district_id\n\
        a,,School A,,public,,primary,,,,,,,,,,,,,d\n\
        b,,School B,,public,,primary,,,,7,,,2012,,,,,,d\n\
        c,学校,School C,,,,junior,,,,7,,,,,,,,,d\n",
    );
    file(
        "groups.csv",
        "group_id,name_zh,name_en,name_en_basis,name_zh_basis,lead_school_id,status,reported_branches,reported_sites,reported_member_schools,source_id,quote,district_id\n\
        g,,Group,,,a,operating,,,,,,d\n",
    );
    file(
        "group_memberships.csv",
        "group_id,school_id,role,joined_on,left_on,as_of,source_id,quote,confidence\n\
        g,a,lead,,,,,,\ng,b,member,,,,,,\ng,c,member,,,,,,\n",
    );
}

/// A list's page: its first cursor, and how many items it has.
async fn page(app: &TestApp, list: &str) -> (String, usize) {
    let close = "}".repeat(list.matches('{').count() - list.matches('}').count());
    let data = app.data(&format!("{{ {list} {{ pageInfo {{ startCursor }} edges {{ cursor }} }} {close} }}")).await;
    let mut list = &data;
    while list.get("pageInfo").is_none() {
        list = list.as_object().and_then(|members| members.values().next()).expect("a list");
    }
    let edges = list["edges"].as_array().expect("edges");
    assert_eq!(list["pageInfo"]["startCursor"], edges.first().map_or(Value::Null, |edge| edge["cursor"].clone()));
    (list["pageInfo"]["startCursor"].as_str().unwrap_or_default().to_owned(), edges.len())
}

#[tokio::test]
async fn the_cursors_that_clients_hold_are_given_and_taken_again() {
    let dir = tempfile::tempdir().expect("a folder");
    write_data_set(dir.path());
    for app in loaded("cursors", dir.path()).await {
        let mut found = Vec::new();
        for (list, cursor) in CURSORS {
            found.push((*list, page(&app, list).await.0));
            let next = list.replace("first: 1", &format!("first: 3, after: \"{cursor}\""));
            assert!(page(&app, &next).await.1 < 3, "{}: {next}", app.name);
        }
        let found: Vec<(&str, &str)> = found.iter().map(|(list, cursor)| (*list, cursor.as_str())).collect();
        assert_eq!(found, CURSORS, "{}: what clients hold is void: {found:#?}", app.name);
    }
}

#[tokio::test]
async fn a_cursor_holds_for_its_own_list_only() {
    let dir = tempfile::tempdir().expect("a folder");
    write_data_set(dir.path());
    let apps = loaded("cursors of other lists", dir.path()).await;
    let cursor = page(&apps[0], "schools(first: 1)").await.0;
    // What is not given leaves no trace.
    for list in ["schools(", "schools(filter: {}, ", "schools(filter: { or: [], not: null, stage: null }, "] {
        page(&apps[0], &format!("{list}after: \"{cursor}\")")).await;
    }
    for list in [
        "schools(filter: { stage: [] }, ",
        "schools(filter: { not: {} }, ",
        "schools(orderBy: { field: SLUG }, ",
        "district(slug: \"d\") { schools(",
        "groups(",
        "map(asOf: \"2020-09-01\") { schools(",
    ] {
        let close = "}".repeat(list.matches('{').count() - list.matches('}').count());
        let query = format!("{{ {list}after: \"{cursor}\") {{ totalCount }} {close} }}");
        let (code, message, _) = apps[0].error(&query).await;
        assert_eq!(code, "INVALID_CURSOR", "{list}");
        assert!(message.contains("another list"), "{list}: {message}");
    }
}
