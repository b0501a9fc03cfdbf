//! Data sets in and out: the same bytes, nothing half-written, every change a revision.

use std::{collections::BTreeMap, fs, path::Path};

use domain::Known;
use server::export::export;
use tests::{bundled, chaoyang, empty};

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
