//! The facts of the report on which the bundled map stands: a question and an answer for each, with its source and its words,
//! and the traps that lie in them.

use std::{collections::BTreeMap, env, fmt::Write as _, fs, path::PathBuf};

use serde_json::{Value, json};
use tests::{chaoyang, root};

/// A fact: its number, what it says, the question, and where the answer stands.
struct Fact {
    number: usize,
    text: String,
    question: String,
    answer: PathBuf,
}

/// The facts whose answer quotes nothing: the row of a source is no quotation.
const WITHOUT_QUOTE: &[usize] = &[1];

/// Whether expected answers are written rather than compared.
fn is_updating() -> bool {
    env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1")
}

/// The facts, by their numbers.
fn facts() -> Vec<Fact> {
    let files = fs::read_dir(root().join("tests/seed")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let questions = files.filter(|path| path.extension().is_some_and(|extension| extension == "graphql"));
    let fact = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a question");
        let (comment, question): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('#'));
        let comment: Vec<&str> = comment.iter().map(|line| line.trim_start_matches(['#', ' '])).collect();
        let (number, text) =
            comment.join(" ").split_once(". ").map(|(n, text)| (n.to_owned(), text.to_owned())).expect("a number");
        let number: usize = number.parse().expect("a number");
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.starts_with(&format!("{number:02}-")), "{name} begins with another number than its text");
        (number, Fact { number, text, question: question.join("\n"), answer: path.with_extension("json") })
    };
    let facts: BTreeMap<usize, Fact> = questions.map(fact).collect();
    facts.into_values().collect()
}

/// Whether some quote stands in an answer.
fn has_quote(answer: &Value) -> bool {
    match answer {
        Value::Array(items) => items.iter().any(has_quote),
        Value::Object(members) => {
            members.iter().any(|(name, value)| has_quote(value) || (name == "quote" && value.is_string()))
        }
        _ => false,
    }
}

#[tokio::test]
async fn each_fact_of_the_report_is_answered_with_its_source_and_words() {
    let facts = facts();
    let numbers: Vec<usize> = facts.iter().map(|fact| fact.number).collect();
    assert_eq!(numbers, (1..=57).collect::<Vec<_>>());
    for app in chaoyang("each_fact_of_the_report").await {
        for fact in &facts {
            let answer = app.data(&fact.question).await;
            let written = format!("{}\n", serde_json::to_string_pretty(&answer).expect("an answer"));
            if is_updating() && app.name == "SQLite" {
                fs::write(&fact.answer, &written).expect("an answer");
            }
            let expected = fs::read_to_string(&fact.answer).unwrap_or_default();
            assert_eq!(written, expected, "{}: {}. {}", app.name, fact.number, fact.text);
            let is_quoted = !WITHOUT_QUOTE.contains(&fact.number);
            assert_eq!(has_quote(&answer), is_quoted, "whether a quote stands in {}. {}", fact.number, fact.text);
        }
    }
}

/// The page on which a reader of the report checks the map line by line.
fn page(facts: &[Fact]) -> String {
    let mut page = String::from(
        "# The report, fact by fact\n\n\
         The bundled map of Chaoyang stands on a newspaper report of 2024-09-23 and on what other sources say of the same.\n\
         Here stands each fact of the report in our words, the question that asks for it, and the answer with its sources and their words.\n\
         This page is printed from `tests/seed`; a test asks all of it on both databases, on 24 November 2026.\n",
    );
    for Fact { number, text, question, answer } in facts {
        let answer = fs::read_to_string(answer).expect("an answer");
        let _ = write!(
            page,
            "\n## {number}. {text}\n\n```graphql\n{}\n```\n\n<details><summary>Answer</summary>\n\n```json\n{}\n```\n\n</details>\n",
            question.trim(),
            answer.trim()
        );
    }
    page
}

#[test]
fn the_page_of_the_facts_is_printed_from_them() {
    let (path, page) = (root().join("docs/chaoyang.md"), page(&facts()));
    if is_updating() {
        fs::write(&path, &page).expect("the page");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(written, page, "run the test again with UPDATE_EXPECT=1 to print the page");
}

#[tokio::test]
async fn relative_dates_are_resolved_as_precisely_as_they_were_said() {
    for app in chaoyang("relative_dates").await {
        let data = app
            .data(
                r#"{ next: project(slug: "dongba-north") { dueOn { text precision } }
                     this: project(slug: "sci-tech-branch") { openedOn { text precision } }
                     due: project(slug: "gangqu-1") { dueOn { text precision earliest latest } }
                     now: reportedFigure(slug: "groups-total") { asOf { text precision } }
                     unknown: event(slug: "cjl-alliance") { heldOn { text precision earliest } } }"#,
            )
            .await;
        assert_eq!(data["next"]["dueOn"], json!({ "text": "2025-09", "precision": "MONTH" }));
        assert_eq!(data["this"]["openedOn"]["text"], "2024-09");
        assert_eq!(data["due"]["dueOn"]["precision"], "YEAR");
        assert_eq!(data["due"]["dueOn"]["latest"], "2025-12-31");
        assert_eq!(data["now"]["asOf"]["text"], "2024-09-22");
        assert_eq!(data["unknown"]["heldOn"]["earliest"], Value::Null);
    }
}

#[tokio::test]
async fn an_open_list_says_so_and_a_count_stands_without_its_members() {
    for app in chaoyang("an_open_list").await {
        let data = app
            .data(
                r#"{ alliance(slug: "science-education") { partners { totalCount }
                       listCompleteness { list isComplete note(lang: "en") sources { quote } } }
                     group(slug: "beijing-academy-group") { schools { totalCount } listCompleteness { isComplete }
                       reportedFigures { nodes { value recorded status } } }
                     of_nothing: group(slug: "chenjinglun") { listCompleteness { list } } }"#,
            )
            .await;
        let list = &data["alliance"]["listCompleteness"][0];
        assert_eq!((&list["list"], &list["isComplete"]), (&"PARTNERS".into(), &false.into()), "{data}");
        assert!(list["sources"][0]["quote"].as_str().is_some_and(|quote| quote.contains("and other universities")));
        assert_eq!(data["group"]["schools"]["totalCount"], 4);
        let figure = &data["group"]["reportedFigures"]["nodes"][0];
        assert_eq!((&figure["value"], &figure["recorded"]), (&14.0.into(), &4.0.into()));
        assert_eq!(figure["status"], "RECORDED_FEWER");
        assert_eq!(data["of_nothing"]["listCompleteness"], json!([]));
    }
}

#[tokio::test]
async fn both_wordings_of_the_categories_stand_with_their_words() {
    for app in chaoyang("both_wordings").await {
        let data = app
            .data(r#"{ alliance(slug: "art-education") { resourceCategories { category sources { quote } } } }"#)
            .await;
        let categories = data["alliance"]["resourceCategories"].as_array().expect("categories");
        let quotes: std::collections::BTreeSet<&str> =
            categories.iter().filter_map(|it| it["sources"][0]["quote"].as_str()).collect();
        assert_eq!((categories.len(), quotes.len()), (6, 2), "{data}");
    }
}

#[tokio::test]
async fn a_school_to_come_and_one_that_opened_do_not_look_alike() {
    for app in chaoyang("a_school_to_come").await {
        let data = app
            .data(
                r#"fragment it on School { status isOnMap openedOn { text } projects { nodes { status dueOn { text } openedOn { text } } } }
                   { future: school(slug: "bj-science-hs") { ...it } opened: school(slug: "ba-sci-tech") { ...it }
                     before: map(asOf: "2024-08-31") { school(slug: "ba-sci-tech") { status isOnMap projects { nodes { status } } } } }"#,
            )
            .await;
        assert_eq!(data["future"]["status"], "PLANNED");
        assert_eq!(data["future"]["openedOn"], Value::Null);
        assert_eq!(data["future"]["projects"]["nodes"][0]["status"], "PLANNED");
        assert_eq!(data["opened"]["status"], "OPEN");
        assert_eq!(data["opened"]["projects"]["nodes"][0]["status"], "OPENED");
        assert_eq!(data["before"]["school"]["status"], "PLANNED");
        assert_eq!(data["before"]["school"]["isOnMap"], false);
        assert_eq!(data["before"]["school"]["projects"]["nodes"][0]["status"], "IN_PROGRESS");
    }
}

#[tokio::test]
async fn sources_that_disagree_on_a_site_are_both_shown() {
    for app in chaoyang("sources_that_disagree").await {
        let data = app
            .data(
                r#"{ project(slug: "science-hs") { township { slug }
                       contradictions { field recorded stated recordedBy { quote } sources { title quote } }
                       sources { relation field value } }
                     contradictions { totalCount edges { field node { id } } }
                     before: map(asOf: "2024-08-01") { contradictions { totalCount } } }"#,
            )
            .await;
        let it = &data["project"]["contradictions"][0];
        assert_eq!(it["field"], "township_id");
        assert_eq!((&it["recorded"], &it["stated"]), (&"wangsiying".into(), &"fatou".into()), "{data}");
        assert_eq!(it["recordedBy"].as_array().map(Vec::len), Some(2));
        assert!(it["sources"][0]["quote"].is_string());
        let relations: Vec<&Value> =
            data["project"]["sources"].as_array().expect("sources").iter().map(|it| &it["relation"]).collect();
        assert_eq!(relations, ["SUPPORTS", "CONTRADICTS", "SUPPORTS", "SUPPORTS"]);
        assert_eq!(data["contradictions"]["totalCount"], 4);
    }
}

#[tokio::test]
async fn a_project_the_campus_it_builds_and_the_school_are_three_things() {
    for app in chaoyang("three_things").await {
        let data = app
            .data(
                r#"{ project(slug: "gangqu-1") { id campus { id name projects { nodes { slug } } school { id } } school { id projects { nodes { slug } } } } }"#,
            )
            .await;
        let project = &data["project"];
        let ids = [&project["id"], &project["campus"]["id"], &project["school"]["id"]];
        assert!(ids.iter().all(|id| id.is_string()) && ids[0] != ids[1] && ids[1] != ids[2], "{data}");
        assert_eq!(project["campus"]["school"]["id"], project["school"]["id"]);
        assert_eq!(project["campus"]["projects"]["nodes"][0]["slug"], "gangqu-1");
    }
}

#[tokio::test]
async fn an_expert_group_and_a_pathway_lead_to_what_they_are_of() {
    for app in chaoyang("an_expert_group_and_a_pathway").await {
        let data = app
            .data(
                r#"{ expertGroup(slug: "talent") { seq advisoryBody { slug expertGroups { totalCount } } }
                     pathway(slug: "cjl-12") { years scope { ... on Group { slug pathways { nodes { slug } } } } } }"#,
            )
            .await;
        let body = json!({ "slug": "expert-committee", "expertGroups": { "totalCount": 7 } });
        assert_eq!(data["expertGroup"], json!({ "seq": 5, "advisoryBody": body }));
        let scope = json!({ "slug": "chenjinglun", "pathways": { "nodes": [{ "slug": "cjl-12" }] } });
        assert_eq!(data["pathway"], json!({ "years": 12, "scope": scope }));
    }
}

#[tokio::test]
async fn a_name_says_its_language_and_why_it_is_believed() {
    for app in chaoyang("a_name_says_its_language").await {
        let names = "names { text language kind basis }";
        let data = app
            .data(&format!(
                r#"{{ school(slug: "beijing-academy") {{ {names} }} no_11: partner(slug: "bnds") {{ {names} }}
                      orchestra: partner(slug: "china-national-orchestra") {{ {names} localizedName(lang: "zh") {{ language isFallback }} }} }}"#
            ))
            .await;
        let is_said = |noun: &str, text: &str, kind: &str, basis: &str| {
            let name = json!({ "text": text, "language": "en", "kind": kind, "basis": basis });
            assert!(data[noun]["names"].as_array().is_some_and(|names| names.contains(&name)), "{name}: {data}");
        };
        is_said("school", "Beijing Middle School", "OFFICIAL", "SOURCE");
        is_said("school", "beijing middle school", "MACHINE_TRANSLATION", "SOURCE");
        is_said("school", "Beijing Academy", "OFFICIAL_ENGLISH", "COMMON_KNOWLEDGE");
        is_said("no_11", "Beijing No. 11 School", "OFFICIAL", "SOURCE");
        is_said("no_11", "Beijing National Day School", "OFFICIAL_ENGLISH", "COMMON_KNOWLEDGE");
        is_said("orchestra", "China National Orchestra", "OFFICIAL", "SOURCE");
        // Two real orchestras could be meant, so no Chinese name is given.
        assert_eq!(data["orchestra"]["localizedName"], json!({ "language": "en", "isFallback": true }));
    }
}
