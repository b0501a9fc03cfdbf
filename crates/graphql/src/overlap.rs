//! Fields that answer under one name: they must ask for the same.
//!
//! The rule is "Field Selection Merging" of the specification. The library looks one level deep, and takes one of two that
//! differ; the other's arguments are lost then, and what came of them is mixed with what came of those that were taken.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned, ServerError,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

use crate::{cost::Types, error::refusal};

/// How many fields are looked at, those of a fragment wherever it is spread.
const MOST: usize = 200_000;

/// A field, and the type on which it is asked for.
type Asked<'a> = (Option<&'a str>, &'a Positioned<Field>);

/// Refuses a document in which two fields answer under one name and do not ask for the same.
pub(crate) fn check_overlaps(document: &ExecutableDocument, types: &Types) -> Result<(), ServerError> {
    let mut overlaps = Overlaps { document, types, left: MOST };
    document
        .operations
        .iter()
        .try_for_each(|(_, it)| overlaps.sets(&[(types.root(it.node.ty), &it.node.selection_set.node)]))
}

struct Overlaps<'a> {
    document: &'a ExecutableDocument,
    types: &'a Types,
    left: usize,
}

impl<'a> Overlaps<'a> {
    /// Checks what is answered as one object.
    fn sets(&mut self, sets: &[(Option<&'a str>, &'a SelectionSet)]) -> Result<(), ServerError> {
        let mut named: HashMap<&'a str, Vec<Asked<'a>>> = HashMap::new();
        let mut spread = HashSet::new();
        for (ty, set) in sets {
            self.collect(*ty, set, &mut named, &mut spread)?;
        }
        named.into_values().try_for_each(|fields| self.fields(&fields))
    }

    fn collect(
        &mut self,
        ty: Option<&'a str>,
        set: &'a SelectionSet,
        named: &mut HashMap<&'a str, Vec<Asked<'a>>>,
        spread: &mut HashSet<&'a Name>,
    ) -> Result<(), ServerError> {
        for item in &set.items {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                let problem = "the document has too many fields that answer under one name".to_owned();
                refusal("DOCUMENT_TOO_LARGE", problem, Some(item.pos))
            })?;
            match &item.node {
                Selection::Field(field) => {
                    named.entry(&field.node.response_key().node).or_default().push((ty, field));
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    self.collect(on.or(ty), &fragment.node.selection_set.node, named, spread)?;
                }
                Selection::FragmentSpread(it) => {
                    let name = &it.node.fragment_name.node;
                    if let Some(fragment) = self.document.fragments.get(name)
                        && spread.insert(name)
                    {
                        let on = Some(fragment.node.type_condition.node.on.node.as_str());
                        self.collect(on, &fragment.node.selection_set.node, named, spread)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Checks fields that answer under one name.
    fn fields(&mut self, fields: &[Asked<'a>]) -> Result<(), ServerError> {
        let Some(first) = fields.first() else { return Ok(()) };
        if let Some((_, other)) = fields.iter().find(|other| !self.have_one_form(first, other)) {
            return Err(conflict(other, "they have answers of different forms"));
        }
        let (sure, open): (Vec<Asked<'a>>, Vec<Asked<'a>>) =
            fields.iter().copied().partition(|(ty, _)| ty.is_some_and(|ty| self.types.is_object(ty)));
        let mut objects: Vec<&str> = sure.iter().filter_map(|(ty, _)| *ty).collect();
        objects.sort_unstable();
        objects.dedup();
        if objects.is_empty() {
            return self.same(&open);
        }
        // An object is of one type: what is asked for on others is not answered with this.
        for object in objects {
            let of_it = sure.iter().filter(|(ty, _)| *ty == Some(object));
            self.same(&of_it.chain(&open).copied().collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Checks fields that may be answered for one object: they must be the same, and so must what is below them.
    fn same(&mut self, fields: &[Asked<'a>]) -> Result<(), ServerError> {
        let Some((_, first)) = fields.first() else { return Ok(()) };
        for (_, other) in &fields[1..] {
            if first.node.name.node != other.node.name.node {
                return Err(conflict(other, "they are different fields"));
            }
            if !have_same_arguments(&first.node, &other.node) {
                return Err(conflict(other, "they have different arguments"));
            }
        }
        let below: Vec<_> = fields
            .iter()
            .map(|(ty, field)| {
                let shape = ty.and_then(|ty| self.types.field(ty, &field.node.name.node));
                (shape.map(|shape| shape.ty.as_str()), &field.node.selection_set.node)
            })
            .filter(|(_, set)| !set.items.is_empty())
            .collect();
        if below.is_empty() { Ok(()) } else { self.sets(&below) }
    }

    /// Whether the answers of two fields look alike, so that one place in an answer can have either.
    fn have_one_form(&self, (one, a): &Asked<'a>, (other, b): &Asked<'a>) -> bool {
        let shape = |ty: &Option<&'a str>, field: &'a Positioned<Field>| {
            ty.and_then(|ty| self.types.field(ty, &field.node.name.node))
        };
        match (shape(one, a), shape(other, b)) {
            (Some(a), Some(b)) => {
                let are_leaves = self.types.is_leaf(&a.ty) || self.types.is_leaf(&b.ty);
                a.is_list == b.is_list && (!are_leaves || a.ty == b.ty)
            }
            // Of what the schema does not know it is said elsewhere.
            _ => true,
        }
    }
}

fn have_same_arguments(one: &Field, other: &Field) -> bool {
    one.arguments.len() == other.arguments.len()
        && one
            .arguments
            .iter()
            .all(|(name, value)| other.get_argument(&name.node).is_some_and(|it| it.node == value.node))
}

fn conflict(field: &Positioned<Field>, why: &str) -> ServerError {
    let name = &field.node.response_key().node;
    let problem = format!("two fields answer as `{name}`, but {why}: give one of them an alias");
    refusal("GRAPHQL_VALIDATION_FAILED", problem, Some(field.pos))
}
