//! The roots of the schema: the map at the default view, and at others.

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, MergedObject, Object, Result, SDLExportOptions};
use chrono::NaiveDate;
use domain::{Known, View};

use crate::{
    alliance::AllianceQuery,
    authority::AuthorityQuery,
    campus::CampusQuery,
    connection::ViewAsked,
    context::{ContextExt, masked},
    cost::Types,
    error::Code,
    federation::{self, FederationQuery},
    group::GroupQuery,
    node::{Node, NodeQuery},
    partner::PartnerQuery,
    place::{DistrictQuery, LearningAreaQuery, RegionQuery, TownshipQuery},
    revision::{RevisionQuery, RevisionSubscription},
    scalar::Date,
    school::SchoolQuery,
    source::SourceQuery,
};

type Inner = async_graphql::Schema<Query, EmptyMutation, RevisionSubscription>;

/// The schema. Cheap to clone.
#[derive(Clone)]
pub struct Schema {
    inner: Inner,
    types: Arc<Types>,
    sdl: Arc<str>,
    is_open: bool,
}

impl Schema {
    /// The schema's text: the contract, with clients and with gateways.
    #[must_use]
    pub fn sdl(&self) -> String {
        self.sdl.to_string()
    }

    /// Whether a client may ask what is in it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) fn types(&self) -> &Types {
        &self.types
    }
}

/// Which view a root asks for; what it leaves open is today and the latest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sight {
    as_of: Option<NaiveDate>,
    known_at: Option<i64>,
}

impl Sight {
    /// The view of the request at hand.
    pub(crate) fn view(self, ctx: &Context<'_>) -> View {
        let default = ctx.default_view();
        View { day: self.as_of.unwrap_or(default.day), known: self.known_at.map_or(default.known, Known::At) }
    }
}

/// What cursors of a view hold for: the default view goes on from day to day.
pub(crate) fn asked_for(ctx: &Context<'_>, view: View) -> ViewAsked {
    match view == ctx.default_view() {
        true => ViewAsked::Default,
        false => ViewAsked::Pinned(view),
    }
}

/// Declares an object that merges the root fields of all nouns.
macro_rules! map {
    ($(#[$doc:meta])* $visibility:vis $name:ident $(, $extra:ident)*) => {
        $(#[$doc])*
        #[derive(MergedObject)]
        $visibility struct $name(
            // First, since every noun's own fields lead to sources: a type must be complete before it is flattened into others.
            SourceQuery,
            $($extra,)*
            AllianceQuery,
            AuthorityQuery,
            CampusQuery,
            DistrictQuery,
            GroupQuery,
            LearningAreaQuery,
            NodeQuery,
            PartnerQuery,
            RegionQuery,
            RevisionQuery,
            SchoolQuery,
            TownshipQuery,
        );

        impl $name {
            fn seen(sight: Sight) -> Self {
                $name(
                    SourceQuery(sight),
                    $($extra,)*
                    AllianceQuery(sight),
                    AuthorityQuery(sight),
                    CampusQuery(sight),
                    DistrictQuery(sight),
                    GroupQuery(sight),
                    LearningAreaQuery(sight),
                    NodeQuery(sight),
                    PartnerQuery(sight),
                    RegionQuery(sight),
                    RevisionQuery(sight),
                    SchoolQuery(sight),
                    TownshipQuery(sight),
                )
            }
        }
    };
}

map! {
    /// The map at the default view, today and the latest revision; `map` shows it at others.
    pub(crate) Query, MapQuery, FederationQuery
}

map! {
    /// The map as it was on a day, as far as it was known at a revision.
    pub(crate) Map
}

/// The way to other views.
pub(crate) struct MapQuery;

/// The way to other views.
#[Object]
impl MapQuery {
    /// The map as it was on a day, as far as it was known at a revision. Two of them in one query compare two days.
    async fn map(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The day that facts must hold on; today, in UTC, unless asked otherwise. What nobody dates is on the map of every day, and says by `existence` whether it is only assumed."
        )]
        as_of: Option<Date>,
        #[graphql(desc = "The revision whose knowledge is read; the latest unless asked otherwise.")] known_at: Option<
            i64,
        >,
    ) -> Result<Map> {
        if let Some(number) = known_at {
            let known = ctx.store().revision(Known::At(number)).await.map_err(masked)?;
            if known.is_none() {
                return Err(Code::UnknownRevision
                    .because(format!("there is no revision {number}: `revisions` lists those there are")));
            }
        }
        Ok(Map::seen(Sight { as_of: as_of.map(|day| day.0), known_at }))
    }
}

/// Builds the schema.
#[must_use]
pub fn schema() -> Schema {
    build(true)
}

/// Builds the schema for clients that know it already: none may ask what is in it, and no error tells.
#[must_use]
pub fn closed_schema() -> Schema {
    build(false)
}

fn build(is_open: bool) -> Schema {
    let builder = Inner::build(Query::seen(Sight::default()), EmptyMutation, RevisionSubscription)
        .register_output_type::<Node>()
        .limit_recursive_depth(200);
    let inner = match is_open {
        true => builder.finish(),
        false => builder.disable_introspection().disable_suggestions().finish(),
    };
    let sdl = inner.sdl_with_options(SDLExportOptions::new().include_specified_by());
    let sdl = federation::subgraph(&sdl);
    Schema { inner, types: Arc::new(Types::read(&sdl)), sdl: sdl.into(), is_open }
}
