//! The pages in a real browser: `tests/browser/run.mjs` clicks through them.

use std::path::Path;

use tests::{chaoyang, node};

/// Why the pages cannot be looked at here.
fn missing() -> Option<&'static str> {
    match () {
        () if !server::has_real_pages() => Some("the binary was built without the real pages, which need Node.js"),
        () if !node::has("node") || !node::has("npm") => Some("Node.js is not installed"),
        () if !Path::new("/usr/bin/chromium").exists() => Some("there is no /usr/bin/chromium"),
        () => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_finds_everything_on_the_pages_and_nothing_leaves_for_elsewhere() {
    if let Some(reason) = missing() {
        return node::skip("the pages in a browser", reason);
    }
    let address = chaoyang("the pages").await.remove(0).listen().await;
    let clicked = tokio::task::spawn_blocking(move || node::run("browser", "run.mjs", &address));
    let told = clicked.await.expect("the browser ends");
    // As many tests as the file has; one that did not run has not passed.
    assert!(told.contains("11 passed, 0 failed"), "{told}");
}
