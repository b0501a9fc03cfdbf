//! A field answers the same whether it is asked for alone or beside all others, although only the columns that are asked
//! for are read.

use serde_json::Value;
use tests::{
    TestApp, categorised, chaoyang,
    schema::{Schema, items, text},
};

/// A field of a noun that is no connection, with what is asked of it.
struct Field {
    name: String,
    selection: String,
}

fn own_fields(schema: &Schema, noun: &Value) -> Vec<Field> {
    let own = schema.fields(noun).filter(|field| schema.nodes(field).is_none());
    own.map(|field| Field { name: text(&field["name"]).to_owned(), selection: schema.selection_of(field) }).collect()
}

/// Holds the answers of a list's fields, each asked for alone, against that of all of them together. `before` and `after`
/// stand around what is asked of each noun, and `path` leads to the nouns.
async fn compare(app: &TestApp, fields: &[Field], before: &str, after: &str, path: &str) -> usize {
    let all: Vec<&str> = fields.iter().map(|field| field.selection.as_str()).collect();
    let together = app.data(&format!("{before} {} {after}", all.join(" "))).await;
    let mut compared = 0;
    for field in fields {
        let alone = app.data(&format!("{before} {} {after}", field.selection)).await;
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        collect(&together, path, &field.name, &mut expected);
        collect(&alone, path, &field.name, &mut found);
        assert_eq!(found, expected, "{} {before} {}", app.name, field.selection);
        compared += found.len();
    }
    compared
}

/// The values of a field in all objects to which a path leads.
fn collect<'a>(value: &'a Value, path: &str, field: &str, found: &mut Vec<&'a Value>) {
    match (value, path.split_once('.')) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect(item, path, field, found)),
        (Value::Null, _) => {}
        (_, Some((first, rest))) => collect(&value[first], rest, field, found),
        (_, None) => found.push(&value[field]),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_alone_answers_as_beside_all_others() {
    for app in categorised("columns").await {
        let schema = Schema::of(&app).await;
        for (list, noun) in schema.noun_lists() {
            let (list, fields) = (text(&list["name"]), own_fields(&schema, noun));
            let page = format!("{{ {list}(first: 100) {{ nodes {{ __typename");
            assert!(compare(&app, &fields, &page, "} } }", &format!("{list}.nodes.")).await > 0, "{list} is empty");
            let ids =
                app.data(&format!("{{ {list}(first: 5, orderBy: {{ field: SLUG }}) {{ nodes {{ id }} }} }}")).await;
            let ids: Vec<String> = items(&ids[list]["nodes"]).iter().map(|noun| noun["id"].to_string()).collect();
            let by_id = format!("{{ nodes(ids: [{}]) {{ ... on {} {{", ids.join(" "), text(&noun["name"]));
            assert!(compare(&app, &fields, &by_id, "} } }", "nodes.").await > 0, "{list} by id");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_alone_answers_as_beside_all_others_along_every_relation() {
    for app in categorised("relation_columns").await {
        let schema = Schema::of(&app).await;
        for (list, noun) in schema.noun_lists() {
            let list = text(&list["name"]);
            for relation in schema.fields(noun).filter(|field| schema.nodes(field).is_some()) {
                let (relation, nodes) = (text(&relation["name"]), schema.nodes(relation).expect("nodes"));
                let fields = own_fields(&schema, nodes);
                let before = format!(
                    "{{ {list}(first: 100) {{ nodes {{ {relation}(first: 3) {{ edges {{ cursor node {{ __typename"
                );
                let path = format!("{list}.nodes.{relation}.edges.node.");
                compare(&app, &fields, &before, "} } } } } }", &path).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_the_same_whatever_is_asked_beside_it() {
    for app in chaoyang("cursor_columns").await {
        let asked = |rest: &str| format!("{{ schools(first: 4) {{ {rest} edges {{ cursor }} }} }}");
        let alone = app.data("{ schools(first: 4) { edges { cursor } } }").await;
        for rest in
            ["pageInfo { endCursor }", "nodes { slug }", "nodes { name } pageInfo { startCursor }", "totalCount"]
        {
            let beside = app.data(&asked(rest)).await;
            assert_eq!(beside["schools"]["edges"], alone["schools"]["edges"], "{} {rest}", app.name);
        }
        let last = alone["schools"]["edges"][3]["cursor"].clone();
        let page = app.data("{ schools(first: 4) { pageInfo { endCursor } } }").await;
        assert_eq!(page["schools"]["pageInfo"]["endCursor"], last, "{}", app.name);
        let aliased = app.data("{ schools(first: 4) { p: pageInfo { e: endCursor } ...F } } fragment F on SchoolConnection { x: edges { y: cursor } }").await;
        assert_eq!(aliased["schools"]["p"]["e"], last, "{}", app.name);
        assert_eq!(aliased["schools"]["x"][3]["y"], last, "{}", app.name);
    }
}
