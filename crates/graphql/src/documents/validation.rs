//! Whether a document keeps the rules of the specification.
//!
//! apollo-compiler parses and validates. It leaves a few things open, which [`supplement`] closes (docs/decisions/0024).

use apollo_compiler::{
    ExecutableDocument, Name, Schema, ast,
    collections::HashMap,
    diagnostic::ToCliReport,
    parser::{Parser, SourceSpan},
    schema::Implementers,
    validation::{DiagnosticList, Valid},
};
use async_graphql::ServerError;

use crate::{
    documents::{
        convert::Positions,
        one_of,
        scan::TextScan,
        suggestions::{MAX_SUGGESTIONS, UnknownName},
        supplement,
    },
    execution::{error::request_error, error_code::ErrorCode},
};

/// How many errors of a document are reported.
const MAX_ERRORS: usize = 50;

/// The schema as apollo-compiler has it, against which documents are validated.
#[derive(Debug)]
pub(crate) struct SchemaRules {
    pub(crate) schema: Valid<Schema>,
    pub(crate) implementers: HashMap<Name, Implementers>,
    /// Whether an error may name what the client has not named.
    pub(crate) suggests: bool,
}

/// What is wrong with a document, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ValidationError {
    pub(crate) problem: String,
    pub(crate) at: Option<SourceSpan>,
}

impl SchemaRules {
    /// Reads the schema's own text.
    pub(crate) fn from_sdl(sdl: &str, suggests: bool) -> SchemaRules {
        let schema = Schema::parse_and_validate(sdl, "schema.graphql").expect("the schema's text is valid");
        let schema = one_of::with_is_one_of(schema);
        SchemaRules { implementers: schema.implementers_map(), schema, suggests }
    }

    /// Validates a parsed document.
    ///
    /// # Errors
    /// What is wrong with it, in its order.
    pub(crate) fn validate(
        &self,
        document: &ast::Document,
        text: &str,
    ) -> Result<Valid<ExecutableDocument>, Vec<ServerError>> {
        let (executable, mut errors) = match document.to_executable_validate(&self.schema) {
            Ok(executable) => (executable, Vec::new()),
            Err(invalid) => (Valid::assume_valid(invalid.partial), convert_errors(&invalid.errors, text)),
        };
        if errors.is_empty() {
            errors = supplement::find_errors(document, &executable, &self.schema);
        }
        if errors.is_empty() {
            return Ok(executable);
        }
        errors.sort_by_key(|error| error.at.map(|at| at.offset()));
        errors.truncate(MAX_ERRORS);
        let mut positions = Positions::new(text);
        let mut suggestions = if self.suggests { MAX_SUGGESTIONS } else { 0 };
        let error = |ValidationError { mut problem, at }: ValidationError| {
            if suggestions > 0
                && let Some(unknown) = UnknownName::told_by(&problem)
            {
                suggestions -= 1;
                if let Some(nearest) = unknown.nearest(&self.schema) {
                    problem = format!("{problem}. Did you mean `{nearest}`?");
                }
            }
            request_error(ErrorCode::GraphqlValidationFailed, problem, at.map(|at| positions.position_of(at.offset())))
        };
        Err(errors.into_iter().map(error).collect())
    }
}

/// Parses a document.
///
/// # Errors
/// Where and why it cannot be parsed.
pub(crate) fn parse_document(text: &str) -> Result<ast::Document, ServerError> {
    let failed = |offset: usize, why: &str| {
        let at = Positions::new(text).position_of(offset);
        let problem = format!("the document cannot be parsed at line {}, column {}: {why}", at.line, at.column);
        request_error(ErrorCode::GraphqlParseFailed, problem, Some(at))
    };
    let scan = TextScan::new(text);
    let parse = |text: &str| Parser::new().parse_ast(text, "document.graphql");
    // The parser looks ahead by tokens, and takes commas for some.
    let read_again = |invalid| scan.without_commas(text).map_or(Err(invalid), |text| parse(&text));
    let parsed = parse(text).or_else(read_again).map_err(|invalid| {
        let first = invalid.errors.iter().next();
        let at = first.as_ref().and_then(|first| first.error.location()).map_or(0, |at| at.offset());
        let why = first.map(|first| first.error.to_string()).unwrap_or_default();
        failed(at, why.strip_prefix("syntax error: ").unwrap_or(&why))
    })?;
    let unterminated = scan.unterminated.map(|at| (at, "unterminated string value"));
    let without_colon = scan.without_colon.map(|at| (at, "a colon and a value are expected after this name"));
    match unterminated.or(without_colon) {
        Some((at, why)) => Err(failed(at, why)),
        None => Ok(parsed),
    }
}

fn convert_errors(errors: &DiagnosticList, text: &str) -> Vec<ValidationError> {
    let told = errors.iter().filter_map(|diagnostic| {
        let (problem, at) = (diagnostic.error.to_string(), diagnostic.error.location());
        // A field whose selection has only unknown fields is said to have none.
        let is_echo = problem == NO_SELECTION
            && at.and_then(|at| text.get(at.offset()..at.end_offset())).is_some_and(|field| field.ends_with('}'));
        // One event may be selected twice under one name, and `check_events` says so of others.
        let is_ours = problem.contains(SEVERAL_EVENTS);
        (!is_echo && !is_ours).then(|| ValidationError { problem: quote_names(problem), at })
    });
    told.collect()
}

const NO_SELECTION: &str = "interface, union and object types must have a subselection set";
const SEVERAL_EVENTS: &str = "can only have one root field";

/// The problem with the names in it quoted that the library does not quote.
fn quote_names(problem: String) -> String {
    if let Some(rest) = problem.strip_prefix("expected value of type ")
        && let Some((ty, found)) = rest.split_once(", found ")
    {
        return format!("a value of type `{ty}` is expected, and this is {found}");
    }
    match problem.as_str() {
        NO_SELECTION => "the field's value is an object: say which of its fields, in `{ }`".to_owned(),
        _ => problem,
    }
}
