//! The server: HTTP and the command line around the API, and data sets in and out of the store.
//!
//! [`router`] is the whole server as one value, for `main` and for tests; [`import`](mod@import), [`export`](mod@export)
//! and [`generate`] are what the commands of the same names do.

pub mod command;
pub mod config;
pub mod documents;
pub mod export;
pub mod flags;
pub mod format;
pub mod generate;
mod http;
pub mod import;
pub mod manifest;
pub mod queries;
pub mod report;
pub mod telemetry;
mod web;

pub use http::{App, Capacity, Rates, Share, router, serve};
pub use web::has_real_pages;
