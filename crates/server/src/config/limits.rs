//! Flags that limit what a request may ask for and what the server takes on.

use std::{num::NonZeroU32, time::Duration};

use clap::Args;
use graphql::Limits;
use ipnet::IpNet;

use super::values::{parse_cost, parse_count, parse_network, parse_positive, parse_within};
use crate::{Capacity, ClientRates, SharedBudget, TrustedProxies};

/// How much a request may ask for, and how much the server takes on.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitFlags {
    /// Bytes of a request's body.
    #[arg(long, env = "EDUMAP_MAX_BODY_BYTES", default_value_t = 1 << 20, value_parser = parse_count)]
    pub max_body_bytes: usize,
    /// Tokens of a document.
    #[arg(long, env = "EDUMAP_MAX_TOKENS", default_value_t = Limits::default().tokens, value_parser = parse_count)]
    pub max_tokens: usize,
    /// Brackets within brackets in a document, values within values in variables; 100 at most, for the parser's sake.
    #[arg(
        long,
        env = "EDUMAP_MAX_NESTING",
        default_value_t = Limits::default().nesting,
        value_parser = parse_within(1..=100_usize)
    )]
    pub max_nesting: usize,
    /// Fields within fields.
    #[arg(long, env = "EDUMAP_MAX_DEPTH", default_value_t = Limits::default().depth, value_parser = parse_count)]
    pub max_depth: usize,
    /// Aliases of a document.
    #[arg(long, env = "EDUMAP_MAX_ALIASES", default_value_t = Limits::default().aliases)]
    pub max_aliases: usize,
    /// Fields at the root of an operation.
    #[arg(
        long,
        env = "EDUMAP_MAX_ROOT_FIELDS",
        default_value_t = Limits::default().root_fields,
        value_parser = parse_count
    )]
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
    #[arg(long, env = "EDUMAP_MAX_COST", default_value_t = Limits::default().cost, value_parser = parse_cost)]
    pub max_cost: u64,
    /// Rows of an answer that is asked for as rows, all pages together.
    #[arg(long, env = "EDUMAP_MAX_ROWS", default_value_t = 1_000_000, value_parser = parse_count)]
    pub max_rows: usize,
    /// Seconds that an operation may take.
    #[arg(long, env = "EDUMAP_MAX_SECONDS", default_value_t = 30, value_parser = parse_within(1..=MAX_SECONDS))]
    pub max_seconds: u64,
    /// Operations at a time; others wait for a second.
    #[arg(long, env = "EDUMAP_MAX_OPERATIONS", default_value_t = 64, value_parser = parse_within(1..=1_000_000_usize))]
    pub max_operations: usize,
    /// Connections at a time; whoever comes then is turned away with 503.
    #[arg(
        long,
        env = "EDUMAP_MAX_CONNECTIONS",
        default_value_t = 10_000,
        value_parser = parse_within(1..=1_000_000_usize)
    )]
    pub max_connections: usize,
    /// Expected fields of large operations, of 50,000 and more, that run at a time; others wait for a second.
    #[arg(
        long,
        env = "EDUMAP_MAX_CONCURRENT_COST",
        default_value_t = 4_000_000,
        value_parser = parse_within(1..=1_u64 << 40)
    )]
    pub max_concurrent_cost: u64,
    /// Seconds that a request's head may take.
    #[arg(long, env = "EDUMAP_MAX_HEAD_SECONDS", default_value_t = 10, value_parser = parse_within(1..=MAX_SECONDS))]
    pub max_head_seconds: u64,
    /// Seconds that a request's body may take.
    #[arg(long, env = "EDUMAP_MAX_BODY_SECONDS", default_value_t = 30, value_parser = parse_within(1..=MAX_SECONDS))]
    pub max_body_seconds: u64,
    /// Seconds that a client may leave unread what is written to it.
    #[arg(long, env = "EDUMAP_MAX_UNREAD_SECONDS", default_value_t = 30, value_parser = parse_within(1..=MAX_SECONDS))]
    pub max_unread_seconds: u64,
    /// Bytes of long answers that wait to be read, in all; others wait for a second.
    #[arg(
        long,
        env = "EDUMAP_MAX_UNREAD_BYTES",
        default_value_t = 1 << 29,
        value_parser = parse_within(1..=1_u64 << 40)
    )]
    pub max_unread_bytes: u64,
    /// Bytes of a WebSocket's message.
    #[arg(long, env = "EDUMAP_MAX_MESSAGE_BYTES", default_value_t = 1 << 18, value_parser = parse_count)]
    pub max_message_bytes: usize,
    /// Messages a second of a WebSocket, and as many operations that it starts.
    #[arg(long, env = "EDUMAP_MAX_MESSAGES", default_value = "50", value_parser = parse_positive::<NonZeroU32>)]
    pub max_messages: NonZeroU32,
    /// Operations of a WebSocket at a time.
    #[arg(long, env = "EDUMAP_MAX_SUBSCRIPTIONS", default_value_t = 50, value_parser = parse_count)]
    pub max_subscriptions: usize,
    /// Seconds that a WebSocket may take to send `connection_init`.
    #[arg(long, env = "EDUMAP_MAX_INIT_SECONDS", default_value_t = 3, value_parser = parse_within(1..=MAX_SECONDS))]
    pub max_init_seconds: u64,
    /// Requests a second of one client's address, in bursts twice as many; without the flag as many as it likes.
    #[arg(long, env = "EDUMAP_MAX_RATE", value_parser = parse_positive::<NonZeroU32>)]
    pub max_rate: Option<NonZeroU32>,
    /// Networks of proxies whose `X-Forwarded-*` and `Forwarded` are believed, such as `10.0.0.0/8`; commas between them.
    #[arg(long, env = "EDUMAP_TRUST_PROXY", value_delimiter = ',', value_parser = parse_network)]
    pub trust_proxy: Vec<IpNet>,
    /// Seconds that open requests may go on once the server is told to stop.
    #[arg(long, env = "EDUMAP_GRACE_SECONDS", default_value_t = 30, value_parser = parse_within(0..=MAX_SECONDS))]
    pub grace_seconds: u64,
}

/// The longest time that a flag may give, in seconds: the clock and PostgreSQL can count no further than weeks.
const MAX_SECONDS: u64 = 24 * 60 * 60;

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

    pub(super) fn capacity(&self) -> Capacity {
        Capacity {
            body: self.max_body_bytes,
            head_time: Duration::from_secs(self.max_head_seconds),
            body_time: Duration::from_secs(self.max_body_seconds),
            unread_time: Duration::from_secs(self.max_unread_seconds),
            connections: self.max_connections,
            large: SharedBudget::new(u32::try_from(self.max_concurrent_cost.div_ceil(1_000)).unwrap_or(u32::MAX)),
            unread: SharedBudget::new(u32::try_from(self.max_unread_bytes.div_ceil(1_024)).unwrap_or(u32::MAX)),
            rates: self.max_rate.map(ClientRates::per_second),
            proxies: TrustedProxies::new(self.trust_proxy.clone()),
            message: self.max_message_bytes,
            rows: self.max_rows,
            messages: self.max_messages,
            subscriptions: self.max_subscriptions,
            init_time: Duration::from_secs(self.max_init_seconds),
            grace: Duration::from_secs(self.grace_seconds),
            ..Capacity::with_operations(self.max_operations)
        }
    }
}
