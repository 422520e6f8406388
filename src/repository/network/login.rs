//! How this server is let in at a remote: never in an argument, never at another host, never where others could listen.

use std::path::{Path, PathBuf};
use std::process::Command;

use secrecy::{ExposeSecret, SecretString};

use crate::refusal::Refusal;

/// How this server is let in at a remote.
#[derive(Debug, Clone, Default)]
pub enum Login {
    /// By what the server's own user has: nothing over HTTPS; its own keys and known hosts over SSH.
    #[default]
    Own,
    /// Over HTTPS, by a user's name and a token.
    Token {
        /// The name; what it is depends on the host.
        user: String,
        /// The token.
        token: SecretString,
    },
    /// Over SSH, by a key of its own and at hosts that are pinned.
    Key {
        /// The file of the private key, which its owner alone can read.
        key: PathBuf,
        /// The file of pinned host keys, in the form of OpenSSH's `known_hosts`.
        known_hosts: PathBuf,
    },
}

/// Tells git the login when it asks for one at the remote's own scheme, host and port. The shell's own `printf` puts nothing into an argument list.
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$COUNTERSIGN_USER" "$COUNTERSIGN_TOKEN"; }; f"#;

impl Login {
    /// Refuses to send a token where everybody on the way can read it.
    pub(super) fn refuse_in_clear(&self, address: &str) -> Result<(), Refusal> {
        let is_token = matches!(self, Self::Token { .. });
        let Some(place) = address.strip_prefix("http://").filter(|_| is_token) else {
            return Ok(());
        };
        let host = place.split('/').next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        match matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            true => Ok(()),
            false => Err(Refusal::new(
                "PUB-REM-014",
                format!(
                    "the token is not sent to {host} without TLS, where everybody on the way could read it"
                ),
                "give the address with https:",
            )),
        }
    }

    /// Hands the login over to a git that is about to start.
    pub(super) fn hand_over(&self, command: &mut Command, address: &str) {
        if let (Self::Token { user, token }, Some(place)) = (self, scheme_and_host(address)) {
            command.args(["-c", &format!("credential.{place}.helper={HELPER}")]);
            command
                .env("COUNTERSIGN_USER", user)
                .env("COUNTERSIGN_TOKEN", token.expose_secret());
        }
        let ssh = match self {
            Self::Own | Self::Token { .. } => "ssh -o StrictHostKeyChecking=yes".to_owned(),
            Self::Key { key, known_hosts } => format!(
                "ssh -F /dev/null -o IdentitiesOnly=yes -o IdentityAgent=none -i {} -o StrictHostKeyChecking=yes \
                 -o {} -o GlobalKnownHostsFile=/dev/null",
                quoted(&spelled(key)),
                quoted(&format!("UserKnownHostsFile=\"{}\"", spelled(known_hosts))),
            ),
        };
        // Of what -v tells, the fingerprint that the host showed is kept.
        let bounds = "-v -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4";
        command.env("GIT_SSH_COMMAND", format!("{ssh} {bounds}"));
        command.env("GIT_SSH_VARIANT", "ssh");
    }

    /// Takes what is secret out of what a remote said: it may say back what it was told.
    pub(super) fn without_secrets(&self, words: &str) -> String {
        match self {
            Self::Token { token, .. } if !token.expose_secret().is_empty() => {
                words.replace(token.expose_secret(), "********")
            }
            _ => words.to_owned(),
        }
    }
}

/// Returns whether a location is fetched over the network: `https://…`, `ssh://…` or `user@host:path`.
pub fn is_address(location: &str) -> bool {
    match location.split_once("://") {
        Some((scheme, _)) => matches!(scheme, "https" | "http" | "ssh"),
        None => location
            .split_once(':')
            .is_some_and(|(host, _)| host.contains('@') && !host.contains('/')),
    }
}

/// Returns the scheme, host and port of an HTTP address, without the user that may stand in it.
pub fn scheme_and_host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let place = rest.split('/').next()?;
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    matches!(scheme, "https" | "http").then(|| format!("{scheme}://{place}"))
}

/// Spells a path for SSH, which reads `%` as the beginning of a name of its own.
fn spelled(path: &Path) -> String {
    path.display().to_string().replace('%', "%%")
}

/// Quotes a word for a POSIX shell, which reads `GIT_SSH_COMMAND`.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_never_sent_where_others_could_read_it() {
        let login = Login::Token {
            user: "ana".to_owned(),
            token: "canary".into(),
        };
        for (address, code) in [
            ("https://example.org/x.git", None),
            ("http://127.0.0.1:8000/x.git", None),
            ("http://example.org/x.git", Some("PUB-REM-014")),
            ("http://127.0.0.1.example.org/x.git", Some("PUB-REM-014")),
            ("http://127.0.0.1@example.org/x.git", Some("PUB-REM-014")),
        ] {
            let refusal = login.refuse_in_clear(address).err();
            assert_eq!(refusal.map(|refusal| refusal.code), code, "{address}");
        }
        assert!(!format!("{login:?}").contains("canary"));
    }

    #[test]
    fn a_login_is_bound_to_scheme_host_and_port() {
        for (address, place) in [
            (
                "https://example.org:8443/team/x.git",
                Some("https://example.org:8443"),
            ),
            ("https://ana@example.org/x.git", Some("https://example.org")),
            ("git@example.org:x.git", None),
            ("ssh://git@example.org/x.git", None),
        ] {
            assert_eq!(scheme_and_host(address).as_deref(), place);
        }
    }

    #[test]
    fn a_folder_with_a_quote_is_one_word() {
        assert_eq!(quoted("/srv/ana's data/key"), r"'/srv/ana'\''s data/key'");
    }
}
