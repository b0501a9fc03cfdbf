//! Revisions: the log of writes, and the view that answers are true for.

use async_graphql::{Context, Object, Result, SimpleObject, Subscription};
use domain::{Known, TimeZone, View};
use futures::{Stream, StreamExt};

use crate::{
    execution::{
        context::{ContextExt, mask_store_error},
        error::ErrorCode,
    },
    schema::ViewArgs,
};

/// A write that was recorded. Nothing is overwritten: a revision closes what is known no longer and adds what is.
#[derive(SimpleObject)]
pub(crate) struct Revision {
    /// Its number, counting up from 1; `map(knownAt:)` takes it.
    number: i64,
    /// When it was recorded, RFC 3339, UTC.
    recorded_at: String,
    /// Who recorded it.
    actor: String,
    /// What it is about.
    message: String,
}

impl From<domain::Revision> for Revision {
    fn from(revision: domain::Revision) -> Self {
        let domain::Revision { number, recorded_at, actor, message } = revision;
        Revision { number, recorded_at, actor, message }
    }
}

/// The log, and the view.
pub(crate) struct RevisionQuery(pub(crate) ViewArgs);

/// The log, and the view.
#[Object]
impl RevisionQuery {
    /// The day and the revision that the answers are true for.
    async fn view(&self, ctx: &Context<'_>) -> ViewInfo {
        let zone = (!self.0.has_day()).then(|| ctx.request_context().zone);
        ViewInfo { view: self.0.view(ctx), zone }
    }

    /// The revisions of the map, the latest first.
    async fn revisions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 0 to 100; 20 unless asked otherwise.")] first: Option<i64>,
        #[graphql(desc = "Only revisions before this number.")] before_number: Option<i64>,
    ) -> Result<Vec<Revision>> {
        let request = domain::PageRequest::parse(first, None, None, None, 0)
            .map_err(|error| ErrorCode::from(error.clone()).with_message(error))?;
        let revisions = ctx.store().revisions(before_number, request.size).await.map_err(mask_store_error)?;
        Ok(revisions.into_iter().map(Revision::from).collect())
    }
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
            ctx.request_context().feed.stream_revisions(ctx.store(), after_number).await.map_err(mask_store_error)?;
        Ok(revisions.map(Revision::from))
    }
}

/// What a view shows: the map as it was on a day, as far as it was known at a revision.
pub(crate) struct ViewInfo {
    view: View,
    /// Where the day is today; `None` if it was asked for, since such an answer may never change.
    zone: Option<TimeZone>,
}

/// What a view shows: the map as it was on a day, as far as it was known at a revision.
#[Object(name = "View")]
impl ViewInfo {
    /// The day that facts must hold on.
    async fn as_of(&self) -> crate::objects::scalar::Date {
        crate::objects::scalar::Date(self.view.day)
    }

    /// The time zone in which `asOf` is today, such as `Europe/London`; null where the day was asked for.
    async fn time_zone(&self) -> Option<&'static str> {
        self.zone.map(|zone| zone.name())
    }

    /// The revision whose knowledge is read: the one asked for, or the latest; null while nothing is recorded.
    async fn revision(&self, ctx: &Context<'_>) -> Option<Result<Revision>> {
        let revision = ctx.store().revision(self.view.known).await.map_err(mask_store_error);
        revision.map(|found| found.map(Revision::from)).transpose()
    }

    /// Whether the revision was asked for, so that the answer can never change.
    async fn is_pinned(&self) -> bool {
        matches!(self.view.known, Known::At(_))
    }
}
