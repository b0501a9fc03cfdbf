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
use include_dir::{Dir, include_dir};
use persistence::Store;

use crate::{
    App,
    config::{Command, Config, Database, Export, Generate, Import, Migrate, Serve},
    export::export,
    generate::{Plan, generate},
    http::router,
    import::{Folder, Options, import},
};

/// Done.
const DONE: u8 = 0;
/// The data set has findings; nothing was written.
const FINDINGS: u8 = 3;

/// Does what the command line asks for.
///
/// # Errors
/// It could not be done.
pub async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let Config { command, serve: flags, database, .. } = config;
    let code = match command.unwrap_or(Command::Serve(flags)) {
        Command::Serve(flags) => serve(&database, flags).await?,
        Command::Import(flags) => load(&database, flags).await?,
        Command::Export(flags) => unload(&database, flags).await?,
        Command::Generate(flags) => make(&flags)?,
        Command::Migrate(flags) => migrate(&database, flags).await?,
        Command::Schema => say(&graphql::schema().sdl())?,
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

/// A database's address without its password.
fn masked(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((credentials, rest))) => {
            let user = credentials.rsplit('/').next().and_then(|pair| pair.split(':').next()).unwrap_or_default();
            format!("{scheme}://{user}:***@{rest}")
        }
        _ => url.to_owned(),
    }
}

async fn serve(database: &Database, flags: Serve) -> anyhow::Result<u8> {
    let listener = match tokio::net::TcpListener::bind(flags.listen).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("{} is taken; stop what listens there, or choose another with --listen", flags.listen)
        }
        Err(error) => return Err(error).with_context(|| format!("--listen {}", flags.listen)),
    };
    let limits = flags.limits.limits();
    let store = open(database, Some(limits.time)).await?;
    load_if_new(&store, &flags.dataset).await?;
    let address = listener.local_addr()?;
    tracing::info!("GraphQL on http://{address}/graphql, playground on http://{address}/playground");
    let capacity = Arc::new(flags.capacity());
    let app = App { limits: Arc::new(limits), capacity: capacity.clone(), ..App::new(store, Arc::new(SystemClock)) };
    let stopping = capacity.stopping.clone();
    tokio::spawn(async move {
        stopped().await;
        stopping.cancel();
    });
    tokio::spawn(crate::http::keep_up());
    crate::http::serve(listener, router(app), capacity).await?;
    tracing::info!("stopped");
    Ok(DONE)
}

/// Loads a data set into a store in which nothing is recorded.
async fn load_if_new(store: &Store, dataset: &str) -> anyhow::Result<()> {
    if dataset == "none" || store.revision(Known::Latest).await?.is_some() {
        return Ok(());
    }
    let options = Options {
        dry_run: false,
        actor: "edumap serve".to_owned(),
        message: format!("the data set {dataset}, loaded on the first start"),
        progress: false,
    };
    match import(store, &named(dataset)?, &options, &SystemClock).await? {
        Ok(imported) => tracing::info!(rows = imported.total().rows, "loaded the data set {dataset} as revision 1"),
        Err(findings) => bail!("--dataset {dataset} has findings; nothing was loaded\n{findings}"),
    }
    Ok(())
}

/// The data sets in the binary.
static BUNDLED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// A bundled data set's folder, or one on disk.
fn named(dataset: &str) -> anyhow::Result<Folder> {
    if let Some(bundled) = BUNDLED.get_dir(dataset) {
        return Ok(Folder::Bundled(bundled));
    }
    if !Path::new(dataset).is_dir() {
        bail!(
            "--dataset {dataset}: there is neither a bundled data set nor a folder of that name; `chaoyang` is bundled"
        );
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
    let Import { dir, dry_run, actor, message } = flags;
    let message = message.unwrap_or_else(|| format!("the folder {}", dir.display()));
    let options = Options { dry_run, actor, message, progress: std::io::stderr().is_terminal() };
    match import(&store, &Folder::Disk(dir), &options, &SystemClock).await? {
        Ok(imported) => say(&format!("{imported}\n")),
        Err(findings) => say(&format!("{findings}\n")).map(|_| FINDINGS),
    }
}

async fn unload(database: &Database, flags: Export) -> anyhow::Result<u8> {
    let store = open(database, None).await?;
    let known = flags.known_at.map_or(Known::Latest, Known::At);
    if let Known::At(number) = known
        && store.revision(known).await?.is_none()
    {
        bail!("--known-at {number}: there is no such revision");
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

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_password_never_shows() {
        assert_eq!(masked("postgres://ada:s3cret@db:5432/map"), "postgres://ada:***@db:5432/map");
        assert_eq!(masked("postgres://ada:a@b@db/map"), "postgres://ada:***@db/map");
        assert_eq!(masked("sqlite://./edumap.db"), "sqlite://./edumap.db");
    }
}
