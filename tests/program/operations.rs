//! What operators do: back up, restore, lose an index, change and lose keys, upgrade, stand behind a proxy.

use countersign::hosting::Host;
use countersign::web::accounts::Accounts;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::ExposeSecret;
use sha2::Sha256;

use crate::common::nginx::{Nginx, free_port};
use crate::common::program::{Installation, Server, Visitor};
use crate::common::{self, DRAFT, POLICY, commit_files, git};

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
    // Two administrators, so that one can agree to what the other wrote.
    let two = "roles = [\"publisher\", \"administrator\"]";
    let text = POLICY.replace("roles = [\"publisher\"]", two);
    std::fs::write(&policy, text).unwrap();
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

const SIGNERS: &str = ".countersign/allowed_signers";

/// Cy pushes other keys, and Dee puts them in force on the page.
async fn allow(here: &Installation, dee: &mut Visitor, keys: &str) {
    let work = here.folder.path().join("work");
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    commit_files(
        &work,
        "Cy Lind <cy@example.org>",
        "Other keys",
        &[(SIGNERS, keys)],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let mut page = dee.get("/register/policy-change").await;
    while !page.html.contains("approve:amend") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        page = dee.get("/register/policy-change").await;
    }
    let form = page.form("/register/decisions");
    let form = form.with("decision", "approve:amend");
    let answer = dee.send(&form.with("reason", "As agreed.")).await;
    assert_eq!(answer.status, 303, "{}", answer.html);
}

fn key(here: &Installation, arguments: &[&str]) -> (i32, serde_json::Value) {
    let output = here.run(&[&["key", "--json"], arguments].concat());
    let told = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code().unwrap(), told)
}

fn line(told: &serde_json::Value) -> String {
    format!("{}\n", told["line"].as_str().unwrap())
}

/// A decision is refused, and what was typed comes back.
async fn is_not_signed(ben: &mut Visitor) {
    let page = ben.get("/register/review/notes/one").await;
    let form = page
        .form("/register/decisions")
        .with("reason", "Typed with care.");
    let answer = ben.send(&form.with("decision", "approve:validate")).await;
    for words in ["KEY-FORCE-001", "Typed with care."] {
        assert!(answer.html.contains(words), "{}", answer.html);
    }
}

fn is_proven(here: &Installation) {
    here.succeed(&["verify", &here.repository().display().to_string()]);
    here.succeed(&["rebuild", "--check"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_changed_without_a_gap() {
    let here = installation();
    let server = here.serve();
    let mut ben = here.sign_in(&server, "ben@example.org").await;
    let mut dee = here.sign_in(&server, "dee@example.org").await;
    ben.decide("register", "notes/one", "approve:validate")
        .await;
    let (code, told) = key(&here, &["--new"]);
    assert_eq!(
        (code, &told["repositories"][0]["allows_next"]),
        (0, &false.into())
    );
    let refused = here.run(&["key", "--use"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).starts_with("KEY-NEXT-002"));
    // Both count while the one takes the other's place.
    let both = line(&told) + &line(&told["next"]);
    allow(&here, &mut dee, &both).await;
    let beside = here.run(&["key", "--use"]);
    assert_eq!(beside.status.code(), Some(2), "beside a running server");
    server.stop();
    here.succeed(&["key", "--use"]);
    let (code, after) = key(&here, &[]);
    assert_eq!(
        (code, &after["fingerprint"]),
        (0, &told["next"]["fingerprint"])
    );
    let server = here.serve();
    ben.follow(&server);
    dee.follow(&server);
    let mut cy = here.sign_in(&server, "cy@example.org").await;
    cy.decide("register", "notes/one", "approve:activate").await;
    // Then the one before is taken out, by a change that the new one signs.
    allow(&here, &mut dee, &line(&after)).await;
    let record = ben.get("/register/records/notes/one").await;
    assert!(record.html.contains("active"), "{}", record.html);
    server.stop();
    is_proven(&here);
}

/// Whoever has the key that leaked can sign, and nothing that they sign counts from the change on.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_leaked_counts_for_nothing_any_more() {
    let here = installation();
    let server = here.serve();
    let mut dee = here.sign_in(&server, "dee@example.org").await;
    let (_, told) = key(&here, &["--new"]);
    let leaked = here.folder.path().join("leaked");
    std::fs::copy(here.data().join("key"), &leaked).unwrap();
    allow(&here, &mut dee, &line(&told["next"])).await;
    // From here on the server's own key is a stranger's: it signs nothing, and says so.
    let mut ben = here.sign_in(&server, "ben@example.org").await;
    is_not_signed(&mut ben).await;
    let health = ben.get("/register/health").await;
    assert!(
        health.html.contains("does not allow this server"),
        "{}",
        health.html
    );
    server.stop();
    assert_eq!(here.run(&["key"]).status.code(), Some(1));
    here.succeed(&["key", "--use"]);
    let server = here.serve();
    ben.follow(&server);
    ben.decide("register", "notes/one", "approve:validate")
        .await;
    server.stop();
    is_proven(&here);
    // The last attestation again, signed with the key that leaked.
    let work = here.folder.path().join("work");
    git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
    let message = git(&work, &["log", "-1", "--format=%B"]);
    let message = message.replace(
        "draft -> validated (validate)",
        "validated -> active (activate)",
    );
    let draft = std::fs::read_to_string(work.join("notes/one.md")).unwrap();
    std::fs::write(
        work.join("notes/one.md"),
        draft.replace("validated", "active"),
    )
    .unwrap();
    let signing = format!("user.signingkey={}", leaked.display());
    let forged = [
        "-c",
        "gpg.format=ssh",
        "-c",
        &signing,
        "commit",
        "-q",
        "-S",
        "-am",
        &message,
    ];
    git(&work, &forged);
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let verify = here.run(&["verify", &here.repository().display().to_string()]);
    let report = String::from_utf8_lossy(&verify.stdout).into_owned();
    assert_eq!(verify.status.code(), Some(1), "{report}");
    let server = here.serve();
    ben.follow(&server);
    let record = ben.get("/register/records/notes/one").await;
    assert!(
        record.html.contains("changed outside review") || record.html.contains("outside review"),
        "{}",
        record.html
    );
    server.stop();
}

/// A server that lost its key makes another one, which nobody allowed: nothing is signed that would not count.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_lost_its_key_signs_nothing_until_it_is_back() {
    let here = installation();
    let file = here.data().join("key");
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let server = here.serve();
    let mut ben = here.sign_in(&server, "ben@example.org").await;
    is_not_signed(&mut ben).await;
    server.stop();
    std::fs::write(&file, kept).unwrap();
    let server = here.serve();
    ben.follow(&server);
    ben.decide("register", "notes/one", "approve:validate")
        .await;
    server.stop();
    is_proven(&here);
}

/// The private database of an older program is brought up; that of a newer one is refused and left as it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_program_takes_over_from_an_older_one_and_not_from_a_newer_one() {
    let here = installation();
    let server = here.serve();
    let mut ben = here.sign_in(&server, "ben@example.org").await;
    server.stop();
    let file = format!("sqlite:{}", here.data().join("private.sqlite").display());
    let pool = sqlx::SqlitePool::connect(&file).await.unwrap();
    // What the program before the last change of the database left.
    sqlx::raw_sql("DROP TABLE host_apis; DROP TABLE requests; DELETE FROM _sqlx_migrations WHERE version = 1003")
        .execute(&pool)
        .await
        .unwrap();
    here.delete_index();
    let server = here.serve();
    ben.follow(&server);
    assert_eq!(ben.get("/register/hosting").await.status, 200);
    server.stop();
    is_proven(&here);
    sqlx::raw_sql("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', 1, x'00', 0)")
        .execute(&pool)
        .await
        .unwrap();
    let refused = here.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_ne!(refused.status.code(), Some(0));
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(error.starts_with("SRV-PRIVATE-001"), "{error}");
}

/// The proxy that is shipped as an example: TLS, cookies that go over nothing else, large webhooks, a stream that is not held back, and a guesser counted by the
/// address that the proxy saw.
#[tokio::test(flavor = "multi_thread")]
async fn behind_the_nginx_that_is_shipped_everything_works() {
    let here = installation();
    let port = free_port();
    let public = format!("https://localhost:{port}");
    let listen = ["--listen", "127.0.0.1:0", "--trusted-proxies", "127.0.0.1"];
    let server = here.serve_with(&[&listen[..], &["--public-url", &public]].concat(), &[]);
    let Some(nginx) = Nginx::start(port, &server.address).await else {
        return;
    };
    let told = here.succeed(&["user", "ben@example.org", "--json", "--public-url", &public]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let link = told["link"].as_str().unwrap();
    assert!(link.starts_with(&public), "{link}");
    let client = nginx.client_at([127, 0, 0, 1]);
    let mut ben = Visitor::at(&nginx.address, client.clone());
    let page = ben.get(link.strip_prefix(&public).unwrap()).await;
    let form = page.form("/sign-in/link/").with("password", PASSWORD);
    let answer = ben.send(&form).await;
    assert_eq!(answer.status, 303, "{}", answer.html);
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .collect();
    assert!(
        cookies
            .iter()
            .all(|cookie| cookie.starts_with("__Host-") && cookie.contains("Secure"))
    );
    // An open page hears of a decision before anything else comes after it.
    let mut stream = ben.listen("/register/live").await;
    let decided = ben
        .decide("register", "notes/one", "approve:validate")
        .await;
    assert_eq!(decided.status, 200);
    let heard = async {
        let mut heard = String::new();
        while !heard.contains("event: look") {
            let part = stream.chunk().await.unwrap().unwrap();
            heard.push_str(&String::from_utf8_lossy(&part));
        }
    };
    let in_time = tokio::time::timeout(std::time::Duration::from_secs(10), heard);
    in_time.await.expect("the stream is not held back");
    // A webhook as large as hosts send is proven over the bytes that came.
    let accounts = Accounts::open(&here.data().join("private.sqlite"))
        .await
        .unwrap();
    let secret = "a secret of a webhook";
    accounts
        .change_hook("register", Host::GitHub, &secret.into(), 0)
        .await
        .unwrap();
    let body = format!(
        "{{\"ref\":\"refs/heads/main\",\"x\":\"{}\"}}",
        "x".repeat(24 << 20)
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let code = hex::encode(mac.finalize().into_bytes());
    let sent = client
        .post(format!("{}/hooks/register/github", nginx.address))
        .header("x-github-event", "push")
        .header("x-hub-signature-256", format!("sha256={code}"))
        .body(body);
    assert_eq!(sent.send().await.unwrap().status(), 202);
    // Whatever a guesser says of where they are, the proxy adds where they are.
    let stranger = nginx.client_at([127, 0, 0, 2]);
    for number in 0..11 {
        let answer = stranger
            .post(format!("{}/sign-in", nginx.address))
            .header("origin", &nginx.address)
            .header("x-forwarded-for", format!("198.51.100.{number}"))
            .form(&[("address", "cy@example.org"), ("password", "wrong, again")])
            .send()
            .await
            .unwrap();
        let expected = if number < 10 { 401 } else { 429 };
        assert_eq!(answer.status(), expected, "try {number}");
    }
    server.stop();
}
