//! `/docs` in a real browser: everything comes from this program.

use std::process::Command;
use std::sync::Arc;

use support::{World, on_both};

on_both! { the_documentation_works_without_internet }

/// The browser that the test script has installed.
fn browser() -> String {
    let known = ["chromium", "chromium-browser", "google-chrome"];
    let found = known.iter().find(|name| Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success()));
    (*found.expect("a browser is needed: `bash scripts/test.sh` installs chromium")).to_owned()
}

async fn the_documentation_works_without_internet(world: Arc<World>) {
    let folder = tempfile::tempdir().expect("a folder");
    let log = folder.path().join("net.json");
    let mut command = Command::new(browser());
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--v=0", "--virtual-time-budget=20000"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg("--dump-dom")
        .arg(format!("{}/docs/", world.anyone.base()));
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("no panic").expect("the browser runs");
    let (page, console) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(
        page.contains("swagger-ui") && page.contains("/v1/orders"),
        "the contract is shown: {}",
        page.chars().take(2000).collect::<String>()
    );
    let errors: Vec<&str> = console.lines().filter(|line| line.contains("CONSOLE") && line.to_lowercase().contains("error")).collect();
    assert!(errors.is_empty(), "the console is clean: {errors:?}");
    let foreign: Vec<String> = asked_by_page(&log, world.anyone.base());
    assert!(foreign.is_empty(), "no request of the page leaves this program: {foreign:?}");
}

/// What the page asked of others than its own server; the browser's own traffic has no page as its initiator.
fn asked_by_page(log: &std::path::Path, own: &str) -> Vec<String> {
    let text = std::fs::read_to_string(log).expect("the browser's own log of requests");
    let log: serde_json::Value = serde_json::from_str(&text).expect("the log is complete");
    let requests: Vec<&serde_json::Value> = log["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| &event["params"])
        .filter(|params| params["initiator"] == own)
        .collect();
    let urls: Vec<String> = requests.iter().filter_map(|params| params["url"].as_str().map(ToOwned::to_owned)).collect();
    assert!(urls.iter().any(|url| url.ends_with("/openapi.json")), "the page asks for the document: {urls:?}");
    urls.into_iter().filter(|url| !url.starts_with(own) && !url.starts_with("data:")).collect()
}
