//! The arguments of a field: what may be given, and what was.

use std::borrow::Cow;

use async_graphql::{
    Context, InputType, InputValueResult, Pos, ServerResult, Value,
    registry::{MetaInputValue, Registry},
};

/// An argument that a field takes.
#[derive(Clone, Copy)]
pub(crate) struct Argument {
    pub(crate) name: &'static str,
    description: &'static str,
    /// Adds its type to the schema, and gives how it is written.
    register: fn(&mut Registry) -> String,
}

impl Argument {
    /// An argument whose values are read as an `A`.
    pub(crate) fn new<A: InputType>(name: &'static str, description: &'static str) -> Self {
        Argument { name, description, register: A::create_type_info }
    }

    pub(crate) fn register(&self, registry: &mut Registry) -> MetaInputValue {
        MetaInputValue {
            name: self.name.to_owned(),
            description: Some(self.description.to_owned()),
            ty: (self.register)(registry),
            deprecation: Default::default(),
            default_value: None,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            is_secret: false,
            directive_invocations: Vec::new(),
        }
    }
}

/// The arguments that a field was given, with variables in place.
#[derive(Debug, Default)]
pub(crate) struct ArgumentValues(Vec<(&'static str, Option<Value>, Pos)>);

impl ArgumentValues {
    /// These: a name each, with the value that is given, and where.
    pub(crate) fn new(values: Vec<(&'static str, Option<Value>, Pos)>) -> Self {
        ArgumentValues(values)
    }

    /// Those of the field that is resolved.
    pub(crate) fn of_field(arguments: &[Argument], ctx: &Context<'_>) -> ServerResult<Self> {
        let value = |argument: &Argument| {
            let (at, AnyValue(value)) = ctx.param_value::<AnyValue>(argument.name, None)?;
            Ok((argument.name, value, at))
        };
        Ok(ArgumentValues(arguments.iter().map(value).collect::<ServerResult<_>>()?))
    }

    /// The value of an argument.
    ///
    /// # Errors
    /// It cannot be read as an `A`.
    ///
    /// # Panics
    /// The field has no such argument.
    pub(crate) fn get<A: InputType>(&self, name: &str) -> ServerResult<A> {
        let given = self.0.iter().find(|(of, ..)| *of == name);
        let (_, value, at) = given.unwrap_or_else(|| panic!("the field declares no argument `{name}`"));
        A::parse(value.clone()).map_err(|error| error.into_server_error(*at))
    }
}

/// A value of whatever type, as it was given.
struct AnyValue(Option<Value>);

impl InputType for AnyValue {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        "Any".into()
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::type_name().into_owned()
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        Ok(AnyValue(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone().unwrap_or_default()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}
