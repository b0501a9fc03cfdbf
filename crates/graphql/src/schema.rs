//! The roots of the schema: the map at the default view, and at others.

pub(crate) mod federation;
pub(crate) mod root_fields;

use std::sync::{Arc, LazyLock};

use async_graphql::{Context, EmptyMutation, MergedObject, Object, Request, Result, SDLExportOptions, ValidationMode};
use chrono::NaiveDate;
use domain::{Known, View};

use crate::{
    documents::{
        document::{Checked, Document},
        introspection::RequestText,
        limits::Limits,
        schema_types::Types,
        validation::Rules,
    },
    execution::{
        answer::{Answer, make_ready},
        context::{ContextExt, masked},
        error::Code,
    },
    lists::cursor_scope::ViewAsked,
    nouns::{
        alliance::AllianceQuery, authority::AuthorityQuery, campus::CampusQuery, definition::DefinitionQuery,
        district::DistrictQuery, group::GroupQuery, learning_area::LearningAreaQuery, partner::PartnerQuery,
        region::RegionQuery, school::SchoolQuery, source::SourceQuery, township::TownshipQuery,
    },
    objects::{
        node::{Node, NodeQuery},
        revision::{RevisionQuery, RevisionSubscription},
        scalar::Date,
    },
    schema::federation::FederationQuery,
};

type Inner = async_graphql::Schema<Query, EmptyMutation, RevisionSubscription>;

/// The schema. Cheap to clone.
#[derive(Clone)]
pub struct Schema {
    inner: Inner,
    types: Arc<Types>,
    rules: Arc<Rules>,
    checked: Arc<Checked>,
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

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The document of a request, checked: once, as long as it is kept.
    pub(crate) fn document(&self, limits: &Limits, request: &Request) -> Result<Arc<Document>, Box<Answer>> {
        let written = || (!self.is_open).then(|| RequestText::of(request));
        self.checked.get(self, limits, &request.query).map_err(|mut errors| {
            make_ready(&mut errors, written().as_ref());
            Box::new(Answer::from(errors))
        })
    }
}

/// Which view a root asks for; what it leaves open is today and the latest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sight {
    as_of: Option<NaiveDate>,
    known_at: Option<i64>,
}

impl Sight {
    /// Whether a day is asked for.
    pub(crate) fn names_day(self) -> bool {
        self.as_of.is_some()
    }

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
            DefinitionQuery,
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
                    DefinitionQuery(sight),
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
            desc = "The day that facts must hold on; today, in the time zone that `view` says, unless asked otherwise. What nobody dates is on the map of every day, and says by `existence` whether it is only assumed."
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

/// The schema.
#[must_use]
pub fn schema() -> Schema {
    static OPEN: LazyLock<Schema> = LazyLock::new(|| build(true));
    OPEN.clone()
}

/// The schema for clients that know it already: none may ask what is in it, and no error tells.
#[must_use]
pub fn closed_schema() -> Schema {
    static CLOSED: LazyLock<Schema> = LazyLock::new(|| build(false));
    CLOSED.clone()
}

fn build(is_open: bool) -> Schema {
    let inner = Inner::build(Query::seen(Sight::default()), EmptyMutation, RevisionSubscription)
        .register_output_type::<Node>()
        .limit_recursive_depth(200)
        // Documents are validated before they come here, and questions about the schema are answered elsewhere.
        .validation_mode(ValidationMode::Fast)
        .disable_introspection()
        .finish();
    let sdl = inner.sdl_with_options(SDLExportOptions::new().include_specified_by());
    let sdl = federation::subgraph(&sdl);
    Schema {
        inner,
        types: Arc::new(Types::read(&sdl)),
        rules: Arc::new(Rules::read(&sdl, is_open)),
        checked: Arc::default(),
        sdl: sdl.into(),
        is_open,
    }
}
