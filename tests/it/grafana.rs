//! The dashboard in `deploy/grafana`: each of its requests is answered, with the columns that its panel names.

use std::{collections::HashSet, fs};

use axum::{
    body::Body,
    http::{Method, Request},
};
use serde_json::Value;
use tests::{TestApp, chaoyang, root};

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Sends the request of a target as the plug-in does; gives the rows by the names that its columns get.
async fn ask(app: &TestApp, target: &Value) -> Vec<Vec<String>> {
    let options = &target["url_options"];
    let method = Method::from_bytes(text(&options["method"]).as_bytes()).expect("a method");
    let mut request = Request::builder().method(method).uri(text(&target["url"]));
    for header in options["headers"].as_array().into_iter().flatten() {
        request = request.header(text(&header["key"]), text(&header["value"]));
    }
    if let Some(kind) = options["body_content_type"].as_str() {
        request = request.header("content-type", kind);
    }
    let body = options["data"].as_str().unwrap_or_default().to_owned();
    let answer = app.send(request.body(Body::from(body)).expect("a request")).await;
    assert!(answer.status.is_success(), "{}: {target}: {}", app.name, answer.body);
    let mut reader = csv::ReaderBuilder::new().from_reader(answer.body.as_bytes());
    let header: Vec<String> = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let columns = target["columns"].as_array().expect("columns").iter().map(|column| {
        let selector = text(&column["selector"]);
        header.iter().position(|name| name == selector).unwrap_or_else(|| panic!("{selector} is not in {header:?}"))
    });
    let columns: Vec<usize> = columns.collect();
    let pick = |record: csv::StringRecord| columns.iter().map(|at| record[*at].to_owned()).collect();
    reader.records().map(|record| pick(record.expect("CSV"))).collect()
}

#[tokio::test]
async fn each_panel_is_answered_and_edges_lead_to_nodes() {
    let file = root().join("deploy/grafana/dashboards/edumap.json");
    let dashboard: Value = serde_json::from_str(&fs::read_to_string(file).expect("a file")).expect("JSON");
    for app in chaoyang("each_panel").await {
        let panels = dashboard["panels"].as_array().expect("panels");
        assert!(panels.len() >= 5);
        for panel in panels {
            let (mut nodes, mut edges) = (HashSet::new(), Vec::new());
            for target in panel["targets"].as_array().expect("targets") {
                let rows = ask(&app, target).await;
                assert!(!rows.is_empty(), "{}: {}", app.name, panel["title"]);
                match text(&target["format"]) {
                    "node-graph-nodes" => nodes.extend(rows.into_iter().map(|mut row| row.swap_remove(0))),
                    "node-graph-edges" => edges.extend(rows),
                    "table" => {}
                    other => panic!("{other} is no format"),
                }
            }
            // A group without schools has a row, and no edge.
            for edge in edges.iter().filter(|edge| !edge[0].is_empty()) {
                assert!(nodes.contains(&edge[1]) && nodes.contains(&edge[2]), "{}: {edge:?}", app.name);
            }
        }
    }
}
