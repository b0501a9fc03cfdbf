//! The map as it was on other days, and as it was known at other revisions.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use chrono::DateTime;
use domain::{Cell, FixedClock, Kind, NewRevision, Record, TimeZone, Validity, district, id::identity};
use graphql::Ground;
use persistence::Fact;
use serde_json::Value;
use server::App;
use tests::{TODAY, TestApp, chaoyang, empty};

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
                      school(slug: "bisu-hs") { names { text } } alliances { nodes { slug } } gone: school(slug: "jinsong-no1") { status isOnMap until } } }"#,
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
        assert_eq!(now["gone"]["until"], "2019-04-30");
    }
}

#[tokio::test]
async fn a_status_filter_finds_what_the_field_says() {
    for app in chaoyang("a_status_filter_finds").await {
        for day in ["1950-06-01", "2018-01-01", "2019-04-15", "2026-11-24"] {
            let every = app
                .data(&format!(r#"{{ map(asOf: "{day}") {{ a: schools(first: 100) {{ nodes {{ slug status }} }} b: schools(last: 100) {{ nodes {{ slug status }} }} }} }}"#))
                .await;
            for status in ["OPEN", "PLANNED", "RENAMED", "MERGED", "CLOSED", "UNKNOWN"] {
                let nodes = ["a", "b"].iter().flat_map(|half| every["map"][*half]["nodes"].as_array().expect("nodes"));
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
    rows: Vec<(usize, usize, String, String)>,
}

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

const SCHOOLS: usize = 6;
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
        let row = (dice.roll(GROUPS as u64) as usize, dice.roll(SCHOOLS as u64) as usize, dice.date(), dice.date());
        let unique = self.rows.iter().all(|other| (other.0, other.1, &other.2) != (row.0, row.1, &row.2));
        if unique && span(&row.2, &row.3).is_some() {
            self.rows.push(row);
        }
    }

    fn change(&mut self, dice: &mut Dice) {
        for _ in 0..3 {
            let at = dice.roll(self.rows.len().max(1) as u64) as usize;
            match dice.roll(3) {
                0 if !self.rows.is_empty() => drop(self.rows.remove(at)),
                1 if !self.rows.is_empty() => {
                    let until = dice.date();
                    if span(&self.rows[at].2, &until).is_some() {
                        self.rows[at].3 = until;
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
        for (group, school, since, until) in &self.rows {
            members += &format!("g{group},s{school},member,{since},{until},,made-up,,\n");
        }
        file("group_memberships.csv", members);
    }

    /// Who belongs to a group on a day: said by the texts alone, without an interval or a statement.
    fn members(&self, group: usize, day: &str) -> Vec<String> {
        let on = |row: &&(usize, usize, String, String)| {
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
    let ground = Ground { zone, ..served.ground.clone() };
    TestApp::of(app.name, App { ground, ..served })
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
        "name_en" => Cell::Text(format!("The district {slug}")),
        "time_zone" => Cell::Text(zone.to_owned()),
        _ => Cell::Blank,
    });
    let (id, key) = (identity(Kind::District, slug), slug.to_owned());
    Fact { record: Record { id, key, cells: cells.collect(), validity: Validity::ALWAYS }, position: 1024, digest: 1 }
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
