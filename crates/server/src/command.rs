//! What the commands do.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use domain::{Known, SystemClock};
use graphql::{Ground, Schema};
use include_dir::{Dir, include_dir};
use persistence::{Access, Condition, Store, StoreError, Upgrade};
use tokio::runtime::{Builder, Handle};

use crate::{
    App,
    config::{
        Command, Config, DEFAULT_DATABASE, Database, DocumentFlags, Export, Format, Generate, Import, Migrate, Serve,
        Show,
    },
    documents::Documents,
    export::export,
    flags::{Flag, FlagError, masked},
    generate::{Plan, generate},
    http::router,
    import::{Folder, Options, import},
};

/// Done.
const DONE: u8 = 0;
/// The data set cannot be imported as it is, or the database lacks steps; nothing was written.
const REFUSED: u8 = 3;

/// Does what the command line asks for; `flags` is what `config` prints.
///
/// # Errors
/// It could not be done.
pub async fn run(config: Config, flags: &[Flag]) -> anyhow::Result<ExitCode> {
    let Config { command, serve: own } = config;
    let code = match command.unwrap_or(Command::Serve(own)) {
        Command::Serve(flags) => serve(flags).await?,
        Command::Import(flags) => load(flags).await?,
        Command::Export(flags) => unload(flags).await?,
        Command::Generate(flags) => make(&flags)?,
        Command::Migrate(flags) => migrate(flags).await?,
        Command::Schema => say(&graphql::schema().sdl())?,
        Command::Config(show) => tell(&show, flags).await?,
    };
    Ok(ExitCode::from(code))
}

/// Writes to standard output; a reader that has gone away is no failure.
fn say(text: &str) -> anyhow::Result<u8> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(DONE),
    }
}

/// Opens the database, which is created if it is not there and may be, and brought up to date if it may be.
async fn open(database: &Database, time: Option<Duration>, access: Access) -> anyhow::Result<(Store, Upgrade)> {
    let store = connect(database, time, access).await?;
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

async fn connect(database: &Database, time: Option<Duration>, access: Access) -> anyhow::Result<Store> {
    let Database { database_url, read_url } = database;
    let opened = Store::open_within(database_url, read_url.as_deref(), time, access).await;
    opened.map_err(|error| match error {
        StoreError::Missing { .. } | StoreError::Foreign { .. } => {
            FlagError::new("--database-url", database_url, error).into()
        }
        error => anyhow!(error).context(format!("--database-url {}: cannot be opened", masked(database_url))),
    })
}

/// Finds what is wrong with the flags of `serve` before it begins; gives the server's documents and its schema.
async fn check(flags: &Serve) -> Result<(Documents, Schema), FlagError> {
    if let (url, Some(read_url)) = (&flags.database.database_url, &flags.database.read_url)
        && url.starts_with("sqlite") != read_url.starts_with("sqlite")
    {
        return Err(FlagError::new("--read-url", read_url, "a replica is of the same kind as `--database-url`"));
    }
    if let Some(dataset) = flags.dataset.as_deref().filter(|it| *it != NO_DATASET) {
        named(dataset)?;
    }
    let DocumentFlags { documents: dir, documents_only, max_persisted_bytes, .. } = &flags.documents;
    let schema = flags.documents.schema();
    let mut documents = Documents::new(*max_persisted_bytes).only(*documents_only);
    if let Some(dir) = dir {
        let added = documents.add_folder(dir, &schema, &flags.limits.limits()).await;
        if added.map_err(|problem| FlagError::new("--documents", dir.display(), problem))? == 0 {
            tracing::warn!("--documents {}: no `.graphql` file lies there", dir.display());
        }
    }
    Ok((documents, schema))
}

async fn tell(show: &Show, flags: &[Flag]) -> anyhow::Result<u8> {
    check(&show.serve).await?;
    if show.json {
        let all: Vec<_> = flags.iter().map(Flag::to_json).collect();
        return say(&format!("{:#}\n", serde_json::Value::from(all)));
    }
    let text = |flag: &Flag| flag.value.clone().unwrap_or_else(|| "-".to_owned());
    let wide = |width: fn(&Flag) -> usize| flags.iter().map(width).max().unwrap_or_default();
    let (names, values) = (wide(|it| it.name.len()), wide(|it| it.value.as_ref().map_or(1, |it| it.chars().count())));
    let line = |it: &Flag| format!("{:names$}  {:values$}  {}\n", it.name, text(it), it.origin);
    say(&flags.iter().map(line).collect::<String>())
}

/// The stack of a thread that runs operations: a resolver polls those below it, and in a debug build a query as deep as
/// queries may be needs more than the usual 2 MiB.
const STACK: usize = 16 << 20;

/// Serves with threads of its own for operations, and for the database with them: those that this runs on are left to
/// connections, which so always have time.
async fn serve(flags: Serve) -> anyhow::Result<u8> {
    let operations =
        Builder::new_multi_thread().thread_name("operations").thread_stack_size(STACK).enable_all().build()?;
    let served = serve_beside(operations.handle(), flags).await;
    operations.shutdown_background();
    served
}

async fn serve_beside(operations: &Handle, flags: Serve) -> anyhow::Result<u8> {
    let (documents, schema) = check(&flags).await?;
    let listener = match tokio::net::TcpListener::bind(flags.listen).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("{} is taken; stop what listens there, or choose another with --listen", flags.listen)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => {
            let right = "this machine has no such address; 127.0.0.1 is its own, 0.0.0.0 stands for all it has";
            return Err(FlagError::new("--listen", flags.listen, right).into());
        }
        Err(error) => return Err(error).with_context(|| format!("--listen {}", flags.listen)),
    };
    make_room(flags.limits.max_connections);
    let limits = flags.limits.limits();
    let (database, dataset, time_zone) = (flags.database.clone(), flags.dataset.clone(), flags.time_zone);
    let opening = operations.spawn(async move {
        let (store, upgrade) = open(&database, Some(limits.time), Access::Create).await?;
        if store.is_read_only() {
            tracing::warn!("the database can only be read: it is served as it is, and nothing is recorded in it");
        }
        let is_new = upgrade.is_first && database.database_url == DEFAULT_DATABASE;
        load_if_new(&store, dataset.as_deref(), is_new).await?;
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
        documents,
        schema,
        workers: Some(operations.clone()),
        ..App::new(store, Arc::new(SystemClock))
    };
    let ground = Ground { zone: flags.time_zone, ..app.ground.clone() };
    let app = App { ground, ..app };
    let stopping = capacity.stopping.clone();
    tokio::spawn(async move {
        stopped().await;
        stopping.cancel();
    });
    tokio::spawn(crate::http::keep_up(capacity.clone()));
    crate::http::serve(listener, router(app), capacity).await?;
    tracing::info!("stopped");
    Ok(DONE)
}

/// Asks the system for as many open files as there may be connections, and some for the database; the usual 1024 are few.
fn make_room(connections: usize) {
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(FILES);
    match rlimit::increase_nofile_limit(wanted) {
        Ok(files) if files >= wanted => {}
        Ok(files) => tracing::warn!(files, wanted, "the system allows fewer open files than --max-connections needs"),
        Err(error) => tracing::warn!(%error, "the system does not say how many files may be open"),
    }
}

/// How many files are open beside connections.
const FILES: u64 = 128;

/// Loads a data set into a store in which nothing is recorded: the one that is asked for, or else, into a store that is
/// new, the bundled one.
async fn load_if_new(store: &Store, dataset: Option<&str>, is_new: bool) -> anyhow::Result<()> {
    if dataset == Some(NO_DATASET) || store.revision(Known::Latest).await?.is_some() {
        return Ok(());
    }
    let Some(dataset) = dataset.or(bundled().next().filter(|_| is_new)) else {
        tracing::warn!("nothing is recorded yet; `edumap import` loads a data set, and so does --dataset");
        return Ok(());
    };
    let folder = named(dataset)?;
    // A folder's path is nobody's business but the operator's.
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

/// The dataset of who wants none.
const NO_DATASET: &str = "none";

/// The names of the data sets in the binary.
fn bundled() -> impl Iterator<Item = &'static str> {
    BUNDLED.dirs().filter_map(|dir| dir.path().to_str())
}

/// A bundled data set's folder, or one on disk.
fn named(dataset: &str) -> Result<Folder, FlagError> {
    if let Some(bundled) = BUNDLED.get_dir(dataset) {
        return Ok(Folder::Bundled(bundled));
    }
    if !Path::new(dataset).is_dir() {
        let names: Vec<String> = bundled().map(|name| format!("`{name}`")).collect();
        let right =
            format!("there is neither a bundled data set nor a folder of that name; bundled is {}", names.join(", "));
        return Err(FlagError::new("--dataset", dataset, right));
    }
    Ok(Folder::Disk(dataset.into()))
}

/// Waits for the signal to stop.
async fn stopped() {
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

async fn load(flags: Import) -> anyhow::Result<u8> {
    let Import { dir, dry_run, actor, message, allow_removal, expect_revision, format, database, log: _ } = flags;
    let access = if dry_run { Access::Existing } else { Access::Create };
    let (store, _) = open(&database, None, access).await?;
    if store.is_read_only() {
        bail!("--database-url {}: the database can only be read", masked(&database.database_url));
    }
    let options = Options {
        dry_run,
        allow_removal,
        expect_revision,
        all_findings: format == Format::Json,
        actor,
        message,
        progress: std::io::stderr().is_terminal(),
        ..Options::default()
    };
    let done = import(&store, &Folder::Disk(dir), &options, &SystemClock).await?;
    let told = match (&done, format) {
        (Ok(imported), Format::Text) => imported.to_string(),
        (Ok(imported), Format::Json) => imported.to_json().to_string(),
        (Err(refusal), Format::Text) => refusal.to_string(),
        (Err(refusal), Format::Json) => refusal.to_json().to_string(),
    };
    say(&format!("{told}\n")).map(|code| if done.is_ok() { code } else { REFUSED })
}

async fn unload(flags: Export) -> anyhow::Result<u8> {
    let (store, _) = open(&flags.database, None, Access::Existing).await?;
    let known = flags.known_at.map_or(Known::Latest, Known::At);
    if let Known::At(number) = known
        && store.revision(known).await?.is_none()
    {
        let latest = store.revision(Known::Latest).await?.map_or(0, |latest| latest.number);
        let right = format!("there is no such revision; the latest is {latest}");
        return Err(FlagError::new("--known-at", number, right).into());
    }
    let exported = export(&store, known, &flags.dir, flags.force).await?;
    say(&format!("{exported}\n"))
}

fn make(flags: &Generate) -> anyhow::Result<u8> {
    let summary = generate(&Plan { schools: flags.schools, seed: flags.seed }, &flags.dir)?;
    say(&format!("{summary}\n"))
}

async fn migrate(flags: Migrate) -> anyhow::Result<u8> {
    let Migrate { status, database, log: _ } = flags;
    if status {
        let store = connect(&database, None, Access::Existing).await?;
        let pending = store.condition().await?.pending;
        return match pending.is_empty() {
            true => say(UP_TO_DATE),
            false => say(&format!("not run yet: {}\n", pending.join(", "))).map(|_| REFUSED),
        };
    }
    let (_, Upgrade { steps, .. }) = open(&database, None, Access::Create).await?;
    if steps.is_empty() { say(UP_TO_DATE) } else { say(&format!("ran {}\n", steps.join(", "))) }
}

const UP_TO_DATE: &str = "up to date\n";
