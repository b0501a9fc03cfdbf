//! The command line: a flag goes before the environment, that before `.env`, that before the default.
//!
//! Flags of `serve` are in `serve` and `limits`; `values` parses what several of them take.

mod limits;
mod serve;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::{FindingRule, FindingSeverity};
use serde_json::{Map, Value};

use self::values::{parse_bool, parse_database_url, parse_finding_rule, parse_severity, parse_text, parse_variables};
pub use self::{
    limits::LimitFlags,
    serve::{DocumentFlags, OnOff, ServeFlags},
};

/// A GraphQL server for a school district's map.
#[derive(Debug, Parser)]
#[command(name = "edumap", version, about = "A GraphQL server for a school district's map", max_term_width = 100)]
pub struct Config {
    /// What to do; `serve` unless asked otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Flags of `serve`, for when no command is named.
    #[command(flatten)]
    pub serve: ServeFlags,
}

impl Config {
    /// How to write the log, as far as the command says.
    #[must_use]
    pub fn log_format(&self) -> Option<LogFormat> {
        let log = match &self.command {
            None => &self.serve.log,
            Some(Command::Serve(flags)) => &flags.log,
            Some(Command::Import(flags)) => &flags.log,
            Some(Command::Export(flags)) => &flags.log,
            Some(Command::Migrate(flags)) => &flags.log,
            Some(Command::Explain(flags)) => &flags.log,
            Some(Command::Lint(flags)) => &flags.log,
            Some(Command::Release(flags)) => &flags.log,
            Some(Command::Config(flags)) => &flags.serve.log,
            Some(Command::Generate(_) | Command::Schema) => return None,
        };
        log.log_format
    }
}

/// Where the facts are kept.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Database")]
pub struct DatabaseFlags {
    /// The database: `sqlite://FILE` or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    #[arg(
        long,
        env = "EDUMAP_DATABASE_URL",
        default_value = DEFAULT_DATABASE,
        hide_env_values = true,
        value_parser = parse_database_url
    )]
    pub database_url: String,
    /// A replica of it to read from.
    #[arg(long, env = "EDUMAP_READ_URL", hide_env_values = true, value_parser = parse_database_url)]
    pub read_url: Option<String>,
    /// A pooler such as PgBouncer lends connections to PostgreSQL for one transaction; found out unless said.
    #[arg(long, env = "EDUMAP_POOLED", value_parser = parse_bool)]
    pub pooled: bool,
}

/// The database if none is named.
pub const DEFAULT_DATABASE: &str = "sqlite://./edumap.db";

/// How the log is written.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Log")]
pub struct LogFlags {
    /// How to write the log: for people or for machines; for people on a terminal unless asked otherwise.
    #[arg(long, env = "EDUMAP_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer queries over HTTP; a new database at the default address gets the bundled data set.
    Serve(ServeFlags),
    /// Load a data set folder as one revision; what it no longer has is closed.
    Import(ImportFlags),
    /// Write the recorded facts as a data set folder.
    Export(ExportFlags),
    /// Write a synthetic data set folder: a district, a city, a nation.
    Generate(GenerateFlags),
    /// Bring the database up to date.
    Migrate(MigrateFlags),
    /// Run an operation, and print how it was answered: levels, statements, rows, time.
    Explain(ExplainFlags),
    /// Tell what is doubtful on the map; exits with 3 if something is.
    Lint(LintFlags),
    /// Publish and list releases: views of the map with a name.
    Release(ReleaseFlags),
    /// Print the GraphQL schema.
    Schema,
    /// Print what each flag says, and where that comes from.
    Config(ShowFlags),
}

/// Flags of `import`.
#[derive(Debug, Clone, Args)]
pub struct ImportFlags {
    /// The data set folder.
    pub dir: PathBuf,
    /// Report what would be done, and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Who imports, as the revision records it.
    #[arg(long, env = "EDUMAP_ACTOR", default_value = "edumap import")]
    pub actor: String,
    /// What the import is about, as the revision records it; how many rows it changes unless asked otherwise.
    #[arg(long, short)]
    pub message: Option<String>,
    /// Close what the folder lacks, even if it lacks a whole file or more than a tenth of one.
    #[arg(long)]
    pub allow_removal: bool,
    /// The revision that the folder starts from; that of its `edumap.json` unless named. An import that would undo what
    /// was recorded later is refused.
    #[arg(long, value_name = "NUMBER")]
    pub expect_revision: Option<i64>,
    /// How to write what the import tells.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
}

/// How to write a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For people: of findings of the same kind only the first few.
    Text,
    /// One JSON object, with every finding.
    Json,
}

/// Flags of `export`.
#[derive(Debug, Clone, Args)]
pub struct ExportFlags {
    /// The folder to write; made if missing.
    pub dir: PathBuf,
    /// The revision to write; the latest unless asked otherwise.
    #[arg(long)]
    pub known_at: Option<i64>,
    /// Write into a folder that is not empty.
    #[arg(long)]
    pub force: bool,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
}

/// Flags of `generate`.
#[derive(Debug, Clone, Args)]
pub struct GenerateFlags {
    /// The folder to write; made if missing.
    pub dir: PathBuf,
    /// How many schools: 400 are a district, 5,000 a city, 300,000 a nation.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..))]
    pub schools: u32,
    /// The same seed makes the same folder.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Flags of `migrate`.
#[derive(Debug, Clone, Args)]
pub struct MigrateFlags {
    /// Only tell which steps have not run yet; exits with 3 if there are any.
    #[arg(long)]
    pub status: bool,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
}

/// Flags of `explain`.
#[derive(Debug, Clone, Args)]
pub struct ExplainFlags {
    /// The file with the document; `-` stands for standard input.
    pub file: PathBuf,
    /// The operation to run, if the document has several.
    #[arg(long, value_name = "NAME")]
    pub operation: Option<String>,
    /// Its variables, as a JSON object.
    #[arg(long, value_name = "JSON", value_parser = parse_variables)]
    pub variables: Option<Map<String, Value>>,
    /// Print the text of the statements too.
    #[arg(long)]
    pub sql: bool,
    /// How to write what was found out.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub format: ReportFormat,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
}

/// Flags of `lint`.
#[derive(Debug, Clone, Args)]
pub struct LintFlags {
    /// A data set folder to look at instead of the database.
    pub dir: Option<PathBuf>,
    /// The day, YYYY-MM-DD; today unless asked otherwise.
    #[arg(long, value_name = "DAY")]
    pub as_of: Option<String>,
    /// The revision; the latest unless asked otherwise.
    #[arg(long, value_name = "NUMBER")]
    pub known_at: Option<i64>,
    /// Only findings of these severities; of all unless asked otherwise.
    #[arg(long, value_name = "SEVERITY", value_delimiter = ',', value_parser = parse_severity)]
    pub severity: Vec<FindingSeverity>,
    /// Only findings of these rules, such as `no-source`; of all unless asked otherwise.
    #[arg(long = "rule", value_name = "RULE", value_delimiter = ',', value_parser = parse_finding_rule)]
    pub rules: Vec<FindingRule>,
    /// Print those, too, that `waivers.csv` says are left as they are.
    #[arg(long)]
    pub include_waived: bool,
    /// From which severity on a finding makes it exit with 3.
    #[arg(long, value_name = "SEVERITY", default_value = "warning", value_parser = parse_severity)]
    pub fail_on: FindingSeverity,
    /// Print why a rule matters and how its findings are mended, and nothing else.
    #[arg(long, value_name = "RULE", value_parser = parse_finding_rule)]
    pub explain: Option<FindingRule>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value_t = LintFormat::Text)]
    pub format: LintFormat,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
}

/// How to write findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintFormat {
    /// For people: a line for each.
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for tools that read the findings of linters.
    Sarif,
}

/// Flags of `release`.
#[derive(Debug, Clone, Args)]
pub struct ReleaseFlags {
    /// What to do.
    #[command(subcommand)]
    pub command: ReleaseCommand,
    /// Where the facts are kept.
    #[command(flatten)]
    pub database: DatabaseFlags,
    /// How the log is written.
    #[command(flatten)]
    pub log: LogFlags,
}

/// What to do with releases.
#[derive(Debug, Clone, Subcommand)]
pub enum ReleaseCommand {
    /// Publish a view under a name, as a revision. It never changes; publishing the same again does nothing.
    Publish(PublishFlags),
    /// List the releases, the latest day first.
    List {
        /// How to write the list.
        #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
        format: ReportFormat,
    },
    /// Print what changed since the release before, as Markdown.
    Notes {
        /// The release.
        slug: String,
        /// The release before; the last of no later day and no later revision unless named.
        #[arg(long, value_name = "SLUG")]
        since: Option<String>,
    },
}

/// Flags of `release publish`.
#[derive(Debug, Clone, Args)]
pub struct PublishFlags {
    /// The name.
    pub slug: String,
    /// The day that it shows.
    #[arg(long, value_name = "DAY")]
    pub as_of: String,
    /// The revision that it shows; the one that publishes it unless asked otherwise.
    #[arg(long, value_name = "NUMBER")]
    pub known_at: Option<i64>,
    /// What it is called: `en=The new map`, once for each language.
    #[arg(long, value_name = "LANGUAGE=TEXT", required = true, value_parser = parse_text)]
    pub title: Vec<(String, String)>,
    /// A file with what is to be said of it: `en=notes.txt`, once for each language; `-` stands for standard input.
    #[arg(long, value_name = "LANGUAGE=FILE", value_parser = parse_text)]
    pub notes: Vec<(String, String)>,
    /// Who publishes, as the revision records it.
    #[arg(long, env = "EDUMAP_ACTOR", default_value = "edumap release")]
    pub actor: String,
}

/// Flags of `config`: those of `serve`, and what `import` takes from the environment.
#[derive(Debug, Clone, Args)]
pub struct ShowFlags {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
    /// Who imports, as the revision records it.
    #[arg(long, env = "EDUMAP_ACTOR", default_value = "edumap import")]
    pub actor: String,
    /// The flags of `serve`.
    #[command(flatten)]
    pub serve: ServeFlags,
}

/// How to write the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}
