//! Runs the command that the command line names.

mod release;

use std::{
    io::{IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use domain::{Known, SystemClock};
use graphql::{Backend, Request, Schema, Variables};
use include_dir::{Dir, include_dir};
use persistence::{Access, Condition, Store, StoreError, StoreOptions, Upgrade};
use tokio::runtime::{Builder, Handle};

use crate::{
    App,
    config::{
        Command, Config, DEFAULT_DATABASE, DatabaseFlags, DocumentFlags, ExplainFlags, ExportFlags, GenerateFlags,
        ImportFlags, LintFlags, LintFormat, MigrateFlags, OnOff, ReportFormat, ServeFlags, ShowFlags,
    },
    documents::Documents,
    explain::explain,
    export::export,
    flags::{Flag, FlagError, mask_password},
    generate::{Plan, generate},
    http::{AnswerCache, router},
    import::{Folder, Options, import},
    lint::{LintOptions, RuleSummary, describe_rule, lint, summarize},
    report::Warning,
};

/// The exit code of success.
const EXIT_OK: u8 = 0;
/// The exit code when a data set cannot be imported, migrations are pending, or something is doubtful; nothing was written.
const EXIT_REFUSED: u8 = 3;

/// Runs the command of the command line; `flags` is what `config` prints.
///
/// # Errors
/// The command failed.
pub async fn run(config: Config, flags: &[Flag]) -> anyhow::Result<ExitCode> {
    let Config { command, serve: own } = config;
    let code = match command.unwrap_or(Command::Serve(own)) {
        Command::Serve(flags) => run_serve(flags).await?,
        Command::Import(flags) => run_import(flags).await?,
        Command::Export(flags) => run_export(flags).await?,
        Command::Generate(flags) => run_generate(&flags)?,
        Command::Migrate(flags) => run_migrate(flags).await?,
        Command::Explain(flags) => run_explain(flags).await?,
        Command::Lint(flags) => run_lint(flags).await?,
        Command::Release(flags) => release::run(flags).await?,
        Command::Schema => print_text(&graphql::schema().sdl())?,
        Command::Config(show) => print_config(&show, flags).await?,
    };
    Ok(ExitCode::from(code))
}

/// Writes to standard output; a closed pipe is no failure.
fn print_text(text: &str) -> anyhow::Result<u8> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(EXIT_OK),
    }
}

/// Opens the database; `access` says whether it is created if missing, and migrated if it is out of date.
async fn open_database(
    database: &DatabaseFlags,
    time: Option<Duration>,
    access: Access,
) -> anyhow::Result<(Store, Upgrade)> {
    let store = connect_database(database, time, access).await?;
    let upgrade = match access {
        Access::Create => store.migrate().await.context("the database could not be brought up to date")?,
        Access::Existing => {
            let Condition { is_empty, pending } = store.condition().await?;
            if store.is_in_memory() {
                store.migrate().await?
            } else if is_empty {
                return Err(FlagError::new("--database-url", &database.database_url, "the database is empty").into());
            } else if pending.is_empty() {
                Upgrade { is_first: false, steps: pending }
            } else {
                bail!("the database is not up to date, and `edumap migrate` brings it there: {}", pending.join(", "))
            }
        }
    };
    Ok((store, upgrade))
}

async fn connect_database(database: &DatabaseFlags, time: Option<Duration>, access: Access) -> anyhow::Result<Store> {
    let DatabaseFlags { database_url, read_url, pooled } = database;
    let options = StoreOptions { read_timeout: time, access, is_pooled: *pooled };
    let opened = Store::open_with(database_url, read_url.as_deref(), options).await;
    opened.map_err(|error| match error {
        StoreError::Missing { .. } | StoreError::Foreign { .. } => {
            FlagError::new("--database-url", database_url, error).into()
        }
        error => anyhow!(error).context(format!("--database-url {}: cannot be opened", mask_password(database_url))),
    })
}

/// Checks the flags of `serve` before anything is opened; returns the documents and the schema that they name.
async fn check_flags(flags: &ServeFlags) -> Result<(Documents, Schema), FlagError> {
    if let (url, Some(read_url)) = (&flags.database.database_url, &flags.database.read_url)
        && url.starts_with("sqlite") != read_url.starts_with("sqlite")
    {
        return Err(FlagError::new("--read-url", read_url, "a replica is of the same kind as `--database-url`"));
    }
    if let Some(dataset) = flags.dataset.as_deref().filter(|it| *it != NO_DATA_SET) {
        find_data_set(dataset)?;
    }
    let DocumentFlags { documents: dir, documents_only, max_persisted_bytes, .. } = &flags.documents;
    let schema = flags.documents.schema();
    let mut documents = Documents::new(*max_persisted_bytes).trusted_only(*documents_only);
    if let Some(dir) = dir {
        let added = documents.add_folder(dir, &schema, &flags.limits.limits()).await;
        if added.map_err(|problem| FlagError::new("--documents", dir.display(), problem))? == 0 {
            tracing::warn!("--documents {}: no `.graphql` file lies there", dir.display());
        }
    }
    Ok((documents, schema))
}

async fn print_config(show: &ShowFlags, flags: &[Flag]) -> anyhow::Result<u8> {
    check_flags(&show.serve).await?;
    if show.json {
        let all: Vec<_> = flags.iter().map(Flag::to_json).collect();
        return print_text(&format!("{:#}\n", serde_json::Value::from(all)));
    }
    let text = |flag: &Flag| flag.value.clone().unwrap_or_else(|| "-".to_owned());
    let wide = |width: fn(&Flag) -> usize| flags.iter().map(width).max().unwrap_or_default();
    let (names, values) = (wide(|it| it.name.len()), wide(|it| it.value.as_ref().map_or(1, |it| it.chars().count())));
    let line = |it: &Flag| format!("{:names$}  {:values$}  {}\n", it.name, text(it), it.origin);
    print_text(&flags.iter().map(line).collect::<String>())
}

/// The stack of a thread that runs operations, in bytes; small ones run where requests are read.
///
/// A resolver polls those below it, and in a debug build a query as deep as queries may be needs more than the usual 2 MiB.
pub const THREAD_STACK_BYTES: usize = 16 << 20;

/// Serves with a runtime of its own for operations and the database, so that connections never wait for a thread.
async fn run_serve(flags: ServeFlags) -> anyhow::Result<u8> {
    let operations = Builder::new_multi_thread()
        .thread_name("operations")
        .thread_stack_size(THREAD_STACK_BYTES)
        .enable_all()
        .build()?;
    let served = serve_with_workers(operations.handle(), flags).await;
    operations.shutdown_background();
    served
}

async fn serve_with_workers(operations: &Handle, flags: ServeFlags) -> anyhow::Result<u8> {
    let (documents, schema) = check_flags(&flags).await?;
    let listener = match tokio::net::TcpListener::bind(flags.listen).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("{} is taken; stop what listens there, or choose another with --listen", flags.listen)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => {
            let advice = "this machine has no such address; 127.0.0.1 is its own, 0.0.0.0 stands for all it has";
            return Err(FlagError::new("--listen", flags.listen, advice).into());
        }
        Err(error) => return Err(error).with_context(|| format!("--listen {}", flags.listen)),
    };
    raise_fd_limit(flags.limits.max_connections);
    let limits = flags.limits.limits();
    let (database, dataset, time_zone) = (flags.database.clone(), flags.dataset.clone(), flags.time_zone);
    // Here, so that the first connections to read with are those of small operations.
    let opening = tokio::spawn(async move {
        let (store, upgrade) = open_database(&database, Some(limits.time), Access::Create).await?;
        if store.is_read_only() {
            tracing::warn!("the database can only be read: its map is served as it is, and nothing can be recorded");
        }
        let is_new = upgrade.is_first && database.database_url == DEFAULT_DATABASE;
        import_if_empty(&store, dataset.as_deref(), is_new).await?;
        if time_zone.is_none() && store.time_zones().await?.len() > 1 {
            tracing::warn!(
                "the districts name several time zones: days begin in UTC, unless --time-zone says otherwise"
            );
        }
        anyhow::Ok(store)
    });
    let store = opening.await??;
    let address = listener.local_addr()?;
    tracing::info!("GraphQL on http://{address}/graphql, playground on http://{address}/playground");
    let (capacity, documents) = (Arc::new(flags.capacity()), Arc::new(documents));
    let app = App {
        limits: Arc::new(limits),
        capacity: capacity.clone(),
        answers: Arc::new(AnswerCache::new(flags.documents.max_cached_bytes)),
        documents,
        schema,
        workers: Some(operations.clone()),
        ..App::new(store, Arc::new(SystemClock))
    };
    let has_plans = flags.documents.planned_reads == OnOff::On;
    let backend = Backend { zone: flags.time_zone, has_plans, ..app.backend.clone() };
    let app = App { backend, ..app };
    let stopping = capacity.stopping.clone();
    tokio::spawn(async move {
        wait_for_stop_signal().await;
        stopping.cancel();
    });
    tokio::spawn(crate::http::run_maintenance(capacity.clone()));
    crate::http::serve(listener, router(app), capacity).await?;
    tracing::info!("stopped");
    Ok(EXIT_OK)
}

/// Raises the limit of open files (`RLIMIT_NOFILE`, usually 1024) to the number of connections and some more.
fn raise_fd_limit(connections: usize) {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(FILES_BESIDE_CONNECTIONS);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(files) if files >= wanted => {}
        Ok(files) => tracing::warn!(files, wanted, "the system allows fewer open files than --max-connections needs"),
        Err(error) => tracing::warn!(%error, "the system does not say how many files may be open"),
    }
}

/// Open files beside connections.
const FILES_BESIDE_CONNECTIONS: u64 = 128;

/// Imports a data set if the store has no revision: the one that is named, or else, into a new store, the bundled one.
async fn import_if_empty(store: &Store, dataset: Option<&str>, is_new: bool) -> anyhow::Result<()> {
    if dataset == Some(NO_DATA_SET) || store.revision(Known::Latest).await?.is_some() {
        return Ok(());
    }
    let Some(dataset) = dataset.or(bundled_names().next().filter(|_| is_new)) else {
        tracing::warn!("nothing is recorded yet; `edumap import` loads a data set, and so does --dataset");
        return Ok(());
    };
    let folder = find_data_set(dataset)?;
    // The message is public, and the path of a folder is not.
    let what =
        if matches!(folder, Folder::Bundled(_)) { format!("the data set {dataset}") } else { "a folder".to_owned() };
    let message = Some(format!("{what}, loaded on the first start"));
    let actor = "edumap serve".to_owned();
    let options = Options { only_first: true, actor, message, ..Options::default() };
    match import(store, &folder, &options, &SystemClock).await? {
        Ok(imported) if imported.revision.is_none() => tracing::info!("another process has recorded a map meanwhile"),
        Ok(imported) => tracing::info!(rows = imported.total().rows, "loaded the data set {dataset} as revision 1"),
        Err(refusal) => bail!("--dataset {dataset} cannot be loaded\n{refusal}"),
    }
    Ok(())
}

/// The data sets in the binary.
static BUNDLED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// The value of `--dataset` that imports none.
const NO_DATA_SET: &str = "none";

/// The names of the data sets in the binary.
fn bundled_names() -> impl Iterator<Item = &'static str> {
    BUNDLED.dirs().filter_map(|dir| dir.path().to_str())
}

/// The data set of a name: a bundled one, or a folder on disk.
fn find_data_set(dataset: &str) -> Result<Folder, FlagError> {
    if let Some(bundled) = BUNDLED.get_dir(dataset) {
        return Ok(Folder::Bundled(bundled));
    }
    if !Path::new(dataset).is_dir() {
        let names: Vec<String> = bundled_names().map(|name| format!("`{name}`")).collect();
        let advice =
            format!("there is neither a bundled data set nor a folder of that name; bundled is {}", names.join(", "));
        return Err(FlagError::new("--dataset", dataset, advice));
    }
    Ok(Folder::Disk(dataset.into()))
}

/// Waits for the signal to stop.
async fn wait_for_stop_signal() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            },
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
    tracing::info!("stopping: open requests end first");
}

async fn run_import(flags: ImportFlags) -> anyhow::Result<u8> {
    let ImportFlags { dir, dry_run, actor, message, allow_removal, expect_revision, format, database, log: _ } = flags;
    let access = if dry_run { Access::Existing } else { Access::Create };
    let (store, _) = open_database(&database, None, access).await?;
    if store.is_read_only() {
        bail!("--database-url {}: the database can only be read", mask_password(&database.database_url));
    }
    let options = Options {
        dry_run,
        allow_removal,
        expect_revision,
        all_findings: format == ReportFormat::Json,
        actor,
        message,
        progress: std::io::stderr().is_terminal(),
        ..Options::default()
    };
    let mut done = import(&store, &Folder::Disk(dir), &options, &SystemClock).await?;
    if let Ok(imported) = &mut done
        && imported.revision.is_some()
    {
        imported.warnings.extend(warn_of_findings(&store).await);
    }
    let report = match (&done, format) {
        (Ok(imported), ReportFormat::Text) => imported.to_string(),
        (Ok(imported), ReportFormat::Json) => imported.to_json().to_string(),
        (Err(refusal), ReportFormat::Text) => refusal.to_string(),
        (Err(refusal), ReportFormat::Json) => refusal.to_json().to_string(),
    };
    print_text(&format!("{report}\n")).map(|code| if done.is_ok() { code } else { EXIT_REFUSED })
}

/// What is doubtful on the map that was imported, a warning for each rule.
async fn warn_of_findings(store: &Store) -> Vec<Warning> {
    match summarize(store.clone()).await {
        Ok(rules) => {
            let warning = |RuleSummary { rule, count, first }| {
                let more = if count > 1 { format!(", and {} more", count - 1) } else { String::new() };
                Warning { file: rule, problem: format!("{first}{more}; `edumap lint` tells all") }
            };
            rules.into_iter().map(warning).collect()
        }
        // The map is recorded, whatever keeps it from being looked at.
        Err(problems) => {
            tracing::warn!(problem = problems.join("; "), "the map that was imported cannot be looked at");
            Vec::new()
        }
    }
}

async fn run_export(flags: ExportFlags) -> anyhow::Result<u8> {
    let (store, _) = open_database(&flags.database, None, Access::Existing).await?;
    let known = flags.known_at.map_or(Known::Latest, Known::At);
    if let Known::At(number) = known
        && store.revision(known).await?.is_none()
    {
        let latest = store.revision(Known::Latest).await?.map_or(0, |latest| latest.number);
        let advice = format!("there is no such revision; the latest is {latest}");
        return Err(FlagError::new("--known-at", number, advice).into());
    }
    let exported = export(&store, known, &flags.dir, flags.force).await?;
    print_text(&format!("{exported}\n"))
}

async fn run_explain(flags: ExplainFlags) -> anyhow::Result<u8> {
    let ExplainFlags { file, operation, variables, sql, format, database, log: _ } = flags;
    let text = match file.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()),
        false => std::fs::read_to_string(&file),
    };
    let text = text.with_context(|| file.display().to_string())?;
    let (store, _) = open_database(&database, None, Access::Existing).await?;
    let mut request = Request::new(text).variables(Variables::from_json(variables.unwrap_or_default().into()));
    request.operation_name = operation;
    match explain(store, request).await {
        Ok(explanation) if format == ReportFormat::Json => print_text(&format!("{:#}\n", explanation.to_json())),
        Ok(explanation) => print_text(&explanation.to_text(sql)),
        Err(problems) => bail!("{}: {}", file.display(), problems.join("; ")),
    }
}

async fn run_lint(flags: LintFlags) -> anyhow::Result<u8> {
    if let Some(rule) = flags.explain {
        return print_text(&describe_rule(rule));
    }
    let LintFlags { dir, as_of, known_at, severity, rules, include_waived, fail_on, format, database, .. } = flags;
    let store = match dir {
        None => open_database(&database, None, Access::Existing).await?.0,
        Some(dir) => {
            let store = Store::in_memory().await?;
            if let Err(refusal) = import(&store, &Folder::Disk(dir), &Options::default(), &SystemClock).await? {
                return match format {
                    LintFormat::Text => print_text(&format!("{refusal}\n")).map(|_| EXIT_REFUSED),
                    LintFormat::Json => print_text(&format!("{}\n", refusal.to_json())).map(|_| EXIT_REFUSED),
                    LintFormat::Sarif => bail!("the folder cannot be imported, so no map was looked at\n{refusal}"),
                };
            }
            store
        }
    };
    let options = LintOptions { as_of, known_at, severities: severity, rules, with_waived: include_waived };
    let report = lint(store, &options).await.map_err(|problems| anyhow!("{}", problems.join("; ")))?;
    let text = match format {
        LintFormat::Text => report.to_text(),
        LintFormat::Json => format!("{:#}\n", report.to_json()),
        LintFormat::Sarif => format!("{:#}\n", report.to_sarif()),
    };
    print_text(&text).map(|code| if report.fails(fail_on) { EXIT_REFUSED } else { code })
}

fn run_generate(flags: &GenerateFlags) -> anyhow::Result<u8> {
    let summary = generate(&Plan { schools: flags.schools, seed: flags.seed }, &flags.dir)?;
    print_text(&format!("{summary}\n"))
}

async fn run_migrate(flags: MigrateFlags) -> anyhow::Result<u8> {
    let MigrateFlags { status, database, log: _ } = flags;
    if status {
        let store = connect_database(&database, None, Access::Existing).await?;
        let pending = store.condition().await?.pending;
        return match pending.is_empty() {
            true => print_text(UP_TO_DATE),
            false => print_text(&format!("not run yet: {}\n", pending.join(", "))).map(|_| EXIT_REFUSED),
        };
    }
    let (_, Upgrade { steps, .. }) = open_database(&database, None, Access::Create).await?;
    if steps.is_empty() { print_text(UP_TO_DATE) } else { print_text(&format!("ran {}\n", steps.join(", "))) }
}

const UP_TO_DATE: &str = "up to date\n";
