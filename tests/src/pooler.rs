//! A PgBouncer of the suite's own, in front of its private PostgreSQL.

use std::{
    env, fs,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};

use tempfile::TempDir;

use crate::postgres::Account;

/// A PgBouncer that runs until it is dropped.
pub struct Pooler {
    address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

/// What PgBouncer lends a connection for: `session` or `transaction`.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// For as long as a client is connected.
    Session,
    /// For one transaction.
    Transaction,
}

/// A PgBouncer with few connections to the server of a database; `None`, and a line on stderr, if it is not installed.
///
/// # Panics
/// It is not installed and `EDUMAP_TEST_REQUIRE_POSTGRES` is `1`, as it is in CI; or it is and does not start.
#[must_use]
pub fn start_or_skip(test: &str, database: &str, mode: Mode) -> Option<Pooler> {
    let Some(program) = program() else {
        let is_required = env::var_os("EDUMAP_TEST_REQUIRE_POSTGRES").is_some_and(|it| it == "1");
        assert!(!is_required, "{test} must run: pgbouncer is not installed");
        // Not `eprintln!`: the harness would swallow it, as the test goes on to pass.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: pgbouncer is not installed");
        return None;
    };
    // It refuses to run as root, too.
    let account = Account::to_run_as().expect("an account");
    let folder = tempfile::Builder::new().prefix("edumap-pgbouncer-").tempdir_in(account.temp_dir()).expect("a folder");
    let address = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let (users, file, log) = (folder.path().join("users"), folder.path().join("ini"), folder.path().join("log"));
    let mode = match mode {
        Mode::Session => "session",
        Mode::Transaction => "transaction",
    };
    let configuration = format!(
        "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = {}\nlisten_port = {}\nunix_socket_dir =\n\
        auth_type = trust\nauth_file = {}\npool_mode = {mode}\ndefault_pool_size = 4\nmax_client_conn = 400\n",
        split(database).1,
        address.ip(),
        address.port(),
        users.display(),
    );
    fs::write(&users, "\"edumap\" \"\"\n").expect("written");
    fs::write(&file, configuration).expect("written");
    account.own(folder.path()).expect("given away");
    let output = fs::File::create(&log).expect("a file");
    let mut command = account.command(&program);
    command.arg(&file).stdout(output.try_clone().expect("a file")).stderr(output);
    let process = command.stdin(Stdio::null()).spawn().expect("pgbouncer");
    let mut pooler = Pooler { address, process, _folder: folder };
    while TcpStream::connect(address).is_err() {
        if let Some(status) = pooler.process.try_wait().expect("a process") {
            panic!("pgbouncer ended with {status}: {}", fs::read_to_string(&log).unwrap_or_default());
        }
        sleep(Duration::from_millis(20));
    }
    Some(pooler)
}

impl Pooler {
    /// The address of a database through it, given its own.
    ///
    /// # Panics
    /// It is not at a port of this machine.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let (user, _, name) = split(database);
        format!("{user}@{}/{name}", self.address)
    }
}

/// The parts of a database's address: up to its user, its port, and from its name on.
fn split(database: &str) -> (&str, &str, &str) {
    let (user, rest) = database.split_once("@127.0.0.1:").expect("a server on this machine");
    let (port, name) = rest.split_once('/').expect("a database");
    (user, port, name)
}

/// Where pgbouncer is; Debian puts it where only root looks.
fn program() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("pgbouncer")).find(|file| file.is_file())
}
