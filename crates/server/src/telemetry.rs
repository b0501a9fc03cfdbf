//! The log: for people on a terminal, one JSON object a line otherwise.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// Starts the log on standard error; `RUST_LOG` says how much, `NO_COLOR` that it is plain.
pub fn init(format: Option<LogFormat>) {
    let terminal = std::io::stderr().is_terminal();
    let default = if terminal { LogFormat::Pretty } else { LogFormat::Json };
    let colors = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // sqlx and sea-orm tell of every statement at their own levels; the store tells of them at `trace`.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn"));
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter).with_ansi(colors);
    // A second start in one process, as in tests, keeps the first log.
    let _already_started = match format.unwrap_or(default) {
        LogFormat::Pretty => log.with_target(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}
