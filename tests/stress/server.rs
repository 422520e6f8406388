//! The built program as a child process on a repository of its own, and people who use it over HTTP.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::common::browser::{Form, Page, encoded};
use super::common::{DRAFT, POLICY, commit_files, git, http};

const PROGRAM: &str = env!("CARGO_BIN_EXE_countersign");

/// How long a server may take from its start to its first answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A bare repository, a clone to push from, and a data directory.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// Makes a repository of draft records with plain git and adopts it with the program.
    pub fn with_drafts(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = Self { folder };
        let arguments = ["init", "-q", "--bare", "-b", "main", "repo.git"];
        git(place.folder.path(), &arguments);
        git(place.folder.path(), &["clone", "-q", "repo.git", "work"]);
        let drafts: Vec<(String, String)> = (0..count)
            .map(|number| (path_of(number), draft(number)))
            .collect();
        let files: Vec<(&str, &str)> = drafts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        let (work, ana) = (place.work(), "Ana Roche <ana@example.org>");
        commit_files(&work, ana, "Begin", &files);
        git(&work, &["push", "-q", "origin", "HEAD:main"]);
        let policy = place.folder.path().join("policy.toml");
        std::fs::write(&policy, POLICY).unwrap();
        let (policy, bare) = (policy.display().to_string(), place.repository());
        let by = "Dee Moss <dee@example.org>";
        place.must(&["adopt", &bare, "--as", by, "--policy", &policy]);
        git(&work, &["pull", "-q", "--rebase", "origin", "main"]);
        place
    }

    pub fn bare(&self) -> PathBuf {
        self.folder.path().join("repo.git")
    }

    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn repository(&self) -> String {
        self.bare().display().to_string()
    }

    /// Runs a command of the program.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Runs a command that must end well, and returns what it printed.
    pub fn must(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {text}{error}");
        text.into_owned()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .env_remove("FAILPOINTS");
        command
    }

    /// Starts the server with faults and waits until it says where it is; `None` where it is held before that.
    pub fn start(&self, faults: &str, patience: Duration) -> Option<Server> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("server.log"))
            .unwrap();
        let repository = self.repository();
        let mut child = self
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", &repository])
            .env("FAILPOINTS", faults)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let output = child.stdout.take().unwrap();
        let mut server = Server {
            child,
            address: String::new(),
        };
        let (sender, line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut first = String::new();
            let read = BufReader::new(output).read_line(&mut first);
            sender.send(read.map(|_| first))
        });
        let first = line.recv_timeout(patience).ok()?.unwrap();
        let address = first.trim().strip_prefix("Countersign is at ");
        let address =
            address.unwrap_or_else(|| panic!("it did not start: {first}{}", self.server_log()));
        server.address = address.to_owned();
        Some(server)
    }

    /// Starts the server without faults and waits until it is ready.
    pub async fn start_well(&self) -> Server {
        let server = self.start("", PATIENCE).unwrap();
        let begun = Instant::now();
        let ready = format!("{}/readyz", server.address);
        let client = http().build().unwrap();
        while !client
            .get(&ready)
            .send()
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            assert!(begun.elapsed() < PATIENCE, "{}", self.server_log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server
    }

    /// What the servers said so far.
    pub fn server_log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap()
    }
}

pub fn path_of(number: usize) -> String {
    format!("notes/n{number:03}.md")
}

pub fn record_of(number: usize) -> String {
    format!("notes/n{number:03}")
}

/// A record's text as its author wrote it.
pub fn draft(number: usize) -> String {
    DRAFT.replace("One note", &format!("Note {number}"))
}

/// The program while it serves; dropped it is killed as `kill -9` does.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Stops it as an operator would, and says whether it ended well.
    pub fn stop(mut self) -> bool {
        let process = self.process().to_string();
        Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .unwrap();
        self.child.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL; it fails where the process is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody with a session, which outlives the server's process.
#[derive(Clone)]
pub struct Person {
    pub address: &'static str,
    client: reqwest::Client,
}

impl Person {
    /// Lets somebody in: the operator makes a link, they open it and choose a password.
    pub async fn enter(place: &Place, server: &str, address: &'static str) -> Self {
        let printed = place.must(&["user", address, "--json"]);
        let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
        let link = printed["link"].as_str().unwrap();
        let (_, token) = link.rsplit_once('/').unwrap();
        let client = http().timeout(PATIENCE).build().unwrap();
        let person = Self { address, client };
        let page = format!("/sign-in/link/{token}");
        let page = person.open(server, &page).await.unwrap();
        let form = page
            .form("/sign-in/link/")
            .with("password", "a long enough password");
        let entered = person.send(server, &form).await.unwrap();
        assert!(entered.status.is_redirection(), "{}", entered.html);
        person
    }

    pub async fn open(&self, server: &str, address: &str) -> reqwest::Result<Page> {
        let request = self.client.get(format!("{server}{address}"));
        page(request).await
    }

    pub async fn send(&self, server: &str, form: &Form) -> reqwest::Result<Page> {
        let request = self
            .client
            .post(format!("{server}{}", form.action))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", server)
            .body(encoded(&form.fields));
        page(request).await
    }

    /// Opens a record's review and fills in the form; `None` where it is not there or offers no such move.
    pub async fn form(&self, server: &str, record: &str, decision: &str) -> Option<Form> {
        let page = self.open(server, &format!("/repo/review/{record}")).await;
        let page = page.ok()?;
        if !page.has("action=\"/repo/decisions") {
            return None;
        }
        let form = page.form("/repo/decisions");
        let offered = form.buttons.iter().any(|button| button == decision);
        offered.then(|| form.with("decision", decision).with("reason", ""))
    }
}

async fn page(request: reqwest::RequestBuilder) -> reqwest::Result<Page> {
    let answer = request.send().await?;
    Ok(Page {
        status: answer.status(),
        headers: answer.headers().clone(),
        html: answer.text().await?,
    })
}
