//! The command line: flag over environment over `.env` over default.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A GraphQL server for a school district's map.
#[derive(Debug, Parser)]
#[command(name = "edumap", version, about = "A GraphQL server for a school district's map", max_term_width = 100)]
pub struct Config {
    /// What to do; `serve` unless asked otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Flags of `serve`, for when no command is named.
    #[command(flatten)]
    pub serve: Serve,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: Database,
    /// How to write the log: for people or for machines; for people on a terminal unless asked otherwise.
    #[arg(long, global = true, env = "EDUMAP_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
}

/// Where the facts are kept.
#[derive(Debug, Clone, Args)]
pub struct Database {
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    #[arg(
        long,
        global = true,
        env = "EDUMAP_DATABASE_URL",
        default_value = "sqlite://./edumap.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// A replica of it to read from.
    #[arg(long, global = true, env = "EDUMAP_READ_URL", hide_env_values = true)]
    pub read_url: Option<String>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer queries over HTTP; loads the data set if nothing is recorded yet.
    Serve(Serve),
    /// Load a data set folder as one revision; what it no longer has is closed.
    Import(Import),
    /// Write the recorded facts as a data set folder.
    Export(Export),
    /// Write a synthetic data set folder: a district, a city, a nation.
    Generate(Generate),
    /// Bring the database up to date.
    Migrate(Migrate),
    /// Print the GraphQL schema.
    Schema,
}

/// Flags of `serve`.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// Where to listen.
    #[arg(long, env = "EDUMAP_LISTEN", default_value = "127.0.0.1:4000")]
    pub listen: SocketAddr,
    /// What to load when nothing is recorded yet: a bundled data set's name, a folder, or `none`.
    #[arg(long, env = "EDUMAP_DATASET", default_value = "chaoyang")]
    pub dataset: String,
}

/// Flags of `import`.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// The data set folder.
    pub dir: PathBuf,
    /// Report what would be done, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Who imports, as the revision records it.
    #[arg(long, env = "EDUMAP_ACTOR", default_value = "edumap import")]
    pub actor: String,
    /// What the import is about, as the revision records it; the folder's name unless asked otherwise.
    #[arg(long, short)]
    pub message: Option<String>,
}

/// Flags of `export`.
#[derive(Debug, Clone, Args)]
pub struct Export {
    /// The folder to write; made if missing.
    pub dir: PathBuf,
    /// The revision to write; the latest unless asked otherwise.
    #[arg(long)]
    pub known_at: Option<i64>,
    /// Write into a folder that is not empty.
    #[arg(long)]
    pub force: bool,
}

/// Flags of `generate`.
#[derive(Debug, Clone, Args)]
pub struct Generate {
    /// The folder to write; made if missing.
    pub dir: PathBuf,
    /// How many schools: 400 are a district, 5,000 a city, 300,000 a nation.
    #[arg(long, default_value_t = 400)]
    pub schools: u32,
    /// The same seed makes the same folder.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Flags of `migrate`.
#[derive(Debug, Clone, Args)]
pub struct Migrate {
    /// Only tell which steps have not run yet.
    #[arg(long)]
    pub status: bool,
}

/// How to write the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}
