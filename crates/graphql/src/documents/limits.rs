//! Limits: how much a document may ask for, checked before anything runs.

use std::time::Duration;

use async_graphql::{
    Pos, Positioned, ServerError, Variables,
    parser::types::{Directive, ExecutableDocument, Selection},
};
use async_graphql_value::ConstValue;

use crate::{
    documents::selections::{definitions, selections_below},
    execution::{error::request_error, error_code::ErrorCode},
};

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
    let mut aliases = 0;
    for (at, directives, set) in definitions(document) {
        check_directives(directives, at, limits)?;
        for item in selections_below(set) {
            check_directives(item.node.directives(), item.pos, limits)?;
            aliases += usize::from(matches!(&item.node, Selection::Field(field) if field.node.alias.is_some()));
            if aliases > limits.aliases {
                let problem = format!("the document has more than {} aliases", limits.aliases);
                return Err(request_error(ErrorCode::TooManyAliases, problem, Some(item.pos)));
            }
        }
    }
    Ok(())
}

fn check_directives(directives: &[Positioned<Directive>], at: Pos, limits: &Limits) -> Result<(), ServerError> {
    let count = directives.len();
    if count > limits.directives {
        let problem = format!("{count} directives stand at one place, and at most {} may", limits.directives);
        return Err(request_error(ErrorCode::TooManyDirectives, problem, Some(at)));
    }
    Ok(())
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
