//! Interfaces and unions of nouns, and a noun of any kind.

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, OutputType, Positioned, Result, SelectionField, ServerResult, Value,
    indexmap::{IndexMap, IndexSet},
    parser::types::Field as DocumentField,
    registry::{MetaField, MetaType, Registry},
    resolver_utils::resolve_list,
};
use domain::Kind;
use futures::{FutureExt, future::BoxFuture};

use crate::{
    definition::{
        field::{Below, FieldContext, FieldResult, Loading, ObjectSource},
        object_type::{Described, object_type},
        resolver::Resolved,
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
                fields: IndexMap::from([("id".to_owned(), id_field())]),
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

fn id_field() -> MetaField {
    MetaField {
        name: "id".to_owned(),
        description: Some("The global id: the same in every database.".to_owned()),
        args: IndexMap::new(),
        ty: "ID!".to_owned(),
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

/// An object of whatever type.
pub(crate) struct AnyObject(Box<dyn Resolve>);

impl AnyObject {
    pub(crate) fn new<T: Described>(object: T) -> Self {
        AnyObject(Box::new(Resolved { object, ty: object_type::<T>() }))
    }
}

trait Resolve: Send + Sync {
    fn resolve<'a>(
        &'a self,
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<DocumentField>,
    ) -> BoxFuture<'a, ServerResult<Value>>;
}

impl<T: Send + Sync + 'static> Resolve for Resolved<T> {
    fn resolve<'a>(
        &'a self,
        ctx: &'a ContextSelectionSet<'a>,
        field: &'a Positioned<DocumentField>,
    ) -> BoxFuture<'a, ServerResult<Value>> {
        OutputType::resolve(self, ctx, field).boxed()
    }
}

impl OutputType for AnyObject {
    /// Of no use: what a type is called, its objects know.
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("")
    }

    fn create_type_info(_: &mut Registry) -> String {
        Self::type_name().into_owned()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<DocumentField>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

/// An object of an abstract type; null where there is none.
pub(crate) struct AbstractObject<T> {
    pub(crate) ty: AbstractType,
    pub(crate) load: LoadAbstract<T, Option<AnyObject>>,
}

/// Objects of an abstract type, each of which may be missing.
pub(crate) struct AbstractObjects<T> {
    pub(crate) ty: AbstractType,
    pub(crate) load: LoadAbstract<T, Vec<Result<Option<AnyObject>>>>,
}

type LoadAbstract<T, V> = Box<dyn for<'a> Fn(&'a T, &'a FieldContext<'a>) -> Loading<'a, V> + Send + Sync>;

impl<T: Send + Sync> ObjectSource<T> for AbstractObject<T> {
    fn register(&self, registry: &mut Registry) -> String {
        self.ty.register(registry)
    }

    fn is_nullable(&self) -> bool {
        true
    }

    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a> {
        Below::Fields(field)
    }

    fn plan<'a>(&'static self, _: &Compiler<'a>, _: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>> {
        None
    }

    fn resolve<'a>(
        &'a self,
        object: &'a T,
        field: &'a FieldContext<'a>,
        ctx: &'a Context<'a>,
    ) -> BoxFuture<'a, FieldResult<Value>> {
        async move {
            let below = ctx.with_selection_set(&ctx.item.node.selection_set);
            match (self.load)(object, field).get().await? {
                Some(object) => Ok(object.resolve(&below, ctx.item).await?),
                None => Ok(Value::Null),
            }
        }
        .boxed()
    }
}

impl<T: Send + Sync> ObjectSource<T> for AbstractObjects<T> {
    fn register(&self, registry: &mut Registry) -> String {
        format!("[{}]!", self.ty.register(registry))
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn below<'a>(&self, field: SelectionField<'a>) -> Below<'a> {
        Below::Fields(field)
    }

    fn plan<'a>(&'static self, _: &Compiler<'a>, _: &[Occurrence<'a>]) -> Option<Box<dyn Level<T>>> {
        None
    }

    fn resolve<'a>(
        &'a self,
        object: &'a T,
        field: &'a FieldContext<'a>,
        ctx: &'a Context<'a>,
    ) -> BoxFuture<'a, FieldResult<Value>> {
        async move {
            let below = ctx.with_selection_set(&ctx.item.node.selection_set);
            let objects = (self.load)(object, field).get().await?;
            let length = objects.len();
            // The library nulls an item that has an error.
            let objects = objects.into_iter().map(Result::transpose);
            Ok(resolve_list(&below, ctx.item, objects, Some(length)).await?)
        }
        .boxed()
    }
}
