//! Categories of a data set's own: what is in one, or in one below it, is found by it on every list.

use std::fs;

use domain::Known;
use serde_json::{Value, json};
use server::export::export;
use tests::{TestApp, csv_files, data_copy, data_folder, empty, loaded};

/// The slugs of the groups that a filter finds in a view.
async fn groups(app: &TestApp, view: &str, filter: &str) -> Vec<String> {
    let query = format!(
        "{{ {view} {{ groups(orderBy: {{ field: SLUG }}, filter: {{ {filter} }}) {{ totalCount nodes {{ slug }} }} }} }}"
    );
    let data = app.data(&query).await;
    let found = &data["map"]["groups"];
    let nodes = found["nodes"].as_array().expect("nodes").iter();
    let slugs: Vec<String> = nodes.map(|node| node["slug"].as_str().expect("a slug").to_owned()).collect();
    assert_eq!(found["totalCount"], slugs.len(), "{}: {query}", app.name);
    slugs
}

#[tokio::test]
async fn a_category_finds_what_is_in_it_and_in_those_below_it() {
    for app in loaded("a category finds", &data_folder("french-breton")).await {
        let id = app.data(r#"{ category(slug: "Type_Groupe.RES") { id } }"#).await["category"]["id"].take();
        let by_id = format!("category: {id}");
        for (view, filter, expected) in [
            ("map", "category: \"Type_Groupe.REP_Plus\"", &["REP_99.1"][..]),
            ("map", "category: \"type_groupe.rep\"", &["REP_99.1"]),
            ("map", &by_id, &["REP_99.1"]),
            ("map", "category: \"Type_Groupe.CITE\"", &["Cite_ABC"]),
            ("map", "category: \"Statut.SC\"", &[]),
            ("map", "categoryCode: { scheme: \"type_groupe\", code: \"RÉS\" }", &["REP_99.1"]),
            ("map", "categoryCode: { scheme: \"statut\", code: \"REP\" }", &[]),
            ("map", "not: { category: \"Type_Groupe.RES\" }", &["Cite_ABC"]),
            (
                "map",
                "or: [{ category: \"Type_Groupe.RES\" }, { category: \"Type_Groupe.CITE\" }]",
                &["Cite_ABC", "REP_99.1"],
            ),
            ("map(asOf: \"2016-01-01\")", "category: \"Type_Groupe.REP_Plus\"", &[]),
            ("map(asOf: \"2016-01-01\")", "category: \"Type_Groupe.REP\"", &["REP_99.1"]),
            ("map(asOf: \"2010-01-01\", knownAt: 1)", "category: \"Type_Groupe.RES\"", &[]),
        ] {
            assert_eq!(groups(&app, view, filter).await, expected, "{}: {view}: {filter}", app.name);
        }
        let (code, problem, _) = app.error(r#"{ schools(filter: { category: "Statut.CS" }) { totalCount } }"#).await;
        assert!(code == "UNKNOWN_NOUN" && problem.contains("did you mean `Statut.SC`?"), "{}: {problem}", app.name);
    }
}

#[tokio::test]
async fn a_noun_says_its_categories_and_a_category_its_place() {
    for app in loaded("a noun says", &data_folder("french-breton")).await {
        let data = app
            .data(
                r#"{ school(slug: "0999901A") { all: categories { category { slug name } sources { quote } }
                       some: categories(scheme: "statut") { category { slug } } none: categories(scheme: "SC") { since { text } } }
                     before: map(asOf: "2016-01-01") { group(slug: "REP_99.1") { categories { until { text } category { slug } } } }
                     source(slug: "annuaire.2025") { categories { category { name(lang: "br") } existence } }
                     category(slug: "type_groupe.rep") { codes { scheme value sources { quote } } since { text } parent { slug }
                       children { totalCount nodes { slug } } }
                     byParent: categories(filter: { parent: "Type_Groupe.REP" }) { nodes { slug } }
                     byScheme: categories(filter: { scheme: "statut" }) { nodes { slug code } }
                     byCode: categories(filter: { code: { scheme: "type_groupe", value: "REP" } }) { nodes { slug } }
                     byAnyCode: categories(filter: { code: { value: "REP" } }, orderBy: { field: SLUG }) { nodes { slug } } }"#,
            )
            .await;
        let said = |path: &str| data.pointer(path).unwrap_or_else(|| panic!("{path}: {data}")).to_string();
        for (path, expected) in [
            (
                "/school/all",
                r#"[{"category":{"name":"Privé sous contrat","slug":"Statut.SC"},"sources":[{"quote":"Privé, sous contrat"}]}]"#,
            ),
            ("/school/some", r#"[{"category":{"slug":"Statut.SC"}}]"#),
            ("/school/none", "[]"),
            ("/before/group/categories", r#"[{"category":{"slug":"Type_Groupe.REP"},"until":{"text":"2019-08-31"}}]"#),
            ("/source/categories", r#"[{"category":{"name":"Roadennoù digor"},"existence":"CERTAIN"}]"#),
            ("/category/codes", r#"[{"scheme":"type_groupe","sources":[{"quote":"REP"}],"value":"REP"}]"#),
            ("/category/since", r#"{"text":"2014"}"#),
            ("/category/parent", r#"{"slug":"Type_Groupe.RES"}"#),
            ("/category/children", r#"{"nodes":[{"slug":"Type_Groupe.REP_Plus"}],"totalCount":1}"#),
            ("/byParent/nodes", r#"[{"slug":"Type_Groupe.REP_Plus"}]"#),
            ("/byScheme/nodes", r#"[{"code":"REP","slug":"Statut.SC"}]"#),
            ("/byCode/nodes", r#"[{"slug":"Type_Groupe.REP"}]"#),
            ("/byAnyCode/nodes", r#"[{"slug":"Statut.SC"},{"slug":"Type_Groupe.REP"}]"#),
        ] {
            assert_eq!(said(path), expected, "{}: {path}", app.name);
        }
        // A page, the categories of all its groups, the categories themselves.
        let answer = app.ask("{ groups { nodes { categories { category { name } } } } }", json!({})).await;
        assert_eq!(answer.json().get("errors"), None::<&Value>, "{}: {}", app.name, answer.body);
        assert_eq!(answer.statements(), 3, "{}", app.name);
    }
}

/// The schools of a group, each with the categories of its membership.
async fn members(app: &TestApp, view: &str, scheme: &str) -> Value {
    let query = format!(
        "{{ {view} {{ group(slug: \"REP_99.1\") {{ schools {{ edges {{ node {{ slug }} categories{scheme} {{ category {{ slug name }} }} }} }} }} }} }}"
    );
    app.data(&query).await["map"]["group"]["schools"]["edges"].take()
}

#[tokio::test]
async fn a_membership_is_in_the_categories_of_its_row() {
    let member = |slug: &str, categories: &[(&str, &str)]| {
        let categories: Vec<_> =
            categories.iter().map(|(slug, name)| json!({ "category": { "slug": slug, "name": name } })).collect();
        json!({ "node": { "slug": slug }, "categories": categories })
    };
    let (head, branch) = (("Place.Tete", "Tête de réseau"), ("Place.Antenne", "Antenne"));
    let status = ("Statut.SC", "Privé sous contrat");
    for app in loaded("a membership is in", &data_folder("french-breton")).await {
        for (view, scheme, of_second) in [
            ("map", "", &[branch, head, status][..]),
            ("map", "(scheme: \"place\")", &[branch, head]),
            // Its row is known then, and the category is not there yet.
            ("map(asOf: \"2016-01-01\")", "(scheme: \"place\")", &[head]),
        ] {
            let expected = json!([member("0999901A", &[head]), member("0999902B", of_second)]);
            assert_eq!(members(&app, view, scheme).await, expected, "{}: {view} {scheme}", app.name);
        }
        // A page, its memberships with their schools, the categories of them all.
        let query = "{ groups { nodes { schools { edges { categories { category { name } } } } } } }";
        let answer = app.ask(query, json!({})).await;
        assert_eq!(answer.json().get("errors"), None::<&Value>, "{}: {}", app.name, answer.body);
        assert_eq!(answer.statements(), 3, "{}", app.name);
    }
}

#[tokio::test]
async fn a_membership_names_categories_of_its_days() {
    let dir = data_copy("french-breton");
    let memberships = fs::read_to_string(dir.path().join("group_memberships.csv")).expect("text");
    for app in empty("categories of memberships").await {
        for (from, to, said) in [
            ("place.tete;Statut", "place.tet;Statut", "no category `place.tet` in categories.csv"),
            ("place.tete;Statut", "PLACE.ANTENNE;Statut", "`PLACE.ANTENNE` is named twice"),
            ("place.tete;Statut", "place.tete; Statut", "is not a slug"),
            (",Place.Tete\n", ",Place.Fin\n", "the category `Place.Fin` until 2001-12-31"),
        ] {
            let categories = fs::read_to_string(data_folder("french-breton").join("categories.csv")).expect("text");
            let ended: String = categories.lines().map(|line| format!("{line},\n")).collect();
            let ended = ended.replacen(",since,\n", ",since,until\n", 1);
            let ended = ended + "Place.Fin,place,F,Fin,,,,Annuaire.2025,,,2001\n";
            fs::write(dir.path().join("categories.csv"), ended).expect("written");
            let wrong = memberships.replacen(from, to, 1);
            assert_ne!(wrong, memberships, "{from}");
            fs::write(dir.path().join("group_memberships.csv"), wrong).expect("written");
            let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
            assert!(refusal.contains("column category_ids: ") && refusal.contains(said), "{}: {refusal}", app.name);
        }
        fs::write(dir.path().join("group_memberships.csv"), &memberships).expect("written");
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        // The list is part of what the row says.
        let moved = memberships.replacen(",Place.Tete\n", ",Statut.SC\n", 1);
        fs::write(dir.path().join("group_memberships.csv"), moved).expect("written");
        let report = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        assert!(report.revision.is_some(), "{}", app.name);
        let edges = members(&app, "map(knownAt: 1)", "").await;
        assert_eq!(edges[0]["categories"][0]["category"]["slug"], "Place.Tete", "{}", app.name);
        assert_eq!(members(&app, "map", "").await[0]["categories"][0]["category"]["slug"], "Statut.SC", "{}", app.name);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_category_is_said_by_its_row() {
    let dir = data_copy("french-breton");
    let read = |file: &str| fs::read_to_string(data_folder("french-breton").join(file)).expect("text");
    let (categories, categorisations) = (read("categories.csv"), read("categorisations.csv"));
    let row = |slug: &str, scheme: &str, code: &str, parent: &str| format!("{slug},{scheme},{code},X,,,{parent},,,\n");
    for app in empty("wrong categories").await {
        for (more, said) in [
            (row("a", "nature", "1", ""), "categories.csv:10: column code: line 7 has the same scheme, code"),
            (row("a", "nature", "2", "b"), "categories.csv:10: column parent_id: no category `b` above this row"),
            (row("a", "nature", "2", "a"), "categories.csv:10: column parent_id: no category `a` above this row"),
            (
                row("a", "nature", "2", "statut.sc"),
                "categories.csv:10: column parent_id: `statut.sc` has another scheme",
            ),
        ] {
            fs::write(dir.path().join("categories.csv"), format!("{categories}{more}")).expect("written");
            let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
            assert!(refusal.contains(said), "{}: {said}\n{refusal}", app.name);
        }
        // What something is in is not taken away, nor what it is below.
        for (gone, said) in [
            ("Statut.SC,", "categorisations.csv:5: column category_id: no category `Statut.SC` in categories.csv"),
            ("Type_Groupe.RES,", "categories.csv:2: column parent_id: no category `Type_Groupe.RES` above this row"),
        ] {
            let left: String = categories.split_inclusive('\n').filter(|line| !line.starts_with(gone)).collect();
            fs::write(dir.path().join("categories.csv"), left).expect("written");
            let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
            assert!(refusal.contains(said), "{}: {said}\n{refusal}", app.name);
        }
        // Before there is such a category nothing is in it.
        fs::write(dir.path().join("categories.csv"), &categories).expect("written");
        let early = categorisations.replace(",2015-09,2019-08-31", ",2010,2012");
        fs::write(dir.path().join("categorisations.csv"), early).expect("written");
        let refusal = app.import(dir.path()).await.expect_err("refused").to_string();
        let said = "categorisations.csv:2: column category_id: it would hold on no day";
        assert!(refusal.contains(said), "{}: {refusal}", app.name);
        fs::write(dir.path().join("categorisations.csv"), &categorisations).expect("written");
        app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
    }
}

#[tokio::test]
async fn a_later_import_adds_moves_and_takes_away() {
    let dir = data_copy("french-breton");
    for app in loaded("categories that change", &data_folder("french-breton")).await {
        let write = |file: &str, change: &dyn Fn(String) -> String| {
            let text = fs::read_to_string(data_folder("french-breton").join(file)).expect("text");
            fs::write(dir.path().join(file), change(text)).expect("written");
        };
        // A category and one below it in one revision, and another that has gone from under its parent.
        write("categories.csv", &|text| {
            text.replace(",Type_Groupe.REP,", ",,") + "T.A,t,A,Âge,,,,,,\nT.B,t,B,Boîte,,,T.A,,,\n"
        });
        write("categorisations.csv", &|text| text + "school,abc_0050,t.b,,,,\n");
        let report = app.import(dir.path()).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        assert!(report.revision.is_some(), "{}", app.name);
        let found = |category: &str, known: &str| {
            format!("{{ map{known} {{ schools(filter: {{ category: \"{category}\" }}) {{ nodes {{ slug }} }} }} }}")
        };
        let now = app.data(&found("T.A", "")).await;
        assert_eq!(now["map"]["schools"]["nodes"], json!([{ "slug": "ABC_0050" }]), "{}", app.name);
        let then = app.data(&found("T.A", "(knownAt: 1)")).await;
        assert_eq!(then["map"]["schools"]["nodes"], json!([]), "{}", app.name);
        assert_eq!(groups(&app, "map", "category: \"Type_Groupe.REP\"").await, [""; 0], "{}", app.name);
        let then = groups(&app, "map(knownAt: 1)", "category: \"Type_Groupe.REP\"").await;
        assert_eq!(then, ["REP_99.1"], "{}", app.name);
        app.import(&data_folder("french-breton")).await.unwrap_or_else(|findings| panic!("{}: {findings}", app.name));
        let known = app.data(r#"{ category(slug: "T.A") { isOnMap } node(id: "cat_0000000000000") { id } }"#).await;
        assert_eq!(known["category"], Value::Null, "{}", app.name);
    }
}

#[tokio::test]
async fn the_words_of_an_english_register_are_rows() {
    let dir = data_copy("english-periods");
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("written");
    write(
        "categories.csv",
        "category_id,scheme,code,name_en,parent_id,source_id,quote\n\
         group.trust,group-type,TRUST,Trust,,seed,\n\
         group.mat,group-type,06,Multi-academy trust,group.trust,seed,multi-academy trust\n\
         group.federation,group-type,01,Federation,,seed,\n\
         type.va,establishment-type,02,Voluntary aided school,,seed,\n\
         type.converter,establishment-type,34,Academy converter,,seed,\n\
         phase.middle,phase,5,Middle deemed secondary,,seed,\n\
         role.sponsor,role,SP,Sponsor,,seed,\n",
    );
    write(
        "categorisations.csv",
        "entity_type,entity_id,category_id,source_id,quote,since,until\n\
         group,grove,group.mat,seed,,,\n\
         group,hollow,group.federation,seed,,,\n\
         school,elm,type.va,seed,voluntary aided,,2011\n\
         school,elm,type.converter,seed,,2012,\n\
         school,elm,phase.middle,seed,,,\n",
    );
    write(
        "alliance_memberships.csv",
        "alliance_id,member_type,member_id,role,joined_on,left_on,category_ids\n\
         orchard,group,glade,member,2013,,\n\
         orchard,partner,museum,member,,,role.sponsor\n",
    );
    for app in empty("an English register").await {
        app.import(dir.path()).await.unwrap_or_else(|refusal| panic!("{}: {refusal}", app.name));
        let data = app
            .data(
                r#"{ trusts: groups(filter: { category: "group.trust" }) { nodes { slug categories { category { name code } } } }
                     middle: schools(filter: { categoryCode: { scheme: "phase", code: "5" } }) { nodes { slug stages iscedLevels } }
                     then: map(asOf: "2005-01-01") { school(slug: "elm") { categories(scheme: "establishment-type") { category { name } } } }
                     now: school(slug: "elm") { categories(scheme: "establishment-type") { since { text } category { name } } }
                     alliance(slug: "orchard") { partners { edges { categories { category { code name } } node { slug } } }
                       groups { edges { categories { existence } } } } }"#,
            )
            .await;
        let said = |path: &str| data.pointer(path).unwrap_or_else(|| panic!("{path}: {data}")).to_string();
        for (path, expected) in [
            (
                "/trusts/nodes",
                r#"[{"categories":[{"category":{"code":"06","name":"Multi-academy trust"}}],"slug":"grove"}]"#,
            ),
            ("/middle/nodes", r#"[{"iscedLevels":[1,2],"slug":"elm","stages":["PRIMARY","JUNIOR"]}]"#),
            ("/then/school/categories", r#"[{"category":{"name":"Voluntary aided school"}}]"#),
            ("/now/categories", r#"[{"category":{"name":"Academy converter"},"since":{"text":"2012"}}]"#),
            (
                "/alliance/partners/edges",
                r#"[{"categories":[{"category":{"code":"SP","name":"Sponsor"}}],"node":{"slug":"museum"}}]"#,
            ),
            ("/alliance/groups/edges", r#"[{"categories":[]}]"#),
        ] {
            assert_eq!(said(path), expected, "{}: {path}", app.name);
        }
        let out = tempfile::tempdir().expect("a folder");
        export(&app.store, Known::Latest, out.path(), false).await.expect("an export");
        assert_eq!(csv_files(out.path()), csv_files(dir.path()), "{}", app.name);
    }
}
