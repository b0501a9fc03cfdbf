//! Parses the command line, starts log and runtime, and runs the command.

use std::process::ExitCode;

use server::{
    command,
    config::Config,
    flags::{Flag, FlagError, FlagOrigins, unknown_variables},
    telemetry,
};
use tokio::runtime::Builder;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let origins = match FlagOrigins::load() {
        Ok(origins) => origins,
        Err(problem) => return exit_with_error(&problem),
    };
    let (config, flags) = match origins.parse() {
        Ok(parsed) => parsed,
        Err(flag_error) => return exit_with_error(&flag_error.describe(&origins)),
    };
    match Builder::new_multi_thread().thread_stack_size(command::THREAD_STACK_BYTES).enable_all().build() {
        Ok(runtime) => runtime.block_on(run(config, &flags, &origins)),
        Err(error) => exit_with_error(&format!("the runtime does not start: {error}")),
    }
}

async fn run(config: Config, flags: &[Flag], origins: &FlagOrigins) -> ExitCode {
    let _telemetry = match telemetry::init(config.log_format()) {
        Ok(telemetry) => telemetry,
        Err(error) => return exit_with_error(&format!("{error:#}")),
    };
    unknown_variables().iter().for_each(|problem| tracing::warn!("{problem}"));
    match command::run(config, flags).await {
        Ok(code) => code,
        Err(error) => match error.downcast_ref::<FlagError>() {
            Some(flag_error) => exit_with_error(&flag_error.describe(origins)),
            None => {
                tracing::error!("{error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

/// Ends the process with 2: the command line, the environment or `.env` is wrong.
fn exit_with_error(problem: &str) -> ExitCode {
    eprintln!("error: {problem}");
    ExitCode::from(2)
}
