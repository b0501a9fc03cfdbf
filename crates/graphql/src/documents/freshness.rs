//! What can change the answer to an operation.

use std::collections::HashSet;

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

use crate::documents::introspection::is_schema_field;

/// What can change the answer to an operation, if its request is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// A revision, and a day that begins.
    Latest,
    /// Nothing in the map, of which nothing is asked: another version of the schema.
    Schema,
    /// Nothing: all of it stands under `map` with a day and a revision.
    Pinned,
}

/// What can change the answer to an operation.
pub(crate) fn freshness(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Freshness {
    let mut freshness = Freshness::Pinned;
    let given = |value: &async_graphql_value::Value| match value {
        async_graphql_value::Value::Variable(name) => variables.get(name).is_some_and(|it| *it != Value::Null),
        value => *value != async_graphql_value::Value::Null,
    };
    let mut pending: Vec<(&SelectionSet, bool)> = vec![(&operation.selection_set.node, true)];
    let mut seen = HashSet::new();
    while let Some((set, is_root)) = pending.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => match (is_root, field.node.name.node.as_str()) {
                    (_, "__typename") => {}
                    (true, "map") => {
                        let pins = ["asOf", "knownAt"];
                        if !pins.iter().all(|pin| field.node.get_argument(pin).is_some_and(|value| given(&value.node)))
                        {
                            return Freshness::Latest;
                        }
                        pending.push((&field.node.selection_set.node, false));
                    }
                    (true, name) if is_schema_field(name) || name == "_service" => freshness = Freshness::Schema,
                    // The log goes on, also under a view of the past.
                    (true, _) | (false, "revisions") => return Freshness::Latest,
                    (false, _) => {}
                },
                Selection::InlineFragment(fragment) => pending.push((&fragment.node.selection_set.node, is_root)),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    match document.fragments.get(name) {
                        Some(fragment) if seen.insert((name, is_root)) => {
                            pending.push((&fragment.node.selection_set.node, is_root));
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    freshness
}
