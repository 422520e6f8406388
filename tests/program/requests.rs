//! A team lives on a git host and its requests: what is said there is said here, and the other way round, and nobody does anything twice.

use std::time::Duration;

use countersign::hosting::Host;
use countersign::web::accounts::Accounts;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::common::browser::Page;
use crate::common::git_host::{self, GitHost, Pull};
use crate::common::program::{Installation, Server, Visitor};
use crate::common::remote::Remote;
use crate::common::{DRAFT, POLICY, commit_files, git};

const NOTE: &str = "notes/one.md";
const TOKEN: &str = "canary-of-a-token";

/// A repository on a host with an API, connected, adopted and served.
struct Team {
    here: Installation,
    there: tempfile::TempDir,
    remote: Remote,
    git_host: GitHost,
    host: Host,
}

fn policy(host: Host) -> String {
    let accounts = |policy: String, address: &str, account: u64| {
        let line = format!("addresses = [\"{address}\"]");
        let with = format!("{line}\naccounts = [\"{host}:{account}\"]");
        policy.replace(&line, &with)
    };
    let policy = accounts(POLICY.to_owned(), "ben@example.org", 22);
    let policy = accounts(policy, "cy@example.org", 33);
    let proposals = "[proposals]\nhost_approvals = \"counted\"\n\n[collections.notes]";
    policy.replace("[collections.notes]", proposals)
}

impl Team {
    async fn new(host: Host) -> Self {
        let there = tempfile::tempdir().unwrap();
        let path = format!("{}.git", git_host::PROJECT);
        git(there.path(), &["init", "-q", "--bare", "-b", "main", &path]);
        git(there.path(), &["clone", "-q", &path, "work"]);
        let work = there.path().join("work");
        commit_files(
            &work,
            "Ana Roche <ana@example.org>",
            "Begin",
            &[(NOTE, DRAFT), ("notes/two.md", DRAFT)],
        );
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
        git(
            &there.path().join(&path),
            &["config", "http.receivepack", "true"],
        );
        let remote = Remote::serve(there.path(), &path).await;
        remote.asks_for(Some(("x-access-token", TOKEN)));
        Self {
            here: Installation::empty("nothing"),
            there,
            remote,
            git_host: GitHost::serve(host).await,
            host,
        }
    }

    fn file(&self, name: &str, text: &str) -> String {
        use std::os::unix::fs::PermissionsExt;
        let file = self.here.folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        file.display().to_string()
    }

    /// Connects, and returns what was told, by what was tried.
    fn connect(&self, more: &[&str]) -> (i32, Value) {
        let (token, api) = (self.file("token", TOKEN), self.file("api", git_host::TOKEN));
        let line = [
            "connect",
            &self.remote.address,
            "--token-file",
            &token,
            "--user",
            "x-access-token",
            "--host",
            self.host.name(),
            "--api-token-file",
            &api,
            "--api-url",
            &self.git_host.address,
            "--json",
        ];
        let output = self.here.run(&[&line, more].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, error) = (text(&output.stdout), text(&output.stderr));
        assert!(!format!("{out}{error}").contains("canary"), "{out}{error}");
        let told = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{error}"));
        (output.status.code().unwrap(), told)
    }

    fn adopt(&self) {
        let policy = self.file("policy.toml", &policy(self.host));
        let by = "Dee Moss <dee@example.org>";
        self.here
            .succeed(&["adopt", "register", "--as", by, "--policy", &policy]);
    }

    fn serve(&self) -> Server {
        self.here
            .serve_held(&["--listen", "127.0.0.1:0", "--interval", "0.5"], &[])
    }

    /// A text on a new commit from the published branch, under a request's ref or on a branch there. Returns the commit.
    fn push(&self, to: &str, path: &str, text: &str) -> String {
        let work = self.there.path().join("work");
        git(&work, &["fetch", "-q", "origin"]);
        git(&work, &["switch", "-q", "--detach", "origin/main"]);
        commit_files(
            &work,
            "Joe <joe@example.net>",
            "A first subject",
            &[(path, text)],
        );
        git(
            &work,
            &["push", "-q", "--force", "origin", &format!("HEAD:{to}")],
        );
        git(&work, &["rev-parse", "HEAD"]).trim().to_owned()
    }

    /// The ref under which the host keeps a request's head, and the branch that follows it here.
    fn names(&self, number: u64) -> (String, String) {
        match self.host {
            Host::GitLab => (
                format!("refs/merge-requests/{number}/head"),
                format!("merge-requests%2F{number}"),
            ),
            Host::Bitbucket => (
                format!("refs/heads/proposals/{number}"),
                format!("proposals%2F{number}"),
            ),
            _ => (
                format!("refs/pull/{number}/head"),
                format!("pull%2F{number}"),
            ),
        }
    }

    /// Joe opens a request.
    fn open(&self, number: u64, title: &str, path: &str, text: &str) -> String {
        let head = self.push(&self.names(number).0, path, text);
        let branch = format!("proposals/{number}");
        self.git_host.open(Pull {
            number,
            title: title.to_owned(),
            text: "Readers asked\nfor it.".to_owned(),
            author: 7,
            head: head.clone(),
            branch: (self.host == Host::Bitbucket).then_some(branch),
            ..Pull::default()
        });
        head
    }

    fn page(&self, number: u64) -> String {
        format!("/register/proposals/{}", self.names(number).1)
    }

    fn published(&self, path: &str) -> String {
        let bare = self.there.path().join(format!("{}.git", git_host::PROJECT));
        git(&bare, &["show", &format!("main:{path}")])
    }
}

fn shorter() -> String {
    DRAFT.replace("A note is a short text.", "A note is short.")
}

/// Waits until a page says something.
async fn says(visitor: &mut Visitor, path: &str, words: &str) -> Page {
    let mut last = String::new();
    for _ in 0..300 {
        let page = visitor.get(path).await;
        if page.html.contains(words) {
            return page;
        }
        last = page.html;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{path} does not say {words}: {last}");
}

async fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..300 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited in vain: {what}");
}

/// The whole way of requests on one kind of host.
async fn story(host: Host) {
    let team = Team::new(host).await;
    let (code, told) = team.connect(&[]);
    assert_eq!(code, 0, "{told}");
    team.adopt();
    let server = team.serve();
    let mut ana = team.here.sign_in(&server, "ana@example.org").await;
    let head = team.open(7, "Say it shorter", NOTE, &shorter());
    // Its title and description are the host's, and the host shows whose turn it is.
    let page = says(&mut ana, &team.page(7), "Say it shorter").await;
    assert!(page.html.contains("Readers asked"), "{}", page.html);
    let short = if host == Host::Bitbucket {
        &head[..12]
    } else {
        &head
    };
    wait("a status", || team.git_host.status(short).is_some()).await;
    let (state, words) = team.git_host.status(short).unwrap();
    assert!(
        ["pending", "INPROGRESS"].contains(&state.as_str()),
        "{state}"
    );
    assert_eq!(words, "waits for Ben Aster or Dee Moss");
    wait("a comment", || team.git_host.comments().len() == 1).await;
    assert!(team.git_host.comments()[0].contains("`One note`: waits for"));
    // A title that changes there is another here; one that changes here is another there.
    team.git_host
        .change(7, |pull| pull.title = "Shorter, and clearer".to_owned());
    says(&mut ana, &team.page(7), "Shorter, and clearer").await;
    let page = ana.get(&team.page(7)).await;
    let form = page
        .form("/register/decisions")
        .with("decision", "describe");
    let form = form
        .with("title", "Say it once")
        .with("description", "Once is enough.");
    assert_eq!(ana.send(&form).await.status, 303);
    wait("the title is there", || {
        team.git_host.pull(7).title == "Say it once"
    })
    .await;
    assert_eq!(team.git_host.pull(7).text, "Once is enough.");
    // Closed and opened again there, and the same here.
    if host != Host::Bitbucket {
        team.git_host.change(7, |pull| pull.is_open = false);
        says(&mut ana, &team.page(7), "class=\"state closed\"").await;
        team.git_host.change(7, |pull| pull.is_open = true);
        says(&mut ana, &team.page(7), "class=\"state open\"").await;
        for (decision, is_open) in [("close", false), ("reopen", true)] {
            let page = ana.get(&team.page(7)).await;
            let form = page.form("/register/decisions").with("decision", decision);
            assert_eq!(ana.send(&form).await.status, 303);
            wait(decision, || team.git_host.pull(7).is_open == is_open).await;
        }
    }
    let mut ben = team.here.sign_in(&server, "ben@example.org").await;
    lands(&team, &mut ben, &head).await;
    let verified = team.here.data().join("repositories/register/git");
    let verified = verified.display().to_string();
    team.here.succeed(&["verify", &verified]);
    team.here.succeed(&["rebuild", "--check"]);
    // One comment, however often it changed, and no token in any word of it.
    assert_eq!(team.git_host.comments().len(), 1);
    server.stop();
}

/// It is approved: there where the host says what was approved, else here. Then it lands, and the request is closed.
async fn lands(team: &Team, ben: &mut Visitor, head: &str) {
    // The author's own approval there counts for nobody, nor does that of an account that the policy does not name.
    team.git_host.approve(7, 7);
    team.git_host.approve(7, 99);
    team.git_host.approve(7, 22);
    if team.host == Host::Bitbucket {
        let page = ben
            .get(&format!(
                "/register/review/notes/one?proposal={}",
                team.names(7).1
            ))
            .await;
        let form = page.form("/register/decisions");
        assert_eq!(
            ben.send(&form.with("decision", "approve:validate"))
                .await
                .status,
            303
        );
    }
    wait("it is published", || {
        team.published(NOTE).contains("status: validated")
    })
    .await;
    assert!(team.published(NOTE).contains("A note is short."));
    wait("the request is closed", || !team.git_host.pull(7).is_open).await;
    let short = if team.host == Host::Bitbucket {
        &head[..12]
    } else {
        head
    };
    wait("the status is good", || {
        let (state, words) = team.git_host.status(short).unwrap();
        ["success", "SUCCESSFUL"].contains(&state.as_str()) && words == "published"
    })
    .await;
    let comment = team.git_host.comments().remove(0);
    assert!(comment.contains("`One note`: published"), "{comment}");
    if team.host != Host::Bitbucket {
        let page = ben.get("/register/records/notes/one/history").await;
        let record = ben.get("/register/records/notes/one").await;
        let both = page.html + &record.html;
        assert!(both.contains("Ben Aster"), "{both}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn on_github() {
    story(Host::GitHub).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_gitlab() {
    story(Host::GitLab).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_forgejo() {
    story(Host::Forgejo).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_bitbucket() {
    story(Host::Bitbucket).await;
}

/// What was approved there is a text, not a request: another text that was pushed meanwhile is not approved.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_of_another_text_counts_for_nothing() {
    for host in [Host::GitHub, Host::GitLab] {
        let team = Team::new(host).await;
        assert_eq!(team.connect(&[]).0, 0);
        team.adopt();
        team.open(7, "Say it shorter", NOTE, &shorter());
        team.git_host.approve(7, 22);
        let longer = DRAFT.replace("Notes are short.", "Notes are long.");
        let head = team.push(&team.names(7).0, NOTE, &longer);
        team.git_host.change(7, |pull| pull.head.clone_from(&head));
        let server = team.serve();
        let mut ana = team.here.sign_in(&server, "ana@example.org").await;
        says(&mut ana, &team.page(7), "Say it shorter").await;
        wait("a status", || team.git_host.status(&head).is_some()).await;
        let (_, words) = team.git_host.status(&head).unwrap();
        assert_eq!(words, "waits for Ben Aster or Dee Moss");
        // The very text is: then it counts.
        team.git_host.approve(7, 22);
        wait("it is published", || {
            team.published(NOTE).contains("status: validated")
        })
        .await;
        server.stop();
    }
}

/// What is approved there may be told before git brings it: it counts as soon as it is here.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_is_told_before_its_commit_came_counts_later() {
    let team = Team::new(Host::GitHub).await;
    assert_eq!(team.connect(&[]).0, 0);
    team.adopt();
    let (name, _) = team.names(7);
    let head = team.open(7, "Say it shorter", NOTE, &shorter());
    let bare = team.there.path().join(format!("{}.git", git_host::PROJECT));
    git(&bare, &["update-ref", "-d", &name]);
    team.git_host.approve(7, 22);
    let server = team.serve();
    let asked = || {
        let memory = team.git_host.memory.lock().unwrap();
        let mut calls = memory.calls.iter();
        calls.any(|call| call.ends_with("/pulls"))
    };
    wait("the host was asked", asked).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    git(&bare, &["update-ref", &name, &head]);
    wait("it is published", || {
        team.published(NOTE).contains("status: validated")
    })
    .await;
    server.stop();
}

/// A request that changes no record is the host's own business, and one that changes more than records is closed by nobody here.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_record_is_left_to_the_host() {
    let team = Team::new(Host::GitHub).await;
    assert_eq!(team.connect(&[]).0, 0);
    team.adopt();
    team.open(5, "Say how to build it", "README.md", "Build it.");
    let work = team.there.path().join("work");
    team.open(6, "Shorter, and a note on it", NOTE, &shorter());
    commit_files(
        &work,
        "Joe <joe@example.net>",
        "A note",
        &[("README.md", "Read it.")],
    );
    git(
        &work,
        &[
            "push",
            "-q",
            "--force",
            "origin",
            &format!("HEAD:{}", team.names(6).0),
        ],
    );
    let head = git(&work, &["rev-parse", "HEAD"]).trim().to_owned();
    team.git_host.change(6, |pull| pull.head.clone_from(&head));
    let server = team.serve();
    let mut ben = team.here.sign_in(&server, "ben@example.org").await;
    says(&mut ben, &team.page(6), "Shorter, and a note on it").await;
    team.git_host.approve(6, 22);
    wait("it is published", || {
        team.published(NOTE).contains("status: validated")
    })
    .await;
    wait("the status is good", || {
        let status = team.git_host.status(&head);
        status.is_some_and(|(state, _)| state == "success")
    })
    .await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(team.git_host.pull(6).is_open, "README.md would be lost");
    assert!(team.git_host.pull(5).is_open);
    assert_eq!(team.git_host.comments().len(), 1);
    assert_eq!(team.git_host.status(&team.git_host.pull(5).head), None);
    server.stop();
}

/// A host that is in a bad mood holds up nothing here, is named on the page of the register's health, and is caught up with.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_declines_is_named_and_caught_up_with() {
    let team = Team::new(Host::GitHub).await;
    assert_eq!(team.connect(&[]).0, 0);
    team.adopt();
    let server = team.serve();
    let mut dee = team.here.sign_in(&server, "dee@example.org").await;
    for (status, headers, body, code) in [
        (
            401,
            &[][..],
            format!(r#"{{"message":"Bad credentials {}"}}"#, git_host::TOKEN),
            "HST-API-002",
        ),
        (
            403,
            &[],
            r#"{"message":"Resource not accessible"}"#.to_owned(),
            "HST-API-003",
        ),
        (
            403,
            &[("x-ratelimit-remaining", "0")],
            "{}".to_owned(),
            "HST-API-005",
        ),
        (500, &[], "<html>".repeat(1000), "HST-API-006"),
        (200, &[], "<html>".to_owned(), "HST-API-007"),
    ] {
        team.git_host.break_with(status, headers, &body);
        let page = dee.get("/register/hosting").await;
        dee.send(&page.form("/register/hosting").with("act", "look"))
            .await;
        let page = says(&mut dee, "/register/hosting", code).await;
        let health = says(&mut dee, "/register/health", "not in step").await;
        assert!(!(page.html + &health.html).contains("canary"));
    }
    team.open(8, "Say it shorter", NOTE, &shorter());
    team.git_host.mend();
    says(&mut dee, &team.page(8), "Say it shorter").await;
    server.stop();
}

/// What is private here is lost with its database: the comment is found again by its mark, and nothing is said twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_private_database_makes_no_second_comment() {
    let team = Team::new(Host::GitHub).await;
    assert_eq!(team.connect(&[]).0, 0);
    team.adopt();
    let head = team.open(7, "Say it shorter", NOTE, &shorter());
    let server = team.serve();
    wait("a comment", || team.git_host.comments().len() == 1).await;
    server.stop();
    for file in std::fs::read_dir(team.here.data()).unwrap() {
        let file = file.unwrap();
        if file
            .file_name()
            .to_string_lossy()
            .starts_with("private.sqlite")
        {
            std::fs::remove_file(file.path()).unwrap();
        }
    }
    assert_eq!(team.connect(&[]).0, 0);
    let told = team.git_host.memory.lock().unwrap().statuses.len();
    let server = team.serve();
    wait("it is told again", || {
        team.git_host.memory.lock().unwrap().statuses.len() > told
    })
    .await;
    assert_eq!(team.git_host.comments().len(), 1);
    assert!(team.git_host.status(&head).is_some());
    server.stop();
}

/// Whoever governs the register connects the host on its page; where the API stands is told by the repository's own address.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_connects_the_host_and_forgets_it_again() {
    let team = Team::new(Host::GitHub).await;
    assert_eq!(team.connect(&[]).0, 0);
    let forget = ["connect", &team.remote.address, "--forget"];
    team.here.succeed(&forget);
    let token = team.file("token", TOKEN);
    let again = [
        "connect",
        &team.remote.address,
        "--token-file",
        &token,
        "--user",
        "x-access-token",
    ];
    team.here.succeed(&again);
    team.adopt();
    team.remote.with_api(team.git_host.router.clone());
    let server = team.serve();
    let mut ben = team.here.sign_in(&server, "ben@example.org").await;
    let page = ben.get("/register/hosting").await;
    assert!(page.html.contains("No API is asked") && !page.html.contains("connect-api"));
    let mut dee = team.here.sign_in(&server, "dee@example.org").await;
    let page = dee.get("/register/hosting").await;
    let form = |page: &Page| page.form("/register/hosting").with("host", "github");
    for (token, code) in [("", "HST-TOKEN-001"), ("canary-of-another", "HST-API-002")] {
        let sent = form(&page).with("token", token).with("act", "connect-api");
        let answer = dee.send(&sent).await;
        assert!(answer.html.contains(code), "{}", answer.html);
        assert!(!answer.html.contains("canary"));
    }
    let sent = form(&page)
        .with("host", "plain")
        .with("token", git_host::TOKEN);
    let answer = dee.send(&sent.with("act", "connect-api")).await;
    assert!(answer.html.contains("HST-PLACE-001"), "{}", answer.html);
    let sent = form(&page)
        .with("token", git_host::TOKEN)
        .with("act", "connect-api");
    let answer = dee.send(&sent).await;
    for words in [
        "It answers, and no request is open",
        "made on the host",
        "around review",
        "One stands beside the head",
    ] {
        assert!(answer.html.contains(words), "{}", answer.html);
    }
    assert!(!answer.html.contains("canary"), "{}", answer.html);
    team.open(7, "Say it shorter", NOTE, &shorter());
    says(&mut dee, &team.page(7), "Say it shorter").await;
    says(&mut dee, &team.page(7), "Request 7 of joe").await;
    let page = dee.get("/register/hosting").await;
    dee.send(&form(&page).with("act", "forget-api")).await;
    assert!(
        dee.get("/register/hosting")
            .await
            .html
            .contains("No API is asked")
    );
    server.stop();
}

/// One command sets the host up; a second one changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn connect_makes_what_the_host_needs_and_says_what_it_found() {
    for host in [Host::GitHub, Host::GitLab, Host::Gitea, Host::Bitbucket] {
        let team = Team::new(host).await;
        for round in 0..2 {
            let (code, told) = team.connect(&["--public-url", "https://register.example.org"]);
            assert_eq!(code, 0, "{told}");
            let step = |what: &str| {
                let steps = told["steps"].as_array().unwrap();
                let found = steps.iter().find(|step| step["what"] == what);
                found.unwrap()["told"].as_str().unwrap().to_owned()
            };
            assert_eq!(step("api"), "it answers, and 0 requests are open");
            let expected = [
                "it is made on the host",
                "it is on the host already, as it should be",
            ];
            assert_eq!(step("webhook"), expected[round]);
            assert!(step("protection").contains("around review"));
            assert!(step("status").starts_with("a status stands"));
            assert!(step("delivery").starts_with("the server does not run"));
        }
        let memory = team.git_host.memory.lock().unwrap();
        assert_eq!(memory.hooks.len(), 1);
        let hook = memory.hooks[0].to_string();
        let address = format!("https://register.example.org/hooks/register/{host}");
        assert!(hook.contains(&address), "{hook}");
    }
}

/// Beside a running server the whole way is tried: the host sends a webhook as soon as it is told where to, and it is proven here.
#[tokio::test(flavor = "multi_thread")]
async fn connect_beside_the_server_waits_for_the_hosts_own_webhook() {
    let team = Team::new(Host::GitHub).await;
    assert_eq!(team.connect(&[]).0, 0);
    team.adopt();
    let server = team.serve();
    let delivery = |told: &Value| {
        let steps = told["steps"].as_array().unwrap();
        let found = steps.iter().find(|step| step["what"] == "delivery");
        found.unwrap()["told"].as_str().unwrap().to_owned()
    };
    // The host was told of another address.
    let (code, told) = team.connect(&["--public-url", "http://127.0.0.1:1"]);
    assert_eq!(code, 1, "{told}");
    assert!(delivery(&told).starts_with("CON-HOOK-001"), "{told}");
    let (code, told) = team.connect(&["--public-url", &server.address]);
    assert_eq!(code, 0, "{told}");
    assert_eq!(delivery(&told), "one came in, and was proven");
    server.stop();
}

/// With the private database the secret was lost, and the host still has the one before: it is given the new one, and tried.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_knows_another_secret_is_given_the_one_that_counts() {
    for host in [Host::GitHub, Host::GitLab, Host::Gitea] {
        let team = Team::new(host).await;
        assert_eq!(team.connect(&[]).0, 0);
        team.adopt();
        let server = team.serve();
        let told = || {
            let (code, told) = team.connect(&["--public-url", &server.address]);
            assert_eq!(code, 0, "{told}");
        };
        told();
        let file = team.here.data().join("private.sqlite");
        let accounts = Accounts::open(&file).await.unwrap();
        accounts.end_hook("register", host).await.unwrap();
        told();
        let known = accounts.hook_secrets("register", host).await.unwrap();
        let counts = known[0].expose_secret().to_owned();
        let there = team.git_host.memory.lock().unwrap().hooks[1].to_string();
        assert!(there.contains(&counts), "{there}");
        // The last one that came in is proven by it.
        let proven = async || {
            let came = accounts.deliveries("register", 1).await.unwrap();
            came.first().is_some_and(|one| one.outcome != "refused")
        };
        while !proven().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.stop();
    }
}
