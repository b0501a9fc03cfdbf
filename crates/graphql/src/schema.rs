//! The roots of the schema: the map at the default view, and at others.

pub(crate) mod federation;

use std::{
    borrow::Cow,
    marker::PhantomData,
    sync::{Arc, LazyLock},
};

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, EmptyMutation, ID, InputObject, OutputType, Positioned, Request,
    Result, SDLExportOptions, ServerResult, ValidationMode, Value, parser::types::Field as DocumentField,
    registry::Registry, resolver_utils::resolve_container,
};
use chrono::NaiveDate;
use domain::{Known, ScenarioId, View};

use crate::{
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType, object_type},
        registry::register_object,
    },
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
        error_code::ErrorCode,
    },
    lists::{
        connection::AllNouns, cursor_scope::RequestedView, filter_type::has_condition, page_interfaces::PageInterfaces,
    },
    objects::{
        node::NOUNS,
        noun::NounType,
        register_code::{CodeInput, load_by_code},
        release::find_release_view,
        revision::RevisionSubscription,
        scalar::Date,
        scenario_change::{ChangeInput, parse_changes},
    },
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

    /// Whether a document was checked before, so that a request for it is prepared in microseconds.
    #[must_use]
    pub fn is_checked(&self, limits: &Limits, text: &str) -> bool {
        self.documents.is_kept(limits, text)
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

/// What cursors of a view hold for: the default view goes on from day to day.
pub(crate) fn requested_view(ctx: &impl ContextExt, view: View) -> RequestedView {
    match view == ctx.default_view() {
        true => RequestedView::Default,
        false => RequestedView::Pinned(view),
    }
}

/// The map under a view: today and the latest revision where nothing else is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Map {
    as_of: Option<NaiveDate>,
    known_at: Option<i64>,
    scenario: Option<ScenarioId>,
}

impl Map {
    /// Whether a day is given.
    pub(crate) fn has_day(&self) -> bool {
        self.as_of.is_some()
    }

    /// The view under which it is shown.
    pub(crate) fn view(&self, ctx: &impl ContextExt) -> View {
        let default = ctx.default_view();
        View {
            day: self.as_of.unwrap_or(default.day),
            known: self.known_at.map_or(default.known, Known::At),
            scenario: self.scenario,
        }
    }
}

impl Described for Map {
    fn describe() -> ObjectType<Self> {
        let map = ObjectType::new("Map", "The map as it was on a day, as far as it was known at a revision.");
        NOUNS
            .iter()
            .fold(map, |map, noun| (noun.with_root_fields)(map))
            .node_fields()
            .revision_fields()
            .release_fields()
            .definition_fields()
            .contradiction_fields()
            .coverage_fields()
            .gap_fields()
            .finding_fields()
            .admission_fields()
            .why_not_field()
            .search_fields()
            .code_fields()
    }
}

impl ObjectType<Map> {
    /// Adds the fields that find one noun of a kind, and that list all.
    pub(crate) fn noun_fields<N: NounType>(self) -> Self {
        let (one, one_description) = N::ONE;
        let (many, many_description) = N::MANY;
        let order = "The order of the list; by name unless asked otherwise.";
        let has_codes = has_condition::<N>("code");
        let mut with = self
            .load_optional_object(one, one_description, move |map, ctx| {
                Loading::later(async move {
                    let id: Option<ID> = ctx.arguments.get("id")?;
                    let slug: Option<String> = ctx.arguments.get("slug")?;
                    let code = if has_codes { ctx.arguments.get("code")? } else { None };
                    if let Some(code) = code {
                        return match id.is_none() && slug.is_none() {
                            true => load_by_code::<N>(ctx, map.view(ctx), code).await,
                            false => Err(ask_by_one(has_codes).into()),
                        };
                    }
                    match parse_noun_id::<N>(id, slug, has_codes)? {
                        Some(id) => Ok(ctx.load_noun(map.view(ctx), id).await?),
                        None => Ok(None),
                    }
                })
            })
            .argument::<Option<ID>>("id", "Its global id; alone.")
            .argument::<Option<String>>("slug", "Its slug; alone.");
        if has_codes {
            with = with.argument::<Option<CodeInput>>("code", "A code that a register knows it by on the view's day, alone; of several with this code one that is on the map, and of these the first by slug.");
        }
        with.connection(AllNouns::<N>(PhantomData), many, many_description, order, N::NAME.to_owned(), |map, ctx| {
            (map.view(ctx), None)
        })
    }

    /// Adds the way to other views.
    fn map_field(self) -> Self {
        self.load_object(
            "map",
            "The map as it was on a day, as far as it was known at a revision. Two of them in one query compare two days.",
            |_, ctx| Loading::later(load_map(ctx)),
        )
        .argument::<Option<Date>>("asOf", "The day that facts must hold on; today, in the time zone that `view` says, unless asked otherwise. What nobody dates is on the map of every day, and says by `existence` whether it is only assumed.")
        .argument::<Option<i64>>("knownAt", "The revision whose knowledge is read; the latest unless asked otherwise.")
        .argument::<Option<String>>("release", "The release whose day and revision they are, by slug; alone.")
    }
}

impl ObjectType<Map> {
    /// Adds the way to scenarios.
    fn what_if_field(self) -> Self {
        self.load_object_or_null(
            "whatIf",
            "The map as it would be if something happened that did not: the answers are those that the map would give if the changes were made to its data set and imported, and nothing is recorded. A request has one scenario, under as many days as it likes; what a scenario adds has no sources.",
            |_, ctx| Loading::later(load_scenario(ctx)),
        )
        .argument::<Vec<ChangeInput>>("changes", "What happens, 1 to 100 changes; each is made to what those before it have left.")
        .argument::<Option<Date>>("asOf", "The day that facts must hold on; today unless asked otherwise.")
    }
}

async fn load_map(ctx: &FieldContext<'_>) -> FieldResult<Map> {
    let given = ctx.arguments;
    let view = GivenView { release: given.get("release")?, as_of: given.get("asOf")?, known_at: given.get("knownAt")? };
    view.resolve(ctx).await
}

/// A view as a request names it.
#[derive(InputObject, Debug, Clone, Default)]
#[graphql(name = "ViewInput")]
pub(crate) struct GivenView {
    /// The release whose day and revision they are, by slug; alone.
    release: Option<String>,
    /// The day that facts must hold on; today unless asked otherwise.
    as_of: Option<Date>,
    /// The revision whose knowledge is read; the latest unless asked otherwise.
    known_at: Option<i64>,
}

impl GivenView {
    /// The map under it; the release or the revision is looked up.
    pub(crate) async fn resolve(self, ctx: &FieldContext<'_>) -> FieldResult<Map> {
        let GivenView { release, as_of, known_at } = self;
        if let Some(slug) = release {
            if as_of.is_some() || known_at.is_some() {
                let problem = "`release` names a day and a revision: give it alone, or `asOf` and `knownAt`";
                return Err(ErrorCode::InvalidArgument.with_message(problem).into());
            }
            let View { day, known, .. } = find_release_view(ctx, &slug).await?;
            let known_at = match known {
                Known::At(number) => Some(number),
                Known::Latest => None,
            };
            return Ok(Map { as_of: Some(day), known_at, scenario: None });
        }
        if let Some(number) = known_at {
            let known = ctx.store().revision(Known::At(number)).await.map_err(mask_store_error)?;
            if known.is_none() {
                let problem = format!("there is no revision {number}: `revisions` lists those there are");
                return Err(ErrorCode::UnknownRevision.with_message(problem).into());
            }
        }
        Ok(Map { as_of: as_of.map(|day| day.0), known_at, scenario: None })
    }
}

async fn load_scenario(ctx: &FieldContext<'_>) -> FieldResult<Map> {
    let (changes, as_of): (Vec<ChangeInput>, Option<Date>) =
        (ctx.arguments.get("changes")?, ctx.arguments.get("asOf")?);
    let changes = parse_changes(changes)?;
    let request = ctx.request_context();
    let (writer, store) = (request.scenarios.as_deref(), ctx.store());
    let written = request.scenario.enter(writer, &store, changes, &*request.clock).await?;
    Ok(Map { as_of: as_of.map(|day| day.0), known_at: None, scenario: Some(written.id) })
}

/// The root of queries: the map at the default view, and the way to others.
#[derive(Default)]
pub(crate) struct Query(Map);

impl Described for Query {
    fn describe() -> ObjectType<Self> {
        let fields = Map::describe().map_field().what_if_field().changes_field().federation_fields().fields;
        ObjectType::<Self>::new(
            "Query",
            "The map at the default view, today and the latest revision; `map` shows it at others.",
        )
        .with_fields_of(fields, |query| &query.0)
    }
}

impl OutputType for Query {
    fn type_name() -> Cow<'static, str> {
        object_type::<Self>().name.clone()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        format!("{}!", register_object(object_type::<Self>(), registry))
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<DocumentField>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Query {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        object_type::<Self>().resolve_field(self, ctx).await
    }
}

impl async_graphql::ObjectType for Query {}

/// The error of a root field that is not asked in exactly one way.
fn ask_by_one(has_codes: bool) -> async_graphql::Error {
    ErrorCode::InvalidArgument.with_message(match has_codes {
        true => "ask by `id`, by `slug` or by `code`: one of them, and not several",
        false => "ask by `id` or by `slug`: one of them, and not both",
    })
}

/// The noun that a root field asks for; `None` if no slug can be it.
fn parse_noun_id<N: domain::Identified>(
    id: Option<ID>,
    slug: Option<String>,
    has_codes: bool,
) -> Result<Option<domain::Id<N>>> {
    match (id, slug) {
        (Some(id), None) => {
            let id = id.parse::<domain::AnyId>().and_then(|_| domain::Id::parse_or_slug(&id));
            id.map(Some).map_err(|error| ErrorCode::InvalidId.with_message(error))
        }
        (None, Some(slug)) => Ok(domain::id::is_slug(&slug).then(|| domain::Id::of(&slug))),
        _ => Err(ask_by_one(has_codes)),
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
    let library = LibrarySchema::build(Query::default(), EmptyMutation, RevisionSubscription)
        .register_output_type::<PageInterfaces>()
        .limit_recursive_depth(200)
        // Documents are validated before they come here, and questions about the schema are answered elsewhere.
        .validation_mode(ValidationMode::Fast)
        .disable_introspection()
        .finish();
    let sdl = library.sdl_with_options(SDLExportOptions::new().include_specified_by());
    let sdl = federation::subgraph_sdl(&sdl);
    let rules = SchemaRules::from_sdl(&sdl, is_open);
    Schema {
        library,
        types: Arc::new(SchemaTypes::new(&rules.schema)),
        rules: Arc::new(rules),
        documents: Arc::default(),
        sdl: sdl.into(),
        is_open,
    }
}
