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

use crate::documents::{selections::change_fields, validation::ValidationError};

/// Finds what the library leaves open in a document that it finds valid.
pub(crate) fn find_errors(
    document: &ast::Document,
    executable: &ExecutableDocument,
    schema: &Valid<Schema>,
) -> Vec<ValidationError> {
    let mut checker = UsageChecker { executable, schema, variables: &[], seen: HashSet::new(), errors: Vec::new() };
    for operation in executable.operations.iter() {
        checker.variables = &operation.variables;
        checker.seen.clear();
        for variable in &operation.variables {
            checker.check_directives(&variable.directives);
            if let Some(default) = &variable.default_value {
                checker.check_value(default, Some(&variable.ty), false);
            }
        }
        checker.check_directives(&operation.directives);
        checker.check_selections(&operation.selection_set);
    }
    let mut errors = checker.errors;
    // A fragment is reached from many operations.
    let mut told = HashSet::new();
    errors.retain(|error| told.insert((error.at, error.problem.clone())));
    if errors.is_empty() {
        errors = find_longer_lists(document, schema);
    }
    errors
}

/// Checks how variables and input objects are used.
struct UsageChecker<'a> {
    executable: &'a ExecutableDocument,
    schema: &'a Schema,
    variables: &'a [Node<VariableDefinition>],
    /// The fragments that the operation has spread.
    seen: HashSet<&'a Name>,
    errors: Vec<ValidationError>,
}

impl<'a> UsageChecker<'a> {
    fn check_selections(&mut self, set: &'a SelectionSet) {
        for selection in &set.selections {
            self.check_directives(selection.directives());
            match selection {
                Selection::Field(field) => {
                    self.check_arguments(&field.arguments, &field.definition.arguments);
                    self.check_selections(&field.selection_set);
                }
                Selection::InlineFragment(fragment) => self.check_selections(&fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    if self.seen.insert(&spread.fragment_name)
                        && let Some(fragment) = self.executable.fragments.get(&spread.fragment_name)
                    {
                        self.check_directives(&fragment.directives);
                        self.check_selections(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn check_directives(&mut self, directives: &'a DirectiveList) {
        for directive in directives.iter() {
            if let Some(definition) = self.schema.directive_definitions.get(&directive.name) {
                self.check_arguments(&directive.arguments, &definition.arguments);
            }
        }
    }

    fn check_arguments(&mut self, arguments: &'a [Node<Argument>], definitions: &'a [Node<InputValueDefinition>]) {
        for argument in arguments {
            if let Some(definition) = definitions.iter().find(|it| it.name == argument.name) {
                self.check_value(&argument.value, Some(&definition.ty), definition.default_value.is_some());
            }
        }
    }

    /// Checks a value where a type is expected, if it is known, and where there is a default or none.
    fn check_value(&mut self, value: &'a Node<Value>, wanted: Option<&'a Type>, has_default: bool) {
        match value.as_ref() {
            Value::Variable(name) => match self.variables.iter().find(|it| it.name == *name) {
                Some(variable) => {
                    if let Some(wanted) = wanted
                        && !is_allowed(variable, wanted, has_default)
                    {
                        let ty = &variable.ty;
                        let problem = format!("the variable `${name}` is a `{ty}`, and a `{wanted}` is expected here");
                        self.add_error(problem, value.location());
                    }
                }
                None => self.add_error(format!("variable `${name}` is not defined"), value.location()),
            },
            Value::List(items) => {
                let wanted = wanted.map(|wanted| if wanted.is_list() { wanted.item_type() } else { wanted });
                items.iter().for_each(|item| self.check_value(item, wanted, false));
            }
            Value::Object(fields) => {
                let input = wanted.and_then(|wanted| match self.schema.types.get(wanted.inner_named_type())? {
                    ExtendedType::InputObject(input) => Some(input),
                    _ => None,
                });
                let mut names = HashSet::new();
                for (name, value) in fields {
                    if !names.insert(name) {
                        self.add_error(format!("the field `{name}` is given twice"), name.location());
                    }
                    let definition = input.and_then(|input| input.fields.get(name));
                    let has_default = definition.is_some_and(|it| it.default_value.is_some());
                    self.check_value(value, definition.map(|it| &*it.ty), has_default);
                }
            }
            _ => {}
        }
    }

    fn add_error(&mut self, problem: String, at: Option<SourceSpan>) {
        self.errors.push(ValidationError { problem, at });
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
fn find_longer_lists(document: &ast::Document, schema: &Valid<Schema>) -> Vec<ValidationError> {
    let mut marked = document.clone();
    let mut lengths = HashSet::new();
    change_fields(&mut marked, &mut |field| {
        if field.arguments.iter().any(|it| has_list(&it.value)) {
            field.arguments.iter_mut().for_each(|it| append_end_mark(&mut it.make_mut().value, &mut lengths));
        }
    });
    if lengths.len() < 2 {
        return Vec::new();
    }
    let Err(invalid) = marked.to_executable_validate(schema) else { return Vec::new() };
    let told =
        invalid.errors.iter().map(|it| ValidationError { problem: it.error.to_string(), at: it.error.location() });
    told.filter(|error| error.problem.starts_with("operation must not provide conflicting field arguments")).collect()
}

fn has_list(value: &Value) -> bool {
    match value {
        Value::List(_) => true,
        Value::Object(fields) => fields.iter().any(|(_, value)| has_list(value)),
        _ => false,
    }
}

fn append_end_mark(value: &mut Node<Value>, lengths: &mut HashSet<usize>) {
    match value.make_mut() {
        Value::List(items) => {
            lengths.insert(items.len());
            items.iter_mut().for_each(|item| append_end_mark(item, lengths));
            // No document has this name, since its author would have to guess it.
            items.push(Node::new(Value::Enum(apollo_compiler::name!("__END_OF_LIST__"))));
        }
        Value::Object(fields) => fields.iter_mut().for_each(|(_, value)| append_end_mark(value, lengths)),
        _ => {}
    }
}
