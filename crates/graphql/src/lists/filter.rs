//! Filters: typed conditions, combined with `and`, `or` and `not`.

use async_graphql::{Context, ID, Result};
use domain::{
    AnyId, ConditionValue, Filter, IdError, Kind,
    id::identity,
    suggest::{Nearest, question},
    text::fold,
};
use futures::future::try_join_all;

use crate::{
    batching::loaders::IsRecorded,
    execution::{
        context::{ContextExt, masked},
        error::Code,
    },
};

/// How deep conditions may be combined.
const DEEPEST: usize = 5;
/// How many conditions one list may combine.
const WIDEST: usize = 20;

/// How many conditions a filter has in all: the time of a statement grows faster than their number.
const MOST: usize = 100;
/// How many unknown nouns an error tells of.
const UNKNOWN: usize = 3;

/// A filter as a client writes it.
pub(crate) trait Lower: Sized + Send {
    /// The properties that conditions are on, each with the field that states it.
    const FIELDS: &'static [(&'static str, &'static str)];
    /// The filter as the store takes it.
    fn lower(self, room: &mut Room) -> Result<Filter>;
}

/// The filter of a list, or none; the nouns that it names are on record.
pub(crate) async fn lower<T: Lower>(ctx: &Context<'_>, filter: Option<T>) -> Result<Filter> {
    let Some(filter) = filter else { return Ok(Filter::default()) };
    let mut room = Room { depth: 0, left: MOST, named: Vec::new() };
    let lowered = filter.lower(&mut room)?;
    check(ctx, &room.named).await?;
    Ok(lowered)
}

/// A noun that a condition names.
struct Named {
    field: &'static str,
    text: String,
    id: AnyId,
}

/// Checks that all of these are on record, with all other filters that are read now.
async fn check(ctx: &Context<'_>, named: &[Named]) -> Result<()> {
    let found = try_join_all(named.iter().map(|it| ctx.ask(IsRecorded, it.id.raw))).await?;
    let unknown = named.iter().zip(found).filter(|(_, found)| found.is_none());
    let mut problems = Vec::new();
    for (it, _) in unknown.take(UNKNOWN) {
        let (field, kind) = (camel_case(it.field), it.id.kind.name().replace('_', " "));
        let text: String = it.text.chars().take(60).collect();
        let hint = hint(ctx, it).await?;
        problems.push(format!("`{field}` is `{text}`, and no {kind} on record is called so{hint}"));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(Code::UnknownNoun.because(problems.join(". "))),
    }
}

/// Asks whether the nearest slug was meant; says nothing if none is near.
async fn hint(ctx: &Context<'_>, it: &Named) -> Result<String> {
    let of_slug = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    let word: String = it.text.to_lowercase().replace([' ', '_'], "-").chars().filter(of_slug).take(100).collect();
    let mut nearest = Nearest::to(&word);
    for slug in ctx.store().slugs_near(it.id.kind, &word).await.map_err(masked)? {
        if slug == word {
            return Ok(format!("; {}", question(slug)));
        }
        nearest.offer(&slug);
    }
    Ok(nearest.found().map(|slug| format!("; {}", question(slug))).unwrap_or_default())
}

/// A field as the schema writes it.
pub(crate) fn camel_case(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_uppercase() + rest
    })
}

/// Lowers the parts of a combination.
pub(crate) fn lower_all<T: Lower>(parts: Option<Vec<T>>, room: &mut Room) -> Result<Vec<Filter>> {
    let parts = parts.unwrap_or_default();
    if parts.len() > WIDEST {
        return Err(Code::InvalidArgument.because(format!("a filter combines at most {WIDEST} conditions in one list")));
    }
    parts.into_iter().map(|part| lower_below(part, room)).collect()
}

/// Lowers a part of a combination.
pub(crate) fn lower_below<T: Lower>(part: T, room: &mut Room) -> Result<Filter> {
    room.depth += 1;
    let lowered = part.lower(room)?;
    room.depth -= 1;
    Ok(lowered)
}

/// What there is still room for in a filter.
pub(crate) struct Room {
    depth: usize,
    left: usize,
    named: Vec<Named>,
}

impl Room {
    /// Makes room for a part of a filter with so many conditions.
    pub(crate) fn take(&mut self, conditions: usize) -> Result<()> {
        if self.depth > DEEPEST {
            return Err(Code::InvalidArgument.because(format!("a filter is at most {DEEPEST} combinations deep")));
        }
        // A part without conditions is one, too.
        self.left = self
            .left
            .checked_sub(conditions.max(1))
            .ok_or_else(|| Code::InvalidArgument.because(format!("a filter has at most {MOST} conditions in all")))?;
        Ok(())
    }
}

/// Reads the text of a search.
pub(crate) fn search(text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let folded = fold(&text);
    match folded.chars().count() {
        2..=100 if !folded.chars().any(char::is_control) => Ok(Some(folded)),
        _ => {
            Err(Code::InvalidArgument
                .because("`nameContains` takes 2 to 100 characters, none of them a control character"))
        }
    }
}

/// A word of a vocabulary, as the schema has it.
pub(crate) trait Vocabulary: Copy {
    /// The word as the domain has it.
    fn word(self) -> &'static str;
}

/// Declares that enums of the schema are vocabularies of the domain, under the same names.
macro_rules! vocabulary {
    ($($name:ident),+) => {$(
        impl crate::lists::filter::Vocabulary for $name {
            fn word(self) -> &'static str {
                domain::$name::from(self).word()
            }
        }
    )+};
}
pub(crate) use vocabulary;

/// What a field of a filter wants, as a condition has it.
pub(crate) trait IntoCondition {
    /// The value; `kind` is what a noun is that the field names.
    fn into_condition(self, field: &'static str, kind: Option<Kind>, room: &mut Room) -> Result<ConditionValue>;
}

impl<E: Vocabulary> IntoCondition for Vec<E> {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut Room) -> Result<ConditionValue> {
        Ok(ConditionValue::Words(self.into_iter().map(E::word).collect()))
    }
}

impl IntoCondition for ID {
    fn into_condition(self, field: &'static str, kind: Option<Kind>, room: &mut Room) -> Result<ConditionValue> {
        let kind = kind.expect("a field that takes an id says of what");
        let id = match AnyId::parse_or_slug(kind, &self) {
            Ok(id) => id,
            // What begins like no id is a slug gone wrong, and nothing on record is called so.
            Err(IdError::Malformed(text)) if !text.contains('_') => AnyId { kind, raw: identity(kind, &self) },
            Err(error) => return Err(Code::InvalidId.because(error)),
        };
        room.named.push(Named { field, text: self.0, id });
        Ok(ConditionValue::Noun(id))
    }
}

impl IntoCondition for bool {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut Room) -> Result<ConditionValue> {
        Ok(ConditionValue::Flag(self))
    }
}

impl IntoCondition for String {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut Room) -> Result<ConditionValue> {
        match self.contains('\0') {
            true => Err(Code::InvalidArgument.because("a text of a filter has no NUL character")),
            false => Ok(ConditionValue::Text(self)),
        }
    }
}

/// Declares the filter of a noun.
macro_rules! filter {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty => $target:ident $([$kind:ident])?,)* }) => {
        $(#[$doc])*
        #[derive(async_graphql::InputObject, Debug, Clone)]
        pub(crate) struct $name {
            /// All of these are true. At most 20, and 5 combinations deep; a filter has at most 100 conditions in all.
            and: Option<Vec<$name>>,
            /// One of these is true. At most 20, and 5 combinations deep; a filter has at most 100 conditions in all.
            or: Option<Vec<$name>>,
            /// This is not true on record; what no source states counts as not true.
            not: Option<Box<$name>>,
            /// A name of it on record, official or alias, in any language, contains this text of 2 to 100 characters, whatever the letter case.
            name_contains: Option<String>,
            /// On the view's day its existence is one of these.
            existence: Option<Vec<crate::objects::noun::Existence>>,
            $($(#[$field_doc])* $field: Option<$type>,)*
        }

        impl crate::lists::filter::Lower for $name {
            const FIELDS: &'static [(&'static str, &'static str)] = &[$((stringify!($target), stringify!($field)),)*];

            fn lower(self, room: &mut crate::lists::filter::Room) -> async_graphql::Result<domain::Filter> {
                room.take(usize::from(self.name_contains.is_some()) + usize::from(self.existence.is_some()) $(+ usize::from(self.$field.is_some()))*)?;
                let conditions: [Option<domain::Condition>; _] = [$(
                    self.$field
                        .map(|value| {
                            let kind: &[domain::Kind] = &[$(domain::Kind::$kind)?];
                            let kind = kind.first().copied();
                            let value = crate::lists::filter::IntoCondition::into_condition(value, stringify!($field), kind, room)?;
                            Ok::<_, async_graphql::Error>(domain::Condition { property: stringify!($target), value })
                        })
                        .transpose()?,
                )*];
                Ok(domain::Filter {
                    conditions: conditions.into_iter().flatten().collect(),
                    all: crate::lists::filter::lower_all(self.and, room)?,
                    any: crate::lists::filter::lower_all(self.or, room)?,
                    not: self.not.map(|part| crate::lists::filter::lower_below(*part, room).map(Box::new)).transpose()?,
                    name_contains: crate::lists::filter::search(self.name_contains)?,
                    existence: self.existence.map(|wanted| wanted.into_iter().map(domain::Existence::from).collect()),
                })
            }
        }
    };
}
pub(crate) use filter;
