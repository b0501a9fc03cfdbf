//! Revisions: the log of writes, and the view that answers are true for.

use std::borrow::Cow;

use async_graphql::{
    Context, ContextSelectionSet, OutputType, Positioned, Result, ServerResult, Subscription, Value,
    parser::types::Field as DocumentField, registry::Registry,
};
use domain::{Known, TimeZone, View};
use futures::{Stream, StreamExt};

use crate::{
    batching::loaders::{RecordedSinceLoader, RevisionChangesLoader},
    definition::{
        field::{FieldContext, FieldResult, Loading},
        object_type::{Described, ObjectType, object_type},
        registry::register_object,
        resolver::AnyObject,
    },
    execution::{
        context::{ContextExt, mask_store_error},
        error_code::ErrorCode,
    },
    objects::scalar::Date,
    schema::Map,
};

/// A write that was recorded.
pub(crate) struct Revision(domain::Revision);

impl Described for Revision {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("Revision", "A write that was recorded. Nothing is overwritten: a revision closes what is known no longer and adds what is.")
            .leaf("number", "Its number, counting up from 1; `map(knownAt:)` takes it.", |it| it.0.number)
            .text("recordedAt", "When it was recorded, RFC 3339, UTC.", |it| &it.0.recorded_at)
            .text("actor", "Who recorded it.", |it| &it.0.actor)
            .text("message", "What it is about.", |it| &it.0.message)
            .load_objects("changes", "How many facts it added, changed and closed, by kind, in alphabetical order; kinds of which it changed none are left out.", |it, ctx| {
                Loading::later(async move {
                    let changes = ctx.load(RevisionChangesLoader, it.0.number).await?.unwrap_or_default();
                    Ok(changes.into_iter().map(RevisionChange).collect())
                })
            })
    }
}

/// How many facts of a kind a revision changed.
pub(crate) struct RevisionChange(domain::RevisionChange);

impl Described for RevisionChange {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new("RevisionChange", "How many facts of a kind a revision added, changed and closed.")
            .text("kind", "What the facts are, such as `school` or `membership`.", |it| it.0.kind.name())
            .leaf("added", "How many were not known before.", |it| it.0.added)
            .leaf("changed", "Of how many something else is known now.", |it| it.0.changed)
            .leaf("closed", "How many are known no longer.", |it| it.0.closed)
    }
}

/// As subscriptions, which a macro makes, have it.
impl OutputType for Revision {
    fn type_name() -> Cow<'static, str> {
        object_type::<Self>().name.clone()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        format!("{}!", register_object(object_type::<Self>(), registry))
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<DocumentField>) -> ServerResult<Value> {
        AnyObject::new(Revision(self.0.clone()), object_type::<Self>()).resolve(ctx, field).await
    }
}

impl ObjectType<Map> {
    /// Adds the view, and the log.
    pub(crate) fn revision_fields(self) -> Self {
        self.load_object("view", "The day and the revision that the answers are true for.", |map, ctx| {
            let zone = (!map.has_day()).then_some(ctx.request.zone);
            Loading::Now(Ok(ViewInfo { view: map.view(ctx), zone }))
        })
        .load_objects_or_null("revisions", "The revisions of the map, the latest first.", |_, ctx| {
            Loading::later(load_revisions(ctx))
        })
        .argument::<Option<i64>>("first", "How many, 0 to 100; 20 unless asked otherwise.")
        .argument::<Option<i64>>("beforeNumber", "Only revisions before this number.")
    }
}

const NEVER_RECORDED: &str = "no revision recorded it";

impl<T: Send + Sync> ObjectType<T> {
    /// Adds since which revision a fact is on record; `fact` gives its identity.
    pub(crate) fn recorded_since(self, fact: impl Fn(&T) -> i64 + Send + Sync + 'static) -> Self {
        self.load_object(
            "recordedSince",
            "The first revision that recorded this, whatever was recorded of it later.",
            move |it, ctx| {
                let fact = fact(it);
                Loading::later(async move {
                    let first = ctx.load(RecordedSinceLoader, fact).await?;
                    let unknown =
                        || persistence::StoreError::Inconsistent { id: fact, problem: NEVER_RECORDED.to_owned() };
                    Ok(Revision(first.ok_or_else(|| mask_store_error(unknown()))?))
                })
            },
        )
    }
}

async fn load_revisions(ctx: &FieldContext<'_>) -> FieldResult<Vec<Revision>> {
    let request = domain::PageRequest::parse(ctx.arguments.get("first")?, None, None, None, 0)
        .map_err(|error| ErrorCode::from(error.clone()).with_message(error))?;
    let before = ctx.arguments.get("beforeNumber")?;
    let revisions = ctx.store().revisions(before, request.size).await.map_err(mask_store_error)?;
    Ok(revisions.into_iter().map(Revision).collect())
}

async fn load_revision(ctx: &FieldContext<'_>, known: Known) -> FieldResult<Option<Revision>> {
    Ok(ctx.store().revision(known).await.map_err(mask_store_error)?.map(Revision))
}

/// What is told as it happens.
pub(crate) struct RevisionSubscription;

/// What is told as it happens.
#[Subscription(name = "Subscription")]
impl RevisionSubscription {
    /// Every revision that is recorded from now on, in their order, within about half a second.
    async fn revision_recorded(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Begin with the revisions after this number, so that whoever lost the connection misses none."
        )]
        after_number: Option<i64>,
    ) -> Result<impl Stream<Item = Revision> + use<>> {
        let revisions =
            ctx.request_context().feed.stream_revisions(&ctx.store(), after_number).await.map_err(mask_store_error)?;
        Ok(revisions.map(Revision))
    }
}

/// What a view shows: the map as it was on a day, as far as it was known at a revision.
pub(crate) struct ViewInfo {
    view: View,
    /// Where the day is today; `None` if it was asked for, since such an answer may never change.
    zone: Option<TimeZone>,
}

impl ViewInfo {
    /// A view whose day was asked for.
    pub(crate) fn pinned(view: View) -> Self {
        ViewInfo { view, zone: None }
    }
}

impl Described for ViewInfo {
    fn describe() -> ObjectType<Self> {
        ObjectType::<Self>::new(
            "View",
            "What a view shows: the map as it was on a day, as far as it was known at a revision.",
        )
        .leaf("asOf", "The day that facts must hold on.", |it| Date(it.view.day))
        .optional_text(
            "timeZone",
            "The time zone in which `asOf` is today, such as `Europe/London`; null where the day was asked for.",
            |it| it.zone.map(|zone| zone.name()),
        )
        .load_optional_object(
            "revision",
            "The revision whose knowledge is read: the one asked for, or the latest; null while nothing is recorded. Of `whatIf` it is the one to which the changes are made.",
            |it, ctx| {
                let base = ctx.scenario_of(it.view).map(|scenario| Known::At(scenario.base));
                Loading::later(load_revision(ctx, base.unwrap_or(it.view.known)))
            },
        )
        .load_leaf("changes", "The changes of `whatIf` under which the map is shown, in words, in their order; none elsewhere.", |it, ctx| {
            let scenario = ctx.scenario_of(it.view);
            Loading::Now(Ok(scenario.map(|scenario| scenario.changes.clone()).unwrap_or_default()))
        })
        .leaf("isPinned", "Whether the revision was asked for, so that the answer can never change.", |it| {
            matches!(it.view.known, Known::At(_))
        })
    }
}
