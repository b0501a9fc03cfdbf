//! The time zones that districts name, kept for a moment: every request asks for them.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{Known, TimeZone, Validity, View};
use sea_orm::sea_query::{ExprTrait, Order};

use crate::{
    Store, StoreError,
    entity::districts::{Column, Entity},
    row::Row,
    view::{Scope, Sees, col},
};

/// How long another process's revision may be unknown here.
const FRESH: Duration = Duration::from_secs(1);

/// The time zones as they were last read.
#[derive(Debug, Default)]
pub(crate) struct Zones(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// How often they were forgotten: what was read before that is not kept.
    generation: u64,
    read: Option<(Instant, Vec<TimeZone>)>,
}

impl Zones {
    /// What is kept, if it is fresh; or else the generation of what is read now.
    fn get(&self) -> Result<Vec<TimeZone>, u64> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &kept.read {
            Some((at, zones)) if at.elapsed() < FRESH => Ok(zones.clone()),
            _ => Err(kept.generation),
        }
    }

    fn store_zones(&self, generation: u64, zones: &[TimeZone]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.generation == generation {
            kept.read = Some((Instant::now(), zones.to_owned()));
        }
    }

    /// Forgets them, since there is another revision.
    pub(crate) fn invalidate(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept { generation: kept.generation + 1, read: None };
    }
}

impl Store {
    /// The time zones that the districts on record name: none, one, or, where they do not agree, two of them.
    ///
    /// # Errors
    /// The database failed, or a name has no meaning.
    pub async fn time_zones(&self) -> Result<Vec<TimeZone>, StoreError> {
        let generation = match self.zones.get() {
            Ok(zones) => return Ok(zones),
            Err(generation) => generation,
        };
        let view = View { day: Validity::OPEN_START, known: Known::Latest };
        let mut select = Scope::new(self.backend, view).select_from(Entity, "d", Sees::Known);
        let time_zone = || col("d", Column::TimeZone);
        select.distinct().expr(time_zone()).and_where(time_zone().is_not_null());
        select.order_by_expr(time_zone(), Order::Asc).limit(2);
        let rows = self.uncounted().rows(self.backend.build(&select)).await?;
        let zones = rows.iter().map(|row| Row::new(row)?.next().word(|name| name.parse().ok()));
        let zones: Vec<TimeZone> = zones.collect::<Result<_, _>>()?;
        self.zones.store_zones(generation, &zones);
        Ok(zones)
    }
}
