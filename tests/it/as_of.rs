//! The map as it was on other days, and as it was known at other revisions.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use chrono::DateTime;
use domain::{Cell, FixedClock, Kind, NewRevision, Record, TimeZone, Validity, district, id::identity};
use graphql::Backend;
use persistence::Fact;
use serde_json::{Value, json};
use server::App;
use tests::{TODAY, TestApp, chaoyang, empty, loaded, undated};

fn slugs(value: &Value) -> BTreeSet<String> {
    let nodes = value["nodes"].as_array().expect("nodes");
    nodes.iter().map(|node| node["slug"].as_str().expect("a slug").to_owned()).collect()
}

#[tokio::test]
async fn members_and_names_differ_between_two_days_of_one_query() {
    for app in chaoyang("members_and_names_differ").await {
        let data = app
            .data(
                r#"{ then: map(asOf: "2018-01-01") { view { asOf isPinned }
                      group(slug: "bjut-hs-group") { schools { nodes { slug } } } schools(filter: { nameContains: "劲松第" }) { nodes { slug } }
                      school(slug: "bisu-hs") { names { text } } alliances { nodes { slug } } gone: school(slug: "jinsong-no1") { status isOnMap } }
                    now: map { view { asOf }
                      group(slug: "bjut-hs-group") { schools { nodes { slug } } } schools(filter: { nameContains: "劲松第" }) { nodes { slug } }
                      school(slug: "bisu-hs") { names { text } } alliances { nodes { slug } } gone: school(slug: "jinsong-no1") { status isOnMap untilDay until { text precision } } } }"#,
            )
            .await;
        let (then, now) = (&data["then"], &data["now"]);
        assert_eq!((&then["view"]["asOf"], &now["view"]["asOf"]), (&"2018-01-01".into(), &"2026-11-24".into()));
        assert_eq!(slugs(&then["group"]["schools"]).len(), 1);
        assert_eq!(slugs(&now["group"]["schools"]).len(), 4);
        assert_eq!(slugs(&then["schools"]).len(), 2, "two primary schools of that name");
        assert!(slugs(&now["schools"]).is_empty(), "they were merged and renamed in 2019");
        let names = |at: &Value| at["school"]["names"].as_array().expect("names").len();
        assert_eq!(names(now), names(then) + 1, "the second name was added in 2025");
        assert!(!slugs(&then["alliances"]).contains("science-education"));
        assert!(slugs(&now["alliances"]).contains("science-education"));
        assert_eq!(then["gone"]["status"], "OPEN");
        assert_eq!(now["gone"]["status"], "RENAMED");
        assert_eq!(now["gone"]["untilDay"], "2019-04-30");
        assert_eq!(
            now["gone"]["until"],
            json!({ "text": "2019-04", "precision": "MONTH" }),
            "as precise as its source"
        );
    }
}

#[tokio::test]
async fn what_nobody_dates_is_assumed_before_it_is_known_and_counted_apart() {
    for app in chaoyang("what_nobody_dates_is_assumed").await {
        let data = app
            .data(
                r#"{ then: map(asOf: "1900-01-01") {
                      groups { totalCount assumedCount } planned: schools(filter: { status: [PLANNED] }) { totalCount }
                      schools { totalCount assumedCount } certain: schools(filter: { existence: CERTAIN }) { totalCount assumedCount }
                      assumed: schools(filter: { existence: [ASSUMED] }, first: 1) { totalCount nodes { isOnMap existence since { text } sinceDay } }
                      group(slug: "bj80-group") { existence schools { totalCount assumedCount } }
                      none: group(slug: "bnu-chaoyang-group") { isOnMap existence knownDay } }
                    now: map(asOf: "2026-12-01") { schools { totalCount assumedCount } groups { totalCount assumedCount }
                      school(slug: "chenjinglun-hs") { existence since { text precision } sinceDay knownDay } } }"#,
            )
            .await;
        let (then, now) = (&data["then"], &data["now"]);
        assert_eq!(then["groups"], json!({ "totalCount": 10, "assumedCount": 10 }), "{}", app.name);
        assert_eq!(then["planned"]["totalCount"], 0);
        let (all, assumed) = (&then["schools"]["totalCount"], &then["schools"]["assumedCount"]);
        let certain = then["certain"]["totalCount"].as_i64().expect("a count");
        assert_eq!(then["assumed"]["totalCount"], *assumed);
        assert_eq!(all.as_i64(), assumed.as_i64().map(|assumed| assumed + certain));
        assert_eq!(then["certain"]["assumedCount"], 0);
        let one = json!({ "isOnMap": true, "existence": "ASSUMED", "since": null, "sinceDay": null });
        assert_eq!(then["assumed"]["nodes"][0], one);
        assert_eq!(then["group"]["existence"], "ASSUMED");
        assert_eq!(then["none"], json!({ "isOnMap": false, "existence": null, "knownDay": "2024-06-28" }));
        assert_eq!(now["schools"]["assumedCount"], 0, "all that was recorded is known");
        assert_eq!(now["groups"], json!({ "totalCount": 10, "assumedCount": 0 }));
        assert_eq!(now["school"]["existence"], "CERTAIN");
    }
}

#[tokio::test]
async fn a_campus_of_a_project_is_on_no_day_before_it_opens() {
    for app in chaoyang("a_campus_of_a_project").await {
        let day = |day: &str| {
            format!(
                r#"map(asOf: "{day}") {{ campus(slug: "beijing-academy-dongba-north") {{ isOnMap status existence since {{ text }} dueOn {{ text precision }} }}
                  project(slug: "dongba-north") {{ campus {{ slug status }} }}
                  school(slug: "beijing-academy") {{ campuses(first: 100) {{ nodes {{ slug }} }}
                    planned: campuses(first: 100, filter: {{ status: [PLANNED] }}) {{ nodes {{ slug }} }} }} }}"#
            )
        };
        let query = format!("{{ then: {} later: {} }}", day("2014-01-01"), day("2024-12-01"));
        let data = app.data(&query).await;
        let (then, later) = (&data["then"], &data["later"]);
        assert_eq!((&then["campus"]["isOnMap"], &then["campus"]["status"]), (&json!(false), &json!("UNKNOWN")));
        assert!(!slugs(&then["school"]["campuses"]).contains("beijing-academy-dongba-north"), "{}", app.name);
        assert!(slugs(&then["school"]["campuses"]).contains("beijing-academy-xibahe"), "{}", app.name);
        let due = json!({ "text": "2025-09", "precision": "MONTH" });
        let planned = json!({ "isOnMap": false, "status": "PLANNED", "existence": null, "since": null, "dueOn": due });
        assert_eq!(later["campus"], planned);
        assert!(!slugs(&later["school"]["campuses"]).contains("beijing-academy-dongba-north"));
        let asked = &later["school"]["planned"];
        assert!(slugs(asked).contains("beijing-academy-dongba-north"), "{}: {asked}", app.name);
        let by_project = json!({ "campus": { "slug": "beijing-academy-dongba-north", "status": "PLANNED" } });
        assert_eq!(data["later"]["project"], by_project, "{}: the project leads to it", app.name);
    }
}

/// A data set of schools, groups, campuses and alliances in every state, with and without dates.
fn states(dir: &Path) {
    let file = |name: &str, text: String| fs::write(dir.join(name), text).expect("a temporary file");
    file("sources.csv", "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note\nold,A test,A test,,2010-05,,en,synthetic,full,low,\nnew,A test,A test,,2018,,en,synthetic,full,low,\nundated,A test,A test,,,,en,synthetic,full,low,\n".into());
    // What was exported is taken as it is, even a status that its dates contradict.
    file("edumap.json", r#"{ "map": "another", "revision": 1 }"#.into());
    file("districts.csv", "district_id,name_zh,name_en,name_en_basis,source_id,quote\nd,,D,,old,\n".into());
    let mut schools = "school_id,name_zh,name_en,name_en_basis,ownership,ownership_source_id,phases,school_type,school_type_source_id,status,junior_code_2025,senior_code,township_id,opened_on,closed_on,source_id,quote,confidence,note,district_id\n".to_owned();
    let mut campuses = "campus_id,school_id,name_zh,address_zh,address_confidence,township_id,source_id,quote,confidence,status,status_source_id,opened_on,due_on\n".to_owned();
    let mut alliances =
        "alliance_id,name_zh,name_en,name_en_basis,kind,established_on,scope,status,source_id,quote,district_id,dissolved_on\n"
            .to_owned();
    let mut groups = "group_id,name_zh,name_en,name_en_basis,name_zh_basis,lead_school_id,status,reported_branches,reported_sites,reported_member_schools,source_id,quote,district_id,established_on,dissolved_on\n".to_owned();
    let mut members = "group_id,school_id,role,joined_on,left_on,as_of,source_id,quote,confidence\n".to_owned();
    let dates = [("", ""), ("2012-09", ""), ("2020", ""), ("", "2015"), ("2012", "2019-07"), ("09-01", "")];
    for (nth, (opened, closed)) in dates.iter().enumerate() {
        for (at, source) in ["old", "new", "undated"].iter().enumerate() {
            for status in ["open", "planned", "renamed", "merged", "closed", ""] {
                let slug = format!("s{nth}-{at}-{status}x");
                schools += &format!("{slug},,S,,,,,,,{status},,,,{opened},{closed},{source},,,,d\n");
                for campus in ["open", "planned", ""] {
                    campuses += &format!("{slug}-{campus}c,{slug},校,,,,{source},,,{campus},,{opened},2021\n");
                }
                if nth == 0 {
                    members += &format!("g{at}-{},{slug},member,,,,undated,,\n", ["operating", "planned"][at % 2]);
                }
            }
            for status in ["established", "proposed", "dissolved"] {
                alliances +=
                    &format!("a{nth}-{at}-{status},,A,,thematic,{opened},district,{status},{source},,d,{closed}\n");
            }
            for status in ["operating", "planned", "dissolved"] {
                groups += &format!("d{nth}-{at}-{status},,G,,,,{status},,,,{source},,d,{opened},{closed}\n");
            }
        }
    }
    for (at, source) in ["old", "new", "undated"].iter().enumerate() {
        for status in ["operating", "planned"] {
            groups += &format!("g{at}-{status},,G,,,,{status},,,,{source},,d,,\n");
        }
    }
    file("schools.csv", schools);
    file("campuses.csv", campuses);
    file("alliances.csv", alliances);
    file("groups.csv", groups);
    file("group_memberships.csv", members);
}

/// All nodes of a root list on a day, with a filter.
async fn listed(app: &TestApp, list: &str, day: &str, filter: &str, fields: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), "null".to_owned());
    loop {
        let query = format!(
            r#"{{ map(asOf: "{day}") {{ {list}(first: 100, after: {after}, filter: {{ {filter} }}) {{ totalCount assumedCount nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"#
        );
        let data = app.data(&query).await;
        let page = &data["map"][list];
        nodes.extend(page["nodes"].as_array().expect("nodes").iter().cloned());
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], nodes.len(), "{}: {list} {filter} on {day}", app.name);
            let assumed = nodes.iter().filter(|node| node["existence"] == "ASSUMED").count();
            assert_eq!(page["assumedCount"], assumed, "{}: {list} {filter} on {day}", app.name);
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
}

/// The days around every date of [`states`].
const DAYS: &[&str] = &[
    "1900-01-01",
    "2010-04-30",
    "2010-05-01",
    "2012-08-31",
    "2012-09-01",
    "2015-12-31",
    "2016-01-01",
    "2018-01-01",
    "2019-07-31",
    "2019-08-01",
    "2019-12-31",
    "2020-01-01",
    "2026-11-24",
];

#[tokio::test]
async fn a_status_follows_from_dates_forwards_and_backwards() {
    let dir = tempfile::tempdir().expect("a folder");
    states(dir.path());
    for app in loaded("a_status_follows_from_dates", dir.path()).await {
        let planned = "filter: { status: [PLANNED] }";
        let query = format!(
            r#"{{ before: map(asOf: "2019-12-31") {{ schools(first: 100, {planned}) {{ nodes {{ slug status isOnMap existence }} }}
                  district(slug: "d") {{ schools(first: 100, {planned}) {{ nodes {{ slug }} }} }} }}
                after: map(asOf: "2020-01-01") {{ schools(first: 100, {planned}) {{ nodes {{ slug }} }} s: school(slug: "s2-0-plannedx") {{ status isOnMap }} }}
                early: map(asOf: "2010-04-30") {{ s: school(slug: "s2-0-plannedx") {{ status isOnMap }} g: group(slug: "g0-planned") {{ isOnMap }}
                  o: group(slug: "g0-operating") {{ schools(first: 100) {{ nodes {{ slug }} }} }} }}
                ended: map(asOf: "2020-01-01") {{ s: school(slug: "s4-0-openx") {{ status isOnMap }} }} }}"#
        );
        let data = app.data(&query).await;
        let before = slugs(&data["before"]["schools"]);
        assert!(before.contains("s2-0-openx") && before.contains("s2-0-plannedx"), "{}: {before:?}", app.name);
        assert!(!before.contains("s2-2-openx"), "nothing speaks of it before it was recorded");
        assert!(before.contains("s0-0-plannedx"), "nobody says from when on it is open");
        assert!(!before.contains("s1-0-plannedx"), "it has opened");
        assert_eq!(slugs(&data["before"]["district"]["schools"]), before, "{}", app.name);
        let after = slugs(&data["after"]["schools"]);
        assert!(after.contains("s0-0-plannedx") && !after.contains("s2-0-plannedx"), "{}: {after:?}", app.name);
        assert_eq!(data["after"]["s"], json!({ "status": "OPEN", "isOnMap": true }));
        assert_eq!(data["early"]["s"], json!({ "status": "UNKNOWN", "isOnMap": false }));
        assert_eq!(data["early"]["g"]["isOnMap"], false);
        let members = slugs(&data["early"]["o"]["schools"]);
        assert!(members.contains("s0-0-openx") && !members.contains("s0-0-plannedx"), "{members:?}");
        assert_eq!(data["ended"]["s"], json!({ "status": "CLOSED", "isOnMap": false }));
    }
}

#[tokio::test]
async fn the_store_says_of_each_day_what_the_domain_says() {
    let dir = tempfile::tempdir().expect("a folder");
    states(dir.path());
    let lists = [
        ("schools", &["OPEN", "PLANNED", "RENAMED", "MERGED", "CLOSED", "UNKNOWN"][..], "PLANNED"),
        ("campuses", &["OPEN", "PLANNED", "UNKNOWN"], "PLANNED"),
        ("alliances", &["ESTABLISHED", "PROPOSED", "DISSOLVED"], "PROPOSED"),
        ("groups", &["OPERATING", "PLANNED", "DISSOLVED"], "PLANNED"),
    ];
    for app in loaded("the_store_says_of_each_day", dir.path()).await {
        for (list, statuses, yet_to_come) in lists {
            for day in DAYS {
                let every = listed(&app, list, day, "", "slug status existence isOnMap").await;
                assert!(every.iter().all(|node| node["isOnMap"] == true), "{}: {list} on {day}", app.name);
                for status in statuses {
                    let found =
                        listed(&app, list, day, &format!("status: [{status}]"), "slug status existence isOnMap").await;
                    // The field is the domain's, the filter the store's.
                    assert!(found.iter().all(|node| node["status"] == *status), "{}: {status} on {day}", app.name);
                    let on_map = found.iter().filter(|node| node["isOnMap"] == true);
                    let said = every.iter().filter(|node| node["status"] == *status);
                    assert!(on_map.eq(said), "{}: {list} {status} on {day}", app.name);
                    let others = found.iter().any(|node| node["isOnMap"] == false);
                    assert!(!others || *status == yet_to_come, "{}: {list} {status} on {day}", app.name);
                }
                for existence in ["CERTAIN", "ASSUMED"] {
                    let found =
                        listed(&app, list, day, &format!("existence: {existence}"), "slug status existence isOnMap")
                            .await;
                    let said = every.iter().filter(|node| node["existence"] == existence);
                    assert!(found.iter().eq(said), "{}: {list} {existence} on {day}", app.name);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_known_day_follows_its_sources_and_ties() {
    for app in empty("a_known_day_follows").await {
        let dir = tempfile::tempdir().expect("a folder");
        states(dir.path());
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
        let again = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
        assert!(again.revision.is_none(), "{}: nothing has changed", app.name);
        let query = r#"{ school(slug: "s0-2-openx") { knownDay } other: school(slug: "s0-1-openx") { knownDay }
            before: map(knownAt: 1) { school(slug: "s0-2-openx") { knownDay } } }"#;
        assert_eq!(app.data(query).await["school"]["knownDay"], "2026-11-24", "the day of its revision");

        let members = fs::read_to_string(dir.path().join("group_memberships.csv")).expect("a file");
        let dated = members.replace("s0-2-openx,member,,", "s0-2-openx,member,2011-03,");
        fs::write(dir.path().join("group_memberships.csv"), dated).expect("a file");
        let sources = fs::read_to_string(dir.path().join("sources.csv")).expect("a file");
        fs::write(dir.path().join("sources.csv"), sources.replace(",2018,", ",2017-02-03,")).expect("a file");
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
        let data = app.data(query).await;
        assert_eq!(data["school"]["knownDay"], "2011-03-01", "{}: the first tie", app.name);
        assert_eq!(data["other"]["knownDay"], "2017-02-03", "{}: the first source", app.name);
        assert_eq!(data["before"]["school"]["knownDay"], "2026-11-24", "{}: as it was known", app.name);
    }
}

#[tokio::test]
async fn a_status_filter_finds_what_the_field_says() {
    for app in chaoyang("a_status_filter_finds").await {
        for day in ["1950-06-01", "2018-01-01", "2019-04-15", "2026-11-24"] {
            let every = app
                .data(&format!(r#"{{ map(asOf: "{day}") {{ a: schools(first: 100) {{ nodes {{ slug status }} }} b: schools(last: 100) {{ nodes {{ slug status }} }} c: schools(filter: {{ status: [PLANNED] }}, first: 100) {{ nodes {{ slug status }} }} }} }}"#))
                .await;
            for status in ["OPEN", "PLANNED", "RENAMED", "MERGED", "CLOSED", "UNKNOWN"] {
                let nodes =
                    ["a", "b", "c"].iter().flat_map(|half| every["map"][*half]["nodes"].as_array().expect("nodes"));
                let said: BTreeSet<_> = nodes
                    .filter(|node| node["status"] == status)
                    .map(|node| node["slug"].clone().to_string())
                    .collect();
                let found = app
                    .data(&format!(r#"{{ map(asOf: "{day}") {{ schools(first: 100, filter: {{ status: [{status}] }}) {{ totalCount }} }} }}"#))
                    .await;
                assert_eq!(found["map"]["schools"]["totalCount"], said.len(), "{}: {status} on {day}", app.name);
            }
        }
    }
}

/// A small world whose memberships change from revision to revision.
struct World {
    rows: Vec<Row>,
}

/// A membership: the group, the school, since when and until when.
#[derive(Clone)]
struct Row(usize, usize, String, String);

/// A generator of test cases: small, seeded, the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn date(&mut self) -> String {
        let (year, month, day) = (2010 + self.roll(8), 1 + self.roll(12), 1 + self.roll(28));
        match self.roll(4) {
            0 => String::new(),
            1 => format!("{year}"),
            2 => format!("{year}-{month:02}"),
            _ => format!("{year}-{month:02}-{day:02}"),
        }
    }
}

const SCHOOLS: usize = 3;
const GROUPS: usize = 3;

impl World {
    fn new(dice: &mut Dice) -> Self {
        let mut world = World { rows: Vec::new() };
        for _ in 0..10 {
            world.add(dice);
        }
        world
    }

    fn add(&mut self, dice: &mut Dice) {
        let row = Row(dice.roll(GROUPS as u64) as usize, dice.roll(SCHOOLS as u64) as usize, dice.date(), dice.date());
        if self.is_free(&row, self.rows.len()) {
            self.rows.push(row);
        }
    }

    /// Whether a row in this place holds on some day, and on none with another row of its school in its group.
    fn is_free(&self, row: &Row, at: usize) -> bool {
        let Some((from, to)) = span(&row.2, &row.3) else { return false };
        let others = self.rows.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
        let mut periods = others.filter(|other| (other.0, other.1) == (row.0, row.1));
        periods.all(|other| span(&other.2, &other.3).is_some_and(|(begin, end)| to < begin || end < from))
    }

    fn change(&mut self, dice: &mut Dice) {
        for _ in 0..3 {
            let at = dice.roll(self.rows.len().max(1) as u64) as usize;
            match dice.roll(3) {
                0 if !self.rows.is_empty() => drop(self.rows.remove(at)),
                1 if !self.rows.is_empty() => {
                    let row = Row { 3: dice.date(), ..self.rows[at].clone() };
                    if self.is_free(&row, at) {
                        self.rows[at] = row;
                    }
                }
                _ => self.add(dice),
            }
        }
    }

    fn write(&self, dir: &Path) {
        let file = |name: &str, text: String| fs::write(dir.join(name), text).expect("a temporary file");
        file("sources.csv", "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note\nmade-up,A test,A test,,,,en,synthetic,full,low,\n".into());
        let mut schools = "school_id,name_zh,name_en,name_en_basis,ownership,ownership_source_id,phases,school_type,school_type_source_id,status,junior_code_2025,senior_code,township_id,opened_on,closed_on,source_id,quote,confidence,note\n".to_owned();
        (0..SCHOOLS).for_each(|n| schools += &format!("s{n},,School {n},,,,,,,open,,,,,,made-up,,,\n"));
        file("schools.csv", schools);
        let mut groups = "group_id,name_zh,name_en,name_en_basis,name_zh_basis,lead_school_id,status,reported_branches,reported_sites,reported_member_schools,source_id,quote\n".to_owned();
        (0..GROUPS).for_each(|n| groups += &format!("g{n},,Group {n},,,,operating,,,,made-up,\n"));
        file("groups.csv", groups);
        let mut members = "group_id,school_id,role,joined_on,left_on,as_of,source_id,quote,confidence\n".to_owned();
        for Row(group, school, since, until) in &self.rows {
            members += &format!("g{group},s{school},member,{since},{until},,made-up,,\n");
        }
        file("group_memberships.csv", members);
    }

    /// Who belongs to a group on a day: said by the texts alone, without an interval or a statement.
    fn members(&self, group: usize, day: &str) -> Vec<String> {
        let on = |row: &&Row| {
            let (from, to) = span(&row.2, &row.3).expect("checked when it was made");
            row.0 == group && from.as_str() <= day && day <= to.as_str()
        };
        let mut members: Vec<_> = self.rows.iter().filter(on).map(|row| format!("s{}", row.1)).collect();
        members.sort();
        members
    }
}

/// The first and the last day of a span, as texts that sort; none if it ends before it begins.
fn span(since: &str, until: &str) -> Option<(String, String)> {
    let from = format!("{since}{}", &"0000-01-01"[since.len()..]);
    let to = match until.len() {
        0 => "9999-12-31".to_owned(),
        4 => format!("{until}-12-31"),
        // No month is longer; the days between are asked for by nobody.
        7 => format!("{until}-31"),
        _ => until.to_owned(),
    };
    (from <= to).then_some((from, to))
}

#[tokio::test]
async fn a_replay_of_the_revisions_agrees_with_the_store() {
    for app in empty("a_replay_of_the_revisions").await {
        let mut dice = Dice(7);
        let mut world = World::new(&mut dice);
        let mut history = Vec::new();
        while history.len() < 8 {
            let dir = tempfile::tempdir().expect("a folder");
            world.write(dir.path());
            let imported = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
            match imported.revision {
                Some(revision) => {
                    assert_eq!(revision.number, history.len() as i64 + 1);
                    history.push(World { rows: world.rows.clone() });
                }
                None => assert_eq!(world.rows.len(), history.last().map_or(0, |last| last.rows.len())),
            }
            world.change(&mut dice);
        }
        for _ in 0..60 {
            let revision = dice.roll(history.len() as u64) as usize;
            let day = format!("{}-{:02}-{:02}", 2009 + dice.roll(11), 1 + dice.roll(12), 1 + dice.roll(28));
            let query = format!(
                r#"{{ map(asOf: "{day}", knownAt: {}) {{ groups(orderBy: {{ field: SLUG }}) {{ nodes {{ schools(orderBy: {{ field: SLUG }}) {{ totalCount nodes {{ slug }} }} }} }} }} }}"#,
                revision + 1
            );
            let data = app.data(&query).await;
            for group in 0..GROUPS {
                let schools = &data["map"]["groups"]["nodes"][group]["schools"];
                let found: Vec<_> = schools["nodes"]
                    .as_array()
                    .expect("nodes")
                    .iter()
                    .map(|node| node["slug"].as_str().expect("a slug"))
                    .collect();
                let expected = history[revision].members(group, &day);
                assert_eq!(found, expected, "{}: g{group} on {day} at {}", app.name, revision + 1);
                assert_eq!(schools["totalCount"], expected.len());
            }
        }
    }
}

/// The server at a time, in a zone if one is asked for.
fn at(app: &TestApp, now: &str, zone: Option<TimeZone>) -> TestApp {
    let clock = FixedClock(DateTime::parse_from_rfc3339(now).expect("a time").to_utc());
    let served = App::new(app.store.clone(), Arc::new(clock));
    let backend = Backend { zone, ..served.backend.clone() };
    TestApp::of(app.name, App { backend, ..served })
}

/// The day of the default view, and its time zone.
async fn today(app: &TestApp) -> (String, String) {
    let view = app.data("{ view { asOf timeZone } }").await["view"].take();
    let text = |field: &str| view[field].as_str().expect("a text").to_owned();
    (text("asOf"), text("timeZone"))
}

fn said(day: &str, zone: &str) -> (String, String) {
    (day.to_owned(), zone.to_owned())
}

#[tokio::test]
async fn a_day_begins_where_the_data_set_or_the_server_says() {
    for app in chaoyang("a_day_begins").await {
        for (now, zone, day, name) in [
            ("2025-08-31T15:59:59Z", None, "2025-08-31", "Asia/Shanghai"),
            ("2025-08-31T16:00:00Z", None, "2025-09-01", "Asia/Shanghai"),
            ("2025-08-31T16:00:00Z", Some(TimeZone::UTC), "2025-08-31", "UTC"),
            ("2025-09-01T03:59:59Z", Some(TimeZone::America__New_York), "2025-08-31", "America/New_York"),
        ] {
            assert_eq!(today(&at(&app, now, zone)).await, said(day, name), "{}: {now}", app.name);
        }
        // What holds from that day on is there on it.
        let open = "{ schools(filter: { status: OPEN }) { totalCount } }";
        let pinned = r#"{ map(asOf: "2025-09-01") { schools(filter: { status: OPEN }) { totalCount } } }"#;
        let evening = at(&app, "2025-08-31T16:00:00Z", None);
        assert_eq!(evening.data(open).await["schools"], evening.data(pinned).await["map"]["schools"]);
        let named = app.data(r#"{ map(asOf: "2025-09-01") { view { timeZone } } }"#).await;
        assert!(named["map"]["view"]["timeZone"].is_null(), "a day that is named is no zone's");
        let district = app.data("{ districts { nodes { timeZone } } }").await;
        assert_eq!(district["districts"]["nodes"][0]["timeZone"], "Asia/Shanghai");
    }
}

/// A district that names a time zone.
fn district(slug: &str, zone: &str) -> Fact {
    let cells = district::SHAPE.columns.iter().map(|column| match column.name {
        "district_id" => Cell::Text(slug.to_owned()),
        "name" => Cell::Texts(domain::Texts::single("en", format!("The district {slug}"))),
        "time_zone" => Cell::Text(zone.to_owned()),
        _ => Cell::Blank,
    });
    let (id, key) = (identity(Kind::District, slug), slug.to_owned());
    undated(Record { id, key, cells: cells.collect(), validity: Validity::ALWAYS })
}

#[tokio::test]
async fn a_time_zone_holds_from_the_revision_that_names_it() {
    for app in empty("a_time_zone_holds").await {
        let late = at(&app, "2025-08-31T23:00:00Z", None);
        assert_eq!(today(&late).await, said("2025-08-31", "UTC"), "{}", app.name);
        for (slug, zone, expected) in [
            ("north", "Europe/London", said("2025-09-01", "Europe/London")),
            ("south", "Europe/London", said("2025-09-01", "Europe/London")),
            // They do not agree.
            ("east", "Pacific/Auckland", said("2025-08-31", "UTC")),
        ] {
            let mut draft = app.store.draft().await.expect("a draft");
            draft.add(&district::SHAPE, district(slug, zone)).await.expect("added");
            let (actor, message) = ("a test".to_owned(), slug.to_owned());
            draft.commit(NewRevision { recorded_at: TODAY.to_owned(), actor, message }).await.expect("a revision");
            assert_eq!(today(&late).await, expected, "{}: {slug}", app.name);
        }
    }
}
