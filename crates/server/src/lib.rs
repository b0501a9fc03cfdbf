//! The server: HTTP and the command line around the API, and data sets in and out of the store.
//!
//! [`router`] is the whole server as one value, for `main` and for tests; [`import`](mod@import), [`export`](mod@export)
//! and [`generate`] are what the commands of the same names do.

// An optimized build looks through the futures of nested resolvers, which are deeper than the 128 types of the default.
#![recursion_limit = "256"]

mod byte_cache;
mod changes;
pub mod command;
pub mod config;
pub mod documents;
pub mod examples;
pub mod explain;
pub mod export;
pub mod flags;
pub mod format;
pub mod generate;
mod http;
pub mod import;
mod json_lines;
pub mod lint;
pub mod manifest;
mod own_query;
mod pages;
pub mod queries;
pub mod report;
mod rows;
pub mod telemetry;
mod web;
mod what_if;

pub use http::{AnswerCache, App, Capacity, ClientRates, SharedBudget, TrustedProxies, router, serve};
pub use web::has_real_pages;
