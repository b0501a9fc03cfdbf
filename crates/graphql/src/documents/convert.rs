//! From the tree of the library that parses and validates to the tree of the library that executes.

use std::collections::HashMap;

use apollo_compiler::{Node, ast, parser::SourceSpan};
use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{
        BaseType, Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread,
        InlineFragment, OperationDefinition, OperationType, Selection, SelectionSet, Type, TypeCondition,
        VariableDefinition,
    },
};
use async_graphql_value::{ConstValue, Number, Value};

/// Finds lines and columns of offsets in a text. Offsets that grow take one pass over the text together.
pub(crate) struct Positions<'a> {
    text: &'a str,
    offset: usize,
    at: Pos,
}

impl<'a> Positions<'a> {
    /// The positions of a text.
    pub(crate) fn new(text: &'a str) -> Self {
        Positions { text, offset: 0, at: START }
    }

    /// Where an offset in bytes is.
    pub(crate) fn position_of(&mut self, offset: usize) -> Pos {
        if offset < self.offset {
            *self = Positions::new(self.text);
        }
        let mut passed = self.text.get(self.offset..offset).unwrap_or_default().chars().peekable();
        while let Some(c) = passed.next() {
            let is_line_end = match c {
                '\n' => true,
                // The two of them end one line, and the second may be the character that is asked for.
                '\r' => passed.peek().map_or(!self.text[offset..].starts_with('\n'), |next| *next != '\n'),
                _ => false,
            };
            self.at = match is_line_end {
                true => Pos { line: self.at.line + 1, column: 1 },
                false => Pos { column: self.at.column + 1, ..self.at },
            };
        }
        self.offset = offset;
        self.at
    }

    /// Where a part of the text begins.
    pub(crate) fn start_of(&mut self, span: Option<SourceSpan>) -> Pos {
        span.map_or(START, |span| self.position_of(span.offset()))
    }
}

const START: Pos = Pos { line: 1, column: 1 };

/// Converts a parsed document. Definitions that no request may have are left out: the validation refuses them.
pub(crate) fn to_executable(document: &ast::Document, text: &str) -> ExecutableDocument {
    let mut positions = Positions::new(text);
    let mut anonymous = Vec::new();
    let (mut named, mut fragments) = (HashMap::new(), HashMap::new());
    for definition in &document.definitions {
        match definition {
            ast::Definition::OperationDefinition(definition) => {
                let operation = convert_operation(definition, &mut positions);
                match &definition.name {
                    Some(name) => insert_unique(&mut named, name, operation),
                    None => anonymous.push(operation),
                }
            }
            ast::Definition::FragmentDefinition(definition) => {
                insert_unique(&mut fragments, &definition.name, convert_fragment(definition, &mut positions));
            }
            _ => {}
        }
    }
    let operations = match (anonymous.len(), named.is_empty()) {
        (1, true) => DocumentOperations::Single(anonymous.remove(0)),
        _ => {
            let numbered = anonymous.into_iter().enumerate().map(|(n, it)| (Name::new(n.to_string()), it));
            DocumentOperations::Multiple(named.into_iter().chain(numbered).collect())
        }
    };
    ExecutableDocument { operations, fragments }
}

/// Inserts under another name what has a name already: the limits count all of it, before the validation refuses it.
fn insert_unique<T>(all: &mut HashMap<Name, T>, name: &apollo_compiler::Name, one: T) {
    let name = match all.contains_key(name.as_str()) {
        true => format!("{name} {}", all.len()),
        false => name.to_string(),
    };
    all.insert(Name::new(name), one);
}

fn convert_operation(
    definition: &Node<ast::OperationDefinition>,
    at: &mut Positions<'_>,
) -> Positioned<OperationDefinition> {
    let pos = at.start_of(definition.location());
    let operation = OperationDefinition {
        ty: match definition.operation_type {
            ast::OperationType::Query => OperationType::Query,
            ast::OperationType::Mutation => OperationType::Mutation,
            ast::OperationType::Subscription => OperationType::Subscription,
        },
        variable_definitions: definition.variables.iter().map(|it| convert_variable(it, at)).collect(),
        directives: convert_directives(&definition.directives, at),
        selection_set: convert_selections(&definition.selection_set, pos, at),
    };
    Positioned::new(operation, pos)
}

fn convert_fragment(
    definition: &Node<ast::FragmentDefinition>,
    at: &mut Positions<'_>,
) -> Positioned<FragmentDefinition> {
    let pos = at.start_of(definition.location());
    let fragment = FragmentDefinition {
        type_condition: convert_condition(&definition.type_condition, at),
        directives: convert_directives(&definition.directives, at),
        selection_set: convert_selections(&definition.selection_set, pos, at),
    };
    Positioned::new(fragment, pos)
}

fn convert_condition(on: &ast::NamedType, at: &mut Positions<'_>) -> Positioned<TypeCondition> {
    let on = convert_name(on, at);
    let pos = on.pos;
    Positioned::new(TypeCondition { on }, pos)
}

fn convert_variable(
    definition: &Node<ast::VariableDefinition>,
    at: &mut Positions<'_>,
) -> Positioned<VariableDefinition> {
    let pos = at.start_of(definition.location());
    let variable = VariableDefinition {
        name: convert_name(&definition.name, at),
        var_type: Positioned::new(convert_type(&definition.ty), at.start_of(definition.ty.location())),
        default_value: definition.default_value.as_ref().map(|default| {
            let pos = at.start_of(default.location());
            Positioned::new(const_value(default), pos)
        }),
        directives: convert_directives(&definition.directives, at),
    };
    Positioned::new(variable, pos)
}

/// Converts a type.
pub(crate) fn convert_type(ty: &ast::Type) -> Type {
    let (base, nullable) = match ty {
        ast::Type::Named(name) => (BaseType::Named(Name::new(name)), true),
        ast::Type::NonNullNamed(name) => (BaseType::Named(Name::new(name)), false),
        ast::Type::List(inner) => (BaseType::List(Box::new(self::convert_type(inner))), true),
        ast::Type::NonNullList(inner) => (BaseType::List(Box::new(self::convert_type(inner))), false),
    };
    Type { base, nullable }
}

fn convert_directives(directives: &ast::DirectiveList, at: &mut Positions<'_>) -> Vec<Positioned<Directive>> {
    let directive = |it: &Node<ast::Directive>| {
        let pos = at.start_of(it.location());
        let directive = Directive { name: convert_name(&it.name, at), arguments: convert_arguments(&it.arguments, at) };
        Positioned::new(directive, pos)
    };
    directives.iter().map(directive).collect()
}

fn convert_arguments(
    arguments: &[Node<ast::Argument>],
    at: &mut Positions<'_>,
) -> Vec<(Positioned<Name>, Positioned<Value>)> {
    let argument = |it: &Node<ast::Argument>| {
        let name = convert_name(&it.name, at);
        let pos = at.start_of(it.value.location());
        (name, Positioned::new(convert_value(&it.value), pos))
    };
    arguments.iter().map(argument).collect()
}

fn convert_selections(set: &[ast::Selection], pos: Pos, at: &mut Positions<'_>) -> Positioned<SelectionSet> {
    let items = set.iter().map(|selection| match selection {
        ast::Selection::Field(it) => {
            let pos = at.start_of(it.location());
            let field = Field {
                alias: it.alias.as_ref().map(|alias| convert_name(alias, at)),
                name: convert_name(&it.name, at),
                arguments: convert_arguments(&it.arguments, at),
                directives: convert_directives(&it.directives, at),
                selection_set: convert_selections(&it.selection_set, pos, at),
            };
            Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
        }
        ast::Selection::FragmentSpread(it) => {
            let pos = at.start_of(it.location());
            let spread = FragmentSpread {
                fragment_name: convert_name(&it.fragment_name, at),
                directives: convert_directives(&it.directives, at),
            };
            Positioned::new(Selection::FragmentSpread(Positioned::new(spread, pos)), pos)
        }
        ast::Selection::InlineFragment(it) => {
            let pos = at.start_of(it.location());
            let fragment = InlineFragment {
                type_condition: it.type_condition.as_ref().map(|on| convert_condition(on, at)),
                directives: convert_directives(&it.directives, at),
                selection_set: convert_selections(&it.selection_set, pos, at),
            };
            Positioned::new(Selection::InlineFragment(Positioned::new(fragment, pos)), pos)
        }
    });
    Positioned::new(SelectionSet { items: items.collect() }, pos)
}

fn convert_name(name: &apollo_compiler::Name, at: &mut Positions<'_>) -> Positioned<Name> {
    Positioned::new(Name::new(name), at.start_of(name.location()))
}

fn convert_value(value: &ast::Value) -> Value {
    match value {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(name) => Value::Enum(Name::new(name)),
        ast::Value::Variable(name) => Value::Variable(Name::new(name)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Float(number) => self::convert_number(number.as_str()),
        ast::Value::Int(number) => self::convert_number(number.as_str()),
        ast::Value::Boolean(is_true) => Value::Boolean(*is_true),
        ast::Value::List(items) => Value::List(items.iter().map(|item| self::convert_value(item)).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, it)| (Name::new(name), self::convert_value(it))).collect())
        }
    }
}

/// A number; one that is too large to be one remains a text, which is what it is for an `ID`.
fn convert_number(text: &str) -> Value {
    let exact = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
    let float = |text: &str| text.contains(['.', 'e', 'E']).then(|| text.parse().ok().and_then(Number::from_f64));
    match exact.or_else(|| float(text).flatten()) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

/// A value without variables; the validation has refused those that have any.
fn const_value(it: &ast::Value) -> ConstValue {
    convert_value(it).into_const().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_the_specification_says() {
        let text = "a\r\nb\rc\né d";
        let mut positions = Positions::new(text);
        let mut found = Vec::new();
        for (offset, c) in text.char_indices().filter(|(_, c)| c.is_alphabetic()) {
            let Pos { line, column } = positions.position_of(offset);
            found.push((c, line, column));
        }
        assert_eq!(found, [('a', 1, 1), ('b', 2, 1), ('c', 3, 1), ('é', 4, 1), ('d', 4, 3)]);
        assert_eq!(positions.position_of(3), Pos { line: 2, column: 1 });
        assert_eq!(positions.position_of(2).line, 1);
    }
}
