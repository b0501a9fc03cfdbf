//! Filters as the store takes them: what is given is checked, and the nouns that it names are on record.

use async_graphql::Result;
use domain::{
    AnyId, Condition, ConditionValue, Filter, IdError, Kind, ScenarioId, SearchText,
    id::identity,
    suggest::{Nearest, question},
};
use futures::future::try_join_all;

use crate::{
    batching::loaders::RecordedLoader,
    definition::field::FieldContext,
    execution::{
        context::{ContextExt, mask_store_error},
        error_code::ErrorCode,
    },
    lists::{
        filter_input::FilterInput,
        filter_type::{ConditionType, Given},
    },
    objects::noun::NounType,
};

/// How deep conditions may be combined.
const MAX_DEPTH: usize = 5;
/// How many conditions one list may combine.
const MAX_PARTS: usize = 20;

/// How many conditions a filter has in all: the time of a statement grows faster than their number.
const MAX_CONDITIONS: usize = 100;
/// How many unknown nouns an error tells of.
const MAX_UNKNOWN_NOUNS: usize = 3;

/// Converts the filter of a list, and checks that the nouns it names are on record.
pub(crate) async fn resolve_filter<N: NounType>(
    ctx: &FieldContext<'_>,
    scenario: Option<ScenarioId>,
    filter: Option<FilterInput<N>>,
) -> Result<Filter> {
    let Some(filter) = filter else { return Ok(Filter::default()) };
    let mut budget = FilterBudget { depth: 0, left: MAX_CONDITIONS, named: Vec::new() };
    let converted = convert_filter(filter, &mut budget)?;
    check_recorded(ctx, scenario, &budget.named).await?;
    Ok(converted)
}

/// Reads the noun that a condition of this name gives, and checks that it is on record.
pub(crate) async fn resolve_noun(
    ctx: &FieldContext<'_>,
    scenario: Option<ScenarioId>,
    field: &'static str,
    kind: Kind,
    text: &str,
) -> Result<AnyId> {
    let id = parse_noun(kind, text)?;
    check_recorded(ctx, scenario, &[NamedNoun { field, text: text.to_owned(), id }]).await?;
    Ok(id)
}

/// A noun that a condition names.
struct NamedNoun {
    field: &'static str,
    text: String,
    id: AnyId,
}

/// Checks that all of these are on record, in one statement with the other filters of the level.
async fn check_recorded(ctx: &FieldContext<'_>, scenario: Option<ScenarioId>, named: &[NamedNoun]) -> Result<()> {
    let loader = RecordedLoader { scenario };
    let found = try_join_all(named.iter().map(|it| ctx.load(loader, it.id.raw))).await?;
    let unknown = named.iter().zip(found).filter(|(_, found)| found.is_none());
    let mut problems = Vec::new();
    for (it, _) in unknown.take(MAX_UNKNOWN_NOUNS) {
        let (field, kind) = (it.field, it.id.kind.name().replace('_', " "));
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

/// Converts a filter, or a part of one, to what the store takes.
fn convert_filter<N: NounType>(filter: FilterInput<N>, budget: &mut FilterBudget) -> Result<Filter> {
    let FilterInput { and, or, not, name_contains, existence, conditions, .. } = filter;
    let shared = usize::from(name_contains.is_some()) + usize::from(existence.is_some());
    budget.take_conditions(conditions.len() + shared)?;
    let convert = |(condition, given): (&ConditionType<N>, Given)| {
        let value = convert_given(given, condition.argument.name, budget)?;
        Ok(Condition { property: condition.property, value })
    };
    Ok(Filter {
        conditions: conditions.into_iter().map(convert).collect::<Result<_>>()?,
        all: convert_parts(and, budget)?,
        any: convert_parts(or, budget)?,
        not: not.map(|part| convert_part(*part, budget).map(Box::new)).transpose()?,
        name_contains: parse_name_contains(name_contains)?,
        existence: existence.map(|wanted| wanted.into_iter().map(|it| it.0).collect()),
        tie: Vec::new(),
    })
}

/// Converts the parts of a combination.
fn convert_parts<N: NounType>(parts: Option<Vec<FilterInput<N>>>, budget: &mut FilterBudget) -> Result<Vec<Filter>> {
    let parts = parts.unwrap_or_default();
    if parts.len() > MAX_PARTS {
        return Err(ErrorCode::InvalidArgument
            .with_message(format!("a filter combines at most {MAX_PARTS} conditions in one list")));
    }
    parts.into_iter().map(|part| convert_part(part, budget)).collect()
}

/// Converts a part of a combination.
fn convert_part<N: NounType>(part: FilterInput<N>, budget: &mut FilterBudget) -> Result<Filter> {
    budget.depth += 1;
    let converted = convert_filter(part, budget)?;
    budget.depth -= 1;
    Ok(converted)
}

/// How many conditions a filter may still have, and the nouns that it names.
struct FilterBudget {
    depth: usize,
    left: usize,
    named: Vec<NamedNoun>,
}

impl FilterBudget {
    /// Counts a part of a filter with so many conditions.
    fn take_conditions(&mut self, conditions: usize) -> Result<()> {
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

/// Reads the words that a name is to contain.
fn parse_name_contains(text: Option<String>) -> Result<Option<String>> {
    let words = text.map(|text| parse_search_text("nameContains", &text)).transpose()?;
    Ok(words.map(|text| text.words.join(" ")))
}

/// Reads the text of a search, which an argument of this name gives.
pub(crate) fn parse_search_text(argument: &str, text: &str) -> Result<SearchText> {
    SearchText::parse(text).map_err(|error| {
        ErrorCode::InvalidArgument.with_message(format!("`{argument}` cannot be searched for: {error}"))
    })
}

/// Checks what is given to a condition of this name.
fn convert_given(given: Given, field: &'static str, budget: &mut FilterBudget) -> Result<ConditionValue> {
    Ok(match given {
        Given::Words(words) => ConditionValue::Words(words),
        Given::Noun(kind, text) => {
            let id = parse_noun(kind, &text)?;
            budget.named.push(NamedNoun { field, text: text.0, id });
            ConditionValue::Noun(id)
        }
        Given::Text(text) => ConditionValue::Text(check_no_nul(text)?),
        Given::Flag(flag) => ConditionValue::Flag(flag),
        Given::Before(day) => ConditionValue::Before(day),
        Given::After(day) => ConditionValue::After(day),
        Given::AtLeast(number) => ConditionValue::AtLeast(number),
        Given::Code { value, scheme } => {
            let scheme = scheme.map(check_no_nul).transpose()?;
            ConditionValue::Code { value: check_no_nul(value)?, scheme }
        }
        Given::Near(circle) => ConditionValue::Near(circle.parse()?),
        Given::Within(rectangle) => ConditionValue::Within(rectangle.parse()?),
    })
}

/// Reads an id or a slug of a noun.
fn parse_noun(kind: Kind, text: &str) -> Result<AnyId> {
    match AnyId::parse_or_slug(kind, text) {
        Ok(id) => Ok(id),
        // What begins like no id is a slug gone wrong, and nothing on record is called so.
        Err(IdError::Malformed(malformed)) if !malformed.contains('_') => Ok(AnyId { kind, raw: identity(kind, text) }),
        Err(error) => Err(ErrorCode::InvalidId.with_message(error)),
    }
}

/// A text that databases take.
pub(crate) fn check_no_nul(text: String) -> Result<String> {
    match text.contains('\0') {
        true => Err(ErrorCode::InvalidArgument.with_message("a text of a filter has no NUL character")),
        false => Ok(text),
    }
}
