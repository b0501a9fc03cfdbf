//! Nouns of whatever kind: the list of all kinds, and any noun by its global id.

use async_graphql::{ID, Result, registry::Registry};
use domain::{AnyId, Id, Kind, View};
use futures::{FutureExt, future::BoxFuture};

use crate::{
    definition::{
        abstract_type::{AbstractType, NounRef},
        field::{FieldContext, FieldResult, Loading},
        object_type::{ObjectType, object_type},
        registry::register_object,
        resolver::AnyObject,
    },
    execution::error_code::ErrorCode,
    objects::noun::{NounType, ViewedNoun},
    plan::{
        abstract_level::{KindLevel, NounLevel},
        compile::{Compiler, Occurrence},
    },
    schema::Map,
};

/// A kind of noun of the schema.
pub(crate) struct NounEntry {
    pub(crate) kind: Kind,
    /// Its type.
    pub(crate) name: &'static str,
    /// Adds its type to the schema.
    pub(crate) register: fn(&mut Registry) -> String,
    /// Adds the fields that find one and list all.
    pub(crate) with_root_fields: fn(ObjectType<Map>) -> ObjectType<Map>,
    load: LoadAnyNoun,
    /// Compiles what is selected of its nouns; `None` if some of it has no planned form.
    pub(crate) plan: CompileKind,
}

/// Compiles what is selected of the nouns of a kind.
type CompileKind = for<'a> fn(&Compiler<'a>, &[Occurrence<'a>]) -> Option<Box<dyn KindLevel>>;

/// Loads the noun with an identity.
type LoadAnyNoun = for<'a> fn(&'a FieldContext<'a>, View, i64) -> BoxFuture<'a, Result<Option<AnyObject>>>;

impl NounEntry {
    const fn of<N: NounType>() -> Self {
        NounEntry {
            kind: N::KIND,
            name: N::NAME,
            register: |registry| register_object(object_type::<ViewedNoun<N>>(), registry),
            with_root_fields: ObjectType::<Map>::noun_fields::<N>,
            load: |ctx, view, raw| {
                async move {
                    let noun = ctx.load_noun(view, Id::<N>::from_raw(raw)).await?;
                    Ok(noun.map(|noun| AnyObject::new(noun, object_type::<ViewedNoun<N>>())))
                }
                .boxed()
            },
            plan: |compiler, sets| {
                let selection = compiler.selection(object_type::<ViewedNoun<N>>(), sets)?;
                Some(Box::new(NounLevel { selection }))
            },
        }
    }
}

/// Lists all kinds of nouns.
macro_rules! nouns {
    ($($noun:ident),+) => {
        /// All kinds of nouns.
        pub(crate) static NOUNS: &[NounEntry] = &[$(NounEntry::of::<domain::$noun>()),+];
    };
}

domain::with_nouns!(nouns);

/// The kind of the nouns of a type.
pub(crate) fn kind_of_type(name: &str) -> Option<Kind> {
    NOUNS.iter().find(|entry| entry.name == name).map(|entry| entry.kind)
}

/// The noun with this id; `None` if the view knows none.
pub(crate) async fn load_any_noun(ctx: &FieldContext<'_>, view: View, id: AnyId) -> Result<Option<AnyObject>> {
    match NOUNS.iter().find(|entry| entry.kind == id.kind) {
        Some(entry) => (entry.load)(ctx, view, id.raw).await,
        None => Ok(None),
    }
}

/// Reads an id of any noun.
pub(crate) fn parse_global_id(id: &str) -> Result<AnyId> {
    id.parse().map_err(|error| ErrorCode::InvalidId.with_message(error))
}

impl ObjectType<Map> {
    /// Adds the fields that find nouns by their global ids.
    pub(crate) fn node_fields(self) -> Self {
        self.load_abstract(
            "node",
            "The noun with this global id; null if there is none.",
            AbstractType::Node,
            |map, ctx| {
                let find = || -> FieldResult<NounRef> {
                    let id: ID = ctx.arguments.get("id")?;
                    Ok(NounRef { view: map.view(ctx), id: parse_global_id(&id)? })
                };
                Loading::Now(find().map(Some))
            },
        )
        .argument::<ID>("id", "The global id.")
        .load_abstracts(
            "nodes",
            "The nouns with these global ids, in their order; null for an id that none has, and with an error for a text that is no id.",
            AbstractType::Node,
            |map, ctx| Loading::Now(find_nodes(map, ctx)),
        )
        .argument::<Vec<ID>>("ids", "The global ids, at most 100.")
    }
}

fn find_nodes(map: &Map, ctx: &FieldContext<'_>) -> FieldResult<Vec<Result<Option<NounRef>>>> {
    let ids: Vec<ID> = ctx.arguments.get("ids")?;
    if ids.len() > 100 {
        let problem = format!("`ids` has {} ids, and at most 100 are answered", ids.len());
        return Err(ErrorCode::InvalidArgument.with_message(problem).into());
    }
    let view = map.view(ctx);
    Ok(ids.iter().map(|id| Ok(Some(NounRef { view, id: parse_global_id(id)? }))).collect())
}
