//! Parse, wire, run.

use std::process::ExitCode;

use server::{
    command,
    config::Config,
    flags::{Flag, FlagError, Origins, unknown_variables},
    telemetry,
};
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let origins = match Origins::load() {
        Ok(origins) => origins,
        Err(problem) => return wrong(&problem),
    };
    let (config, flags) = match origins.parse() {
        Ok(parsed) => parsed,
        Err(mistake) => return wrong(&mistake.told(&origins)),
    };
    match Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(config, &flags, &origins)),
        Err(error) => wrong(&format!("the runtime does not start: {error}")),
    }
}

async fn run(config: Config, flags: &[Flag], origins: &Origins) -> ExitCode {
    let _telemetry = match telemetry::init(config.log_format()) {
        Ok(telemetry) => telemetry,
        Err(error) => return wrong(&format!("{error:#}")),
    };
    unknown_variables().iter().for_each(|problem| tracing::warn!("{problem}"));
    match command::run(config, flags).await {
        Ok(code) => code,
        Err(error) => match error.downcast_ref::<FlagError>() {
            Some(mistake) => wrong(&mistake.told(origins)),
            None => {
                tracing::error!("{error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

/// The command line, the environment or `.env` is wrong.
fn wrong(problem: &str) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::from(2)
}
