//! Codes of nouns in official registers.

use async_graphql::{Context, InputObject, Object, Result};
use domain::{ConditionValue, Kind, View};

use crate::{
    execution::context::ContextExt,
    lists::filter::{FilterBudget, IntoCondition, check_no_nul},
    nouns::source::{Citation, load_citations},
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

/// A code of a noun in an official register.
#[Object(name = "Code")]
impl RegisterCode {
    /// The register, in a word of the data set's own; `junior_code_2025`, `senior_code` and `national_statistical_code` are those of columns of their own.
    async fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The code: text, since codes may begin with 0.
    async fn value(&self) -> &str {
        &self.value
    }

    /// The sources that state it.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        let mut sources = load_citations(ctx, self.view, self.fact).await?;
        if let Some(column) = self.column {
            sources.retain(|citation| citation.states(column));
        }
        Ok(sources)
    }
}

/// A code to look for.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct CodeInput {
    /// The code, as the register writes it.
    value: String,
    /// The register, as `Code.scheme` names it; any where none is given.
    scheme: Option<String>,
}

impl IntoCondition for CodeInput {
    fn into_condition(self, _: &'static str, _: Option<Kind>, _: &mut FilterBudget) -> Result<ConditionValue> {
        let scheme = self.scheme.map(check_no_nul).transpose()?;
        Ok(ConditionValue::Code { value: check_no_nul(self.value)?, scheme })
    }
}

impl RegisterCode {
    /// A code that the noun's own record states in a column.
    pub(crate) fn of_column(view: View, fact: i64, column: &'static str, scheme: &str, value: &str) -> Self {
        RegisterCode { view, scheme: scheme.to_owned(), value: value.to_owned(), fact, column: Some(column) }
    }
}

/// The codes of a noun: those of its own record, then those of `codes.csv`, by register.
pub(crate) async fn load_codes(
    ctx: &Context<'_>,
    view: View,
    noun: i64,
    own: impl IntoIterator<Item = RegisterCode>,
) -> Result<Vec<RegisterCode>> {
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
