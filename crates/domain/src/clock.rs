//! The only door through which time comes in; tests hold it still.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
pub use chrono_tz::Tz as TimeZone;

/// Tells what time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now, in UTC.
    fn now(&self) -> DateTime<Utc>;

    /// Today in a time zone: the day of the default view.
    fn today(&self, zone: TimeZone) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }

    /// Now, as a revision records it.
    fn timestamp(&self) -> String {
        self.now().to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that all others are told to use")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that stands still.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub DateTime<Utc>);

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_of_its_time_zone() {
        for (now, zone, today) in [
            ("2025-08-31T15:59:59Z", "Asia/Shanghai", "2025-08-31"),
            ("2025-08-31T16:00:00Z", "Asia/Shanghai", "2025-09-01"),
            ("2025-08-31T16:00:00Z", "UTC", "2025-08-31"),
            // Summer time.
            ("2025-08-31T23:00:00Z", "Europe/London", "2025-09-01"),
            ("2025-12-31T23:00:00Z", "Europe/London", "2025-12-31"),
            ("2025-09-01T03:59:59Z", "America/New_York", "2025-08-31"),
        ] {
            let clock = FixedClock(DateTime::parse_from_rfc3339(now).expect("a time").to_utc());
            let zone: TimeZone = zone.parse().expect("a zone");
            assert_eq!(clock.today(zone).to_string(), today, "{now} in {zone}");
        }
    }
}
