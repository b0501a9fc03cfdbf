//! The log, for people on a terminal, one JSON object a line otherwise; and traces, where OpenTelemetry's variables say so.

use std::{
    io::IsTerminal,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use anyhow::{Context, anyhow};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::LogFormat;

static IS_TRACED: AtomicBool = AtomicBool::new(false);

/// Whether spans are exported.
pub(crate) fn is_traced() -> bool {
    IS_TRACED.load(Relaxed)
}

/// Exports the spans that are left when it is dropped.
#[must_use = "traces end when this is dropped"]
pub struct Telemetry(Option<SdkTracerProvider>);

impl Drop for Telemetry {
    fn drop(&mut self) {
        let ended = self.0.take().map(|traces| traces.shutdown());
        if let Some(Err(error)) = ended {
            tracing::warn!(%error, "the last spans could not be exported");
        }
    }
}

/// Starts the log on standard error; `RUST_LOG` says how much, `NO_COLOR` that it is plain.
///
/// Starts traces over OTLP if `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says where to.
///
/// # Errors
/// The variables of OpenTelemetry do not name a place, or `RUST_LOG` does not say how much.
pub fn init(format: Option<LogFormat>) -> anyhow::Result<Telemetry> {
    let terminal = std::io::stderr().is_terminal();
    let default = if terminal { LogFormat::Pretty } else { LogFormat::Json };
    let colors = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let filter = filter()?;
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colors);
    let log: Box<dyn Layer<Registry> + Send + Sync> = match format.unwrap_or(default) {
        LogFormat::Pretty => log.with_target(false).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let traces = traces()?;
    let spans = traces.as_ref().map(|traces| {
        // Requests, operations and statements: the spans of our own.
        let ours = EnvFilter::new("off,server=debug,graphql=debug,persistence=debug");
        tracing_opentelemetry::layer().with_tracer(traces.tracer("edumap")).with_filter(ours)
    });
    // A second start in one process, as in tests, keeps the first log.
    let _already_started = tracing_subscriber::registry().with(log.with_filter(filter)).with(spans).try_init();
    Ok(Telemetry(traces))
}

/// What goes into the log.
fn filter() -> anyhow::Result<EnvFilter> {
    let Some(wanted) = std::env::var_os(EnvFilter::DEFAULT_ENV) else {
        // sqlx and sea-orm tell of every statement at their own levels.
        return Ok(EnvFilter::new("info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn"));
    };
    let wanted = wanted.to_string_lossy();
    let right = "give a level, or levels by module, such as `info,server=debug`";
    EnvFilter::try_new(&wanted).map_err(|_| anyhow!("{} {wanted}: {right}", EnvFilter::DEFAULT_ENV))
}

fn traces() -> anyhow::Result<Option<SdkTracerProvider>> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_disabled = std::env::var("OTEL_SDK_DISABLED").is_ok_and(|value| value.eq_ignore_ascii_case("true"));
    let wanted = is_set("OTEL_EXPORTER_OTLP_ENDPOINT") || is_set("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    if !wanted || is_disabled {
        return Ok(None);
    }
    // The client that sends them blocks; it is made, and works, on threads of its own.
    let exporter = std::thread::spawn(|| SpanExporter::builder().with_http().build()).join();
    let exporter = exporter.ok().context("traces could not be started")?.context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let mut resource = Resource::builder();
    if !is_set("OTEL_SERVICE_NAME") {
        resource = resource.with_service_name("edumap");
    }
    let traces = SdkTracerProvider::builder().with_resource(resource.build()).with_batch_exporter(exporter).build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    IS_TRACED.store(true, Relaxed);
    Ok(Some(traces))
}
