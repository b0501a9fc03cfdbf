//! Values without fields.

use std::borrow::Cow;

use async_graphql::{ID, Name, Value};
use domain::fact::day_text;

use crate::objects::scalar::Date;

/// A value without fields, or a list of them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Leaf<'a> {
    Null,
    Text(Cow<'a, str>),
    /// A value of an enum.
    Word(Cow<'a, str>),
    Int(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<Leaf<'a>>),
    /// A value of a scalar that is an object in JSON.
    Object(Vec<(&'static str, Leaf<'a>)>),
}

impl Leaf<'_> {
    /// The value as async-graphql has it.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Leaf::Null => Value::Null,
            Leaf::Text(text) => Value::String(text.into_owned()),
            Leaf::Word(word) => Value::Enum(Name::new(word)),
            Leaf::Int(number) => Value::from(number),
            Leaf::Float(number) => Value::from(number),
            Leaf::Boolean(flag) => Value::Boolean(flag),
            Leaf::List(items) => Value::List(items.into_iter().map(Leaf::into_value).collect()),
            Leaf::Object(members) => {
                Value::Object(members.into_iter().map(|(name, leaf)| (Name::new(name), leaf.into_value())).collect())
            }
        }
    }
}

/// What is written as a leaf.
pub(crate) trait IntoLeaf<'a> {
    fn into_leaf(self) -> Leaf<'a>;
}

impl<'a> IntoLeaf<'a> for &'a str {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::Text(Cow::Borrowed(self))
    }
}

impl<'a> IntoLeaf<'a> for String {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::Text(Cow::Owned(self))
    }
}

impl<'a> IntoLeaf<'a> for ID {
    fn into_leaf(self) -> Leaf<'a> {
        self.0.into_leaf()
    }
}

impl<'a> IntoLeaf<'a> for Date {
    fn into_leaf(self) -> Leaf<'a> {
        day_text(self.0).into_leaf()
    }
}

impl<'a> IntoLeaf<'a> for bool {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::Boolean(self)
    }
}

impl<'a> IntoLeaf<'a> for f64 {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::Float(self)
    }
}

impl<'a> IntoLeaf<'a> for i64 {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::Int(self)
    }
}

impl<'a> IntoLeaf<'a> for i32 {
    fn into_leaf(self) -> Leaf<'a> {
        i64::from(self).into_leaf()
    }
}

impl<'a> IntoLeaf<'a> for u8 {
    fn into_leaf(self) -> Leaf<'a> {
        i64::from(self).into_leaf()
    }
}

impl<'a, L: IntoLeaf<'a>> IntoLeaf<'a> for Option<L> {
    fn into_leaf(self) -> Leaf<'a> {
        self.map_or(Leaf::Null, L::into_leaf)
    }
}

impl<'a, L: IntoLeaf<'a>> IntoLeaf<'a> for Vec<L> {
    fn into_leaf(self) -> Leaf<'a> {
        Leaf::List(self.into_iter().map(L::into_leaf).collect())
    }
}
