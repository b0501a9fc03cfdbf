//! Whether the answer to an operation can change.

use std::collections::HashSet;

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

/// Whether everything that an operation asks for stands under `map` with a day and a revision, where nothing changes.
pub(crate) fn is_pinned(document: &ExecutableDocument, operation: &OperationDefinition, variables: &Variables) -> bool {
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
                            return false;
                        }
                        pending.push((&field.node.selection_set.node, false));
                    }
                    // The log goes on, also under a view of the past.
                    (true, _) | (false, "revisions") => return false,
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
    true
}
