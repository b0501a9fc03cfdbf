//! Where in an answer an error belongs.
//!
//! The library loses the end of a path when an error passes a list on its way up: it ends at the item then, and not
//! at the field that failed. Where the field stands in the document is told by its position.

use std::collections::HashSet;

use async_graphql::{
    Name, PathSegment, Pos, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, OperationDefinition, SelectionSet},
};

use crate::documents::{
    schema_types::SchemaTypes,
    selections::{Selected, SelectedFragment, fields_of},
};

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
        let fields = sets.iter().flat_map(|(ty, set)| fields_of(set, *ty, &self.document.fragments));
        let answering = fields.filter(|(_, field)| field.node.response_key().node == key);
        answering.map(|(ty, field)| self.subselection(ty, field)).collect()
    }

    /// The names that lead to the field at a position; they end at a list, of whose items nobody knows which it was.
    fn path_to(
        &self,
        ty: Option<&'a str>,
        set: &'a SelectionSet,
        at: Pos,
        seen: &mut HashSet<&'a Name>,
    ) -> Option<Vec<String>> {
        set.items.iter().find_map(|item| {
            let field = match Selected::of(&item.node, &self.document.fragments)? {
                Selected::Field(field) => field,
                Selected::Fragment(SelectedFragment { name, on, set, .. }) => {
                    let is_new = name.is_none_or(|name| seen.insert(name));
                    return is_new.then(|| self.path_to(on.or(ty), set, at, seen))?;
                }
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
}
