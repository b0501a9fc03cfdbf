//! Introspection: answered from the schema's own text, or closed, so that nobody may ask and no error tells.

use std::{collections::HashSet, sync::Arc};

use apollo_compiler::{
    introspection::partial_execute,
    response::{JsonMap, JsonValue, serde_json_bytes::ByteString},
    validation::Valid,
};
use async_graphql::{
    Name, Request, Response, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Selection},
};

use crate::{
    documents::{
        document::Document,
        one_of,
        selections::{definitions, fields_of, selections_below},
        variables::CoercedVariables,
    },
    execution::{
        error::{LoggedFailure, request_error},
        error_code::ErrorCode,
    },
    schema::Schema,
};

/// Whether a field asks what is in the schema.
pub(crate) fn is_schema_field(name: &str) -> bool {
    matches!(name, "__schema" | "__type")
}

/// The part of an operation that asks what is in the schema.
pub(crate) struct Introspection {
    document: Arc<Document>,
    operation: Option<String>,
    variables: Valid<JsonMap>,
}

impl Introspection {
    /// The introspection of a request, if it has any.
    pub(crate) fn new(document: &Arc<Document>, operation: Option<&str>, variables: &CoercedVariables) -> Option<Self> {
        document.typed.as_ref()?;
        let members = variables.values.iter().filter_map(|(name, value)| {
            let value = value.clone().into_json().ok()?;
            Some((name.as_str().into(), value.into()))
        });
        let variables = Valid::assume_valid(members.collect());
        Some(Introspection { document: document.clone(), operation: operation.map(str::to_owned), variables })
    }

    /// Merges its fields into the response, in the order of the document.
    pub(crate) fn merge_into(&self, schema: &Schema, mut response: Response) -> Response {
        let Value::Object(others) = &mut response.data else { return response };
        let Some(mut answered) = self.execute(schema) else {
            response.data = Value::Null;
            response.errors.push(LoggedFailure::log_unexpected("introspection was not answered").to_request_error());
            return response;
        };
        answered.retain(|name, _| !others.contains_key(name));
        if let Ok((_, operation)) = self.document.find_operation(self.operation.as_deref()) {
            others.append(&mut answered);
            let fields = fields_of(&operation.node.selection_set.node, None, &self.document.executable.fragments);
            let keys: Vec<&str> = fields.map(|(_, field)| field.node.response_key().node.as_str()).collect();
            others.sort_by_cached_key(|name, _| keys.iter().position(|it| *it == name.as_str()));
        }
        response
    }

    fn execute(&self, schema: &Schema) -> Option<IndexMap<Name, Value>> {
        let rules = schema.rules();
        let typed = self.document.typed.as_ref()?;
        let operation = typed.operations.get(self.operation.as_deref()).ok()?;
        let answered = partial_execute(&rules.schema, &rules.implementers, typed, operation, &self.variables).ok()?;
        Some(convert_members(answered.data?))
    }
}

fn convert_members(members: JsonMap) -> IndexMap<Name, Value> {
    let member = |(name, it): (_, JsonValue)| match ByteString::as_str(&name).strip_prefix(one_of::ALIAS_PREFIX) {
        Some(name) => (Name::new(name), one_of::is_one_of_value(it.as_str())),
        None => (Name::new(name.as_str()), convert_value(it)),
    };
    members.into_iter().map(member).collect()
}

fn convert_value(value: JsonValue) -> Value {
    match value {
        JsonValue::Null => Value::Null,
        JsonValue::Bool(is_true) => Value::Boolean(is_true),
        JsonValue::Number(number) => Value::Number(number),
        JsonValue::String(text) => Value::String(text.as_str().to_owned()),
        JsonValue::Array(items) => Value::List(items.into_iter().map(self::convert_value).collect()),
        JsonValue::Object(it) => Value::Object(convert_members(it)),
    }
}

/// Refuses a document that asks what is in the schema, wherever it does.
pub(crate) fn refuse_introspection(document: &ExecutableDocument) -> Result<(), ServerError> {
    for item in definitions(document).flat_map(|(_, _, set)| selections_below(set)) {
        if let Selection::Field(field) = &item.node
            && let name @ ("__schema" | "__type" | "_service") = field.node.name.node.as_str()
        {
            let problem = format!("`{name}` is not answered: this server does not tell its schema");
            return Err(request_error(ErrorCode::IntrospectionDisabled, problem, Some(item.pos)));
        }
    }
    Ok(())
}

/// The text of a request: the names in it are those that the client knows.
pub(crate) struct RequestText(String);

impl RequestText {
    /// The text of a request.
    pub(crate) fn new(request: &Request) -> RequestText {
        let variables = serde_json::to_string(&request.variables).unwrap_or_default();
        RequestText(format!("{} {variables}", request.query))
    }

    /// Takes all other names out of a message; the library quotes each name that it speaks of, and so do we.
    pub(crate) fn redact(&self, sentence: &str) -> String {
        let known: HashSet<&str> = self.0.split(|c| !is_name(c)).collect();
        // It offers names for a directive's arguments even if told not to.
        let sentence = sentence.split(" Did you mean").next().unwrap_or_default();
        let mut parts = sentence.split_inclusive(['"', '`']);
        let mut told = parts.next().unwrap_or_default().to_owned();
        // What stands right behind a quotation mark may be a name, be it an opening or a closing one.
        for part in parts {
            let end =
                part.find(|c| !is_name(c) && !matches!(c, '[' | ']' | '!' | '.' | '@' | '$')).unwrap_or(part.len());
            let (quoted, rest) = part.split_at(end);
            for piece in quoted.split_inclusive(|c| !is_name(c)) {
                let name = piece.trim_end_matches(|c| !is_name(c));
                let is_hidden = name.starts_with(|c: char| !c.is_ascii_digit()) && !known.contains(name);
                told.push_str(if is_hidden { "…" } else { name });
                told.push_str(&piece[name.len()..]);
            }
            told.push_str(rest);
        }
        told
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_client_did_not_write_are_taken_out() {
        let request_text = RequestText::new(&Request::new("{ schools(filter: { stag: \"a\\\"b\" }) { nam } }"));
        for (sentence, told) in [
            (r#"Unknown field "nam" on type "School"."#, r#"Unknown field "nam" on type "…"."#),
            (
                r#"Unknown argument "a" on directive "b". Did you mean "if"?"#,
                r#"Unknown argument "a" on directive "b"."#,
            ),
            (
                r#"Invalid value "filter.or.0.stag", expected type "[Stage!]!""#,
                r#"Invalid value "filter.….0.stag", expected type "[…!]!""#,
            ),
            (r#"does not contain "a"b" of "Stage""#, r#"does not contain "a"b" of "…""#),
            ("no name at all", "no name at all"),
        ] {
            assert_eq!(request_text.redact(sentence), told);
        }
    }
}
