//! What apollo-compiler 1.33 leaves open of the specification's rules.
//!
//! - All Variable Usages Are Allowed: variables within lists and objects, and variables whose default is null.
//! - All Variable Uses Defined: variables within an object that stands for a scalar.
//! - Input Object Field Uniqueness.
//! - Field Selection Merging: lists as arguments of which one is longer than the other.
//!
//! Each goes when the library closes it; a test holds the library and this together against graphql-js.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node, Schema,
    ast::{self, Argument, DirectiveList, InputValueDefinition, Type, Value, VariableDefinition},
    diagnostic::ToCliReport,
    executable::{Selection, SelectionSet},
    parser::SourceSpan,
    schema::ExtendedType,
    validation::Valid,
};

use crate::documents::validation::Fault;

/// Finds what the library leaves open in a document that it finds valid.
pub(crate) fn find(document: &ast::Document, executable: &ExecutableDocument, schema: &Valid<Schema>) -> Vec<Fault> {
    let mut usages = Usages { executable, schema, variables: &[], seen: HashSet::new(), faults: Vec::new() };
    for operation in executable.operations.iter() {
        usages.variables = &operation.variables;
        usages.seen.clear();
        for variable in &operation.variables {
            usages.directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                usages.value(default, Some(&variable.ty), false);
            }
        }
        usages.directives(&operation.directives);
        usages.selections(&operation.selection_set);
    }
    let mut faults = usages.faults;
    // A fragment is reached from many operations.
    let mut told = HashSet::new();
    faults.retain(|fault| told.insert((fault.at, fault.problem.clone())));
    if faults.is_empty() {
        faults = longer_lists(document, schema);
    }
    faults
}

/// Where variables and objects are used.
struct Usages<'a> {
    executable: &'a ExecutableDocument,
    schema: &'a Schema,
    variables: &'a [Node<VariableDefinition>],
    /// The fragments that the operation has spread.
    seen: HashSet<&'a Name>,
    faults: Vec<Fault>,
}

impl<'a> Usages<'a> {
    fn selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.arguments(&field.arguments, &field.definition.arguments);
                    self.selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    if self.seen.insert(&spread.fragment_name)
                        && let Some(fragment) = self.executable.fragments.get(&spread.fragment_name)
                    {
                        self.directives(&fragment.directives);
                        self.selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn arguments(&mut self, arguments: &'a [Node<Argument>], definitions: &'a [Node<InputValueDefinition>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|it| it.name == argument.name) {
                self.value(&argument.value, Some(&definition.ty), definition.default_value.is_some());
            }
        }
    }

    /// Looks at a value at a place that wants a type, if it is known, and that has a default or none.
    fn value(&mut self, value: &'a Node<Value>, wanted: Option<&'a Type>, has_default: bool) {
        match value.as_ref() {
            Value::Variable(name) => match self.variables.iter().find(|it| it.name == *name) {
                Some(variable) => {
                    if let Some(wanted) = wanted
                        && !is_allowed(variable, wanted, has_default)
                    {
                        let ty = &variable.ty;
                        let problem = format!("the variable `${name}` is a `{ty}`, and a `{wanted}` is expected here");
                        self.fault(problem, value.location());
                    }
                }
                None => self.fault(format!("variable `${name}` is not defined"), value.location()),
            },
            Value::List(items) => {
                let wanted = wanted.map(|wanted| if wanted.is_list() { wanted.item_type() } else { wanted });
                items.iter().for_each(|item| self.value(item, wanted, false));
            }
            Value::Object(fields) => {
                let input = wanted.and_then(|wanted| match self.schema.types.get(wanted.inner_named_type())? {
                    ExtendedType::InputObject(input) => Some(input),
                    _ => None,
                });
                let mut names = HashSet::new();
                for (name, value) in fields {
                    if !names.insert(name) {
                        self.fault(format!("the field `{name}` is given twice"), name.location());
                    }
                    let definition = input.and_then(|input| input.fields.get(name));
                    let has_default = definition.is_some_and(|it| it.default_value.is_some());
                    self.value(value, definition.map(|it| &*it.ty), has_default);
                }
            }
            _ => {}
        }
    }

    fn fault(&mut self, problem: String, at: Option<SourceSpan>) {
        self.faults.push(Fault { problem, at });
    }
}

/// `IsVariableUsageAllowed` of the specification.
fn is_allowed(variable: &VariableDefinition, wanted: &Type, has_default: bool) -> bool {
    if !wanted.is_non_null() || variable.ty.is_non_null() {
        return variable.ty.is_assignable_to(wanted);
    }
    let is_never_null = has_default || variable.default_value.as_ref().is_some_and(|default| !default.is_null());
    is_never_null && variable.ty.is_assignable_to(&wanted.clone().nullable())
}

/// Fields that answer under one name with lists of different lengths for an argument.
///
/// The library compares as many items as the shorter list has. With a last item that no other equals, the shorter
/// differs from the longer; what else is wrong with such a document is of no interest.
fn longer_lists(document: &ast::Document, schema: &Valid<Schema>) -> Vec<Fault> {
    let mut marked = document.clone();
    let mut lengths = HashSet::new();
    for definition in &mut marked.definitions {
        match definition {
            ast::Definition::OperationDefinition(it) => mark(&mut it.make_mut().selection_set, &mut lengths),
            ast::Definition::FragmentDefinition(it) => mark(&mut it.make_mut().selection_set, &mut lengths),
            _ => {}
        }
    }
    if lengths.len() < 2 {
        return Vec::new();
    }
    let Err(invalid) = marked.to_executable_validate(schema) else { return Vec::new() };
    let told = invalid.errors.iter().map(|it| Fault { problem: it.error.to_string(), at: it.error.location() });
    told.filter(|fault| fault.problem.starts_with("operation must not provide conflicting field arguments")).collect()
}

fn mark(set: &mut [ast::Selection], lengths: &mut HashSet<usize>) {
    for selection in set {
        match selection {
            ast::Selection::Field(field) => {
                let has_lists = field.arguments.iter().any(|it| has_list(&it.value));
                let field = field.make_mut();
                if has_lists {
                    field.arguments.iter_mut().for_each(|it| mark_value(&mut it.make_mut().value, lengths));
                }
                mark(&mut field.selection_set, lengths);
            }
            ast::Selection::InlineFragment(it) => mark(&mut it.make_mut().selection_set, lengths),
            ast::Selection::FragmentSpread(_) => {}
        }
    }
}

fn has_list(value: &Value) -> bool {
    match value {
        Value::List(_) => true,
        Value::Object(fields) => fields.iter().any(|(_, value)| has_list(value)),
        _ => false,
    }
}

fn mark_value(value: &mut Node<Value>, lengths: &mut HashSet<usize>) {
    match value.make_mut() {
        Value::List(items) => {
            lengths.insert(items.len());
            items.iter_mut().for_each(|item| mark_value(item, lengths));
            // No document has this name, since its author would have to guess it.
            items.push(Node::new(Value::Enum(apollo_compiler::name!("__END_OF_LIST__"))));
        }
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| mark_value(value, lengths)),
        _ => {}
    }
}
