//! The values of variables, coerced as the specification says.
//!
//! apollo-compiler coerces them as well, but says neither which variable is wrong, nor where within it, nor more than
//! one error.

use std::{
    collections::HashSet,
    fmt::{self, Display},
};

use apollo_compiler::{
    Schema,
    schema::{EnumType, ExtendedType, InputObjectType, ScalarType},
};
use async_graphql::{
    Name, Positioned, ServerError, Variables,
    parser::types::{BaseType, OperationDefinition, Type, VariableDefinition},
};
use async_graphql_value::{ConstValue, Number};

use crate::{
    documents::{
        suggestions::{MAX_SUGGESTIONS, nearest_of_type},
        validation::SchemaRules,
    },
    execution::{error::request_error, error_code::ErrorCode},
};

/// How many errors are reported.
const MAX_ERRORS: usize = 50;

/// What an operation's variables hold.
#[derive(Debug, Default)]
pub(crate) struct CoercedVariables {
    /// The values of those that were given or have a default.
    pub(crate) values: Variables,
    /// Those that were not given and have no default: where they stand, it is as if nothing stood there.
    pub(crate) absent: HashSet<Name>,
}

/// Coerces what a request has given for an operation's variables.
///
/// # Errors
/// What is wrong with the values.
pub(crate) fn coerce_variables(
    rules: &SchemaRules,
    operation: &OperationDefinition,
    given: &Variables,
) -> Result<CoercedVariables, Vec<ServerError>> {
    let mut coerced = CoercedVariables::default();
    let mut errors = Vec::new();
    for definition in &operation.variable_definitions {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        let mut coercer = VariableCoercer { rules, definition, errors: &mut errors };
        match (given.get(&name.node), default_value) {
            (Some(value), _) => {
                let value = coercer.coerce_value(value, &var_type.node, &ValuePath::Variable(&name.node));
                coerced.values.insert(name.node.clone(), value);
            }
            (None, Some(default)) => {
                coerced.values.insert(name.node.clone(), default.node.clone());
            }
            (None, None) if var_type.node.nullable => {
                coerced.absent.insert(name.node.clone());
            }
            (None, None) => {
                let problem = format!("the variable `${}` is a `{}`, and has no value", name.node, var_type.node);
                coercer.add_error(problem);
            }
        }
    }
    if errors.is_empty() { Ok(coerced) } else { Err(errors) }
}

/// The variables that an operation is given as texts, such as those of an address: a text is read as its type has it, and
/// one without characters is none. A list is given by several texts, or by one with commas.
///
/// # Errors
/// It has no such variable; whether a value fits is seen when the request is prepared.
pub(crate) fn variables_of_texts(
    schema: &Schema,
    operation: &OperationDefinition,
    texts: &[(String, String)],
) -> Result<Variables, String> {
    let definitions = &operation.variable_definitions;
    let mut given = Variables::default();
    for (name, text) in texts {
        let Some(definition) = definitions.iter().find(|definition| definition.node.name.node == name.as_str()) else {
            let names: Vec<&str> = definitions.iter().map(|definition| definition.node.name.node.as_str()).collect();
            return Err(format!("the query has no variable `{name}`: it has {}", names.join(", ")));
        };
        if text.is_empty() {
            continue;
        }
        let name = definition.node.name.node.clone();
        match &definition.node.var_type.node.base {
            BaseType::Named(ty) => {
                if given.insert(name, read_text(schema, ty, text)).is_some() {
                    return Err(format!("the variable `{}` is given twice", definition.node.name.node));
                }
            }
            BaseType::List(item) => {
                let BaseType::Named(ty) = &item.base else {
                    return Err(format!("the variable `{name}` is a list of lists, and cannot be given as text"));
                };
                let items: Vec<ConstValue> = match schema.types.get(ty.as_str()) {
                    Some(ExtendedType::InputObject(_)) => vec![read_text(schema, ty, text)],
                    _ => text.split(',').map(|one| read_text(schema, ty, one.trim())).collect(),
                };
                match given.entry(name).or_insert_with(|| ConstValue::List(Vec::new())) {
                    ConstValue::List(all) => all.extend(items),
                    other => *other = ConstValue::List(items),
                }
            }
        }
    }
    Ok(given)
}

/// A text as a value of a type; one that does not look like it stays a text, and is refused as that.
fn read_text(schema: &Schema, ty: &Name, text: &str) -> ConstValue {
    let is_json = match schema.types.get(ty.as_str()) {
        Some(ExtendedType::Scalar(scalar)) => matches!(scalar.name.as_str(), "Int" | "Float" | "Boolean"),
        Some(ExtendedType::InputObject(_)) => true,
        _ => false,
    };
    let parsed = is_json.then(|| serde_json::from_str::<ConstValue>(text).ok()).flatten();
    parsed.unwrap_or_else(|| ConstValue::String(text.to_owned()))
}

/// The path of a value within a variable.
enum ValuePath<'a> {
    Variable(&'a Name),
    Field(&'a ValuePath<'a>, &'a str),
    Item(&'a ValuePath<'a>, usize),
}

impl Display for ValuePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValuePath::Variable(name) => write!(f, "${name}"),
            ValuePath::Field(above, name) => write!(f, "{above}.{name}"),
            ValuePath::Item(above, n) => write!(f, "{above}.{n}"),
        }
    }
}

/// Coerces the value of one variable.
struct VariableCoercer<'a> {
    rules: &'a SchemaRules,
    definition: &'a Positioned<VariableDefinition>,
    errors: &'a mut Vec<ServerError>,
}

impl VariableCoercer<'_> {
    fn add_error(&mut self, problem: String) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(request_error(ErrorCode::GraphqlValidationFailed, problem, Some(self.definition.pos)));
        }
    }

    /// Coerces a value to a type. What does not fit is an error, and the value stays as it is.
    fn coerce_value(&mut self, value: &ConstValue, ty: &Type, path: &ValuePath<'_>) -> ConstValue {
        match (&ty.base, value) {
            (_, ConstValue::Null) => {
                if !ty.nullable {
                    self.add_error(format!("`{path}` is null, and a `{ty}` is expected"));
                }
                ConstValue::Null
            }
            (BaseType::List(item), ConstValue::List(values)) => {
                let values = values.iter().enumerate();
                ConstValue::List(
                    values.map(|(n, value)| self.coerce_value(value, item, &ValuePath::Item(path, n))).collect(),
                )
            }
            (BaseType::List(item), one) => ConstValue::List(vec![self.coerce_value(one, item, path)]),
            (BaseType::Named(name), value) => match self.rules.schema.types.get(name.as_str()) {
                Some(ExtendedType::Scalar(scalar)) => self.coerce_scalar(value, scalar, path),
                Some(ExtendedType::Enum(ty)) => self.coerce_enum(value, ty, path),
                Some(ExtendedType::InputObject(input)) => self.coerce_object(value, input, path),
                // The validation has refused variables of any other type.
                _ => value.clone(),
            },
        }
    }

    fn coerce_scalar(&mut self, value: &ConstValue, scalar: &ScalarType, path: &ValuePath<'_>) -> ConstValue {
        let coerced = match (scalar.name.as_str(), value) {
            ("Int", ConstValue::Number(number)) => {
                as_integer(number).filter(|it| i32::try_from(*it).is_ok()).map(ConstValue::from)
            }
            ("Float", ConstValue::Number(_)) | ("Boolean", ConstValue::Boolean(_)) => Some(value.clone()),
            ("String" | "ID", ConstValue::String(_)) => Some(value.clone()),
            ("ID", ConstValue::Number(number)) => {
                let whole =
                    as_integer(number).map(|it| it.to_string()).or_else(|| number.as_u64().map(|it| it.to_string()));
                whole.map(ConstValue::String)
            }
            ("Int" | "Float" | "Boolean" | "String" | "ID", _) => None,
            // What a scalar of ours takes, the scalar says, at the field that it is given to.
            _ => Some(value.clone()),
        };
        coerced.unwrap_or_else(|| self.add_type_mismatch(value, &scalar.name, path))
    }

    /// The problem with a name that a type does not have, and the one that it may have meant.
    fn with_suggestion(&self, problem: String, ty: &str, name: &str) -> String {
        let suggests = self.rules.suggests && self.errors.len() < MAX_SUGGESTIONS;
        match suggests.then(|| nearest_of_type(&self.rules.schema, ty, name)).flatten() {
            Some(nearest) => format!("{problem}. Did you mean `{nearest}`?"),
            None => problem,
        }
    }

    fn coerce_enum(&mut self, value: &ConstValue, ty: &EnumType, path: &ValuePath<'_>) -> ConstValue {
        match value {
            ConstValue::String(text) if ty.values.contains_key(text.as_str()) => value.clone(),
            ConstValue::String(text) if is_name(text) => {
                let problem = format!("`{path}` is `{text}`, which is no value of `{}`", ty.name);
                self.add_error(self.with_suggestion(problem, &ty.name, text));
                value.clone()
            }
            _ => self.add_type_mismatch(value, &ty.name, path),
        }
    }

    fn coerce_object(&mut self, value: &ConstValue, input: &InputObjectType, path: &ValuePath<'_>) -> ConstValue {
        let ConstValue::Object(given) = value else { return self.add_type_mismatch(value, &input.name, path) };
        for name in given.keys().filter(|name| !input.fields.contains_key(name.as_str())) {
            let problem = match is_name(name) {
                true => {
                    let problem = format!("`{path}` has a field `{name}`, and `{}` has none of that name", input.name);
                    self.with_suggestion(problem, &input.name, name)
                }
                false => format!("`{path}` has a field that `{}` has not", input.name),
            };
            self.add_error(problem);
        }
        let mut fields = Vec::new();
        for (name, definition) in &input.fields {
            match given.get(name.as_str()) {
                Some(value) => {
                    let ty = crate::documents::convert::convert_type(&definition.ty);
                    fields.push((Name::new(name), self.coerce_value(value, &ty, &ValuePath::Field(path, name))));
                }
                // Where it has a default, the library knows it.
                None if definition.is_required() => {
                    self.add_error(format!("`{path}` needs a field `{name}`, a `{}`", definition.ty));
                }
                None => {}
            }
        }
        ConstValue::Object(fields.into_iter().collect())
    }

    fn add_type_mismatch(&mut self, value: &ConstValue, ty: &str, path: &ValuePath<'_>) -> ConstValue {
        let is = match value {
            ConstValue::Null => "null",
            ConstValue::Number(number) if ty == "Int" && as_integer(number).is_some() => "beyond 32 bits",
            ConstValue::Number(_) => "a number",
            ConstValue::String(_) | ConstValue::Binary(_) => "a text",
            ConstValue::Boolean(_) => "true or false",
            ConstValue::Enum(_) => "a name",
            ConstValue::List(_) => "a list",
            ConstValue::Object(_) => "an object",
        };
        self.add_error(format!("`{path}` is {is}, and `{ty}` is expected"));
        value.clone()
    }
}

/// The whole number that a number is: 1.0 is one.
fn as_integer(number: &Number) -> Option<i64> {
    let whole = |float: f64| (float.fract() == 0.0 && float.abs() <= MAX_EXACT_INTEGER).then_some(float);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and exact")]
    number.as_i64().or_else(|| number.as_f64().and_then(whole).map(|it| it as i64))
}

/// Up to here a float has every whole number.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_991.0;

fn is_name(text: &str) -> bool {
    text.len() <= 100 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
