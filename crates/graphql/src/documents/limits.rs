//! Limits: how much a request may ask for, checked before anything runs.
//!
//! Each stage of a request asks once: its text before it is parsed, its document before it is validated, its variables
//! before they are coerced, and its operation as it is weighed (`cost`).

use std::time::Duration;

use async_graphql::{
    Pos, Positioned, ServerError, Variables,
    parser::types::{Directive, ExecutableDocument, Selection},
};
use async_graphql_value::ConstValue;

use crate::{
    documents::{
        expansion::check_expanded_size,
        scan::TextScan,
        selections::{definitions, selections_below},
    },
    execution::{error::request_error, error_code::ErrorCode},
};

/// How long a name or a number of a document may be.
const MAX_NAME_LENGTH: usize = 100;

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

impl Limits {
    /// Refuses a text that is too long or too deep for a parser; gives its number of tokens.
    pub(crate) fn check_text(&self, text: &str) -> Result<usize, ServerError> {
        let TextScan { tokens, nesting, longest, .. } = TextScan::new(text);
        if tokens > self.tokens {
            let problem = format!("the document has {tokens} tokens, and at most {} are read", self.tokens);
            return Err(request_error(ErrorCode::TooManyTokens, problem, None));
        }
        if nesting > self.nesting {
            let problem = format!("the document nests brackets more than {} deep", self.nesting);
            return Err(request_error(ErrorCode::TooDeep, problem, None));
        }
        if longest > MAX_NAME_LENGTH {
            let problem = format!("a name or number of the document is longer than {MAX_NAME_LENGTH} characters");
            return Err(request_error(ErrorCode::NameTooLong, problem, None));
        }
        Ok(tokens)
    }

    /// Refuses a document that has too much in it to be validated.
    pub(crate) fn check_document(&self, document: &ExecutableDocument) -> Result<(), ServerError> {
        self.check_counts(document)?;
        check_expanded_size(document)
    }

    /// Refuses variables that nest too deep, or have lists that are too long.
    pub(crate) fn check_variables(&self, variables: &Variables) -> Result<(), ServerError> {
        variables.values().try_for_each(|value| self.check_value(value, 1))
    }

    /// Checks the limits that need no schema, in one pass.
    fn check_counts(&self, document: &ExecutableDocument) -> Result<(), ServerError> {
        if document.fragments.len() > self.fragments {
            let problem = format!(
                "the document has {} fragments, and at most {} are answered",
                document.fragments.len(),
                self.fragments
            );
            return Err(request_error(ErrorCode::TooManyFragments, problem, None));
        }
        let mut aliases = 0;
        for (at, directives, set) in definitions(document) {
            self.check_directives(directives, at)?;
            for item in selections_below(set) {
                self.check_directives(item.node.directives(), item.pos)?;
                aliases += usize::from(matches!(&item.node, Selection::Field(field) if field.node.alias.is_some()));
                if aliases > self.aliases {
                    let problem = format!("the document has more than {} aliases", self.aliases);
                    return Err(request_error(ErrorCode::TooManyAliases, problem, Some(item.pos)));
                }
            }
        }
        Ok(())
    }

    fn check_directives(&self, directives: &[Positioned<Directive>], at: Pos) -> Result<(), ServerError> {
        let count = directives.len();
        if count > self.directives {
            let problem = format!("{count} directives stand at one place, and at most {} may", self.directives);
            return Err(request_error(ErrorCode::TooManyDirectives, problem, Some(at)));
        }
        Ok(())
    }

    fn check_value(&self, value: &ConstValue, depth: usize) -> Result<(), ServerError> {
        if depth > self.nesting {
            let problem = format!("the variables nest more than {} deep", self.nesting);
            return Err(request_error(ErrorCode::TooDeep, problem, None));
        }
        match value {
            ConstValue::List(items) if items.len() > self.list_items => {
                let problem = format!(
                    "a list of the variables has {} items, and at most {} are read",
                    items.len(),
                    self.list_items
                );
                Err(request_error(ErrorCode::ListTooLong, problem, None))
            }
            ConstValue::List(items) => items.iter().try_for_each(|item| self.check_value(item, depth + 1)),
            ConstValue::Object(fields) => fields.values().try_for_each(|item| self.check_value(item, depth + 1)),
            _ => Ok(()),
        }
    }
}
