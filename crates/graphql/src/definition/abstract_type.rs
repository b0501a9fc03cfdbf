//! Interfaces and unions of nouns, and a noun of any kind.

use async_graphql::{
    Result, SelectionField,
    indexmap::{IndexMap, IndexSet},
    registry::{MetaType, Registry},
};
use domain::{AnyId, Kind, View};
use futures::future::join_all;

use crate::{
    definition::{
        field::{Below, FieldContext, Loading, ObjectSource},
        object_type::ObjectType,
        registry::{described_field, interface_type, meta_fields},
        resolver::AnyChildren,
    },
    objects::{
        node::{NOUNS, NounEntry, load_any_noun},
        noun::ViewedNoun,
    },
    plan::{
        abstract_level::AbstractLevel,
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

/// The interface of all nouns, with the fields that they have in common.
pub(crate) const NOUN: &str = "Noun";

const NOUN_DESCRIPTION: &str =
    "Whatever has an entry of its own on the map: its names, when it holds, since when it is known, and who says so.";

/// A type that is one of several.
#[derive(Clone, Copy)]
pub(crate) enum AbstractType {
    /// The interface of whatever has a global id.
    Node,
    /// The interface of all nouns.
    Noun,
    Union(&'static Union),
}

impl AbstractType {
    /// Adds the type to the schema, with all that its nouns lead to; gives its name.
    pub(crate) fn register(self, registry: &mut Registry) -> String {
        let name = self.name();
        if registry.types.contains_key(name) {
            return name.to_owned();
        }
        let nouns = self.nouns();
        let possible_types: IndexSet<String> = nouns.iter().map(|entry| entry.name.to_owned()).collect();
        let interface = |description, fields| interface_type(name, description, fields, possible_types.clone());
        let meta = match self {
            AbstractType::Node => {
                let id = described_field("id", ID_DESCRIPTION, "ID!".to_owned());
                interface("A thing with a global id.", IndexMap::from([("id".to_owned(), id)]))
            }
            AbstractType::Noun => {
                registry.add_implements(NOUN, NODE);
                // Known before its fields are: they may lead back to it.
                registry.types.insert(name.to_owned(), interface(NOUN_DESCRIPTION, IndexMap::new()));
                // Whatever the kind, the fields are the same.
                let common = ObjectType::<ViewedNoun<domain::District>>::noun("");
                interface(NOUN_DESCRIPTION, meta_fields(&common, registry))
            }
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
            if matches!(self, AbstractType::Union(_)) {
                // The executor looks for the type of a fragment among the interfaces, and there alone; the schema's text has
                // unions where they belong.
                registry.add_implements(entry.name, name);
            }
            (entry.register)(registry);
        }
        name.to_owned()
    }

    /// Its name in the schema.
    fn name(self) -> &'static str {
        match self {
            AbstractType::Node => NODE,
            AbstractType::Noun => NOUN,
            AbstractType::Union(union) => union.name,
        }
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

/// A noun of any kind, as a view shows it; it is loaded when it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NounRef {
    pub(crate) view: View,
    pub(crate) id: AnyId,
}

/// The nouns to which a field of an abstract type leads.
pub(crate) enum NounRefs {
    One(Option<NounRef>),
    /// Each may be missing, or have an error of its own.
    Many(Vec<Result<Option<NounRef>>>),
}

/// What a field of an abstract type leads to: one object or none, or a list of them.
pub(crate) struct AbstractObjects<T> {
    pub(crate) ty: AbstractType,
    pub(crate) is_list: bool,
    pub(crate) load: LoadNounRefs<T>,
}

pub(crate) type LoadNounRefs<T> =
    Box<dyn for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, NounRefs> + Send + Sync>;

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

    /// What is selected of each kind of noun that the field may lead to.
    fn plan<'a>(&'static self, compiler: &Compiler<'a>, sets: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>> {
        let selected = self.ty.nouns().into_iter().map(|entry| Some((entry.kind, (entry.plan)(compiler, sets)?)));
        let kinds = selected.collect::<Option<Vec<_>>>()?;
        Some(Box::new(AbstractLevel { load: &self.load, type_name: self.ty.name(), kinds }))
    }

    fn load<'a>(&'a self, object: &'a T, field: &'a FieldContext<'a>) -> Loading<'a, AnyChildren> {
        let load = async move |noun: Option<NounRef>| match noun {
            Some(NounRef { view, id }) => load_any_noun(field, view, id).await,
            None => Ok(None),
        };
        Loading::later(async move {
            Ok(match (self.load)(object, field).get().await? {
                NounRefs::One(noun) => load(noun).await?.map_or(AnyChildren::Null, AnyChildren::One),
                NounRefs::Many(nouns) => {
                    let each = nouns.into_iter().map(async |noun| load(noun?).await);
                    AnyChildren::ManyOptional(join_all(each).await)
                }
            })
        })
    }
}
