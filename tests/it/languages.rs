//! Names and texts in any languages: a folder says which, and all else follows without a line of code.

use std::fs;

use domain::Known;
use server::export::export;
use tests::{csv_files, data_copy, data_folder, empty, loaded};

#[tokio::test]
async fn a_folder_comes_back_byte_for_byte() {
    for name in ["english-periods", "french-breton", "hindi-english"] {
        for app in loaded(name, &data_folder(name)).await {
            app.assert_comes_back(&data_folder(name)).await;
        }
    }
}

#[tokio::test]
async fn texts_are_answered_in_the_language_that_a_reader_wants() {
    for app in loaded("texts in languages", &data_folder("french-breton")).await {
        let data = app
            .data(
                r#"{ school(slug: "0999901a") { name fr: name(lang: "fr-CA")
                       de: localizedName(lang: "de") { text language isFallback } names { text language basis } }
                     only: school(slug: "0999902B") { localizedName(lang: "br") { text language isFallback } }
                     region(slug: "Su") { name strategy fr: strategy(lang: "fr")
                       localizedStrategy(lang: "de") { text language basis isFallback } }
                     campus(slug: "0999901A.a") { address br: localizedAddress(lang: "br") { text basis isFallback } }
                     definitions { term definition br: definition(lang: "br") }
                     byAccent: schools(filter: { nameContains: "ŒUVRE D'ÉTÉ" }) { nodes { slug } }
                     byBreton: schools(filter: { nameContains: "skolaj" }) { nodes { slug } }
                     inOrder: schools(orderBy: { field: NAME }) { nodes { slug } }
                     byRegister: schools(filter: { code: { scheme: "UAI", value: "0350122T" } }) { nodes { slug } }
                     network: group(slug: "rep_99.1") { name codes { scheme value }
                       categories { since { text } existence category { slug scheme code name parent { slug } } } }
                     byLabel: categories(filter: { nameContains: "D'ÉDUCATION PRIORITAIRE" }) { nodes { slug } } }"#,
            )
            .await;
        let said = |path: &str| data.pointer(path).unwrap_or_else(|| panic!("{path}: {data}")).to_string();
        for (path, expected) in [
            ("/school/name", r#""Skol-Veur ar Skouer""#),
            ("/school/fr", r#""École de l'Œuvre d'Été""#),
            ("/school/de", r#"{"isFallback":true,"language":"br","text":"Skol-Veur ar Skouer"}"#),
            ("/school/names/0", r#"{"basis":"TRANSLATION","language":"br","text":"Skol-Veur ar Skouer"}"#),
            ("/school/names/1", r#"{"basis":null,"language":"fr","text":"École de l'Œuvre d'Été"}"#),
            ("/only/localizedName", r#"{"isFallback":true,"language":"fr","text":"Collège \"Août\""}"#),
            ("/region/name", r#""Su""#),
            ("/region/strategy", r#""War-zu ar c'hreisteiz""#),
            ("/region/fr", r#""Vers le sud""#),
            (
                "/region/localizedStrategy",
                r#"{"basis":null,"isFallback":true,"language":"br","text":"War-zu ar c'hreisteiz"}"#,
            ),
            ("/campus/address", r#""3, rue de l'Étang""#),
            ("/campus/br", r#"{"basis":"TRANSLATION","isFallback":false,"text":"3, straed al Lenn"}"#),
            ("/definitions/0/definition", r#""Un ensemble d'écoles.""#),
            ("/definitions/0/br", r#""Ur strollad skolioù.""#),
            ("/byAccent/nodes", r#"[{"slug":"0999901A"}]"#),
            ("/byBreton/nodes", r#"[{"slug":"ABC_0050"}]"#),
            ("/byRegister/nodes", r#"[{"slug":"0999901A"}]"#),
            ("/network/codes", r#"[{"scheme":"académie_réseau","value":"RÉS-014"}]"#),
            (
                "/network/categories",
                r#"[{"category":{"code":"REP+","name":"Réseau d'éducation prioritaire renforcé","parent":{"slug":"Type_Groupe.REP"},"scheme":"type_groupe","slug":"Type_Groupe.REP_Plus"},"existence":"CERTAIN","since":{"text":"2019-09"}}]"#,
            ),
            ("/byLabel/nodes", r#"[{"slug":"Type_Groupe.REP"},{"slug":"Type_Groupe.REP_Plus"}]"#),
            ("/inOrder/nodes", r#"[{"slug":"0999902B"},{"slug":"0999901A"},{"slug":"ABC_0050"}]"#),
        ] {
            assert_eq!(said(path), expected, "{}: {path}", app.name);
        }
    }
}

#[tokio::test]
async fn a_folder_with_nothing_but_names_is_a_map() {
    for app in loaded("nothing but names", &data_folder("hindi-english")).await {
        let data = app
            .data(
                r#"{ schools { nodes { slug name en: localizedName(lang: "en") { text isFallback } } }
                     found: schools(filter: { nameContains: "विद्यालय" }) { totalCount }
                     region(slug: "dakshin") { name hi: name(lang: "hi") }
                     partner(slug: "sangrahalay") { name kinds } }"#,
            )
            .await;
        assert_eq!(data["schools"]["nodes"].as_array().map(Vec::len), Some(3), "{}", app.name);
        assert_eq!(data["found"]["totalCount"], 2, "{}", app.name);
        assert_eq!(data["region"].to_string(), r#"{"hi":"दक्षिणी भाग","name":"Southern Part"}"#, "{}", app.name);
        assert_eq!(data["partner"].to_string(), r#"{"kinds":[],"name":"उदाहरण संग्रहालय"}"#, "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_language_is_said_by_its_column() {
    let dir = tempfile::tempdir().expect("a folder");
    let regions = "region_id,name_fr,name_xx_YY,name_br_basis\nsu,Sud,,stated\n";
    fs::write(dir.path().join("regions.csv"), regions).expect("written");
    let schools = "school_id,name_fr,name_fr_basis\nune,Une,hearsay\ndeux,,\n";
    fs::write(dir.path().join("schools.csv"), schools).expect("written");
    for app in empty("wrong languages").await {
        let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
        for said in [
            "regions.csv:1: there is no column `name_xx_YY`",
            "regions.csv:1: column name_br_basis: the header lacks `name_br`, whose basis it says",
            "schools.csv:2: column name_fr_basis: `hearsay` is not one of: common_knowledge",
            "schools.csv:3: column name_fr: it has no name in any language",
        ] {
            assert!(refusal.contains(said), "{}: {said}\n{refusal}", app.name);
        }
    }
}

#[tokio::test]
async fn a_column_that_a_file_lost_is_warned_of() {
    let dir = data_copy("hindi-english");
    for app in loaded("a lost column", &data_folder("hindi-english")).await {
        fs::write(dir.path().join("partners.csv"), "partner_id,name_en\nsangrahalay,Example Museum\n")
            .expect("written");
        let report = app.import(dir.path()).await.expect("imported");
        let warned: Vec<String> = report.warnings.iter().map(ToString::to_string).collect();
        let expected =
            "partners.csv: it had `name_hi` when it was last imported; what no column says is blank from now on";
        assert_eq!(warned, [expected], "{}", app.name);
        let data = app.data(
            r#"{ partner(slug: "sangrahalay") { name } map(knownAt: 1) { partner(slug: "sangrahalay") { name } } }"#,
        );
        let data = data.await;
        assert_eq!(data["partner"]["name"], "Example Museum", "{}", app.name);
        assert_eq!(data["map"]["partner"]["name"], "उदाहरण संग्रहालय", "{}", app.name);
        // A revision is given back in the columns of the last import, and in those that it had besides.
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::At(1), out.path(), false).await.expect("an export");
        let partners = "partner_id,name_en,name_hi\nsangrahalay,Example Museum,उदाहरण संग्रहालय\n";
        assert_eq!(csv_files(out.path())["partners.csv"], partners, "{}", app.name);
    }
}
