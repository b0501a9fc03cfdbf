//! Codes of nouns in official registers.

use async_graphql::SimpleObject;

/// A code of a noun in an official register.
#[derive(SimpleObject)]
#[graphql(name = "Code")]
pub(crate) struct RegisterCode {
    /// The register: `junior_code_2025`, `senior_code`, `national_statistical_code`.
    pub(crate) scheme: String,
    /// The code: text, since codes may begin with 0.
    pub(crate) value: String,
}
