//! Walks over the selections of documents.
//!
//! Use [`definitions`] and [`selections_below`] for each selection where it is written, [`fields_of`] for the fields of
//! one answer with fragments in place, and [`Selected`] for a walk that carries something down or up.
//! [`retain_fields`] and [`change_fields`] change the trees of the library that executes and of the one that validates.

use std::{
    collections::{HashMap, HashSet},
    iter::from_fn,
    slice,
};

use apollo_compiler::ast;
use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{Directive, ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet},
};

/// The fragments of a document, by name.
pub(crate) type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// What a selection stands for.
pub(crate) enum Selected<'a> {
    Field(&'a Positioned<Field>),
    Fragment(SelectedFragment<'a>),
}

/// A fragment where it is selected.
pub(crate) struct SelectedFragment<'a> {
    /// `None` if it is written in place.
    pub(crate) name: Option<&'a Name>,
    /// The type that it is on, if it says so.
    pub(crate) on: Option<&'a str>,
    /// The directives at this place.
    pub(crate) directives: &'a [Positioned<Directive>],
    pub(crate) set: &'a SelectionSet,
}

impl<'a> Selected<'a> {
    /// What a selection stands for; `None` if it spreads a fragment that is not there.
    pub(crate) fn of(selection: &'a Selection, fragments: &'a Fragments) -> Option<Selected<'a>> {
        Some(match selection {
            Selection::Field(field) => Selected::Field(field),
            Selection::InlineFragment(inline) => Selected::Fragment(SelectedFragment {
                name: None,
                on: inline.node.type_condition.as_ref().map(|on| on.node.on.node.as_str()),
                directives: &inline.node.directives,
                set: &inline.node.selection_set.node,
            }),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = &fragments.get(name)?.node;
                Selected::Fragment(SelectedFragment {
                    name: Some(name),
                    on: Some(fragment.type_condition.node.on.node.as_str()),
                    directives: &spread.node.directives,
                    set: &fragment.selection_set.node,
                })
            }
        })
    }
}

/// An operation or a fragment: where it is, its directives, and what it selects.
type Definition<'a> = (Pos, &'a [Positioned<Directive>], &'a SelectionSet);

/// The operations and fragments of a document.
pub(crate) fn definitions(document: &ExecutableDocument) -> impl Iterator<Item = Definition<'_>> {
    let operations = document.operations.iter().map(|(_, Positioned { pos, node: operation })| {
        (*pos, operation.directives.as_slice(), &operation.selection_set.node)
    });
    let fragments = document
        .fragments
        .values()
        .map(|Positioned { pos, node: fragment }| (*pos, fragment.directives.as_slice(), &fragment.selection_set.node));
    operations.chain(fragments)
}

/// All selections of a set and below it, in the order of the text; a fragment is not entered where it is spread.
pub(crate) fn selections_below(set: &SelectionSet) -> impl Iterator<Item = &Positioned<Selection>> {
    let mut pending = vec![set.items.iter()];
    from_fn(move || {
        loop {
            let Some(item) = pending.last_mut()?.next() else {
                pending.pop();
                continue;
            };
            match &item.node {
                Selection::Field(field) => pending.push(field.node.selection_set.node.items.iter()),
                Selection::InlineFragment(fragment) => pending.push(fragment.node.selection_set.node.items.iter()),
                Selection::FragmentSpread(_) => {}
            }
            return Some(item);
        }
    })
}

/// The fields of a set, each with the type on which it is selected: in the order of an answer, those of fragments in
/// place, the first time that each is spread.
pub(crate) fn fields_of<'a>(
    set: &'a SelectionSet,
    ty: Option<&'a str>,
    fragments: &'a Fragments,
) -> impl Iterator<Item = (Option<&'a str>, &'a Positioned<Field>)> {
    let mut pending: Vec<(Option<&str>, slice::Iter<'_, _>)> = vec![(ty, set.items.iter())];
    let mut seen = HashSet::new();
    from_fn(move || {
        loop {
            let (ty, items) = pending.last_mut()?;
            let Some(item) = items.next() else {
                pending.pop();
                continue;
            };
            match Selected::of(&item.node, fragments) {
                Some(Selected::Field(field)) => return Some((*ty, field)),
                Some(Selected::Fragment(SelectedFragment { name, on, set, .. }))
                    if name.is_none_or(|name| seen.insert(name)) =>
                {
                    let on = on.or(*ty);
                    pending.push((on, set.items.iter()));
                }
                _ => {}
            }
        }
    })
}

/// Keeps or drops each field of a set and below it, and changes those that it keeps.
pub(crate) fn retain_fields(set: &mut SelectionSet, keep: &mut impl FnMut(&mut Field) -> bool) {
    set.items.retain_mut(|item| {
        match &mut item.node {
            Selection::Field(field) => {
                if !keep(&mut field.node) {
                    return false;
                }
                retain_fields(&mut field.node.selection_set.node, keep);
            }
            Selection::InlineFragment(fragment) => retain_fields(&mut fragment.node.selection_set.node, keep),
            Selection::FragmentSpread(_) => {}
        }
        true
    });
}

/// Changes each field of a document that was parsed and not yet converted.
pub(crate) fn change_fields(document: &mut ast::Document, change: &mut impl FnMut(&mut ast::Field)) {
    for definition in &mut document.definitions {
        match definition {
            ast::Definition::OperationDefinition(it) => change_fields_of(&mut it.make_mut().selection_set, change),
            ast::Definition::FragmentDefinition(it) => change_fields_of(&mut it.make_mut().selection_set, change),
            _ => {}
        }
    }
}

fn change_fields_of(set: &mut [ast::Selection], change: &mut impl FnMut(&mut ast::Field)) {
    for selection in set {
        match selection {
            ast::Selection::Field(field) => {
                let field = field.make_mut();
                change(field);
                change_fields_of(&mut field.selection_set, change);
            }
            ast::Selection::InlineFragment(it) => change_fields_of(&mut it.make_mut().selection_set, change),
            ast::Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const QUERY: &str = "
        { a { b } ...F ... on C { c { d } } ...F ...Missing e }
        fragment F on Query { f { g } ... { h } ...F }";

    fn document() -> ExecutableDocument {
        parse_query(QUERY).expect("a document")
    }

    #[test]
    fn fields_of_an_answer_stand_where_fragments_are_spread_first() {
        let document = document();
        let (_, _, set) = definitions(&document).next().expect("an operation");
        let fields = fields_of(set, None, &document.fragments).map(|(ty, field)| (ty, field.node.name.node.as_str()));
        let query = Some("Query");
        assert_eq!(
            fields.collect::<Vec<_>>(),
            [(None, "a"), (query, "f"), (query, "h"), (Some("C"), "c"), (None, "e")]
        );
    }

    #[test]
    fn selections_come_in_the_order_of_the_text() {
        let document = document();
        let names = definitions(&document).map(|(_, _, set)| {
            let names = selections_below(set).map(|item| match &item.node {
                Selection::Field(field) => field.node.name.node.to_string(),
                Selection::InlineFragment(_) => "...".to_owned(),
                Selection::FragmentSpread(spread) => format!("...{}", spread.node.fragment_name.node),
            });
            names.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(names.collect::<Vec<_>>(), ["a b ...F ... c d ...F ...Missing e", "f g ... h ...F"]);
    }

    #[test]
    fn a_field_that_is_dropped_takes_those_below_with_it() {
        let mut document = document();
        let fragment = document.fragments.get_mut("F").expect("a fragment");
        retain_fields(&mut fragment.node.selection_set.node, &mut |field| field.name.node != "f");
        let left = definitions(&document).last().map(|(_, _, set)| selections_below(set).count());
        assert_eq!(left, Some(3));
    }
}
