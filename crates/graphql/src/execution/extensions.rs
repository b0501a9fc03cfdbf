//! The `extensions` of an answer: what it cost, and what it took.

use std::time::Instant;

use async_graphql::{Name, Value};
use persistence::Counts;

use crate::documents::limits::Limits;

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

/// How many fields a value carries: what the cost of an answer counts.
pub(super) fn count_fields(value: &Value) -> u64 {
    match value {
        Value::Object(members) => members.values().map(|value| 1 + count_fields(value)).sum(),
        Value::List(items) => items.iter().map(count_fields).sum(),
        _ => 0,
    }
}

pub(super) fn stats_extension(counts: &Counts, started: Instant, is_planned: bool) -> Value {
    let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    let figures = [("sqlStatements", counts.statements()), ("rows", counts.rows()), ("elapsedMicros", micros)];
    let figures = figures.into_iter().map(|(name, figure)| (Name::new(name), Value::from(figure)));
    Value::Object(figures.chain([(Name::new("planned"), Value::from(is_planned))]).collect())
}
