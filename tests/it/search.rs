//! Search over all kinds, and nouns by what registers call them.

use std::fs;

use serde_json::{Value, json};
use tests::{TestApp, chaoyang, empty};

const SOURCES: &str = "source_id,title,publisher,author,published_on,url,language,kind,extent_read,reliability,note,license\n\
     seed,Annuaire des écoles,Rectorat,,2015-09-01,https://a.example/b,fr,official,full,high,,\n";

const DISTRICTS: &str = "district_id,name_zh,name_en,name_en_basis,source_id,quote,time_zone\nville,城区,Town,translation,seed,,Europe/Paris\n";

const SCHOOLS: &str = "school_id,name_zh,name_fr,name_el,name_tr,name_de,phases,status,opened_on,closed_on,source_id,quote,senior_code\n\
     notre-dame,,Notre-Dame,,,,primary,open,1990,,seed,,\n\
     accented,,École des Œuvres,,,,primary,open,1990,,seed,,\n\
     plain,,Ecole des Œuvres Vertes,,,,primary,open,1990,,seed,,\n\
     josephs,,St Joseph’s,,,,primary,open,1990,,seed,,\n\
     joseph-road,,Rue St Josephs,,,,primary,open,1990,,seed,,\n\
     odysseus,,,ΟΔΥΣΣΕΥΣ,,,primary,open,1990,,seed,,\n\
     istanbul,,,,İSTANBUL Lisesi,,primary,open,1990,,seed,,\n\
     lange,,,,,Schule Lange Straße,primary,open,1990,,seed,,\n\
     shifan,國立師範大學附屬中學,,,,,senior,open,1990,,seed,,105002\n\
     shifan-2,国立师范大学附属中学分校,,,,,senior,open,1990,,seed,,\n\
     second,北京市（第二）中学,,,,,junior,open,1990,,seed,,\n\
     old-mill,老磨坊学校,,,,,junior,merged,1950,,seed,,\n\
     mill,磨坊学校,,,,,junior,renamed,1990,,seed,,\n\
     new-mill,新磨坊学校,,,,,junior,open,2010,,seed,,\n\
     coming,Coming,,,,,junior,planned,2030,,seed,,\n";

const SUCCESSIONS: &str = "predecessor_id,successor_id,kind,effective_on,source_id,quote,confidence\n\
     old-mill,mill,merged_into,1995-09-01,seed,,\n\
     mill,new-mill,renamed,2010-09-01,seed,,\n\
     old-mill,second,base_of,1995-09-01,seed,,\n";

const ALIASES: &str = "entity_type,entity_id,alias,lang,kind,basis,source_id,quote,since,until\n\
     school,notre-dame,The Lady,en,short,common_knowledge,,,,\n\
     school,second,红星中学,zh,variant,source,seed,,1970,2000-08-31\n\
     school,second,二中,zh,short,source,seed,,,\n\
     district,ville,Notre Ville,fr,variant,source,seed,,,\n";

const CODES: &str = "entity_type,entity_id,scheme,value,source_id,quote,since,until\n\
     school,josephs,uai,0350122T,seed,,,\n\
     school,old-mill,uai,0350009X,seed,,,\n\
     school,notre-dame,siren,0350122T,seed,,,\n";

/// The map that is searched, on both databases.
async fn searched(test: &str) -> Vec<TestApp> {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, text) in [
        ("sources", SOURCES),
        ("districts", DISTRICTS),
        ("schools", SCHOOLS),
        ("school_successions", SUCCESSIONS),
        ("aliases", ALIASES),
        ("codes", CODES),
    ] {
        fs::write(dir.path().join(format!("{name}.csv")), text).expect("written");
    }
    let apps = empty(test).await;
    for app in &apps {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
    }
    apps
}

/// What a search finds, each as its kind, its slug and why.
async fn found(app: &TestApp, at: &str, arguments: &str) -> Vec<String> {
    let query = format!(
        "{{ map{at} {{ search({arguments}) {{ totalCount edges {{ name nameKind match isExact isFormer node {{ __typename slug }} }} }} }} }}"
    );
    let search = app.data(&query).await["map"]["search"].take();
    let edges = search["edges"].as_array().expect("edges");
    assert!(search["totalCount"].as_u64() >= u64::try_from(edges.len()).ok(), "{}: {search}", app.name);
    let word = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let hit = |edge: &Value| {
        let mut hit = format!(
            "{} {} {} {}",
            word(&edge["node"]["slug"]),
            word(&edge["match"]),
            word(&edge["nameKind"]),
            word(&edge["name"])
        );
        for (flag, told) in [("isExact", " loosely"), ("isFormer", " formerly")] {
            if edge[flag] == (flag == "isFormer") {
                hit.push_str(told);
            }
        }
        hit
    };
    edges.iter().map(hit).collect()
}

#[tokio::test]
async fn names_are_found_however_they_are_typed_and_the_best_come_first() {
    for app in searched("a search").await {
        for (text, expected) in [
            ("notre dame", vec!["notre-dame EQUAL OFFICIAL Notre-Dame"]),
            ("ＮＯＴＲＥ‑ＤＡＭＥ", vec!["notre-dame EQUAL OFFICIAL Notre-Dame"]),
            ("no\u{ad}tre\u{200b}dame", vec!["notre-dame EQUAL OFFICIAL Notre-Dame"]),
            ("notre", vec!["ville STARTS_WITH VARIANT Notre Ville", "notre-dame STARTS_WITH OFFICIAL Notre-Dame"]),
            ("dame notre", vec!["notre-dame WORDS OFFICIAL Notre-Dame loosely"]),
            ("lady", vec!["notre-dame CONTAINS SHORT The Lady"]),
            (
                "ecole des oeuvres",
                vec![
                    "accented EQUAL OFFICIAL École des Œuvres loosely",
                    "plain STARTS_WITH OFFICIAL Ecole des Œuvres Vertes loosely",
                ],
            ),
            (
                "ecole",
                vec![
                    "accented STARTS_WITH OFFICIAL École des Œuvres loosely",
                    "plain STARTS_WITH OFFICIAL Ecole des Œuvres Vertes",
                    "seed CONTAINS OFFICIAL Annuaire des écoles loosely",
                ],
            ),
            ("St Joseph's", vec!["josephs EQUAL OFFICIAL St Joseph’s", "joseph-road CONTAINS OFFICIAL Rue St Josephs"]),
            ("οδυσσευς", vec!["odysseus EQUAL OFFICIAL ΟΔΥΣΣΕΥΣ"]),
            ("istanbul lisesi", vec!["istanbul EQUAL OFFICIAL İSTANBUL Lisesi loosely"]),
            ("STRASSE", vec!["lange CONTAINS OFFICIAL Schule Lange Straße"]),
            (
                "国立师范大学附属中学",
                vec![
                    "shifan EQUAL OFFICIAL 國立師範大學附屬中學 loosely",
                    "shifan-2 STARTS_WITH OFFICIAL 国立师范大学附属中学分校",
                ],
            ),
            (
                "師",
                vec![
                    "shifan CONTAINS OFFICIAL 國立師範大學附屬中學",
                    "shifan-2 CONTAINS OFFICIAL 国立师范大学附属中学分校 loosely",
                ],
            ),
            ("北京市第二中学", vec!["second EQUAL OFFICIAL 北京市（第二）中学"]),
            ("第二(中学)", vec!["second CONTAINS OFFICIAL 北京市（第二）中学"]),
            ("中学 北京", vec!["second WORDS OFFICIAL 北京市（第二）中学 loosely"]),
            ("红星中学", vec!["second EQUAL FORMER 红星中学 formerly"]),
            (
                "磨坊",
                vec![
                    "mill STARTS_WITH OFFICIAL 磨坊学校 formerly",
                    "new-mill CONTAINS OFFICIAL 新磨坊学校",
                    "old-mill CONTAINS OFFICIAL 老磨坊学校 formerly",
                ],
            ),
            ("0350122t", vec!["notre-dame EQUAL CODE 0350122T", "josephs EQUAL CODE 0350122T"]),
            ("105002", vec!["shifan EQUAL CODE 105002"]),
            ("old-mill", vec!["old-mill EQUAL SLUG old-mill formerly"]),
            ("nothing is called so", vec![]),
        ] {
            assert_eq!(found(&app, "", &format!("text: {}", json!(text))).await, expected, "{}: {text}", app.name);
        }
        let districts = found(&app, "", r#"text: "notre", kinds: [DISTRICT, GROUP]"#).await;
        assert_eq!(districts, ["ville STARTS_WITH VARIANT Notre Ville"], "{}", app.name);
    }
}

#[tokio::test]
async fn a_search_is_of_a_day_and_of_a_revision() {
    for app in searched("a search of a day").await {
        for (at, text, expected) in [
            ("(asOf: \"1980-01-01\")", "红星中学", vec!["second EQUAL VARIANT 红星中学"]),
            ("(asOf: \"1960-01-01\")", "红星中学", vec![]),
            ("(asOf: \"2000-08-31\")", "红星中学", vec!["second EQUAL VARIANT 红星中学"]),
            ("(asOf: \"2000-09-01\")", "红星中学", vec!["second EQUAL FORMER 红星中学 formerly"]),
            ("(asOf: \"1994-01-01\")", "老磨坊", vec!["old-mill STARTS_WITH OFFICIAL 老磨坊学校"]),
            ("(knownAt: 1)", "老磨坊", vec!["old-mill STARTS_WITH OFFICIAL 老磨坊学校 formerly"]),
        ] {
            assert_eq!(found(&app, at, &format!("text: {}", json!(text))).await, expected, "{}: {at}", app.name);
        }
    }
}

#[tokio::test]
async fn pages_of_a_search_follow_each_other_alike_on_both_databases() {
    let mut all = Vec::new();
    for app in chaoyang("pages of a search").await {
        for text in ["北京", "学", "school", "school high", "中 学", "bj"] {
            let whole = found(&app, "", &format!("text: {}, first: 100", json!(text))).await;
            let (mut paged, mut after) = (Vec::new(), "null".to_owned());
            while !after.is_empty() && paged.len() < 100 {
                let arguments = format!("text: {}, first: 20, after: {after}", json!(text));
                paged.extend(found(&app, "", &arguments).await);
                let page =
                    app.data(&format!("{{ search({arguments}) {{ pageInfo {{ hasNextPage endCursor }} }} }}")).await;
                let info = &page["search"]["pageInfo"];
                after = if info["hasNextPage"] == true { info["endCursor"].to_string() } else { String::new() };
            }
            assert!(!whole.is_empty(), "{}: {text}", app.name);
            assert_eq!(paged, whole, "{}: {text}", app.name);
            all.push((text, whole));
        }
        // From the end, as from the start.
        let query = |text: &str, ends: &str| format!("text: {}, {ends}", json!(text));
        let count = app.data(r#"{ search(text: "陈经纶") { totalCount } }"#).await["search"]["totalCount"].clone();
        let count = usize::try_from(count.as_u64().expect("a number")).expect("few");
        let whole = found(&app, "", &query("陈经纶", "first: 100")).await;
        assert_eq!(whole.len(), Ord::min(count, 100), "{}", app.name);
        let last = found(&app, "", &query("陈经纶", "last: 3")).await;
        assert_eq!(last, whole[whole.len() - 3..], "{}", app.name);
    }
    let (one, other) = all.split_at(6);
    assert!(other.is_empty() || one == other, "{one:?}\n{other:?}");
}

/// How many schools are called alike: of each the name and the slug are found, more than are put in order.
const ALIKE: usize = 5_100;

#[tokio::test]
async fn what_thousands_are_called_is_found_in_the_same_order() {
    let dir = tempfile::tempdir().expect("a folder");
    let header = "school_id,name_en,phases,status,source_id,quote\n";
    let row = |n: usize| format!("common-{n},{}Common {n} Road,primary,open,seed,\n", ["", "New "][n % 2]);
    let schools = (0..ALIKE).map(row).collect::<String>();
    // Another name that is better than the own one, and one that is worse.
    let aliases = "entity_type,entity_id,alias,lang,kind,basis,source_id,quote\n\
         school,common-7,Common,en,short,source,seed,\nschool,common-8,A Common Room,en,short,source,seed,\n\
         school,common-9,Road (Cómmon),en,short,source,seed,\n";
    for (name, text) in [("sources", SOURCES), ("aliases", aliases), ("schools", &format!("{header}{schools}"))] {
        fs::write(dir.path().join(format!("{name}.csv")), text).expect("written");
    }
    let slug = |n: usize| format!("common-{n}");
    let mut beginning: Vec<(String, usize)> = (0..ALIKE)
        .filter(|n| *n != 7)
        .map(|n| {
            // Odd ones begin with the text by their slugs alone.
            (if n % 2 == 0 { format!("common{n}road") } else { format!("common{n}") }, n)
        })
        .collect();
    beginning.sort_unstable();
    let common: Vec<String> = [7].into_iter().chain(beginning.into_iter().map(|(_, n)| n)).map(slug).collect();
    let mut within: Vec<(String, usize)> = (0..ALIKE)
        .map(|n| match n {
            9 => ("roadcommon".to_owned(), n),
            _ => (format!("{}common{n}road", ["", "new"][n % 2]), n),
        })
        .collect();
    within.sort_unstable();
    let road = |n: usize| n != 9;
    let scattered: Vec<String> = ["common-9".to_owned()]
        .into_iter()
        .chain(within.iter().filter(|(_, n)| road(*n)).map(|(_, n)| slug(*n)))
        .collect();
    let apps = empty("a common text").await;
    for app in &apps {
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        // A pinned revision is read in the other way: all that is found is put in order.
        for at in ["", "(knownAt: 1)"] {
            for (text, expected) in [("common", &common), ("road common", &scattered)] {
                let (mut slugs, mut after) = (Vec::new(), "null".to_owned());
                while slugs.len() < 250 {
                    let query = format!(
                        "{{ map{at} {{ search(text: \"{text}\", first: 50, after: {after}) {{ totalCount nodes {{ slug }} pageInfo {{ endCursor }} }} }} }}"
                    );
                    let search = app.data(&query).await["map"]["search"].take();
                    assert_eq!(search["totalCount"], ALIKE, "{}: {text}", app.name);
                    after = search["pageInfo"]["endCursor"].to_string();
                    let nodes = search["nodes"].as_array().expect("nodes");
                    slugs.extend(nodes.iter().filter_map(|node| node["slug"].as_str().map(str::to_owned)));
                }
                assert_eq!(slugs, expected[..250], "{}: {text} {at}", app.name);
            }
        }
        let last = app.data(r#"{ search(text: "common", last: 2) { nodes { slug } } }"#).await;
        let expected: Vec<Value> = common[ALIKE - 2..].iter().map(|slug| json!({ "slug": slug })).collect();
        assert_eq!(last["search"]["nodes"], json!(expected), "{}: from the end", app.name);
    }
}

#[tokio::test]
async fn a_search_takes_one_statement_beside_the_nouns() {
    for app in chaoyang("the statements of a search").await {
        for (selection, statements) in [
            ("edges { name match }", 1),
            ("totalCount", 1),
            ("edges { name node { ... on School { name } } }", 2),
            ("totalCount nodes { slug }", 3),
        ] {
            let query = format!("{{ search(text: \"第八十中学\", kinds: [SCHOOL]) {{ {selection} }} }}");
            let answer = app.ask(&query, json!({})).await;
            assert_eq!(answer.statements(), statements, "{}: {selection}", app.name);
        }
    }
}

#[tokio::test]
async fn what_cannot_be_searched_for_is_told() {
    for app in searched("a search for nothing").await {
        for (text, said) in [
            (String::new(), "letters or digits"),
            ("（·）!".to_owned(), "letters or digits"),
            ("x".to_owned(), "two letters or digits, or one Han character"),
            ("长".repeat(101), "at most 100 characters"),
        ] {
            for query in [
                format!("{{ search(text: {}) {{ totalCount }} }}", json!(text)),
                format!("{{ schools(filter: {{ nameContains: {} }}) {{ totalCount }} }}", json!(text)),
            ] {
                let (code, problem, _) = app.error(&query).await;
                assert_eq!(code, "INVALID_ARGUMENT", "{}: {query}", app.name);
                assert!(problem.contains(said), "{}: {problem}", app.name);
            }
        }
        let cursor = app.data(r#"{ search(text: "notre") { pageInfo { endCursor } } }"#).await;
        let cursor = &cursor["search"]["pageInfo"]["endCursor"];
        let (code, ..) = app.error(&format!("{{ search(text: \"dame\", after: {cursor}) {{ totalCount }} }}")).await;
        assert_eq!(code, "INVALID_CURSOR", "{}", app.name);
    }
}

#[tokio::test]
async fn names_in_filters_are_compared_alike() {
    for app in searched("names in filters").await {
        for (text, slugs) in [
            ("ecole", vec!["accented", "plain"]),
            ("師", vec!["shifan", "shifan-2"]),
            ("dame notre", vec!["notre-dame"]),
            ("st josephs", vec!["joseph-road", "josephs"]),
            ("红星", vec![]),
            ("0350122T", vec![]),
            ("old-mill", vec![]),
        ] {
            let query = format!(
                "{{ schools(filter: {{ nameContains: {} }}, orderBy: {{ field: SLUG }}) {{ nodes {{ slug }} }} }}",
                json!(text)
            );
            let data = app.data(&query).await;
            let found: Vec<&str> = data["schools"]["nodes"]
                .as_array()
                .expect("nodes")
                .iter()
                .filter_map(|node| node["slug"].as_str())
                .collect();
            assert_eq!(found, slugs, "{}: {text}", app.name);
        }
    }
}

#[tokio::test]
async fn schools_are_found_by_what_registers_call_them() {
    for app in searched("schools by codes").await {
        let data = app
            .data(
                r#"{ uai: school(code: { scheme: "uai", value: "0350122T" }) { slug }
                     siren: school(code: { scheme: "siren", value: "0350122T" }) { slug }
                     any: school(code: { value: "0350122T" }) { slug }
                     own: school(code: { scheme: "senior_code", value: "105002" }) { slug }
                     former: school(code: { scheme: "uai", value: "0350009X" }) { slug isOnMap presentDay { slug } }
                     none: school(code: { scheme: "uai", value: "no such" }) { slug }
                     district(code: { value: "0350122T" }) { slug }
                     schoolsByCodes(scheme: "uai", values: ["0350009X", "nope", "0350122T", "0350009X"]) { slug name }
                     no: schoolsByCodes(scheme: "uai", values: []) { slug } }"#,
            )
            .await;
        let slug = |slug: &str| json!({ "slug": slug });
        assert_eq!(data["uai"], slug("josephs"), "{}", app.name);
        assert_eq!(data["siren"], slug("notre-dame"), "{}", app.name);
        assert_eq!(data["any"], slug("josephs"), "{}: the first by slug", app.name);
        assert_eq!(data["own"], slug("shifan"), "{}", app.name);
        let former = json!({ "slug": "old-mill", "isOnMap": false, "presentDay": [slug("new-mill")] });
        assert_eq!(data["former"], former, "{}", app.name);
        assert_eq!((&data["none"], &data["district"]), (&Value::Null, &Value::Null), "{}", app.name);
        let named = |slug: &str, name: &str| json!({ "slug": slug, "name": name });
        let mill = named("old-mill", "老磨坊学校");
        assert_eq!(
            data["schoolsByCodes"],
            json!([mill, null, named("josephs", "St Joseph’s"), mill]),
            "{}: in the order asked for",
            app.name
        );
        assert_eq!(data["no"], json!([]), "{}", app.name);
        for query in [
            r#"{ school(code: { value: "1" }, slug: "mill") { slug } }"#.to_owned(),
            "{ school { slug } }".to_owned(),
            r#"{ school(code: { value: "a\u0000b" }) { slug } }"#.to_owned(),
            format!("{{ schoolsByCodes(scheme: \"uai\", values: {}) {{ slug }} }}", json!(vec!["1"; 101])),
        ] {
            assert_eq!(app.error(&query).await.0, "INVALID_ARGUMENT", "{}: {query}", app.name);
        }
        let answer =
            app.ask(r#"{ schoolsByCodes(scheme: "uai", values: ["0350009X", "0350122T"]) { slug } }"#, json!({})).await;
        assert_eq!(answer.statements(), 1, "{}: the schools by their codes", app.name);
    }
}

#[tokio::test]
async fn a_school_says_what_has_become_of_it_by_the_day() {
    for app in searched("the present day of schools").await {
        for (day, slug, expected) in [
            ("1980-01-01", "old-mill", vec!["old-mill"]),
            ("2000-01-01", "old-mill", vec!["mill"]),
            ("2020-01-01", "old-mill", vec!["new-mill"]),
            ("2020-01-01", "mill", vec!["new-mill"]),
            ("2020-01-01", "new-mill", vec!["new-mill"]),
            ("2000-01-01", "new-mill", vec![]),
            ("2020-01-01", "coming", vec![]),
        ] {
            let query = format!(
                "{{ map(asOf: \"{day}\") {{ school(slug: \"{slug}\") {{ presentDay {{ slug name isOnMap }} }} }} }}"
            );
            let data = app.data(&query).await;
            let present = data["map"]["school"]["presentDay"].as_array().expect("a list");
            let slugs: Vec<&str> = present.iter().filter_map(|school| school["slug"].as_str()).collect();
            assert_eq!(slugs, expected, "{}: {slug} on {day}", app.name);
            assert!(present.iter().all(|school| school["isOnMap"] == true), "{}: {present:?}", app.name);
        }
    }
}
