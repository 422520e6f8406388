//! The same over SSH: a real sshd, a key of its own, and hosts that are pinned.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::common::{DRAFT, git};
use super::{Cloned, NOTE};
use countersign::repository::network::{Login, Remote};
use countersign::review::Publication;

/// A running sshd; it stops with the test.
struct Sshd {
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make_key(path: &Path) {
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(path)
        .status();
    assert!(made.unwrap().success());
}

impl Sshd {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["host", "deploy", "stranger", "other-host"] {
            make_key(&folder.path().join(name));
        }
        std::fs::copy(
            folder.path().join("deploy.pub"),
            folder.path().join("authorized_keys"),
        )
        .unwrap();
        // The port is free as long as nobody takes it in between.
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        let mut sshd = Self {
            child: Command::new("true").spawn().unwrap(),
            folder,
            port,
        };
        sshd.serve_as("host").await;
        sshd
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts it, or starts it again, with a host key.
    async fn serve_as(&mut self, host_key: &str) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Where it runs as root it wants the folder that its package makes at a start of the machine.
        let _ = std::fs::create_dir_all("/run/sshd");
        let config = self.path("sshd_config");
        let settings = format!(
            "ListenAddress 127.0.0.1\nPort {}\nHostKey {}\nAuthorizedKeysFile {}\nPidFile none\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin yes\nSetEnv PATH={}\n",
            self.port,
            self.path(host_key).display(),
            self.path("authorized_keys").display(),
            std::env::var("PATH").unwrap(),
        );
        std::fs::write(&config, settings).unwrap();
        self.child = Command::new("/usr/sbin/sshd")
            .args(["-D", "-e", "-f"])
            .arg(&config)
            .stderr(Stdio::null())
            .spawn()
            .expect("sshd is installed");
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("sshd does not listen");
    }

    fn known_hosts(&self, host_key: &str) -> String {
        let key = std::fs::read_to_string(self.path(&format!("{host_key}.pub"))).unwrap();
        format!("[127.0.0.1]:{} {key}", self.port)
    }

    fn fingerprint(&self, host_key: &str) -> String {
        let told = Command::new("ssh-keygen")
            .arg("-lf")
            .arg(self.path(&format!("{host_key}.pub")))
            .output()
            .unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        told.split(' ').nth(1).unwrap().to_owned()
    }

    /// The remote as the server knows it: a key, and the host that is pinned.
    fn place(&self, repository: &Path, key: &str, pinned: &str) -> Remote {
        let known_hosts = self.path("known hosts");
        std::fs::write(&known_hosts, pinned).unwrap();
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let port = self.port;
        let address = format!("ssh://{user}@127.0.0.1:{port}{}", repository.display());
        let login = Login::Key {
            key: self.path(key),
            known_hosts,
        };
        let mut place = Remote::new(address, login);
        place.limits.look = Duration::from_secs(20);
        place.limits.transfer = Duration::from_secs(20);
        place
    }
}

/// A story whose remote is reached over SSH.
async fn cloned(sshd: &Sshd) -> Cloned {
    let mut cloned = Cloned::with(&[(NOTE, DRAFT)]).await;
    let pinned = sshd.known_hosts("host");
    cloned.place = sshd.place(&cloned.story.bare(), "deploy", &pinned);
    cloned
        .story
        .approve("ben@example.org", NOTE, "validate")
        .await
        .unwrap();
    cloned
}

async fn pending(cloned: &Cloned) -> countersign::refusal::Refusal {
    match cloned.publish().await {
        Publication::Pending(refusal) => refusal,
        Publication::Published => panic!("published"),
    }
}

#[tokio::test]
async fn a_clone_and_an_approval_go_over_ssh_by_a_key_of_their_own() {
    let sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    let (place, folder) = (cloned.place.clone(), sshd.path("again.git"));
    let at = folder.clone();
    tokio::task::spawn_blocking(move || place.clone_to(&at))
        .await
        .unwrap()
        .unwrap();
    git(&folder, &["fsck", "--full", "--strict"]);
    assert_eq!(cloned.publish().await, Publication::Published);
    assert!(cloned.on_remote(NOTE).contains("status: validated"));
}

#[tokio::test]
async fn a_push_that_is_declined_says_why() {
    let sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    cloned.remote.decline("protected branch");
    let refusal = pending(&cloned).await;
    assert_eq!(refusal.code, "PUB-REM-001");
    assert!(refusal.cause.contains("protected branch"), "{refusal}");
    cloned.remote.accept();
    assert_eq!(cloned.publish().await, Publication::Published);
}

#[tokio::test]
async fn a_host_with_another_key_is_sent_nothing_and_its_fingerprint_is_told() {
    let mut sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    sshd.serve_as("other-host").await;
    let refusal = pending(&cloned).await;
    assert_eq!(refusal.code, "PUB-REM-008", "{refusal}");
    let shown = sshd.fingerprint("other-host");
    assert!(refusal.cause.contains(&shown), "{refusal}");
    assert!(cloned.on_remote(NOTE).contains("status: draft"));
    sshd.serve_as("host").await;
    assert_eq!(cloned.publish().await, Publication::Published);
}

#[tokio::test]
async fn a_host_that_nobody_pinned_is_not_trusted_at_first_sight() {
    let sshd = Sshd::start().await;
    let mut cloned = cloned(&sshd).await;
    cloned.place = sshd.place(&cloned.story.bare(), "deploy", "");
    let refusal = pending(&cloned).await;
    assert_eq!(refusal.code, "PUB-REM-008", "{refusal}");
    let shown = sshd.fingerprint("host");
    assert!(refusal.cause.contains(&shown), "{refusal}");
}

#[tokio::test]
async fn a_key_that_the_host_does_not_know_is_told_apart() {
    let sshd = Sshd::start().await;
    let mut cloned = cloned(&sshd).await;
    let pinned = sshd.known_hosts("host");
    cloned.place = sshd.place(&cloned.story.bare(), "stranger", &pinned);
    assert_eq!(pending(&cloned).await.code, "PUB-REM-007");
}

#[tokio::test]
async fn a_host_that_is_away_is_told_apart_and_caught_up_with() {
    let mut sshd = Sshd::start().await;
    let cloned = cloned(&sshd).await;
    sshd.child.kill().unwrap();
    sshd.child.wait().unwrap();
    assert_eq!(pending(&cloned).await.code, "PUB-REM-006");
    sshd.serve_as("host").await;
    assert_eq!(cloned.publish().await, Publication::Published);
}
