//! Dimensions of breakdowns as they are given: values of an enum, of which each list has its own.

use std::{any::type_name, borrow::Cow};

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Value,
    registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry},
};
use domain::noun::MAX_GIVEN_DIMENSIONS;

use crate::{execution::error_code::ErrorCode, objects::noun::snake_case};

/// What fields of a row say that stand for dimensions.
pub(crate) const OF_ROW: &str = "What these have in common; null, or `UNKNOWN`, where nothing is on record, and null where `by` does not ask for it.";

/// By what some lists are counted.
pub(crate) trait ListDimension: Send + Sync + Sized + 'static {
    /// What the enum is called.
    fn enum_name() -> String;

    /// All of them.
    fn all() -> &'static [Self];

    /// The field of a row that has its values.
    fn field(&self) -> &'static str;

    /// The description of the value of the enum.
    fn description(&self) -> String;

    /// The value of the enum.
    fn enum_value(&self) -> String {
        snake_case(self.field()).to_ascii_uppercase()
    }
}

/// A dimension, as it is given.
pub(crate) struct DimensionInput<D: 'static>(pub(crate) &'static D);

impl<D: ListDimension> InputType for DimensionInput<D> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Cow::Owned(D::enum_name())
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let value = |dimension: &D| MetaEnumValue {
            name: dimension.enum_value(),
            description: Some(dimension.description()),
            deprecation: Deprecation::NoDeprecated,
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            directive_invocations: Vec::new(),
        };
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: D::enum_name(),
            description: Some("By what a list is counted.".to_owned()),
            enum_values: D::all().iter().map(value).map(|it| (it.name.clone(), it)).collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let value = value.unwrap_or_default();
        let name = match &value {
            Value::Enum(name) => name.as_str(),
            // So do variables come.
            Value::String(text) => text,
            _ => return Err(InputValueError::expected_type(value)),
        };
        let found = D::all().iter().find(|dimension| dimension.enum_value() == name);
        let unknown = || InputValueError::custom(format_args!("`{name}` is none of its values"));
        found.map(DimensionInput).ok_or_else(unknown)
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(self.0.enum_value()))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// The dimensions that are given, as the store takes them: each has a place.
pub(crate) fn parse_dimensions<D: ListDimension, S: Copy, const N: usize>(
    given: &[DimensionInput<D>],
    dimension: fn(&D) -> S,
) -> async_graphql::Result<[Option<S>; N]> {
    const { assert!(N >= MAX_GIVEN_DIMENSIONS) };
    check_dimensions(given, |DimensionInput(dimension)| dimension.enum_value())?;
    let mut dimensions = [None; N];
    for (place, DimensionInput(given)) in dimensions.iter_mut().zip(given) {
        *place = Some(dimension(given));
    }
    Ok(dimensions)
}

/// Checks that there are 1 to 3 dimensions, each once; `name` says what each is called.
pub(crate) fn check_dimensions<D>(given: &[D], name: impl Fn(&D) -> String) -> async_graphql::Result<()> {
    let refuse = |problem: String| Err(ErrorCode::InvalidArgument.with_message(problem));
    if given.is_empty() || given.len() > MAX_GIVEN_DIMENSIONS {
        return refuse(format!("`by` takes 1 to {MAX_GIVEN_DIMENSIONS} dimensions, and {} are given", given.len()));
    }
    let names: Vec<String> = given.iter().map(name).collect();
    match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        Some((_, name)) => refuse(format!("`by` names {name} twice")),
        None => Ok(()),
    }
}
