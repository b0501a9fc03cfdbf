//! The filter of a noun as a table: the conditions that it takes, each with its name, what it says and what it is given.
//!
//! The input object of the schema, the reading of what is given and the names in the scopes of cursors follow from it.

use async_graphql::{ID, InputType, InputValueError, Value};
use chrono::NaiveDate;
use domain::{
    Kind, Vocabulary,
    noun::{HAS_LOCATION, NEAR},
};

use crate::{
    definition::{argument::Argument, kept::kept},
    lists::{breakdown::DimensionType, filter_input::ReadResult},
    nouns::category::CategoryCodeInput,
    objects::{
        location::{NearInput, WithinInput},
        noun::{NounType, snake_case},
        register_code::CodeInput,
        scalar::Date,
        word::Word,
    },
};

/// What narrows the lists of a noun: a table of conditions.
pub(crate) struct FilterType<N: NounType> {
    pub(crate) description: &'static str,
    pub(crate) conditions: Vec<ConditionType<N>>,
    /// Those by which its lists are counted: what they find, a row of a breakdown has in common.
    pub(crate) dimensions: Vec<DimensionType<N>>,
}

/// A condition that the filter of a noun takes.
pub(crate) struct ConditionType<N: NounType> {
    /// What the schema says of it.
    pub(crate) argument: Argument,
    /// The property of the noun that it is on.
    pub(crate) property: &'static str,
    pub(crate) read: ReadGiven<N>,
}

pub(crate) type ReadGiven<N> = Box<dyn Fn(Option<Value>) -> ReadResult<Option<Given>, N> + Send + Sync>;

/// What is given to a condition.
pub(crate) enum Given {
    /// Words of a vocabulary, of which it is to be one.
    Words(Vec<&'static str>),
    /// A noun of a kind, by id or slug.
    Noun(Kind, ID),
    Text(String),
    Flag(bool),
    /// A day before which all of a date is to be.
    Before(NaiveDate),
    /// A day after which all of a date is to be.
    After(NaiveDate),
    /// A number that it is to reach.
    AtLeast(i64),
    /// A code, of a register or of any.
    Code {
        value: String,
        scheme: Option<String>,
    },
    /// A circle in which it is to stand.
    Near(NearInput),
    /// A rectangle in which it is to stand.
    Within(WithinInput),
}

/// The filter of a noun: described once, and kept.
pub(crate) fn filter_type<N: NounType>() -> &'static FilterType<N> {
    kept(N::filter)
}

/// Whether there is a condition on a property.
pub(crate) fn has_condition<N: NounType>(property: &str) -> bool {
    filter_type::<N>().conditions.iter().any(|condition| condition.property == property)
}

/// The name in the schema of the condition on a property.
pub(crate) fn condition_name<N: NounType>(property: &str) -> &'static str {
    let found = filter_type::<N>().conditions.iter().find(|condition| condition.property == property);
    found.map_or("", |condition| condition.argument.name)
}

/// Whether nouns of a kind have places on earth, so that their lists can be narrowed and ordered by these.
pub(crate) fn has_locations<N: NounType>() -> bool {
    filter_type::<N>().conditions.iter().any(|condition| condition.property == NEAR)
}

impl<N: NounType> FilterType<N> {
    /// A filter with the conditions that all of them take.
    pub(crate) fn new(description: &'static str) -> Self {
        // The condition on existence is one of the input itself, and not of this table.
        let dimensions = vec![DimensionType::existence()];
        FilterType { description, conditions: Vec::new(), dimensions }
            .condition("category", "It is in this category, by id or slug, or in one below it.", |id| {
                Given::Noun(Kind::Category, id)
            })
            .flag("hasOpenList", "Whether a source says of a list of it that it is not complete.")
            .condition(
                "categoryCode",
                "It is in the category that a scheme knows by this code, or in one below it.",
                |CategoryCodeInput { scheme, code }| Given::Code { value: code, scheme: Some(scheme) },
            )
    }

    /// Adds one on a code in an official register.
    pub(crate) fn code(self) -> Self {
        self.condition("code", "It has this code on record.", |CodeInput { value, scheme }| Given::Code {
            value,
            scheme,
        })
    }

    /// Adds one on a word of a vocabulary, or on a list of them: it is, or has, one of those that are given.
    pub(crate) fn words<V: Vocabulary>(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, |words: Vec<Word<V>>| {
            Given::Words(words.into_iter().map(|Word(word)| word.word()).collect())
        })
        .counted(DimensionType::words::<V>)
    }

    /// Adds one on a noun that the record names, or to which a tie leads.
    pub(crate) fn noun<M: NounType>(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, |id| Given::Noun(M::KIND, id)).counted(DimensionType::nouns::<M>)
    }

    /// Adds one on a text.
    pub(crate) fn text(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, Given::Text)
    }

    /// Adds one on what is true or false.
    pub(crate) fn flag(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, Given::Flag).counted(DimensionType::flags)
    }

    /// Adds one on a date: whichever day it means, it is before this one.
    pub(crate) fn before(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, |Date(day)| Given::Before(day))
    }

    /// Adds one on a date: whichever day it means, it is after this one.
    pub(crate) fn after(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, |Date(day)| Given::After(day))
    }

    /// Adds one on a number: it is as great, or greater.
    pub(crate) fn at_least(self, name: &'static str, description: &'static str) -> Self {
        self.condition(name, description, |number: i32| Given::AtLeast(number.into()))
    }

    /// Adds those on where it stands, and by which of its records that is told.
    pub(crate) fn location(self, whose: [&'static str; 3]) -> Self {
        let [near, within, has_location] = whose;
        self.condition("near", near, Given::Near)
            .condition("within", within, Given::Within)
            .flag("hasLocationOnRecord", has_location)
            .on(HAS_LOCATION)
    }

    /// Says which property the condition that was added last is on; it is that of its name otherwise.
    pub(crate) fn on(mut self, property: &'static str) -> Self {
        let condition = self.conditions.last_mut().expect("a condition was added");
        condition.property = property;
        let is_counted = |dimension: &&mut DimensionType<N>| dimension.name == condition.argument.name;
        if let Some(dimension) = self.dimensions.last_mut().filter(is_counted) {
            dimension.dimension.property = property;
        }
        self
    }

    /// Lets lists be counted by what the condition that was added last is on.
    fn counted(mut self, dimension: fn(&'static str, &'static str) -> DimensionType<N>) -> Self {
        let condition = self.conditions.last().expect("a condition was added");
        self.dimensions.push(dimension(condition.argument.name, condition.property));
        self
    }

    fn condition<A: InputType + 'static>(
        mut self,
        name: &'static str,
        description: &'static str,
        given: fn(A) -> Given,
    ) -> Self {
        let read: ReadGiven<N> =
            Box::new(move |value| Ok(Option::<A>::parse(value).map_err(InputValueError::propagate)?.map(given)));
        let argument = Argument::new::<Option<A>>(name, description);
        self.conditions.push(ConditionType { argument, property: snake_case(name).leak(), read });
        self
    }
}
