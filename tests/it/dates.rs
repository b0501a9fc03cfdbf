//! Groups, alliances and their ties begin and end, and the map of a day tells.

use std::{collections::BTreeMap, fs, path::Path};

use domain::Known;
use serde_json::{Value, json};
use server::export::export;
use tests::{TestApp, empty, loaded};

/// Writes a file of a data set: the columns that the rows name, in their order.
fn write(dir: &Path, file: &str, rows: &[&[(&str, &str)]]) {
    let mut columns: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().copied().flatten() {
        if !columns.contains(name) {
            columns.push(name);
        }
    }
    let lines = rows.iter().map(|row| {
        let value = |name: &&str| row.iter().find(|(given, _)| given == name).map_or("", |(_, value)| *value);
        columns.iter().map(value).collect::<Vec<_>>().join(",") + "\n"
    });
    let text = columns.join(",") + "\n" + &lines.collect::<String>();
    fs::write(dir.join(file).with_extension("csv"), text).expect("written");
}

/// A district with a group that was dissolved, an alliance that was, and ties that ended.
fn write_example(dir: &Path) {
    write(dir, "districts", &[&[("district_id", "example"), ("name_en", "Example District")]]);
    let school = |slug| [("school_id", slug), ("name_en", slug), ("status", "open"), ("district_id", "example")];
    write(dir, "schools", &[&school("example-one"), &school("example-two")]);
    write(dir, "partners", &[&[("partner_id", "example-museum"), ("name_en", "Example Museum"), ("kinds", "museum")]]);
    let group = [("group_id", "example-group"), ("name_en", "Example Group"), ("district_id", "example")];
    let ended = [("status", "dissolved"), ("established_on", "2010-09"), ("dissolved_on", "2015-06")];
    let other = [("group_id", "other-group"), ("name_en", "Other Group"), ("status", "operating")];
    write(dir, "groups", &[&[group.as_slice(), &ended].concat(), &other]);
    let member = |school, joined, left| {
        [
            ("group_id", "example-group"),
            ("school_id", school),
            ("role", "member"),
            ("joined_on", joined),
            ("left_on", left),
        ]
    };
    write(dir, "group_memberships", &[&member("example-one", "2011", "2012"), &member("example-two", "", "")]);
    let alliance = [("alliance_id", "example-alliance"), ("name_en", "Example Alliance"), ("district_id", "example")];
    let served = [("kind", "thematic"), ("scope", "district"), ("status", "dissolved")];
    let dates = [("established_on", "2012"), ("dissolved_on", "2016-03-31")];
    let members = [("alliance_id", "members-alliance"), ("name_en", "Members"), ("kind", "network")];
    let lasting = [("scope", "members"), ("status", "established")];
    write(dir, "alliances", &[&[&alliance[..], &served, &dates].concat(), &[members.as_slice(), &lasting].concat()]);
    let tie = |kind, member, joined, left| {
        let what = [("alliance_id", "members-alliance"), ("member_type", kind), ("member_id", member)];
        [what.as_slice(), &[("role", "member"), ("joined_on", joined), ("left_on", left)]].concat()
    };
    let ties = [
        tie("group", "example-group", "2013", ""),
        tie("school", "example-one", "2013-09", "2014-02"),
        tie("partner", "example-museum", "", "2014"),
    ];
    write(dir, "alliance_memberships", &ties.each_ref().map(Vec::as_slice));
    let function =
        [("function_id", "example-f1"), ("alliance_id", "members-alliance"), ("seq", "1"), ("text_en", "Try")];
    write(dir, "alliance_functions", &[&[function.as_slice(), &[("since", "2014"), ("until", "2014")]].concat()]);
    let category = [("alliance_id", "members-alliance"), ("category", "university"), ("since", "2014-06")];
    write(dir, "alliance_resource_categories", &[&category]);
    let partner = [("school_id", "example-one"), ("partner_id", "example-museum"), ("kind", "cooperates_with")];
    write(dir, "school_partner_links", &[&[partner.as_slice(), &[("since", "2011"), ("until", "2013")]].concat()]);
    let link = [("school_id", "example-two"), ("linked_school_id", "example-one"), ("kind", "guided_by")];
    let link = [link.as_slice(), &[("basis", "source"), ("since", "2012-09"), ("until", "2014-07")]].concat();
    write(dir, "school_links", &[&link]);
}

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
    let dir = tempfile::tempdir().expect("a folder");
    write_example(dir.path());
    const GROUPS: &str = r#"groups { totalCount nodes { slug } }
        operating: groups(filter: { status: [OPERATING] }) { totalCount nodes { slug } }
        planned: groups(filter: { status: [PLANNED] }) { totalCount nodes { slug } }
        group(slug: "example-group") { status isOnMap existence schools { totalCount nodes { slug } } }
        school(slug: "example-two") { group { slug } }
        district(slug: "example") { groups { totalCount nodes { slug } } }"#;
    for app in loaded("a_group_is_on_the_map", dir.path()).await {
        let before = on_day(&app, "2010-08-31", GROUPS).await;
        assert_eq!(slugs(&before["groups"]), ["other-group"], "{}", app.name);
        assert_eq!(before["group"]["status"], "PLANNED");
        assert_eq!(before["group"]["isOnMap"], false);
        assert_eq!(slugs(&before["planned"]), [""; 0], "nothing spoke of it then");
        assert_eq!(before["school"]["group"], Value::Null);

        let within = on_day(&app, "2014-06-30", GROUPS).await;
        assert_eq!(slugs(&within["groups"]), ["example-group", "other-group"], "{}", app.name);
        assert_eq!(slugs(&within["operating"]), ["example-group", "other-group"], "{}", app.name);
        let group = json!({ "status": "OPERATING", "isOnMap": true, "existence": "CERTAIN",
            "schools": { "totalCount": 1, "nodes": [{ "slug": "example-two" }] } });
        assert_eq!(within["group"], group, "{}", app.name);
        assert_eq!(within["school"]["group"]["slug"], "example-group");
        assert_eq!(slugs(&within["district"]["groups"]), ["example-group"]);

        let after = on_day(&app, "2015-07-01", GROUPS).await;
        assert_eq!(slugs(&after["groups"]), ["other-group"], "{}", app.name);
        assert_eq!((&after["group"]["status"], &after["group"]["isOnMap"]), (&json!("DISSOLVED"), &json!(false)));
        assert_eq!(slugs(&after["group"]["schools"]), [""; 0], "its members went with it");
        assert_eq!(after["school"]["group"], Value::Null);
        assert_eq!(slugs(&after["district"]["groups"]), [""; 0]);

        let said = app
            .data(
                r#"{ group(slug: "example-group") { establishedOn { text } dissolvedOn { text precision } sinceDay untilDay } }"#,
            )
            .await;
        let dates = json!({ "establishedOn": { "text": "2010-09" }, "dissolvedOn": { "text": "2015-06", "precision": "MONTH" },
            "sinceDay": "2010-09-01", "untilDay": "2015-06-30" });
        assert_eq!(said["group"], dates, "{}", app.name);
    }
}

#[tokio::test]
async fn an_alliance_and_its_ties_end() {
    let dir = tempfile::tempdir().expect("a folder");
    write_example(dir.path());
    const TIES: &str = r#"alliances { totalCount nodes { slug } }
        group(slug: "example-group") { alliances { totalCount nodes { slug } } }
        byGroup: alliances(filter: { group: "example-group" }) { totalCount nodes { slug } }
        school(slug: "example-one") { alliances { totalCount nodes { slug } } partners { totalCount nodes { slug } }
            branches { totalCount nodes { slug } } }
        bySchool: schools(filter: { alliance: "members-alliance" }) { totalCount nodes { slug } }
        served: alliance(slug: "example-alliance") { status isOnMap groups { totalCount nodes { slug } } }
        alliance(slug: "members-alliance") { partners { totalCount nodes { slug } } functions { text } resourceCategories { category } }"#;
    // The day; alliances of the group; of the school; its partners; its branches; partners of the alliance; functions;
    // categories; status of the alliance that serves its district.
    let (served, members) = ("example-alliance", "members-alliance");
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
    ];
    for app in loaded("an_alliance_and_its_ties_end", dir.path()).await {
        for (day, of_group, of_school, counts, status) in days {
            let seen = on_day(&app, day, TIES).await;
            let what = format!("{} on {day}: {seen}", app.name);
            assert_eq!(slugs(&seen["group"]["alliances"]), *of_group, "{what}");
            let mut by_group = slugs(&seen["byGroup"]);
            by_group.sort_unstable_by(|one, other| other.cmp(one));
            assert_eq!(by_group, *of_group, "{what}");
            assert_eq!(slugs(&seen["school"]["alliances"]), *of_school, "{what}");
            assert_eq!(slugs(&seen["bySchool"]).contains(&"example-one"), of_school.contains(&members), "{what}");
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
            r#"school(slug: "example-one") { alliances { edges { basis since { text } until { text } } }
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

#[tokio::test]
async fn dates_of_groups_and_ties_are_exported_and_held_against_each_other() {
    let dir = tempfile::tempdir().expect("a folder");
    write_example(dir.path());
    for app in empty("dates_of_groups_and_ties").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let again = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        assert!(again.revision.is_none(), "{}: nothing has changed", app.name);
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        let files = |dir: &Path| -> BTreeMap<String, String> {
            let paths = fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path());
            let csv = paths.filter(|path| path.extension().is_some_and(|end| end == "csv"));
            csv.map(|path| (path.file_name().map(|name| format!("{}", name.display())), fs::read_to_string(&path)))
                .map(|(name, text)| (name.expect("a name"), text.expect("text")))
                .collect()
        };
        assert_eq!(files(out.path()), files(dir.path()), "{}", app.name);

        let wrong = tempfile::tempdir().expect("a folder");
        write_example(wrong.path());
        let groups = fs::read_to_string(wrong.path().join("groups.csv")).expect("text");
        fs::write(
            wrong.path().join("groups.csv"),
            groups.replace("dissolved", "operating").replace("operating_on", "dissolved_on"),
        )
        .expect("written");
        let member =
            [("group_id", "example-group"), ("school_id", "example-one"), ("role", "member"), ("joined_on", "2016")];
        write(wrong.path(), "group_memberships", &[&member]);
        let findings = app.import(wrong.path()).await.expect_err("two mistakes").to_string();
        for said in [
            "it would hold on no day: this row holds from 2016-01-01, and the group `example-group` from 2010-09-01 to 2015-06-30",
            "it is `operating`, and `dissolved_on` says 2015-06",
        ] {
            assert!(findings.contains(said), "{}: {findings}", app.name);
        }
    }
}

/// A group whose lead changes within a year: `joined` and `left` are the dates of the two.
fn write_leads(dir: &Path, left: &str, joined: &str) {
    write_example(dir);
    let lead = |school, joined, left| {
        [("group_id", "other-group"), ("school_id", school), ("role", "lead"), ("joined_on", joined), ("left_on", left)]
    };
    write(dir, "group_memberships", &[&lead("example-two", joined, ""), &lead("example-one", "2010", left)]);
}

#[tokio::test]
async fn one_school_leads_a_group_on_each_day_of_a_year_in_which_that_changes() {
    const LEADS: &str = r#"group(slug: "other-group") { schools { totalCount edges { role existence node { slug } } } }
        one: school(slug: "example-one") { groups { totalCount edges { existence } } }
        two: school(slug: "example-two") { groups { totalCount edges { existence } } }"#;
    let dir = tempfile::tempdir().expect("a folder");
    for app in empty("one_school_leads_a_group").await {
        for (left, joined, days) in [
            (
                "2019",
                "2019",
                &[
                    ("2018-12-31", "one", "CERTAIN"),
                    ("2019-01-01", "two", "ASSUMED"),
                    ("2019-12-30", "two", "ASSUMED"),
                    ("2019-12-31", "two", "CERTAIN"),
                    ("2020-01-01", "two", "CERTAIN"),
                ][..],
            ),
            (
                "2019-06",
                "2019",
                &[("2019-05-31", "one", "CERTAIN"), ("2019-06-01", "two", "ASSUMED"), ("2019-07-01", "two", "CERTAIN")],
            ),
            ("2019-06-30", "2019-07-01", &[("2019-06-30", "one", "CERTAIN"), ("2019-07-01", "two", "CERTAIN")]),
        ] {
            write_leads(dir.path(), left, joined);
            app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
            let again = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
            assert!(again.revision.is_none(), "{}: nothing has changed", app.name);
            for (day, school, existence) in days {
                let seen = on_day(&app, day, LEADS).await;
                let edge =
                    json!({ "role": "LEAD", "existence": existence, "node": { "slug": format!("example-{school}") } });
                let what = format!("{} on {day}, until {left} and since {joined}", app.name);
                assert_eq!(seen["group"]["schools"], json!({ "totalCount": 1, "edges": [edge] }), "{what}");
                let of = |name: &str| match name == *school {
                    true => json!({ "totalCount": 1, "edges": [{ "existence": existence }] }),
                    false => json!({ "totalCount": 0, "edges": [] }),
                };
                assert_eq!((&seen["one"]["groups"], &seen["two"]["groups"]), (&of("one"), &of("two")), "{what}");
            }
            let out = tempfile::tempdir().expect("a folder");
            export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
            let members = |dir: &Path| fs::read_to_string(dir.join("group_memberships.csv")).expect("text");
            assert_eq!(members(out.path()), members(dir.path()), "{}", app.name);
        }
        write_leads(dir.path(), "2020", "2019");
        let findings = app.import(dir.path()).await.expect_err("two leads").to_string();
        let said = "group_memberships.csv:3: column role: another school leads the group at the same time: this row holds from \
                    2010-01-01 to 2020-12-31, and line 2 of group_memberships.csv from 2019-01-01";
        assert!(findings.contains(said), "{}: {findings}", app.name);
    }
}
