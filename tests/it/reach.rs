//! Reach: the ways by which partners reach schools, told from both ends and held against the ties themselves.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use server::generate::{Plan, generate};
use tests::{TestApp, chaoyang, loaded, schema::items};

const WAY: &str = "way alliance { slug } group { slug } agreement { slug }";

/// A way as one text.
fn way(school: &Value, partner: &Value, edge: &Value) -> String {
    let through = ["alliance", "group", "agreement"].map(|of| edge[of]["slug"].as_str().unwrap_or("-").to_owned());
    format!("{school} {partner} {} {}", edge["way"], through.join(" "))
}

/// All nouns of a list, page by page, with what is asked of each.
async fn all(app: &TestApp, list: &str, fields: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), "null".to_owned());
    loop {
        let query = format!(
            "{{ {list}(first: 50, after: {after}) {{ nodes {{ slug {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let page = app.data(&query).await[list].take();
        nodes.extend(items(&page["nodes"]).iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
}

/// Every way, page by page, from one end.
async fn ways(app: &TestApp, list: &str, one: &str) -> Vec<(String, String, Value)> {
    let mut ways = Vec::new();
    for noun in all(app, list, "reach { totalCount }").await {
        let (slug, mut after, mut seen) = (&noun["slug"], "null".to_owned(), 0);
        loop {
            let query = format!(
                "{{ {one}(slug: {slug}) {{ reach(first: 37, after: {after}) {{ edges {{ {WAY} node {{ slug }} }}
                   pageInfo {{ hasNextPage endCursor }} }} }} }}"
            );
            let reach = app.data(&query).await[one]["reach"].take();
            for edge in items(&reach["edges"]) {
                ways.push((slug.to_string(), edge["node"]["slug"].to_string(), edge.clone()));
                seen += 1;
            }
            if reach["pageInfo"]["hasNextPage"] != true {
                break;
            }
            after = reach["pageInfo"]["endCursor"].to_string();
        }
        assert_eq!(noun["reach"]["totalCount"], seen, "{}: {slug}", app.name);
    }
    ways
}

/// The ways that the ties themselves show, walked one by one.
async fn walked(app: &TestApp) -> BTreeSet<String> {
    let partners = "partners(first: 100) { nodes { slug } }";
    let alliances = format!("alliances(first: 100) {{ edges {{ basis node {{ slug {partners} }} }} }}");
    let fields = format!(
        "{partners} {alliances} groups(first: 100) {{ nodes {{ slug {alliances} }} }}
         agreements(first: 100) {{ nodes {{ slug parties(first: 100, kind: [PARTNER]) {{ nodes {{ ... on Partner {{ slug }} }} }} }} }}"
    );
    let mut ways = BTreeSet::new();
    for school in all(app, "schools", &fields).await {
        let mut add = |partner: &Value, edge: Value| ways.insert(way(&school["slug"], &partner["slug"], &edge));
        items(&school["partners"]["nodes"]).iter().for_each(|it| {
            add(it, json!({ "way": "OWN_TIE" }));
        });
        for edge in items(&school["alliances"]["edges"]) {
            let by = if edge["basis"] == "MEMBER" { "ALLIANCE" } else { "DISTRICT_ALLIANCE" };
            items(&edge["node"]["partners"]["nodes"]).iter().for_each(|it| {
                add(it, json!({ "way": by, "alliance": edge["node"] }));
            });
        }
        for group in items(&school["groups"]["nodes"]) {
            let members = items(&group["alliances"]["edges"]).iter().filter(|edge| edge["basis"] == "MEMBER");
            for edge in members {
                items(&edge["node"]["partners"]["nodes"]).iter().for_each(|it| {
                    add(it, json!({ "way": "GROUP_ALLIANCE", "alliance": edge["node"], "group": group }));
                });
            }
        }
        for agreement in items(&school["agreements"]["nodes"]) {
            items(&agreement["parties"]["nodes"]).iter().for_each(|it| {
                add(it, json!({ "way": "AGREEMENT", "agreement": agreement }));
            });
        }
    }
    ways
}

async fn check(app: &TestApp) -> usize {
    let from_schools = ways(app, "schools", "school").await;
    let from_partners = ways(app, "partners", "partner").await;
    let text = |school: &str, partner: &str, edge: &Value| format!("{school} {partner} {edge}").replace('"', "");
    let edge = |school: &str, partner: &str, edge: &Value| {
        text(school, partner, &json!(way(&Value::Null, &Value::Null, edge)))
    };
    let told: Vec<String> = from_schools.iter().map(|(school, partner, it)| edge(school, partner, it)).collect();
    let distinct: BTreeSet<&String> = told.iter().collect();
    assert!(distinct.len() + told.len() / 20 >= told.len(), "{}: a partner has few roles in one alliance", app.name);
    let back: BTreeSet<String> = from_partners.iter().map(|(partner, school, it)| edge(school, partner, it)).collect();
    let there: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(from_schools.len(), from_partners.len(), "{}", app.name);
    assert_eq!(there, back, "{}: both ends tell the same", app.name);
    let walked: BTreeSet<String> = walked(app).await;
    let as_walked: BTreeSet<String> = from_schools
        .iter()
        .map(|(school, partner, it)| way(&json!(school.trim_matches('"')), &json!(partner.trim_matches('"')), it))
        .collect();
    assert_eq!(as_walked, walked, "{}: as the ties show", app.name);
    told.len()
}

#[tokio::test]
async fn partners_and_schools_tell_the_same_ways() {
    for app in chaoyang("partners_and_schools_tell_the_same_ways").await {
        assert!(check(&app).await > 50, "{}", app.name);
    }
}

#[tokio::test]
async fn partners_and_schools_of_a_made_up_city_tell_the_same_ways() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 60, seed: 4 }, &folder).expect("a city");
    for app in loaded("partners_and_schools_of_a_made_up_city", &folder).await {
        assert!(check(&app).await > 50, "{}", app.name);
    }
}

#[tokio::test]
async fn the_ways_of_many_schools_take_one_statement_and_cite_both_parts() {
    for app in chaoyang("the_ways_of_many_schools").await {
        let query =
            "query ($n: Int) { schools(first: $n) { nodes { reach(first: 5) { edges { way node { slug } } } } } }";
        for n in [1, 50] {
            let answer = app.ask(query, json!({ "n": n })).await;
            assert_eq!(answer.statements(), 2, "{}: {}", app.name, answer.body);
        }
        let query = r#"{ school(slug: "beijing-academy") { all: reach { totalCount }
            reach(first: 100, way: [DISTRICT_ALLIANCE]) { totalCount breakdown(by: [KIND]) { count kind }
                edges { way alliance { slug } sources { quote } schoolSources { quote } } } } }"#;
        let school = &app.data(query).await["school"];
        let reach = &school["reach"];
        assert!(reach["totalCount"].as_u64() > Some(5), "{school}");
        assert!(reach["totalCount"].as_u64() <= school["all"]["totalCount"].as_u64());
        for edge in items(&reach["edges"]) {
            assert!(!items(&edge["sources"]).is_empty() && !items(&edge["schoolSources"]).is_empty(), "{edge}");
            assert_eq!(edge["way"], "DISTRICT_ALLIANCE");
        }
        assert!(!items(&reach["breakdown"]).is_empty());
    }
}
