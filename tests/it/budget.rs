//! Nested queries cost a fixed number of statements, whatever the number of rows.

use serde_json::json;
use server::generate::{Plan, generate};
use tests::{TestApp, loaded};

/// A query with a page size, what it is called, and what it may cost.
const BUDGETS: &[(&str, u64, &str)] = &[
    ("school to partners", 4, "query ($n: Int) { schools(first: $n) { nodes { name group { name alliances { nodes { name partners { nodes { name kinds } } } } } } } }"),
    (
        "with edges, counts and sources",
        14,
        // Four lists, four counts, the sources of four levels (a tie's and its noun's leave together), two lists of parts.
        "query ($n: Int) { schools(first: $n) { totalCount assumedCount nodes { sources { title } groups { assumedCount totalCount edges { role sources { quote } node { sources { title }
            alliances { totalCount edges { basis sources { quote } node { sources { title }
            partners { totalCount edges { role sources { quote } node { sources { title } } } } functions { text } resourceCategories { category } } } } } } } } } }",
    ),
    (
        "since when ties are known",
        7,
        // Four lists, one of parts, and one statement more for each of two; where an alliance serves its district none is needed.
        "query ($n: Int) { map(asOf: \"1900-01-01\") { schools(first: $n) { nodes { groups { edges { existence } } partners { edges { existence } }
            alliances { edges { existence } } siteUses { existence } } } } }",
    ),
    (
        "partner to regions",
        7,
        "query ($n: Int) { partners(first: $n) { nodes { name alliances { nodes { name groups { nodes { name schools { nodes { name stages
            campuses { nodes { name township { name region { name } } } } } } } } } } } } }",
    ),
    (
        "all that stands at a school",
        16,
        "query ($n: Int) { schools(first: $n) { nodes { names { text } hostedSiteUses { school { name } } siteUses { grade } township { name } district { name }
            partners { totalCount nodes { name } } branches { nodes { name } } branchOf { nodes { name } }
            predecessors { totalCount edges { steps node { name } } } successors { edges { steps node { name } } }
            alliances { nodes { name } } campuses { nodes { name township { name } } } } } }",
    ),
    ("a filter inside a parent", 3, "query ($n: Int) { groups(first: $n) { nodes { schools(first: 3, filter: { stage: [PRIMARY], or: [{ ownership: [PUBLIC] }, { nameContains: \"1-1\" }] }, orderBy: { field: SINCE, direction: DESC }) { totalCount nodes { slug } } } } }"),
    (
        "what is near, how far, and how many are not on the map",
        // Two lists, of which one is of campuses that are the schools' places; two counts of each.
        7,
        "query ($n: Int) { townships(first: $n) { nodes { campuses(orderBy: { field: DISTANCE }, filter: { near: { latitude: -0.1, longitude: -0.3, metres: 20000 } }) {
            totalCount withoutLocationCount edges { distance node { location { latitude } } } }
            schools(orderBy: { field: DISTANCE }, filter: { near: { latitude: -0.1, longitude: -0.3, metres: 20000 } }) { totalCount withoutLocationCount edges { distance node { slug } } } } } }",
    ),
    ("only a count", 1, "query ($n: Int) { schools(first: $n) { totalCount } }"),
    ("only the counts of a relation", 2, "query ($n: Int) { groups(first: $n) { nodes { schools { totalCount } alliances { __typename } } } }"),
    ("only the type", 0, "query ($n: Int) { schools(first: $n) { __typename } }"),
    (
        "only a count, in a fragment beside what is skipped",
        1,
        "query ($n: Int, $no: Boolean = false) { schools(first: $n) { ...Count ... on SchoolConnection { pageInfo @include(if: $no) { endCursor } nodes @skip(if: true) { slug } } } }
            fragment Count on SchoolConnection { totalCount __typename edges @include(if: $no) { cursor } }",
    ),
    ("one page for all its fields, and one list for its aliases", 1, "query ($n: Int) { a: schools(first: $n) { edges { cursor node { slug } } nodes { slug } pageInfo { endCursor } } b: schools(first: $n) { nodes { slug } } }"),
    ("names in a language, and why", 2, "query ($n: Int) { schools(first: $n) { nodes { name(lang: \"en\") localizedName(lang: \"en\") { text kind basis isFallback } names { text } } } }"),
    ("two days side by side", 4, "query ($n: Int) { a: map(asOf: \"2012-01-01\") { groups(first: $n) { nodes { schools { nodes { slug } } } } } b: map { groups(first: $n) { nodes { schools { nodes { slug } } } } } }"),
];

async fn city(test: &str) -> Vec<TestApp> {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    generate(&Plan { schools: 1600, seed: 1 }, &folder).expect("a city");
    loaded(test, &folder).await
}

#[tokio::test]
async fn a_query_costs_one_statement_a_relation_and_level_whatever_the_number_of_parents() {
    for app in city("a_query_costs").await {
        for (name, budget, query) in BUDGETS {
            let mut costs = Vec::new();
            for parents in [1, 10, 100] {
                let answer = app.ask(query, json!({ "n": parents })).await;
                assert!(answer.json().get("errors").is_none(), "{name}: {}", answer.body);
                costs.push(answer.statements());
            }
            // Fewer with more parents can be: what an upper level has loaded, a lower one does not ask again.
            assert_eq!(
                costs.iter().max(),
                Some(budget),
                "{}: {name} cost {costs:?} with 1, 10 and 100 parents",
                app.name
            );
        }
    }
}

#[tokio::test]
async fn a_lookup_of_many_nodes_is_one_statement_a_kind() {
    for app in city("a_lookup_of_many_nodes").await {
        let data = app.data("{ schools(first: 40) { nodes { id } } groups(first: 40) { nodes { id } } }").await;
        let ids: Vec<_> = ["schools", "groups"]
            .iter()
            .flat_map(|list| data[*list]["nodes"].as_array().expect("nodes"))
            .map(|node| node["id"].clone())
            .collect();
        let answer = app.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({ "ids": ids })).await;
        assert_eq!(answer.json()["data"]["nodes"].as_array().map(Vec::len), Some(80));
        assert_eq!(answer.statements(), 2, "{}", app.name);
    }
}
