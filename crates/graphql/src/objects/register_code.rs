//! Codes of nouns in official registers.

use async_graphql::InputObject;
use domain::View;

use crate::{
    definition::{
        field::{FieldContext, FieldResult},
        object_type::{Described, ObjectType},
    },
    execution::context::ContextExt,
    nouns::source::load_citations,
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
