//! The command line: flag over environment over `.env` over default.

use std::{
    fmt::Display,
    net::SocketAddr,
    num::{NonZeroU32, NonZeroU64, NonZeroUsize},
    ops::RangeInclusive,
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use axum::http::HeaderValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use graphql::{Limits, Schema};
use ipnet::IpNet;
use persistence::Store;

use crate::{Capacity, Rates, Share, documents};

/// A GraphQL server for a school district's map.
#[derive(Debug, Parser)]
#[command(name = "edumap", version, about = "A GraphQL server for a school district's map", max_term_width = 100)]
pub struct Config {
    /// What to do; `serve` unless asked otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Flags of `serve`, for when no command is named.
    #[command(flatten)]
    pub serve: Serve,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
    /// How to write the log: for people or for machines; for people on a terminal unless asked otherwise.
    #[arg(long, global = true, env = "EDUMAP_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
}

/// Where the facts are kept.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    #[arg(
        long,
        global = true,
        env = "EDUMAP_DATABASE_URL",
        default_value = "sqlite://./edumap.db",
        hide_env_values = true,
        value_parser = address
    )]
    pub database_url: String,
    /// A replica of it to read from.
    #[arg(long, global = true, env = "EDUMAP_READ_URL", hide_env_values = true, value_parser = address)]
    pub read_url: Option<String>,
}

/// A database's address, in a form that can be opened.
fn address(text: &str) -> Result<String, String> {
    Store::check_address(text).map(|()| text.to_owned()).map_err(|error| error.to_string())
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer queries over HTTP; loads the data set if nothing is recorded yet.
    Serve(Serve),
    /// Load a data set folder as one revision; what it no longer has is closed.
    Import(Import),
    /// Write the recorded facts as a data set folder.
    Export(Export),
    /// Write a synthetic data set folder: a district, a city, a nation.
    Generate(Generate),
    /// Bring the database up to date.
    Migrate(Migrate),
    /// Print the GraphQL schema.
    Schema,
    /// Print what each flag says, and where that comes from.
    Config(Show),
}

/// Flags of `serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "EDUMAP_LISTEN", default_value = "127.0.0.1:4000")]
    pub listen: SocketAddr,
    /// What to load when nothing is recorded yet: a bundled data set's name, a folder, or `none`.
    #[arg(long, env = "EDUMAP_DATASET", default_value = "chaoyang")]
    pub dataset: String,
    /// Origins, beside its own, whose pages may read answers, such as `https://map.example`; commas between them.
    #[arg(long, env = "EDUMAP_ALLOW_ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub allow_origin: Vec<HeaderValue>,
    /// Milliseconds after which the log calls an operation slow, and shows its document.
    #[arg(long, env = "EDUMAP_SLOW_MILLIS", default_value_t = 1000)]
    pub slow_millis: u64,
    /// Whether the log has a line for each request and each operation of a WebSocket, and the documents of slow ones.
    #[arg(long, env = "EDUMAP_LOG_REQUESTS", value_enum, default_value_t = Switch::On)]
    pub log_requests: Switch,
    /// Whether `/metrics` gives figures to Prometheus.
    #[arg(long, env = "EDUMAP_METRICS", value_enum, default_value_t = Switch::On)]
    pub metrics: Switch,
    /// Which documents are answered.
    #[command(flatten)]
    pub documents: DocumentFlags,
    /// How much a request may ask for.
    #[command(flatten)]
    pub limits: LimitFlags,
}

/// Which documents are answered.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Documents")]
pub struct DocumentFlags {
    /// A folder of `.graphql` files, which requests name by `documentId`.
    #[arg(long, env = "EDUMAP_DOCUMENTS", value_name = "DIR")]
    pub documents: Option<PathBuf>,
    /// Answer no other documents than these and the ready-made questions.
    #[arg(long, env = "EDUMAP_DOCUMENTS_ONLY", value_parser = truth)]
    pub documents_only: bool,
    /// Bytes of documents that clients send along with their digest; 0 keeps none.
    #[arg(long, env = "EDUMAP_MAX_PERSISTED_BYTES", default_value_t = documents::ROOM)]
    pub max_persisted_bytes: u64,
    /// Whether requests may ask what is in the schema.
    #[arg(long, env = "EDUMAP_INTROSPECTION", value_enum, default_value_t = Switch::On)]
    pub introspection: Switch,
}

impl DocumentFlags {
    /// The schema, open or closed.
    #[must_use]
    pub fn schema(&self) -> Schema {
        match self.introspection {
            Switch::On => graphql::schema(),
            Switch::Off => graphql::closed_schema(),
        }
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Serve {
    /// How much the server takes on.
    #[must_use]
    pub fn capacity(&self) -> Capacity {
        Capacity {
            origins: self.allow_origin.clone(),
            slow: Duration::from_millis(self.slow_millis),
            has_metrics: self.metrics == Switch::On,
            logs_requests: self.log_requests == Switch::On,
            ..self.limits.capacity()
        }
    }
}

/// A truth value, for a flag's variable.
fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" | "" => Ok(false),
        _ => Err("give `true` or `false`".to_owned()),
    }
}

/// An origin, as browsers write it.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    match HeaderValue::try_from(text) {
        Ok(origin) if !host.is_empty() && !host.contains(['/', '*', ' ']) => Ok(origin),
        _ => Err("an origin is a scheme and a host, without a path: https://map.example".to_owned()),
    }
}

/// How much a request may ask for, and how much the server takes on.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitFlags {
    /// Bytes of a request's body.
    #[arg(long, env = "EDUMAP_MAX_BODY_BYTES", default_value_t = 1 << 20, value_parser = count)]
    pub max_body_bytes: usize,
    /// Tokens of a document.
    #[arg(long, env = "EDUMAP_MAX_TOKENS", default_value_t = Limits::default().tokens, value_parser = count)]
    pub max_tokens: usize,
    /// Brackets within brackets in a document, values within values in variables; 100 at most, for the parser's sake.
    #[arg(
        long,
        env = "EDUMAP_MAX_NESTING",
        default_value_t = Limits::default().nesting,
        value_parser = within(1..=100_usize)
    )]
    pub max_nesting: usize,
    /// Fields within fields.
    #[arg(long, env = "EDUMAP_MAX_DEPTH", default_value_t = Limits::default().depth, value_parser = count)]
    pub max_depth: usize,
    /// Aliases of a document.
    #[arg(long, env = "EDUMAP_MAX_ALIASES", default_value_t = Limits::default().aliases)]
    pub max_aliases: usize,
    /// Fields at the root of an operation.
    #[arg(long, env = "EDUMAP_MAX_ROOT_FIELDS", default_value_t = Limits::default().root_fields, value_parser = count)]
    pub max_root_fields: usize,
    /// Directives at one place.
    #[arg(long, env = "EDUMAP_MAX_DIRECTIVES", default_value_t = Limits::default().directives)]
    pub max_directives: usize,
    /// Fragments of a document.
    #[arg(long, env = "EDUMAP_MAX_FRAGMENTS", default_value_t = Limits::default().fragments)]
    pub max_fragments: usize,
    /// Items of a list in the variables.
    #[arg(long, env = "EDUMAP_MAX_LIST_ITEMS", default_value_t = Limits::default().list_items)]
    pub max_list_items: usize,
    /// Fields of an answer, as far as they can be told beforehand, and objects of it in fact.
    #[arg(long, env = "EDUMAP_MAX_COST", default_value_t = Limits::default().cost, value_parser = cost)]
    pub max_cost: u64,
    /// Seconds that an operation may take.
    #[arg(long, env = "EDUMAP_MAX_SECONDS", default_value_t = 30, value_parser = within(1..=DAY))]
    pub max_seconds: u64,
    /// Operations at a time; others wait for a second.
    #[arg(long, env = "EDUMAP_MAX_OPERATIONS", default_value_t = 64, value_parser = within(1..=1_000_000_usize))]
    pub max_operations: usize,
    /// Connections at a time; whoever comes then is turned away with 503.
    #[arg(long, env = "EDUMAP_MAX_CONNECTIONS", default_value_t = 10_000, value_parser = within(1..=1_000_000_usize))]
    pub max_connections: usize,
    /// Expected fields of large operations, of 50,000 and more, that run at a time; others wait for a second.
    #[arg(long, env = "EDUMAP_MAX_CONCURRENT_COST", default_value_t = 4_000_000, value_parser = within(1..=1_u64 << 40))]
    pub max_concurrent_cost: u64,
    /// Seconds that a request's head may take.
    #[arg(long, env = "EDUMAP_MAX_HEAD_SECONDS", default_value_t = 10, value_parser = within(1..=DAY))]
    pub max_head_seconds: u64,
    /// Seconds that a request's body may take.
    #[arg(long, env = "EDUMAP_MAX_BODY_SECONDS", default_value_t = 30, value_parser = within(1..=DAY))]
    pub max_body_seconds: u64,
    /// Seconds that a client may leave unread what is written to it.
    #[arg(long, env = "EDUMAP_MAX_UNREAD_SECONDS", default_value_t = 30, value_parser = within(1..=DAY))]
    pub max_unread_seconds: u64,
    /// Bytes of long answers that wait to be read, in all; others wait for a second.
    #[arg(long, env = "EDUMAP_MAX_UNREAD_BYTES", default_value_t = 1 << 29, value_parser = within(1..=1_u64 << 40))]
    pub max_unread_bytes: u64,
    /// Bytes of a WebSocket's message.
    #[arg(long, env = "EDUMAP_MAX_MESSAGE_BYTES", default_value_t = 1 << 18, value_parser = count)]
    pub max_message_bytes: usize,
    /// Messages a second of a WebSocket.
    #[arg(long, env = "EDUMAP_MAX_MESSAGES", default_value = "50", value_parser = positive::<NonZeroU32>)]
    pub max_messages: NonZeroU32,
    /// Operations of a WebSocket at a time.
    #[arg(long, env = "EDUMAP_MAX_SUBSCRIPTIONS", default_value_t = 50, value_parser = count)]
    pub max_subscriptions: usize,
    /// Seconds that a WebSocket may take to send `connection_init`.
    #[arg(long, env = "EDUMAP_MAX_INIT_SECONDS", default_value_t = 3, value_parser = within(1..=DAY))]
    pub max_init_seconds: u64,
    /// Requests a second of one client's address, in bursts twice as many; without the flag as many as it likes.
    #[arg(long, env = "EDUMAP_MAX_RATE", value_parser = positive::<NonZeroU32>)]
    pub max_rate: Option<NonZeroU32>,
    /// Networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`; commas between them.
    #[arg(long, env = "EDUMAP_TRUST_PROXY", value_delimiter = ',', value_parser = network)]
    pub trust_proxy: Vec<IpNet>,
    /// Seconds that open requests may go on once the server is told to stop.
    #[arg(long, env = "EDUMAP_GRACE_SECONDS", default_value_t = 30, value_parser = within(0..=DAY))]
    pub grace_seconds: u64,
}

/// The longest time that a flag may give, in seconds: the clock and PostgreSQL can count no further than weeks.
const DAY: u64 = 24 * 60 * 60;

/// A number within bounds.
fn within<N>(range: RangeInclusive<N>) -> impl Fn(&str) -> Result<N, String> + Clone
where
    N: FromStr + PartialOrd + Display + Clone,
{
    move |text| match text.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("give a number from {} to {}", range.start(), range.end())),
    }
}

/// A number that is not zero, as nothing would be let through.
fn positive<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "give a whole number, 1 or more, that is not too large".to_owned())
}

fn count(text: &str) -> Result<usize, String> {
    positive(text).map(NonZeroUsize::get)
}

fn cost(text: &str) -> Result<u64, String> {
    positive(text).map(NonZeroU64::get)
}

/// A network of addresses.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse().map_err(|_| "give a network, such as 10.0.0.0/8, or 10.0.0.1/32 for one address".to_owned())
}

impl LimitFlags {
    /// The limits of a request.
    #[must_use]
    pub fn limits(&self) -> Limits {
        let Self { max_tokens, max_nesting, max_depth, max_aliases, max_root_fields, max_directives, .. } = *self;
        let Self { max_fragments, max_list_items, max_cost, max_seconds, .. } = *self;
        Limits {
            tokens: max_tokens,
            nesting: max_nesting,
            depth: max_depth,
            aliases: max_aliases,
            root_fields: max_root_fields,
            directives: max_directives,
            fragments: max_fragments,
            list_items: max_list_items,
            cost: max_cost,
            time: Duration::from_secs(max_seconds),
        }
    }

    fn capacity(&self) -> Capacity {
        Capacity {
            body: self.max_body_bytes,
            head_time: Duration::from_secs(self.max_head_seconds),
            body_time: Duration::from_secs(self.max_body_seconds),
            unread_time: Duration::from_secs(self.max_unread_seconds),
            connections: self.max_connections,
            large: Share::of(u32::try_from(self.max_concurrent_cost.div_ceil(1_000)).unwrap_or(u32::MAX)),
            unread: Share::of(u32::try_from(self.max_unread_bytes.div_ceil(1_024)).unwrap_or(u32::MAX)),
            rates: self.max_rate.map(|rate| Rates::of(rate, self.trust_proxy.clone())),
            message: self.max_message_bytes,
            messages: self.max_messages,
            subscriptions: self.max_subscriptions,
            init_time: Duration::from_secs(self.max_init_seconds),
            grace: Duration::from_secs(self.grace_seconds),
            ..Capacity::of(self.max_operations)
        }
    }
}

/// Flags of `import`.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// The data set folder.
    pub dir: PathBuf,
    /// Report what would be done, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Who imports, as the revision records it.
    #[arg(long, env = "EDUMAP_ACTOR", default_value = "edumap import")]
    pub actor: String,
    /// What the import is about, as the revision records it; the folder's name unless asked otherwise.
    #[arg(long, short)]
    pub message: Option<String>,
}

/// Flags of `export`.
#[derive(Debug, Clone, Args)]
pub struct Export {
    /// The folder to write; made if missing.
    pub dir: PathBuf,
    /// The revision to write; the latest unless asked otherwise.
    #[arg(long)]
    pub known_at: Option<i64>,
    /// Write into a folder that is not empty.
    #[arg(long)]
    pub force: bool,
}

/// Flags of `generate`.
#[derive(Debug, Clone, Args)]
pub struct Generate {
    /// The folder to write; made if missing.
    pub dir: PathBuf,
    /// How many schools: 400 are a district, 5,000 a city, 300,000 a nation.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    pub schools: u32,
    /// The same seed makes the same folder.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Flags of `migrate`.
#[derive(Debug, Clone, Args)]
pub struct Migrate {
    /// Only tell which steps have not run yet.
    #[arg(long)]
    pub status: bool,
}

/// Flags of `config`: those of `serve`, and what `import` takes from the environment.
#[derive(Debug, Clone, Args)]
pub struct Show {
    /// The flags of `serve`.
    #[command(flatten)]
    pub serve: Serve,
    /// Who imports, as the revision records it.
    #[arg(long, env = "EDUMAP_ACTOR", default_value = "edumap import")]
    pub actor: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// How to write the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}
