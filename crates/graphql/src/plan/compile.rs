//! An operation, compiled into a plan.

use std::sync::Arc;

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, Field as DocumentField, SelectionSet},
};
use async_graphql_value::Value as DocumentValue;

use crate::{
    definition::{
        field::Source,
        object_type::{ObjectType, object_type},
    },
    documents::{schema_types::SchemaTypes, selections::Selected},
    plan::selection::{Condition, Fragments, GiveUp, Run, SelectedField, SelectedValue, Selection, Size},
    schema::Query,
};

/// An operation that reads, compiled.
pub(crate) struct Plan(Selection<Query>);

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plan")
    }
}

/// What stands before the data of an answer.
const DATA: &[u8] = b"{\"data\":";

impl Plan {
    /// Compiles what a query selects at the root; `None` if some of it has no planned form.
    pub(crate) fn compile(
        document: &ExecutableDocument,
        types: &SchemaTypes,
        root: &SelectionSet,
    ) -> Option<Arc<Plan>> {
        let compiler = Compiler { document, types };
        let occurrences = vec![Occurrence { place: 0, conditions: Vec::new(), set: root }];
        compiler.selection(object_type::<Query>(), &occurrences).map(Plan).map(Arc::new)
    }

    /// Answers: the JSON of an answer to the end of its data, and how many fields that carries.
    pub(crate) async fn answer(&self, run: &Run<'_>) -> Result<(Vec<u8>, u64), GiveUp> {
        let root = Query::default();
        let fragments: Fragments = self.0.answer(run, &[&root]).await?;
        let Size { bytes, fields, .. } = fragments.size(0);
        // With room for the brace that ends the answer.
        let mut json = Vec::with_capacity(DATA.len() + bytes + 1);
        json.extend_from_slice(DATA);
        fragments.write(0, &mut json);
        debug_assert_eq!(json.len(), DATA.len() + bytes, "an answer has the size that was reckoned");
        Ok((json, fields))
    }
}

/// What stands in the document around what is compiled.
pub(crate) struct Compiler<'a> {
    document: &'a ExecutableDocument,
    types: &'a SchemaTypes,
}

/// A selection set, and the conditions under which it is there.
pub(crate) struct Occurrence<'a> {
    /// Its place among the fields that are selected of the object, in the order of the document.
    place: usize,
    conditions: Vec<Condition>,
    set: &'a SelectionSet,
}

/// The fields that are answered under one name.
struct Merged<'a> {
    first: &'a DocumentField,
    /// The conditions of each, and what each selects.
    occurrences: Vec<Occurrence<'a>>,
}

impl<'a> Compiler<'a> {
    /// What is selected of objects of a type; `None` if some of it has no planned form.
    pub(crate) fn selection<T: Send + Sync>(
        &self,
        ty: &'static ObjectType<T>,
        sets: &[Occurrence<'a>],
    ) -> Option<Selection<T>> {
        let mut merged = Vec::new();
        let mut places = 0;
        for Occurrence { conditions, set, .. } in sets {
            self.collect(&ty.name, set, conditions, &mut merged, &mut places)?;
        }
        let fields = merged.into_iter().map(|(key, field)| self.field(ty, key, field)).collect::<Option<_>>()?;
        Some(Selection { ty, fields })
    }

    /// Collects the fields of a set in the order in which their names appear first.
    fn collect(
        &self,
        ty: &str,
        set: &'a SelectionSet,
        around: &[Condition],
        merged: &mut Vec<(&'a str, Merged<'a>)>,
        places: &mut usize,
    ) -> Option<()> {
        for item in &set.items {
            let fragment = match Selected::of(&item.node, &self.document.fragments)? {
                Selected::Field(field) => {
                    let field = &field.node;
                    let Some(conditions) = conditions(around, &field.directives)? else { continue };
                    let key = field.response_key().node.as_str();
                    let occurrence = Occurrence { place: *places, conditions, set: &field.selection_set.node };
                    *places += 1;
                    match merged.iter_mut().find(|(of, _)| *of == key) {
                        Some((_, known)) => known.occurrences.push(occurrence),
                        None => merged.push((key, Merged { first: field, occurrences: vec![occurrence] })),
                    }
                    continue;
                }
                Selected::Fragment(fragment) => fragment,
            };
            let Some(conditions) = conditions(around, fragment.directives)? else { continue };
            if fragment.on.is_none_or(|on| self.types.selects(on, ty)) {
                self.collect(ty, fragment.set, &conditions, merged, places)?;
            }
        }
        Some(())
    }

    fn field<T: Send + Sync>(
        &self,
        ty: &'static ObjectType<T>,
        key: &str,
        merged: Merged<'a>,
    ) -> Option<SelectedField<T>> {
        let Merged { first, occurrences } = merged;
        let conditions = occurrences.iter().map(|it| (it.place, it.conditions.clone())).collect();
        let name = first.name.node.as_str();
        if name == "__typename" {
            return Some(SelectedField::new(key, conditions, Vec::new(), SelectedValue::TypeName));
        }
        let field = ty.field(name)?;
        let given = |name: &str| first.get_argument(name).map(|value| value.node.clone());
        let arguments = field.arguments.iter().map(|argument| (argument.name, given(argument.name))).collect();
        let value = match &field.source {
            Source::Leaf(..) | Source::LoadedLeaf(..) => SelectedValue::Leaf(field),
            Source::Objects(objects) => SelectedValue::Objects(field, objects.plan(self, &occurrences)?),
        };
        Some(SelectedField::new(key, conditions, arguments, value))
    }
}

/// The conditions of what has these directives; the inner `None` if it is never there. The outer one if there is a directive
/// that is not known here.
fn conditions(around: &[Condition], directives: &[Positioned<Directive>]) -> Option<Option<Vec<Condition>>> {
    let mut all = around.to_vec();
    for Positioned { node: directive, .. } in directives {
        let includes = match directive.name.node.as_str() {
            "include" => true,
            "skip" => false,
            _ => return None,
        };
        match &directive.get_argument("if")?.node {
            DocumentValue::Boolean(holds) if *holds == includes => {}
            DocumentValue::Boolean(_) => return Some(None),
            DocumentValue::Variable(variable) => {
                all.push(Condition { variable: Name::new(variable), holds: includes });
            }
            _ => return None,
        }
    }
    Some(Some(all))
}
