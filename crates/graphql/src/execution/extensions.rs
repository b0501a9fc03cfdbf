//! The `extensions` of an answer: what it cost, and what it took.

use std::{collections::HashMap, time::Instant};

use async_graphql::{Name, Value, indexmap::IndexMap, parser::types::SelectionSet};
use persistence::Counts;

use crate::documents::{
    limits::Limits,
    selections::{Fragments, fields_of},
};

pub(super) fn cost_extension(
    estimated: u64,
    limits: &Limits,
    actual: Option<u64>,
    breakdown: &[(String, u64)],
) -> Value {
    let mut cost = vec![(Name::new("estimated"), estimated.into()), (Name::new("limit"), limits.cost.into())];
    cost.extend(actual.map(|actual| (Name::new("actual"), actual.into())));
    if !breakdown.is_empty() {
        let entry = |(path, cost): &(String, u64)| {
            let members = [(Name::new("path"), path.as_str().into()), (Name::new("cost"), (*cost).into())];
            Value::Object(members.into_iter().collect())
        };
        cost.push((Name::new("fields"), Value::List(breakdown.iter().map(entry).collect())));
    }
    Value::Object(cost.into_iter().collect())
}

/// How many fields the data of an answer carries, by what was selected for it: what the cost of an answer counts. A field
/// below which nothing is selected is one, even where its value is an object, as that of a `GeoJSON` is.
pub(super) fn count_fields(data: &Value, selected: &SelectionSet, fragments: &Fragments) -> u64 {
    count_level(&[data], &[selected], fragments)
}

/// How many fields some values carry, for all of which the same sets are selected.
fn count_level(values: &[&Value], sets: &[&SelectionSet], fragments: &Fragments) -> u64 {
    let mut objects = Vec::with_capacity(values.len());
    values.iter().for_each(|value| push_objects(value, &mut objects));
    if objects.is_empty() {
        return 0;
    }
    let mut below: HashMap<&Name, Vec<&SelectionSet>> = HashMap::new();
    for (_, field) in sets.iter().flat_map(|set| fields_of(set, None, fragments)) {
        below.entry(&field.node.response_key().node).or_default().push(&field.node.selection_set.node);
    }
    let counts = below.iter().map(|(key, sets)| {
        let values: Vec<&Value> = objects.iter().filter_map(|object| object.get(*key)).collect();
        let is_leaf = sets.iter().all(|set| set.items.is_empty());
        let below = if is_leaf { 0 } else { count_level(&values, sets, fragments) };
        u64::try_from(values.len()).unwrap_or(u64::MAX).saturating_add(below)
    });
    counts.sum()
}

/// Adds the objects that a value is or holds in lists.
fn push_objects<'a>(value: &'a Value, objects: &mut Vec<&'a IndexMap<Name, Value>>) {
    match value {
        Value::Object(members) => objects.push(members),
        Value::List(items) => items.iter().for_each(|item| push_objects(item, objects)),
        _ => {}
    }
}

pub(super) fn stats_extension(counts: &Counts, started: Instant, is_planned: bool) -> Value {
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let figures = [("sqlStatements", counts.statements()), ("rows", counts.rows()), ("elapsedMicros", micros)];
    let figures = figures.into_iter().map(|(name, figure)| (Name::new(name), Value::from(figure)));
    Value::Object(figures.chain([(Name::new("planned"), Value::from(is_planned))]).collect())
}
