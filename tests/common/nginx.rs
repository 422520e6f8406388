//! A real nginx in front of the server, with the configuration that is shipped and TLS of its own.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running nginx; it stops with the test.
pub struct Nginx {
    /// Where it is reached, over TLS.
    pub address: String,
    /// Its certificate, in PEM.
    pub certificate: Vec<u8>,
    child: Child,
    _folder: tempfile::TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its workers end with it.
        let _ = Command::new("kill")
            .args(["-QUIT", &self.child.id().to_string()])
            .status();
        let _ = self.child.wait();
    }
}

/// A port is free as long as nobody takes it in between.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

impl Nginx {
    /// Serves at a port in front of a server's, as `examples/nginx.conf` says; of that file names, ports and files alone are changed. `None` where there is no
    /// nginx.
    pub async fn start(port: u16, behind: &str) -> Option<Self> {
        if Command::new("nginx")
            .arg("-v")
            .stderr(Stdio::null())
            .status()
            .is_err()
        {
            super::skip::skip("nginx is not installed: package nginx");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        certificate(folder.path());
        let shipped = include_str!("../../examples/nginx.conf");
        let site = shipped
            .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"))
            .replace("    listen [::]:443 ssl;\n", "")
            .replace("register.example.org;", "localhost;")
            .replace(
                "/etc/letsencrypt/live/register.example.org/fullchain.pem",
                &path("certificate.pem"),
            )
            .replace(
                "/etc/letsencrypt/live/register.example.org/privkey.pem",
                &path("key.pem"),
            )
            .replace("http://127.0.0.1:8017", behind);
        for changed in [
            format!("127.0.0.1:{port}"),
            behind.to_owned(),
            path("key.pem"),
        ] {
            assert!(site.contains(&changed), "{changed}: {site}");
        }
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {};\n", path(name)))
            .concat();
        let whole = format!(
            "pid {};\nerror_log {};\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n",
            path("pid"),
            path("log")
        );
        std::fs::write(folder.path().join("nginx.conf"), whole).unwrap();
        // Started by root it would work as somebody who may not enter the folder.
        let user = if rustix::process::geteuid().is_root() {
            "user root; "
        } else {
            ""
        };
        let child = Command::new("nginx")
            .args(["-p", &path(""), "-c", &path("nginx.conf")])
            .args(["-g", &format!("{user}daemon off;")])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(Self {
            address: format!("https://localhost:{port}"),
            certificate: std::fs::read(folder.path().join("certificate.pem")).unwrap(),
            child,
            _folder: folder,
        })
    }

    /// A client at an address of this machine, which trusts the certificate and no other.
    pub fn client_at(&self, address: [u8; 4]) -> reqwest::Client {
        let certificate = reqwest::Certificate::from_pem(&self.certificate).unwrap();
        let client = super::http()
            .tls_certs_only([certificate])
            .local_address(std::net::IpAddr::from(address));
        client.build().unwrap()
    }
}

/// A certificate that is no authority's: some clients take none of those for a server's.
fn certificate(folder: &Path) {
    let settings = "[req]\ndistinguished_name = name\nx509_extensions = server\nprompt = no\n[name]\nCN = localhost\n[server]\n\
                    basicConstraints = critical, CA:FALSE\nsubjectAltName = DNS:localhost\n";
    std::fs::write(folder.join("openssl.cnf"), settings).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec"])
        .args([
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .arg("-config")
        .arg(folder.join("openssl.cnf"))
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("certificate.pem"))
        .stderr(Stdio::null())
        .status();
    assert!(made.unwrap().success(), "openssl makes a certificate");
}
