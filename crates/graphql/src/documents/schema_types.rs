//! The types of the schema and their fields, read from the schema's own text.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::{
        parse_schema,
        types::{BaseType, ConstDirective, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

/// The types of the schema and their fields.
#[derive(Debug)]
pub(crate) struct Types {
    fields: HashMap<String, HashMap<String, Shape>>,
}

/// What the schema says of a field.
#[derive(Debug)]
pub(crate) struct Shape {
    /// The type of its value, or of each item.
    pub(crate) ty: String,
    /// Whether it is a list.
    pub(crate) is_list: bool,
    /// Whether it is a page of a list, with its items in `edges` and `nodes`.
    pub(crate) is_connection: bool,
    /// How many items are expected, whatever is asked for.
    pub(crate) assumed: Option<u64>,
}

impl Types {
    /// Reads the schema's own text.
    pub(crate) fn read(sdl: &str) -> Types {
        let document = parse_schema(sdl).expect("the schema prints what can be parsed");
        let mut fields = HashMap::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let definition = definition.node;
            let own = match definition.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let shapes = own.iter().map(|field| (field.node.name.node.to_string(), shape(&field.node)));
            fields.insert(definition.name.node.to_string(), shapes.collect());
        }
        Types { fields }
    }

    /// What is said of a field.
    pub(crate) fn field(&self, ty: &str, field: &str) -> Option<&Shape> {
        self.fields.get(ty)?.get(field)
    }

    /// The type at the root of an operation.
    pub(crate) fn root(&self, operation: OperationType) -> Option<&'static str> {
        let root = match operation {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        self.fields.contains_key(root).then_some(root)
    }
}

fn shape(field: &FieldDefinition) -> Shape {
    let (name, is_list) = base(&field.ty.node);
    let sized = field.directives.iter().find(|directive| directive.node.name.node == "listSize");
    Shape {
        ty: name.to_string(),
        is_list,
        is_connection: name.ends_with("Connection"),
        assumed: sized.and_then(assumed),
    }
}

/// The name at the bottom of a type, and whether there is a list around it.
fn base(ty: &Type) -> (&Name, bool) {
    match &ty.base {
        BaseType::Named(name) => (name, false),
        BaseType::List(inner) => (base(inner).0, true),
    }
}

fn assumed(directive: &Positioned<ConstDirective>) -> Option<u64> {
    let argument = directive.node.get_argument("assumedSize")?;
    match &argument.node {
        async_graphql::Value::Number(number) => number.as_u64(),
        _ => None,
    }
}
