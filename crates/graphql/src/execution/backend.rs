//! What requests are answered from, and what each asks for beside its document.

use std::sync::Arc;

use domain::{Clock, LanguageTag, TimeZone};
use persistence::{Store, StoreError};

use crate::execution::feed::RevisionFeed;

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
            None => Ok(match self.store.time_zones().await?[..] {
                [zone] => zone,
                _ => TimeZone::UTC,
            }),
        }
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
}
