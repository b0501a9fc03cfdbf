//! The types of the schema, as async-graphql registers them.

use async_graphql::{
    TypeDirective,
    indexmap::{IndexMap, IndexSet},
    registry::{Deprecation, MetaField, MetaType, Registry},
};

use crate::{
    definition::{
        field::{Field, Source},
        object_type::ObjectType,
    },
    lists::list_size,
};

/// Adds a type to the schema, with all that its fields lead to; gives its name.
pub(crate) fn register_object<T>(ty: &ObjectType<T>, registry: &mut Registry) -> String {
    let name = ty.name.to_string();
    if registry.types.contains_key(&name) {
        return name;
    }
    // Known before its fields are: they may lead back to it.
    registry.types.insert(name.clone(), meta_type(ty, IndexMap::new()));
    for interface in ty.implements {
        registry.add_implements(&name, interface);
    }
    let fields = meta_fields(ty, registry);
    registry.types.insert(name.clone(), meta_type(ty, fields));
    name
}

/// The fields of a type, as the library registers them, with all that they lead to.
pub(crate) fn meta_fields<T>(ty: &ObjectType<T>, registry: &mut Registry) -> IndexMap<String, MetaField> {
    ty.fields.iter().map(|field| (field.name.to_owned(), meta_field(field, registry))).collect()
}

fn meta_type<T>(ty: &ObjectType<T>, fields: IndexMap<String, MetaField>) -> MetaType {
    MetaType::Object {
        name: ty.name.to_string(),
        description: Some(ty.description.to_owned()),
        fields,
        cache_control: Default::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

fn meta_field<T>(field: &Field<T>, registry: &mut Registry) -> MetaField {
    let ty = match &field.source {
        Source::Leaf(ty, _) | Source::LoadedLeaf(ty, _) => (ty.register)(registry),
        Source::Objects(objects) => objects.register(registry),
    };
    let arguments = field.arguments.iter().map(|argument| (argument.name.to_owned(), argument.register(registry)));
    let args = arguments.collect();
    let directive_invocations = field.expected_size.map(|size| {
        list_size::list_size.register(registry);
        list_size::of_connection(size)
    });
    let deprecation = field
        .deprecation
        .map_or(Deprecation::NoDeprecated, |reason| Deprecation::Deprecated { reason: Some(reason.to_owned()) });
    MetaField {
        args,
        deprecation,
        directive_invocations: directive_invocations.into_iter().collect(),
        ..described_field(field.name, field.description, ty)
    }
}

/// An interface, as the library registers it.
pub(crate) fn interface_type(
    name: &str,
    description: &str,
    fields: IndexMap<String, MetaField>,
    possible_types: IndexSet<String>,
) -> MetaType {
    MetaType::Interface {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        fields,
        possible_types,
        extends: false,
        keys: None,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// A field without arguments, as the library registers it.
pub(crate) fn described_field(name: &str, description: &str, ty: String) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        args: IndexMap::new(),
        ty,
        deprecation: Default::default(),
        cache_control: Default::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}
