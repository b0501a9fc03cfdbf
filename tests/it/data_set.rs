//! Data sets in and out: the same bytes, nothing half-written, every change a revision.

use std::{collections::BTreeMap, fs, path::Path};

use domain::Known;
use serde_json::json;
use server::{
    export::export,
    import::Options,
    report::{ConflictReason, Refusal},
};
use tests::{TestApp, bundled, chaoyang, empty};

/// The CSV files of a folder.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path());
    let csv = entries.filter(|path| path.extension().is_some_and(|extension| extension == "csv"));
    csv.map(|path| {
        (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read_to_string(path).expect("a file"))
    })
    .collect()
}

fn copy(to: &Path) {
    for (name, text) in files(&bundled()) {
        fs::write(to.join(name), text).expect("a file");
    }
}

fn edit(dir: &Path, file: &str, from: &str, to: &str) {
    let path = dir.join(file);
    let text = fs::read_to_string(&path).expect("a file");
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(path, text.replacen(from, to, 1)).expect("a file");
}

/// The fields of a line of CSV, without quotation marks.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut is_quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => fields.push(String::new()),
            _ => fields.last_mut().expect("a field").push(c),
        }
    }
    fields
}

/// How many words a text has; two Chinese characters count as one.
fn words(text: &str) -> usize {
    let is_chinese = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let others = text.split(|c: char| c.is_whitespace() || is_chinese(c));
    let others = others.filter(|word| word.contains(char::is_alphanumeric)).count();
    others + text.chars().filter(|c| is_chinese(*c)).count().div_ceil(2)
}

#[test]
fn no_quote_has_more_than_25_words() {
    let mut quotes = 0;
    for (name, text) in files(&bundled()) {
        let mut rows = text.lines().map(fields);
        let header = rows.next().expect("a header");
        let is_quote = |column: &str| column.ends_with("quote") || column == "excerpt";
        let columns: Vec<usize> = (0..header.len()).filter(|at| is_quote(&header[*at])).collect();
        for row in rows {
            assert_eq!(row.len(), header.len(), "{name}: {row:?}");
            for quote in columns.iter().map(|at| &row[*at]).filter(|quote| !quote.is_empty()) {
                assert!(words(quote) <= 25, "{name}: {} words: {quote}", words(quote));
                quotes += 1;
            }
        }
    }
    assert!(quotes > 500, "{quotes}");
}

#[tokio::test]
async fn an_export_gives_the_bytes_of_the_import_back() {
    for app in chaoyang("an_export_gives_the_bytes_back").await {
        let dir = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, dir.path(), false).await.expect("an export");
        let (expected, found) = (files(&bundled()), files(dir.path()));
        assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>(), "{}", app.name);
        for (name, text) in expected {
            assert_eq!(text, found[&name], "{}: {name}", app.name);
        }
    }
}

#[tokio::test]
async fn an_export_of_nothing_is_an_error_and_leaves_the_folder_alone() {
    for app in empty("an_export_of_nothing").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        let error = export(&app.store, Known::Latest, dir.path(), true).await.expect_err("nothing is recorded");
        assert!(error.to_string().contains("no revision to export"), "{}: {error:#}", app.name);
        assert_eq!(files(dir.path()), files(&bundled()), "{}", app.name);
    }
}

#[tokio::test]
async fn a_forced_export_replaces_a_data_set_and_nothing_else() {
    for app in chaoyang("a_forced_export").await {
        let dir = tempfile::tempdir().expect("a folder");
        fs::write(dir.path().join("schools.csv"), "school_id\nold\n").expect("a file");
        fs::write(dir.path().join("learning_area_schools.csv"), "other\n").expect("a file");
        fs::write(dir.path().join("notes.txt"), "mine\n").expect("a file");
        export(&app.store, Known::Latest, dir.path(), true).await.expect("an export");
        let mut found = files(dir.path());
        assert_eq!(found.remove("learning_area_schools.csv").as_deref(), Some("other\n"));
        assert_eq!(found, files(&bundled()), "{}", app.name);
        let mut names: Vec<_> = fs::read_dir(dir.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|name| !name.ends_with(".csv"))
            .collect();
        names.sort();
        assert_eq!(names, ["edumap.json", "notes.txt"], "{}", app.name);
    }
}

#[tokio::test]
async fn a_second_import_of_the_same_folder_makes_no_revision() {
    for app in chaoyang("a_second_import").await {
        let again = app.import(&bundled()).await.expect("no findings");
        assert!(again.revision.is_none(), "{}", app.name);
        let revisions = app.data("{ revisions { number actor message recordedAt } }").await;
        assert_eq!(revisions["revisions"].as_array().map(Vec::len), Some(1), "{}: {revisions}", app.name);
    }
}

#[tokio::test]
async fn a_changed_folder_is_a_revision_and_the_past_stays_readable() {
    for app in chaoyang("a_changed_folder").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        edit(dir.path(), "schools.csv", "Beijing No. 80 High School,", "Beijing Eightieth High School,");
        edit(
            dir.path(),
            "group_memberships.csv",
            "bj80-group,weilai-exp,member,,,,zka-private,\"八十中教育集团成员校,十二年一贯制民办\",unofficial\n",
            "",
        );
        edit(
            dir.path(),
            "group_memberships.csv",
            "bj80-group,bj80,lead",
            "bj80-group,bj80-ruide,member,2020,,,seed,,\nbj80-group,bj80,lead",
        );

        let dry = app.import_as(dir.path(), true).await.expect("no findings");
        assert!(dry.revision.is_none());
        let total = dry.total();
        // Without the tie, or with an earlier one, a school is known since another day: that is a change, too.
        assert_eq!((total.added, total.changed, total.closed), (1, 2, 1), "{}", app.name);
        let before = app.data("{ revisions { number } }").await;
        assert_eq!(before["revisions"].as_array().map(Vec::len), Some(1), "a dry run writes nothing");

        let imported = app.import(dir.path()).await.expect("no findings");
        assert_eq!(imported.revision.map(|revision| revision.number), Some(2));
        let data = app
            .data(
                r#"{ now: group(slug: "bj80-group") { leadSchool { name(lang: "en") sources { title } } schools { nodes { slug } } }
                    then: map(knownAt: 1) { view { revision { number actor } } group(slug: "bj80-group") { leadSchool { name(lang: "en") } schools { nodes { slug } } } }
                    found: schools(filter: { nameContains: "eightieth" }) { totalCount }
                    lost: schools(filter: { nameContains: "no. 80 high school" }) { nodes { slug } }
                    kept: map(knownAt: 1) { schools(filter: { nameContains: "eightieth" }) { totalCount } } }"#,
            )
            .await;
        assert_eq!(data["now"]["leadSchool"]["name"], "Beijing Eightieth High School");
        assert_eq!(data["then"]["group"]["leadSchool"]["name"], "Beijing No. 80 High School");
        let slugs = |at: &serde_json::Value| at["schools"]["nodes"].to_string();
        assert!(slugs(&data["now"]).contains("bj80-ruide") && !slugs(&data["now"]).contains("weilai-exp"));
        assert!(
            !slugs(&data["then"]["group"]).contains("bj80-ruide")
                && slugs(&data["then"]["group"]).contains("weilai-exp")
        );
        assert_eq!(data["found"]["totalCount"], 1, "{}", app.name);
        assert!(!data["lost"]["nodes"].to_string().contains("\"bj80\""), "{}: {}", app.name, data["lost"]);
        assert_eq!(data["kept"]["schools"]["totalCount"], 0);

        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(files(out.path()), files(dir.path()), "{}: rows in the middle keep their place", app.name);
        let old = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::At(1), old.path(), false).await.expect("an export");
        let sorted = |dir: &Path| {
            files(dir)
                .into_iter()
                .map(|(name, text)| {
                    (name, {
                        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
                        lines.sort();
                        lines
                    })
                })
                .collect::<BTreeMap<_, _>>()
        };
        assert_eq!(sorted(old.path()), sorted(&bundled()), "{}: the first revision is still whole", app.name);
        let back = app.import(&bundled()).await.expect("no findings");
        assert_eq!(back.revision.map(|revision| revision.number), Some(3));
    }
}

#[tokio::test]
async fn what_is_wrong_is_reported_by_row_and_nothing_is_written() {
    for app in empty("what_is_wrong_is_reported").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        edit(dir.path(), "schools.csv", "ritan-hs,", "ritan hs,");
        edit(
            dir.path(),
            "campuses.csv",
            "beijing-academy-dongba-north,beijing-academy,",
            "beijing-academy-dongba-north,beijing-acadmy,",
        );
        edit(dir.path(), "partners.csv", ",university,common", ",universty,common");
        edit(dir.path(), "group_memberships.csv", "2025-09-01", "2025-13-01");
        edit(dir.path(), "group_memberships.csv", "fangcaodi-group,fangcaodi,lead", "bj80-group,fangcaodi,lead");
        fs::write(dir.path().join("evnts.csv"), "a\n1\n").expect("a file");
        let findings = app.import(dir.path()).await.expect_err("it is full of mistakes");
        let report = findings.to_string();
        for says in [
            "schools.csv:5",
            "school_id",
            "`ritan hs` is not a slug",
            "beijing-acadmy",
            "did you mean `beijing-academy`",
            "`universty` is not one of",
            "`2025-13-01` is not a date",
            "another school leads the group",
            "evnts.csv",
        ] {
            assert!(report.contains(says), "{}: no `{says}` in\n{report}", app.name);
        }
        assert!(
            app.data("{ revisions { number } schools { totalCount } }").await["revisions"]
                .as_array()
                .is_some_and(Vec::is_empty)
        );
    }
}

/// How many revisions there are.
async fn revisions(app: &TestApp) -> usize {
    let data = app.data("{ revisions { number } }").await;
    data["revisions"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn a_folder_that_lacks_a_file_closes_nothing_unless_told_to() {
    for app in chaoyang("a_folder_that_lacks_a_file").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        fs::remove_file(dir.path().join("group_memberships.csv")).expect("removed");
        for dry_run in [true, false] {
            let refusal = app.import_as(dir.path(), dry_run).await.expect_err("40 memberships would be closed");
            let text = refusal.to_string();
            let says = "group_memberships.csv: 40 of 40 on record would be closed; the folder has no such file\n\
                        nothing was written; give --allow-removal if this is meant";
            assert!(text.ends_with(says), "{}: {text}", app.name);
        }
        assert_eq!(revisions(&app).await, 1, "{}", app.name);
        let told = Options { allow_removal: true, ..Options::default() };
        let imported = app.import_by(dir.path(), told).await.expect("it is meant");
        assert_eq!(imported.total().closed, 40, "{}", app.name);
        assert_eq!(revisions(&app).await, 2, "{}", app.name);
    }
}

#[tokio::test]
async fn small_edits_are_free_and_more_than_a_tenth_must_be_meant() {
    for app in chaoyang("small_edits_are_free").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        let path = dir.path().join("aliases.csv");
        let text = fs::read_to_string(&path).expect("a file");
        let without = |rows: usize| {
            let all: Vec<&str> = text.lines().collect();
            fs::write(&path, all[..all.len() - rows].join("\n") + "\n").expect("a file");
        };
        without(11);
        let refusal = app.import(dir.path()).await.expect_err("11 of 26 names would be closed");
        assert!(refusal.to_string().contains("aliases.csv: 11 of 26 on record would be closed\n"), "{refusal}");
        without(10);
        assert_eq!(app.import(dir.path()).await.expect("few rows").total().closed, 10, "{}", app.name);
        fs::write(&path, text.lines().next().expect("a header").to_owned() + "\n").expect("a file");
        let refusal = app.import(dir.path()).await.expect_err("no row is left");
        assert!(refusal.to_string().contains("16 of 16 on record would be closed; the file has no rows"), "{refusal}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_a_misspelt_name_a_finding() {
    for app in chaoyang("what_cannot_be_read").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        let schools = dir.path().join("schools.csv");
        for name in ["Schools.csv", "schools.csv.csv", "school.csv", "schools.xlsx"] {
            fs::rename(&schools, dir.path().join(name)).expect("renamed");
            let told = Options { allow_removal: true, ..Options::default() };
            let refusal = app.import_by(dir.path(), told).await.expect_err("no schools");
            let says = format!("{name}: this looks like schools.csv, which the folder lacks");
            assert!(refusal.to_string().contains(&says), "{}: {refusal}", app.name);
            fs::rename(dir.path().join(name), &schools).expect("renamed");
        }
        fs::remove_file(&schools).expect("removed");
        std::os::unix::fs::symlink("/nowhere/schools.csv", &schools).expect("a link");
        let error = app.try_import(dir.path(), Options::default()).await.expect_err("a link that leads nowhere");
        assert!(format!("{error:#}").contains("schools.csv is there and cannot be read"), "{error:#}");
        assert_eq!(revisions(&app).await, 1, "{}", app.name);
    }
}

#[tokio::test]
async fn who_comes_second_does_not_undo_the_first() {
    for app in chaoyang("who_comes_second").await {
        let folders: Vec<_> = (0..2).map(|_| tempfile::tempdir().expect("a folder")).collect();
        let [one, two] = [folders[0].path(), folders[1].path()];
        for dir in [one, two] {
            export(&app.store, Known::Latest, dir, false).await.expect("an export");
        }
        edit(one, "schools.csv", "Beijing No. 80 High School,", "Beijing Eightieth High School,");
        edit(one, "groups.csv", "No. 80", "Number 80");
        edit(two, "schools.csv", "Beijing No. 80 High School,", "The No. 80 High School,");
        assert_eq!(app.import(one).await.expect("the first").revision.map(|made| made.number), Some(2));

        for dry_run in [true, false] {
            let refusal = app.import_as(two, dry_run).await.expect_err("the second");
            let Refusal::Conflict(conflict) = &refusal else { panic!("{}: {refusal}", app.name) };
            assert_eq!(conflict.reason, ConflictReason::Later(1));
            assert_eq!(conflict.both, [("schools", "bj80".to_owned())], "{}", app.name);
            assert_eq!(conflict.undone, [("groups", "bj80-group".to_owned())], "{}", app.name);
            assert_eq!(refusal.to_json()["changedInBoth"], json!([{ "file": "schools.csv", "key": "bj80" }]));
            assert!(refusal.to_string().contains("--expect-revision 2"), "{refusal}");
        }
        assert_eq!(revisions(&app).await, 2, "{}", app.name);

        // Who has imported goes on from there.
        edit(one, "schools.csv", "Beijing Eightieth High School,", "Beijing 80th High School,");
        assert_eq!(app.import(one).await.expect("the first again").revision.map(|made| made.number), Some(3));
        // Who has taken over the other's changes loses nothing by what is recorded already.
        for file in ["schools.csv", "groups.csv"] {
            fs::copy(one.join(file), two.join(file)).expect("a copy");
        }
        edit(two, "partners.csv", "Tsinghua University", "The Tsinghua University");
        assert_eq!(app.import(two).await.expect("nothing is undone").revision.map(|made| made.number), Some(4));
        // Who is told to goes on.
        let told = Options { expect_revision: Some(4), ..Options::default() };
        let back = app.import_by(one, told).await.expect("it is meant");
        assert_eq!(back.revision.map(|made| made.number), Some(5), "{}", app.name);
    }
}

#[tokio::test]
async fn an_export_of_another_map_replaces_no_map_unless_told_to() {
    let (from, to) = (chaoyang("an_export_of_another_map").await, empty("an_export_of_another_map").await);
    for (from, to) in from.iter().zip(&to) {
        let dir = tempfile::tempdir().expect("a folder");
        export(&from.store, Known::Latest, dir.path(), false).await.expect("an export");
        edit(dir.path(), "schools.csv", "Beijing No. 80 High School,", "Beijing Eightieth High School,");
        let told = Options { message: Some("another map".to_owned()), ..Options::default() };
        let whole = to.import_by(dir.path(), told).await.expect("an empty map takes it");
        assert_eq!(whole.revision.map(|made| made.number), Some(1));
        // It is a copy of that map from now on.
        let refusal = from.import(dir.path()).await.expect_err("another map");
        assert!(refusal.to_string().starts_with("the folder was exported from another map\n"), "{refusal}");
        let asked = Options { expect_revision: Some(7), ..Options::default() };
        let refusal = to.import_by(dir.path(), asked).await.expect_err("no such revision");
        assert!(refusal.to_string().starts_with("the folder starts from revision 7, and the map is only at 1\n"));
    }
}

#[tokio::test]
async fn a_folder_that_went_through_a_spreadsheet_changes_nothing() {
    for app in chaoyang("a_folder_that_went_through_a_spreadsheet").await {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, text) in files(&bundled()) {
            fs::write(dir.path().join(name), format!("\u{feff}{}", text.replace('\n', "\r\n"))).expect("a file");
        }
        assert!(app.import(dir.path()).await.expect("no findings").revision.is_none(), "{}", app.name);
    }
}

#[tokio::test]
async fn a_revision_says_how_much_it_changes_and_not_where_the_folder_lies() {
    for app in chaoyang("a_revision_says_how_much").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        edit(dir.path(), "schools.csv", "Beijing No. 80 High School,", "Beijing Eightieth High School,");
        app.import(dir.path()).await.expect("no findings");
        let data = app.data("{ revisions(first: 1) { message } }").await;
        assert_eq!(data["revisions"][0]["message"], "0 added, 1 changed, 0 closed", "{}", app.name);
    }
}

#[tokio::test]
async fn a_status_that_has_become_wrong_is_a_finding_for_who_writes_it_and_a_warning_for_who_keeps_it() {
    for app in chaoyang("a_status_that_has_become_wrong").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        let planned = ",planned,,,,,,byd-2024-05-11,";
        edit(dir.path(), "schools.csv", planned, ",planned,,,,2026-09,,byd-2024-05-11,");
        let refusal = app.import(dir.path()).await.expect_err("it has opened").to_string();
        assert!(refusal.contains("column status: it is `planned`, and `opened_on` says 2026-09"), "{refusal}");
        edit(dir.path(), "schools.csv", ",planned,,,,2026-09,,byd-2024-05-11,", ",planned,,,,2026-12,,byd-2024-05-11,");
        app.import(dir.path()).await.expect("it has not opened yet");
    }
    // An export is loaded into an empty map whatever has become of it.
    for app in empty("a_status_that_has_become_wrong_in_an_export").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        edit(dir.path(), "schools.csv", ",planned,,,,,,byd-2024-05-11,", ",planned,,,,2026-09,,byd-2024-05-11,");
        app.import(dir.path()).await.expect_err("it has opened");
        fs::write(dir.path().join("edumap.json"), r#"{ "map": "0", "revision": 1 }"#).expect("a file");
        let imported = app.import(dir.path()).await.expect("a copy");
        assert_eq!(imported.warnings.len(), 1, "{}", app.name);
        let again = app.import(dir.path()).await.expect("what is on record stays");
        assert_eq!((again.warnings.len(), again.revision), (1, None), "{}", app.name);
    }
}

#[tokio::test]
async fn a_campus_with_only_an_english_name_is_loaded_and_comes_back() {
    for app in chaoyang("a_campus_with_only_an_english_name").await {
        let dir = tempfile::tempdir().expect("a folder");
        copy(dir.path());
        let path = dir.path().join("campuses.csv");
        let text = fs::read_to_string(&path).expect("a file");
        let mut lines: Vec<String> = text.lines().map(|line| format!("{line},,")).collect();
        lines[0] = lines[0].replace(",,", ",name_en,name_en_basis");
        lines.push(format!("bj80-lakeside,bj80{}Lakeside Campus,translation", ",".repeat(16)));
        fs::write(&path, lines.join("\n") + "\n").expect("a file");
        app.import(dir.path()).await.expect("no findings");
        let data = app.data(r#"{ campus(slug: "bj80-lakeside") { name names { text } } }"#).await;
        let expected = json!({ "name": "Lakeside Campus", "names": [{ "text": "Lakeside Campus" }] });
        assert_eq!(data["campus"], expected, "{}", app.name);
        let found = app.data(r#"{ campuses(filter: { nameContains: "lakeside" }) { totalCount } }"#).await;
        assert_eq!(found["campuses"]["totalCount"], 1, "{}", app.name);
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(files(out.path()), files(dir.path()), "{}", app.name);
    }
}

#[tokio::test]
async fn a_planned_noun_is_on_the_map_from_the_day_its_project_opened() {
    let dir = tempfile::tempdir().expect("a folder");
    copy(dir.path());
    let query = r#"{ campus(slug: "beijing-academy-dongba-north") { isOnMap status since { text } }
        school(slug: "bj-science-hs") { isOnMap status projects { nodes { slug school { slug status } } } }
        then: map(asOf: "2025-08-31") { campus(slug: "beijing-academy-dongba-north") { isOnMap status } }
        before: map(knownAt: 1) { campus(slug: "beijing-academy-dongba-north") { isOnMap status } } }"#;
    let planned = json!({ "isOnMap": false, "status": "PLANNED" });
    for app in chaoyang("a_planned_noun_is_on_the_map_from").await {
        let data = app.data(query).await;
        assert_eq!(data["campus"], json!({ "isOnMap": false, "status": "PLANNED", "since": null }), "{}", app.name);
        let projects =
            json!({ "nodes": [{ "slug": "science-hs", "school": { "slug": "bj-science-hs", "status": "PLANNED" } }] });
        assert_eq!(data["school"], json!({ "isOnMap": false, "status": "PLANNED", "projects": projects }));

        // What its own row leaves open, the project says.
        copy(dir.path());
        edit(dir.path(), "campuses.csv", "news,planned,seed,2025-09", "news,,seed,2025-09");
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(app.data(query).await["campus"], json!({ "isOnMap": false, "status": "PLANNED", "since": null }));

        for own in ["", "planned"] {
            copy(dir.path());
            edit(dir.path(), "campuses.csv", "news,planned,seed,2025-09", &format!("news,{own},seed,2025-09"));
            edit(dir.path(), "projects.csv", "under_construction,,,2025-09", "opened,,2025-09,2025-09");
            app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
            let data = app.data(query).await;
            let open = json!({ "isOnMap": true, "status": "OPEN", "since": { "text": "2025-09" } });
            assert_eq!(data["campus"], open, "{}: {own}", app.name);
            assert_eq!((&data["then"]["campus"], &data["before"]["campus"]), (&planned, &planned));
        }
        copy(dir.path());
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{findings}"));
        assert_eq!(app.data(query).await["campus"]["isOnMap"], false, "{}: it did not open after all", app.name);
    }
}
