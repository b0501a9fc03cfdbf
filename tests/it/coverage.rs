//! Coverage: what is on record, what is known not to be, and what nobody says.

use serde_json::{Value, json};
use server::generate::{Plan, generate};
use tests::{TestApp, chaoyang, copy_with, loaded, schema::items};

const KINDS: &[&str] = &["ALLIANCES", "DESIGNATIONS", "GROUPS", "PARTNERS"];

const COUNTS: &str = "total covered uncovered unknown share coveredItems { totalCount } uncoveredItems { totalCount }
    unknownItems { totalCount }";

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The three parts are the whole, and each is as many as its items.
fn check_counts(it: &Value, what: &str) {
    let parts = ["covered", "uncovered", "unknown"].map(|part| number(&it[part]));
    assert_eq!(parts.iter().sum::<u64>(), number(&it["total"]), "{what}: {it}");
    let counted = ["coveredItems", "uncoveredItems", "unknownItems"].map(|part| number(&it[part]["totalCount"]));
    assert_eq!(parts, counted, "{what}: {it}");
    let share = it["share"].as_f64();
    let [covered, total] = [&it["covered"], &it["total"]].map(|part| part.as_f64().expect("a number"));
    assert!(share.is_none_or(|share| (share - 100.0 * covered / total).abs() < 0.01), "{what}: {it}");
    assert_eq!(share.is_none(), total == 0.0, "{what}: {it}");
}

async fn check_all(app: &TestApp) {
    for kind in KINDS {
        for filter in ["", "filter: { ownership: [PUBLIC] }", "filter: { stage: [], ownership: [PRIVATE] }"] {
            for (by, fields) in [
                ("[OWNERSHIP]", "ownership"),
                ("[STAGE, REGION]", "stage region { slug }"),
                ("[GROUP]", "group { slug }"),
                ("[BOARDING, STATUS]", "boarding status"),
            ] {
                let query = format!(
                    "{{ coverage(of: {kind}, by: {by}, {filter}) {{ of {COUNTS} rows {{ {fields} {COUNTS} }} }} }}"
                );
                let answer = app.ask(&query, json!({})).await.json();
                let coverage = &answer["data"]["coverage"];
                let what = format!("{}: {query}", app.name);
                assert!(answer.get("errors").is_none(), "{what}: {answer}");
                check_counts(coverage, &what);
                let rows = items(&coverage["rows"]);
                rows.iter().for_each(|row| check_counts(row, &what));
                let total: u64 = rows.iter().map(|row| number(&row["total"])).sum();
                assert!(total >= number(&coverage["total"]), "{what}: {answer}");
            }
        }
    }
}

#[tokio::test]
async fn covered_uncovered_and_unknown_are_all() {
    for app in chaoyang("covered_uncovered_and_unknown_are_all").await {
        check_all(&app).await;
    }
}

#[tokio::test]
async fn covered_uncovered_and_unknown_are_all_of_a_made_up_city() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 150, seed: 9 }, &folder).expect("a city");
    for app in loaded("covered_of_a_made_up_city", &folder).await {
        check_all(&app).await;
    }
}

#[tokio::test]
async fn a_school_is_uncovered_only_where_a_source_says_that_its_list_is_complete() {
    let dir = tempfile::tempdir().expect("a folder");
    copy_with(dir.path(), &[("list_completeness.csv", "school,bj17,groups,true,,seed,\n")]);
    let query = r#"{ coverage(of: GROUPS, filter: { ownership: [PUBLIC] }) {
        covered uncovered uncoveredItems { nodes { slug } } denominator
        reportedFigures { nodes { metric value recorded sources { quote } } } } }"#;
    for app in loaded("a_school_is_uncovered_only_where", dir.path()).await {
        let coverage = &app.data(query).await["coverage"];
        assert_eq!(coverage["uncovered"], 1, "{}: {coverage}", app.name);
        assert_eq!(coverage["uncoveredItems"]["nodes"], json!([{ "slug": "bj17" }]));
        assert!(coverage["denominator"].as_str().is_some_and(|it| it.contains("schools on record")), "{coverage}");
        let figures = items(&coverage["reportedFigures"]["nodes"]);
        let public = figures.iter().find(|it| it["metric"] == "PUBLIC_SCHOOLS_IN_GROUPS").expect("the report's claim");
        assert_eq!(public["value"], 100.0, "{coverage}");
    }
}

#[tokio::test]
async fn coverage_takes_two_statements_and_one_for_each_list_of_items() {
    for app in chaoyang("coverage_takes_two_statements").await {
        let query = "{ coverage(of: GROUPS, by: [OWNERSHIP]) { covered rows { ownership covered unknown } } }";
        let answer = app.ask(query, json!({})).await;
        assert_eq!(answer.statements(), 2, "{}: {}", app.name, answer.body);
    }
}

#[tokio::test]
async fn a_wrong_question_is_refused() {
    for app in chaoyang("a_wrong_question_of_coverage").await {
        for (arguments, code) in [
            ("of: SCHOOLS", "GRAPHQL_VALIDATION_FAILED"),
            ("of: GROUPS, by: [STAGE, STAGE]", "INVALID_ARGUMENT"),
            ("of: GROUPS, filter: { region: \"nowhere\" }", "UNKNOWN_NOUN"),
        ] {
            let answer = app.ask(&format!("{{ coverage({arguments}) {{ total }} }}"), json!({})).await.json();
            assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{}: {arguments}: {answer}", app.name);
        }
    }
}
