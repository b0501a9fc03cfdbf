//! Codes of nouns in official registers.

use async_graphql::InputObject;
use domain::View;

use crate::{
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType},
    },
    execution::{
        context::{ContextExt, mask_store_error},
        error_code::ErrorCode,
    },
    lists::filter::check_no_nul,
    nouns::source::load_citations,
    objects::noun::{NounType, ViewedNoun},
    schema::Map,
};

/// A code of a noun in an official register.
pub(crate) struct RegisterCode {
    view: View,
    scheme: String,
    value: String,
    /// The fact that states it.
    fact: i64,
    /// The column of the fact, if it states more than the code.
    column: Option<&'static str>,
}

impl Described for RegisterCode {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Code", "A code of a noun in an official register.")
            .text("scheme", "The register, in a word of the data set's own; `junior_code_2025`, `senior_code` and `national_statistical_code` are those of columns of their own.", |it| &it.scheme)
            .text("value", "The code: text, since codes may begin with 0.", |it| &it.value)
            .load_objects("sources", "The sources that state it.", |it, ctx| {
                load_citations(ctx, it.view, it.fact).map(|mut sources| {
                    sources.retain(|citation| it.column.is_none_or(|column| citation.states(column)));
                    sources
                })
            })
    }
}

/// A code to look for.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CodeInput {
    /// The code, as the register writes it.
    pub(crate) value: String,
    /// The register, as `Code.scheme` names it; any where none is given.
    pub(crate) scheme: Option<String>,
}

impl RegisterCode {
    /// A code that the noun's own record states in a column.
    pub(crate) fn of_column(view: View, fact: i64, column: &'static str, scheme: &str, value: &str) -> Self {
        RegisterCode { view, scheme: scheme.to_owned(), value: value.to_owned(), fact, column: Some(column) }
    }
}

/// The codes of a noun: those of its own record, then those of `codes.csv`, by register.
pub(crate) async fn load_codes(
    ctx: &FieldContext<'_>,
    view: View,
    noun: i64,
    own: Vec<RegisterCode>,
) -> FieldResult<Vec<RegisterCode>> {
    let recorded = ctx.load_parts::<domain::RegisterCode>(view, noun).await?;
    let recorded = recorded.iter().map(|code| RegisterCode {
        view,
        scheme: code.scheme.clone(),
        value: code.value.clone(),
        fact: code.id,
        column: None,
    });
    Ok(own.into_iter().chain(recorded).collect())
}

/// The noun that a register knows by a code, with what is selected below the field; `None` if none does.
pub(crate) async fn load_by_code<N: NounType>(
    ctx: &FieldContext<'_>,
    view: View,
    CodeInput { value, scheme }: CodeInput,
) -> FieldResult<Option<ViewedNoun<N>>> {
    Ok(load_by_codes(ctx, view, scheme, vec![value]).await?.pop().flatten())
}

/// The nouns that a register knows by codes, in their order; `None` for a code that it does not know.
async fn load_by_codes<N: NounType>(
    ctx: &FieldContext<'_>,
    view: View,
    scheme: Option<String>,
    values: Vec<String>,
) -> FieldResult<Vec<Option<ViewedNoun<N>>>> {
    let scheme = scheme.map(check_no_nul).transpose()?;
    let values = values.into_iter().map(check_no_nul).collect::<Result<Vec<_>, _>>()?;
    let columns = ctx.columns_below::<N>();
    let found = ctx.store().by_codes::<N>(view, scheme.as_deref(), &values, columns).await.map_err(mask_store_error)?;
    Ok(values.iter().map(|value| found.get(value).cloned().map(|noun| ViewedNoun { view, noun })).collect())
}

/// How many codes one field looks up.
const MAX_CODES: usize = 100;

async fn load_schools_by_codes(
    ctx: &FieldContext<'_>,
    view: View,
) -> FieldResult<Vec<Option<ViewedNoun<domain::School>>>> {
    let values: Vec<String> = ctx.arguments.get("values")?;
    if values.len() > MAX_CODES {
        let problem = format!("`values` has {} codes, and at most {MAX_CODES} are looked up", values.len());
        return Err(ErrorCode::InvalidArgument.with_message(problem).into());
    }
    load_by_codes(ctx, view, Some(ctx.arguments.get("scheme")?), values).await
}

impl ObjectType<Map> {
    /// Adds the schools that a register knows by codes.
    pub(crate) fn code_fields(self) -> Self {
        self.load_optional_objects(
            "schoolsByCodes",
            "The schools that a register knows by these codes on the view's day, in their order; null for a code that it does not know. One that was renamed or merged is found too; of several with one code one that is on the map, and of these the first by slug.",
            |map: &Map, ctx| Loading::later(load_schools_by_codes(ctx, map.view(ctx))),
        )
        .argument::<String>("scheme", "The register, as `Code.scheme` names it.")
        .argument::<Vec<String>>("values", "The codes, as the register writes them, at most 100.")
    }
}
