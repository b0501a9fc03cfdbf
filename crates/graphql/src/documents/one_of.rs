//! `isOneOf` of a type, which apollo-compiler 1.33 does not know: it is asked for `kind` instead, under another name.

use apollo_compiler::{
    ExecutableDocument, Name, Schema,
    ast::{self, DirectiveList, FieldDefinition, Type},
    name,
    schema::ExtendedType,
    validation::Valid,
};
use async_graphql::Value;

use crate::documents::selections::change_fields;

/// The prefix of the names under which the library answers `kind` where `isOneOf` is asked for.
pub(crate) const ALIAS_PREFIX: &str = "__isOneOf__";

/// Whether a type of a kind wants one of its fields; no input object of this schema does.
pub(crate) fn is_one_of_value(kind: Option<&str>) -> Value {
    if kind == Some("INPUT_OBJECT") { Value::Boolean(false) } else { Value::Null }
}

/// A schema whose types can be asked for `isOneOf`, which the library does not know yet.
pub(crate) fn with_is_one_of(schema: Valid<Schema>) -> Valid<Schema> {
    let mut schema = schema.into_inner();
    if let Some(ExtendedType::Object(ty)) = schema.types.get_mut("__Type") {
        let field = FieldDefinition {
            description: None,
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: Type::Named(name!("Boolean")),
            directives: DirectiveList::default(),
        };
        ty.make_mut().fields.insert(name!("isOneOf"), field.into());
    }
    Valid::assume_valid(schema)
}

/// A valid document as the library can answer it: it asks for `kind` where `isOneOf` was asked for.
pub(crate) fn without_is_one_of(
    parsed: &ast::Document,
    valid: Valid<ExecutableDocument>,
    schema: &Valid<Schema>,
) -> Valid<ExecutableDocument> {
    let mut parsed = parsed.clone();
    let mut is_changed = false;
    change_fields(&mut parsed, &mut |field| {
        if field.name == "isOneOf"
            && let Ok(alias) = Name::new(&format!("{ALIAS_PREFIX}{}", field.response_name()))
        {
            (field.name, field.alias, is_changed) = (name!("kind"), Some(alias), true);
        }
    });
    match parsed.to_executable(schema) {
        Ok(changed) if is_changed => Valid::assume_valid(changed),
        _ => valid,
    }
}
