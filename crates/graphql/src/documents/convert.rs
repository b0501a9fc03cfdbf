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
    /// Those of a text.
    pub(crate) fn of(text: &'a str) -> Self {
        Positions { text, offset: 0, at: START }
    }

    /// Where an offset in bytes is.
    pub(crate) fn at(&mut self, offset: usize) -> Pos {
        if offset < self.offset {
            *self = Positions::of(self.text);
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
    pub(crate) fn begin(&mut self, span: Option<SourceSpan>) -> Pos {
        span.map_or(START, |span| self.at(span.offset()))
    }
}

const START: Pos = Pos { line: 1, column: 1 };

/// Converts a parsed document. Definitions that no request may have are left out: the validation refuses them.
pub(crate) fn convert(document: &ast::Document, text: &str) -> ExecutableDocument {
    let mut positions = Positions::of(text);
    let mut anonymous = Vec::new();
    let (mut named, mut fragments) = (HashMap::new(), HashMap::new());
    for definition in &document.definitions {
        match definition {
            ast::Definition::OperationDefinition(definition) => {
                let operation = operation(definition, &mut positions);
                match &definition.name {
                    Some(name) => insert(&mut named, name, operation),
                    None => anonymous.push(operation),
                }
            }
            ast::Definition::FragmentDefinition(definition) => {
                insert(&mut fragments, &definition.name, fragment(definition, &mut positions));
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

/// Keeps what has a name already, too: the limits count all of it, before the validation refuses it.
fn insert<T>(all: &mut HashMap<Name, T>, name: &apollo_compiler::Name, one: T) {
    let name = match all.contains_key(name.as_str()) {
        true => format!("{name} {}", all.len()),
        false => name.to_string(),
    };
    all.insert(Name::new(name), one);
}

fn operation(definition: &Node<ast::OperationDefinition>, at: &mut Positions<'_>) -> Positioned<OperationDefinition> {
    let pos = at.begin(definition.location());
    let operation = OperationDefinition {
        ty: match definition.operation_type {
            ast::OperationType::Query => OperationType::Query,
            ast::OperationType::Mutation => OperationType::Mutation,
            ast::OperationType::Subscription => OperationType::Subscription,
        },
        variable_definitions: definition.variables.iter().map(|it| variable(it, at)).collect(),
        directives: directives(&definition.directives, at),
        selection_set: selections(&definition.selection_set, pos, at),
    };
    Positioned::new(operation, pos)
}

fn fragment(definition: &Node<ast::FragmentDefinition>, at: &mut Positions<'_>) -> Positioned<FragmentDefinition> {
    let pos = at.begin(definition.location());
    let fragment = FragmentDefinition {
        type_condition: condition(&definition.type_condition, at),
        directives: directives(&definition.directives, at),
        selection_set: selections(&definition.selection_set, pos, at),
    };
    Positioned::new(fragment, pos)
}

fn condition(on: &ast::NamedType, at: &mut Positions<'_>) -> Positioned<TypeCondition> {
    let on = name(on, at);
    let pos = on.pos;
    Positioned::new(TypeCondition { on }, pos)
}

fn variable(definition: &Node<ast::VariableDefinition>, at: &mut Positions<'_>) -> Positioned<VariableDefinition> {
    let pos = at.begin(definition.location());
    let variable = VariableDefinition {
        name: name(&definition.name, at),
        var_type: Positioned::new(ty(&definition.ty), at.begin(definition.ty.location())),
        default_value: definition.default_value.as_ref().map(|default| {
            let pos = at.begin(default.location());
            Positioned::new(const_value(default), pos)
        }),
        directives: directives(&definition.directives, at),
    };
    Positioned::new(variable, pos)
}

/// Converts a type.
pub(crate) fn ty(ty: &ast::Type) -> Type {
    let (base, nullable) = match ty {
        ast::Type::Named(name) => (BaseType::Named(Name::new(name)), true),
        ast::Type::NonNullNamed(name) => (BaseType::Named(Name::new(name)), false),
        ast::Type::List(inner) => (BaseType::List(Box::new(self::ty(inner))), true),
        ast::Type::NonNullList(inner) => (BaseType::List(Box::new(self::ty(inner))), false),
    };
    Type { base, nullable }
}

fn directives(directives: &ast::DirectiveList, at: &mut Positions<'_>) -> Vec<Positioned<Directive>> {
    let directive = |it: &Node<ast::Directive>| {
        let pos = at.begin(it.location());
        let directive = Directive { name: name(&it.name, at), arguments: arguments(&it.arguments, at) };
        Positioned::new(directive, pos)
    };
    directives.iter().map(directive).collect()
}

fn arguments(arguments: &[Node<ast::Argument>], at: &mut Positions<'_>) -> Vec<(Positioned<Name>, Positioned<Value>)> {
    let argument = |it: &Node<ast::Argument>| {
        let name = name(&it.name, at);
        let pos = at.begin(it.value.location());
        (name, Positioned::new(value(&it.value), pos))
    };
    arguments.iter().map(argument).collect()
}

fn selections(set: &[ast::Selection], pos: Pos, at: &mut Positions<'_>) -> Positioned<SelectionSet> {
    let items = set.iter().map(|selection| match selection {
        ast::Selection::Field(it) => {
            let pos = at.begin(it.location());
            let field = Field {
                alias: it.alias.as_ref().map(|alias| name(alias, at)),
                name: name(&it.name, at),
                arguments: arguments(&it.arguments, at),
                directives: directives(&it.directives, at),
                selection_set: selections(&it.selection_set, pos, at),
            };
            Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
        }
        ast::Selection::FragmentSpread(it) => {
            let pos = at.begin(it.location());
            let spread = FragmentSpread {
                fragment_name: name(&it.fragment_name, at),
                directives: directives(&it.directives, at),
            };
            Positioned::new(Selection::FragmentSpread(Positioned::new(spread, pos)), pos)
        }
        ast::Selection::InlineFragment(it) => {
            let pos = at.begin(it.location());
            let fragment = InlineFragment {
                type_condition: it.type_condition.as_ref().map(|on| condition(on, at)),
                directives: directives(&it.directives, at),
                selection_set: selections(&it.selection_set, pos, at),
            };
            Positioned::new(Selection::InlineFragment(Positioned::new(fragment, pos)), pos)
        }
    });
    Positioned::new(SelectionSet { items: items.collect() }, pos)
}

fn name(name: &apollo_compiler::Name, at: &mut Positions<'_>) -> Positioned<Name> {
    Positioned::new(Name::new(name), at.begin(name.location()))
}

fn value(value: &ast::Value) -> Value {
    match value {
        ast::Value::Null => Value::Null,
        ast::Value::Enum(name) => Value::Enum(Name::new(name)),
        ast::Value::Variable(name) => Value::Variable(Name::new(name)),
        ast::Value::String(text) => Value::String(text.clone()),
        ast::Value::Float(number) => self::number(number.as_str()),
        ast::Value::Int(number) => self::number(number.as_str()),
        ast::Value::Boolean(is_true) => Value::Boolean(*is_true),
        ast::Value::List(items) => Value::List(items.iter().map(|item| self::value(item)).collect()),
        ast::Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, it)| (Name::new(name), self::value(it))).collect())
        }
    }
}

/// A number; one that is too large to be one remains a text, which is what it is for an `ID`.
fn number(text: &str) -> Value {
    let exact = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
    let float = |text: &str| text.contains(['.', 'e', 'E']).then(|| text.parse().ok().and_then(Number::from_f64));
    match exact.or_else(|| float(text).flatten()) {
        Some(number) => Value::Number(number),
        None => Value::String(text.to_owned()),
    }
}

/// A value without variables; the validation has refused those that have any.
fn const_value(it: &ast::Value) -> ConstValue {
    value(it).into_const().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_the_specification_says() {
        let text = "a\r\nb\rc\né d";
        let mut positions = Positions::of(text);
        let mut found = Vec::new();
        for (offset, c) in text.char_indices().filter(|(_, c)| c.is_alphabetic()) {
            let Pos { line, column } = positions.at(offset);
            found.push((c, line, column));
        }
        assert_eq!(found, [('a', 1, 1), ('b', 2, 1), ('c', 3, 1), ('é', 4, 1), ('d', 4, 3)]);
        assert_eq!(positions.at(3), Pos { line: 2, column: 1 });
        assert_eq!(positions.at(2).line, 1);
    }
}
