//! Places on earth.

use async_graphql::{Context, Object, Result};
use domain::{Head, View};

use crate::{
    nouns::source::{Citation, load_citations},
    objects::word::Word,
};

/// Where something stands.
pub(crate) struct Location {
    view: View,
    /// The fact that states it.
    fact: i64,
    it: domain::Location,
}

/// A point on WGS 84, as a source states it.
#[Object]
impl Location {
    /// Degrees north of the equator, from -90 to 90.
    async fn latitude(&self) -> f64 {
        self.it.latitude.to_f64()
    }

    /// Degrees east of the prime meridian, from -180 to 180.
    async fn longitude(&self) -> f64 {
        self.it.longitude.to_f64()
    }

    /// What the point is one of, so how precise it is; null where no source says.
    async fn precision(&self) -> Option<Word<domain::LocationPrecision>> {
        self.it.precision.map(Word)
    }

    /// The sources of the point: those that are named for it or, where none is, those of the whole record.
    async fn sources(&self, ctx: &Context<'_>) -> Result<Vec<Citation>> {
        let mut sources = load_citations(ctx, self.view, self.fact).await?;
        let is_named = sources.iter().any(|citation| citation.names("location"));
        sources.retain(|citation| if is_named { citation.names("location") } else { citation.states("location") });
        Ok(sources)
    }
}

/// The place that a noun's own record states.
pub(crate) fn location_of(view: View, head: &Head, it: Option<domain::Location>) -> Option<Location> {
    it.map(|it| Location { view, fact: head.fact, it })
}

/// The columns that a location is read from.
pub(crate) const LOCATION_COLUMNS: (&str, &[&str]) = ("location", &["latitude", "longitude", "location_precision"]);
