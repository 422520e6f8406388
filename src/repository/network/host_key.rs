//! Keys of SSH: those that hosts show, which are pinned by their fingerprint, and one of our own for each repository.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use secrecy::SecretString;
use ssh_key::rand_core::OsRng;
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey};

use crate::refusal::Refusal;

/// A key that a host shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    /// `SHA256:…`, as hosts publish it.
    pub fingerprint: String,
    /// Its line in `known_hosts`.
    pub line: String,
}

/// Returns the host and the port of an address over SSH; `None` for any other.
pub fn ssh_host(address: &str) -> Option<(String, u16)> {
    if let Some(rest) = address.strip_prefix("ssh://") {
        let place = rest.split('/').next()?;
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        return match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                Some((host.to_owned(), port.parse().ok()?))
            }
            _ => Some((place.to_owned(), 22)),
        };
    }
    if address.contains("://") {
        return None;
    }
    let (place, _) = address.split_once(':')?;
    let (_, host) = place.rsplit_once('@')?;
    Some((host.to_owned(), 22))
}

/// Asks a host for its keys. Whoever stands between may show others: they are to be compared with what the host publishes.
///
/// # Errors
/// A refusal when it shows none.
pub fn host_keys(host: &str, port: u16) -> Result<Vec<HostKey>, Refusal> {
    let none = |why: String| {
        Refusal::new(
            "PUB-REM-006",
            format!("{host} showed no key: {why}"),
            "look at its name, its port and the line",
        )
    };
    // A name that begins with a dash would be read as an option.
    let is_name = !host.starts_with('-')
        && host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']'));
    if !is_name {
        return Err(none("its name is none".to_owned()));
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let scanned = Command::new("ssh-keyscan")
        .args(["-T", "10", "-p", &port.to_string(), bare])
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| none(format!("ssh-keyscan could not be run: {error}")))?;
    let text = String::from_utf8_lossy(&scanned.stdout).into_owned();
    let keys: Vec<HostKey> = text.lines().filter_map(host_key).collect();
    match keys.is_empty() {
        true => Err(none("it does not answer".to_owned())),
        false => Ok(keys),
    }
}

/// Reads a line of `known_hosts`; `None` for one that holds no key.
pub fn host_key(line: &str) -> Option<HostKey> {
    let (_, key) = line
        .trim()
        .split_once(' ')
        .filter(|_| !line.starts_with('#'))?;
    let key = PublicKey::from_openssh(key).ok()?;
    Some(HostKey {
        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        line: line.trim().to_owned(),
    })
}

/// Makes a key for one repository: the private one in OpenSSH's form, and the line of the public one for the host.
///
/// # Errors
/// When there are no random bytes.
pub fn new_key(name: &str) -> Result<(SecretString, String)> {
    let mut key = PrivateKey::random(&mut OsRng, Algorithm::Ed25519)
        .context("failed to make a key for SSH")?;
    key.set_comment(format!("countersign {name}"));
    let secret = key
        .to_openssh(LineEnding::LF)
        .context("failed to write the key")?;
    let public = key
        .public_key()
        .to_openssh()
        .context("failed to write the key")?;
    Ok((SecretString::from(secret.as_str()), public))
}

/// Returns the line of the public key that belongs to a private one; `None` where that does not read.
pub fn public_line(private: &str) -> Option<String> {
    PrivateKey::from_openssh(private)
        .ok()?
        .public_key()
        .to_openssh()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_found() {
        for (address, host) in [
            ("git@example.org:team/x.git", Some(("example.org", 22))),
            (
                "ssh://git@example.org/team/x.git",
                Some(("example.org", 22)),
            ),
            (
                "ssh://git@example.org:2222/x.git",
                Some(("example.org", 2222)),
            ),
            ("ssh://git@[::1]:2222/x.git", Some(("[::1]", 2222))),
            ("https://example.org/x.git", None),
        ] {
            let host = host.map(|(host, port)| (host.to_owned(), port));
            assert_eq!(ssh_host(address), host, "{address}");
        }
        assert!(host_keys("-oProxyCommand=true", 22).is_err());
    }

    /// GitHub's own key and fingerprint, as it publishes them.
    #[test]
    fn a_fingerprint_is_that_which_the_host_publishes() {
        let line = "github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        let fingerprint = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
        assert_eq!(host_key(line).unwrap().fingerprint, fingerprint);
        assert_eq!(host_key("# github.com:22 SSH-2.0-x"), None);
    }

    #[test]
    fn a_new_key_reads_and_has_its_own_name() {
        use secrecy::ExposeSecret;
        let (secret, public) = new_key("register").unwrap();
        assert_eq!(public_line(secret.expose_secret()), Some(public.clone()));
        assert!(public.ends_with("countersign register"), "{public}");
    }
}
