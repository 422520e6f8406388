//! A team's repository lives on a git host: it is connected with one command, and from then on the two never tell two truths.

use std::path::Path;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::common::program::{Installation, Server};
use crate::common::remote::{Remote, Weather};
use crate::common::sshd::Sshd;
use crate::common::{self, DRAFT, POLICY, commit_files, git};

const NOTE: &str = "notes/one.md";
const TOKEN: &str = "canary-of-a-token";

/// A repository on a host that asks for a token, adopted, and a machine on which nothing is set up yet.
struct Team {
    here: Installation,
    there: Installation,
    remote: Remote,
}

impl Team {
    async fn new() -> Self {
        let there = Installation::empty("register");
        let work = there.folder.path().join("work");
        git(
            there.folder.path(),
            &["clone", "-q", "register.git", "work"],
        );
        commit_files(
            &work,
            "Ana Roche <ana@example.org>",
            "Begin",
            &[(NOTE, DRAFT)],
        );
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
        git(&there.repository(), &["config", "http.receivepack", "true"]);
        let remote = Remote::serve(there.folder.path(), "register.git").await;
        remote.asks_for(Some(("x-access-token", TOKEN)));
        let here = Installation::empty("nothing");
        Self {
            here,
            there,
            remote,
        }
    }

    fn token_file(&self, token: &str) -> String {
        let file = self.here.folder.path().join("token");
        std::fs::write(&file, token).unwrap();
        close(&file);
        file.display().to_string()
    }

    /// Connects, and returns what was told, by what was tried.
    fn connect(&self, token: &str, more: &[&str]) -> (i32, Value) {
        let file = self.token_file(token);
        let line = [
            "connect",
            &self.remote.address,
            "--token-file",
            &file,
            "--host",
            "github",
            "--json",
        ];
        let output = self.here.run(&[&line, more].concat());
        let (out, error) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(
            !out.contains("canary") && !error.contains("canary"),
            "{out}{error}"
        );
        (
            output.status.code().unwrap(),
            serde_json::from_str(&out).unwrap(),
        )
    }

    /// Serves with a timer that never comes, so that webhooks alone tell.
    fn serve(&self) -> Server {
        self.here
            .serve_held(&["--listen", "127.0.0.1:0", "--interval", "3600"], &[])
    }

    fn on_remote(&self, path: &str) -> String {
        git(&self.there.repository(), &["show", &format!("main:{path}")])
    }

    fn push(&self, text: &str) {
        let work = self.there.folder.path().join("work");
        git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
        commit_files(
            &work,
            "Ana Roche <ana@example.org>",
            "Edit",
            &[(NOTE, text)],
        );
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
    }
}

fn close(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn told<'a>(steps: &'a Value, what: &str) -> &'a Value {
    let steps = steps["steps"].as_array().unwrap();
    steps.iter().find(|step| step["what"] == what).unwrap()
}

/// Sends what GitHub sends after a push.
async fn webhook(server: &Server, secret: &str, delivery: &str) -> u16 {
    let body = r#"{"ref":"refs/heads/main"}"#;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let code = hex::encode(mac.finalize().into_bytes());
    let sent = common::http()
        .build()
        .unwrap()
        .post(format!("{}/hooks/register/github", server.address))
        .header("x-github-event", "push")
        .header("x-github-delivery", delivery)
        .header("x-hub-signature-256", format!("sha256={code}"))
        .body(body)
        .send();
    sent.await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_and_an_address_are_enough_and_a_push_is_seen_at_once() {
    let team = Team::new().await;
    let policy = team.here.folder.path().join("policy.toml");
    std::fs::write(&policy, POLICY).unwrap();
    let (code, steps) = team.connect(TOKEN, &[]);
    assert_eq!(code, 0, "{steps}");
    for what in ["login", "look", "clone", "push", "webhook"] {
        assert_eq!(told(&steps, what)["well"], true, "{steps}");
    }
    let words = told(&steps, "webhook")["told"].as_str().unwrap();
    let secret = words
        .split("the secret ")
        .nth(1)
        .unwrap()
        .split(',')
        .next()
        .unwrap()
        .to_owned();
    let policy = policy.display().to_string();
    team.here.succeed(&[
        "adopt",
        "register",
        "--as",
        "Dee Moss <dee@example.org>",
        "--policy",
        &policy,
    ]);
    let server = team.serve();
    let mut ben = team.here.sign_in(&server, "ben@example.org").await;
    // What was adopted here is published there.
    wait("the policy is there", || {
        git(
            &team.there.repository(),
            &["ls-tree", "--name-only", "main"],
        )
        .contains("countersign.toml")
    });
    team.push(&DRAFT.replace("One note", "Another note"));
    let begun = Instant::now();
    assert_eq!(webhook(&server, &secret, "one").await, 202);
    while !ben
        .get("/register/records/notes/one")
        .await
        .html
        .contains("Another note")
    {
        assert!(
            begun.elapsed() < Duration::from_secs(20),
            "the push is not seen"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // And a decision here is there.
    let review = ben.get("/register/review/notes/one").await;
    let form = review.form("/register/decisions");
    let answer = ben.send(&form.with("decision", "approve:validate")).await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    wait("the approval is there", || {
        team.on_remote(NOTE).contains("status: validated")
    });
    let log = ben.get("/register/hosting").await;
    assert!(log.html.contains("GitHub push"), "{}", log.html);
    server.stop();
}

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..400 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_let_in_is_told_and_a_new_one_takes_its_place() {
    let team = Team::new().await;
    let (code, steps) = team.connect("canary-of-another", &[]);
    assert_eq!(code, 1);
    let look = told(&steps, "look");
    assert!(
        look["told"].as_str().unwrap().starts_with("PUB-REM-007"),
        "{steps}"
    );
    let (code, steps) = team.connect(TOKEN, &[]);
    assert_eq!(code, 0, "{steps}");
    // A host that hangs is told in time, too.
    team.remote
        .weather(Weather::Redirect("http://127.0.0.1:1".to_owned()));
    let (code, steps) = team.connect(TOKEN, &[]);
    assert_eq!(code, 1);
    assert!(
        told(&steps, "look")["told"]
            .as_str()
            .unwrap()
            .starts_with("PUB-REM-009"),
        "{steps}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_connected_is_refused_in_words() {
    let team = Team::new().await;
    for (arguments, code) in [
        (
            vec!["connect", "https://ana:canary@example.org/x.git"],
            "CON-ADDRESS-002",
        ),
        (vec!["connect", "/srv/x"], "CON-ADDRESS-001"),
        (
            vec![
                "connect",
                "https://example.org/x.git",
                "--mirror-of",
                "nobody",
            ],
            "CON-MIRROR-001",
        ),
    ] {
        let output = team.here.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            error.starts_with(code) && !error.contains("canary"),
            "{error}"
        );
    }
    let open = team.here.folder.path().join("open");
    std::fs::write(&open, TOKEN).unwrap();
    let open = open.display().to_string();
    let line = ["connect", &team.remote.address, "--token-file", &open];
    let output = team.here.run(&line);
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("CON-TOKEN-002"));
    let line = ["connect", "git@example.org:x.git", "--token-file", &open];
    let output = team.here.run(&line);
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("CON-TOKEN-003"));
}

/// The host is known by its key alone, and the server by one that it made for this repository.
#[tokio::test(flavor = "multi_thread")]
async fn over_ssh_each_side_is_known_by_its_key() {
    let team = Team::new().await;
    let sshd = Sshd::start().await;
    let address = sshd.address(&team.there.repository());
    let run = |more: &[&str]| {
        let output = team
            .here
            .run(&[&["connect", address.as_str()], more].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code().unwrap(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    let (code, _, error) = run(&[]);
    assert_eq!(code, 2);
    let fingerprint = sshd.fingerprint("host");
    assert!(
        error.starts_with("CON-KEY-001") && error.contains(&fingerprint),
        "{error}"
    );
    let (code, _, error) = run(&["--host-key", &sshd.fingerprint("other-host")]);
    assert_eq!(code, 2);
    assert!(error.starts_with("CON-KEY-002"), "{error}");
    let (code, out, _) = run(&["--host-key", &fingerprint]);
    assert_eq!(code, 1);
    assert!(out.contains("BAD look: PUB-REM-007"), "{out}");
    let key = out
        .lines()
        .find_map(|line| line.split_once("right to write: "))
        .unwrap()
        .1;
    sshd.let_in(key);
    let (code, out, error) = run(&[]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains("ok  push: the host would take one"), "{out}");
    assert!(out.contains(key) && !out.contains("PRIVATE"));
}

/// A mirror is sent what the place of publication holds, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_follows() {
    let team = Team::new().await;
    assert_eq!(team.connect(TOKEN, &[]).0, 0);
    let mirror = Installation::empty("mirror");
    git(
        &mirror.repository(),
        &["config", "http.receivepack", "true"],
    );
    let second = Remote::serve(mirror.folder.path(), "mirror.git").await;
    let line = ["connect", &second.address, "--mirror-of", "register"];
    team.here.succeed(&line);
    let server = team.serve();
    wait("the mirror holds it", || {
        git(&mirror.repository(), &["for-each-ref", "refs/heads/main"]).contains("main")
    });
    let head = |repository: &Installation| git(&repository.repository(), &["rev-parse", "main"]);
    assert_eq!(head(&mirror), head(&team.there));
    server.stop();
}
