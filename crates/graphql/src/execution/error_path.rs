//! Where in an answer an error belongs.
//!
//! The library loses the end of a path when an error passes a list on its way up: it ends at the item then, and not
//! at the field that failed. Where the field stands in the document is told by its position.

use std::collections::HashSet;

use async_graphql::{
    PathSegment, Pos, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use crate::documents::schema_types::SchemaTypes;

/// Completes the paths that end at an item of a list, as far as the document tells.
pub(crate) fn complete_paths(
    errors: &mut [ServerError],
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    types: &SchemaTypes,
) {
    let search = FieldSearch { document, types };
    for error in errors {
        if matches!(error.path.last(), Some(PathSegment::Index(_)))
            && let Some(at) = error.locations.first()
        {
            let root = vec![(types.root_type(operation.ty), &operation.selection_set.node)];
            let item = error.path.iter().fold(root, |sets, segment| match segment {
                PathSegment::Field(key) => search.subselections(&sets, key),
                PathSegment::Index(_) => sets,
            });
            let rest = item.iter().find_map(|(ty, set)| search.path_to(*ty, set, *at, &mut HashSet::new()));
            error.path.extend(rest.into_iter().flatten().map(PathSegment::Field));
        }
    }
}

/// A selection, and the type on which it is made.
type TypedSelection<'a> = (Option<&'a str>, &'a SelectionSet);

struct FieldSearch<'a> {
    document: &'a ExecutableDocument,
    types: &'a SchemaTypes,
}

impl<'a> FieldSearch<'a> {
    /// What is selected below the fields that answer under a name.
    fn subselections(&self, sets: &[TypedSelection<'a>], key: &str) -> Vec<TypedSelection<'a>> {
        let mut found = Vec::new();
        let mut pending = sets.to_vec();
        let mut seen = HashSet::new();
        while let Some((ty, set)) = pending.pop() {
            for item in &set.items {
                match &item.node {
                    Selection::Field(field) if field.node.response_key().node == key => {
                        found.push(self.subselection(ty, field))
                    }
                    Selection::Field(_) => {}
                    selection => pending.extend(self.fragment_selection(ty, selection, &mut seen)),
                }
            }
        }
        found
    }

    /// The names that lead to the field at a position; they end at a list, of whose items nobody knows which it was.
    fn path_to(
        &self,
        ty: Option<&'a str>,
        set: &'a SelectionSet,
        at: Pos,
        seen: &mut HashSet<&'a str>,
    ) -> Option<Vec<String>> {
        set.items.iter().find_map(|item| {
            let Selection::Field(field) = &item.node else {
                let (ty, set) = self.fragment_selection(ty, &item.node, seen)?;
                return self.path_to(ty, set, at, seen);
            };
            let key = field.node.response_key().node.to_string();
            if field.pos == at || field.node.arguments.iter().any(|(_, value)| value.pos == at) {
                return Some(vec![key]);
            }
            let (below, set) = self.subselection(ty, field);
            let rest = self.path_to(below, set, at, seen)?;
            let is_list =
                ty.and_then(|ty| self.types.find_field(ty, &field.node.name.node)).is_some_and(|it| it.is_list);
            Some(std::iter::once(key).chain(rest.into_iter().filter(|_| !is_list)).collect())
        })
    }

    /// What is selected below a field.
    fn subselection(&self, ty: Option<&'a str>, field: &'a Positioned<Field>) -> TypedSelection<'a> {
        let info = ty.and_then(|ty| self.types.find_field(ty, &field.node.name.node));
        (info.map(|info| info.ty.as_str()), &field.node.selection_set.node)
    }

    /// What a fragment selects, the first time that it is spread.
    fn fragment_selection(
        &self,
        ty: Option<&'a str>,
        selection: &'a Selection,
        seen: &mut HashSet<&'a str>,
    ) -> Option<TypedSelection<'a>> {
        match selection {
            Selection::Field(_) => None,
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                Some((on.or(ty), &fragment.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = self.document.fragments.get(name).filter(|_| seen.insert(name))?;
                let on = fragment.node.type_condition.node.on.node.as_str();
                Some((Some(on), &fragment.node.selection_set.node))
            }
        }
    }
}
