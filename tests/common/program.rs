//! The program itself, as an operator runs it: commands as children, a server as a child, and a browser that reaches it over HTTP.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use super::browser::{Form, Page};

/// Folders of one installation: a bare repository and the server's data.
pub struct Installation {
    pub folder: tempfile::TempDir,
    /// The name of the repository, which lies beside the data directory.
    pub name: String,
}

impl Installation {
    /// Begins an empty bare repository.
    pub fn empty(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bare = format!("{name}.git");
        super::git(
            folder.path(),
            &["init", "-q", "--bare", "-b", "main", &bare],
        );
        let name = name.to_owned();
        Self { folder, name }
    }

    /// Clones a bundle, bare.
    pub fn of(bundle: &Path, name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (bundle.display().to_string(), format!("{name}.git"));
        let clone = ["clone", "-q", "--bare", "-b", "main", &from, &to];
        super::git(folder.path(), &clone);
        let name = name.to_owned();
        Self { folder, name }
    }

    pub fn repository(&self) -> PathBuf {
        self.folder.path().join(format!("{}.git", self.name))
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        program(&self.data()).args(arguments).output().unwrap()
    }

    /// Runs a command that must end well, and returns what it printed.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let (out, error) = (lossy(&output.stdout), lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {out}{error}");
        out
    }

    /// Adopts the repository under a policy.
    pub fn adopt(&self, by: &str, policy: &Path) {
        let (repository, policy) = (self.repository(), policy.display().to_string());
        let repository = repository.display().to_string();
        let adopted = self.succeed(&["adopt", &repository, "--as", by, "--policy", &policy]);
        assert!(adopted.contains("signed with SHA256:"), "{adopted}");
    }

    /// Serves until the server is dropped or stopped. It answers once the history is read.
    pub fn serve(&self) -> Server {
        self.serve_with(&["--listen", "127.0.0.1:0"], &[])
    }

    /// Serves with other settings: arguments and environment.
    pub fn serve_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Server {
        let repository = self.repository().display().to_string();
        let arguments: Vec<&str> = arguments
            .iter()
            .copied()
            .chain([repository.as_str()])
            .collect();
        self.serve_held(&arguments, environment)
    }

    /// Serves what the server holds already.
    pub fn serve_held(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Server {
        let mut child = program(&self.data())
            .arg("serve")
            .args(arguments)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let address = first.strip_prefix("Countersign is at ").unwrap();
        Server {
            address: address.to_owned(),
            child,
            lines,
        }
    }

    /// Signs somebody in by a one-time link, as a person would: opens it, chooses a password, presses the button.
    pub async fn sign_in(&self, server: &Server, address: &str) -> Visitor {
        let told = ["user", address, "--json", "--public-url", &server.address];
        let told: serde_json::Value = serde_json::from_str(&self.succeed(&told)).unwrap();
        let mut visitor = server.visitor();
        let link = told["link"].as_str().unwrap();
        let path = link.strip_prefix(&server.address).unwrap();
        let page = visitor.get(path).await;
        let form = page.form("/sign-in/link/");
        let form = form.with("password", "a long enough password");
        let answer = visitor.send(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.html);
        visitor
    }

    /// Deletes the index and what stands beside it.
    pub fn delete_index(&self) {
        let folder = self.data().join("repositories").join(&self.name);
        let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
        let index = files.filter(|file| {
            let name = file.file_name();
            name.to_string_lossy().starts_with("index.sqlite")
        });
        let deleted = index.map(|file| std::fs::remove_file(file.path()).unwrap());
        assert!(deleted.count() > 0, "there was no index");
    }

    /// Runs plain git in the repository.
    pub fn git(&self, arguments: &[&str]) -> String {
        super::git(&self.repository(), arguments)
    }
}

/// A server that runs as a child.
pub struct Server {
    pub address: String,
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Server {
    pub fn visitor(&self) -> Visitor {
        Visitor {
            address: self.address.clone(),
            client: super::http().build().unwrap(),
        }
    }

    /// Returns the next line that it prints.
    pub fn next_line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// Stops it as an operator does, and waits for its end.
    pub fn stop(mut self) {
        let number = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &number]).status();
        if !told.is_ok_and(|status| status.success()) {
            self.child.kill().unwrap();
        }
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that was stopped has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody's browser, with cookies of its own.
pub struct Visitor {
    pub address: String,
    client: reqwest::Client,
}

impl Visitor {
    /// Somebody who reaches a server at an address of their own, with a client of theirs.
    pub fn at(address: &str, client: reqwest::Client) -> Self {
        Self {
            address: address.to_owned(),
            client,
        }
    }

    /// Goes to a server that was started again elsewhere; cookies know no ports.
    pub fn follow(&mut self, server: &Server) {
        self.address.clone_from(&server.address);
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.address));
        read(request.send().await.unwrap()).await
    }

    pub async fn send(&mut self, form: &Form) -> Page {
        let request = self
            .client
            .post(format!("{}{}", self.address, form.action))
            .header("origin", &self.address)
            .form(&form.fields);
        read(request.send().await.unwrap()).await
    }

    /// Opens a stream of the server's, which has no end of its own.
    pub async fn listen(&self, path: &str) -> reqwest::Response {
        let request = self.client.get(format!("{}{path}", self.address));
        request.send().await.unwrap()
    }

    /// Presses one of the decision buttons of a review page, which must be there.
    pub async fn decide(&mut self, repository: &str, record: &str, button: &str) -> Page {
        let page = self.get(&format!("/{repository}/review/{record}")).await;
        let form = page.form(&format!("/{repository}/decisions"));
        let offered = form.buttons.iter().any(|value| value == button);
        assert!(offered, "no button {button}, only {:?}", form.buttons);
        let form = form.with("decision", button);
        let answer = self.send(&form.with("reason", "It is right.")).await;
        assert_eq!(answer.status, 303, "{}", answer.html);
        self.get(answer.location()).await
    }
}

async fn read(response: reqwest::Response) -> Page {
    Page {
        status: response.status(),
        headers: response.headers().clone(),
        html: response.text().await.unwrap(),
    }
}

/// The program over a data directory, without settings of whoever runs the tests.
pub fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("COUNTERSIGN_") {
            command.env_remove(name);
        }
    }
    command.arg("--data-dir").arg(data);
    command
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
