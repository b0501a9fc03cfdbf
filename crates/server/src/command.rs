//! What the commands do.

use std::{
    io::{IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use domain::{Known, SystemClock};
use graphql::Schema;
use include_dir::{Dir, include_dir};
use persistence::Store;
use tokio::runtime::{Builder, Handle};

use crate::{
    App,
    config::{Command, Config, Database, DocumentFlags, Export, Format, Generate, Import, Migrate, Serve, Show},
    documents::Documents,
    export::export,
    flags::{Flag, Mistake, masked},
    generate::{Plan, generate},
    http::router,
    import::{Folder, Options, import},
};

/// Done.
const DONE: u8 = 0;
/// The data set cannot be imported as it is; nothing was written.
const REFUSED: u8 = 3;

/// Does what the command line asks for; `flags` is what `config` prints.
///
/// # Errors
/// It could not be done.
pub async fn run(config: Config, flags: &[Flag]) -> anyhow::Result<ExitCode> {
    let Config { command, serve: own, database, .. } = config;
    let code = match command.unwrap_or(Command::Serve(own)) {
        Command::Serve(flags) => serve(&database, flags).await?,
        Command::Import(flags) => load(&database, flags).await?,
        Command::Export(flags) => unload(&database, flags).await?,
        Command::Generate(flags) => make(&flags)?,
        Command::Migrate(flags) => migrate(&database, flags).await?,
        Command::Schema => say(&graphql::schema().sdl())?,
        Command::Config(show) => tell(&database, &show, flags).await?,
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

async fn open(database: &Database, time: Option<Duration>) -> anyhow::Result<Store> {
    let Database { database_url, read_url } = database;
    let store = Store::open_within(database_url, read_url.as_deref(), time)
        .await
        .with_context(|| format!("--database-url {}: cannot be opened", masked(database_url)))?;
    store.migrate().await.context("the database could not be brought up to date")?;
    Ok(store)
}

/// Finds what is wrong with the flags of `serve` before it begins; gives the server's documents and its schema.
async fn check(database: &Database, flags: &Serve) -> Result<(Documents, Schema), Mistake> {
    if let (url, Some(read_url)) = (&database.database_url, &database.read_url)
        && url.starts_with("sqlite") != read_url.starts_with("sqlite")
    {
        return Err(Mistake::new("--read-url", read_url, "a replica is of the same kind as `--database-url`"));
    }
    if flags.dataset != "none" {
        named(&flags.dataset)?;
    }
    let DocumentFlags { documents: dir, documents_only, max_persisted_bytes, .. } = &flags.documents;
    let schema = flags.documents.schema();
    let mut documents = Documents::new(*max_persisted_bytes).only(*documents_only);
    if let Some(dir) = dir {
        let added = documents.add_folder(dir, &schema, &flags.limits.limits()).await;
        if added.map_err(|problem| Mistake::new("--documents", dir.display(), problem))? == 0 {
            tracing::warn!("--documents {}: no `.graphql` file lies there", dir.display());
        }
    }
    Ok((documents, schema))
}

async fn tell(database: &Database, show: &Show, flags: &[Flag]) -> anyhow::Result<u8> {
    check(database, &show.serve).await?;
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

/// Serves with threads of its own for operations, and for the database with them: those that this runs on are left to
/// connections, which so always have time.
async fn serve(database: &Database, flags: Serve) -> anyhow::Result<u8> {
    let operations = Builder::new_multi_thread().thread_name("operations").enable_all().build()?;
    let served = serve_beside(operations.handle(), database, flags).await;
    operations.shutdown_background();
    served
}

async fn serve_beside(operations: &Handle, database: &Database, flags: Serve) -> anyhow::Result<u8> {
    let (documents, schema) = check(database, &flags).await?;
    let listener = match tokio::net::TcpListener::bind(flags.listen).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("{} is taken; stop what listens there, or choose another with --listen", flags.listen)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrNotAvailable => {
            let right = "this machine has no such address; 127.0.0.1 is its own, 0.0.0.0 stands for all it has";
            return Err(Mistake::new("--listen", flags.listen, right).into());
        }
        Err(error) => return Err(error).with_context(|| format!("--listen {}", flags.listen)),
    };
    make_room(flags.limits.max_connections);
    let limits = flags.limits.limits();
    let (database, dataset) = (database.clone(), flags.dataset.clone());
    let opening = operations.spawn(async move {
        let store = open(&database, Some(limits.time)).await?;
        load_if_new(&store, &dataset).await?;
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

/// Loads a data set into a store in which nothing is recorded.
async fn load_if_new(store: &Store, dataset: &str) -> anyhow::Result<()> {
    if dataset == "none" || store.revision(Known::Latest).await?.is_some() {
        return Ok(());
    }
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

/// A bundled data set's folder, or one on disk.
fn named(dataset: &str) -> Result<Folder, Mistake> {
    if let Some(bundled) = BUNDLED.get_dir(dataset) {
        return Ok(Folder::Bundled(bundled));
    }
    if !Path::new(dataset).is_dir() {
        let right = "there is neither a bundled data set nor a folder of that name; `chaoyang` is bundled";
        return Err(Mistake::new("--dataset", dataset, right));
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

async fn load(database: &Database, flags: Import) -> anyhow::Result<u8> {
    let store = open(database, None).await?;
    let Import { dir, dry_run, actor, message, allow_removal, expect_revision, format } = flags;
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

async fn unload(database: &Database, flags: Export) -> anyhow::Result<u8> {
    let store = open(database, None).await?;
    let known = flags.known_at.map_or(Known::Latest, Known::At);
    if let Known::At(number) = known
        && store.revision(known).await?.is_none()
    {
        let latest = store.revision(Known::Latest).await?.map_or(0, |latest| latest.number);
        let right = format!("there is no such revision; the latest is {latest}");
        return Err(Mistake::new("--known-at", number, right).into());
    }
    let exported = export(&store, known, &flags.dir, flags.force).await?;
    say(&format!("{exported}\n"))
}

fn make(flags: &Generate) -> anyhow::Result<u8> {
    let summary = generate(&Plan { schools: flags.schools, seed: flags.seed }, &flags.dir)?;
    say(&format!("{summary}\n"))
}

async fn migrate(database: &Database, flags: Migrate) -> anyhow::Result<u8> {
    let Database { database_url, read_url } = database;
    let store = Store::open(database_url, read_url.as_deref()).await?;
    let pending = store.pending_migrations().await?;
    if pending.is_empty() {
        return say("up to date\n");
    }
    if flags.status {
        return say(&format!("not run yet: {}\n", pending.join(", ")));
    }
    store.migrate().await?;
    say(&format!("ran {}\n", pending.join(", ")))
}
