//! Findings: each is found by its rule, and nothing else is; waivers; `edumap lint`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use domain::{FindingRule, FindingSeverity, Known, Vocabulary};
use expect_test::expect_file;
use serde_json::{Value, json};
use server::{
    export::export,
    generate::{Plan, generate},
    lint::{LintOptions, LintReport, describe_rules, lint, summarize},
};
use tests::{
    TestApp, chaoyang, loaded,
    schema::{items, text},
};

/// A map on which nothing is doubtful, by file.
const SOUND: &[(&str, &str)] = &[
    (
        "sources",
        "source_id,title,publisher,published_on,language,kind,extent_read,reliability\n\
         made-up,A test,A test,2020,en,synthetic,full,low\n",
    ),
    ("districts", "district_id,name_en,source_id,quote\nd,District,made-up,d\n"),
    ("townships", "township_id,name_en,district_id,source_id,quote\nhill,Hill,d,made-up,h\n"),
    ("partners", "partner_id,name_en,source_id,quote\nlab,Lab,made-up,l\n"),
    (
        "schools",
        "school_id,name_en,phases,status,township_id,district_id,source_id,quote\n\
         oak,Oak,junior;senior,open,hill,d,made-up,o\nelm,Elm,junior,open,hill,d,made-up,e\n",
    ),
    ("school_successions", "predecessor_id,successor_id,kind,effective_on,source_id,quote\n"),
    (
        "groups",
        "group_id,name_en,lead_school_id,status,district_id,source_id,quote\ntrees,Trees,oak,operating,d,made-up,t\n",
    ),
    (
        "group_memberships",
        "group_id,school_id,role,source_id,quote\ntrees,oak,lead,made-up,t\ntrees,elm,member,made-up,t\n",
    ),
    (
        "projects",
        "project_id,name_en,school_id,status,started_on,opened_on,source_id,quote\nhall,Hall,oak,opened,2018,2019-02,made-up,h\n",
    ),
    ("quota_totals", "junior_school_id,year,places,breakdown_checked,source_id,quote\nelm,2025,5,true,made-up,q\n"),
    ("quota_allocations", "junior_school_id,senior_school_id,year,places,source_id,quote\nelm,oak,2025,5,made-up,q\n"),
    (
        "evidence",
        "subject_type,subject_id,field,value,relation,source_id,quote\nschool,oak,township_id,hill,supports,made-up,x\n",
    ),
];

/// A change of the sound map that makes a finding.
struct Seed {
    rule: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// The slug of the noun at which it is found, or of either.
    noun: &'static str,
    /// That of the other noun.
    other: Option<&'static str>,
}

/// One for each rule.
const SEEDS: &[Seed] = &[
    Seed {
        rule: "CIRCLE_OF_SUCCESSIONS",
        file: "school_successions",
        from: "quote\n",
        to: "quote\noak,elm,split_into,2001,made-up,c\nelm,oak,split_into,2002,made-up,c\n",
        noun: "oak or elm",
        other: None,
    },
    Seed {
        rule: "DATES_CROSS",
        file: "projects",
        from: "2018,2019-02",
        to: "2019-03,2019-02",
        noun: "hall",
        other: None,
    },
    Seed {
        rule: "FIGURE_CONTRADICTS_PARTS",
        file: "quota_allocations",
        from: "2025,5",
        to: "2025,4",
        noun: "elm",
        other: None,
    },
    Seed {
        rule: "LEAD_NOT_MEMBER",
        file: "group_memberships",
        from: "trees,oak,lead,made-up,t\n",
        to: "",
        noun: "trees",
        other: Some("oak"),
    },
    Seed { rule: "NO_SOURCE", file: "partners", from: "made-up,l", to: ",", noun: "lab", other: None },
    Seed {
        rule: "OVERLAPPING_MEMBERSHIPS",
        file: "groups",
        from: "made-up,t\n",
        to: "made-up,t\nbushes,Bushes,elm,operating,d,made-up,b\n",
        noun: "elm",
        other: Some("bushes or trees"),
    },
    Seed { rule: "QUOTE_MISSING", file: "partners", from: "made-up,l", to: "made-up,", noun: "made-up", other: None },
    Seed {
        rule: "SAME_NAME_IN_TOWNSHIP",
        file: "schools",
        from: "elm,Elm",
        to: "elm,Oak",
        noun: "oak or elm",
        other: Some("oak or elm"),
    },
    Seed { rule: "SOURCE_OLD", file: "sources", from: "2020", to: "2001", noun: "made-up", other: None },
    Seed {
        rule: "SOURCES_DISAGREE",
        file: "evidence",
        from: "hill,supports",
        to: "valley,contradicts",
        noun: "oak",
        other: None,
    },
];

const FINDINGS: &str = "totalCount edges { rule severity message field value waiver other { slug } node { slug } }";

fn write(dir: &Path, file: &str, from: &str, to: &str) {
    for (name, text) in SOUND {
        let mut text = (*text).to_owned();
        if *name == file {
            assert!(text.contains(from), "{file}: {from}");
            text = text.replacen(from, to, 1);
        }
        if to.contains("bushes") && *name == "group_memberships" {
            text += "bushes,elm,lead,made-up,b\n";
        }
        fs::write(dir.join(format!("{name}.csv")), text).expect("a temporary file");
    }
}

/// Changes of the sound map that are no finding.
const HARMLESS: &[(&str, &str, &str)] = &[
    // Two schools that gave each other a campus.
    (
        "school_successions",
        "quote\n",
        "quote\noak,elm,contributed_campus_to,2001,made-up,c\nelm,oak,contributed_campus_to,2002,made-up,c\n",
    ),
    ("projects", "2018,2019-02", "2019-02-10,2019-02"),
    ("projects", "2018,2019-02", "2019,2019-02"),
    ("evidence", "hill,supports", "valley,supports"),
    ("sources", "2020", ""),
];

/// How many findings of a report are not waived, by rule.
fn by_rule(report: &LintReport) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in items(&report.to_json()["findings"]).iter().filter(|finding| finding["waiver"].is_null()) {
        *counts.entry(text(&finding["rule"]).to_lowercase().replace('_', "-")).or_default() += 1;
    }
    counts
}

/// Whether a slug is that of a seed, or one of its two.
fn is_any(slug: &Value, expected: Option<&str>) -> bool {
    match expected {
        None => slug.is_null(),
        Some(expected) => expected.split(" or ").any(|it| slug == it),
    }
}

#[tokio::test]
async fn a_sound_map_has_no_finding() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "", "", "");
    for app in loaded("a_sound_map_has_no_finding", dir.path()).await {
        let data =
            app.data(&format!("{{ findings {{ {FINDINGS} }} findingRules {{ rule count reason remedy }} }}")).await;
        assert_eq!(data["findings"]["totalCount"], 0, "{}: {data}", app.name);
        let rules: Vec<&Value> = items(&data["findingRules"]).iter().map(|rule| &rule["rule"]).collect();
        assert_eq!(rules, SEEDS.iter().map(|seed| seed.rule).collect::<Vec<_>>(), "each is seeded below");
    }
    for (file, from, to) in HARMLESS {
        write(dir.path(), file, from, to);
        for app in loaded("a_sound_map_has_no_finding", dir.path()).await {
            let data = app.data(&format!("{{ findings {{ {FINDINGS} }} }}")).await;
            assert_eq!(data["findings"]["totalCount"], 0, "{}: {file}: {to}: {data}", app.name);
        }
    }
}

#[tokio::test]
async fn each_finding_is_found_once_and_nothing_else_is() {
    for Seed { rule, file, from, to, noun, other } in SEEDS {
        let dir = tempfile::tempdir().expect("a folder");
        write(dir.path(), file, from, to);
        for app in loaded("each_finding_is_found_once", dir.path()).await {
            let data = app.data(&format!("{{ findings {{ {FINDINGS} }} }}")).await;
            let found = &data["findings"];
            let [edge] = items(&found["edges"]) else { panic!("{}: {rule}: {found:#}", app.name) };
            assert_eq!(edge["rule"], *rule, "{}: {found}", app.name);
            assert_eq!(found["totalCount"], 1, "{}: {found}", app.name);
            assert!(is_any(&edge["node"]["slug"], Some(noun)), "{}: {found}", app.name);
            assert!(is_any(&edge["other"]["slug"], *other), "{}: {found}", app.name);
            let [counted, other_rules] = [&[*rule][..], &["SOURCE_OLD", "NO_SOURCE"]].map(|rules| rules.join(", "));
            let data = app
                .data(&format!(
                    "{{ same: findings(rules: [{counted}], severity: [{}]) {{ totalCount }} \
                     others: findings(rules: [{other_rules}]) {{ totalCount }} }}",
                    text(&edge["severity"])
                ))
                .await;
            assert_eq!(data["same"]["totalCount"], 1, "{}: {rule}", app.name);
            assert_eq!(data["others"]["totalCount"], u64::from(other_rules.contains(rule)), "{}: {rule}", app.name);
        }
    }
}

#[tokio::test]
async fn a_waiver_holds_until_its_end_and_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "group_memberships", "trees,oak,lead,made-up,t\n", "");
    let waiver =
        "rule,subject_type,subject_id,reason,since,until\nlead_not_member,group,trees,It is being asked,,2030-06-30\n";
    fs::write(dir.path().join("waivers.csv"), waiver).expect("written");
    for app in loaded("a_waiver_holds_until", dir.path()).await {
        let question = |view: &str, more: &str| {
            format!("{{ map{view} {{ findings{more} {{ {FINDINGS} }} findingRules {{ rule count }} }} }}")
        };
        let data = app.data(&question("(asOf: \"2030-06-30\")", "")).await;
        assert_eq!(data["map"]["findings"]["totalCount"], 0, "{}: {data}", app.name);
        assert!(items(&data["map"]["findingRules"]).iter().all(|rule| rule["count"] == 0), "{data}");
        let data = app.data(&question("(asOf: \"2030-06-30\")", "(includeWaived: true)")).await;
        assert_eq!(data["map"]["findings"]["edges"][0]["waiver"], "It is being asked", "{}: {data}", app.name);
        let data = app.data(&question("(asOf: \"2030-07-02\")", "(rules: [LEAD_NOT_MEMBER])")).await;
        assert_eq!(data["map"]["findings"]["totalCount"], 1, "{}: {data}", app.name);
        assert_eq!(data["map"]["findings"]["edges"][0]["waiver"], Value::Null, "{}: {data}", app.name);

        let back = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, back.path(), false).await.expect("exported");
        let exported = fs::read_to_string(back.path().join("waivers.csv")).expect("exported");
        assert_eq!(exported, waiver, "{}", app.name);
    }
    let wrong = "rule,subject_type,subject_id,reason\nno_such_rule,group,trees,x\n";
    fs::write(dir.path().join("waivers.csv"), wrong).expect("written");
    let app = TestApp::on("SQLite", persistence::Store::in_memory().await.expect("memory"));
    let refusal = app.import(dir.path()).await.expect_err("no rule is called so").to_string();
    assert!(refusal.contains("waivers.csv") && refusal.contains("no_such_rule"), "{refusal}");
}

#[tokio::test]
async fn pages_and_statements_are_those_of_every_list() {
    for app in chaoyang("pages_and_statements_are_those_of_findings").await {
        let all = app.data(&format!("{{ findings(first: 100) {{ {FINDINGS} pageInfo {{ hasNextPage }} }} }}")).await;
        let edges = items(&all["findings"]["edges"]);
        assert_eq!(all["findings"]["totalCount"], edges.len(), "{}", app.name);
        let severities = edges.iter().map(|edge| {
            FindingSeverity::WORDS.iter().position(|word| text(&edge["severity"]).eq_ignore_ascii_case(word))
        });
        assert!(severities.is_sorted(), "{}", app.name);
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = app
                .data(&format!("{{ findings(first: 7{after}) {{ {FINDINGS} pageInfo {{ hasNextPage endCursor }} }} }}"))
                .await;
            paged.extend(items(&page["findings"]["edges"]).iter().cloned());
            if page["findings"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", page["findings"]["pageInfo"]["endCursor"]);
        }
        assert_eq!(&paged, edges, "{}", app.name);
        let question = "{ findings(first: 100) { totalCount edges { rule other { slug } node { __typename slug } sources { quote } } } }";
        let answer = app.ask(question, json!({})).await;
        let (statements, body) = (answer.statements(), answer.json());
        let kinds = items(&body["data"]["findings"]["edges"]).iter().map(|edge| text(&edge["node"]["__typename"]));
        let kinds = kinds.collect::<BTreeSet<_>>().len();
        let expected = 3 + u64::try_from(kinds).expect("few");
        assert_eq!(statements, expected, "a page, a count, citations, and one a kind of noun: {body}");
        let answer = app.ask("{ findings(rules: [NO_RULE]) { totalCount } }", json!({})).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{answer}");
        let before = app.data("{ map(asOf: \"1990-01-01\") { findings(rules: [SOURCE_OLD]) { totalCount } } }").await;
        assert_eq!(before["map"]["findings"]["totalCount"], 0, "none was old then: {before}");
    }
}

#[tokio::test]
async fn what_is_found_on_the_bundled_map_is_known() {
    for app in chaoyang("what_is_found_on_the_bundled_map").await {
        let report = lint(app.store.clone(), &LintOptions::default()).await.expect("it is looked at");
        let counts = by_rule(&report);
        // What an import warns of is counted, not read page by page.
        let summary = summarize(app.store.clone()).await.expect("it is looked at");
        let told: Vec<(&str, u64)> = summary.iter().map(|rule| (rule.rule.as_str(), rule.count)).collect();
        assert_eq!(told, [("sources-disagree", 4)], "{}", app.name);
        assert!(report.to_text().contains(&format!("sources-disagree: {}\n", summary[0].first)), "{summary:?}");
        // Names whose rows have no source are common knowledge; four contradictions are on record as such.
        assert_eq!((counts.get("no-source"), counts.get("sources-disagree")), (None, Some(&4)), "{counts:?}");
        assert!(!report.fails(FindingSeverity::Error), "{counts:?}");
        assert!(report.fails(FindingSeverity::Warning), "{counts:?}");
        let lines = report.to_text();
        assert!(lines.ends_with(&format!("as known at revision {}\n", 1)), "{lines}");
        let sarif = report.to_sarif();
        assert_eq!((text(&sarif["version"]), items(&sarif["runs"]).len()), ("2.1.0", 1), "{sarif}");
        let run = &sarif["runs"][0];
        assert_eq!(items(&run["tool"]["driver"]["rules"]).len(), FindingRule::VALUES.len());
        for result in items(&run["results"]) {
            let rule = &run["tool"]["driver"]["rules"]
                [usize::try_from(result["ruleIndex"].as_u64().expect("a place")).expect("few")];
            assert_eq!(rule["id"], result["ruleId"], "{result}");
            assert!(["error", "warning", "note"].contains(&text(&result["level"])), "{result}");
            assert!(!text(&result["message"]["text"]).is_empty() && result["locations"][0].is_object(), "{result}");
        }
        assert_eq!(items(&run["results"]).len(), counts.values().sum::<usize>());
        assert_eq!(items(&report.to_json()["findings"]).len(), counts.values().sum::<usize>());
        let options = LintOptions { rules: vec![FindingRule::SourcesDisagree], ..LintOptions::default() };
        let only = lint(app.store.clone(), &options).await.expect("it is looked at");
        assert_eq!(by_rule(&only).into_values().collect::<Vec<_>>(), [4], "{}", app.name);
        let unknown = LintOptions { known_at: Some(99), ..LintOptions::default() };
        let problem = lint(app.store.clone(), &unknown).await.expect_err("there is no such revision").join("; ");
        assert!(problem.contains("there is no revision 99"), "{problem}");
    }
}

#[test]
fn the_pages_on_rules_are_what_the_code_says() {
    let head = "# What is doubtful\n\nThe rules of `findings` and of `edumap lint`, each with why it matters and how what it finds is mended.\n\
                `waivers.csv` of a data set says which findings are left as they are, why, and until when.\n\n";
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/findings.md")]
        .assert_eq(&format!("{head}{}", describe_rules()));
}

#[tokio::test]
async fn all_pages_of_a_made_up_city_are_looked_at() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 400, seed: 3 }, &folder).expect("a city");
    let schools = fs::read_to_string(folder.join("schools.csv")).expect("a file");
    // No row names its source, though some name one for a single field.
    let mut lines = schools.lines();
    let header = lines.next().expect("a header");
    let at = header.split(',').position(|column| column == "source_id").expect("a column");
    let mut unsourced = format!("{header}\n");
    for line in lines {
        let mut cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), header.split(',').count(), "no cell is quoted: {line}");
        cells[at] = "";
        if let Some(quote) = header.split(',').position(|column| column == "quote") {
            cells[quote] = "";
        }
        unsourced += &format!("{}\n", cells.join(","));
    }
    fs::write(folder.join("schools.csv"), unsourced).expect("written");
    for app in loaded("all_pages_of_a_made_up_city", &folder).await {
        let options = LintOptions { rules: vec![FindingRule::NoSource], ..LintOptions::default() };
        let report = lint(app.store.clone(), &options).await.expect("all pages are of one view");
        let counts: Vec<usize> = by_rule(&report).into_values().collect();
        let data = app.data("{ schools { totalCount } findings(rules: [NO_SOURCE]) { totalCount } }").await;
        assert_eq!(data["findings"]["totalCount"], counts.iter().sum::<usize>(), "{}", app.name);
        assert!(
            data["findings"]["totalCount"].as_u64() >= data["schools"]["totalCount"].as_u64(),
            "{}: {data}",
            app.name
        );
        assert!(counts[0] > 300, "{}: {counts:?}", app.name);
    }
}
