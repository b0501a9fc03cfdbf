//! What requests are answered from, and what each asks for beside its document.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{Clock, FixedClock, LanguageTag, TimeZone};
use persistence::{Latest, Store, StoreError};

use crate::execution::{feed::RevisionFeed, scenario::ScenarioWriter};

/// What requests are answered from. Cheap to clone.
#[derive(Clone)]
pub struct Backend {
    /// The facts.
    pub store: Store,
    /// Tells which day it is.
    pub clock: Arc<dyn Clock>,
    /// The time zone in which the days of the map begin; `None` if the data set is to say.
    pub zone: Option<TimeZone>,
    /// The revisions as they are recorded.
    pub feed: RevisionFeed,
    /// Whether operations are planned where they can be; else resolvers answer them all.
    pub has_plans: bool,
    /// Writes scenarios; `None` if none can be.
    pub scenarios: Option<Arc<dyn ScenarioWriter>>,
}

impl Backend {
    /// The time zone in which the days of the map begin: the one that was asked for, or else the one that all districts
    /// name which name any, or else UTC.
    ///
    /// # Errors
    /// The store failed.
    pub async fn time_zone(&self) -> Result<TimeZone, StoreError> {
        match self.zone {
            Some(zone) => Ok(zone),
            None => Ok(common_zone(&self.store.time_zones().await?)),
        }
    }

    /// The default view as it is now: the latest revision, with every one that was recorded before this is called, the day
    /// and the time zone in which it began.
    ///
    /// # Errors
    /// The store failed.
    pub async fn latest_view(&self) -> Result<LatestView, StoreError> {
        let latest = self.store.latest().await?;
        let zone = self.zone.unwrap_or_else(|| common_zone(&latest.time_zones));
        let now = self.clock.now();
        Ok(LatestView { latest, zone, now })
    }
}

/// The time zone on which all agree; UTC if they do not, or there is none.
fn common_zone(zones: &[TimeZone]) -> TimeZone {
    match zones {
        [zone] => *zone,
        _ => TimeZone::UTC,
    }
}

/// The default view at one moment.
#[derive(Debug, Clone)]
pub struct LatestView {
    /// The latest revision.
    pub latest: Arc<Latest>,
    /// The time zone in which days begin.
    pub zone: TimeZone,
    now: DateTime<Utc>,
}

impl LatestView {
    /// The day.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        FixedClock(self.now).today(self.zone)
    }

    /// The backend with this view's day as today, however late it is asked.
    #[must_use]
    pub fn backend(&self, backend: &Backend) -> Backend {
        Backend { clock: Arc::new(FixedClock(self.now)), zone: Some(self.zone), ..backend.clone() }
    }
}

/// What a request asks for beside its document.
#[derive(Debug, Default)]
pub struct RequestOptions {
    /// The languages the reader wants, the best first.
    pub languages: Vec<LanguageTag>,
    /// Whether `extensions.stats` is to say what the answer took.
    pub wants_stats: bool,
    /// Whether `extensions.cost` is to say what the answer cost.
    pub wants_cost: bool,
    /// Whether `extensions.plan` is to say how the answer came about.
    pub wants_plan: bool,
}

impl RequestOptions {
    /// Whether the answer is to tell of its own run, and can be no other request's.
    #[must_use]
    pub fn wants_figures(&self) -> bool {
        self.wants_stats || self.wants_cost || self.wants_plan
    }
}
