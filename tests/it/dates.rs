//! Groups, alliances and their ties begin and end, and the map of a day tells.

use std::{fs, path::Path};

use domain::{Clock, Known, TimeZone};
use serde_json::{Value, json};
use server::export::export;
use tests::{TestApp, csv_files, data_copy, data_folder, empty, loaded};

/// The slugs of a connection, and that its count is that of its nodes.
fn slugs(connection: &Value) -> Vec<&str> {
    let slugs: Vec<&str> =
        connection["nodes"].as_array().expect("nodes").iter().filter_map(|node| node["slug"].as_str()).collect();
    assert_eq!(connection["totalCount"], slugs.len(), "{connection}");
    slugs
}

async fn on_day(app: &TestApp, day: &str, selection: &str) -> Value {
    app.data(&format!("{{ map(asOf: \"{day}\") {{ {selection} }} }}")).await["map"].take()
}

#[tokio::test]
async fn a_group_is_on_the_map_from_its_establishment_to_its_dissolution() {
    const GROUPS: &str = r#"groups { totalCount nodes { slug } }
        operating: groups(filter: { status: [OPERATING] }) { totalCount nodes { slug } }
        planned: groups(filter: { status: [PLANNED] }) { totalCount nodes { slug } }
        group(slug: "hollow") { status isOnMap existence schools { totalCount nodes { slug } } }
        school(slug: "birch") { group { slug } }
        district(slug: "example") { groups { totalCount nodes { slug } } }"#;
    for app in loaded("a_group_is_on_the_map", &data_folder("english-periods")).await {
        let before = on_day(&app, "2010-08-31", GROUPS).await;
        assert_eq!(slugs(&before["groups"]), ["glade", "grove", "meadow"], "{}", app.name);
        assert_eq!(before["group"]["status"], "PLANNED");
        assert_eq!(before["group"]["isOnMap"], false);
        assert_eq!(slugs(&before["planned"]), [""; 0], "nothing spoke of it then");
        assert_eq!(before["school"]["group"], Value::Null);

        let within = on_day(&app, "2014-06-30", GROUPS).await;
        assert_eq!(slugs(&within["groups"]), ["glade", "grove", "hollow", "meadow"], "{}", app.name);
        assert_eq!(slugs(&within["operating"]), ["glade", "grove", "hollow", "meadow"], "{}", app.name);
        let group = json!({ "status": "OPERATING", "isOnMap": true, "existence": "CERTAIN",
            "schools": { "totalCount": 1, "nodes": [{ "slug": "birch" }] } });
        assert_eq!(within["group"], group, "{}", app.name);
        assert_eq!(within["school"]["group"]["slug"], "hollow");
        assert_eq!(slugs(&within["district"]["groups"]), ["hollow"]);

        let after = on_day(&app, "2015-07-01", GROUPS).await;
        assert_eq!(slugs(&after["groups"]), ["glade", "grove", "meadow"], "{}", app.name);
        assert_eq!((&after["group"]["status"], &after["group"]["isOnMap"]), (&json!("DISSOLVED"), &json!(false)));
        assert_eq!(slugs(&after["group"]["schools"]), [""; 0], "its members went with it");
        assert_eq!(after["school"]["group"], Value::Null);
        assert_eq!(slugs(&after["district"]["groups"]), [""; 0]);

        let said = app
            .data(
                r#"{ group(slug: "hollow") { establishedOn { text } dissolvedOn { text precision } sinceDay untilDay } }"#,
            )
            .await;
        let dates = json!({ "establishedOn": { "text": "2010-09" }, "dissolvedOn": { "text": "2015-06", "precision": "MONTH" },
            "sinceDay": "2010-09-01", "untilDay": "2015-06-30" });
        assert_eq!(said["group"], dates, "{}", app.name);
    }
}

#[tokio::test]
async fn an_alliance_and_its_ties_end() {
    const TIES: &str = r#"alliances { totalCount nodes { slug } }
        group(slug: "hollow") { alliances { totalCount nodes { slug } } }
        byGroup: alliances(filter: { group: "hollow" }) { totalCount nodes { slug } }
        school(slug: "ash") { alliances { totalCount nodes { slug } } partners { totalCount nodes { slug } }
            branches { totalCount nodes { slug } } }
        bySchool: schools(filter: { alliance: "orchard" }) { totalCount nodes { slug } }
        served: alliance(slug: "hedge") { status isOnMap groups { totalCount nodes { slug } } }
        alliance(slug: "orchard") { partners { totalCount nodes { slug } } functions { text } resourceCategories { category } }"#;
    // The day; alliances of the group; of the school; its partners; its branches; partners of the alliance; functions;
    // categories; status of the alliance that serves its district.
    let (served, members) = ("hedge", "orchard");
    type Seen<'a> = (&'a str, &'a [&'a str], &'a [&'a str], [usize; 5], &'a str);
    let days: &[Seen<'_>] = &[
        ("2011-12-31", &[], &[], [1, 0, 1, 0, 0], "PROPOSED"),
        ("2012-12-31", &[served], &[served], [1, 1, 1, 0, 0], "ESTABLISHED"),
        ("2013-09-01", &[members, served], &[members, served], [1, 1, 1, 0, 0], "ESTABLISHED"),
        ("2014-03-01", &[members, served], &[served], [0, 1, 1, 1, 0], "ESTABLISHED"),
        ("2014-12-31", &[members, served], &[served], [0, 0, 1, 1, 1], "ESTABLISHED"),
        ("2015-06-30", &[members, served], &[served], [0, 0, 0, 0, 1], "ESTABLISHED"),
        ("2015-07-01", &[], &[served], [0, 0, 0, 0, 1], "ESTABLISHED"),
        ("2016-04-01", &[], &[], [0, 0, 0, 0, 1], "DISSOLVED"),
        // It works with the partner again.
        ("2018-01-01", &[], &[], [1, 0, 0, 0, 1], "DISSOLVED"),
    ];
    for app in loaded("an_alliance_and_its_ties_end", &data_folder("english-periods")).await {
        for (day, of_group, of_school, counts, status) in days {
            let seen = on_day(&app, day, TIES).await;
            let what = format!("{} on {day}: {seen}", app.name);
            assert_eq!(slugs(&seen["group"]["alliances"]), *of_group, "{what}");
            let mut by_group = slugs(&seen["byGroup"]);
            by_group.sort_unstable_by(|one, other| other.cmp(one));
            assert_eq!(by_group, *of_group, "{what}");
            assert_eq!(slugs(&seen["school"]["alliances"]), *of_school, "{what}");
            assert_eq!(slugs(&seen["bySchool"]).contains(&"ash"), of_school.contains(&members), "{what}");
            let length = |list: &Value| list.as_array().expect("a list").len();
            let (school, alliance) = (&seen["school"], &seen["alliance"]);
            let found = [
                slugs(&school["partners"]).len(),
                slugs(&school["branches"]).len(),
                slugs(&alliance["partners"]).len(),
                length(&alliance["functions"]),
                length(&alliance["resourceCategories"]),
            ];
            assert_eq!(found, *counts, "{what}");
            assert_eq!(seen["served"]["status"], *status, "{what}");
        }
        let seen = on_day(
            &app,
            "2013-10-01",
            r#"school(slug: "ash") { alliances { edges { basis since { text } until { text } } }
                 partners { edges { since { text } until { text } } } branches { edges { since { text } until { text } } } }"#,
        )
        .await;
        let dated = |since: &str, until: &str| json!({ "since": { "text": since }, "until": { "text": until } });
        let edges = |relation: &str| seen["school"][relation]["edges"][0].clone();
        assert_eq!(edges("partners"), dated("2011", "2013"), "{}", app.name);
        assert_eq!(edges("branches"), dated("2012-09", "2014-07"), "{}", app.name);
        let mut member = dated("2013-09", "2014-02");
        member["basis"] = "MEMBER".into();
        let served = json!({ "basis": "SERVES", "since": null, "until": null });
        assert_eq!(seen["school"]["alliances"]["edges"], json!([member, served]), "{}", app.name);
    }
}

/// Changes a file of a copied folder.
fn replace(dir: &Path, file: &str, from: &str, to: &str) {
    let path = dir.join(file).with_extension("csv");
    let text = fs::read_to_string(&path).expect("text");
    assert!(text.contains(from), "{file}: {from}");
    fs::write(path, text.replace(from, to)).expect("written");
}

#[tokio::test]
async fn dates_of_groups_and_ties_are_held_against_each_other() {
    let dir = data_copy("english-periods");
    replace(dir.path(), "groups", "stated,dissolved", "stated,operating");
    replace(dir.path(), "group_memberships", "hollow,ash,member,2011,2012", "hollow,ash,member,2016,");
    for app in empty("dates_of_groups_and_ties").await {
        let findings = app.import(dir.path()).await.expect_err("two mistakes").to_string();
        for said in [
            "it would hold on no day: this row holds from 2016-01-01, and the group `hollow` from 2010-09-01 to 2015-06-30",
            "it is `operating`, and `dissolved_on` says 2015-06",
        ] {
            assert!(findings.contains(said), "{}: {findings}", app.name);
        }
    }
}

#[tokio::test]
async fn one_school_leads_a_group_on_each_day_of_a_year_in_which_that_changes() {
    const LEADS: &str = r#"group(slug: "glade") { schools { totalCount edges { role existence node { slug } } } }
        ash: school(slug: "ash") { groups { totalCount edges { existence } } }
        birch: school(slug: "birch") { groups { totalCount edges { existence } } }"#;
    for app in loaded("one_school_leads_a_group", &data_folder("english-periods")).await {
        for (left, joined, days) in [
            // The folder as it is: ash leads until 2019 and again since 2021, birch since 2019 and until 2021.
            (
                "2019",
                "2019",
                &[
                    ("2018-12-31", "ash", "CERTAIN"),
                    ("2019-01-01", "birch", "ASSUMED"),
                    ("2019-12-30", "birch", "ASSUMED"),
                    ("2019-12-31", "birch", "CERTAIN"),
                    ("2020-12-31", "birch", "CERTAIN"),
                    ("2021-01-01", "ash", "ASSUMED"),
                    ("2021-12-30", "ash", "ASSUMED"),
                    ("2021-12-31", "ash", "CERTAIN"),
                ][..],
            ),
            (
                "2019-06",
                "2019",
                &[
                    ("2019-05-31", "ash", "CERTAIN"),
                    ("2019-06-01", "birch", "ASSUMED"),
                    ("2019-07-01", "birch", "CERTAIN"),
                ],
            ),
            ("2019-06-30", "2019-07-01", &[("2019-06-30", "ash", "CERTAIN"), ("2019-07-01", "birch", "CERTAIN")]),
        ] {
            let dir = data_copy("english-periods");
            replace(dir.path(), "group_memberships", "ash,lead,2010,2019", &format!("ash,lead,2010,{left}"));
            replace(dir.path(), "group_memberships", "birch,lead,2019", &format!("birch,lead,{joined}"));
            app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
            let again = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
            assert!(again.revision.is_none(), "{}: nothing has changed", app.name);
            for (day, school, existence) in days {
                let seen = on_day(&app, day, LEADS).await;
                let edge = json!({ "role": "LEAD", "existence": existence, "node": { "slug": school } });
                let what = format!("{} on {day}, until {left} and since {joined}", app.name);
                assert_eq!(seen["group"]["schools"], json!({ "totalCount": 1, "edges": [edge] }), "{what}");
                for name in ["ash", "birch"] {
                    let of = match name == *school {
                        true => json!({ "totalCount": 1, "edges": [{ "existence": existence }] }),
                        false => json!({ "totalCount": 0, "edges": [] }),
                    };
                    assert_eq!(seen[name]["groups"], of, "{what}");
                }
            }
            let out = tempfile::tempdir().expect("a folder");
            export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
            assert_eq!(csv_files(out.path()), csv_files(dir.path()), "{}", app.name);
        }
        let dir = data_copy("english-periods");
        replace(dir.path(), "group_memberships", "ash,lead,2010,2019", "ash,lead,2010,2020");
        let findings = app.import(dir.path()).await.expect_err("two leads").to_string();
        let said = "group_memberships.csv:11: column role: another school leads the group at the same time: this row \
                    holds from 2010-01-01 to 2020-12-31, and line 10 of group_memberships.csv from 2019-01-01 to \
                    2021-12-31";
        assert!(findings.contains(said), "{}: {findings}", app.name);
    }
}

/// A copy of the folder in which all ties of birch are undated, and stated by a source.
fn undated_ties() -> tempfile::TempDir {
    let dir = data_copy("english-periods");
    for (file, text) in [
        ("designations", "designation_id,name_en,level\nprize,Example Prize,district\n"),
        ("school_designations", "school_id,designation_id,awarded_on,source_id\nbirch,prize,,seed\n"),
        ("school_partner_links", "school_id,partner_id,kind,source_id\nbirch,museum,cooperates_with,seed\n"),
        ("school_links", "school_id,linked_school_id,kind,basis,source_id\nbirch,ash,guided_by,source,seed\n"),
        ("school_successions", "predecessor_id,successor_id,kind,source_id\nash,birch,base_of,seed\n"),
        ("site_uses", "site_use_id,school_id,host_type,host_id,as_of,source_id\nbirch.x,birch,school,ash,,seed\n"),
        (
            "alliance_memberships",
            "alliance_id,member_type,member_id,role,source_id\norchard,school,birch,member,seed\n",
        ),
        (
            "group_memberships",
            "group_id,school_id,role,joined_on,left_on,as_of,source_id\nmeadow,birch,member,,,,seed\n\
             meadow,oak,member,,,,\nmeadow,elm,member,,2001,,\n",
        ),
    ] {
        fs::write(dir.path().join(file).with_extension("csv"), text).expect("written");
    }
    dir
}

const BIRCH: &str = r#"school(slug: "birch") {
    groups { edges { existence } } partners { edges { existence } } branchOf { edges { existence } }
    predecessors { edges { existence } } designations { edges { existence } } siteUses { existence }
    alliances { edges { existence basis } } }"#;

#[tokio::test]
async fn an_undated_tie_is_assumed_until_something_speaks_of_it() {
    let dir = undated_ties();
    for app in loaded("an_undated_tie_is_assumed", dir.path()).await {
        let edges = |birch: &Value, existence: &str| {
            let is_tie = |tie: &Value| tie["existence"] == existence;
            let lists = ["groups", "partners", "branchOf", "predecessors", "designations"];
            assert!(lists.iter().all(|list| birch[list]["edges"].as_array().is_some_and(|edges| edges.len() == 1)));
            lists.iter().all(|list| is_tie(&birch[list]["edges"][0]))
                && is_tie(&birch["siteUses"][0])
                && is_tie(&birch["alliances"]["edges"][0])
        };
        for (day, existence) in
            [("1900-01-01", "ASSUMED"), ("2019-09-21", "ASSUMED"), ("2019-09-22", "CERTAIN"), ("2026-01-01", "CERTAIN")]
        {
            let seen = on_day(&app, day, BIRCH).await;
            assert!(edges(&seen["school"], existence), "{} on {day}: {seen}", app.name);
        }
        // What serves a district does so as surely as it exists.
        let seen = on_day(&app, "2013-01-01", BIRCH).await;
        let alliances =
            json!([{ "existence": "ASSUMED", "basis": "MEMBER" }, { "existence": "CERTAIN", "basis": "SERVES" }]);
        assert_eq!(seen["school"]["alliances"]["edges"], alliances, "{}", app.name);

        // No source states it: it is known since it was recorded.
        let recorded = tests::clock().today(TimeZone::UTC);
        let before = recorded.pred_opt().expect("a day");
        const OAK: &str = r#"school(slug: "oak") { groups { edges { existence } } }"#;
        for (day, existence) in [(before, "ASSUMED"), (recorded, "CERTAIN")] {
            let seen = on_day(&app, &day.to_string(), OAK).await;
            assert_eq!(seen["school"]["groups"]["edges"], json!([{ "existence": existence }]), "{} on {day}", app.name);
        }
        // An end that is stated shows that it held then.
        const ELM: &str = r#"school(slug: "elm") { groups { edges { existence } } }"#;
        for (day, existence) in [("2000-12-31", "ASSUMED"), ("2001-01-01", "CERTAIN")] {
            let seen = on_day(&app, day, ELM).await;
            assert_eq!(seen["school"]["groups"]["edges"], json!([{ "existence": existence }]), "{} on {day}", app.name);
        }

        // Another date of a source changes no tie, and yet since when they are known, as far as a revision knows.
        let changed = undated_ties();
        replace(changed.path(), "sources", "2019-09-22", "2018-03");
        replace(changed.path(), "group_memberships", "meadow,birch,member,,,,", "meadow,birch,member,,,2017,");
        let report = app.import(changed.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let links = report.files.iter().find(|count| count.file == "school_partner_links").expect("a file");
        assert_eq!((links.changed, links.unchanged), (0, 1), "{}", app.name);
        let seen = on_day(&app, "2018-03-01", BIRCH).await;
        assert!(edges(&seen["school"], "CERTAIN"), "{}: {seen}", app.name);
        let known = format!("{{ map(asOf: \"2018-03-01\", knownAt: 1) {{ {BIRCH} }} }}");
        assert!(edges(&app.data(&known).await["map"]["school"], "ASSUMED"), "{}", app.name);
        let seen = on_day(&app, "2017-01-01", BIRCH).await;
        let [stated, not] = ["groups", "partners"].map(|list| &seen["school"][list]["edges"][0]["existence"]);
        assert_eq!((stated, not), (&json!("CERTAIN"), &json!("ASSUMED")), "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_imported_again_changes_nothing_though_older_names_show_a_successor() {
    let folder = data_copy("english-periods");
    let add = |file: &str, rows: &str| {
        let path = folder.path().join(format!("{file}.csv"));
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, text + rows).expect("written");
    };
    add("schools", "cedar,Cedar,stated,primary,renamed,,,,,seed,,\nfir,Fir,stated,primary,open,,,,,seed,,\n");
    add(
        "school_successions",
        "predecessor_id,successor_id,kind,effective_on,source_id,quote,confidence\ncedar,fir,renamed,2005-03,seed,,\n",
    );
    add("aliases", "school,fir,Cedar Tree,en,former,source,seed,,1950,\n");
    for app in empty("imports again").await {
        app.import(folder.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let again = app.import(folder.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let changed: Vec<_> = again.files.iter().filter(|count| count.changed > 0).map(|count| count.file).collect();
        assert!(changed.is_empty(), "{}: {changed:?}", app.name);
        // Until 2005 it was the other.
        let data = app.data(r#"{ school(slug: "fir") { knownDay sinceDay } }"#).await;
        assert_eq!(data["school"], json!({ "knownDay": "2005-03-01", "sinceDay": "2005-03-01" }), "{}", app.name);
    }
}
