//! What operators do: back up, restore, lose an index, stand behind a proxy.

mod common;

use common::program::{Installation, Server};
use common::{DRAFT, POLICY, commit_files, git};
use countersign::hosting::Host;
use countersign::web::accounts::Accounts;
use secrecy::ExposeSecret;

const PASSWORD: &str = "a long enough password";

/// An adopted register with a note, on a machine of its own.
fn installation() -> Installation {
    let here = Installation::empty("register");
    let work = here.folder.path().join("work");
    git(here.folder.path(), &["clone", "-q", "register.git", "work"]);
    commit_files(
        &work,
        "Ana Roche <ana@example.org>",
        "Begin",
        &[("notes/one.md", DRAFT)],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let policy = here.folder.path().join("policy.toml");
    std::fs::write(&policy, POLICY).unwrap();
    here.adopt("Dee Moss <dee@example.org>", &policy);
    here
}

async fn try_password(server: &Server, password: &str, from: Option<&str>) -> u16 {
    let client = common::http().build().unwrap();
    let mut request = client
        .post(format!("{}/sign-in", server.address))
        .header("origin", &server.address)
        .form(&[("address", "ben@example.org"), ("password", password)]);
    if let Some(from) = from {
        request = request.header("x-forwarded-for", from);
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_taken_beside_the_server_is_a_server_again() {
    let here = installation();
    let server = here.serve();
    let mut ben = here.sign_in(&server, "ben@example.org").await;
    ben.decide("register", "notes/one", "approve:validate")
        .await;
    let accounts = Accounts::open(&here.data().join("private.sqlite"))
        .await
        .unwrap();
    let secret = "a secret of a webhook".into();
    accounts
        .change_hook("register", Host::GitHub, &secret, 0)
        .await
        .unwrap();
    let kept = here.folder.path().join("kept");
    let folder = kept.display().to_string();
    here.succeed(&["backup", &folder]);
    let again = here.run(&["backup", &folder]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).starts_with("BAK-FOLDER-001"));
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(kept.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o077
    };
    assert_eq!((mode(""), mode("key")), (0, 0));
    server.stop();
    // The machine is lost, all but the repository and what was kept.
    let key = std::fs::read(here.data().join("key")).unwrap();
    std::fs::remove_dir_all(here.data()).unwrap();
    std::fs::rename(&kept, here.data()).unwrap();
    assert_eq!(std::fs::read(here.data().join("key")).unwrap(), key);
    let server = here.serve_held(&["--listen", "127.0.0.1:0"], &[]);
    assert_eq!(try_password(&server, PASSWORD, None).await, 303);
    ben.follow(&server);
    // Even the session goes on.
    assert!(
        ben.get("/register/records/notes/one")
            .await
            .html
            .contains("validated")
    );
    let accounts = Accounts::open(&here.data().join("private.sqlite"))
        .await
        .unwrap();
    let secrets = accounts
        .hook_secrets("register", Host::GitHub)
        .await
        .unwrap();
    assert_eq!(secrets[0].expose_secret(), "a secret of a webhook");
    server.stop();
    here.succeed(&["rebuild", "--check"]);
    here.succeed(&["verify", &here.repository().display().to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_index_is_made_again_from_git() {
    let here = installation();
    let server = here.serve();
    let mut ben = here.sign_in(&server, "ben@example.org").await;
    ben.decide("register", "notes/one", "approve:validate")
        .await;
    let before = ben.get("/register/records/notes/one").await.html;
    // Around it stands where the page's stream goes on, which is another one's.
    let main = |html: &str| html.split_once("<main").unwrap().1.to_owned();
    server.stop();
    here.delete_index();
    let server = here.serve();
    ben.follow(&server);
    let after = ben.get("/register/records/notes/one").await.html;
    assert_eq!(main(&after), main(&before));
    server.stop();
}

/// FAULTS 85: tries are counted by where they come from, as far as the proxy that is trusted says.
#[tokio::test(flavor = "multi_thread")]
async fn behind_a_proxy_a_guesser_locks_nobody_else_out() {
    let here = installation();
    let listen = ["--listen", "127.0.0.1:0"];
    let server = here.serve_with(
        &[&listen[..], &["--trusted-proxies", "127.0.0.1"]].concat(),
        &[],
    );
    here.sign_in(&server, "ben@example.org").await;
    for _ in 0..10 {
        assert_eq!(
            try_password(&server, "wrong, again and again", Some("198.51.100.1")).await,
            401
        );
    }
    assert_eq!(
        try_password(&server, PASSWORD, Some("198.51.100.1")).await,
        429
    );
    // What the guesser says of itself stands before what the proxy adds.
    assert_eq!(
        try_password(&server, PASSWORD, Some("203.0.113.9, 198.51.100.1")).await,
        429
    );
    assert_eq!(
        try_password(&server, PASSWORD, Some("203.0.113.9")).await,
        303
    );
    server.stop();
}
