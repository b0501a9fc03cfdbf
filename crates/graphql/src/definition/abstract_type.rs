//! Interfaces and unions of nouns, and a noun of any kind.

use async_graphql::{
    SelectionField,
    indexmap::{IndexMap, IndexSet},
    registry::{MetaType, Registry},
};
use domain::Kind;

use crate::{
    definition::{
        field::{Below, FieldContext, Loading, ObjectSource},
        registry::described_field,
        resolver::AnyChildren,
    },
    objects::node::{NOUNS, NounEntry},
    plan::{
        compile::{Compiler, Occurrence},
        level::Level,
    },
};

/// A union of kinds of nouns.
pub(crate) struct Union {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    /// The kinds; all where none are named.
    pub(crate) kinds: &'static [Kind],
}

const ID_DESCRIPTION: &str = "The global id: the same in every database.";

/// The interface of whatever has a global id.
pub(crate) const NODE: &str = "Node";

/// A type that is one of several.
#[derive(Clone, Copy)]
pub(crate) enum AbstractType {
    /// The interface of all nouns.
    Node,
    Union(&'static Union),
}

impl AbstractType {
    /// Adds the type to the schema, with all that its nouns lead to; gives its name.
    pub(crate) fn register(self, registry: &mut Registry) -> String {
        let name = match self {
            AbstractType::Node => NODE,
            AbstractType::Union(union) => union.name,
        };
        if registry.types.contains_key(name) {
            return name.to_owned();
        }
        let nouns = self.nouns();
        let possible_types: IndexSet<String> = nouns.iter().map(|entry| entry.name.to_owned()).collect();
        let meta = match self {
            AbstractType::Node => MetaType::Interface {
                name: name.to_owned(),
                description: Some("A thing with a global id.".to_owned()),
                fields: IndexMap::from([("id".to_owned(), described_field("id", ID_DESCRIPTION, "ID!".to_owned()))]),
                possible_types,
                extends: false,
                keys: None,
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                rust_typename: None,
                directive_invocations: Vec::new(),
                requires_scopes: Vec::new(),
            },
            AbstractType::Union(union) => MetaType::Union {
                name: name.to_owned(),
                description: Some(union.description.to_owned()),
                possible_types,
                visible: None,
                inaccessible: false,
                tags: Vec::new(),
                rust_typename: None,
                directive_invocations: Vec::new(),
            },
        };
        registry.types.insert(name.to_owned(), meta);
        for entry in nouns {
            (entry.register)(registry);
        }
        name.to_owned()
    }

    /// The kinds of nouns that are of the type, in its order.
    fn nouns(self) -> Vec<&'static NounEntry> {
        match self {
            AbstractType::Union(Union { kinds, .. }) if !kinds.is_empty() => {
                kinds.iter().filter_map(|kind| NOUNS.iter().find(|entry| entry.kind == *kind)).collect()
            }
            _ => NOUNS.iter().collect(),
        }
    }
}

/// What a field of an abstract type leads to: one object or none, or a list of them.
pub(crate) struct AbstractObjects<T> {
    pub(crate) ty: AbstractType,
    pub(crate) is_list: bool,
    pub(crate) load: LoadAbstract<T>,
}

type LoadAbstract<T> = Box<dyn for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, AnyChildren> + Send + Sync>;

impl<T: Send + Sync> ObjectSource<T> for AbstractObjects<T> {
    fn register(&self, registry: &mut Registry) -> String {
        let name = self.ty.register(registry);
        if self.is_list { format!("[{name}]!") } else { name }
    }

    fn is_nullable(&self) -> bool {
        !self.is_list
    }

    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a> {
        Below::Fields(field)
    }

    fn plan<'a>(&'static self, _: &Compiler<'a>, _: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>> {
        None
    }

    fn load<'a>(&'a self, object: &'a T, field: &'a FieldContext<'a>) -> Loading<'a, AnyChildren> {
        (self.load)(object, field)
    }
}
