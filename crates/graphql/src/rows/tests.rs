use std::sync::LazyLock;

use serde_json::json;

use super::*;
use crate::{Limits, prepare_request};

static SCHEMA: LazyLock<Schema> = LazyLock::new(crate::schema);

fn rows_of(query: &str, variables: Value, list: Option<&str>) -> Result<RowQuery, String> {
    let request = Request::new(query).variables(Variables::from_json(variables));
    let prepared = prepare_request(&SCHEMA, &Limits::default(), request, false);
    let prepared = prepared.map_err(|refused| refused.error_messages().collect::<Vec<_>>().join("; "))?;
    RowQuery::new(&SCHEMA, &prepared, list).map_err(|refused| refused.error_messages().collect())
}

fn names(query: &RowQuery) -> Vec<&str> {
    query.columns().iter().map(|column| column.name.as_str()).collect()
}

#[test]
fn columns_are_named_within_their_row_and_those_from_above_by_what_they_belong_to() {
    let query = "{ schools { totalCount pageInfo { endCursor } nodes { name since { text } group { name } } } }";
    let rows = rows_of(query, json!({}), None).expect("rows");
    assert_eq!(rows.list(), "schools");
    assert_eq!(names(&rows), ["name", "since.text", "group.name"]);
    let is_nullable: Vec<bool> = rows.columns().iter().map(|column| column.is_nullable).collect();
    assert_eq!((rows.columns()[0].ty.as_str(), is_nullable), ("String", vec![false, true, true]));
    let query = "{ group(slug: \"g\") { name schools { edges { role node { name group { name } } } } } }";
    assert_eq!(
        names(&rows_of(query, json!({}), None).expect("rows")),
        ["group.name", "role", "name", "schools.group.name"]
    );
}

#[test]
fn a_list_is_named_by_its_end_and_a_lonely_one_need_not_be() {
    let query =
        "{ map { groups { edges { node { slug schools { nodes { slug } } } } } townships { nodes { slug } } } }";
    assert_eq!(rows_of(query, json!({}), Some("schools")).expect("rows").list(), "groups.schools");
    assert_eq!(names(&rows_of(query, json!({}), Some("groups")).expect("rows")), ["slug", "schools.slug"]);
    let several = rows_of(query, json!({}), None).expect_err("several lists");
    assert!(several.contains("`groups`, `groups.schools`, `townships`"), "{several}");
    let unknown = rows_of(query, json!({}), Some("partners")).expect_err("none");
    assert!(unknown.contains("no list `partners`"), "{unknown}");
    assert_eq!(rows_of("{ view { asOf } }", json!({}), None).expect("a row").list(), "");
}

#[test]
fn what_is_left_out_by_a_directive_is_no_column() {
    let query = "query Q($with: Boolean!) { schools { nodes { slug ...F @include(if: $with) ... @skip(if: $with) { isOnMap } } } } fragment F on School { name }";
    assert_eq!(names(&rows_of(query, json!({ "with": true }), None).expect("rows")), ["slug", "name"]);
    assert_eq!(names(&rows_of(query, json!({ "with": false }), None).expect("rows")), ["slug", "isOnMap"]);
}

#[test]
fn a_row_repeats_what_is_above_and_joins_what_is_below() {
    let query = "{ groups { nodes { name leads: schools { nodes { slug formerNames: branches { nodes { text: name } } } } } } }";
    let data = json!({ "groups": { "nodes": [
        { "name": "A", "leads": { "nodes": [
            { "slug": "a1", "formerNames": { "nodes": [{ "text": "x" }, { "text": "y" }] } },
            { "slug": "a2", "formerNames": { "nodes": [] } },
        ] } },
        { "name": "B", "leads": { "nodes": [] } },
    ] } });
    let read = |list| {
        let rows = rows_of(query, json!({}), Some(list)).expect("rows");
        let steps = rows.read_page(&rows.first_page(), &data);
        let values = steps.into_iter().map(|step| match step {
            RowStep::Row(row) => Value::from(row),
            other => panic!("no more pages were told of: {other:?}"),
        });
        values.collect::<Value>()
    };
    // A parent without items has a row, so that it is not lost.
    assert_eq!(read("leads"), json!([["A", "a1", ["x", "y"]], ["A", "a2", []], ["B", null, []]]));
    assert_eq!(read("groups"), json!([["A", ["a1", "a2"], ["x", "y"]], ["B", [], []]]));
    assert_eq!(read("formerNames"), json!([["A", "a1", "x"], ["A", "a1", "y"], ["A", "a2", null], ["B", null, null]]));
}

#[test]
fn the_document_of_a_page_goes_on_from_its_cursors() {
    let query = "query Q($n: Int!, $u: String) { map { groups(first: $n, after: $u) { ...G } } other: groups { ...G } }
        fragment G on GroupConnection { nodes { slug schools(first: $n) { nodes { slug } } } }";
    let rows = rows_of(query, json!({ "n": 2, "u": "begin" }), Some("groups.schools")).expect("rows");
    let page = |slug: &str, more: bool, members: Value| {
        json!({ "map": { "groups": {
        "edumapPage": { "hasNextPage": more, "endCursor": "g2" }, "edumapCursors": [{ "cursor": "g1" }, { "cursor": "g2" }],
        "nodes": [{ "slug": slug, "schools": members }, { "slug": "b", "schools": { "nodes": [], "edumapPage": {} } }],
    } } })
    };
    let members = json!({ "nodes": [{ "slug": "s" }], "edumapPage": { "hasNextPage": true, "endCursor": "s1" } });
    let steps = rows.read_page(&rows.first_page(), &page("a", true, members));
    let [RowStep::Row(_), RowStep::Page(inner), RowStep::Row(_), RowStep::Page(outer)] = steps.as_slice() else {
        panic!("rows and pages in turn: {steps:?}")
    };
    let inner = rows.page_request(inner, Some(7));
    let variables = serde_json::to_value(&inner.variables).expect("JSON");
    // The first group is the one after the cursor that the request began with.
    assert_eq!(variables["edumapAfter0"], "begin");
    assert_eq!((&variables["edumapAfter1"], &variables["edumapRevision"]), (&json!("s1"), &json!(7)));
    assert!(inner.query.contains("groups(after: $edumapAfter0, first: 1)"), "{}", inner.query);
    assert!(
        inner.query.contains("map(knownAt: $edumapRevision)") && !inner.query.contains("$u: String"),
        "{}",
        inner.query
    );
    let outer = rows.page_request(outer, Some(7));
    assert!(outer.query.contains("groups(first: $n, after: $edumapAfter0)"), "{}", outer.query);
    for request in [inner, outer] {
        prepare_request(&SCHEMA, &Limits::default(), request, false).expect("a valid document");
    }
}

#[test]
fn a_list_whose_parents_cannot_be_asked_for_one_by_one_is_not_cut_in_silence() {
    let query = "{ gaps { kind items(first: 1) { nodes { id } } } }";
    let rows = rows_of(query, json!({}), None).expect("rows");
    let items = json!({ "nodes": [{ "id": "x" }], "edumapPage": { "hasNextPage": true, "endCursor": "c" } });
    let steps = rows.read_page(&rows.first_page(), &json!({ "gaps": [{ "kind": "K", "items": items }] }));
    assert_eq!(steps.last(), Some(&RowStep::Cut { list: "gaps.items".to_owned() }));
}
