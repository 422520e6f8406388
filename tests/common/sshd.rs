//! A real sshd, with keys of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign::repository::network::{Login, Remote};

/// A running sshd; it stops with the test.
pub struct Sshd {
    folder: tempfile::TempDir,
    port: u16,
    child: Child,
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.stop();
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
    pub async fn start() -> Self {
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

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts it, or starts it again, with a host key.
    pub async fn serve_as(&mut self, host_key: &str) {
        self.stop();
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

    pub fn known_hosts(&self, host_key: &str) -> String {
        let key = std::fs::read_to_string(self.path(&format!("{host_key}.pub"))).unwrap();
        format!("[127.0.0.1]:{} {key}", self.port)
    }

    pub fn fingerprint(&self, host_key: &str) -> String {
        let told = Command::new("ssh-keygen")
            .arg("-lf")
            .arg(self.path(&format!("{host_key}.pub")))
            .output()
            .unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        told.split(' ').nth(1).unwrap().to_owned()
    }

    pub fn address(&self, repository: &Path) -> String {
        let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        format!(
            "ssh://{user}@127.0.0.1:{}{}",
            self.port,
            repository.display()
        )
    }

    /// Lets in whoever has this key.
    pub fn let_in(&self, public: &str) {
        let file = self.path("authorized_keys");
        let known = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{known}{public}\n")).unwrap();
    }

    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The remote as the server knows it: a key, and the host that is pinned.
    pub fn place(&self, repository: &Path, key: &str, pinned: &str) -> Remote {
        let known_hosts = self.path("known hosts");
        std::fs::write(&known_hosts, pinned).unwrap();
        let address = self.address(repository);
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
