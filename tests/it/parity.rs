//! Both databases give the same bytes.

use serde_json::json;
use tests::{TestApp, chaoyang, loaded};

/// A root, what its nouns say, and the relations that lead on from them.
type Noun = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Roots, with the relations that lead on from each and where they lead.
const NOUNS: &[Noun] = &[
    (
        "schools",
        "ownership stages schoolType status codes { scheme value } openedOn { text earliest latest }",
        &[
            ("groups", "groups"),
            ("alliances", "alliances"),
            ("partners", "partners"),
            ("campuses", "campuses"),
            ("branches", "schools"),
            ("branchOf", "schools"),
            ("predecessors", "schools"),
            ("successors", "schools"),
        ],
    ),
    (
        "groups",
        "status reported { branches sites memberSchools }",
        &[("schools", "schools"), ("alliances", "alliances")],
    ),
    (
        "alliances",
        "kind scope status functions { seq textEn } resourceCategories { category }",
        &[("partners", "partners"), ("groups", "groups"), ("schools", "schools")],
    ),
    ("partners", "kinds", &[("alliances", "alliances"), ("schools", "schools")]),
    ("campuses", "addressZh addressConfidence status openedOn { text } dueOn { text }", &[]),
    (
        "districts",
        "slug",
        &[
            ("regions", "regions"),
            ("townships", "townships"),
            ("learningAreas", "learningAreas"),
            ("schools", "schools"),
            ("groups", "groups"),
            ("alliances", "alliances"),
            ("schoolsWithCampus", "schools"),
            ("campuses", "campuses"),
        ],
    ),
    (
        "regions",
        "strategyZh strategyEn",
        &[
            ("townships", "townships"),
            ("schools", "schools"),
            ("schoolsWithCampus", "schools"),
            ("campuses", "campuses"),
        ],
    ),
    (
        "townships",
        "kind codes { value }",
        &[("schools", "schools"), ("campuses", "campuses"), ("schoolsWithCampus", "schools")],
    ),
    ("learningAreas", "asOf { text }", &[]),
    ("authorities", "level kind", &[]),
    ("sources", "title publisher url reliability publishedOn { text precision }", &[]),
];

const PAGES: &[&str] = &[
    "first: 3",
    "last: 4",
    "first: 100",
    "first: 0",
    "first: 7, orderBy: { field: SLUG }",
    "last: 5, orderBy: { field: SINCE, direction: DESC }",
    "first: 9, orderBy: { field: NAME, direction: DESC }",
];

const VIEWS: &[&str] = &[
    "map",
    "map(asOf: \"2018-01-01\")",
    "map(asOf: \"1950-05-05\")",
    "map(asOf: \"2019-04-15\", knownAt: 1)",
    "map(knownAt: 1)",
];

const FILTERS: &[(&str, &str)] = &[
    ("schools", "filter: { stage: [JUNIOR], not: { ownership: [PRIVATE] } }"),
    ("schools", "filter: { or: [{ status: [PLANNED, RENAMED] }, { schoolType: [UNKNOWN], hasGroupOnRecord: true }] }"),
    ("schools", "filter: { nameContains: \"中学\", and: [{ not: { nameContains: \"分校\" } }] }"),
    ("schools", "filter: { existence: [ASSUMED], or: [{ status: [PLANNED] }, { stage: [PRIMARY] }] }"),
    ("schools", "filter: { existence: CERTAIN, not: { status: [OPEN] } }"),
    ("campuses", "filter: { status: [PLANNED, UNKNOWN], existence: [CERTAIN] }"),
    ("groups", "filter: { or: [{ nameContains: \"中学\" }, { status: [PLANNED] }] }"),
    ("alliances", "filter: { kind: [THEMATIC], not: { scope: [DISTRICT] } }"),
    ("partners", "filter: { kind: [UNIVERSITY, MUSEUM] }"),
    ("partners", "filter: { nameContains: \"大学\" }"),
];

fn noun(name: &str) -> &'static Noun {
    NOUNS.iter().find(|noun| noun.0 == name).expect("a noun")
}

/// What is asked of a page: everything a node says, and one relation further down while `deep` allows.
fn selection(name: &str, deep: usize, turn: usize) -> String {
    let (_, fields, relations) = noun(name);
    let further = match relations {
        [] => String::new(),
        _ if deep == 0 => String::new(),
        relations => {
            let (relation, to) = relations[turn % relations.len()];
            let page = PAGES[(turn + deep) % PAGES.len()];
            format!("{relation}({page}) {}", selection(to, deep - 1, turn / relations.len() + 1))
        }
    };
    format!(
        "{{ totalCount assumedCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ id slug name(lang: \"en\") localizedName(lang: \"en\") {{ kind basis isFallback }} since {{ text precision }} sinceDay until {{ text }} untilDay knownDay existence isOnMap {fields} sources {{ title quote field confidence }} {further} }} }} }}"
    )
}

fn queries() -> Vec<String> {
    let mut queries = Vec::new();
    for (turn, (name, _, relations)) in NOUNS.iter().enumerate() {
        for (at, view) in VIEWS.iter().enumerate() {
            for (nth, page) in PAGES.iter().enumerate() {
                let deep = if relations.is_empty() { 0 } else { (at + nth) % 3 };
                queries
                    .push(format!("{{ {view} {{ {name}({page}) {} }} }}", selection(name, deep, turn + at * 3 + nth)));
            }
        }
    }
    for (turn, (name, filter)) in FILTERS.iter().enumerate() {
        for (at, view) in VIEWS.iter().enumerate() {
            for page in &PAGES[..3] {
                queries.push(format!("{{ {view} {{ {name}({page}, {filter}) {} }} }}", selection(name, 1, turn + at)));
            }
        }
    }
    queries
}

/// Asks both, and the page after each page as well.
async fn compare(sqlite: &TestApp, postgres: &TestApp, query: &str) {
    let fields = json!({ "query": query });
    let (one, other) = (sqlite.post(&fields, &[]).await, postgres.post(&fields, &[]).await);
    assert_eq!(one.body, other.body, "{query}");
    assert!(one.json().get("errors").is_none(), "{query}: {}", one.body);
    let answer = one.json();
    let Some(list) = answer["data"]["map"].as_object().and_then(|map| map.values().next()) else { return };
    let Some(cursor) = list["pageInfo"]["endCursor"].as_str().filter(|_| list["pageInfo"]["hasNextPage"] == true)
    else {
        return;
    };
    let next = query.replacen("first: ", &format!("after: \"{cursor}\", first: "), 1);
    if next != query && query.find("first: ") < query.find("totalCount") {
        let fields = json!({ "query": next });
        let (one, other) = (sqlite.post(&fields, &[]).await, postgres.post(&fields, &[]).await);
        assert_eq!(one.body, other.body, "{next}");
        assert!(one.json().get("errors").is_none(), "{next}: {}", one.body);
    }
}

#[tokio::test]
async fn both_databases_give_the_same_bytes() {
    let queries = queries();
    assert!(queries.len() >= 300, "only {} queries", queries.len());
    let apps = chaoyang("both_databases_give_the_same_bytes").await;
    let [sqlite, postgres] = &apps[..] else { return };
    for query in &queries {
        compare(sqlite, postgres, query).await;
    }
}

#[tokio::test]
async fn both_databases_give_the_same_bytes_of_a_made_up_city() {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("city");
    server::generate::generate(&server::generate::Plan { schools: 500, seed: 3 }, &folder).expect("a city");
    let apps = loaded("both_databases_give_the_same_bytes_of_a_made_up_city", &folder).await;
    let [sqlite, postgres] = &apps[..] else { return };
    for query in queries().iter().step_by(7) {
        compare(sqlite, postgres, query).await;
    }
}

#[tokio::test]
async fn pages_forward_are_pages_backward_reversed() {
    for app in chaoyang("pages_forward_are_pages_backward").await {
        for order in ["NATURAL", "NAME", "SLUG", "SINCE"] {
            for direction in ["ASC", "DESC"] {
                let forward = walk(&app, order, direction, ("first", "after", "endCursor", "hasNextPage")).await;
                let mut backward =
                    walk(&app, order, direction, ("last", "before", "startCursor", "hasPreviousPage")).await;
                backward.reverse();
                let forward: Vec<String> = forward.concat();
                assert_eq!(forward, backward.concat(), "{}: {order} {direction}", app.name);
                assert_eq!(forward.len(), 130);
            }
        }
    }
}

/// All pages of the schools, in the order in which they were read.
async fn walk(
    app: &TestApp,
    order: &str,
    direction: &str,
    (size, from, cursor, more): (&str, &str, &str, &str),
) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut at = String::new();
    loop {
        let query = format!(
            "{{ schools({size}: 17, {at} orderBy: {{ field: {order}, direction: {direction} }}) {{ nodes {{ slug }} pageInfo {{ {cursor} {more} }} }} }}"
        );
        let data = app.data(&query).await;
        let nodes = data["schools"]["nodes"].as_array().expect("nodes");
        pages.push(nodes.iter().map(|node| node["slug"].as_str().expect("a slug").to_owned()).collect());
        if data["schools"]["pageInfo"][more] == false {
            return pages;
        }
        at = format!("{from}: {},", data["schools"]["pageInfo"][cursor]);
    }
}
