//! What holds in several periods: a school that closed and opened again, a tie that came back, a member that left and returned
//! within a year.

use std::{fs, path::Path};

use domain::Known;
use serde_json::{Value, json};
use server::{export::export, import::Options, report::Refusal};
use tests::{TestApp, csv_files, data_copy, data_folder, empty, loaded};

/// A file of the folder.
fn text(file: &str) -> String {
    csv_files(&data_folder("english-periods")).remove(&format!("{file}.csv")).expect("a file")
}

fn write(dir: &Path, name: &str, text: &str) {
    fs::write(dir.join(format!("{name}.csv")), text).expect("written");
}

async fn import(app: &TestApp, dir: &Path) {
    app.import(dir).await.unwrap_or_else(|refusal| panic!("{}: {refusal}", app.name));
}

async fn on(app: &TestApp, day: &str, query: &str) -> Value {
    app.data(&format!("{{ map(asOf: \"{day}\") {{ {query} }} }}")).await["map"].take()
}

/// The slugs of a connection's nodes, of which `totalCount` says as many.
fn slugs(connection: &Value) -> Vec<&str> {
    let nodes = connection["nodes"].as_array().expect("nodes");
    assert_eq!(connection["totalCount"], nodes.len(), "{connection}");
    nodes.iter().map(|node| node["slug"].as_str().expect("a slug")).collect()
}

const WILLOW: &str = r#"school(slug: "willow") {
    id slug name(lang: "en") names { text sources { quote } } isOnMap existence status stages iscedLevels knownDay
    since { text } until { text } codes { value sources { quote } } sources { quote }
    campuses { totalCount nodes { slug } } groups { totalCount nodes { slug } edges { sources { quote } } }
}"#;

#[tokio::test]
async fn a_view_shows_the_period_of_its_day() {
    let dir = data_copy("english-periods");
    // The case of a slug's letters tells nothing apart.
    write(dir.path(), "schools", &text("schools").replace("willow,Willow", "Willow,Willow"));
    for app in empty("the period of a day").await {
        import(&app, dir.path()).await;
        let id = domain::Id::<domain::School>::of("willow").to_string();
        let closed = json!({ "isOnMap": false, "existence": null, "status": "CLOSED" });
        let open = |existence| json!({ "isOnMap": true, "existence": existence, "status": "OPEN" });
        for (day, name, quote, state, groups) in [
            ("1990-06-01", "Willow Example School", "it closed", open("ASSUMED"), vec!["grove"]),
            ("2005-12-31", "Willow Example School", "it closed", open("CERTAIN"), vec!["grove"]),
            ("2006-01-01", "Willow Example School", "it closed", closed.clone(), vec![]),
            ("2015-08-31", "Willow Example School", "it closed", closed, vec![]),
            ("2015-09-01", "New Willow Example School", "it opened again", open("CERTAIN"), vec!["grove"]),
            ("2020-06-01", "New Willow Example School", "it opened again", open("CERTAIN"), vec!["grove", "meadow"]),
        ] {
            let found = on(&app, day, WILLOW).await;
            let willow = &found["school"];
            let about = format!("{}: {day}: {willow}", app.name);
            assert_eq!((&willow["id"], &willow["name"]), (&json!(id), &json!(name)), "{about}");
            assert_eq!(willow["names"], json!([{ "text": name, "sources": [{ "quote": quote }] }]), "{about}");
            assert_eq!(willow["sources"], json!([{ "quote": quote }]), "{about}");
            for (field, value) in state.as_object().expect("fields") {
                assert_eq!(willow[field], *value, "{field}: {about}");
            }
            let is_first = quote == "it closed";
            assert_eq!(willow["slug"], if is_first { "Willow" } else { "willow" }, "{about}");
            assert_eq!(willow["stages"], json!([if is_first { "PRIMARY" } else { "JUNIOR" }]), "{about}");
            assert_eq!(willow["iscedLevels"], json!([if is_first { 1 } else { 2 }]), "{about}");
            let code = json!([{ "value": if is_first { "W1" } else { "W2" }, "sources": [{ "quote": quote }] }]);
            assert_eq!(willow["codes"], code, "{about}");
            assert_eq!(willow["knownDay"], "2005-01-01", "{about}");
            assert_eq!(willow["since"], if is_first { json!(null) } else { json!({ "text": "2015-09" }) }, "{about}");
            assert_eq!(willow["until"], if is_first { json!({ "text": "2005" }) } else { json!(null) }, "{about}");
            let on_map = willow["isOnMap"] == true;
            assert_eq!(slugs(&willow["campuses"]), if on_map { vec!["willow.a"] } else { vec![] }, "{about}");
            assert_eq!(slugs(&willow["groups"]), groups, "{about}");
            if on_map {
                assert_eq!(willow["groups"]["edges"][0]["sources"], json!([{ "quote": "undated" }]), "{about}");
            }
            let by_id =
                on(&app, day, &format!("node(id: \"{id}\") {{ ... on School {{ name(lang: \"en\") }} }}")).await;
            assert_eq!(by_id["node"]["name"], name, "{about}");
        }
    }
}

const LISTS: &str = r#"
    schools { totalCount nodes { slug } } campuses { totalCount nodes { slug } }
    all: schools(filter: { status: [OPEN, CLOSED, PLANNED] }) { totalCount nodes { slug } }
    primary: schools(filter: { stage: [PRIMARY] }) { totalCount nodes { slug } }
    junior: schools(filter: { stage: [JUNIOR] }, orderBy: { field: SLUG }) { totalCount nodes { slug } }
    old: schools(filter: { code: { value: "W1" } }) { totalCount nodes { slug } }
    new: schools(filter: { nameContains: "new willow" }) { totalCount nodes { slug } }
    willow: schools(filter: { nameContains: "willow ex" }) { totalCount nodes { slug } }
    grouped: schools(filter: { hasGroupOnRecord: true }) { totalCount nodes { slug } }
    grove: group(slug: "grove") { schools { totalCount nodes { slug } } }
    meadow: group(slug: "meadow") { schools { totalCount nodes { slug } } }
    oak: school(slug: "oak") { names { text } codes { value } groups { totalCount nodes { slug } edges { sources { quote } } } }
    campus(slug: "willow.a") { isOnMap school { name(lang: "en") } }"#;

#[tokio::test]
async fn lists_counts_filters_and_ties_hold_a_noun_once() {
    for app in loaded("a noun once", &data_folder("english-periods")).await {
        let (then, gap, now) = (
            on(&app, "2002-06-01", LISTS).await,
            on(&app, "2009-06-01", LISTS).await,
            on(&app, "2020-06-01", LISTS).await,
        );
        for (field, on_then, on_gap, on_now) in [
            (
                "schools",
                vec!["ash", "birch", "elm", "oak", "willow"],
                vec!["ash", "birch", "elm", "oak"],
                vec!["ash", "birch", "elm", "willow", "oak"],
            ),
            (
                "all",
                vec!["ash", "birch", "elm", "oak", "willow"],
                vec!["ash", "birch", "elm", "oak"],
                vec!["ash", "birch", "elm", "willow", "oak"],
            ),
            ("campuses", vec!["willow.a"], vec![], vec!["willow.a"]),
            ("primary", vec!["elm", "oak", "willow"], vec!["elm", "oak"], vec!["elm", "oak"]),
            ("junior", vec!["elm"], vec!["elm"], vec!["elm", "willow"]),
            ("old", vec!["willow"], vec![], vec![]),
            ("new", vec![], vec![], vec!["willow"]),
            ("willow", vec!["willow"], vec![], vec!["willow"]),
            ("grouped", vec!["elm", "willow"], vec![], vec!["birch", "elm", "willow", "oak"]),
        ] {
            for (found, slugs_then) in [(&then, on_then), (&gap, on_gap), (&now, on_now)] {
                assert_eq!(slugs(&found[field]), slugs_then, "{}: {field}: {found:#}", app.name);
            }
        }
        let members = |found: &Value, group: &str| slugs(&found[group]["schools"]).join(" ");
        assert_eq!([members(&then, "grove"), members(&then, "meadow")], ["willow", "elm"], "{}", app.name);
        assert_eq!([members(&gap, "grove"), members(&gap, "meadow")], ["", ""], "{}", app.name);
        assert_eq!([members(&now, "grove"), members(&now, "meadow")], ["willow oak", "elm willow"], "{}", app.name);
        let codes = [&then, &gap, &now].map(|found| found["oak"]["codes"].clone());
        assert_eq!(codes, [json!([{ "value": "17" }]), json!([]), json!([{ "value": "17" }])], "{}", app.name);
        let names = |found: &Value| found["oak"]["names"].as_array().map(Vec::len);
        assert_eq!([names(&then), names(&gap)], [Some(2), Some(2)], "{}", app.name);
        assert_eq!(names(&on(&app, "1997-06-01", LISTS).await), Some(1), "{}: no alias in between", app.name);
        assert_eq!(gap["campus"], json!({ "isOnMap": false, "school": { "name": "Willow Example School" } }));

        for (day, quotes) in [
            ("2014-12-31", json!([{ "quote": "it left" }])),
            ("2015-01-01", json!([{ "quote": "it came back" }])),
            ("2015-12-31", json!([{ "quote": "it came back" }])),
        ] {
            let found = on(&app, day, LISTS).await;
            assert_eq!(slugs(&found["oak"]["groups"]), ["grove"], "{}: {day}", app.name);
            assert_eq!(found["oak"]["groups"]["edges"][0]["sources"], quotes, "{}: {day}", app.name);
        }
    }
}

#[tokio::test]
async fn a_reopening_that_is_announced_is_no_second_school() {
    let dir = data_copy("english-periods");
    let schools =
        text("schools").replace("2015-09,,seed", "2031-09,,seed").replace("junior,open,W2", "junior,planned,W2");
    write(dir.path(), "schools", &schools);
    write(
        dir.path(),
        "group_memberships",
        &text("group_memberships").replace("meadow,willow,guided,2016,,,seed,,\n", ""),
    );
    for app in empty("an announced reopening").await {
        import(&app, dir.path()).await;
        for (day, status, listed) in [
            ("2002-06-01", "OPEN", true),
            ("2026-06-01", "CLOSED", false),
            ("2031-08-31", "CLOSED", false),
            ("2031-09-01", "OPEN", true),
        ] {
            let found = on(&app, day, &format!("{WILLOW} {LISTS}")).await;
            assert_eq!(found["school"]["status"], status, "{}: {day}", app.name);
            let is_listed = slugs(&found["all"]).contains(&"willow");
            assert_eq!(is_listed, listed, "{}: {day}: {}", app.name, found["all"]);
        }
    }
}

#[tokio::test]
async fn a_row_that_meets_several_periods_is_one_row_of_several_facts() {
    let dir = data_folder("english-periods");
    for app in loaded("a row of several facts", &dir).await {
        let again = app.import(&dir).await.expect("no findings");
        let counted: Vec<_> = again.files.iter().map(|count| (count.file, count.rows, count.unchanged)).collect();
        assert!(counted.contains(&("campuses", 1, 2)) && counted.contains(&("schools", 6, 6)), "{counted:?}");
    }
}

#[tokio::test]
async fn a_period_changes_and_goes_by_itself() {
    let (schools, members) = (text("schools"), text("group_memberships"));
    for app in loaded("a period changes", &data_folder("english-periods")).await {
        let dir = data_copy("english-periods");
        let later = schools.replace(",,2005,seed", ",,2006,seed");
        write(dir.path(), "schools", &later);
        let dry = app.import_as(dir.path(), true).await.expect("no findings");
        let count = dry.files.iter().find(|count| count.file == "schools").expect("schools");
        assert_eq!((count.rows, count.changed, count.unchanged), (6, 2, 4), "{}: it is known since 2006", app.name);
        import(&app, dir.path()).await;
        let view = |known: i64| format!("{{ map(asOf: \"2006-06-01\", knownAt: {known}) {{ {WILLOW} }} }}");
        for (revision, is_on_map) in [(1, false), (2, true)] {
            let found = app.data(&view(revision)).await;
            assert_eq!(found["map"]["school"]["isOnMap"], is_on_map, "{}: {revision}", app.name);
            let campuses = if is_on_map { vec!["willow.a"] } else { vec![] };
            assert_eq!(slugs(&found["map"]["school"]["campuses"]), campuses, "{}: {revision}", app.name);
        }

        // An earlier period is found: what was the first is a later one.
        let first = "willow,First Willow Example School,stated,primary,closed,,,1900,1950,seed,its beginnings,news\n";
        let named = later.replace("closed,W1,,,2006", "closed,W1,,1970,2006");
        write(dir.path(), "schools", &format!("{named}{first}"));
        import(&app, dir.path()).await;
        for (day, name) in [
            ("1890-01-01", "First Willow Example School"),
            ("1960-01-01", "First Willow Example School"),
            ("1970-01-01", "Willow Example School"),
            ("2020-01-01", "New Willow Example School"),
        ] {
            assert_eq!(on(&app, day, WILLOW).await["school"]["name"], name, "{}: {day}", app.name);
        }
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(csv_files(out.path()), csv_files(dir.path()), "{}", app.name);

        // The folder of revision 2 would undo what the third says of two periods: told once.
        write(dir.path(), "schools", &later);
        let options = Options { expect_revision: Some(2), ..Options::default() };
        let Err(Refusal::Conflict(conflict)) = app.import_by(dir.path(), options).await else { panic!("a conflict") };
        let told: Vec<_> = conflict.undone.iter().chain(&conflict.both).filter(|row| row.0 == "schools").collect();
        assert_eq!(told.len(), 1, "{}: {told:?}", app.name);

        // Without its second period the school is closed for good.
        let without: String = schools.split_inclusive('\n').filter(|row| !row.contains("New Willow")).collect();
        write(dir.path(), "schools", &without);
        write(dir.path(), "group_memberships", &members.replace("meadow,willow,guided,2016,,,seed,,\n", ""));
        import(&app, dir.path()).await;
        let found = on(&app, "2020-01-01", &format!("{WILLOW} {LISTS}")).await;
        assert_eq!(
            (&found["school"]["name"], &found["school"]["status"]),
            (&json!("Willow Example School"), &json!("CLOSED"))
        );
        assert_eq!(slugs(&found["campuses"]), Vec::<&str>::new(), "{}", app.name);
        assert_eq!(slugs(&found["school"]["groups"]), Vec::<&str>::new(), "{}", app.name);
        let before = app.data(&format!("{{ map(asOf: \"2020-01-01\", knownAt: 3) {{ {WILLOW} }} }}")).await;
        assert_eq!(before["map"]["school"]["name"], "New Willow Example School", "{}", app.name);
    }
}

#[tokio::test]
async fn a_school_takes_over_in_one_of_its_periods() {
    let dir = data_copy("english-periods");
    let successions = "predecessor_id,successor_id,kind,effective_on,source_id,quote,confidence\n\
         elm,willow,renamed,2017-05,seed,,\n";
    write(dir.path(), "schools", &text("schools").replace("primary;junior,open", "primary;junior,renamed"));
    write(dir.path(), "school_successions", successions);
    for app in empty("a takeover in a period").await {
        import(&app, dir.path()).await;
        for (day, is_on_map) in
            [("2002-01-01", true), ("2010-01-01", false), ("2017-04-30", false), ("2017-05-01", true)]
        {
            assert_eq!(on(&app, day, WILLOW).await["school"]["isOnMap"], is_on_map, "{}: {day}", app.name);
        }
        let found = on(&app, "2020-01-01", r#"school(slug: "elm") { successors { totalCount nodes { slug } } }"#).await;
        assert_eq!(slugs(&found["school"]["successors"]), ["willow"], "{}", app.name);
    }
}

#[tokio::test]
async fn rows_that_hold_at_the_same_time_are_refused_with_both_lines() {
    for (file, wrong, said) in [
        (
            "schools",
            text("schools").replace(",2015-09,,seed", ",2004-09,,seed"),
            vec![
                "schools.csv:7: column school_id: `willow` stands on line 2 already, for days that overlap: that one holds from 2004-09-01, this one until 2005-12-31",
            ],
        ),
        (
            "schools",
            text("schools").replace(",2015-09,,seed", ",,,seed"),
            vec!["schools.csv:7: column school_id: `willow` stands on line 2 already"],
        ),
        (
            "group_memberships",
            text("group_memberships").replace("oak,member,2010,2015", "oak,member,2010,2016"),
            vec![
                "group_memberships.csv:3: column group_id: line 2 has the same group_id, school_id, role, for days that overlap: that one holds from 2015-01-01, this one from 2010-01-01 to 2016-12-31",
            ],
        ),
        (
            "group_memberships",
            text("group_memberships").replace("grove,willow,branch,,", "grove,willow,branch,2007,2008"),
            vec![
                "group_memberships.csv:4: column school_id: it would hold on no day: this row holds from 2007-01-01 to 2008-12-31, and the school `willow` until 2005-12-31 and from 2015-09-01",
            ],
        ),
        (
            "campuses",
            text("campuses").replace("confidence\n", "confidence\nwillow.a,willow,Another,seed,its site,news\n"),
            vec!["campuses.csv:3: column campus_id: `willow.a` stands on line 2 already"],
        ),
    ] {
        let dir = data_copy("english-periods");
        write(dir.path(), file, &wrong);
        for app in empty("rows that overlap").await {
            let Err(Refusal::Findings(findings)) = app.import(dir.path()).await else { panic!("{said:?}") };
            let found: Vec<String> = findings.list().iter().map(ToString::to_string).collect();
            assert_eq!(found.len(), said.len(), "{}: {found:?}", app.name);
            assert!(found.iter().zip(&said).all(|(found, said)| found.starts_with(said)), "{}: {found:?}", app.name);
        }
    }
}
