//! Where the value of each flag comes from, and the error of a wrong one.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fmt,
    net::AddrParseError,
    num::ParseIntError,
};

use clap::{
    Arg, ArgMatches, Command, CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
    parser::ValueSource,
};
use domain::suggest::{Nearest, question};
use serde_json::{Value, json};

use crate::config::Config;

/// A flag, what it says, and where that comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Its name, with its dashes.
    pub name: String,
    /// What it says, without passwords; `None` if nothing.
    pub value: Option<String>,
    /// Where that comes from: `flag`, `environment` with the variable, `.env`, or `default`.
    pub origin: String,
}

impl Flag {
    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let Self { name, value, origin } = self;
        json!({ "name": name, "value": value, "origin": origin })
    }
}

/// A flag whose value cannot be used.
#[derive(Debug)]
pub struct FlagError {
    name: String,
    value: String,
    advice: String,
}

impl FlagError {
    /// A flag's value is wrong; `advice` says why, or what would be right.
    pub fn new(name: &str, value: impl fmt::Display, advice: impl fmt::Display) -> Self {
        FlagError {
            name: name.to_owned(),
            value: without_password(name, &value.to_string()),
            advice: advice.to_string(),
        }
    }

    /// The message, with the variable that the value comes from.
    #[must_use]
    pub fn describe(&self, origins: &FlagOrigins) -> String {
        let Self { name, value, advice } = self;
        match origins.variable_of(name, value) {
            Some(origin) => format!("{name} {} (from {origin}): {advice}", quote_if_empty(value)),
            None => self.to_string(),
        }
    }
}

impl fmt::Display for FlagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.name, quote_if_empty(&self.value), self.advice)
    }
}

impl Error for FlagError {}

/// The command line, and which variables `.env` has set.
#[derive(Debug, Default)]
pub struct FlagOrigins {
    arguments: Vec<String>,
    dot_env: BTreeSet<String>,
}

impl FlagOrigins {
    /// Loads `.env`, if there is one; what the environment says goes before it. Trims the variables: a secret often ends
    /// in a line break. To be called before there are other threads.
    ///
    /// # Errors
    /// It cannot be read, or a value has control characters.
    pub fn load() -> Result<Self, String> {
        let names = || env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let before: BTreeSet<String> = names().collect();
        match dotenvy::dotenv() {
            Err(dotenvy::Error::LineParse(..)) => {
                // The error has the line's value, which may be a secret, and not its number.
                let good = dotenvy::dotenv_iter().into_iter().flatten().take_while(Result::is_ok).count();
                return Err(format!(".env: assignment {} is no `NAME=value`; quote a value with spaces", good + 1));
            }
            Err(error) if !error.not_found() => return Err(format!(".env: {error}")),
            _ => {}
        }
        let dot_env = names().filter(|name| !before.contains(name)).collect();
        let arguments = env::args_os().map(|it| it.to_string_lossy().into_owned()).collect();
        let origins = FlagOrigins { arguments, dot_env };
        trim_variables().map_err(|problem| problem.describe(&origins))?;
        Ok(origins)
    }

    /// Finds an argument with control characters, or with white space around it.
    fn check_arguments(&self) -> Result<(), FlagError> {
        let mut before = "";
        for argument in self.arguments.iter().skip(1) {
            let (name, value) = match argument.split_once('=').filter(|(name, _)| name.starts_with('-')) {
                Some((name, value)) => (name, value),
                None => (before, argument.as_str()),
            };
            if value.contains(char::is_control) || value != value.trim() {
                let name = if name.starts_with('-') { name } else { "argument" };
                return Err(FlagError::new(name, value.escape_debug(), UNTIDY_VALUE));
            }
            before = argument;
        }
        Ok(())
    }

    /// The variable that a value comes from; `None` if it stands on the command line.
    fn variable_of(&self, name: &str, value: &str) -> Option<String> {
        let is_given = self.arguments.iter().enumerate().any(|(at, argument)| match argument.strip_prefix(name) {
            Some("") => self.arguments.get(at + 1).is_none_or(|next| without_password(name, next).contains(value)),
            Some(rest) => rest.strip_prefix('=').is_some_and(|given| without_password(name, given).contains(value)),
            None => false,
        });
        let variable = variable_name(name);
        match is_given || env::var_os(&variable).is_none() {
            true => None,
            false if self.dot_env.contains(&variable) => Some(format!("{variable} in .env")),
            false => Some(variable),
        }
    }

    /// Reads the command line; ends the process if help is all it asks for, or if it is none of ours.
    ///
    /// # Errors
    /// A flag's value is wrong.
    pub fn parse(&self) -> Result<(Config, Vec<Flag>), FlagError> {
        self.check_arguments()?;
        let command = Config::command();
        // Other commands ignore the variables of `serve`.
        let matches = match command.clone().mut_args(|flag| flag.env(None::<&str>)).try_get_matches() {
            Ok(matches) if matches.subcommand().is_some() => Ok(matches),
            Err(error) if error.use_stderr() => Err(error),
            _ => command.clone().try_get_matches(),
        };
        let matches = matches.map_err(|error| flag_error(&error).unwrap_or_else(|| error.exit()))?;
        let config = Config::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let Some((name, below)) = matches.subcommand() else { return Ok((config, Vec::new())) };
        // What stands before a command belongs to none, and would be lost.
        let is_lost = |it: &&Arg| matches.value_source(it.get_id().as_str()) == Some(ValueSource::CommandLine);
        if let Some(lost) = command.get_arguments().find(is_lost) {
            let takes = command.find_subcommand(name).is_some_and(|it| it.get_arguments().any(|it| is_same(it, lost)));
            let advice = match takes {
                true => format!("write it behind `{name}`"),
                false => format!("`{name}` does not take it"),
            };
            return Err(FlagError::new(&flag_name(lost), flag_value(&matches, lost).unwrap_or_default(), advice));
        }
        let flags = if name == "config" { self.list_flags(&command, below) } else { Vec::new() };
        Ok((config, flags))
    }

    /// What the flags that have a variable say, by name.
    fn list_flags(&self, command: &Command, matches: &ArgMatches) -> Vec<Flag> {
        let all = command.find_subcommand("config").into_iter().flat_map(Command::get_arguments);
        let all = all.filter(|it| it.get_env().is_some());
        let flags = all.map(|it| {
            let name = flag_name(it);
            let variable = variable_name(&name);
            let origin = match matches.value_source(it.get_id().as_str()) {
                Some(ValueSource::CommandLine) => "flag".to_owned(),
                Some(ValueSource::EnvVariable) if self.dot_env.contains(&variable) => ".env".to_owned(),
                Some(ValueSource::EnvVariable) => format!("environment {variable}"),
                _ => "default".to_owned(),
            };
            (name.clone(), Flag { name, value: flag_value(matches, it), origin })
        });
        flags.collect::<BTreeMap<_, _>>().into_values().collect()
    }
}

/// What is wrong with a value that a text editor or a shell has added to.
const UNTIDY_VALUE: &str =
    "give a value without line breaks and other control characters, and without white space around it";

/// Trims the values of the variables that are read here or by our libraries.
fn trim_variables() -> Result<(), FlagError> {
    let is_ours = |name: &str| name.starts_with(PREFIX) || name.starts_with("OTEL_") || name == "RUST_LOG";
    for (name, value) in env::vars_os() {
        // A value that is no UTF-8 is reported with its flag.
        let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else { continue };
        let trimmed = value.trim();
        if !is_ours(&name) || (trimmed == value && !value.contains(char::is_control)) {
            continue;
        }
        if trimmed.contains(char::is_control) {
            let name = if name.starts_with(PREFIX) { flag_of_variable(&name) } else { name };
            return Err(FlagError::new(&name, trimmed.escape_debug(), UNTIDY_VALUE));
        }
        let quoted = format!("{name}='{}'", trimmed.replace('\'', r"'\''"));
        if dotenvy::from_read_override(quoted.as_bytes()).is_err() {
            return Err(FlagError::new(&flag_of_variable(&name), trimmed, UNTIDY_VALUE));
        }
    }
    Ok(())
}

/// Whether two flags, of two commands, are one.
fn is_same(one: &Arg, other: &Arg) -> bool {
    one.get_long() == other.get_long()
}

/// A message for each variable that begins with the prefix and has no flag, with the one that may have been meant.
#[must_use]
pub fn unknown_variables() -> Vec<String> {
    let command = Config::command();
    let arguments = command.get_subcommands().flat_map(Command::get_arguments).chain(command.get_arguments());
    let known: BTreeSet<&str> = arguments.filter_map(|it| it.get_env()?.to_str()?.strip_prefix(PREFIX)).collect();
    let given = env::vars_os().filter_map(|(name, _)| Some(name.to_str()?.strip_prefix(PREFIX)?.to_owned()));
    let is_odd = |name: &String| {
        !known.contains(name.as_str()) && !FOREIGN_PREFIXES.iter().any(|beginning| name.starts_with(beginning))
    };
    let odd: BTreeSet<String> = given.filter(is_odd).collect();
    let messages = odd.iter().map(|name| {
        let mut nearest = Nearest::to(name);
        known.iter().for_each(|known| nearest.offer(known));
        let meant = nearest.found().map(|found| format!("; {}", question(PREFIX.to_owned() + &found)));
        format!("no flag has the variable {PREFIX}{name}{}", meant.unwrap_or_default())
    });
    messages.collect()
}

/// What follows the prefix in variables without a flag: of the build, of the tests, and of Kubernetes for a service.
const FOREIGN_PREFIXES: [&str; 7] = ["WEB", "TEST_", "BENCH_", "SCREENSHOTS", "CHROMIUM", "SERVICE_", "PORT"];

/// A flag's name with its dashes.
fn flag_name(argument: &Arg) -> String {
    format!("--{}", argument.get_long().unwrap_or_default())
}

/// The prefix of every variable.
const PREFIX: &str = "EDUMAP_";

/// The variable of a flag.
fn variable_name(name: &str) -> String {
    PREFIX.to_owned() + &name.trim_start_matches('-').replace('-', "_").to_uppercase()
}

/// The flag of a variable.
fn flag_of_variable(variable: &str) -> String {
    format!("--{}", variable.trim_start_matches(PREFIX).replace('_', "-").to_lowercase())
}

/// What a flag says, without passwords.
fn flag_value(matches: &ArgMatches, argument: &Arg) -> Option<String> {
    let values: Vec<_> = matches.get_raw(argument.get_id().as_str())?.map(|value| value.to_string_lossy()).collect();
    Some(without_password(&flag_name(argument), &values.join(",")))
}

fn quote_if_empty(value: &str) -> &str {
    if value.is_empty() { "\"\"" } else { value }
}

/// An error of clap as one of a flag; `None` if it is not about the value of a flag.
fn flag_error(error: &clap::Error) -> Option<FlagError> {
    if error.kind() == ErrorKind::InvalidUtf8 {
        let (name, value) =
            env::vars_os().find_map(|(name, value)| match (name.into_string(), value.into_string()) {
                (Ok(name), Err(value)) if name.starts_with(PREFIX) => Some((name, value)),
                _ => None,
            })?;
        return Some(FlagError::new(&flag_of_variable(&name), value.to_string_lossy(), "give UTF-8"));
    }
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let name = context(ContextKind::InvalidArg)?.split([' ', '=']).next().filter(|name| name.starts_with("--"))?;
    let cause = error.source();
    let advice = match (error.kind(), error.get(ContextKind::ValidValue)) {
        (ErrorKind::InvalidValue, Some(ContextValue::Strings(valid))) if !valid.is_empty() => {
            format!("give one of {}", valid.join(", "))
        }
        (ErrorKind::InvalidValue, _) => "give a value".to_owned(),
        (ErrorKind::ValueValidation, _) => match cause {
            Some(cause) if cause.is::<ParseIntError>() => {
                "give a whole number, 0 or more, that is not too large".to_owned()
            }
            Some(cause) if cause.is::<AddrParseError>() => {
                "give an address and a port, such as 127.0.0.1:4000".to_owned()
            }
            cause => cause?.to_string(),
        },
        _ => return None,
    };
    Some(FlagError::new(name, context(ContextKind::InvalidValue).unwrap_or_default(), advice))
}

/// A flag's value without the password of an address.
fn without_password(name: &str, value: &str) -> String {
    let is_secret = name.ends_with("-url") && !value.starts_with("sqlite:");
    if is_secret { mask_password(value) } else { value.to_owned() }
}

/// A database's address without its password.
pub(crate) fn mask_password(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    let rest = match rest.rsplit_once('@') {
        Some((credentials, rest)) => {
            let user = credentials.split(':').next().unwrap_or_default();
            format!("{user}:***@{rest}")
        }
        None => rest.to_owned(),
    };
    let Some((address, parameters)) = rest.split_once('?') else { return scheme + &rest };
    let parameters = parameters.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}=***"),
        _ => parameter.to_owned(),
    });
    format!("{scheme}{address}?{}", parameters.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_never_shows() {
        for (url, shown) in [
            ("postgres://ada:s3cret@db:5432/map", "postgres://ada:***@db:5432/map"),
            ("postgres://ada:a@b@db/map", "postgres://ada:***@db/map"),
            ("postgres://ada:a/b@db/map", "postgres://ada:***@db/map"),
            ("postgres://db/map?user=ada&password=s3cret&x=1", "postgres://db/map?user=ada&password=***&x=1"),
            ("postgres:/ada:s3cret@db/map", "postgres:***@db/map"),
        ] {
            assert_eq!(mask_password(url), shown);
        }
    }
}
