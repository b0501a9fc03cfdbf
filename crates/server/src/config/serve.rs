//! Flags of `serve`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use axum::http::HeaderValue;
use clap::{Args, ValueEnum};
use domain::TimeZone;
use graphql::Schema;

use super::{
    DatabaseFlags, LimitFlags, LogFlags,
    values::{parse_bool, parse_origin, parse_time_zone},
};
use crate::{Capacity, documents, http::DEFAULT_CACHED_BYTES};

/// Flags of `serve`.
#[derive(Debug, Clone, Args)]
pub struct ServeFlags {
    /// Where to listen.
    #[arg(long, env = "EDUMAP_LISTEN", default_value = "127.0.0.1:4000")]
    pub listen: SocketAddr,
    /// What to load when nothing is recorded yet: a bundled data set's name, a folder, or `none`.
    ///
    /// Without it the bundled data set is loaded, and only into a database that was just created at the default address.
    #[arg(long, env = "EDUMAP_DATASET")]
    pub dataset: Option<String>,
    /// The time zone in which days begin, by its IANA name, such as `Europe/London`; the data set's unless asked otherwise.
    #[arg(long, env = "EDUMAP_TIME_ZONE", value_parser = parse_time_zone)]
    pub time_zone: Option<TimeZone>,
    /// Origins, beside its own, whose pages may read answers, such as `https://map.example`; commas between them.
    #[arg(long, env = "EDUMAP_ALLOW_ORIGIN", value_delimiter = ',', value_parser = parse_origin)]
    pub allow_origin: Vec<HeaderValue>,
    /// Milliseconds after which the log calls an operation slow, and shows its document.
    #[arg(long, env = "EDUMAP_SLOW_MILLIS", default_value_t = 1000)]
    pub slow_millis: u64,
    /// Whether the log has a line for each request and each operation of a WebSocket, and the documents of slow ones.
    #[arg(long, env = "EDUMAP_LOG_REQUESTS", value_enum, default_value_t = OnOff::On)]
    pub log_requests: OnOff,
    /// Whether `/metrics` gives figures to Prometheus.
    #[arg(long, env = "EDUMAP_METRICS", value_enum, default_value_t = OnOff::On)]
    pub metrics: OnOff,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
    /// Which documents are answered.
    #[command(flatten)]
    pub documents: DocumentFlags,
    /// How much a request may ask for.
    #[command(flatten)]
    pub limits: LimitFlags,
}

impl ServeFlags {
    /// How much the server takes on.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        Capacity {
            origins: self.allow_origin.clone(),
            slow: Duration::from_millis(self.slow_millis),
            has_metrics: self.metrics == OnOff::On,
            explains: self.documents.explain == OnOff::On,
            logs_requests: self.log_requests == OnOff::On,
            ..self.limits.capacity()
        }
    }
}

/// Which documents are answered.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Documents")]
pub struct DocumentFlags {
    /// A folder of `.graphql` files, which requests name by `documentId`.
    #[arg(long, env = "EDUMAP_DOCUMENTS", value_name = "DIR")]
    pub documents: Option<PathBuf>,
    /// Answer no other documents than these and the ready-made questions.
    #[arg(long, env = "EDUMAP_DOCUMENTS_ONLY", value_parser = parse_bool)]
    pub documents_only: bool,
    /// Bytes of documents that clients send along with their digest; 0 keeps none.
    #[arg(long, env = "EDUMAP_MAX_PERSISTED_BYTES", default_value_t = documents::DEFAULT_PERSISTED_BYTES)]
    pub max_persisted_bytes: u64,
    /// Bytes of answers that are kept, and given again while the map and the day are the same; 0 keeps none.
    #[arg(long, env = "EDUMAP_MAX_CACHED_BYTES", default_value_t = DEFAULT_CACHED_BYTES)]
    pub max_cached_bytes: u64,
    /// Whether requests may ask what is in the schema.
    #[arg(long, env = "EDUMAP_INTROSPECTION", value_enum, default_value_t = OnOff::On)]
    pub introspection: OnOff,
    /// Whether operations that read are planned and run level by level; `off` has resolvers answer them all.
    #[arg(long, env = "EDUMAP_PLANNED_READS", value_enum, default_value_t = OnOff::On)]
    pub planned_reads: OnOff,
    /// Whether requests may ask, by the header `edumap-plan: 1`, how they are answered, with the text of all statements.
    #[arg(long, env = "EDUMAP_EXPLAIN", value_enum, default_value_t = OnOff::Off)]
    pub explain: OnOff,
}

impl DocumentFlags {
    /// The schema, open or closed.
    #[must_use]
    pub fn schema(&self) -> Schema {
        match self.introspection {
            OnOff::On => graphql::schema(),
            OnOff::Off => graphql::closed_schema(),
        }
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// On.
    On,
    /// Off.
    Off,
}
