//! A client that a generator makes from `/api/openapi.json` drives the whole loop against a real server.
//!
//! `npm ci` in `tests/api_client` brings the generator, a validator of documents and a compiler; without them the test is skipped.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::api::token;
use common::browser::Site;
use common::skip::skip;
use common::{DRAFT, Story};
use countersign::web::accounts::Scope;

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api_client")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        told(&output.stdout),
        told(&output.stderr)
    );
}

fn program(name: &str) -> PathBuf {
    here().join("node_modules/.bin").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_client_drives_the_whole_loop() {
    if !program("openapi-ts").exists() || Command::new("node").arg("--version").output().is_err() {
        return skip("the client's tools are missing: npm ci in tests/api_client");
    }
    let story = Story::with(&[("notes/one.md", DRAFT), ("notes/two.md", DRAFT)]).await;
    let site = Site::of(story).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let served = axum::serve(listener, site.router.clone().into_make_service());
    tokio::spawn(served.into_future());
    let ana = token(&site.web, "ana@example.org", &Scope::ALL, None).await;
    let ben = token(&site.web, "ben@example.org", &Scope::ALL, None).await;
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().to_owned();
    let drive = move || {
        generate(&work, &base);
        run(Command::new("node")
            .arg(work.join("made/drive.js"))
            .env("BASE", &base)
            .env("ANA", &ana)
            .env("BEN", &ben));
    };
    tokio::task::spawn_blocking(drive).await.unwrap();
    site.story.is_proven();
    site.story.rebuild_is_equal().await;
}

/// Fetches the document, validates it, makes a client of it, and compiles that and its driver strictly.
fn generate(work: &Path, base: &str) {
    let document = work.join("openapi.json");
    let address = format!("{base}/api/openapi.json");
    let fetch = "fetch(process.argv[1]).then(answer => answer.text()).then(text => require('fs').writeFileSync(process.argv[2], text))";
    run(Command::new("node")
        .args(["-e", fetch, &address])
        .arg(&document));
    run(Command::new("node")
        .arg(here().join("validate.mjs"))
        .arg(&document));
    run(Command::new(program("openapi-ts"))
        .current_dir(here())
        .arg("-i")
        .arg(&document)
        .arg("-o")
        .arg(work.join("client")));
    std::fs::copy(here().join("drive.ts"), work.join("drive.ts")).unwrap();
    run(Command::new(program("tsc"))
        .current_dir(work)
        .args([
            "--strict",
            "--target",
            "es2022",
            "--lib",
            "es2022,dom,dom.iterable",
        ])
        .args(["--module", "commonjs", "--moduleResolution", "node10"])
        .args(["--skipLibCheck", "--outDir", "made", "drive.ts"]));
}
