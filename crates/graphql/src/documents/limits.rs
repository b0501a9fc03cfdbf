//! Limits: how much a document may ask for, checked before anything runs.

use std::{collections::HashSet, time::Duration};

use async_graphql::{
    Pos, Positioned, ServerError, Variables,
    parser::types::{Directive, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet},
};
use async_graphql_value::ConstValue;

use crate::execution::{error::request_error, error_code::ErrorCode};

/// How much a request may ask for. Each has a flag of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Tokens of a document.
    pub tokens: usize,
    /// How deep brackets may nest in a document, and values in its variables.
    pub nesting: usize,
    /// How deep fields may nest.
    pub depth: usize,
    /// Aliases in a document.
    pub aliases: usize,
    /// Fields at the root of the operation, those of fragments included.
    pub root_fields: usize,
    /// Directives at one place.
    pub directives: usize,
    /// Fragments of a document.
    pub fragments: usize,
    /// Items of a list in the variables.
    pub list_items: usize,
    /// Cost: how many fields the answer may be expected to carry, and how many objects it may carry in the end.
    pub cost: u64,
    /// How long an operation may take.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            tokens: 5_000,
            nesting: 64,
            depth: 30,
            aliases: 100,
            root_fields: 30,
            directives: 10,
            fragments: 50,
            list_items: 1_000,
            cost: 2_000_000,
            time: Duration::from_secs(30),
        }
    }
}

/// Checks a document against the limits that need no schema: they are counted in one pass.
pub(crate) fn check_counts(document: &ExecutableDocument, limits: &Limits) -> Result<(), ServerError> {
    if document.fragments.len() > limits.fragments {
        let problem = format!(
            "the document has {} fragments, and at most {} are answered",
            document.fragments.len(),
            limits.fragments
        );
        return Err(request_error(ErrorCode::TooManyFragments, problem, None));
    }
    let mut counter = SelectionCounter { aliases: 0, limits };
    for (_, operation) in document.operations.iter() {
        counter.check_directives(&operation.node.directives, operation.pos)?;
        counter.count_selection(&operation.node.selection_set)?;
    }
    for fragment in document.fragments.values() {
        counter.check_directives(&fragment.node.directives, fragment.pos)?;
        counter.count_selection(&fragment.node.selection_set)?;
    }
    Ok(())
}

struct SelectionCounter<'a> {
    aliases: usize,
    limits: &'a Limits,
}

impl SelectionCounter<'_> {
    fn check_directives(&self, directives: &[Positioned<Directive>], at: Pos) -> Result<(), ServerError> {
        let count = directives.len();
        if count > self.limits.directives {
            let problem = format!("{count} directives stand at one place, and at most {} may", self.limits.directives);
            return Err(request_error(ErrorCode::TooManyDirectives, problem, Some(at)));
        }
        Ok(())
    }

    fn count_selection(&mut self, set: &Positioned<SelectionSet>) -> Result<(), ServerError> {
        for item in &set.node.items {
            self.check_directives(item.node.directives(), item.pos)?;
            match &item.node {
                Selection::Field(field) => {
                    self.aliases += usize::from(field.node.alias.is_some());
                    if self.aliases > self.limits.aliases {
                        let problem = format!("the document has more than {} aliases", self.limits.aliases);
                        return Err(request_error(ErrorCode::TooManyAliases, problem, Some(item.pos)));
                    }
                    self.count_selection(&field.node.selection_set)?;
                }
                Selection::InlineFragment(fragment) => self.count_selection(&fragment.node.selection_set)?,
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }
}

/// Refuses a subscription to several events; the library counts fields that answer under one name as several.
pub(crate) fn check_events(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), ServerError> {
    if operation.ty != OperationType::Subscription {
        return Ok(());
    }
    let mut events = HashSet::new();
    collect_events(document, &operation.selection_set.node, &mut events);
    if events.len() > 1 {
        let problem = "a subscription has one field".to_owned();
        return Err(request_error(ErrorCode::GraphqlValidationFailed, problem, Some(operation.selection_set.pos)));
    }
    Ok(())
}

/// The names under which the fields at the root of an operation answer; fragments lead into no circle here.
fn collect_events<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, events: &mut HashSet<&'a str>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                events.insert(&field.node.response_key().node);
            }
            Selection::InlineFragment(fragment) => collect_events(document, &fragment.node.selection_set.node, events),
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect_events(document, &fragment.node.selection_set.node, events);
                }
            }
        }
    }
}

/// Checks the variables: how deep they nest, how long their lists are.
pub(crate) fn check_variables(variables: &Variables, limits: &Limits) -> Result<(), ServerError> {
    variables.values().try_for_each(|value| check_value(value, limits, 1))
}

fn check_value(value: &ConstValue, limits: &Limits, depth: usize) -> Result<(), ServerError> {
    if depth > limits.nesting {
        let problem = format!("the variables nest more than {} deep", limits.nesting);
        return Err(request_error(ErrorCode::TooDeep, problem, None));
    }
    match value {
        ConstValue::List(items) if items.len() > limits.list_items => {
            let problem = format!(
                "a list of the variables has {} items, and at most {} are read",
                items.len(),
                limits.list_items
            );
            Err(request_error(ErrorCode::ListTooLong, problem, None))
        }
        ConstValue::List(items) => items.iter().try_for_each(|item| check_value(item, limits, depth + 1)),
        ConstValue::Object(fields) => fields.values().try_for_each(|item| check_value(item, limits, depth + 1)),
        _ => Ok(()),
    }
}
