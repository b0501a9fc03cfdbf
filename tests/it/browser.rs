//! The pages in a real browser: `tests/browser/run.mjs` clicks through them.

use std::{io::Write, path::Path, process::Command};

use tests::{chaoyang, root};

/// Why the pages cannot be looked at here.
fn missing() -> Option<&'static str> {
    let is_there = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success());
    match () {
        () if !server::has_real_pages() => Some("the binary was built without the real pages, which need Node.js"),
        () if !is_there("node") || !is_there("npm") => Some("Node.js is not installed"),
        () if !Path::new("/usr/bin/chromium").exists() => Some("there is no /usr/bin/chromium"),
        () => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_finds_everything_on_the_pages_and_nothing_leaves_for_elsewhere() {
    if let Some(reason) = missing() {
        let is_required = std::env::var_os("EDUMAP_TEST_REQUIRE_BROWSER").is_some_and(|it| it == "1");
        assert!(!is_required, "the pages must be looked at: {reason}");
        // Not `eprintln!`: the harness would swallow it, as the test goes on to pass.
        let _ = writeln!(std::io::stderr(), "SKIPPED in the browser: {reason}");
        return;
    }
    let app = chaoyang("the pages").await.remove(0);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app.router).await });
    let clicked = tokio::task::spawn_blocking(move || {
        let folder = root().join("tests/browser");
        if !folder.join("node_modules/.package-lock.json").exists() {
            let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
            let installed = Command::new("npm").args(arguments).current_dir(&folder).output().expect("npm");
            assert!(installed.status.success(), "npm ci: {}", String::from_utf8_lossy(&installed.stderr));
        }
        Command::new("node").arg("run.mjs").arg(format!("http://{address}")).current_dir(folder).output().expect("node")
    });
    let output = clicked.await.expect("the browser ends");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    // As many tests as the file has; one that did not run has not passed.
    assert!(told.contains("11 passed, 0 failed"), "{told}");
}
