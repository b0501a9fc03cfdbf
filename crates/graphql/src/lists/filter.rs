//! Filters: typed conditions, combined with `and`, `or` and `not`.

use async_graphql::{ID, InputType, Result};
use domain::{
    AnyId, Condition, ConditionValue, Filter, IdError, Kind, Vocabulary,
    id::identity,
    suggest::{Nearest, question},
    text::fold,
};
use futures::future::try_join_all;

use crate::{
    batching::loaders::RecordedLoader,
    definition::field::FieldContext,
    execution::{
        context::{ContextExt, mask_store_error},
        error_code::ErrorCode,
    },
    objects::word::Word,
};

/// How deep conditions may be combined.
const MAX_DEPTH: usize = 5;
/// How many conditions one list may combine.
const MAX_PARTS: usize = 20;

/// How many conditions a filter has in all: the time of a statement grows faster than their number.
const MAX_CONDITIONS: usize = 100;
/// How many unknown nouns an error tells of.
const MAX_UNKNOWN_NOUNS: usize = 3;

/// The filter of a noun as an input object of the schema.
pub(crate) trait FilterInput: InputType + 'static {
    /// The properties that conditions are on, each with the field that states it.
    const FIELDS: &'static [(&'static str, &'static str)];
    /// The filter as the store takes it.
    fn into_filter(self, budget: &mut FilterBudget) -> Result<Filter>;
}

/// Converts the filter of a list, and checks that the nouns it names are on record.
pub(crate) async fn resolve_filter<T: FilterInput>(ctx: &FieldContext<'_>, filter: Option<T>) -> Result<Filter> {
    let Some(filter) = filter else { return Ok(Filter::default()) };
    let mut budget = FilterBudget { depth: 0, left: MAX_CONDITIONS, named: Vec::new() };
    let converted = filter.into_filter(&mut budget)?;
    check_recorded(ctx, &budget.named).await?;
    Ok(converted)
}

/// A noun that a condition names.
struct NamedNoun {
    field: &'static str,
    text: String,
    id: AnyId,
}

/// Checks that all of these are on record, in one statement with the other filters of the level.
async fn check_recorded(ctx: &FieldContext<'_>, named: &[NamedNoun]) -> Result<()> {
    let found = try_join_all(named.iter().map(|it| ctx.load(RecordedLoader, it.id.raw))).await?;
    let unknown = named.iter().zip(found).filter(|(_, found)| found.is_none());
    let mut problems = Vec::new();
    for (it, _) in unknown.take(MAX_UNKNOWN_NOUNS) {
        let (field, kind) = (camel_case(it.field), it.id.kind.name().replace('_', " "));
        let text: String = it.text.chars().take(60).collect();
        let hint = suggest_slug(ctx, it).await?;
        problems.push(format!("`{field}` is `{text}`, and no {kind} on record is called so{hint}"));
    }
    match problems.is_empty() {
        true => Ok(()),
        false => Err(ErrorCode::UnknownNoun.with_message(problems.join(". "))),
    }
}

/// Suggests the nearest slug; empty if none is near.
async fn suggest_slug(ctx: &FieldContext<'_>, it: &NamedNoun) -> Result<String> {
    let of_slug = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    let word: String = it.text.to_lowercase().replace([' ', '_'], "-").chars().filter(of_slug).take(100).collect();
    let mut nearest = Nearest::to(&word);
    for slug in ctx.store().slugs_near(it.id.kind, &word).await.map_err(mask_store_error)? {
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

/// Converts the parts of a combination.
pub(crate) fn convert_parts<T: FilterInput>(parts: Option<Vec<T>>, budget: &mut FilterBudget) -> Result<Vec<Filter>> {
    let parts = parts.unwrap_or_default();
    if parts.len() > MAX_PARTS {
        return Err(ErrorCode::InvalidArgument
            .with_message(format!("a filter combines at most {MAX_PARTS} conditions in one list")));
    }
    parts.into_iter().map(|part| convert_part(part, budget)).collect()
}

/// Converts a part of a combination.
pub(crate) fn convert_part<T: FilterInput>(part: T, budget: &mut FilterBudget) -> Result<Filter> {
    budget.depth += 1;
    let converted = part.into_filter(budget)?;
    budget.depth -= 1;
    Ok(converted)
}

/// How many conditions a filter may still have, and the nouns that it names.
pub(crate) struct FilterBudget {
    depth: usize,
    left: usize,
    named: Vec<NamedNoun>,
}

impl FilterBudget {
    /// Counts a part of a filter with so many conditions.
    pub(crate) fn take_conditions(&mut self, conditions: usize) -> Result<()> {
        if self.depth > MAX_DEPTH {
            return Err(
                ErrorCode::InvalidArgument.with_message(format!("a filter is at most {MAX_DEPTH} combinations deep"))
            );
        }
        // A part without conditions is one, too.
        self.left = self.left.checked_sub(conditions.max(1)).ok_or_else(|| {
            ErrorCode::InvalidArgument.with_message(format!("a filter has at most {MAX_CONDITIONS} conditions in all"))
        })?;
        Ok(())
    }
}

/// Reads the text of a search.
pub(crate) fn parse_search_text(text: Option<String>) -> Result<Option<String>> {
    let Some(text) = text else { return Ok(None) };
    let folded = fold(&text);
    match folded.chars().count() {
        2..=100 if !folded.chars().any(char::is_control) => Ok(Some(folded)),
        _ => Err(ErrorCode::InvalidArgument
            .with_message("`nameContains` takes 2 to 100 characters, none of them a control character")),
    }
}

/// What a field of a filter wants, as a condition has it.
pub(crate) trait IntoCondition {
    /// The value; `kind` is what a noun is that the field names.
    fn into_condition(
        self,
        field: &'static str,
        kind: Option<Kind>,
        budget: &mut FilterBudget,
    ) -> Result<ConditionValue>;
}

/// The condition of a field of a filter, given the property that it is on; none if it is not given.
pub(crate) fn into_condition<T: IntoCondition>(
    value: Option<T>,
    (property, field): (&'static str, &'static str),
    kind: Option<Kind>,
    budget: &mut FilterBudget,
) -> Result<Option<Condition>> {
    let value = value.map(|value| value.into_condition(field, kind, budget)).transpose()?;
    Ok(value.map(|value| Condition { property, value }))
}

impl<V: Vocabulary> IntoCondition for Vec<Word<V>> {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut FilterBudget) -> Result<ConditionValue> {
        Ok(ConditionValue::Words(self.into_iter().map(|Word(it)| it.word()).collect()))
    }
}

impl IntoCondition for ID {
    fn into_condition(
        self,
        field: &'static str,
        kind: Option<Kind>,
        budget: &mut FilterBudget,
    ) -> Result<ConditionValue> {
        let kind = kind.expect("a field that takes an id says of what");
        let id = match AnyId::parse_or_slug(kind, &self) {
            Ok(id) => id,
            // What begins like no id is a slug gone wrong, and nothing on record is called so.
            Err(IdError::Malformed(text)) if !text.contains('_') => AnyId { kind, raw: identity(kind, &self) },
            Err(error) => return Err(ErrorCode::InvalidId.with_message(error)),
        };
        budget.named.push(NamedNoun { field, text: self.0, id });
        Ok(ConditionValue::Noun(id))
    }
}

impl IntoCondition for bool {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut FilterBudget) -> Result<ConditionValue> {
        Ok(ConditionValue::Flag(self))
    }
}

impl IntoCondition for String {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut FilterBudget) -> Result<ConditionValue> {
        check_no_nul(self).map(ConditionValue::Text)
    }
}

/// A text that databases take.
pub(crate) fn check_no_nul(text: String) -> Result<String> {
    match text.contains('\0') {
        true => Err(ErrorCode::InvalidArgument.with_message("a text of a filter has no NUL character")),
        false => Ok(text),
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
            existence: Option<Vec<crate::objects::word::Word<domain::Existence>>>,
            /// It is in this category, by id or slug, or in one below it.
            category: Option<async_graphql::ID>,
            /// It is in the category that a scheme knows by this code, or in one below it.
            category_code: Option<crate::nouns::category::CategoryCodeInput>,
            $($(#[$field_doc])* $field: Option<$type>,)*
        }

        impl crate::lists::filter::FilterInput for $name {
            const FIELDS: &'static [(&'static str, &'static str)] = &[
                ("category", "category"),
                ("category_code", "category_code"),
                $((stringify!($target), stringify!($field)),)*
            ];

            fn into_filter(self, budget: &mut crate::lists::filter::FilterBudget) -> async_graphql::Result<domain::Filter> {
                budget.take_conditions(usize::from(self.name_contains.is_some()) + usize::from(self.existence.is_some()) + usize::from(self.category.is_some()) + usize::from(self.category_code.is_some()) $(+ usize::from(self.$field.is_some()))*)?;
                use crate::lists::filter::into_condition;
                let conditions: [Option<domain::Condition>; _] = [
                    into_condition(self.category, ("category", "category"), Some(domain::Kind::Category), budget)?,
                    into_condition(self.category_code, ("category_code", "category_code"), None, budget)?,
                    $({
                        let kind: &[domain::Kind] = &[$(domain::Kind::$kind)?];
                        into_condition(self.$field, (stringify!($target), stringify!($field)), kind.first().copied(), budget)?
                    },)*
                ];
                Ok(domain::Filter {
                    conditions: conditions.into_iter().flatten().collect(),
                    all: crate::lists::filter::convert_parts(self.and, budget)?,
                    any: crate::lists::filter::convert_parts(self.or, budget)?,
                    not: self.not.map(|part| crate::lists::filter::convert_part(*part, budget).map(Box::new)).transpose()?,
                    name_contains: crate::lists::filter::parse_search_text(self.name_contains)?,
                    existence: self.existence.map(|wanted| wanted.into_iter().map(|it| it.0).collect()),
                })
            }
        }
    };
}
pub(crate) use filter;
