//! Ways through school: every step is one that the ties show, and every tie that allows a step is one.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use server::generate::{Plan, generate};
use tests::{TestApp, chaoyang, loaded, schema::items};

const FOLLOWING: [(&str, &[&str]); 3] =
    [("KINDERGARTEN", &["PRIMARY"]), ("PRIMARY", &["JUNIOR"]), ("JUNIOR", &["SENIOR", "VOCATIONAL_SECONDARY"])];

/// A school with all ties that may allow a step.
const TIES: &str = "slug stages
    groups(first: 100) { nodes { slug schools(first: 100) { nodes { slug stages } } } }
    alliances(first: 100, basis: [MEMBER]) { nodes { slug kind schools(first: 100, basis: [MEMBER]) { nodes { slug stages } } } }
    agreements(first: 100) { nodes { slug
        parties(first: 100, kind: [SCHOOL]) { nodes { ... on School { slug stages } } }
        outcomes(first: 100, kind: [SCHOOL]) { nodes { ... on School { slug stages } } } } }
    seniorSchools(first: 100) { edges { year places node { slug stages } } }";

const WAYS: &str = "start { stage } totalCount isTruncated deadEnds { school { slug } stage }
    ways { certainty steps { certainty from { school { slug } stage } to { school { slug } stage }
        reasons { basis certainty group { slug } alliance { slug } agreement { slug } year places sources { title } } } }";

/// The steps that the ties of a school allow from a stage: to which school, at which stage, by what.
fn allowed(school: &Value, stage: &str) -> BTreeSet<String> {
    let (_, next) = FOLLOWING.iter().find(|(of, _)| *of == stage).expect("a stage before the last");
    let mut steps = BTreeSet::new();
    let mut add = |to: &Value, basis: &str, through: &str| {
        for stage in items(&to["stages"]).iter().filter_map(Value::as_str).filter(|stage| next.contains(stage)) {
            if to["slug"] != school["slug"] || ["SCHOOL", "PLACES"].contains(&basis) {
                steps.insert(format!("{} {stage} {basis} {through}", to["slug"]));
            }
        }
    };
    add(school, "SCHOOL", "");
    for group in items(&school["groups"]["nodes"]) {
        items(&group["schools"]["nodes"]).iter().for_each(|to| add(to, "GROUP", group["slug"].as_str().unwrap_or("")));
    }
    for alliance in items(&school["alliances"]["nodes"]) {
        if alliance["kind"] == "DEVELOPMENT" || alliance["kind"] == "THROUGH_TRAINING" {
            let through = alliance["slug"].as_str().unwrap_or("");
            items(&alliance["schools"]["nodes"]).iter().for_each(|to| add(to, "ALLIANCE", through));
        }
    }
    for agreement in items(&school["agreements"]["nodes"]) {
        let through = agreement["slug"].as_str().unwrap_or("");
        for list in ["parties", "outcomes"] {
            items(&agreement[list]["nodes"]).iter().for_each(|to| add(to, "AGREEMENT", through));
        }
    }
    if stage == "JUNIOR" {
        for edge in items(&school["seniorSchools"]["edges"]) {
            let through = format!("{} {}", edge["year"], edge["places"]);
            add(&edge["node"], "PLACES", &through);
        }
    }
    steps
}

/// The same, as the steps of ways tell.
fn told(step: &Value) -> BTreeSet<String> {
    let to = &step["to"];
    let reason = |reason: &Value| {
        let through = ["group", "alliance", "agreement"].iter().find_map(|of| reason[*of]["slug"].as_str());
        let through = match reason["basis"].as_str() {
            Some("PLACES") => format!("{} {}", reason["year"], reason["places"]),
            _ => through.unwrap_or("").to_owned(),
        };
        let stage = to["stage"].as_str().expect("a stage");
        format!("{} {stage} {} {through}", to["school"]["slug"], reason["basis"].as_str().expect("a basis"))
    };
    items(&step["reasons"]).iter().map(reason).collect()
}

async fn check(app: &TestApp) -> usize {
    let mut compared = 0;
    for half in ["first: 60", "last: 60"] {
        let query = format!("{{ schools({half}) {{ nodes {{ {TIES} }} }} }}");
        for school in items(&app.data(&query).await["schools"]["nodes"]) {
            let query =
                format!("{{ school(slug: {}) {{ ways(years: 15, first: 100) {{ {WAYS} }} }} }}", school["slug"]);
            let ways = app.data(&query).await["school"]["ways"].take();
            let what = format!("{}: {}", app.name, school["slug"]);
            let Some(stage) = ways["start"]["stage"].as_str() else {
                assert_eq!(ways["totalCount"], 0, "{what}");
                continue;
            };
            let listed = items(&ways["ways"]);
            assert_eq!(ways["isTruncated"], ways["totalCount"].as_u64() > Some(listed.len() as u64), "{what}");
            if ways["isTruncated"] == true {
                continue;
            }
            // At the stage before the last every step is a way.
            if stage == "JUNIOR" {
                let steps: BTreeSet<String> = listed.iter().flat_map(|way| told(&way["steps"][0])).collect();
                assert_eq!(steps, allowed(school, stage), "{what}");
                compared += steps.len();
            }
            for way in listed {
                let steps = items(&way["steps"]);
                assert!(told(&steps[0]).is_subset(&allowed(school, stage)), "{what}: {way}");
                for pair in steps.windows(2) {
                    assert_eq!(pair[0]["to"], pair[1]["from"], "{what}: {way}");
                }
                let is_sure = steps.iter().all(|step| step["certainty"] == "GUARANTEED");
                assert_eq!(way["certainty"] == "GUARANTEED", is_sure, "{what}: {way}");
            }
        }
    }
    compared
}

#[tokio::test]
async fn a_step_is_what_the_ties_allow_and_nothing_else_is() {
    for app in chaoyang("a_step_is_what_the_ties_allow").await {
        assert!(check(&app).await > 100, "{}", app.name);
    }
}

#[tokio::test]
async fn a_step_in_a_made_up_city_is_what_the_ties_allow() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 120, seed: 6 }, &folder).expect("a city");
    for app in loaded("a_step_in_a_made_up_city", &folder).await {
        check(&app).await;
    }
}

#[tokio::test]
async fn the_ways_of_many_schools_take_a_statement_a_stage() {
    for app in chaoyang("the_ways_of_many_schools_take").await {
        for n in [1, 50] {
            let query = "query ($n: Int) { schools(first: $n) { nodes { ways(years: 15, first: 1) { totalCount } } } }";
            let answer = app.ask(query, json!({ "n": n })).await;
            assert!(answer.json().get("errors").is_none(), "{}", answer.body);
            assert!(answer.statements() <= 4, "{}: {}", app.name, answer.body);
        }
    }
}

#[tokio::test]
async fn what_keeps_a_way_from_a_school_is_named() {
    for app in chaoyang("what_keeps_a_way").await {
        let query = r#"{ junior: school(slug: "bj17") { stages ways(first: 100) { ways { steps { to { school { slug } } } } } } }"#;
        let data = app.data(query).await;
        let ways = items(&data["junior"]["ways"]["ways"]);
        let reached = &ways.first().expect("a way")["steps"][0]["to"]["school"]["slug"];
        let query =
            format!(r#"{{ way: whyNot(from: "bj17", to: {reached}) {{ isReachable obstacle reached {{ stage }} }} }}"#);
        let data = app.ask(&query, json!({})).await.json();
        assert_eq!(data["data"]["way"], json!({ "isReachable": true, "obstacle": null, "reached": [] }), "{data}");
        let query = r#"{ schools(filter: { stage: [KINDERGARTEN, PRIMARY], not: { stage: [JUNIOR, SENIOR] } }, first: 1) { nodes { slug } }
            seniors: schools(filter: { stage: [SENIOR] }, first: 100) { nodes { slug } } }"#;
        let data = app.data(query).await;
        let primary = &data["schools"]["nodes"][0]["slug"];
        let query = format!(r#"{{ whyNot(from: "bj17", to: {primary}) {{ isReachable obstacle }} }}"#);
        let down = json!({ "isReachable": false, "obstacle": "NO_LATER_STAGE" });
        assert_eq!(app.data(&query).await["whyNot"], down, "{}", app.name);
        let mut obstacles = BTreeSet::new();
        for senior in items(&data["seniors"]["nodes"]) {
            let query = format!(
                r#"{{ whyNot(from: "bj17", to: {}) {{ isReachable obstacle reached {{ stage school {{ slug }} }} }}
                    school(slug: "bj17") {{ ways(to: {}) {{ totalCount }} }} }}"#,
                senior["slug"], senior["slug"]
            );
            let data = app.data(&query).await;
            let is_way = data["school"]["ways"]["totalCount"] != 0;
            let is_itself = senior["slug"] == "bj17";
            assert!(is_itself || data["whyNot"]["isReachable"] == is_way, "{}: {data}", app.name);
            assert_eq!(items(&data["whyNot"]["reached"]).is_empty(), data["whyNot"]["isReachable"] == true, "{data}");
            obstacles.insert(data["whyNot"]["obstacle"].to_string());
        }
        assert!(obstacles.contains("\"NO_STEP\""), "{}: {obstacles:?}", app.name);
    }
}

#[tokio::test]
async fn a_wrong_question_for_ways_is_refused() {
    for app in chaoyang("a_wrong_question_for_ways").await {
        for (question, code) in [
            (r#"school(slug: "bj17") { ways(years: 9) { totalCount } }"#, "INVALID_ARGUMENT"),
            (r#"school(slug: "bj17") { ways(first: 101) { totalCount } }"#, "INVALID_ARGUMENT"),
            (r#"school(slug: "bj17") { ways(to: "nowhere") { totalCount } }"#, "UNKNOWN_NOUN"),
            (r#"whyNot(from: "bj17", to: "nowhere") { isReachable }"#, "UNKNOWN_NOUN"),
        ] {
            let answer = app.ask(&format!("{{ {question} }}"), json!({})).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{}: {question}: {answer}", app.name);
        }
    }
}
