//! The log, for people on a terminal, one JSON object a line otherwise; and traces, where OpenTelemetry's variables say so.

use std::{
    env, fs,
    io::IsTerminal,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use reqwest::{Certificate, blocking::Client};
use tracing_subscriber::{EnvFilter, Layer, Registry, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{config::LogFormat, json_lines::JsonLines};

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
/// Starts traces over OTLP if `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` says where to, or
/// `OTEL_TRACES_EXPORTER` says `otlp`.
///
/// # Errors
/// The variables of OpenTelemetry name no valid endpoint, or an unsupported protocol; or `RUST_LOG` is malformed.
pub fn init(format: Option<LogFormat>) -> anyhow::Result<Telemetry> {
    let terminal = std::io::stderr().is_terminal();
    let default = if terminal { LogFormat::Pretty } else { LogFormat::Json };
    let colors = terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let filter = log_filter()?;
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colors);
    let log: Box<dyn Layer<Registry> + Send + Sync> = match format.unwrap_or(default) {
        LogFormat::Pretty => log.with_target(false).boxed(),
        LogFormat::Json => log.fmt_fields(JsonLines).event_format(JsonLines).boxed(),
    };
    let traces = trace_provider()?;
    let spans = traces.as_ref().map(|traces| {
        // Spans of requests, operations and statements.
        let ours = EnvFilter::new("off,server=debug,graphql=debug,persistence=debug");
        tracing_opentelemetry::layer().with_tracer(traces.tracer("edumap")).with_filter(ours)
    });
    // A second start in one process, as in tests, keeps the first log.
    let _already_started = tracing_subscriber::registry().with(log.with_filter(filter)).with(spans).try_init();
    Ok(Telemetry(traces))
}

/// What goes into the log.
fn log_filter() -> anyhow::Result<EnvFilter> {
    let Some(wanted) = std::env::var_os(EnvFilter::DEFAULT_ENV) else {
        // sqlx and sea-orm log statements themselves.
        return Ok(EnvFilter::new("info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn"));
    };
    let wanted = wanted.to_string_lossy();
    let advice = "give a level, or levels by module, such as `info,server=debug`";
    EnvFilter::try_new(&wanted).map_err(|_| anyhow!("{} {wanted}: {advice}", EnvFilter::DEFAULT_ENV))
}

fn trace_provider() -> anyhow::Result<Option<SdkTracerProvider>> {
    if first_variable(["OTEL_SDK_DISABLED"]).is_some_and(|(_, value)| value.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let endpoint = first_variable(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]);
    match first_variable(["OTEL_TRACES_EXPORTER"]) {
        Some((_, exporter)) if exporter == "none" => return Ok(None),
        Some((_, exporter)) if exporter == "otlp" => {}
        Some((name, exporter)) => bail!("{name} `{exporter}`: give `otlp` or `none`"),
        None if endpoint.is_none() => return Ok(None),
        None => {}
    }
    match first_variable(["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]) {
        Some((name, protocol)) if protocol != "http/protobuf" => bail!("{name} `{protocol}`: give `http/protobuf`"),
        _ => {}
    }
    let is_secure = endpoint.is_some_and(|(_, endpoint)| endpoint.starts_with("https:"));
    // The client blocks; it must be created, and run, outside of the runtime.
    let client = std::thread::spawn(move || http_client(is_secure)).join();
    let client = client.ok().context("traces could not be started")??;
    let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
    let exporter = exporter.context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let mut resource = Resource::builder();
    if first_variable(["OTEL_SERVICE_NAME"]).is_none() {
        resource = resource.with_service_name("edumap");
    }
    let traces = SdkTracerProvider::builder().with_resource(resource.build()).with_batch_exporter(exporter).build();
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    IS_TRACED.store(true, Relaxed);
    Ok(Some(traces))
}

/// The first of these variables that is not empty, with its value.
fn first_variable<const N: usize>(names: [&'static str; N]) -> Option<(&'static str, String)> {
    names.into_iter().find_map(|name| Some((name, env::var(name).ok().filter(|value| !value.is_empty())?)))
}

/// The client that sends spans: over TLS it trusts the certificates that are named, or else those of the system.
fn http_client(is_secure: bool) -> anyhow::Result<Client> {
    let mut client = Client::builder();
    if let Some((name, time)) = first_variable(["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"]) {
        let milliseconds = time.parse().with_context(|| format!("{name} `{time}`: give milliseconds"))?;
        client = client.timeout(Duration::from_millis(milliseconds));
    }
    // If a default is installed already, it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let named = first_variable(["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"]);
    client = match named {
        Some((name, file)) => {
            let wrong = || format!("{name} `{file}`: give a file of certificates in PEM");
            let certificates =
                Certificate::from_pem_bundle(&fs::read(&file).with_context(wrong)?).with_context(wrong)?;
            client.tls_certs_only(certificates)
        }
        None if is_secure => client,
        // A small machine may have no certificates, and needs none to reach an agent beside the server.
        None => client.tls_certs_only([]),
    };
    client.build().context("traces could not be started")
}
