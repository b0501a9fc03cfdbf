//! Releases, and what changed between two views: what was learned, and what happened.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use axum::{body::Body, http::Request};
use domain::{ChangeFilter, ChangeKind, Kind, Known, PageRequest, View, Vocabulary, fact::parse_day};
use http_body_util::BodyExt;
use persistence::{FactsForTests, Interval, Store};
use serde_json::{Value, json};
use server::{
    export::export,
    generate::{Plan, generate},
    import::Options,
};
use tests::{TestApp, chaoyang, copy_with, csv_files, loaded, postgres, schema::items};
use tower::ServiceExt;

const RELEASES: &str = r#"from: { release: "2024-09-21" }, to: { release: "2024-09-22" }"#;

fn between_releases(selection: &str) -> String {
    format!("{{ changes({RELEASES}) {{ {selection} }} }}")
}

/// The counts of a list of changes, as `SCHOOL OPENED: 1`.
fn counts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let count = |it: &Value| format!("{} {}: {}", text(&it["nounKind"]), text(&it["kind"]), it["count"]);
    items(value).iter().map(count).collect()
}

#[tokio::test]
async fn the_bundled_releases_are_views() {
    for app in chaoyang("the_bundled_releases_are_views").await {
        let query = r#"{ releases { slug title en: title(lang: "en") notes view { asOf isPinned revision { number } } recordedSince { number } }
            map(release: "2024-09-21") { view { asOf isPinned } events { totalCount } alliances { totalCount } releases { slug } } }"#;
        let data = app.data(query).await;
        let slugs: Vec<_> = items(&data["releases"]).iter().map(|it| it["slug"].as_str()).collect();
        assert_eq!(slugs, [Some("2024-09-22"), Some("2024-09-21")], "{}", app.name);
        assert_eq!(data["releases"][0]["en"], "The new map");
        assert_eq!(
            data["releases"][0]["view"],
            json!({ "asOf": "2024-09-22", "isPinned": true, "revision": { "number": 1 } })
        );
        assert_eq!(data["map"]["view"], json!({ "asOf": "2024-09-21", "isPinned": true }));
    }
}

#[tokio::test]
async fn between_the_bundled_releases_things_happened_and_nothing_was_learned() {
    let mut told = Vec::new();
    for app in chaoyang("between_the_bundled_releases").await {
        let query = between_releases(
            "from { asOf } to { asOf } learned { totalCount } learnedCounts { count } happened(first: 100) { totalCount
                 edges { kind fact since noun { slug } other { slug } fields { field was is } sources { quote } } }
             happenedCounts { nounKind kind count }",
        );
        let changes = &app.data(&query).await["changes"];
        assert_eq!(changes["learned"]["totalCount"], 0, "{}", app.name);
        assert_eq!(changes["learnedCounts"], json!([]), "{}", app.name);
        let happened = items(&changes["happened"]["edges"]);
        assert_eq!(changes["happened"]["totalCount"], happened.len(), "{}", app.name);
        assert!(happened.iter().all(|it| it["since"] == "2024-09-22"), "{}: {changes:#}", app.name);
        told.push(counts(&changes["happenedCounts"]).join("\n"));
    }
    told.dedup();
    expect_test::expect![[r#"
        ADVISORY_BODY BEGAN: 9
        ALLIANCE BEGAN: 31
        EVENT BEGAN: 8
        EXPERT_GROUP BEGAN: 7
        PARTNER JOINED: 10
        SOURCE BEGAN: 1
        STATEMENT BEGAN: 11"#]]
    .assert_eq(&told.join("\n\n"));
}

/// A folder with something of every kind of change between 2009 and 2013.
const BEFORE: &[(&str, &str)] = &[
    (
        "sources.csv",
        "source_id,title,publisher,published_on,language,kind,extent_read,reliability\nreport,A report,Us,2008-01-01,en,news,full,high\n",
    ),
    ("townships.csv", "township_id,name_en\nnorth,North\nsouth,South\n"),
    (
        "schools.csv",
        "school_id,name_en,ownership,status,opened_on,closed_on,source_id,township_id\n\
         stays,Stays,public,open,2000,,,\nopens,Opens,,open,2010-05-01,,,\ncloses,Closes,,closed,2000,2012-01-01,,\n\
         old,Old,,renamed,2000,,,\nnew,New,,open,,,,\nmerged,Merged,,merged,2000,,,\nparent,Parent,,open,2000,,,\nchild,Child,,open,2011-07-01,,,\n\
         moves,Moves,,open,2000,,,\ntitled,First Title,,closed,2000,2010-01-01,,\ntitled,Second Title,,open,2010-01-01,,,\ngone,Gone,,open,2000,,,\n\
         walks,Walks,,closed,2000,2010-01-01,,north\nwalks,Walks,,open,2010-01-01,,,south\n\
         placed,Placed,,closed,2000,2010-01-01,,\nplaced,Placed,,open,2010-01-01,,,south\n",
    ),
    (
        "school_successions.csv",
        "predecessor_id,successor_id,kind,effective_on\nold,new,renamed,2011-01-01\nmerged,stays,merged_into,2011-06-01\nparent,child,split_into,2011-07-01\n",
    ),
    ("groups.csv", "group_id,name_en,status\none,One,operating\ntwo,Two,operating\n"),
    (
        "group_memberships.csv",
        "group_id,school_id,role,joined_on,left_on\none,opens,member,2010-09-01,\none,closes,member,2005,2011-01-01\n\
         one,moves,member,2005,2011-03-01\ntwo,moves,member,2011-03-01,\n",
    ),
    (
        "aliases.csv",
        "entity_type,entity_id,alias,lang,kind,since,until\nschool,stays,Nickname,en,variant,2010-06-01,\nschool,stays,Bygone,en,variant,,2010-06-01\n",
    ),
];

fn write_folder(dir: &Path, edit: impl Fn(&str, String) -> String) {
    for (file, text) in BEFORE {
        std::fs::write(dir.join(file), edit(file, (*text).to_owned())).expect("written");
    }
}

const ALL: &str = "learnedCounts { nounKind kind count } happenedCounts { nounKind kind count }
    learned(first: 100) { totalCount edges { kind fact since noun { slug } other { slug } fields { field was is } sources { title } recordedSince { number } } }
    happened(first: 100) { totalCount edges { kind fact since noun { slug } other { slug } fields { field was is } recordedSince { number } } }";

/// Changes as lines: `MOVED membership moves two 2011-03-01 group_id: one > two`.
fn lines(changes: &Value, list: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |it: &Value| {
        let field = |it: &Value| format!("{}: {} > {}", text(&it["field"]), text(&it["was"]), text(&it["is"]));
        let has_both = items(&it["fields"]).iter().any(|it| !it["was"].is_null()) && it["kind"] != "LEFT";
        let fields = if has_both {
            items(&it["fields"]).iter().map(field).collect::<Vec<_>>().join(", ")
        } else {
            String::new()
        };
        let ends =
            [&it["kind"], &it["fact"], &it["noun"]["slug"], &it["other"]["slug"], &it["since"]].map(text).join(" ");
        format!("{ends} {fields}").trim_end().to_owned()
    };
    items(&changes[list]["edges"]).iter().map(line).collect()
}

#[tokio::test]
async fn two_clocks_are_kept_apart_and_every_kind_of_change_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    write_folder(dir.path(), |_, text| text);
    let mut told = Vec::new();
    for app in loaded("two_clocks_are_kept_apart", dir.path()).await {
        let later = tempfile::tempdir().expect("a folder");
        write_folder(later.path(), |file, text| match file {
            "sources.csv" => text + "second,A second report,Us,2009-01-01,en,news,full,high\n",
            "schools.csv" => {
                let text =
                    text.replace("stays,Stays,public", "stays,Stays,private").replace("gone,Gone,,open,2000,,,\n", "");
                text.replace("parent,Parent,,open,2000,,", "parent,Parent,,open,2000,,second")
                    + "come,Come,,open,1990,,,\n"
            }
            _ => text,
        });
        let options = Options { allow_removal: true, ..Options::default() };
        app.import_by(later.path(), options).await.expect("imported");
        let query = format!(
            r#"{{ changes(from: {{ asOf: "2009-12-01", knownAt: 1 }}, to: {{ asOf: "2013-01-01", knownAt: 2 }}) {{ {ALL} }} }}"#
        );
        let changes = &app.data(&query).await["changes"];
        told.push([lines(changes, "learned"), lines(changes, "happened")].map(|lines| lines.join("\n")).join("\n\n"));
        check_all_views(&app.store, &["2009-12-01", "2010-06-01", "2011-03-01", "2013-01-01"]).await;
    }
    told.dedup();
    expect_test::expect![[r#"
        ADDED school come - 1990-01-01
        REMOVED school gone - 2000-01-01 school_id: gone > -, name_en: Gone > -, status: open > -, opened_on: 2000 > -
        SOURCE_ADDED school parent - 2000-01-01
        CORRECTED school stays - 2000-01-01 ownership: public > private
        SOURCE_ADDED source second - 2009-01-01

        BEGAN school child - 2011-07-01
        LEFT membership closes one 2011-01-02
        CLOSED school closes - 2012-01-02 school_id: closes > -, name_en: Closes > -, status: closed > -, opened_on: 2000 > -, closed_on: 2012-01-01 > -
        ENDED school merged - 2011-06-02 school_id: merged > -, name_en: Merged > -, status: merged > -, opened_on: 2000 > -
        MERGED succession merged stays 2011-06-01
        MOVED membership moves two 2011-03-01 group_id: one > two, joined_on: 2005 > 2011-03-01, left_on: 2011-03-01 > -
        BEGAN school new - 2011-01-01
        ENDED school old - 2011-01-02 school_id: old > -, name_en: Old > -, status: renamed > -, opened_on: 2000 > -
        RENAMED succession old new 2011-01-01
        JOINED membership opens one 2010-09-01
        OPENED school opens - 2010-05-01
        SPLIT succession parent child 2011-07-01
        CHANGED school placed - 2010-01-01 status: closed > open, township_id: - > south, opened_on: 2000 > 2010-01-01, closed_on: 2010-01-01 > -
        ENDED alias stays - 2010-06-02 entity_type: school > -, entity_id: stays > -, alias: Bygone > -, lang: en > -, kind: variant > -, until: 2010-06-01 > -
        BEGAN alias stays - 2010-06-01
        RENAMED school titled - 2010-01-01 name_en: First Title > Second Title, status: closed > open, opened_on: 2000 > 2010-01-01, closed_on: 2010-01-01 > -
        MOVED school walks - 2010-01-01 status: closed > open, township_id: north > south, opened_on: 2000 > 2010-01-01, closed_on: 2010-01-01 > -"#]].assert_eq(&told.join("\n\nthe other database\n\n"));
}

/// The facts of the earlier view with the changes of an interval applied.
async fn apply(store: &Store, interval: Interval, facts: &mut FactsForTests, later: &FactsForTests) {
    let request = |after| PageRequest { size: 100, after, ..PageRequest::default() };
    let mut after = None;
    let mut kinds: BTreeMap<_, i64> = BTreeMap::new();
    loop {
        let page = store.changes(interval, &ChangeFilter::default(), &request(after)).await.expect("changes");
        for (_, change) in &page.items {
            *kinds.entry((change.noun.map(|noun| noun.kind), change.kind)).or_default() += 1;
            if let Some(was) = change.was {
                assert!(facts.remove(&(change.fact, was)).is_some(), "it was not there: {change:?}");
            }
            if let Some(now) = change.now {
                let said = later.get(&(change.fact, now)).unwrap_or_else(|| panic!("it is not there: {change:?}"));
                assert!(facts.insert((change.fact, now), said.clone()).is_none(), "it was there: {change:?}");
            }
        }
        after = page.items.last().map(|(position, _)| position.clone());
        if !page.has_next {
            break;
        }
    }
    let counted = store.change_counts(interval, &ChangeFilter::default()).await.expect("counts");
    let counted: BTreeMap<_, i64> = counted.iter().map(|it| ((it.noun, it.kind), it.count)).collect();
    assert_eq!(kinds, counted, "counts are those of the list");
    for none in [
        ChangeFilter { kinds: Some(Vec::new()), ..ChangeFilter::default() },
        ChangeFilter { nouns: Some(Vec::new()), ..ChangeFilter::default() },
    ] {
        assert_counts(store, interval, &none, &counted, |_| false).await;
    }
    for kind in ChangeKind::VALUES.iter().map(|it| it.value) {
        let narrowed = ChangeFilter { kinds: Some(vec![kind]), ..ChangeFilter::default() };
        assert_counts(store, interval, &narrowed, &counted, |it| it.1 == kind).await;
    }
    for noun in counted.keys().filter_map(|(noun, _)| *noun).collect::<BTreeSet<_>>() {
        let narrowed = ChangeFilter { nouns: Some(vec![noun]), ..ChangeFilter::default() };
        assert_counts(store, interval, &narrowed, &counted, |it| it.0 == Some(noun)).await;
    }
}

/// What a filter leaves is what it describes, though it reads fewer tables.
async fn assert_counts(
    store: &Store,
    interval: Interval,
    filter: &ChangeFilter,
    all: &BTreeMap<(Option<Kind>, ChangeKind), i64>,
    fits: impl Fn(&(Option<Kind>, ChangeKind)) -> bool,
) {
    let narrowed = store.change_counts(interval, filter).await.expect("counts");
    let narrowed: BTreeMap<_, i64> = narrowed.iter().map(|it| ((it.noun, it.kind), it.count)).collect();
    let expected: BTreeMap<_, i64> = all.iter().filter(|(it, _)| fits(it)).map(|(it, count)| (*it, *count)).collect();
    assert_eq!(narrowed, expected, "{filter:?}");
}

/// Applies what was learned and what happened between all pairs of views.
async fn check_all_views(store: &Store, days: &[&str]) {
    // As every request does, so that counts at the latest revision are made by indexes.
    let latest = store.latest().await.expect("a check").revision.as_ref().expect("a revision").number;
    for (at, from) in days.iter().enumerate() {
        for to in &days[at..] {
            let [from, to] = [from, to].map(|day| parse_day(day).expect("a day"));
            for known in 1..=latest {
                let view = |day, known| View::new(day, Known::At(known));
                let [earlier, learned, later] = [view(from, known), view(from, latest), view(to, latest)];
                let mut facts = store.facts_for_tests(from, known).await.expect("facts");
                let [middle, end] = [
                    store.facts_for_tests(from, latest).await.expect("facts"),
                    store.facts_for_tests(to, latest).await.expect("facts"),
                ];
                apply(store, Interval { from: earlier, to: learned }, &mut facts, &middle).await;
                assert!(facts == middle, "what was learned of {from} since {known}");
                apply(store, Interval { from: learned, to: later }, &mut facts, &end).await;
                assert!(facts == end, "what happened between {from} and {to}");
            }
        }
    }
}

#[tokio::test]
async fn changes_applied_to_the_old_give_the_new() {
    for seed in [3, 4] {
        let dir = tempfile::tempdir().expect("a folder");
        let [first, second] = ["first", "second"].map(|name| dir.path().join(name));
        generate(&Plan { schools: 25, seed }, &first).expect("generated");
        generate(&Plan { schools: 25, seed: seed + 10 }, &second).expect("generated");
        for app in loaded(&format!("changes_applied_{seed}"), &first).await {
            let options = Options { allow_removal: true, ..Options::default() };
            app.import_by(&second, options).await.unwrap_or_else(|refusal| panic!("{}: {refusal}", app.name));
            check_all_views(&app.store, &["1950-01-01", "2012-06-01", "2026-11-28"]).await;
        }
    }
}

/// What happened is counted as of the revision that was the latest when it was looked up, whatever another process records.
async fn count_beside_an_importer(name: &'static str, own: Store, other: Store) {
    let dir = tempfile::tempdir().expect("a folder");
    let [first, second] = ["first", "second"].map(|name| dir.path().join(name));
    generate(&Plan { schools: 25, seed: 3 }, &first).expect("generated");
    generate(&Plan { schools: 25, seed: 13 }, &second).expect("generated");
    let importer = TestApp::on(name, other);
    importer.import(&first).await.unwrap_or_else(|findings| panic!("{name}: {findings}"));
    let counts = async |store: &Store, revision| {
        let view = |day| View::new(parse_day(day).expect("a day"), Known::At(revision));
        let interval = Interval { from: view("2012-06-01"), to: view("2026-11-28") };
        store.change_counts(interval, &ChangeFilter::default()).await.expect("counts")
    };
    own.latest().await.expect("a check");
    let before = counts(&own, 1).await;
    let options = Options { allow_removal: true, ..Options::default() };
    importer.import_by(&second, options).await.unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    assert_eq!(counts(&own, 1).await, before, "{name}: another revision is counted");
    assert_ne!(counts(&own, 2).await, before, "{name}: nothing else happened as the other revision knows it");
}

#[tokio::test]
async fn counts_are_as_of_a_revision_that_is_no_longer_the_latest() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite://{}", dir.path().join("map.db").display());
    let postgres = postgres::url_or_skip("counts beside an importer");
    for (name, url) in [("SQLite", Some(file)), ("PostgreSQL", postgres)] {
        let Some(url) = url else { continue };
        let own = Store::open(&url, None).await.expect("a database");
        own.migrate().await.expect("migrated");
        count_beside_an_importer(name, own, Store::open(&url, None).await.expect("a database")).await;
    }
}

#[tokio::test]
async fn changes_are_paged_and_narrowed_within_a_budget() {
    for app in chaoyang("changes_are_paged").await {
        let happened =
            |arguments: &str, selection: &str| between_releases(&format!("happened({arguments}) {{ {selection} }}"));
        let all = app.data(&happened("first: 100", "edges { cursor fact noun { slug } }")).await;
        let all = items(&all["changes"]["happened"]["edges"]).to_vec();
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let arguments = format!("first: 3{after}");
            let page = app
                .data(&happened(&arguments, "edges { cursor fact noun { slug } } pageInfo { hasNextPage endCursor }"))
                .await;
            let page = &page["changes"]["happened"];
            seen.extend(items(&page["edges"]).to_vec());
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = format!(", after: {}", page["pageInfo"]["endCursor"]);
        }
        assert_eq!(seen, all, "{}", app.name);
        let only =
            app.data(&happened("kinds: [BEGAN], nouns: [EVENT]", "totalCount edges { kind noun { slug } }")).await;
        assert!(items(&only["changes"]["happened"]["edges"]).iter().all(|it| it["kind"] == "BEGAN"), "{only}");
        // The releases, a page, and its counts.
        let answer = app.ask(&happened("first: 5", "totalCount edges { kind fact since }"), json!({})).await;
        assert_eq!(answer.statements(), 3, "{}", app.name);
        let cursor = all[0]["cursor"].as_str().expect("a cursor");
        let foreign = format!(
            r#"{{ changes(from: {{ asOf: "2001-01-01" }}, to: {{ release: "2024-09-22" }}) {{ happened(after: "{cursor}") {{ totalCount edges {{ kind }} }} }} }}"#
        );
        assert_eq!(app.error(&foreign).await.0, "INVALID_CURSOR", "{}", app.name);
    }
}

#[tokio::test]
async fn what_cannot_be_compared_is_told_with_what_would_be_right() {
    for app in chaoyang("what_cannot_be_compared").await {
        for (views, code, part) in [
            (r#"from: { release: "2024-09-2l" }, to: {}"#, "UNKNOWN_RELEASE", "there are `2024-09-22`"),
            (r#"from: { release: "zzz" }, to: {}"#, "UNKNOWN_RELEASE", "there are `2024-09-22`, `2024-09-21`"),
            (r#"from: { release: "2024-09-21", knownAt: 1 }, to: {}"#, "INVALID_ARGUMENT", "give it alone"),
            (r#"from: { knownAt: 99 }, to: {}"#, "UNKNOWN_REVISION", "`revisions` lists"),
            (
                r#"from: { asOf: "2025-01-01" }, to: { asOf: "2024-01-01" }"#,
                "INVALID_ARGUMENT",
                "may be the earlier one",
            ),
            (r#"from: { asOf: "0000-12-31" }, to: {}"#, "INVALID_DATE", ""),
        ] {
            let (actual, message, _) =
                app.error(&format!("{{ changes({views}) {{ learned {{ totalCount }} }} }}")).await;
            assert_eq!(actual, code, "{}: {views}: {message}", app.name);
            assert!(message.contains(part), "{}: {views}: {message}", app.name);
        }
        let (code, ..) = app.error(r#"{ map(release: "no") { view { asOf } } }"#).await;
        assert_eq!(code, "UNKNOWN_RELEASE", "{}", app.name);
    }
}

#[tokio::test]
async fn a_release_never_changes() {
    let dir = tempfile::tempdir().expect("a folder");
    copy_with(dir.path(), &[("releases.csv", "third,2026-01-01,,,Third,,\n")]);
    for app in loaded("a_release_never_changes", dir.path()).await {
        let file = dir.path().join("releases.csv");
        let published = std::fs::read_to_string(&file).expect("text");
        // What the file no longer has stays.
        std::fs::write(&file, published.replace("third,2026-01-01,,,Third,,\n", "")).expect("written");
        assert!(app.import(dir.path()).await.expect("imported").revision.is_none(), "{}", app.name);
        std::fs::remove_file(&file).expect("removed");
        assert!(app.import(dir.path()).await.expect("imported").revision.is_none(), "{}", app.name);
        assert_eq!(items(&app.data("{ releases { slug } }").await["releases"]).len(), 3, "{}", app.name);
        // What says something else is refused.
        std::fs::write(&file, published.replace("Third", "Other")).expect("written");
        let refusal = app.import(dir.path()).await.expect_err("it changes").to_string();
        assert!(refusal.contains("`third` is on record and never changes"), "{}: {refusal}", app.name);
        std::fs::write(&file, published.replace("2026-01-01", "2026-01")).expect("written");
        let refusal = app.import(dir.path()).await.expect_err("no day").to_string();
        assert!(refusal.contains("is no day"), "{}: {refusal}", app.name);
        std::fs::write(&file, &published).expect("written");
        assert!(app.import(dir.path()).await.expect("imported").revision.is_none(), "{}: nothing is new", app.name);
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("exported");
        assert_eq!(csv_files(out.path())["releases.csv"], published, "{}", app.name);
    }
}

#[tokio::test]
async fn changes_are_read_as_markdown_and_as_a_feed() {
    for app in chaoyang("changes_are_read_as_markdown").await {
        let get = |path: &'static str, tag: Option<String>| {
            let mut request = Request::get(path).header("accept-language", "en");
            if let Some(tag) = tag {
                request = request.header("if-none-match", tag);
            }
            app.router.clone().oneshot(request.body(Body::empty()).expect("a request"))
        };
        for (path, media_type, parts) in [
            (
                "/changes.md?from=2024-09-21&to=2024-09-22",
                "text/markdown; charset=utf-8",
                &[
                    "# What changed from 2024-09-21 to 2024-09-22\n",
                    "## Learned of 2024-09-21",
                    "\nNothing.\n",
                    "- 2024-09-22: ",
                ][..],
            ),
            (
                "/changes.atom",
                "application/atom+xml; charset=utf-8",
                &[
                    "<feed xmlns=\"http://www.w3.org/2005/Atom\">",
                    "<title>The new map</title>",
                    "<id>urn:uuid:",
                    "&lt;li&gt;2024-09-22: ",
                ],
            ),
        ] {
            let response = get(path, None).await.expect("an answer");
            assert_eq!(response.status(), 200, "{}: {path}", app.name);
            assert_eq!(response.headers()["content-type"], media_type);
            let tag = response.headers()["etag"].to_str().expect("a tag").to_owned();
            let body = response.into_body().collect().await.expect("a body").to_bytes();
            let text = String::from_utf8(body.to_vec()).expect("UTF-8");
            parts.iter().for_each(|part| assert!(text.contains(part), "{}: {path} lacks {part}\n{text}", app.name));
            if path.ends_with(".atom") {
                check_xml(&text);
            }
            assert_eq!(get(path, Some(tag)).await.expect("an answer").status(), 304, "{}: {path}", app.name);
        }
        for path in [
            "/changes.md",
            "/changes.md?from=no",
            "/changes.md?from=2024-09-22&to=2024-09-21",
            "/changes.md?from=asOf:0",
        ] {
            assert_eq!(get(path, None).await.expect("an answer").status(), 400, "{}: {path}", app.name);
        }
    }
}

/// That a text of tags without comments and the like is well formed: each that is not empty is closed in its turn.
fn check_xml(text: &str) {
    let mut open = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, rest) = part.split_once('>').expect("a tag ends");
        assert!(!rest.contains('>'), "{rest}");
        match (tag.strip_prefix('/'), tag.starts_with('?') || tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop(), Some(name), "{part}"),
            (None, true) => {}
            (None, false) => open.push(tag.split(' ').next().expect("a name")),
        }
    }
    assert!(open.is_empty(), "{open:?}");
}
