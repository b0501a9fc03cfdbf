//! What the objects of ties share.

use async_graphql::{Context, Result};
use domain::{Evidence, ImpreciseDate, Kind, View};

use crate::{batching::loaders::KnownDayLoader, execution::context::ContextExt, objects::noun::Existence};

/// Whether a tie that is on the map of the view's day is known to have held then: by a date that it states, the time for
/// which a source states it, the publication of a source, or the day on which it was recorded.
pub(crate) async fn load_existence<'a>(
    ctx: &Context<'_>,
    view: View,
    (kind, tie): (Kind, i64),
    dates: impl IntoIterator<Item = &'a Option<ImpreciseDate>>,
) -> Result<Existence> {
    let mut evidence = Evidence::default().with_dates(dates.into_iter().map(Option::as_ref));
    if evidence.existence_on(view.day) == domain::Existence::Assumed {
        evidence.add_day(ctx.load(KnownDayLoader { kind, view }, tie).await?);
    }
    Ok(evidence.existence_on(view.day).into())
}
