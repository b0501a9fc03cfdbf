//! The binary's configuration: what it says of each flag, and what it says of wrong ones.

use std::{
    fs,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder to run in, with an `.env` unless it is empty.
fn folder(dot_env: &str) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    if !dot_env.is_empty() {
        fs::write(dir.path().join(".env"), dot_env).expect("a file");
    }
    dir
}

/// Runs the binary in a folder with these variables and no others.
fn run(dir: &TempDir, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edumap"))
        .env_clear()
        .envs(variables.iter().copied())
        .current_dir(dir.path())
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What `config --json` says of a flag: its value and its origin.
fn told(output: &Output, name: &str) -> (Value, String) {
    let all: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    let flag = all.as_array().into_iter().flatten().find(|flag| flag["name"] == name).expect("the flag");
    (flag["value"].clone(), flag["origin"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn each_flag_is_told_with_its_value_and_its_origin() {
    let dir = folder("EDUMAP_MAX_COST=7\nEDUMAP_MAX_DEPTH=8\nEDUMAP_MAX_TOKENS=9\nEDUMAP_DOCUMENTS_ONLY=true\n");
    let variables = [("EDUMAP_MAX_DEPTH", "5"), ("EDUMAP_MAX_TOKENS", "6"), ("EDUMAP_ACTOR", "ada@example.org")];
    let output = run(
        &dir,
        &variables,
        &["config", "--json", "--max-tokens", "4", "--allow-origin", "https://a.example,https://b.example"],
    );
    for (name, value, origin) in [
        ("--max-tokens", "4", "flag"),
        ("--allow-origin", "https://a.example,https://b.example", "flag"),
        ("--max-depth", "5", "environment EDUMAP_MAX_DEPTH"),
        ("--actor", "ada@example.org", "environment EDUMAP_ACTOR"),
        ("--max-cost", "7", ".env"),
        ("--documents-only", "true", ".env"),
        ("--listen", "127.0.0.1:4000", "default"),
        ("--introspection", "on", "default"),
        ("--max-persisted-bytes", "8388608", "default"),
        ("--database-url", "sqlite://./edumap.db", "default"),
    ] {
        assert_eq!(told(&output, name), (value.into(), origin.to_owned()), "{name}");
    }
    assert_eq!(told(&output, "--read-url"), (Value::Null, "default".to_owned()));
    let plain = text(&run(&dir, &variables, &["config"]).stdout);
    let line = plain.lines().find(|line| line.starts_with("--max-cost ")).expect("a line");
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), ["--max-cost", "7", ".env"]);
    let flags: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(Some(plain.lines().count()), flags.as_array().map(Vec::len));
}

#[test]
fn no_password_is_told() {
    let dir = folder("");
    let url = "postgres://ada:s3cret@db/map?password=s3cret";
    for arguments in [&["config"][..], &["config", "--json"]] {
        let output = run(&dir, &[("EDUMAP_READ_URL", url)], &[arguments, &["--database-url", url]].concat());
        let all = text(&output.stdout);
        assert!(all.contains("postgres://ada:***@db/map?password=***") && !all.contains("s3cret"), "{all}");
    }
    for wrong in ["mysql://ada:s3cret@db/map", "postgres:/ada:s3cret@db/map", "postgres://ada:s3cret@db:port/map"] {
        for output in [run(&dir, &[("EDUMAP_DATABASE_URL", wrong)], &[]), run(&dir, &[], &["--database-url", wrong])] {
            let all = text(&output.stderr);
            assert!(all.contains("--database-url") && !all.contains("s3cret"), "{all}");
            assert_eq!(output.status.code(), Some(2), "{all}");
        }
    }
}

/// A flag, a wrong value, and what would be right.
const WRONG: &[(&str, &str, &str)] = &[
    ("--listen", "localhost", "an address and a port, such as 127.0.0.1:4000"),
    ("--listen", "192.0.2.1:4000", "this machine has no such address"),
    ("--database-url", "mysql://db/map", "`sqlite://FILE` or `postgres://"),
    ("--read-url", "postgres://db/map", "of the same kind as `--database-url`"),
    ("--dataset", "no-such-district", "bundled is `"),
    ("--time-zone", "utc+8", "the IANA name of a time zone, such as `Europe/London`"),
    ("--documents", "no-such-folder", "No such file"),
    ("--introspection", "maybe", "one of on, off"),
    ("--explain", "maybe", "one of on, off"),
    ("--max-cached-bytes", "much", "a whole number"),
    ("--max-persisted-bytes", "much", "a whole number"),
    ("--max-body-bytes", "1.5", "a whole number"),
    ("--max-nesting", "900", "a number from 1 to 100"),
    ("--max-operations", "0", "a number from 1 to 1000000"),
    ("--max-seconds", "0", "give a number from 1 to 86400"),
    ("--max-seconds", "3000000", "give a number from 1 to 86400"),
    ("--max-init-seconds", "18446744073709551615", "give a number from 1 to 86400"),
    ("--max-head-seconds", "18446744073709551615", "give a number from 1 to 86400"),
    ("--max-body-seconds", "18446744073709551616", "give a number from 1 to 86400"),
    ("--max-unread-seconds", "0", "give a number from 1 to 86400"),
    ("--grace-seconds", "86401", "give a number from 0 to 86400"),
    ("--max-body-bytes", "0", "a whole number, 1 or more"),
    ("--max-tokens", "0", "a whole number, 1 or more"),
    ("--max-depth", "0", "a whole number, 1 or more"),
    ("--max-root-fields", "0", "a whole number, 1 or more"),
    ("--max-cost", "0", "a whole number, 1 or more"),
    ("--max-message-bytes", "0", "a whole number, 1 or more"),
    ("--max-messages", "0", "a whole number, 1 or more"),
    ("--max-subscriptions", "0", "a whole number, 1 or more"),
    ("--max-rate", "0", "a whole number, 1 or more"),
    ("--trust-proxy", "x", "a network, such as 10.0.0.0/8"),
    ("--allow-origin", "https://map.example/page", "a scheme and a host"),
    ("--log-format", "loud", "one of pretty, json"),
];

#[test]
fn a_wrong_value_is_named_with_its_flag_its_origin_and_what_would_be_right() {
    let empty = folder("");
    for (name, value, right) in WRONG {
        let variable = format!("EDUMAP_{}", name[2..].replace('-', "_").to_uppercase());
        let from_file = folder(&format!("{variable}={value}\n"));
        for (output, origin) in [
            (run(&empty, &[], &["serve", name, value]), ""),
            (run(&empty, &[], &["serve", &format!("{name}={value}")]), ""),
            (run(&empty, &[(&variable, value)], &["serve"]), &*variable),
            (run(&empty, &[(&variable, value)], &[]), &*variable),
            (run(&from_file, &[], &["serve"]), &*format!("{variable} in .env")),
        ] {
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{name} {value}: {said}");
            assert!(said.contains(&format!("error: {name} {value}")) && said.contains(right), "{name}: {said}");
            assert_eq!(said.contains("EDUMAP_"), !origin.is_empty(), "{name}: {said}");
            assert!(said.contains(origin), "{name}: {said}");
        }
    }
}

#[test]
fn the_least_and_the_greatest_of_what_is_right_are_taken() {
    let dir = folder("");
    let (least, greatest) = (["--max-seconds", "1", "--grace-seconds", "0"], ["--max-init-seconds", "86400"]);
    for flags in [&least[..], &greatest, &["--max-rate", "1", "--trust-proxy", "10.0.0.0/8,::1/128"]] {
        let output = run(&dir, &[], &[&["config"], flags].concat());
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
}

#[test]
fn a_flag_that_cannot_be_written_wrong_is_checked_in_the_environment() {
    let dir = folder("");
    let output = run(&dir, &[("EDUMAP_DOCUMENTS_ONLY", "maybe")], &["serve"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("error: --documents-only maybe (from EDUMAP_DOCUMENTS_ONLY): give `true` or `false`"),
        "{said}"
    );
}

#[test]
fn a_variable_that_no_flag_has_is_told_with_the_one_that_was_meant() {
    let dir = folder("EDUMAP_MAX_TOKENZ=5\nEDUMAP_MAX_COST=7\n");
    let variables = [("EDUMAP_COLOR", "blue"), ("EDUMAP_WEB", "plain"), ("EDUMAP_TEST_REQUIRE_POSTGRES", "1")];
    let output = run(&dir, &variables, &["config"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let told: Vec<&str> = said.lines().filter_map(|line| Some(line.split_once("no flag has")?.1)).collect();
    assert_eq!(told.len(), 2, "{said}");
    assert!(told[0].contains("EDUMAP_COLOR\""), "{said}");
    assert!(told[1].contains("EDUMAP_MAX_TOKENZ; did you mean `EDUMAP_MAX_TOKENS`?"), "{said}");
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_no_text_is_named() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let mut command = Command::new(env!("CARGO_BIN_EXE_edumap"));
    command.env_clear().env("EDUMAP_ACTOR", OsStr::from_bytes(b"ada \xff")).arg("config");
    let output = command.current_dir(folder("").path()).output().expect("the binary runs");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("error: --actor ada \u{fffd} (from EDUMAP_ACTOR): give UTF-8"), "{said}");
}

#[test]
fn flags_of_other_commands_are_checked_as_well() {
    let dir = folder("");
    assert_eq!(run(&dir, &[], &["migrate"]).status.code(), Some(0));
    for (arguments, right) in [
        (&["export", "out", "--known-at", "9"][..], "--known-at 9: there is no such revision; the latest is 0"),
        (&["export", "out", "--known-at", "x"], "--known-at x: give a whole number"),
        (&["generate", "out", "--schools", "0"], "--schools 0: 0 is not in 1.."),
        (&["generate", "out", "--seed", "x"], "--seed x: give a whole number"),
    ] {
        let output = run(&dir, &[], arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("error: {right}")), "{said}");
    }
}

#[test]
fn a_log_that_nobody_can_filter_is_told() {
    let dir = folder("");
    for command in ["config", "serve"] {
        let output = run(&dir, &[("RUST_LOG", "[[[")], &[command]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("error: RUST_LOG [[[: give a level, or levels by module"), "{said}");
    }
    for good in ["", "warn", "info,server=debug"] {
        assert_eq!(run(&dir, &[("RUST_LOG", good)], &["config"]).status.code(), Some(0), "{good}");
    }
}

#[test]
fn a_wrong_document_keeps_the_server_from_starting() {
    let dir = folder("");
    fs::create_dir(dir.path().join("asked")).expect("a folder");
    fs::write(dir.path().join("asked/one.graphql"), "{ shcools { totalCount } }").expect("a file");
    for command in ["serve", "config"] {
        let output = run(&dir, &[("EDUMAP_DOCUMENTS", "asked")], &[command]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for part in ["--documents asked", "EDUMAP_DOCUMENTS", "one.graphql", "shcools", "line 1, column 3"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    assert!(!dir.path().join("edumap.db").exists());
}

#[test]
fn a_flag_before_its_command_is_not_lost() {
    let dir = folder("");
    let output = run(&dir, &[], &["--max-cost", "5", "config"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("error: --max-cost 5: write it behind `config`"), "{output:?}");
    for (before, command, right) in [
        (["--log-format", "json"], "config", "write it behind `config`"),
        (["--database-url", "sqlite://a.db"], "export", "write it behind `export`"),
        (["--database-url", "sqlite://a.db"], "schema", "`schema` does not take it"),
    ] {
        let output = run(&dir, &[], &[&before[..], &[command]].concat());
        let right = format!("error: {} {}: {right}", before[0], before[1]);
        assert!(command == "export" || text(&output.stderr).contains(&right), "{output:?}");
    }
}

/// The headings of a command's help, each with its flags.
fn help(command: &[&str]) -> Vec<(String, Vec<String>)> {
    let output = run(&folder(""), &[], &[command, &["--help"]].concat());
    let mut headings = Vec::new();
    for line in text(&output.stdout).lines() {
        if let Some(heading) = line.strip_suffix(':').filter(|line| !line.starts_with(' ')) {
            headings.push((heading.to_owned(), Vec::new()));
        }
        let flag = line.split_whitespace().find(|word| word.starts_with("--"));
        if let (Some((_, flags)), Some(flag)) = (headings.last_mut(), flag)
            && line.trim_start().starts_with('-')
        {
            flags.push(flag.trim_end_matches(',').to_owned());
        }
    }
    headings
}

#[test]
fn the_help_of_each_command_has_what_it_takes_below_its_heading() {
    for command in [&[][..], &["serve"], &["import"], &["export"], &["migrate"], &["config"]] {
        let headings = help(command);
        let under = |flag: &str| {
            let found = headings.iter().find(|(_, flags)| flags.iter().any(|it| it == flag));
            found.map(|(heading, _)| heading.as_str())
        };
        assert_eq!(under("--database-url"), Some("Database"), "{command:?}: {headings:#?}");
        assert_eq!(under("--read-url"), Some("Database"), "{command:?}");
        assert_eq!(under("--log-format"), Some("Log"), "{command:?}");
        assert_eq!(under("--help"), Some("Options"), "{command:?}");
        for (flag, heading) in [("--json", "Options"), ("--actor", "Options"), ("--max-cost", "Limits")] {
            assert!(under(flag).is_none_or(|it| it == heading), "{command:?} {flag}: {headings:#?}");
        }
    }
    for (command, flags) in [("schema", &["--help"][..]), ("generate", &["--schools", "--seed", "--help"])] {
        let all: Vec<String> = help(&[command]).into_iter().flat_map(|(_, flags)| flags).collect();
        assert_eq!(all, flags, "{command}");
    }
}

#[test]
fn a_command_takes_no_flag_and_no_variable_that_it_does_not_use() {
    let dir = folder("");
    for command in [&["schema"][..], &["generate", "out"]] {
        for flag in [["--database-url", "sqlite://a.db"], ["--read-url", "sqlite://a.db"], ["--log-format", "json"]] {
            let output = run(&dir, &[], &[command, &flag].concat());
            assert_eq!(output.status.code(), Some(2), "{command:?} {flag:?}");
        }
    }
    let wrong = [("EDUMAP_DATABASE_URL", "mysql://db"), ("EDUMAP_LISTEN", "x"), ("EDUMAP_LOG_FORMAT", "loud")];
    assert_eq!(run(&dir, &wrong, &["schema"]).status.code(), Some(0));
    assert_eq!(run(&dir, &wrong[1..2], &["migrate"]).status.code(), Some(0));
}

#[test]
fn values_are_trimmed_and_control_characters_refused_whatever_the_flag() {
    let dir = folder("EDUMAP_ACTOR=\" ada \"\n");
    let variables = [("EDUMAP_MAX_COST", "7\n"), ("EDUMAP_LISTEN", " 127.0.0.1:4001\r\n"), ("RUST_LOG", "info\n")];
    let quoted = ("EDUMAP_DATASET", " it's $HOME \\ \"none\" #1 ");
    fs::create_dir(dir.path().join(quoted.1.trim())).expect("a folder");
    let output = run(&dir, &[&variables[..], &[quoted]].concat(), &["config", "--json"]);
    for (name, value) in [
        ("--max-cost", "7"),
        ("--listen", "127.0.0.1:4001"),
        ("--actor", "ada"),
        ("--dataset", "it's $HOME \\ \"none\" #1"),
    ] {
        assert_eq!(told(&output, name).0, value, "{name}");
    }
    let flags: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    for flag in flags.as_array().into_iter().flatten() {
        let name = flag["name"].as_str().expect("a name");
        let variable = format!("EDUMAP_{}", name[2..].replace('-', "_").to_uppercase());
        for output in [
            run(&dir, &[(&variable, "a\nb")], &["config"]),
            run(&dir, &[], &["config", name, "a\nb"]),
            run(&dir, &[], &["config", &format!("{name}=ab\n")]),
            run(&dir, &[], &["config", name, "ab "]),
        ] {
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{name}: {said}");
            assert!(said.contains(&format!("error: {name} ")) && said.contains("without line breaks"), "{said}");
        }
    }
    let secret = run(&dir, &[("EDUMAP_DATABASE_URL", "postgres://ada:s3cret@db/map\nx")], &["config"]);
    assert!(!text(&secret.stderr).contains("s3cret"), "{secret:?}");
    let output = run(&dir, &[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318\nx")], &["schema"]);
    assert!(text(&output.stderr).contains("error: OTEL_EXPORTER_OTLP_ENDPOINT "), "{output:?}");
}

#[test]
fn an_env_file_that_cannot_be_read_is_told() {
    let dir = folder("# who\nEDUMAP_MAX_COST=7\nEDUMAP_ACTOR=a b c\n");
    let output = run(&dir, &[], &["config"]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("error: .env: assignment 2 is no") && !said.contains("a b c"), "{said}");
}

#[test]
fn variables_of_opentelemetry_that_name_no_way_are_told() {
    let dir = folder("");
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    for (name, value, right) in [
        ("OTEL_TRACES_EXPORTER", "console", "`otlp` or `none`"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "`http/protobuf`"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon", "milliseconds"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "nowhere.pem", "certificates in PEM"),
    ] {
        let output = run(&dir, &[endpoint, (name, value)], &["schema"]);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {told}");
        assert!(told.contains(name) && told.contains(value) && told.contains(right), "{name}: {told}");
    }
    assert_eq!(run(&dir, &[endpoint, ("OTEL_TRACES_EXPORTER", "none")], &["schema"]).status.code(), Some(0));
}
