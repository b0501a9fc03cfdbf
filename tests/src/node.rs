//! Tests that need Node.js: their packages are installed, their script is run, and what they say is read.

use std::{
    env,
    io::Write,
    path::Path,
    process::Command,
    sync::{Mutex, PoisonError},
};

/// One installs at a time: `npm ci` begins by deleting what another may be using.
static INSTALLING: Mutex<()> = Mutex::new(());

/// Whether a program is there.
#[must_use]
pub fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success())
}

/// Says that a test was skipped, and why.
///
/// # Panics
/// `EDUMAP_TEST_REQUIRE_BROWSER` is `1`, as it is in CI.
pub fn skip_test(test: &str, reason: &str) {
    let is_required = env::var_os("EDUMAP_TEST_REQUIRE_BROWSER").is_some_and(|it| it == "1");
    assert!(!is_required, "{test} must run: {reason}");
    // Not `eprintln!`: the harness would swallow it, as the test goes on to pass.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {test}: {reason}");
}

/// Runs a script of a folder under `tests/`, whose packages are installed first if they are not; gives what it prints.
///
/// # Panics
/// The packages cannot be installed, or the script fails.
#[must_use]
pub fn run_script(folder: &str, script: &str, argument: &str) -> String {
    run_script_with(folder, script, &[argument])
}

/// The same with several arguments.
///
/// # Panics
/// The packages cannot be installed, or the script fails.
#[must_use]
pub fn run_script_with(folder: &str, script: &str, arguments: &[&str]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    install_packages(&folder);
    let output = Command::new("node").arg(script).args(arguments).current_dir(folder).output().expect("node");
    let output_text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output_text}\n{}", String::from_utf8_lossy(&output.stderr));
    output_text
}

/// Installs the packages of a folder's lock file, unless they are there.
fn install_packages(folder: &Path) {
    let _installing = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if !folder.join("node_modules/.package-lock.json").exists() {
        let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        let installed = Command::new("npm").args(install).current_dir(folder).output().expect("npm");
        assert!(installed.status.success(), "npm ci: {}", String::from_utf8_lossy(&installed.stderr));
    }
}
