//! The nouns and places that ready-made questions are asked about unless told otherwise: found in what is on record.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use chrono::NaiveDate;
use domain::Revision;
use graphql::{Backend, Limits, Request, RequestOptions, Schema, Variables};
use serde_json::{Map, Value, json};
use tokio::{sync::Mutex, time::timeout};

use crate::queries::{CuratedQuery, ExampleSearch};

/// The examples of the latest revision, each searched when it is first needed.
#[derive(Debug, Default)]
pub struct Examples {
    found: Mutex<FoundExamples>,
}

#[derive(Debug, Default)]
struct FoundExamples {
    view: Option<(Option<Revision>, NaiveDate)>,
    values: HashMap<&'static str, Value>,
}

impl Examples {
    /// The variables that a question is asked with unless told otherwise.
    ///
    /// One of an empty map, or of a store that fails, names a noun that does not exist.
    pub async fn variables_of(
        &self,
        question: &CuratedQuery,
        schema: &Schema,
        backend: &Backend,
    ) -> Map<String, Value> {
        let mut variables = question.variables.clone();
        if let Some(example) = &question.example {
            let value = self.find_value(question.name, example, schema, backend).await;
            variables.insert(example.variable.to_owned(), value);
        }
        variables
    }

    /// Gives a request the variables of a question that it leaves out.
    pub(crate) async fn fill_variables(
        &self,
        request: &mut Request,
        question: &CuratedQuery,
        schema: &Schema,
        backend: &Backend,
    ) {
        let Value::Object(mut given) = serde_json::to_value(&request.variables).unwrap_or_default() else { return };
        let example = question.example.as_ref().filter(|example| !given.contains_key(example.variable));
        if let Some(example) = example {
            let value = self.find_value(question.name, example, schema, backend).await;
            given.insert(example.variable.to_owned(), value);
        }
        for (name, value) in &question.variables {
            given.entry(name).or_insert_with(|| value.clone());
        }
        request.variables = Variables::from_json(Value::Object(given));
    }

    async fn find_value(
        &self,
        question: &'static str,
        example: &ExampleSearch,
        schema: &Schema,
        backend: &Backend,
    ) -> Value {
        // One search at a time: others wait for the lock, and find its result.
        let mut found = self.found.lock().await;
        let view = match backend.latest_view().await {
            Ok(now) => Some((now.latest.revision.clone(), now.day())),
            Err(error) => {
                tracing::warn!(%error, question, "no example was looked for");
                return found.values.get(question).cloned().unwrap_or_else(|| no_example(example));
            }
        };
        if found.view != view {
            *found = FoundExamples { view, values: HashMap::new() };
        }
        if let Some(value) = found.values.get(question) {
            return value.clone();
        }
        match timeout(SEARCH_TIMEOUT, search_example(example, schema, backend)).await {
            Ok(Ok(value)) => {
                let value = value.unwrap_or_else(|| no_example(example));
                found.values.insert(question, value.clone());
                value
            }
            Ok(Err(problem)) => {
                tracing::warn!(problem, question, "no example was found");
                no_example(example)
            }
            Err(_) => {
                tracing::warn!(question, "looking for an example took too long");
                // The next search would take as long.
                found.values.insert(question, no_example(example));
                no_example(example)
            }
        }
    }
}

/// The slug that stands for a noun where there is none.
const NO_EXAMPLE: &str = "nothing-on-record";
/// How many meters a circle reaches that a question is asked about.
const EXAMPLE_RADIUS: u32 = 2_000;

/// What stands for an example where there is none.
fn no_example(example: &ExampleSearch) -> Value {
    match example.asks_for_place() {
        true => circle_around(&json!(0), &json!(0)),
        false => NO_EXAMPLE.into(),
    }
}

fn circle_around(latitude: &Value, longitude: &Value) -> Value {
    json!({ "latitude": latitude, "longitude": longitude, "metres": EXAMPLE_RADIUS })
}

/// How long the search of one example may take.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(10);
/// How many pages of a list are searched.
const MAX_PAGES: usize = 20;
/// Ties beyond these do not raise the score.
const MAX_SCORED_TIES: u64 = 20;

/// The score of a candidate: how many of its counts are above 0, and their sum.
type CandidateScore = (usize, u64);

/// The slug of the best candidate, or a circle around it if its location is asked for; the search ends at the first page with a candidate all of whose counts are above 0.
async fn search_example(example: &ExampleSearch, schema: &Schema, backend: &Backend) -> Result<Option<Value>, String> {
    let ExampleSearch { list, selection, .. } = example;
    let query = format!(
        "query Example($after: String) {{ {list}(first: 100, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {selection} }} }}"
    );
    let mut best: Option<(CandidateScore, Value)> = None;
    let mut after = Value::Null;
    for _ in 0..MAX_PAGES {
        let request = Request::new(&query).variables(Variables::from_json(json!({ "after": after })));
        let prepared = match graphql::prepare_request(schema, &Limits::default(), request, false) {
            Ok(prepared) => prepared,
            Err(refused) => return Err(refused.error_messages().collect::<Vec<_>>().join("; ")),
        };
        let answer = prepared.execute(schema, backend, RequestOptions::default()).await;
        if answer.code().is_some() {
            return Err(answer.error_messages().collect::<Vec<_>>().join("; "));
        }
        let answer: Value =
            answer.to_json().and_then(|body| serde_json::from_slice(&body)).map_err(|it| it.to_string())?;
        let page = &answer["data"][list];
        let is_complete = score_candidates(&page["nodes"], &mut best);
        if is_complete || page["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    Ok(best.map(|(_, value)| value))
}

/// Scores every candidate in a value; returns whether one has all of its counts above 0.
fn score_candidates(value: &Value, best: &mut Option<(CandidateScore, Value)>) -> bool {
    let mut is_complete = false;
    match value {
        Value::Array(items) => {
            for item in items {
                is_complete |= score_candidates(item, best);
            }
        }
        Value::Object(members) => {
            if let Some(example) = read_candidate(members) {
                let mut counts = BTreeMap::new();
                add_counts(value, "", &mut counts);
                let filled = counts.values().filter(|n| **n > 0).count();
                let score = (filled, counts.values().sum::<u64>().min(MAX_SCORED_TIES));
                if best.as_ref().is_none_or(|(so_far, _)| score > *so_far) {
                    *best = Some((score, example));
                }
                is_complete |= filled == counts.len();
            }
            for member in members.values() {
                is_complete |= score_candidates(member, best);
            }
        }
        _ => {}
    }
    is_complete
}

/// What a question is asked about if this is the example: a slug, or a circle around its location if that was asked for.
fn read_candidate(members: &Map<String, Value>) -> Option<Value> {
    let slug = members.get("slug").filter(|slug| slug.is_string())?;
    match members.get("location") {
        None => Some(slug.clone()),
        Some(location) => location.is_object().then(|| circle_around(&location["latitude"], &location["longitude"])),
    }
}

/// Adds up the counts in a value by their paths.
fn add_counts(value: &Value, path: &str, counts: &mut BTreeMap<String, u64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| add_counts(item, path, counts)),
        Value::Object(members) => {
            for (name, member) in members {
                let path = format!("{path}.{name}");
                match member.as_u64().filter(|_| name == "totalCount") {
                    Some(n) => *counts.entry(path).or_default() += n,
                    None => add_counts(member, &path, counts),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(value: &Value) -> (Option<Value>, bool) {
        let mut best = None;
        let is_complete = score_candidates(value, &mut best);
        (best.map(|(_, value)| value), is_complete)
    }

    #[test]
    fn an_example_of_a_place_is_a_circle_around_what_has_one() {
        let item = |slug: &str, location: Value| json!({ "slug": slug, "location": location });
        let placed = json!({ "latitude": -1.5, "longitude": 170 });
        let circle = json!({ "latitude": -1.5, "longitude": 170, "metres": 2000 });
        assert_eq!(best(&json!([item("a", Value::Null), item("b", placed)])), (Some(circle), true));
        assert_eq!(best(&json!([item("a", Value::Null)])), (None, false));
    }

    #[test]
    fn the_best_example_has_something_on_most_counts_and_then_the_most() {
        let item = |slug: &str, a: u64, b: u64| json!({ "slug": slug, "a": { "totalCount": a }, "b": { "nodes": [{ "totalCount": b }] } });
        assert_eq!(best(&json!([item("x", 90, 0), item("y", 1, 1), item("z", 1, 2)])), (Some("z".into()), true));
        assert_eq!(best(&json!([item("x", 0, 0), item("y", 0, 3)])), (Some("y".into()), false));
        assert_eq!(best(&json!([])), (None, false));
    }

    #[test]
    fn an_example_may_stand_below_the_items_of_the_list() {
        let below = json!([{ "nodes": [] }, { "nodes": [{ "slug": "old", "totalCount": 1 }] }]);
        assert_eq!(best(&below), (Some("old".into()), true));
    }

    #[test]
    fn more_than_enough_ties_make_no_better_example() {
        let item = |slug: &str, n: u64| json!({ "slug": slug, "totalCount": n });
        assert_eq!(best(&json!([item("first", 20), item("second", 900)])).0, Some("first".into()));
    }
}
