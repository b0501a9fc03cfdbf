//! Reverse proxies that people have in front of a server, run with the configurations of `docs/proxies.md`.

use std::{
    env, fs,
    io::Write,
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{net::TcpStream, time::sleep};

/// A proxy that runs until it is dropped.
pub struct Proxy {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
    _folder: TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

/// Whether a program is installed; if it is not, says that a test was skipped.
///
/// # Panics
/// It is not, and `EDUMAP_TEST_REQUIRE_PROXIES` is `1`, as it is in CI.
#[must_use]
pub fn is_installed_or_skip(program: &str, test: &str) -> bool {
    // Some have no `--version`, and print their usage instead: they are there.
    if Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok() {
        return true;
    }
    let is_required = env::var_os("EDUMAP_TEST_REQUIRE_PROXIES").is_some_and(|it| it == "1");
    assert!(!is_required, "{test} must run: {program} is not installed");
    // Not `eprintln!`: the harness would swallow it, as the test goes on to pass.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: {program} is not installed");
    false
}

/// A configuration of `docs/proxies.md`, by its language.
///
/// # Panics
/// There is none.
#[must_use]
pub fn read_configuration(language: &str) -> String {
    let text = fs::read_to_string(crate::root().join("docs/proxies.md")).expect("the page");
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("a configuration");
    rest.split("```").next().expect("its end").to_owned()
}

/// nginx with the `http` part of its configuration, as it stands there but for the address of the server, its own port,
/// TLS and the cache's folder.
pub async fn start_nginx(configuration: &str, server: &str) -> Proxy {
    let (folder, address) = (tempfile::tempdir().expect("a folder"), free_address());
    let path = folder.path().display();
    let lines = configuration.lines().filter(|line| !line.trim().starts_with("ssl_"));
    let http = lines.collect::<Vec<_>>().join("\n");
    let http = replace_existing(&http, "listen 443 ssl http2;", &format!("listen {address};"));
    let http = replace_existing(&http, "127.0.0.1:4000", server);
    let http = replace_existing(&http, "/var/cache/nginx/edumap", &format!("{path}/cache"));
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|what| format!("{what}_temp_path {path}/{what};\n"))
        .collect();
    let whole = format!(
        "daemon off;\nmaster_process off;\npid {path}/pid;\nerror_log {path}/error.log;\nevents {{}}\n\
        http {{\naccess_log off;\n{temporary}{http}}}\n"
    );
    let file = folder.path().join("nginx.conf");
    fs::write(&file, whole).expect("written");
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder.path()).arg("-c").arg(&file).arg("-e").arg(folder.path().join("error.log"));
    start_proxy(command, address, folder).await
}

/// Caddy with its configuration, as it stands there but for the address of the server, its own port and TLS.
pub async fn start_caddy(configuration: &str, server: &str) -> Proxy {
    let (folder, address) = (tempfile::tempdir().expect("a folder"), free_address());
    let site = replace_existing(configuration, "map.example {", &format!("http://map.example:{} {{", address.port()));
    let whole = format!(
        "{{\nadmin off\nauto_https off\ndefault_bind 127.0.0.1\n}}\n{}",
        replace_existing(&site, "127.0.0.1:4000", server)
    );
    let file = folder.path().join("Caddyfile");
    fs::write(&file, whole).expect("written");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
    command.env("HOME", folder.path()).env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
    start_proxy(command, address, folder).await
}

fn replace_existing(text: &str, what: &str, with: &str) -> String {
    assert!(text.contains(what), "`{what}` is not in the configuration");
    text.replace(what, with)
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address")
}

async fn start_proxy(mut command: Command, address: SocketAddr, folder: TempDir) -> Proxy {
    let log = folder.path().join("output.log");
    let output = fs::File::create(&log).expect("a file");
    command.stdin(Stdio::null()).stdout(output.try_clone().expect("a file")).stderr(output);
    let process = command.spawn().expect("a proxy");
    let mut proxy = Proxy { address, process, _folder: folder };
    while TcpStream::connect(address).await.is_err() {
        if let Some(status) = proxy.process.try_wait().expect("a process") {
            panic!("the proxy ended with {status}: {}", fs::read_to_string(&log).unwrap_or_default());
        }
        sleep(Duration::from_millis(20)).await;
    }
    proxy
}
