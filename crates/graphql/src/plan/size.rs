//! How large the plans of a document are, before they are compiled.

use std::{collections::HashMap, ptr};

use async_graphql::parser::types::{ExecutableDocument, OperationType, SelectionSet};

use crate::documents::{
    schema_types::SchemaTypes,
    selections::{Selected, SelectedFragment},
};

/// How many fields the plans of a document may have; the ready-made questions have fewer than 500.
const MAX_FIELDS: u64 = 50_000;

/// How many fields the plans of a document have, before those of one name are merged; `None` if there are too many. What is
/// selected of an interface or a union is there for each type that an object of it may be of.
pub(crate) fn size_of_plans(document: &ExecutableDocument, types: &SchemaTypes) -> Option<u64> {
    let mut sizes = PlanSizes { document, types, known: HashMap::new() };
    let queries = document.operations.iter().filter(|(_, operation)| operation.node.ty == OperationType::Query);
    let root = types.root_type(OperationType::Query)?;
    let size = queries.map(|(_, query)| sizes.size_of(&query.node.selection_set.node, root));
    Some(size.fold(0, u64::saturating_add)).filter(|size| *size <= MAX_FIELDS)
}

struct PlanSizes<'a> {
    document: &'a ExecutableDocument,
    types: &'a SchemaTypes,
    /// The sizes of the sets that were visited, by where they stand and the type that they are selected of: a set is visited
    /// once for each type, however often it is reached.
    known: HashMap<(*const SelectionSet, &'a str), u64>,
}

impl<'a> PlanSizes<'a> {
    /// The fields of a selection of a type, or of all types that it may stand for.
    fn size_of(&mut self, set: &'a SelectionSet, ty: &'a str) -> u64 {
        match self.types.possible_types(ty) {
            Some(possible) => possible.iter().fold(0, |all, ty| all.saturating_add(self.size_of_object(set, ty))),
            None => self.size_of_object(set, ty),
        }
    }

    fn size_of_object(&mut self, set: &'a SelectionSet, ty: &'a str) -> u64 {
        let key = (ptr::from_ref(set), ty);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let mut size: u64 = 0;
        for item in &set.items {
            size = size.saturating_add(match Selected::of(&item.node, &self.document.fragments) {
                Some(Selected::Field(field)) => {
                    let to = self.types.find_field(ty, &field.node.name.node);
                    let below = to.map_or(0, |to| self.size_of(&field.node.selection_set.node, &to.ty));
                    below.saturating_add(1)
                }
                Some(Selected::Fragment(SelectedFragment { on, set, .. })) => {
                    let is_selected = on.is_none_or(|on| self.types.selects(on, ty));
                    if is_selected { self.size_of_object(set, ty) } else { 0 }
                }
                None => 0,
            });
        }
        self.known.insert(key, size);
        size
    }
}
