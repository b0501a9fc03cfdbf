//! The roots of the schema: the map at the default view, and at others.

pub(crate) mod federation;
pub(crate) mod root_fields;

use std::sync::{Arc, LazyLock};

use async_graphql::{Context, EmptyMutation, MergedObject, Object, Request, Result, SDLExportOptions, ValidationMode};
use chrono::NaiveDate;
use domain::{Known, View};

use crate::{
    documents::{
        document::{Document, DocumentCache},
        introspection::RequestText,
        limits::Limits,
        schema_types::SchemaTypes,
        validation::SchemaRules,
    },
    execution::{
        answer::{Answer, finalize_errors},
        context::{ContextExt, mask_store_error},
        error::ErrorCode,
    },
    lists::cursor_scope::RequestedView,
    nouns::{
        alliance::AllianceQuery, authority::AuthorityQuery, campus::CampusQuery, category::CategoryQuery,
        definition::DefinitionQuery, designation::DesignationQuery, district::DistrictQuery, group::GroupQuery,
        learning_area::LearningAreaQuery, partner::PartnerQuery, region::RegionQuery, school::SchoolQuery,
        source::SourceQuery, township::TownshipQuery,
    },
    objects::{
        node::{Node, NodeQuery},
        revision::{RevisionQuery, RevisionSubscription},
        scalar::Date,
    },
    schema::federation::FederationQuery,
};

type LibrarySchema = async_graphql::Schema<Query, EmptyMutation, RevisionSubscription>;

/// The schema. Cheap to clone.
#[derive(Clone)]
pub struct Schema {
    library: LibrarySchema,
    types: Arc<SchemaTypes>,
    rules: Arc<SchemaRules>,
    documents: Arc<DocumentCache>,
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

    pub(crate) fn library(&self) -> &LibrarySchema {
        &self.library
    }

    pub(crate) fn types(&self) -> &SchemaTypes {
        &self.types
    }

    pub(crate) fn rules(&self) -> &SchemaRules {
        &self.rules
    }

    /// The document of a request, checked once as long as it is cached.
    pub(crate) fn checked_document(&self, limits: &Limits, request: &Request) -> Result<Arc<Document>, Box<Answer>> {
        let request_text = || (!self.is_open).then(|| RequestText::new(request));
        self.documents.get_or_check(self, limits, &request.query).map_err(|mut errors| {
            finalize_errors(&mut errors, request_text().as_ref());
            Box::new(Answer::from(errors))
        })
    }
}

/// The arguments of `map`: today and the latest revision where they are not given.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ViewArgs {
    as_of: Option<NaiveDate>,
    known_at: Option<i64>,
}

impl ViewArgs {
    /// Whether a day is given.
    pub(crate) fn has_day(self) -> bool {
        self.as_of.is_some()
    }

    /// The view of the request at hand.
    pub(crate) fn view(self, ctx: &Context<'_>) -> View {
        let default = ctx.default_view();
        View { day: self.as_of.unwrap_or(default.day), known: self.known_at.map_or(default.known, Known::At) }
    }
}

/// What cursors of a view hold for: the default view goes on from day to day.
pub(crate) fn requested_view(ctx: &Context<'_>, view: View) -> RequestedView {
    match view == ctx.default_view() {
        true => RequestedView::Default,
        false => RequestedView::Pinned(view),
    }
}

/// Declares an object that merges root fields: those of all nouns, and what it has beside them.
macro_rules! root_object {
    ($(#[$doc:meta])* $name:ident: $($extra:ident)*, $($query:ident)+) => {
        $(#[$doc])*
        #[derive(MergedObject)]
        pub(crate) struct $name(
            // First, since every noun's own fields lead to sources: a type must be complete before it is flattened into others.
            SourceQuery,
            $($extra,)*
            $($query,)+
        );

        impl $name {
            fn new(args: ViewArgs) -> Self {
                $name(SourceQuery(args), $($extra,)* $($query(args),)+)
            }
        }
    };
}

/// Declares the roots of the schema, with the root fields that both have.
macro_rules! root_objects {
    ($($query:ident)+) => {
        root_object! {
            /// The map at the default view, today and the latest revision; `map` shows it at others.
            Query: MapQuery FederationQuery, $($query)+
        }

        root_object! {
            /// The map as it was on a day, as far as it was known at a revision.
            Map: , $($query)+
        }
    };
}

root_objects! {
    AllianceQuery AuthorityQuery CampusQuery CategoryQuery DesignationQuery DistrictQuery GroupQuery LearningAreaQuery NodeQuery PartnerQuery
    RegionQuery RevisionQuery DefinitionQuery SchoolQuery TownshipQuery
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
            let known = ctx.store().revision(Known::At(number)).await.map_err(mask_store_error)?;
            if known.is_none() {
                return Err(ErrorCode::UnknownRevision
                    .with_message(format!("there is no revision {number}: `revisions` lists those there are")));
            }
        }
        Ok(Map::new(ViewArgs { as_of: as_of.map(|day| day.0), known_at }))
    }
}

/// The schema.
#[must_use]
pub fn schema() -> Schema {
    static OPEN: LazyLock<Schema> = LazyLock::new(|| build_schema(true));
    OPEN.clone()
}

/// The schema for clients that know it already: none may ask what is in it, and no error tells.
#[must_use]
pub fn closed_schema() -> Schema {
    static CLOSED: LazyLock<Schema> = LazyLock::new(|| build_schema(false));
    CLOSED.clone()
}

fn build_schema(is_open: bool) -> Schema {
    let library = LibrarySchema::build(Query::new(ViewArgs::default()), EmptyMutation, RevisionSubscription)
        .register_output_type::<Node>()
        .limit_recursive_depth(200)
        // Documents are validated before they come here, and questions about the schema are answered elsewhere.
        .validation_mode(ValidationMode::Fast)
        .disable_introspection()
        .finish();
    let sdl = library.sdl_with_options(SDLExportOptions::new().include_specified_by());
    let sdl = federation::subgraph_sdl(&sdl);
    Schema {
        library,
        types: Arc::new(SchemaTypes::from_sdl(&sdl)),
        rules: Arc::new(SchemaRules::from_sdl(&sdl, is_open)),
        documents: Arc::default(),
        sdl: sdl.into(),
        is_open,
    }
}
