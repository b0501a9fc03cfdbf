//! A schema that is closed to introspection: nobody may ask what is in it, and no error tells.

use std::collections::HashSet;

use async_graphql::{
    Request, ServerError,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};

use crate::error::refusal;

/// Refuses a document that asks what is in the schema, wherever it does.
pub(crate) fn refuse(document: &ExecutableDocument) -> Result<(), ServerError> {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut pending: Vec<&SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = pending.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    if matches!(name, "__schema" | "__type" | "_service") {
                        let problem = format!("`{name}` is not answered: this server does not tell its schema");
                        return Err(refusal("INTROSPECTION_DISABLED", problem, Some(item.pos)));
                    }
                    pending.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => pending.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    Ok(())
}

/// The names that a client has written itself.
pub(crate) struct Written(String);

impl Written {
    /// Those of a request.
    pub(crate) fn of(request: &Request) -> Written {
        let variables = serde_json::to_string(&request.variables).unwrap_or_default();
        Written(format!("{} {variables}", request.query))
    }

    /// Takes all other names out of a sentence; the library quotes each name that it speaks of, and so do we.
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
        let written = Written::of(&Request::new("{ schools(filter: { stag: \"a\\\"b\" }) { nam } }"));
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
            assert_eq!(written.redact(sentence), told);
        }
    }
}
