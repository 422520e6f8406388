//! The pages in a real browser: the stories of `tests/browser/`, told to Chromium before the program itself.

mod common;

use std::path::Path;
use std::process::Command;

use common::skip::skip;

/// Where Debian keeps it; `CHROMIUM` names another.
const CHROMIUM: &str = "/usr/bin/chromium";

#[test]
fn every_story_of_the_browser_ends_well() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    if let Some(reason) = missing(&folder) {
        return skip(&reason);
    }
    let told = Command::new("node")
        .arg("run.mjs")
        .current_dir(&folder)
        .env("COUNTERSIGN_PROGRAM", env!("CARGO_BIN_EXE_countersign"))
        .status()
        .unwrap();
    assert!(told.success(), "the stories ended with {told}");
}

/// Says what the stories lack here.
fn missing(folder: &Path) -> Option<String> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| CHROMIUM.to_owned());
    if Command::new("node").arg("--version").output().is_err() {
        return Some("node is not installed".to_owned());
    }
    if !Path::new(&chromium).exists() {
        return Some(format!("{chromium} is not installed"));
    }
    match folder.join("node_modules/playwright-core").exists() {
        true => None,
        false => Some("run `npm ci` in tests/browser first".to_owned()),
    }
}
