//! Words of the domain's vocabularies, as enums of the schema.

use std::borrow::Cow;

use async_graphql::{
    ContextSelectionSet, InputType, InputValueError, InputValueResult, Name, OutputType, Positioned, ServerResult,
    Value,
    indexmap::IndexMap,
    parser::types::Field,
    registry::{Deprecation, MetaEnumValue, MetaType, MetaTypeId, Registry},
};
use domain::{Vocabulary, VocabularyValue};

use crate::definition::leaf::{IntoLeaf, Leaf};

/// A word of a vocabulary: a value of the enum that has the vocabulary's name, words and descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word<V>(pub(crate) V);

/// A word as the schema writes it: in capitals, and `UNKNOWN` for the empty one.
pub(crate) fn enum_name(word: &'static str) -> Cow<'static, str> {
    match word {
        "" => Cow::Borrowed("UNKNOWN"),
        _ => Cow::Owned(word.to_ascii_uppercase()),
    }
}

fn enum_value<V>(value: &VocabularyValue<V>) -> MetaEnumValue {
    MetaEnumValue {
        name: enum_name(value.word).into_owned(),
        description: Some(value.description.to_owned()),
        deprecation: Deprecation::NoDeprecated,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        directive_invocations: Vec::new(),
    }
}

impl<V: Vocabulary> InputType for Word<V> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed(V::NAME)
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_input_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: V::NAME.to_owned(),
            description: Some(V::DESCRIPTION.to_owned()),
            enum_values: V::VALUES.iter().map(enum_value).map(|it| (it.name.clone(), it)).collect::<IndexMap<_, _>>(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
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
        let found = V::VALUES.iter().find(|it| enum_name(it.word) == name);
        let unknown = || InputValueError::custom(format_args!("`{name}` is none of its values"));
        found.map(|it| Word(it.value)).ok_or_else(unknown)
    }

    fn to_value(&self) -> Value {
        Value::Enum(Name::new(enum_name(self.0.word())))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<V: Vocabulary> OutputType for Word<V> {
    fn type_name() -> Cow<'static, str> {
        <Self as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Self as InputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(self.to_value())
    }
}

impl<'a, V: Vocabulary> IntoLeaf<'a> for Word<V> {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::Word(enum_name(self.0.word()))
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Pos;
    use domain::{Ownership, Stage};

    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        fn check<V: Vocabulary + std::fmt::Debug>(value: V, name: &str) {
            assert_eq!(Word(value).to_value(), Value::Enum(Name::new(name)));
            assert_eq!(Word::parse(Some(Value::Enum(Name::new(name)))).ok(), Some(Word(value)));
            assert_eq!(Word::parse(Some(Value::from(name))).ok(), Some(Word(value)));
        }
        check(Stage::VocationalSecondary, "VOCATIONAL_SECONDARY");
        check(Ownership::Unknown, "UNKNOWN");
    }

    #[test]
    fn nothing_else_is_a_word() {
        let refusal = |value: Value| {
            Word::<Ownership>::parse(Some(value)).err().map(|error| error.into_server_error(Pos::default()).message)
        };
        for name in ["", "public", "Unknown", "UNSTATED"] {
            let expected = format!("Failed to parse \"Ownership\": `{name}` is none of its values");
            assert_eq!(refusal(Value::from(name)), Some(expected));
        }
        assert_eq!(refusal(Value::from(1)).as_deref(), Some("Expected input type \"Ownership\", found 1."));
    }
}
