//! Clients that people use: what they generate from the contract, and what they read from the server.

use tests::{chaoyang, node};

#[tokio::test(flavor = "multi_thread")]
async fn clients_and_tools_for_javascript_work_as_they_come() {
    if !node::is_installed("node") || !node::is_installed("npm") {
        return node::skip_test("clients and tools for JavaScript", "Node.js is not installed");
    }
    let address = chaoyang("the clients").await.remove(0).listen().await;
    let checked = tokio::task::spawn_blocking(move || node::run_script("clients", "run.mjs", &address));
    let told = checked.await.expect("the checks end");
    // As many checks as the file has; one that did not run has not passed.
    assert!(told.contains("8 passed, 0 failed"), "{told}");
}
