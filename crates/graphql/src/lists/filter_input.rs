//! Filters as they are given: the input object of the schema, and its values.

use std::{any::type_name, borrow::Cow};

use async_graphql::{
    InputType, InputValueError, InputValueResult, Name, Value,
    indexmap::IndexMap,
    registry::{MetaType, MetaTypeId, Registry},
};
use domain::Existence;

use crate::{
    definition::argument::Argument,
    lists::filter_type::{ConditionType, Given, filter_type},
    objects::{noun::NounType, word::Word},
};

/// A filter of a noun's lists, as it is given.
pub(crate) struct FilterInput<N: NounType> {
    pub(crate) and: Option<Vec<Self>>,
    pub(crate) or: Option<Vec<Self>>,
    pub(crate) not: Option<Box<Self>>,
    pub(crate) name_contains: Option<String>,
    pub(crate) existence: Option<Vec<Word<Existence>>>,
    /// What is given to conditions of the table, in its order.
    pub(crate) conditions: Vec<(&'static ConditionType<N>, Given)>,
    /// What all of it was read from.
    value: Value,
}

impl<N: NounType> FilterInput<N> {
    /// What filters take beside the conditions of the table.
    fn shared_fields() -> [Argument; 5] {
        [
            Argument::new::<Option<Vec<Self>>>(
                "and",
                "All of these are true. At most 20, and 5 combinations deep; a filter has at most 100 conditions in all.",
            ),
            Argument::new::<Option<Vec<Self>>>(
                "or",
                "One of these is true. At most 20, and 5 combinations deep; a filter has at most 100 conditions in all.",
            ),
            Argument::new::<Option<Self>>(
                "not",
                "This is not true on record; what no source states counts as not true.",
            ),
            Argument::new::<Option<String>>(
                "nameContains",
                "A name of it on record, official or alias, in any language, contains all words of this text: at least two letters or digits, or one Han character, and at most 100 characters. Compared as by `search`.",
            ),
            Argument::new::<Option<Vec<Word<Existence>>>>(
                "existence",
                "On the view's day its existence is one of these.",
            ),
        ]
    }
}

impl<N: NounType> InputType for FilterInput<N> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Cow::Owned(format!("{}Filter", N::NAME))
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let filter = filter_type::<N>();
        registry.create_input_type::<Self, _>(MetaTypeId::InputObject, |registry| {
            let shared = Self::shared_fields();
            let fields = shared.iter().chain(filter.conditions.iter().map(|condition| &condition.argument));
            MetaType::InputObject {
                name: Self::type_name().into_owned(),
                description: Some(filter.description.to_owned()),
                input_fields: fields.map(|field| (field.name.to_owned(), field.register(registry))).collect(),
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                rust_typename: Some(type_name::<Self>()),
                oneof: false,
                directive_invocations: Vec::new(),
            }
        })
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let given = match value.unwrap_or_default() {
            Value::Object(given) => given,
            other => return Err(InputValueError::expected_type(other)),
        };
        Ok(FilterInput {
            and: read_field(&given, "and")?,
            or: read_field(&given, "or")?,
            not: read_field(&given, "not")?,
            name_contains: read_field(&given, "nameContains")?,
            existence: read_field(&given, "existence")?,
            conditions: read_conditions(&given)?,
            value: Value::Object(given),
        })
    }

    fn to_value(&self) -> Value {
        self.value.clone()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// The fields of an input object that are given.
type GivenFields = IndexMap<Name, Value>;

/// What is read of a filter.
pub(crate) type ReadResult<V, N> = Result<V, InputValueError<FilterInput<N>>>;

fn read_field<A: InputType, N: NounType>(given: &GivenFields, name: &str) -> ReadResult<A, N> {
    A::parse(given.get(name).cloned()).map_err(InputValueError::propagate)
}

fn read_conditions<N: NounType>(given: &GivenFields) -> ReadResult<Vec<(&'static ConditionType<N>, Given)>, N> {
    let mut conditions = Vec::new();
    for condition in &filter_type::<N>().conditions {
        let given = (condition.read)(given.get(condition.argument.name).cloned())?;
        conditions.extend(given.map(|given| (condition, given)));
    }
    Ok(conditions)
}
