//! The map as a part of a larger graph: what its text tells gateways, and what they ask of it.
//!
//! Every noun is an entity with its global id for a key. The contract is the text of the subgraph as well, word for
//! word, so that what clients generate from and what gateways compose cannot drift apart (docs/decisions/0014).

use async_graphql::{Any, Context, Object, Result, SimpleObject, Value};
use domain::{AnyId, IdError};
use futures::future::join_all;

use crate::{
    execution::{context::ContextExt, error::ErrorCode},
    objects::node::{self, Entity, Node},
};

/// The directives of the specifications of links and federation, as far as the schema uses them.
const DIRECTIVES: &str = r#"
"""
What a gateway refers to an object by: here or elsewhere, equal values mean the same thing.
"""
directive @key(fields: String!) repeatable on OBJECT
"""
Which specification the directives of this schema come from.
"""
directive @link(url: String!, import: [String]) repeatable on SCHEMA
"""
A type that other parts of a larger graph may have as well.
"""
directive @shareable repeatable on OBJECT
schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@listSize", "@shareable"]) {
"#;

/// A schema's text with what gateways need to know: an object that implements `Node` is an entity.
pub(crate) fn subgraph_sdl(sdl: &str) -> String {
    sdl.replace(" implements Node {\n", " implements Node @key(fields: \"id\") {\n")
        .replace("\ntype PageInfo {\n", "\ntype PageInfo @shareable {\n")
        .replace("\nschema {\n", DIRECTIVES)
}

/// What gateways ask.
pub(crate) struct FederationQuery;

/// This API, to a gateway that joins it with others.
#[derive(SimpleObject)]
#[graphql(name = "_Service")]
struct Service {
    /// The schema's text, for Apollo Federation 2.
    sdl: Option<String>,
}

/// What gateways ask.
#[Object]
impl FederationQuery {
    /// This API, to a gateway that joins it with others.
    #[graphql(name = "_service")]
    async fn service(&self, ctx: &Context<'_>) -> Service {
        Service { sdl: Some(ctx.request_context().schema.sdl()) }
    }

    /// The nouns that a gateway refers to, in its order, as they are today; null for one that is unknown.
    #[graphql(name = "_entities")]
    async fn entities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The nouns, each by its `__typename` and `id`.")] representations: Vec<Any>,
    ) -> Result<Vec<Option<Result<Entity>>>> {
        ctx.charge_objects(representations.len())?;
        Ok(join_all(representations.iter().map(|it| load_entity(ctx, it))).await)
    }
}

async fn load_entity(ctx: &Context<'_>, representation: &Any) -> Option<Result<Entity>> {
    match parse_representation(&representation.0) {
        Ok(id) => Node::load(ctx, ctx.default_view(), id).await.map(|found| found.map(Entity::from)),
        Err(error) => Some(Err(error)),
    }
}

/// The id in a representation, if it is of the type that stands beside it.
fn parse_representation(representation: &Value) -> Result<AnyId> {
    let Value::Object(members) = representation else {
        return Err(ErrorCode::InvalidArgument.with_message("a representation is an object with `__typename` and `id`"));
    };
    let text = |name: &str| match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(ErrorCode::InvalidArgument.with_message(format!("a representation needs a text for `{name}`"))),
    };
    let (type_name, text) = (text("__typename")?, text("id")?);
    let wanted = Node::kind_of_type(type_name)
        .ok_or_else(|| ErrorCode::InvalidArgument.with_message(format!("`{type_name}` is no entity of this graph")))?;
    let id = node::parse_global_id(text)?;
    match id.kind == wanted {
        true => Ok(id),
        false => Err(ErrorCode::InvalidId.with_message(IdError::WrongKind { text: text.clone(), is: id.kind, wanted })),
    }
}
