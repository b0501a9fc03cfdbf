//! Gaps: each is found by its rule, and nothing else is.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};
use tests::{chaoyang, loaded, schema::items};

/// A map that lacks nothing, by file; each noun of it has what a rule looks for.
const COMPLETE: &[(&str, &str)] = &[
    (
        "sources",
        "source_id,title,publisher,language,kind,extent_read,reliability\nmade-up,A test,A test,en,synthetic,full,low\n",
    ),
    ("districts", "district_id,name_en\nd,District\n"),
    ("townships", "township_id,name_en,district_id\nhill,Hill,d\nlake,Lake,d\n"),
    ("partners", "partner_id,name_en\nlab,Lab\n"),
    (
        "schools",
        "school_id,name_en,phases,status,township_id,district_id\n\
         oak,Oak,kindergarten;primary,open,hill,d\nelm,Elm,junior;senior,open,hill,d\n\
         fir,Fir,kindergarten;primary;junior;senior,open,lake,d\n",
    ),
    (
        "school_partner_links",
        "school_id,partner_id,kind\noak,lab,cooperates_with\nelm,lab,cooperates_with\nfir,lab,cooperates_with\n",
    ),
    ("groups", "group_id,name_en,lead_school_id,status,district_id\ntrees,Trees,oak,operating,d\n"),
    ("group_memberships", "group_id,school_id,role\ntrees,oak,lead\ntrees,elm,member\ntrees,fir,member\n"),
    ("alliances", "alliance_id,name_en,kind,scope,status,district_id\narts,Arts,thematic,district,established,d\n"),
    ("list_completeness", "subject_type,subject_id,list,is_complete\nalliance,arts,partners,true\n"),
    ("projects", "project_id,name_en,school_id,status,opened_on,due_on\nhall,Hall,oak,opened,2019,2018\n"),
];

/// Each gap, the change that makes it, and the noun that has it then.
const GAPS: &[(&str, &str, &str, &str, &str)] = &[
    ("ALLIANCES_WITH_OPEN_LIST", "list_completeness", "partners,true", "partners,false", "arts"),
    ("GROUPS_WITHOUT_LEAD", "groups", "operating,d\n", "operating,d\nbushes,Bushes,,operating,d\n", "bushes"),
    ("JUNIOR_WITHOUT_ONWARD_STAGE", "schools", "hill,d\nelm", "hill,d\nash,Ash,junior,open,hill,d\nelm", "ash"),
    (
        "KINDERGARTENS_WITHOUT_ONWARD_STAGE",
        "schools",
        "hill,d\nelm",
        "hill,d\nash,Ash,kindergarten,open,hill,d\nelm",
        "ash",
    ),
    ("PRIMARY_WITHOUT_ONWARD_STAGE", "schools", "hill,d\nelm", "hill,d\nash,Ash,primary,open,hill,d\nelm", "ash"),
    ("PROJECTS_OVERDUE", "projects", "opened,2019,2018", "under_construction,,2018", "hall"),
    ("SCHOOLS_WITHOUT_GROUP", "group_memberships", "trees,elm,member\n", "", "elm"),
    ("SCHOOLS_WITHOUT_PARTNER", "school_partner_links", "elm,lab,cooperates_with\n", "", "elm"),
    ("SCHOOLS_WITHOUT_STAGE", "schools", "hill,d\nelm", "hill,d\nash,Ash,,open,hill,d\nelm", "ash"),
    ("SCHOOLS_WITHOUT_TOWNSHIP", "schools", "hill,d\nelm", "hill,d\nash,Ash,primary,open,,d\nelm", "ash"),
    ("TOWNSHIPS_WITHOUT_JUNIOR", "schools", "junior;senior", "senior", "hill"),
    ("TOWNSHIPS_WITHOUT_KINDERGARTEN", "schools", "kindergarten;primary", "primary", "hill"),
    ("TOWNSHIPS_WITHOUT_PRIMARY", "schools", "kindergarten;primary", "kindergarten", "hill"),
    ("TOWNSHIPS_WITHOUT_SENIOR", "schools", "junior;senior", "junior", "hill"),
];

const QUESTION: &str = "{ gaps { kind description count items { totalCount nodes { ... on Noun { slug } } } } }";

fn write(dir: &Path, file: &str, from: &str, to: &str) {
    for (name, text) in COMPLETE {
        let mut text = (*text).to_owned();
        if *name == file {
            assert!(text.contains(from), "{file}: {from}");
            text = text.replacen(from, to, 1);
        }
        fs::write(dir.join(format!("{name}.csv")), text).expect("a temporary file");
    }
    // A school that was added for one gap has none of the others.
    if to.contains("ash,Ash") {
        let add = |name: &str, row: &str| {
            let path = dir.join(format!("{name}.csv"));
            let text = fs::read_to_string(&path).expect("a file") + row;
            fs::write(path, text).expect("a temporary file");
        };
        // Alone in a group it has nobody to go on to.
        let is_alone = to.contains("open,hill,d\nelm") && !to.contains("ash,Ash,,");
        let row = if is_alone { "bushes,ash,lead\n" } else { "trees,ash,member\n" };
        if is_alone {
            add("groups", "bushes,Bushes,ash,operating,d\n");
        }
        add("group_memberships", row);
        add("school_partner_links", "ash,lab,cooperates_with\n");
    }
}

/// The gaps that some noun has, with their slugs.
fn found(data: &Value) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for gap in items(&data["gaps"]) {
        let slug = |node: &Value| node["slug"].as_str().expect("a slug").to_owned();
        let slugs: Vec<String> = items(&gap["items"]["nodes"]).iter().map(slug).collect();
        assert_eq!(gap["count"], gap["items"]["totalCount"], "{gap}");
        assert!(gap["description"].as_str().is_some_and(|it| it.len() > 20), "{gap}");
        if !slugs.is_empty() {
            found.insert(gap["kind"].as_str().expect("a kind").to_owned(), slugs);
        }
    }
    found
}

#[tokio::test]
async fn a_map_that_lacks_nothing_has_no_gap() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "", "", "");
    for app in loaded("a_map_that_lacks_nothing", dir.path()).await {
        let data = app.data(QUESTION).await;
        assert_eq!(found(&data), BTreeMap::new(), "{}", app.name);
        let kinds: Vec<&Value> = items(&data["gaps"]).iter().map(|gap| &gap["kind"]).collect();
        assert_eq!(kinds, GAPS.iter().map(|(kind, ..)| *kind).collect::<Vec<_>>(), "each is seeded below");
    }
}

#[tokio::test]
async fn each_gap_is_found_once_and_nothing_else_is() {
    for (kind, file, from, to, noun) in GAPS {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path(), file, from, to);
        for app in loaded("each_gap_is_found_once", dir.path()).await {
            let expected = BTreeMap::from([((*kind).to_owned(), vec![(*noun).to_owned()])]);
            assert_eq!(found(&app.data(QUESTION).await), expected, "{}", app.name);
        }
    }
}

#[tokio::test]
async fn a_project_is_overdue_only_on_days_after_all_that_its_date_means() {
    for app in chaoyang("a_project_is_overdue").await {
        let query = |day: &str| {
            format!(
                r#"{{ map(asOf: "{day}") {{ gaps(kinds: [PROJECTS_OVERDUE]) {{ count items(first: 100) {{ nodes {{ ... on Project {{ slug }} }} }} }} }} }}"#
            )
        };
        let slugs = async |day: &str| app.data(&query(day)).await["map"]["gaps"][0]["items"]["nodes"].to_string();
        assert!(!slugs("2025-09-30").await.contains("dongba-north"), "{}: it is due in that month", app.name);
        assert!(slugs("2025-10-02").await.contains("dongba-north"), "{}", app.name);
        let answer = app.ask("{ gaps { count } }", json!({})).await;
        assert_eq!(answer.statements(), 14, "one a kind: {}", answer.body);
    }
}
