//! The types of the schema and their fields, read from the schema's own text.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Positioned,
    parser::{
        parse_schema,
        types::{BaseType, ConstDirective, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

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
    /// Reads the schema's own text.
    pub(crate) fn from_sdl(sdl: &str) -> SchemaTypes {
        let document = parse_schema(sdl).expect("the schema prints what can be parsed");
        let (mut fields, mut possible) = (HashMap::new(), HashMap::<_, HashSet<_>>::new());
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let definition = definition.node;
            let name = definition.name.node.to_string();
            let own = match definition.kind {
                TypeKind::Object(object) => {
                    for interface in object.implements {
                        possible.entry(interface.node.to_string()).or_default().insert(name.clone());
                    }
                    object.fields
                }
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Union(union) => {
                    possible.insert(name, union.members.iter().map(|member| member.node.to_string()).collect());
                    continue;
                }
                _ => continue,
            };
            let infos = own.iter().map(|field| (field.node.name.node.to_string(), field_info(&field.node)));
            fields.insert(name, infos.collect());
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

fn field_info(field: &FieldDefinition) -> FieldInfo {
    let (name, is_list) = named_type(&field.ty.node);
    let sized = field.directives.iter().find(|directive| directive.node.name.node == "listSize");
    FieldInfo {
        ty: name.to_string(),
        is_list,
        is_connection: name.ends_with("Connection"),
        assumed_size: sized.and_then(assumed_size),
    }
}

/// The innermost named type of a type, and whether there is a list around it.
fn named_type(ty: &Type) -> (&Name, bool) {
    match &ty.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(inner) => (named_type(inner).0, true),
    }
}

fn assumed_size(directive: &Positioned<ConstDirective>) -> Option<u64> {
    let argument = directive.node.get_argument("assumedSize")?;
    match &argument.node {
        async_graphql::Value::Number(number) => number.as_u64(),
        _ => None,
    }
}
