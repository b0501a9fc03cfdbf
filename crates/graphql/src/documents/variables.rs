//! The values of variables, coerced as the specification says.
//!
//! apollo-compiler coerces them as well, but says neither which variable is wrong, nor where within it, nor more than
//! one fault.

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

use crate::execution::error::refusal;

/// How many faults are told.
const MOST_FAULTS: usize = 50;

/// What an operation's variables hold.
#[derive(Debug, Default)]
pub(crate) struct Coerced {
    /// The values of those that were given or have a default.
    pub(crate) values: Variables,
    /// Those that were not given and have no default: where they stand, it is as if nothing stood there.
    pub(crate) absent: HashSet<Name>,
}

/// Coerces what a request has given for an operation's variables.
///
/// # Errors
/// What is wrong with the values.
pub(crate) fn coerce(
    schema: &Schema,
    operation: &OperationDefinition,
    given: &Variables,
) -> Result<Coerced, Vec<ServerError>> {
    let mut coerced = Coerced::default();
    let mut faults = Vec::new();
    for definition in &operation.variable_definitions {
        let VariableDefinition { name, var_type, default_value, .. } = &definition.node;
        let mut coercion = Coercion { schema, definition, faults: &mut faults };
        match (given.get(&name.node), default_value) {
            (Some(value), _) => {
                let value = coercion.value(value, &var_type.node, &Place::Variable(&name.node));
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
                coercion.fault(problem);
            }
        }
    }
    if faults.is_empty() { Ok(coerced) } else { Err(faults) }
}

/// A place within a variable.
enum Place<'a> {
    Variable(&'a Name),
    Field(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Variable(name) => write!(f, "${name}"),
            Place::Field(above, name) => write!(f, "{above}.{name}"),
            Place::Item(above, n) => write!(f, "{above}.{n}"),
        }
    }
}

/// The coercion of one variable.
struct Coercion<'a> {
    schema: &'a Schema,
    definition: &'a Positioned<VariableDefinition>,
    faults: &'a mut Vec<ServerError>,
}

impl Coercion<'_> {
    fn fault(&mut self, problem: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(refusal("GRAPHQL_VALIDATION_FAILED", problem, Some(self.definition.pos)));
        }
    }

    /// Coerces a value to a type. A fault is told, and the value stands for itself.
    fn value(&mut self, value: &ConstValue, ty: &Type, place: &Place<'_>) -> ConstValue {
        match (&ty.base, value) {
            (_, ConstValue::Null) => {
                if !ty.nullable {
                    self.fault(format!("`{place}` is null, and a `{ty}` is expected"));
                }
                ConstValue::Null
            }
            (BaseType::List(item), ConstValue::List(values)) => {
                let values = values.iter().enumerate();
                ConstValue::List(values.map(|(n, value)| self.value(value, item, &Place::Item(place, n))).collect())
            }
            (BaseType::List(item), one) => ConstValue::List(vec![self.value(one, item, place)]),
            (BaseType::Named(name), value) => match self.schema.types.get(name.as_str()) {
                Some(ExtendedType::Scalar(scalar)) => self.scalar(value, scalar, place),
                Some(ExtendedType::Enum(ty)) => self.variant(value, ty, place),
                Some(ExtendedType::InputObject(input)) => self.object(value, input, place),
                // The validation has refused variables of any other type.
                _ => value.clone(),
            },
        }
    }

    fn scalar(&mut self, value: &ConstValue, scalar: &ScalarType, place: &Place<'_>) -> ConstValue {
        let coerced = match (scalar.name.as_str(), value) {
            ("Int", ConstValue::Number(number)) => {
                integer(number).filter(|it| i32::try_from(*it).is_ok()).map(ConstValue::from)
            }
            ("Float", ConstValue::Number(_)) | ("Boolean", ConstValue::Boolean(_)) => Some(value.clone()),
            ("String" | "ID", ConstValue::String(_)) => Some(value.clone()),
            ("ID", ConstValue::Number(number)) => {
                let whole =
                    integer(number).map(|it| it.to_string()).or_else(|| number.as_u64().map(|it| it.to_string()));
                whole.map(ConstValue::String)
            }
            ("Int" | "Float" | "Boolean" | "String" | "ID", _) => None,
            // What a scalar of ours takes, the scalar says, at the field that it is given to.
            _ => Some(value.clone()),
        };
        coerced.unwrap_or_else(|| self.misfit(value, &scalar.name, place))
    }

    fn variant(&mut self, value: &ConstValue, ty: &EnumType, place: &Place<'_>) -> ConstValue {
        match value {
            ConstValue::String(text) if ty.values.contains_key(text.as_str()) => value.clone(),
            ConstValue::String(text) if is_name(text) => {
                self.fault(format!("`{place}` is `{text}`, which is no value of `{}`", ty.name));
                value.clone()
            }
            _ => self.misfit(value, &ty.name, place),
        }
    }

    fn object(&mut self, value: &ConstValue, input: &InputObjectType, place: &Place<'_>) -> ConstValue {
        let ConstValue::Object(given) = value else { return self.misfit(value, &input.name, place) };
        for name in given.keys().filter(|name| !input.fields.contains_key(name.as_str())) {
            let problem = match is_name(name) {
                true => format!("`{place}` has a field `{name}`, and `{}` has none of that name", input.name),
                false => format!("`{place}` has a field that `{}` has not", input.name),
            };
            self.fault(problem);
        }
        let mut fields = Vec::new();
        for (name, definition) in &input.fields {
            match given.get(name.as_str()) {
                Some(value) => {
                    let ty = crate::documents::convert::ty(&definition.ty);
                    fields.push((Name::new(name), self.value(value, &ty, &Place::Field(place, name))));
                }
                // Where it has a default, the library knows it.
                None if definition.is_required() => {
                    self.fault(format!("`{place}` needs a field `{name}`, a `{}`", definition.ty));
                }
                None => {}
            }
        }
        ConstValue::Object(fields.into_iter().collect())
    }

    fn misfit(&mut self, value: &ConstValue, ty: &str, place: &Place<'_>) -> ConstValue {
        let is = match value {
            ConstValue::Null => "null",
            ConstValue::Number(number) if ty == "Int" && integer(number).is_some() => "beyond 32 bits",
            ConstValue::Number(_) => "a number",
            ConstValue::String(_) | ConstValue::Binary(_) => "a text",
            ConstValue::Boolean(_) => "true or false",
            ConstValue::Enum(_) => "a name",
            ConstValue::List(_) => "a list",
            ConstValue::Object(_) => "an object",
        };
        self.fault(format!("`{place}` is {is}, and `{ty}` is expected"));
        value.clone()
    }
}

/// The whole number that a number is: 1.0 is one.
fn integer(number: &Number) -> Option<i64> {
    let whole = |float: f64| (float.fract() == 0.0 && float.abs() <= MOST_EXACT).then_some(float);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and exact")]
    number.as_i64().or_else(|| number.as_f64().and_then(whole).map(|it| it as i64))
}

/// Up to here a float has every whole number.
const MOST_EXACT: f64 = 9_007_199_254_740_991.0;

fn is_name(text: &str) -> bool {
    text.len() <= 100 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
