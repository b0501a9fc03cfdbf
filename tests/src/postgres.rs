//! A private PostgreSQL for the suite: made from the machine's own programs, gone when the process is.

use std::{
    cell::RefCell,
    env, fs,
    io::Write,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::{Context, bail};

/// What this machine has to offer.
pub enum Postgres {
    /// A server of our own, ready to be asked for databases.
    Running(Server),
    /// PostgreSQL is not installed; the text says where we looked.
    Missing(String),
}

/// The server that all tests of this process share, started on first use.
///
/// # Panics
///
/// If PostgreSQL is installed but does not start; the message ends with the server's log.
pub fn shared() -> &'static Postgres {
    static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
    // The failure is kept too, so that every test reports it and none tries again.
    let shared = SHARED.get_or_init(|| match programs() {
        Some(bin) => match Server::start(bin) {
            Ok(server) => Ok(Postgres::Running(server)),
            Err(error) => Err(format!("{error:#}")),
        },
        None => Ok(Postgres::Missing(format!("no {} in {DEBIAN}/*/bin or PATH", PROGRAMS.join(", ")))),
    });
    match shared {
        Ok(postgres) => postgres,
        Err(error) => panic!("PostgreSQL is installed but does not start: {error}"),
    }
}

/// A server for one test alone, which may kill it; `None`, and a line on stderr, if PostgreSQL is not installed.
///
/// # Panics
///
/// As [`url_or_skip`].
pub fn private_or_skip(test: &str) -> Option<Server> {
    url_or_skip(test)?;
    let server = Server::start(programs()?);
    Some(server.unwrap_or_else(|error| panic!("PostgreSQL is installed but does not start: {error:#}")))
}

thread_local! {
    /// The databases of the test that runs on this thread.
    static DATABASES: RefCell<Databases> = const { RefCell::new(Databases(Vec::new())) };
}

/// Commands that drop databases, run as the thread of their test ends: a suite keeps those that it uses, unless all its tests
/// run on one thread, as with `--test-threads=1`.
struct Databases(Vec<Command>);

impl Drop for Databases {
    fn drop(&mut self) {
        for command in &mut self.0 {
            // One that stays costs room, and goes with the server.
            let _ = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
        }
    }
}

/// A fresh, empty database for the named test, dropped as its thread ends; `None`, and a line on stderr, if PostgreSQL is not
/// installed.
///
/// # Panics
///
/// If PostgreSQL is not installed and `EDUMAP_TEST_REQUIRE_POSTGRES` is `1`, as it is in CI;
/// if it is installed and fails.
pub fn url_or_skip(test: &str) -> Option<String> {
    match shared() {
        Postgres::Running(server) => match server.database() {
            Ok(url) => {
                DATABASES.with_borrow_mut(|databases| databases.0.push(server.command_to_drop(&url)));
                Some(url)
            }
            Err(error) => panic!("no database for {test}: {error:#}\n{}", tail(&server.dir.join("log"))),
        },
        Postgres::Missing(reason) => {
            let required = env::var_os("EDUMAP_TEST_REQUIRE_POSTGRES").is_some_and(|it| it == "1");
            assert!(!required, "{test} must run on PostgreSQL: {reason}");
            // Not `eprintln!`: the harness would swallow it, as the test goes on to pass.
            let _ = writeln!(std::io::stderr(), "SKIPPED on PostgreSQL: {test}: {reason}");
            None
        }
    }
}

/// A database for the named test into which a dump was read; `None`, and a line on stderr, if PostgreSQL is not installed.
///
/// # Panics
///
/// As [`url_or_skip`]; or the dump cannot be read.
pub fn restored_or_skip(test: &str, dump: &str) -> Option<String> {
    let url = url_or_skip(test)?;
    let mut psql = command(&programs()?.join("psql"))
        .args(["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--dbname", &url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("psql starts");
    psql.stdin.take().expect("a pipe").write_all(dump.as_bytes()).expect("psql reads");
    assert!(psql.wait().expect("psql ends").success(), "{test}: the dump cannot be restored");
    Some(url)
}

/// A running server; stopped, and its files removed, when dropped or when the process ends, however it ends.
pub struct Server {
    bin: PathBuf,
    account: Account,
    dir: PathBuf,
    port: u16,
    n_databases: AtomicUsize,
    _watchdog: Child,
}

impl Server {
    /// Makes a fresh, empty database and returns its `postgres://` URL.
    pub fn database(&self) -> anyhow::Result<String> {
        let n = self.n_databases.fetch_add(1, Ordering::Relaxed) + 1;
        let (port, name) = (self.port, format!("{USER}_{n}"));
        // Nobody can be connected to template0, so parallel tests never wait for each other.
        run(self.client("createdb").args(["--template=template0", &name]))?;
        Ok(format!("postgres://{USER}@127.0.0.1:{port}/{name}"))
    }

    fn command_to_drop(&self, url: &str) -> Command {
        let name = url.rsplit('/').next().unwrap_or_default();
        let mut command = self.client("dropdb");
        command.args(["--if-exists", "--force", name]);
        command
    }

    /// A program that asks this server.
    fn client(&self, program: &str) -> Command {
        let mut command = command(&self.bin.join(program));
        command.args(["--host=127.0.0.1", "--username", USER, "--no-password", "--port", &self.port.to_string()]);
        command
    }

    /// The id of its first process, the parent of all others.
    pub fn id(&self) -> anyhow::Result<u32> {
        let text = fs::read_to_string(self.dir.join("data/postmaster.pid"))?;
        Ok(text.lines().next().unwrap_or_default().trim().parse()?)
    }

    fn start(bin: PathBuf) -> anyhow::Result<Self> {
        let account = Account::to_run_as()?;
        let dir = tempfile::Builder::new().prefix("edumap-postgres-").tempdir_in(account.temp_dir())?;
        account.own(dir.path())?;
        let watchdog = watch(&account, &bin, dir.path())?;
        // From here on the watchdog removes the directory, after the server has stopped.
        let dir = dir.keep();

        initialize(&account, &bin, &dir)?;
        let port = listen(&account, &bin, &dir)?;
        Ok(Self { bin, account, dir, port, n_databases: AtomicUsize::new(0), _watchdog: watchdog })
    }

    /// Kills it: every connection breaks, and nobody answers any more.
    pub fn kill(&self) -> anyhow::Result<()> {
        let data = self.dir.join("data");
        run(self
            .account
            .command(&self.bin.join("pg_ctl"))
            .args(["stop", "--mode=immediate", "--silent", "--pgdata"])
            .arg(data))
    }

    /// Starts it again where it was.
    pub fn revive(&self) -> anyhow::Result<()> {
        start(&self.account, &self.bin, &self.dir, self.port)
    }
}

/// The superuser of the private server, and the first part of each database's name.
const USER: &str = "edumap";

/// Where Debian keeps PostgreSQL, one directory for each major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The programs we need, all from one directory.
const PROGRAMS: [&str; 5] = ["initdb", "pg_ctl", "createdb", "dropdb", "psql"];

/// The directory of the newest PostgreSQL on this machine.
fn programs() -> Option<PathBuf> {
    let complete = |bin: &PathBuf| PROGRAMS.iter().all(|it| bin.join(it).is_file());
    let debian = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| complete(bin))
        .max()
        .map(|(_, bin)| bin);
    debian.or_else(|| {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).find_map(|dir| {
            // A link in PATH leads to the directory that has the rest of the family.
            let real = fs::canonicalize(dir.join("initdb")).ok()?;
            let home = real.parent()?.to_owned();
            [home, dir].into_iter().find(complete)
        })
    })
}

/// PostgreSQL refuses to run as root, so root borrows another account's ids.
pub(crate) struct Account {
    borrowed: Option<(u32, u32)>,
}

impl Account {
    pub(crate) fn to_run_as() -> anyhow::Result<Self> {
        let is_root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
        if !is_root {
            return Ok(Self { borrowed: None });
        }
        let passwd = fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
        let ids = |name: &str| {
            passwd.lines().find_map(|line| {
                let fields: Vec<&str> = line.split(':').collect();
                match fields[..] {
                    [user, _, uid, gid, ..] if user == name => Some((uid.parse().ok()?, gid.parse().ok()?)),
                    _ => None,
                }
            })
        };
        let borrowed = ids("postgres").or_else(|| ids("nobody"));
        if borrowed.is_none() {
            bail!("PostgreSQL cannot run as root, and there is neither a postgres nor a nobody");
        }
        Ok(Self { borrowed })
    }

    /// A directory in which the account can make and remove its own.
    pub(crate) fn temp_dir(&self) -> PathBuf {
        let usual = env::temp_dir();
        if self.borrowed.is_none() {
            return usual;
        }
        let allows = |dir: &Path, bits: u32| fs::metadata(dir).is_ok_and(|it| it.is_dir() && it.mode() & bits == bits);
        [usual.clone(), "/tmp".into(), "/var/tmp".into()]
            .into_iter()
            .find(|dir| allows(dir, 0o003) && dir.ancestors().all(|it| allows(it, 0o001)))
            .unwrap_or(usual)
    }

    pub(crate) fn own(&self, dir: &Path) -> anyhow::Result<()> {
        if let Some((uid, gid)) = self.borrowed {
            chown(dir, Some(uid), Some(gid)).with_context(|| format!("chown {}", dir.display()))?;
        }
        Ok(())
    }

    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = command(program);
        if let Some((uid, gid)) = self.borrowed {
            command.gid(gid).uid(uid);
        }
        command
    }
}

/// Waits for the end of its stdin, then stops the server and removes its directory.
///
/// The only other end of that pipe is in this process, and the kernel closes it whichever way we end.
/// If we are killed while `initdb` or `pg_ctl` is at work, there is a lock file but nothing to stop yet:
/// to pull the files away now would leave shared memory behind, so it gives them time.
const WATCHDOG: &str = r#"
trap '' HUP INT TERM
dir=$1
shift
while read -r _; do :; done
for _ in 1 2 3 4 5 6 7 8 9 10; do
    if "$@" || [ ! -e "$dir/data/postmaster.pid" ]; then
        rm -rf -- "$dir" && exit
    fi
    sleep 1
done
rm -rf -- "$dir"
"#;

fn watch(account: &Account, bin: &Path, dir: &Path) -> anyhow::Result<Child> {
    account
        .command(Path::new("/bin/sh"))
        .args(["-c", WATCHDOG, "edumap-postgres-watchdog"])
        .arg(dir)
        .arg(bin.join("pg_ctl"))
        .args(["stop", "--mode=immediate", "--silent", "--pgdata"])
        .arg(dir.join("data"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A Ctrl-C at the terminal is for the tests, not for the one who tidies up after them.
        .process_group(0)
        .spawn()
        .context("the watchdog of PostgreSQL")
}

fn initialize(account: &Account, bin: &Path, dir: &Path) -> anyhow::Result<()> {
    let initdb = |locale: &str| {
        run(account
            .command(&bin.join("initdb"))
            .args(["--auth=trust", "--encoding=UTF8", "--no-sync"])
            .args(["--username", USER, "--locale", locale, "--pgdata"])
            .arg(dir.join("data")))
    };
    // Both sort by code point, as SQLite does; only some systems have the first.
    initdb("C.UTF-8").or_else(|_| initdb("C"))
}

/// Starts the server and returns its port.
fn listen(account: &Account, bin: &Path, dir: &Path) -> anyhow::Result<u16> {
    const ATTEMPTS: usize = 5;
    let mut failure = None;
    for _ in 0..ATTEMPTS {
        // Another process may take the port before PostgreSQL does; hence the attempts.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        match start(account, bin, dir, port) {
            Ok(()) => return Ok(port),
            Err(error) => failure = Some(error),
        }
    }
    let error = failure.context("no attempt was made")?;
    bail!("{error:#}\n{}", tail(&dir.join("log")));
}

/// Starts the server on a port.
fn start(account: &Account, bin: &Path, dir: &Path, port: u16) -> anyhow::Result<()> {
    // Shared memory in files, because containers tend to have very little of the other kind.
    let options = format!(
        "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
         -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_wal_size=128MB \
         -c max_connections=200 -c shared_buffers=128MB -c dynamic_shared_memory_type=mmap"
    );
    run(account
        .command(&bin.join("pg_ctl"))
        .args(["start", "--wait", "--silent", "--options", &options])
        .arg("--log")
        .arg(dir.join("log"))
        .arg("--pgdata")
        .arg(dir.join("data")))
}

/// The last lines of the server's log.
fn tail(log: &Path) -> String {
    const LINES: usize = 40;
    let text = match fs::read(log) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return format!("{}: {error}", log.display()),
    };
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

/// A command untouched by the caller's directory, which the account may not see, and by `PG…` variables.
fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PG") {
            command.env_remove(name);
        }
    }
    command
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command.output().with_context(|| program.clone())?;
    if !output.status.success() {
        bail!(
            "{program}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
    Ok(())
}
