//! Parse, wire, run.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use server::{command, config::Config, telemetry};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // A missing `.env` is the usual case; what is in one comes after the environment.
    let _no_file = dotenvy::dotenv();
    let config = Config::parse();
    let _telemetry = match telemetry::init(config.log_format) {
        Ok(telemetry) => telemetry,
        Err(error) => {
            drop(writeln!(std::io::stderr(), "error: {error:#}"));
            return ExitCode::from(2);
        }
    };
    match command::run(config).await {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
