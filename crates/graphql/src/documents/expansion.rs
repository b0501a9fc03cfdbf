//! How large a document is with its fragments expanded where they are spread.
//!
//! The library walks every operation of a document that way, and remembers no fragment it has been through: a few dozen
//! fragments that spread each other twice would keep it busy for days, before anything is validated or awaited.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, ServerError,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use crate::{
    documents::selections::selections_below,
    execution::{error::request_error, error_code::ErrorCode},
};

/// How many selections a document may have with its fragments expanded. The ready-made questions have fewer than 200.
const MAX_SELECTIONS: u64 = 50_000;

/// Refuses a document with too many selections, be they in an operation that is not asked for.
pub(crate) fn check_expanded_size(document: &ExecutableDocument) -> Result<(), ServerError> {
    let mut expansion = FragmentExpansion { document, sizes: HashMap::new() };
    let mut all: u64 = 0;
    for (_, operation) in document.operations.iter() {
        all = all.saturating_add(expansion.selection_size(&operation.node.selection_set.node)?);
    }
    for (name, fragment) in &document.fragments {
        all = all.saturating_add(expansion.fragment_size(name, fragment.pos)?);
    }
    if all > MAX_SELECTIONS {
        let problem = format!("with its fragments in place the document has more than {MAX_SELECTIONS} selections");
        return Err(request_error(ErrorCode::DocumentTooLarge, problem, None));
    }
    Ok(())
}

struct FragmentExpansion<'a> {
    document: &'a ExecutableDocument,
    /// The size of each fragment that was visited; `None` while it is.
    sizes: HashMap<&'a Name, Option<u64>>,
}

impl<'a> FragmentExpansion<'a> {
    fn selection_size(&mut self, set: &'a SelectionSet) -> Result<u64, ServerError> {
        let mut size: u64 = 0;
        for item in selections_below(set) {
            let spread = match &item.node {
                Selection::FragmentSpread(spread) => self.fragment_size(&spread.node.fragment_name.node, item.pos)?,
                _ => 0,
            };
            size = size.saturating_add(spread).saturating_add(1);
        }
        Ok(size)
    }

    fn fragment_size(&mut self, name: &'a Name, at: Pos) -> Result<u64, ServerError> {
        match self.sizes.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => {
                let problem = format!("the fragment `{name}` leads back to itself");
                return Err(request_error(ErrorCode::FragmentCycle, problem, Some(at)));
            }
            None => {}
        }
        // That a fragment is not there is for the validation to say.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(0) };
        self.sizes.insert(name, None);
        let size = self.selection_size(&fragment.node.selection_set.node)?;
        self.sizes.insert(name, Some(size));
        Ok(size)
    }
}
