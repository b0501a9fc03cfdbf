//! The `Node` interface: any noun by its global id.

use async_graphql::{Context, ID, Interface, Object, Result};
use domain::{AnyId, Id, Kind};

use crate::{context::ContextExt, error::Code, noun::At, schema::Sight};

/// A thing with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id: the same in every database."))]
pub(crate) enum Node {
    Alliance(At<domain::Alliance>),
    Authority(At<domain::Authority>),
    Campus(At<domain::Campus>),
    District(At<domain::District>),
    Group(At<domain::Group>),
    LearningArea(At<domain::LearningArea>),
    Partner(At<domain::Partner>),
    Region(At<domain::Region>),
    School(At<domain::School>),
    Source(At<domain::Source>),
    Township(At<domain::Township>),
}

/// Nouns by their ids.
pub(crate) struct NodeQuery(pub(crate) Sight);

/// Nouns by their ids.
#[Object]
impl NodeQuery {
    /// The noun with this global id; null if there is none.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Option<Result<Node>> {
        match parse(&id) {
            Ok(id) => self.find(ctx, id).await,
            Err(error) => Some(Err(error)),
        }
    }

    /// The nouns with these global ids, in their order; null for an id that none has.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids, at most 100.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > 100 {
            return Err(
                Code::InvalidArgument.because(format!("`ids` has {} ids, and at most 100 are answered", ids.len()))
            );
        }
        let ids = ids.iter().map(|id| parse(id)).collect::<Result<Vec<_>>>()?;
        let found = futures::future::join_all(ids.into_iter().map(|id| self.find(ctx, id))).await;
        found.into_iter().map(Option::transpose).collect()
    }
}

fn parse(id: &str) -> Result<AnyId> {
    id.parse().map_err(|error| Code::InvalidId.because(error))
}

impl NodeQuery {
    async fn find(&self, ctx: &Context<'_>, id: AnyId) -> Option<Result<Node>> {
        let view = self.0.view(ctx);
        macro_rules! found {
            ($($kind:ident),+) => {
                match id.kind {
                    $(Kind::$kind => Some(ctx.find(view, Id::<domain::$kind>::from_raw(id.raw)).await?.map(Node::$kind)),)+
                    _ => None,
                }
            };
        }
        found!(Alliance, Authority, Campus, District, Group, LearningArea, Partner, Region, School, Source, Township)
    }
}
