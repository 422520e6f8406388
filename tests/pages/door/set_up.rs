//! The first page of a repository, as an operator and as a stranger find it.

use std::sync::Arc;

use axum::http::StatusCode;
use countersign::index::Index;
use countersign::repository::SigningKey;
use countersign::review::{Committer, Desk, find_baseline, verify};
use countersign::web::accounts::Accounts;
use countersign::web::{Served, Web, router};
use indexmap::IndexMap;

use crate::common::browser::{Browser, Form, NOW};
use crate::common::program::Installation;
use crate::common::{DRAFT, POLICY, commit_files, git};

/// A bare repository that nobody has adopted, served.
struct Place {
    folder: tempfile::TempDir,
    web: Arc<Web>,
    set_up: String,
}

impl Place {
    async fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        git(
            folder.path(),
            &["init", "-q", "--bare", "-b", "main", "repo.git"],
        );
        git(folder.path(), &["clone", "-q", "repo.git", "work"]);
        let work = folder.path().join("work");
        commit_files(&work, "Ana Roche <ana@example.org>", "Begin", files);
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
        let index = Index::open(&folder.path().join("index.sqlite"))
            .await
            .unwrap();
        let key = SigningKey::load_or_create(&folder.path().join("key")).unwrap();
        let path = folder.path().join("repo.git");
        let desk = Arc::new(Desk::new("register", path, "refs/heads/main", index, key));
        desk.sync().await.unwrap();
        let committer = Committer::start(Arc::clone(&desk));
        let accounts = Accounts::open(&folder.path().join("private.sqlite"))
            .await
            .unwrap();
        let token = accounts.set_up_link("register").await.unwrap();
        let served = Served { desk, committer };
        let web = Arc::new(Web {
            served: IndexMap::from([("register".to_owned(), served)]),
            accounts,
            now: || NOW,
            secure_cookies: false,
            public_url: "https://register.example.org".to_owned(),
            provider: None,
            trusted_proxies: Vec::new(),
            mail: None,
            sites: countersign::web::sites::Sites::default(),
            hooks: countersign::web::hooks::Hooks::default(),
            sender: countersign::publish::sender::Sender::new(&[]).unwrap(),
            stopping: tokio::sync::watch::channel(false).1,
        });
        Self {
            folder,
            web,
            set_up: format!("/set-up/{token}"),
        }
    }

    fn visitor(&self) -> Browser {
        Browser::of(router(Arc::clone(&self.web)))
    }

    fn repository(&self) -> countersign::repository::Repository {
        countersign::repository::Repository::open(&self.folder.path().join("repo.git")).unwrap()
    }

    fn is_adopted(&self) -> bool {
        let repository = self.repository();
        let tip = repository.head_of("refs/heads/main").unwrap().unwrap();
        find_baseline(&repository, tip).unwrap().is_some()
    }
}

/// Somebody in a row of the form, with roles.
fn person(form: Form, row: usize, name: &str, address: &str, roles: &[&str]) -> Form {
    let named = form
        .with(&format!("name-{row}"), name)
        .with(&format!("address-{row}"), address);
    roles.iter().fold(named, |form, role| {
        form.with(&format!("role-{row}-{role}"), "true")
    })
}

fn people(form: Form) -> Form {
    let form = person(
        form,
        0,
        "Dee Moss",
        "Dee@example.org",
        &["administrator", "reviewer"],
    );
    let form = person(
        form,
        1,
        "Ana Roche",
        "ana@example.org",
        &["reviewer", "author"],
    );
    person(form, 2, "Cy Lind", "cy@example.org", &["publisher"])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sets_a_register_up_without_a_command() {
    let place = Place::with(&[("notes/a.md", DRAFT), ("notes/b.md", DRAFT)]).await;
    let mut operator = place.visitor();
    let page = operator.get(&place.set_up).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.has("[collections.notes]"), "{}", page.html);
    assert!(page.has("Name the people above first"), "{}", page.html);
    let form = people(page.form("/set-up/"));
    let written = operator.send_form(&form.with("act", "propose")).await;
    assert_eq!(written.status, StatusCode::OK, "{}", written.html);
    assert!(
        written.has("Nothing is wrong with these rules."),
        "{}",
        written.html
    );
    let form = written.form("/set-up/");
    assert!(form.get("policy").contains("ana@example.org"));
    assert_eq!(form.get("name-0"), "Dee Moss");
    assert!(!place.is_adopted());
    let done = operator.send_form(&form.with("act", "adopt")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    // The operator is inside; the others have links, the operator none.
    assert_eq!(operator.get("/register/queue").await.status, StatusCode::OK);
    let links: Vec<&str> = done
        .html
        .split("https://register.example.org/sign-in/link/")
        .skip(1)
        .collect();
    assert_eq!(links.len(), 2, "{}", done.html);
    let mut ana = place.visitor();
    let link = ana.get(&format!("/sign-in/link/{}", &links[0][..64])).await;
    assert!(link.has("Welcome, Ana Roche"), "{}", link.html);
    // It is what the command makes, and an auditor agrees.
    let report = verify(&place.repository(), "refs/heads/main", None).unwrap();
    assert!(report.is_proven(), "{report}");
    let log = git(
        &place.folder.path().join("repo.git"),
        &["log", "-1", "--format=%an <%ae>%n%B", "main"],
    );
    assert!(log.starts_with("Dee Moss <dee@example.org>"), "{log}");
    // And it is done once.
    for mut browser in [operator, place.visitor()] {
        let again = browser.get(&place.set_up).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        assert!(again.has("WEB-SETUP-001"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_sets_nothing_up() {
    let place = Place::with(&[("notes/a.md", DRAFT)]).await;
    let mut stranger = place.visitor();
    let other = place
        .web
        .accounts
        .link("dee@example.org", None, true)
        .await
        .unwrap();
    for token in ["x", &"0".repeat(64), &other] {
        let address = format!("/set-up/{token}");
        let page = stranger.get(&address).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{token}");
        assert!(!page.has("countersign.toml"), "{}", page.html);
        let fields = [
            ("act", "adopt"),
            ("policy", POLICY),
            ("name-0", "Eve"),
            ("address-0", "eve@example.org"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let answer = stranger.post(&address, &fields).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{token}");
    }
    assert!(!place.is_adopted());
    // A link that was printed again ends the one before, and a set-up link signs nobody in.
    let token = place.set_up.rsplit('/').next().unwrap();
    let page = stranger.get(&format!("/sign-in/link/{token}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    place.web.accounts.set_up_link("register").await.unwrap();
    assert_eq!(
        stranger.get(&place.set_up).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_with_faults_is_shown_with_them_and_not_adopted() {
    let place = Place::with(&[("notes/a.md", DRAFT)]).await;
    let mut operator = place.visitor();
    let page = operator.get(&place.set_up).await;
    let hostile = "title = \"</textarea><script>alert(1)</script>\"\nnonsense = 1\n";
    let form = people(page.form("/set-up/")).with("policy", hostile);
    for act in ["check", "adopt"] {
        let answer = operator.send_form(&form.clone().with("act", act)).await;
        assert!(
            answer.has("keep them from being adopted"),
            "{act}: {}",
            answer.html
        );
        assert!(!answer.has("<script>alert"), "{act}");
        assert_eq!(answer.form("/set-up/").get("policy"), hostile, "{act}");
    }
    // A text changed by hand is not written over unasked.
    let answer = operator
        .send_form(&form.clone().with("act", "propose"))
        .await;
    assert!(answer.has("WEB-SETUP-002"), "{}", answer.html);
    assert_eq!(answer.form("/set-up/").get("policy"), hostile);
    let answer = operator.send_form(&form.with("act", "replace")).await;
    assert!(
        answer
            .form("/set-up/")
            .get("policy")
            .contains("cy@example.org")
    );
    assert!(!place.is_adopted());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_in_the_rows_is_left_out_unsaid() {
    let place = Place::with(&[("notes/a.md", DRAFT)]).await;
    let mut operator = place.visitor();
    let page = operator.get(&place.set_up).await;
    let form = people(page.form("/set-up/"));
    // Adopting at once writes the policy from the rows first, and shows it.
    let shown = operator.send_form(&form.with("act", "adopt")).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.html);
    assert!(
        shown
            .form("/set-up/")
            .get("policy")
            .contains("ana@example.org")
    );
    assert!(!place.is_adopted());
    // Somebody who stands above a text changed by hand, and not in it.
    let form = shown.form("/set-up/");
    let policy = format!("{}\n# by hand\n", form.get("policy"));
    let form = person(form, 3, "Ben Aster", "ben@example.org", &["reviewer"]);
    let answer = operator
        .send_form(&form.with("policy", &policy).with("act", "adopt"))
        .await;
    assert!(answer.has("WEB-SETUP-003"), "{}", answer.html);
    // Who adopts has a name.
    let form = shown
        .form("/set-up/")
        .with("name-0", "")
        .with("act", "adopt");
    assert!(operator.send_form(&form).await.has("POL-070"));
    assert!(!place.is_adopted());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_lies_there_is_adopted_as_it_lies() {
    let policy = POLICY.replace('\n', "\r\n");
    let place = Place::with(&[("notes/a.md", DRAFT), ("countersign.toml", &policy)]).await;
    let mut operator = place.visitor();
    let page = operator.get(&place.set_up).await;
    assert!(!page.has("role-1-reviewer"), "{}", page.html);
    let form = person(
        page.form("/set-up/"),
        0,
        "Somebody Else",
        "operator@example.net",
        &[],
    );
    let done = operator.send_form(&form.with("act", "adopt")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    let repository = place.repository();
    let tip = repository.head_of("refs/heads/main").unwrap().unwrap();
    assert_eq!(
        repository.text(tip, "countersign.toml").unwrap().unwrap(),
        policy
    );
    // Whom the policy does not name is not signed in, and everybody it names has a link.
    assert!(!operator.cookies.contains_key("countersign"));
    assert_eq!(done.html.matches("/sign-in/link/").count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_for_another_branch_is_refused() {
    let place = Place::with(&[("notes/a.md", DRAFT)]).await;
    let mut operator = place.visitor();
    let page = operator.get(&place.set_up).await;
    let policy = POLICY.replace("branch = \"main\"", "branch = \"trunk\"");
    let form = page
        .form("/set-up/")
        .with("policy", &policy)
        .with("act", "adopt");
    let form = person(form, 0, "Dee Moss", "dee@example.org", &[]);
    let answer = operator.send_form(&form).await;
    assert!(answer.has("POL-ADOPT-005"), "{}", answer.html);
    assert!(!place.is_adopted());
}

/// The link is printed at each start until the register is adopted, and then no more.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_prints_the_operators_link() {
    let installation = Installation::empty("register");
    let folder = installation.folder.path();
    git(folder, &["clone", "-q", "register.git", "work"]);
    let work = folder.join("work");
    commit_files(
        &work,
        "Ana Roche <ana@example.org>",
        "Begin",
        &[("notes/a.md", DRAFT)],
    );
    git(&work, &["push", "-q", "origin", "HEAD:main"]);
    let mut links: Vec<String> = Vec::new();
    for _ in 0..2 {
        let mut server = installation.serve();
        let line = server.next_line();
        let (_, link) = line
            .split_once("Set it up: ")
            .unwrap_or_else(|| panic!("{line}"));
        let path = link.strip_prefix(&server.address).unwrap().to_owned();
        let mut operator = server.visitor();
        assert_eq!(operator.get(&path).await.status, 200);
        if let Some(before) = links.last() {
            assert_eq!(operator.get(before).await.status, 404);
        }
        links.push(path);
        server.stop();
    }
    assert_ne!(links[0], links[1]);
    let private = std::fs::read(installation.data().join("private.sqlite")).unwrap();
    let token = links[1].rsplit('/').next().unwrap().as_bytes();
    assert!(!private.windows(token.len()).any(|bytes| bytes == token));
}
