//! The binary and the database at its address: what is created, what is refused, what is only read.

use std::{
    fs,
    io::{BufRead, BufReader, Lines, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use persistence::Store;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn edumap(dir: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_edumap"));
    command.env_clear().envs(variables.iter().copied()).current_dir(dir).args(arguments);
    command
}

/// Runs the binary to its end; gives its code, and what it says on both ways.
fn run(dir: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    said(&edumap(dir, &[], arguments).output().expect("the binary runs"))
}

fn said(output: &Output) -> (Option<i32>, String) {
    let all = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8(all).expect("UTF-8"))
}

/// What lies in a folder.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Makes a file of SQLite: a map or an empty one, after these statements.
fn make(file: &Path, is_map: bool, sql: &str) {
    let (runtime, place) = (tokio::runtime::Runtime::new().expect("a runtime"), folder());
    runtime.block_on(async {
        // A copy of a database in memory would be in memory, too.
        let store = Store::open(&format!("sqlite://{}/made.db", place.path().display()), None).await.expect("a file");
        if is_map {
            store.migrate().await.expect("migrated");
        }
        store.break_for_tests(sql).await;
        store.execute_for_tests(&format!("VACUUM INTO '{}'", file.display())).await;
    });
}

/// A running server; it ends with the test.
struct Server {
    child: Child,
    address: String,
    log: Vec<String>,
    /// What it goes on to say; a log that nobody reads would end it.
    _rest: Lines<BufReader<ChildStderr>>,
}

impl Server {
    fn start(command: &mut Command) -> Server {
        command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut log = Vec::new();
        let mut lines = BufReader::new(child.stderr.take().expect("a log")).lines();
        while let Some(Ok(line)) = lines.next() {
            log.push(line);
            let address = log.last().and_then(|line| line.split_once("GraphQL on http://")?.1.split('/').next());
            if let Some(address) = address.map(str::to_owned) {
                return Server { child, address, log, _rest: lines };
            }
        }
        let status = child.wait().expect("its status");
        panic!("the server does not start ({status}): {log:#?}")
    }

    /// How many schools it knows.
    fn schools(&self) -> u64 {
        let mut stream = TcpStream::connect(&self.address).expect("a connection");
        let query =
            "GET /graphql?query=%7Bschools%7BtotalCount%7D%7D HTTP/1.1\r\nHost: map\r\nConnection: close\r\n\r\n";
        stream.write_all(query.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        let answer: serde_json::Value = serde_json::from_str(body).expect("JSON");
        answer["data"]["schools"]["totalCount"].as_u64().unwrap_or_else(|| panic!("{answer}"))
    }

    fn logged(&self, part: &str) -> bool {
        self.log.iter().any(|line| line.contains(part))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn data_set(dir: &Path) {
    let (code, text) = run(dir, &["generate", "district", "--schools", "40"]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_command_that_only_reads_creates_no_database_and_names_the_one_that_is_missing() {
    let dir = folder();
    data_set(dir.path());
    let before = names(&dir.path().join("district"));
    for command in [
        &["export", "district", "--force"][..],
        &["export", "elsewhere"],
        &["import", "district", "--dry-run"],
        &["migrate", "--status"],
    ] {
        for address in ["sqlite://typo.db", "sqlite:typo.db", "sqlite://typo.db?mode=rwc"] {
            let (code, text) = run(dir.path(), &[command, &["--database-url", address]].concat());
            assert_eq!(code, Some(2), "{text}");
            let path = dir.path().join("typo.db");
            assert!(text.contains("--database-url") && text.contains(&path.display().to_string()), "{text}");
        }
        assert_eq!(run(dir.path(), command).0, Some(2), "the default address");
    }
    assert_eq!(names(dir.path()), ["district"]);
    assert_eq!(names(&dir.path().join("district")), before);
}

#[test]
fn an_empty_database_stays_empty_when_it_is_read() {
    let dir = folder();
    data_set(dir.path());
    fs::write(dir.path().join("empty.db"), "").expect("a file");
    let address = ["--database-url", "sqlite://empty.db"];
    for command in [&["export", "out"][..], &["import", "district", "--dry-run"]] {
        let (code, text) = run(dir.path(), &[command, &address].concat());
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("the database is empty"), "{text}");
    }
    let (code, text) = run(dir.path(), &[&["migrate", "--status"], &address[..]].concat());
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("not run yet: m20261124_000001_revisions, "), "{text}");
    assert_eq!(fs::metadata(dir.path().join("empty.db")).expect("a file").len(), 0);
    assert_eq!(names(dir.path()), ["district", "empty.db"]);
    assert_eq!(run(dir.path(), &[&["migrate"], &address[..]].concat()).0, Some(0));
    let (code, text) = run(dir.path(), &[&["migrate", "--status"], &address[..]].concat());
    assert_eq!((code, &*text), (Some(0), "up to date\n"));
}

#[test]
fn a_folder_is_checked_without_a_database() {
    let dir = folder();
    data_set(dir.path());
    let (code, text) = run(dir.path(), &["import", "district", "--dry-run", "--database-url", "sqlite::memory:"]);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(names(dir.path()), ["district"]);
}

#[test]
fn a_database_that_lacks_steps_is_only_changed_by_commands_that_write() {
    let dir = folder();
    let file = dir.path().join("edumap.db");
    let undone =
        "DELETE FROM seaql_migrations WHERE version = 'm20261126_000040_program_versions'; DROP TABLE program_versions";
    make(&file, true, undone);
    for (command, expected) in
        [(&["export", "out"][..], 1), (&["migrate", "--status"], 3), (&["migrate", "--status"], 3)]
    {
        let (code, text) = run(dir.path(), command);
        assert_eq!(code, Some(expected), "{text}");
        assert!(text.contains("m20261126_000040_program_versions"), "{text}");
    }
    assert!(run(dir.path(), &["migrate"]).1.contains("ran m20261126_000040_program_versions"));
    assert_eq!(run(dir.path(), &["migrate", "--status"]).0, Some(0));
}

#[test]
fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let dir = folder();
    data_set(dir.path());
    let files = [("tables.db", None), ("text.db", Some("no database, but a text of some length".repeat(40)))];
    make(&dir.path().join("tables.db"), false, "CREATE TABLE customers (id INTEGER)");
    for (name, text) in &files {
        let file = dir.path().join(name);
        if let Some(text) = text {
            fs::write(&file, text).expect("a file");
        }
        let before = fs::read(&file).expect("a file");
        let address = format!("sqlite://{name}");
        for command in [
            &["serve", "--listen", "127.0.0.1:0"][..],
            &["import", "district"],
            &["import", "district", "--dry-run"],
            &["export", "out"],
            &["migrate"],
            &["migrate", "--status"],
        ] {
            let (code, text) = run(dir.path(), &[command, &["--database-url", &address]].concat());
            assert!(matches!(code, Some(1 | 2)), "{command:?}: {text}");
            let right = if *name == "tables.db" { "another program: it has tables, such as `customers`" } else { name };
            assert!(text.contains(right), "{command:?}: {text}");
        }
        assert_eq!(fs::read(&file).expect("a file"), before, "{name} was written");
    }
    assert_eq!(names(dir.path()), ["district", "tables.db", "text.db"]);
}

#[test]
fn a_database_of_a_newer_version_says_which_made_it() {
    let dir = folder();
    let file = dir.path().join("edumap.db");
    let newer = "INSERT INTO seaql_migrations VALUES ('m21000101_000001_wonders', 0); \
                 INSERT INTO program_versions VALUES ('77.0.1', 900)";
    make(&file, true, newer);
    let own = env!("CARGO_PKG_VERSION");
    for command in
        [&["serve", "--listen", "127.0.0.1:0"][..], &["export", "out"], &["migrate"], &["migrate", "--status"]]
    {
        let (code, text) = run(dir.path(), command);
        assert_eq!(code, Some(1), "{text}");
        for part in ["made by edumap 77.0.1", &format!("this is edumap {own}"), "m21000101_000001_wonders"] {
            assert!(text.contains(part), "{command:?}: {text}");
        }
    }
    // Others of its kind have no such table.
    let older = dir.path().join("older.db");
    make(
        &older,
        true,
        "INSERT INTO seaql_migrations VALUES ('m21000101_000001_wonders', 0); DROP TABLE program_versions",
    );
    let (_, text) = run(dir.path(), &["migrate", "--database-url", "sqlite://older.db"]);
    assert!(text.contains("made by a newer version of edumap; this is"), "{text}");
}

#[test]
fn a_taken_port_is_told_before_a_database_is_made() {
    let dir = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (code, text) = run(dir.path(), &["serve", "--listen", &address]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains(&format!("{address} is taken")), "{text}");
    assert!(names(dir.path()).is_empty());
}

#[test]
fn only_a_new_database_at_the_default_address_gets_the_bundled_data_set() {
    let dir = folder();
    let new = Server::start(&mut edumap(dir.path(), &[], &["serve"]));
    assert!(new.schools() > 0);
    drop(new);
    assert!(Server::start(&mut edumap(dir.path(), &[], &["serve"])).schools() > 0);

    let other = ["serve", "--database-url", "sqlite://other.db"];
    let server = Server::start(&mut edumap(dir.path(), &[], &other));
    assert!(server.schools() == 0 && server.logged("nothing is recorded yet"), "{:#?}", server.log);
    drop(server);
    data_set(dir.path());
    let asked = [&other[..], &["--dataset", "district"]].concat();
    assert_eq!(Server::start(&mut edumap(dir.path(), &[], &asked)).schools(), 40);

    // At the default address, but made by another command.
    let dir = folder();
    assert_eq!(run(dir.path(), &["migrate"]).0, Some(0));
    assert_eq!(Server::start(&mut edumap(dir.path(), &[], &["serve"])).schools(), 0);
}

#[test]
fn a_line_break_behind_a_variable_makes_no_other_database() {
    let dir = folder();
    data_set(dir.path());
    let (code, text) = run(dir.path(), &["import", "district", "--database-url", "sqlite://real.db"]);
    assert_eq!(code, Some(0), "{text}");
    let before = names(dir.path());
    for address in ["sqlite://real.db\n", "  sqlite://real.db\r\n"] {
        let mut serve =
            edumap(dir.path(), &[("EDUMAP_DATABASE_URL", address), ("EDUMAP_LOG_REQUESTS", "off\n")], &["serve"]);
        assert_eq!(Server::start(&mut serve).schools(), 40);
    }
    assert_eq!(names(dir.path()).iter().filter(|name| name.contains("real.db\n")).count(), 0);
    assert!(before.iter().all(|name| names(dir.path()).contains(name)));
}

/// What may read and write only what all others may too: root may write everything.
#[cfg(unix)]
fn as_nobody(command: &mut Command) -> &mut Command {
    use std::os::unix::{fs::MetadataExt, process::CommandExt};
    match fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        true => command.uid(65534).gid(65534),
        false => command,
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_can_only_be_read_is_served_with_a_line_that_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    data_set(dir.path());
    assert_eq!(run(dir.path(), &["import", "district"]).0, Some(0));
    // A binary in a place that anybody may read.
    let binary = dir.path().join("edumap");
    fs::copy(env!("CARGO_BIN_EXE_edumap"), &binary).expect("a copy");
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    allow(dir.path(), 0o755);
    for (of_file, of_folder) in [(0o444, 0o555), (0o444, 0o777), (0o666, 0o555)] {
        // The file alone: there is no write-ahead log beside it.
        let place = dir.path().join(format!("{of_file:o} in {of_folder:o}"));
        fs::create_dir(&place).expect("a folder");
        fs::copy(dir.path().join("edumap.db"), place.join("edumap.db")).expect("a copy");
        allow(&place.join("edumap.db"), of_file);
        allow(&place, of_folder);
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&binary);
            command.env_clear().current_dir(&place).args(arguments);
            as_nobody(&mut command);
            command
        };
        let servers = [(); 2].map(|()| Server::start(&mut command(&["serve"])));
        for server in &servers {
            assert_eq!(server.schools(), 40, "{of_file:o} in {of_folder:o}");
            assert!(server.logged("the database can only be read"), "{:#?}", server.log);
        }
        drop(servers);
        let (code, text) = said(&command(&["migrate", "--status"]).output().expect("the binary runs"));
        assert_eq!((code, &*text), (Some(0), "up to date\n"), "{of_file:o} in {of_folder:o}");
        let (code, text) = said(&command(&["import", "../district"]).output().expect("the binary runs"));
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("can only be read"), "{text}");
        // So that it can be removed.
        allow(&place, 0o777);
    }
}
