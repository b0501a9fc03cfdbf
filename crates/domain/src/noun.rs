//! What all nouns share: an identity, a slug, names, and when they hold.

use chrono::NaiveDate;

use crate::{
    id::{AnyId, Identified},
    lifetime::{Existence, Lifetime},
    location::{Circle, Rectangle},
    texts::Texts,
};

/// What every noun has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its identity.
    pub id: i64,
    /// The identity of the fact by which it is seen: that of its period, if it has several.
    pub fact: i64,
    /// The word people use for it in addresses and files.
    pub slug: String,
    /// Its official names.
    pub names: Texts,
    /// When it is on the map, and since when it is known.
    pub time: Lifetime,
}

/// A thing with an identity of its own, which people look up and walk between.
pub trait Noun: Identified + Send + Sync + 'static {
    /// What it shares with all nouns.
    fn head(&self) -> &Head;
}

/// Declares that a type is a noun of a kind.
macro_rules! noun {
    ($name:ident) => {
        impl crate::id::Identified for $name {
            const KIND: crate::id::Kind = crate::id::Kind::$name;
        }

        impl crate::noun::Noun for $name {
            fn head(&self) -> &crate::noun::Head {
                &self.head
            }
        }
    };
}
pub(crate) use noun;

/// What narrows a list of nouns: conditions of one kind, combined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// All of these hold.
    pub all: Vec<Filter>,
    /// One of these holds; empty says nothing.
    pub any: Vec<Filter>,
    /// This does not hold.
    pub not: Option<Box<Filter>>,
    /// On the view's day its existence is one of these.
    pub existence: Option<Vec<Existence>>,
    /// An official name or an alias, in any language, contains all of these words, folded loosely, with spaces between them.
    pub name_contains: Option<String>,
    /// The noun's own conditions; all of them hold.
    pub conditions: Vec<Condition>,
    /// Conditions on the tie that leads to the noun, each on a column of it or, where nouns of any kind are listed, on the
    /// `kind` of the noun or the `source` that is cited; all of them hold.
    pub tie: Vec<Condition>,
}

/// A condition on one property of a noun.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Condition {
    /// The property: a column of the noun's shape (a reference without its `_id`), or one that the store computes.
    pub property: &'static str,
    /// What it is to be.
    pub value: ConditionValue,
}

/// What a property is to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ConditionValue {
    /// One of these words of its vocabulary; the empty one stands for "no source states it".
    Words(Vec<&'static str>),
    /// This noun.
    Noun(AnyId),
    /// This text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// Nothing: no source states one.
    Unstated,
    /// A date all of whose days are before this one.
    Before(NaiveDate),
    /// A date all of whose days are after this one.
    After(NaiveDate),
    /// A number that is as great, or greater.
    AtLeast(i64),
    /// This code, of this register or, where none is named, of any.
    Code {
        /// The code.
        value: String,
        /// The register.
        scheme: Option<String>,
    },
    /// A place in this circle.
    Near(Circle),
    /// A place in this rectangle.
    Within(Rectangle),
}

/// By how many dimensions a client can have something counted.
pub const MAX_GIVEN_DIMENSIONS: usize = 3;
/// The property of a noun that on the view's day it is known or assumed to exist.
pub const EXISTENCE: &str = "existence";
/// The property of a noun that a source says of a list of it that it is not complete.
pub const HAS_OPEN_LIST: &str = "has_open_list";
/// The property of a noun that it stands near a point.
pub const NEAR: &str = "near";
/// The property of a noun that it stands in a rectangle.
pub const WITHIN: &str = "within";
/// The property of a noun that somebody says where it stands.
pub const HAS_LOCATION: &str = "has_location";

impl Filter {
    /// The circle from whose center distances are: that of the filter itself, and of none of its parts.
    #[must_use]
    pub fn near(&self) -> Option<&Circle> {
        self.conditions.iter().find_map(|condition| match &condition.value {
            ConditionValue::Near(circle) => Some(circle),
            _ => None,
        })
    }

    /// The filter that finds what this one would if it did not ask where something stands, and has no place.
    #[must_use]
    pub fn without_location(&self) -> Filter {
        let mut filter = self.clone();
        filter.conditions.retain(|condition| ![NEAR, WITHIN].contains(&condition.property));
        filter.conditions.push(Condition { property: HAS_LOCATION, value: ConditionValue::Flag(false) });
        filter
    }
}
