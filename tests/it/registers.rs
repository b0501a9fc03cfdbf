//! The ids that registers give are slugs: capitals, underscores and dots, and the case of letters tells nothing apart.

use std::{collections::BTreeMap, fs, path::Path};

use domain::Known;
use server::export::export;
use tests::empty;

const DISTRICTS: &str = "district_id,name_zh,name_en,name_en_basis,source_id,quote,time_zone\nDept_022,,Côtes,source,Reg.1,\"022, Côtes\",Europe/Paris\n";
const SOURCES: &str = "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note,license\nReg.1,Annuaire,Rectorat,,2025-09-01,https://a.example/b,fr,official,full,high,,etalab-2.0\n";

const SCHOOLS: &str = "school_id,name_zh,name_en,name_en_basis,ownership,ownership_source_id,phases,school_type,school_type_source_id,status,junior_code_2025,senior_code,township_id,opened_on,closed_on,source_id,quote,confidence,note,district_id\n\
         0350122T,,Notre-Dame,stated,,,primary,,,open,,,,,,Reg.1,0350122T,official_list,,Dept_022\n\
         ABC_0050,,Saint-Joseph,stated,,,primary,,,open,,,,,,Reg.1,ABC_0050,official_list,,Dept_022\n\
         abc-1,,Lycée,stated,,,senior,,,open,,,,,,Reg.1,abc-1,official_list,,Dept_022\n";

/// A folder with a register's ids; `school` is how its other rows name the first school.
fn write_register(dir: &Path, school: &str) {
    let campuses = format!(
        "campus_id,school_id,name_zh,address_zh,address_confidence,township_id,source_id,quote,confidence,name_en\n\
         0350122T.a,{school},,,,,Reg.1,annexe,official_list,Annexe\n"
    );
    for (name, text) in [("districts", DISTRICTS), ("sources", SOURCES), ("schools", SCHOOLS), ("campuses", &campuses)]
    {
        fs::write(dir.join(format!("{name}.csv")), text).expect("written");
    }
}

fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path());
    let csv = entries.filter(|path| path.extension().is_some_and(|end| end == "csv"));
    csv.map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("text")))
        .map(|(path, text)| (Path::new(&path).file_name().expect("a name").to_string_lossy().into_owned(), text))
        .collect()
}

#[tokio::test]
async fn ids_of_a_register_are_found_in_any_case_and_exported_as_written() {
    let dir = tempfile::tempdir().expect("a folder");
    write_register(dir.path(), "0350122T");
    for app in empty("ids of a register").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let data = app
            .data(
                r#"{ written: school(slug: "ABC_0050") { id slug } other: school(slug: "abc_0050") { id slug }
                     byId: school(id: "sch_0000000000000") { id }
                     source(slug: "reg.1") { license }
                     campuses(filter: { school: "0350122t" }) { nodes { slug school { slug } } }
                     inDistrict: schools(filter: { district: "DEPT_022" }, orderBy: { field: SLUG }) { nodes { slug } } }"#,
            )
            .await;
        assert_eq!(data["written"], data["other"], "{}", app.name);
        assert_eq!(data["written"]["slug"], "ABC_0050", "{}", app.name);
        assert_eq!(data["campuses"]["nodes"][0]["school"]["slug"], "0350122T", "{}", app.name);
        assert_eq!(data["source"]["license"], "etalab-2.0", "{}", app.name);
        let slugs = data["inDistrict"]["nodes"].to_string();
        assert_eq!(slugs, r#"[{"slug":"0350122T"},{"slug":"ABC_0050"},{"slug":"abc-1"}]"#, "{}", app.name);
        let (code, problem, _) = app.error(r#"{ schools(filter: { district: "dpt_022" }) { totalCount } }"#).await;
        assert!(code == "UNKNOWN_NOUN" && problem.contains("Dept_022"), "{}: {code} {problem}", app.name);

        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(files(out.path()), files(dir.path()), "{}", app.name);
    }
}

#[tokio::test]
async fn a_row_may_name_a_noun_in_another_case_and_no_noun_stands_twice() {
    let dir = tempfile::tempdir().expect("a folder");
    for app in empty("references in another case").await {
        write_register(dir.path(), "0350122t");
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let data = app.data(r#"{ campuses { nodes { school { slug } } } }"#).await;
        assert_eq!(data["campuses"]["nodes"][0]["school"]["slug"], "0350122T", "{}", app.name);

        let schools = fs::read_to_string(dir.path().join("schools.csv")).expect("text");
        let id = domain::Id::<domain::School>::of("abc-1").to_string();
        for (wrong, said) in [("abc_0050", "stands on line 3 already"), (&id, "is not a slug")] {
            fs::write(dir.path().join("schools.csv"), schools.replace("abc-1,,", &format!("{wrong},,")))
                .expect("written");
            let findings = app.import(dir.path()).await.expect_err("a slug that is taken, or none").to_string();
            assert!(findings.contains(said), "{}: {findings}", app.name);
        }
    }
}

const CODES: &str = "entity_type,entity_id,scheme,value,source_id,quote\nschool,0350122T,UAI,0350122T,Reg.1,UAI 0350122T\nschool,0350122T,SIRET,193501227,,\ncampus,0350122T.a,UAI,0350122U,Reg.1,annexe\ndistrict,Dept_022,INSEE,22,Reg.1,\"022, Côtes\"\n";

#[tokio::test]
async fn codes_of_any_noun_are_listed_with_their_sources_and_found() {
    let dir = tempfile::tempdir().expect("a folder");
    write_register(dir.path(), "0350122T");
    let schools = SCHOOLS.replace("abc-1,,Lycée,stated,,,senior,,,open,,", "abc-1,,Lycée,stated,,,senior,,,open,0501,");
    fs::write(dir.path().join("schools.csv"), schools).expect("written");
    fs::write(dir.path().join("codes.csv"), CODES).expect("written");
    for app in empty("codes of any noun").await {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let data = app
            .data(
                r#"{ school(slug: "0350122T") { codes { scheme value sources { title } } }
                     old: school(slug: "abc-1") { codes { scheme value } }
                     district(slug: "dept_022") { codes { scheme value } }
                     byUai: schools(filter: { code: { value: "0350122T" } }) { nodes { slug } }
                     byScheme: schools(filter: { code: { scheme: "UAI", value: "0350122T" } }) { nodes { slug } }
                     otherScheme: schools(filter: { code: { scheme: "SIRET", value: "0350122T" } }) { totalCount }
                     byColumnScheme: schools(filter: { code: { scheme: "junior_code_2025", value: "0501" } }) { nodes { slug } }
                     otherColumn: schools(filter: { code: { scheme: "senior_code", value: "0501" } }) { totalCount }
                     byColumn: schools(filter: { code: { value: "0501" } }) { nodes { slug } }
                     either: schools(filter: { or: [{ code: { value: "0501" } }, { code: { value: "193501227" } }] }) { totalCount }
                     not: schools(filter: { not: { code: { value: "0501" } } }) { totalCount }
                     campuses(filter: { code: { value: "0350122U" } }) { nodes { slug codes { value } } }
                     districts(filter: { code: { value: "22" } }) { nodes { slug } }
                     noGroup: groups(filter: { code: { value: "22" } }) { totalCount } }"#,
            )
            .await;
        let codes = r#"[{"scheme":"SIRET","sources":[],"value":"193501227"},{"scheme":"UAI","sources":[{"title":"Annuaire"}],"value":"0350122T"}]"#;
        assert_eq!(
            data["school"]["codes"],
            serde_json::from_str::<serde_json::Value>(codes).expect("JSON"),
            "{}",
            app.name
        );
        assert_eq!(
            data["old"]["codes"].to_string(),
            r#"[{"scheme":"junior_code_2025","value":"0501"}]"#,
            "{}",
            app.name
        );
        assert_eq!(data["district"]["codes"][0]["value"], "22", "{}", app.name);
        for field in ["otherScheme", "otherColumn"] {
            assert_eq!(data[field]["totalCount"], 0, "{} {field}", app.name);
        }
        let found =
            [("byUai", "0350122T"), ("byScheme", "0350122T"), ("byColumn", "abc-1"), ("byColumnScheme", "abc-1")];
        for (field, slug) in found {
            assert_eq!(data[field]["nodes"].to_string(), format!("[{{\"slug\":\"{slug}\"}}]"), "{}", app.name);
        }
        assert_eq!((&data["either"]["totalCount"], &data["not"]["totalCount"]), (&2.into(), &2.into()), "{}", app.name);
        assert_eq!(data["campuses"]["nodes"][0]["slug"], "0350122T.a", "{}", app.name);
        assert_eq!(data["districts"]["nodes"][0]["slug"], "Dept_022", "{}", app.name);
        assert_eq!(data["noGroup"]["totalCount"], 0, "{}", app.name);

        for (query, slugs) in [
            (
                r#"{ found: school(code: { value: "0350122T" }) { slug status } }"#,
                r#"{"slug":"0350122T","status":"OPEN"}"#,
            ),
            (
                r#"{ found: school(code: { scheme: "junior_code_2025", value: "0501" }) { slug } }"#,
                r#"{"slug":"abc-1"}"#,
            ),
            (r#"{ found: school(code: { scheme: "senior_code", value: "0501" }) { slug } }"#, "null"),
            (
                r#"{ found: schoolsByCodes(scheme: "UAI", values: ["x", "0350122T", "0350122T"]) { slug } }"#,
                r#"[null,{"slug":"0350122T"},{"slug":"0350122T"}]"#,
            ),
        ] {
            let answer = app.ask(query, serde_json::json!({})).await;
            assert_eq!(answer.json()["data"]["found"].to_string(), slugs, "{}: {query}", app.name);
            assert_eq!(answer.statements(), 1, "{}: {query}", app.name);
        }

        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(files(out.path()), files(dir.path()), "{}", app.name);
    }
}
