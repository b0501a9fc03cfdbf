//! Both databases give the same bytes.

use serde_json::{Value, json};
use tests::{
    TestApp, categorised, chaoyang, loaded,
    schema::{Schema, text},
};

/// A list of all nouns of a kind, as the schema describes it.
struct NounList {
    name: String,
    /// All that each noun says of itself.
    fields: String,
    /// The part of it that is no object.
    leaves: String,
    /// The relations of each noun, with the lists that have the nouns to which they lead.
    relations: Vec<(String, String)>,
}

/// The lists of all nouns, with everything that can be asked of each noun.
fn noun_lists(schema: &Schema) -> Vec<NounList> {
    let lists = schema.noun_lists();
    let list_of = |noun: &Value| {
        let list = lists.iter().find(|(_, nodes)| nodes["name"] == noun["name"]).expect("a list of such nouns");
        text(&list.0["name"]).to_owned()
    };
    let nouns = lists.iter().map(|(list, noun)| {
        let (relations, own): (Vec<&Value>, Vec<&Value>) =
            schema.fields(noun).partition(|field| schema.nodes(field).is_some());
        let relations = relations
            .iter()
            .filter_map(|relation| Some((text(&relation["name"]).to_owned(), list_of(schema.nodes(relation)?))));
        NounList {
            name: text(&list["name"]).to_owned(),
            fields: own.iter().map(|field| schema.selection_of(field)).collect::<Vec<_>>().join(" "),
            leaves: schema.leaves(noun).join(" "),
            relations: relations.collect(),
        }
    });
    nouns.collect()
}

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
    ("designations", "filter: { level: [MUNICIPAL, UNKNOWN] }"),
    (
        "schools",
        "filter: { categoryCode: { scheme: \"kinds\", code: \"K\" }, not: { categoryCode: { scheme: \"kinds\", code: \"K2\" } } }",
    ),
    ("groups", "filter: { or: [{ categoryCode: { scheme: \"kinds\", code: \"K\" } }, { nameContains: \"中学\" }] }"),
    ("partners", "filter: { kind: [UNIVERSITY, MUSEUM] }"),
    ("partners", "filter: { nameContains: \"大学\" }"),
    ("schools", "filter: { near: { latitude: 39.92, longitude: 116.45, metres: 9000 } }"),
    (
        "schools",
        "filter: { or: [{ within: { south: 39.9, west: 116.4, north: 40, east: 116.5 } }, { stage: [PRIMARY] }] }",
    ),
    ("campuses", "filter: { near: { latitude: 39.92, longitude: 116.45, metres: 9000 }, hasLocationOnRecord: true }"),
    ("townships", "filter: { not: { near: { latitude: 39.92, longitude: 116.45, metres: 9000 } } }"),
    ("partners", "filter: { within: { south: -90, west: -180, north: 90, east: 180 } }"),
];

/// What is asked of a page: everything a node says, and one relation further down while `deep` allows.
fn selection(lists: &[NounList], name: &str, deep: usize, turn: usize) -> String {
    let list = lists.iter().find(|list| list.name == name).expect("a list");
    page_selection(lists, list, &list.fields, deep, turn)
}

fn page_selection(lists: &[NounList], list: &NounList, fields: &str, deep: usize, turn: usize) -> String {
    let relations = &list.relations;
    let further = match &relations[..] {
        [] => String::new(),
        _ if deep == 0 => String::new(),
        relations => {
            let (relation, to) = &relations[turn % relations.len()];
            let page = PAGES[(turn + deep) % PAGES.len()];
            // The same nouns say everything where their own list is asked for.
            let list = lists.iter().find(|list| list.name == *to).expect("a list");
            let fields = format!("{} sources {{ title quote field confidence }}", list.leaves);
            format!("{relation}({page}) {}", page_selection(lists, list, &fields, deep - 1, turn / relations.len() + 1))
        }
    };
    format!(
        "{{ totalCount assumedCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ inEnglish: name(lang: \"en\") localizedInEnglish: localizedName(lang: \"en\") {{ kind basis isFallback }} {fields} {further} }} }} }}"
    )
}

fn queries(lists: &[NounList]) -> Vec<String> {
    let mut queries = Vec::new();
    for (turn, NounList { name, relations, .. }) in lists.iter().enumerate() {
        for (at, view) in VIEWS.iter().enumerate() {
            for (nth, page) in PAGES.iter().enumerate() {
                let deep = if relations.is_empty() { 0 } else { (at + nth) % 3 };
                let selection = selection(lists, name, deep, turn + at * 3 + nth);
                queries.push(format!("{{ {view} {{ {name}({page}) {selection} }} }}"));
            }
        }
    }
    for (turn, (name, filter)) in FILTERS.iter().enumerate() {
        for (at, view) in VIEWS.iter().enumerate() {
            for page in &PAGES[..3] {
                let selection = selection(lists, name, 1, turn + at);
                queries.push(format!("{{ {view} {{ {name}({page}, {filter}) {selection} }} }}"));
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
    let apps = categorised("both_databases_give_the_same_bytes").await;
    let [sqlite, postgres] = &apps[..] else { return };
    let queries = queries(&noun_lists(&Schema::of(sqlite).await));
    assert!(queries.len() >= 300, "only {} queries", queries.len());
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
    for query in queries(&noun_lists(&Schema::of(sqlite).await)).iter().step_by(7) {
        compare(sqlite, postgres, query).await;
    }
}

#[tokio::test]
async fn pages_forward_are_pages_backward_reversed() {
    for app in chaoyang("pages_forward_are_pages_backward").await {
        for order in ["NATURAL", "NAME", "SLUG", "SINCE", "EDGE"] {
            for direction in ["ASC", "DESC"] {
                let forward = walk(&app, order, direction, ("first", "after", "endCursor", "hasNextPage")).await;
                let mut backward =
                    walk(&app, order, direction, ("last", "before", "startCursor", "hasPreviousPage")).await;
                backward.reverse();
                let forward: Vec<String> = forward.concat();
                assert_eq!(forward, backward.concat(), "{}: {order} {direction}", app.name);
                assert_eq!(forward.len(), 126);
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
