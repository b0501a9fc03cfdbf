//! The pages in a real browser: `tests/browser/run.mjs` clicks through them.

use std::{path::Path, sync::Arc};

use persistence::Store;
use server::{
    App, Capacity,
    generate::{Plan, generate},
};
use tests::{TestApp, chaoyang, clock, node};

/// Why the pages cannot be looked at here.
fn missing() -> Option<&'static str> {
    match () {
        () if !server::has_real_pages() => Some("the binary was built without the real pages, which need Node.js"),
        () if !node::is_installed("node") || !node::is_installed("npm") => Some("Node.js is not installed"),
        () if !Path::new("/usr/bin/chromium").exists() => Some("there is no /usr/bin/chromium"),
        () => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_finds_everything_on_the_pages_and_nothing_leaves_for_elsewhere() {
    if let Some(reason) = missing() {
        return node::skip_test("the pages in a browser", reason);
    }
    let app = chaoyang("the pages").await.remove(0);
    let capacity = Arc::new(Capacity { explains: true, ..Capacity::default() });
    let served = App { capacity, ..App::new(app.store.clone(), Arc::new(clock())) };
    let address = TestApp::of(app.name, served).listen().await;
    let clicked = tokio::task::spawn_blocking(move || node::run_script("browser", "run.mjs", &address));
    let told = clicked.await.expect("the browser ends");
    // As many tests as the file has; one that did not run has not passed.
    assert!(told.contains("\n43 passed, 0 failed"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_are_at_home_on_a_made_up_district() {
    if let Some(reason) = missing() {
        return node::skip_test("the pages on a made-up district", reason);
    }
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("district");
    // More districts than the front page names.
    generate(&Plan { schools: 1300, seed: 7 }, &folder).expect("districts");
    let app = TestApp::on("SQLite", Store::in_memory().await.expect("memory"));
    app.import(&folder).await.expect("no findings");
    let address = app.listen().await;
    let parts = [
        "the front page",
        "the first visit",
        "each question",
        "the graph draws",
        "a file is asked",
        "documents are listed",
    ];
    let arguments = move || node::run_script_with("browser", "run.mjs", &[&[address.as_str()][..], &parts].concat());
    let told = tokio::task::spawn_blocking(arguments).await.expect("the browser ends");
    assert!(told.contains("\n6 passed, 0 failed"), "{told}");
}
