//! What can change the answer to an operation.

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition},
};

use crate::documents::{introspection::is_schema_field, selections::fields_of};

/// What can change the answer to an operation, if its request is the same; of two fields the first counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// A scenario, whose answer is read once and never kept.
    Scenario,
    /// A revision, and a day that begins.
    Latest,
    /// Nothing in the map, of which nothing is asked: another version of the schema.
    Schema,
    /// Nothing: all of it stands under `map` with a day and a revision, or a release.
    Pinned,
}

/// What can change the answer to an operation.
pub(crate) fn freshness(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Freshness {
    let given = |value: &async_graphql_value::Value| match value {
        async_graphql_value::Value::Variable(name) => variables.get(name).is_some_and(|it| *it != Value::Null),
        value => *value != async_graphql_value::Value::Null,
    };
    let pins = |field: &Field| {
        let is_given = |pin: &str| field.get_argument(pin).is_some_and(|value| given(&value.node));
        is_given("release") || ["asOf", "knownAt"].into_iter().all(is_given)
    };
    // The log goes on, also under a view of the past.
    let asks_for_log = |field: &Field| {
        let mut below = fields_of(&field.selection_set.node, None, &document.fragments);
        below.any(|(_, field)| field.node.name.node == "revisions")
    };
    let of_field = |field: &Field| match field.name.node.as_str() {
        "whatIf" => Freshness::Scenario,
        "__typename" => Freshness::Pinned,
        "map" if pins(field) && !asks_for_log(field) => Freshness::Pinned,
        name if is_schema_field(name) || name == "_service" => Freshness::Schema,
        _ => Freshness::Latest,
    };
    let roots = fields_of(&operation.selection_set.node, None, &document.fragments);
    roots.map(|(_, field)| of_field(&field.node)).min().unwrap_or(Freshness::Pinned)
}
