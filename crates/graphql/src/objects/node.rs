//! The `Node` interface: any noun by its global id.

use async_graphql::{Context, ID, Interface, Object, Result, Union};
use domain::{AnyId, Id, Kind, View};

use crate::{
    execution::{context::ContextExt, error::ErrorCode},
    objects::noun::ViewedNoun,
    schema::ViewArgs,
};

/// Declares what holds each noun of the schema, and the way to one by its id.
macro_rules! nouns {
    ($($noun:ident),+) => {
        /// A thing with a global id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "ID", desc = "The global id: the same in every database."))]
        pub(crate) enum Node {
            $($noun(ViewedNoun<domain::$noun>),)+
        }

        /// A noun that a gateway can refer to by its type and id.
        #[derive(Union)]
        #[graphql(name = "_Entity")]
        pub(crate) enum Entity {
            $($noun(ViewedNoun<domain::$noun>),)+
        }

        impl From<Node> for Entity {
            fn from(node: Node) -> Entity {
                match node {
                    $(Node::$noun(noun) => Entity::$noun(noun),)+
                }
            }
        }

        impl Node {
            /// The kind of the noun with this type in the schema.
            pub(crate) fn kind_of_type(type_name: &str) -> Option<Kind> {
                match type_name {
                    $(stringify!($noun) => Some(Kind::$noun),)+
                    _ => None,
                }
            }

            /// The noun with this id; `None` if the view knows none.
            pub(crate) async fn load(ctx: &Context<'_>, view: View, id: AnyId) -> Option<Result<Node>> {
                match id.kind {
                    $(Kind::$noun => Some(ctx.load_noun(view, Id::<domain::$noun>::from_raw(id.raw)).await?.map(Node::$noun)),)+
                    _ => None,
                }
            }
        }
    };
}

domain::with_nouns!(nouns);

/// Nouns by their ids.
pub(crate) struct NodeQuery(pub(crate) ViewArgs);

/// Nouns by their ids.
#[Object]
impl NodeQuery {
    /// The noun with this global id; null if there is none.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Option<Result<Node>> {
        match parse_global_id(&id) {
            Ok(id) => Node::load(ctx, self.0.view(ctx), id).await,
            Err(error) => Some(Err(error)),
        }
    }

    /// The nouns with these global ids, in their order; null for an id that none has, and with an error for a text that is no id.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > 100 {
            return Err(ErrorCode::InvalidArgument
                .with_message(format!("`ids` has {} ids, and at most 100 are answered", ids.len())));
        }
        let view = self.0.view(ctx);
        let find = async |id: &ID| match parse_global_id(id) {
            Ok(id) => Node::load(ctx, view, id).await,
            Err(error) => Some(Err(error)),
        };
        Ok(futures::future::join_all(ids.iter().map(find)).await)
    }
}

/// Reads an id of any noun.
pub(crate) fn parse_global_id(id: &str) -> Result<AnyId> {
    id.parse().map_err(|error| ErrorCode::InvalidId.with_message(error))
}
