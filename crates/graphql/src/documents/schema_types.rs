//! The types of the schema and their fields, as documents are weighed and planned by them.

use std::collections::{HashMap, HashSet};

use apollo_compiler::{
    Schema,
    ast::Value,
    schema::{Component, ExtendedType, FieldDefinition},
};
use async_graphql::parser::types::OperationType;

/// The types of the schema and their fields.
#[derive(Debug)]
pub(crate) struct SchemaTypes {
    fields: HashMap<String, HashMap<String, FieldInfo>>,
    /// The types with fields of which an object of an interface or a union may be.
    possible: HashMap<String, HashSet<String>>,
}

/// What the schema says of a field.
#[derive(Debug)]
pub(crate) struct FieldInfo {
    /// The type of its value, or of each item.
    pub(crate) ty: String,
    /// Whether it is a list.
    pub(crate) is_list: bool,
    /// Whether it is a page of a list, with its items in `edges` and `nodes`.
    pub(crate) is_connection: bool,
    /// How many items are expected, whatever is asked for.
    pub(crate) assumed_size: Option<u64>,
}

impl SchemaTypes {
    /// Reads them from the schema as documents are validated against it.
    pub(crate) fn new(schema: &Schema) -> SchemaTypes {
        let (mut fields, mut possible) = (HashMap::new(), HashMap::<_, HashSet<_>>::new());
        for (name, ty) in schema.types.iter().filter(|(_, ty)| !ty.is_built_in()) {
            let own = match ty {
                ExtendedType::Object(object) => {
                    for interface in &object.implements_interfaces {
                        possible.entry(interface.to_string()).or_default().insert(name.to_string());
                    }
                    &object.fields
                }
                ExtendedType::Interface(interface) => &interface.fields,
                ExtendedType::Union(union) => {
                    possible.insert(name.to_string(), union.members.iter().map(ToString::to_string).collect());
                    continue;
                }
                _ => continue,
            };
            let infos = own.iter().map(|(name, field)| (name.to_string(), field_info(field)));
            fields.insert(name.to_string(), infos.collect());
        }
        SchemaTypes { fields, possible }
    }

    /// Whether a fragment on a type selects of objects of another: of the type itself, of an interface that it implements, or
    /// of a union that holds it.
    pub(crate) fn selects(&self, on: &str, ty: &str) -> bool {
        on == ty || self.possible.get(on).is_some_and(|types| types.contains(ty))
    }

    /// The types of which an object of an interface or a union may be; `None` if the type is neither.
    pub(crate) fn possible_types(&self, ty: &str) -> Option<&HashSet<String>> {
        self.possible.get(ty)
    }

    /// What the schema says of a field.
    pub(crate) fn find_field(&self, ty: &str, field: &str) -> Option<&FieldInfo> {
        self.fields.get(ty)?.get(field)
    }

    /// The type at the root of an operation.
    pub(crate) fn root_type(&self, operation: OperationType) -> Option<&'static str> {
        let root = match operation {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        self.fields.contains_key(root).then_some(root)
    }
}

fn field_info(field: &Component<FieldDefinition>) -> FieldInfo {
    let ty = field.ty.inner_named_type();
    let sized = field.directives.get("listSize");
    let assumed_size = sized.and_then(|sized| match &**sized.specified_argument_by_name("assumedSize")? {
        Value::Int(size) => size.as_str().parse().ok(),
        _ => None,
    });
    FieldInfo {
        ty: ty.to_string(),
        is_list: field.ty.is_list(),
        is_connection: ty.ends_with("Connection"),
        assumed_size,
    }
}
