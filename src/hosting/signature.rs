//! Whether a webhook comes from whoever knows its secret: over the raw bytes, as they come, in constant time.
//!
//! Each host has one way of its own, and only that is looked at: a good second signature rescues no bad first. Two secrets are tried, so that one can be
//! changed on both sides without a gap. An empty secret and an empty signature prove nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::Host;
use crate::publish::signature::{STANDARD_PREFIX, standard_key};

/// How far a signed time may be from now, in seconds; see <https://www.standardwebhooks.com>.
pub const TOLERANCE: i64 = 300;

/// Stands in the place of a secret where there is none, so that an answer takes as long: no host was ever given it.
pub const NOBODYS_SECRET: &str =
    "nobody was ever given this secret, and no endpoint that is on has it";

/// Why a webhook is not believed. For the log of deliveries: whoever sent it is told nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// No secret is kept for it.
    #[error("no secret is kept for this host, so its endpoint is off")]
    Off,
    /// The header that proves it is missing.
    #[error("it carries no {0} header; give the host the secret")]
    Missing(&'static str),
    /// The header stands twice or is empty or does not read.
    #[error("its {0} header does not read")]
    Unreadable(&'static str),
    /// It was signed with another secret, or is not what was signed.
    #[error("its signature is not made with the secret, or the body is not what was signed")]
    Wrong,
    /// It was signed too long ago or in the future.
    #[error(
        "it was signed {0} seconds from now; the clocks of the two machines differ, or it was kept back"
    )]
    Late(i64),
}

type Sha256Mac = Hmac<Sha256>;

/// Proves one webhook while its body comes.
#[derive(Debug)]
pub struct Proof(Way);

#[derive(Debug)]
enum Way {
    /// A code over the body, one for each secret; and the codes that were sent, of which one must be it.
    Code {
        macs: Vec<Sha256Mac>,
        sent: Vec<Vec<u8>>,
    },
    /// The secret itself was sent, and was right or was not.
    Token(Result<(), Unproven>),
}

impl Proof {
    /// Begins to prove a webhook by its headers.
    ///
    /// # Errors
    /// When they cannot prove anything, whatever the body is.
    pub fn begin(
        host: Host,
        headers: &HeaderMap,
        secrets: &[SecretString],
        now: i64,
    ) -> Result<Self, Unproven> {
        let secrets: Vec<&str> = secrets
            .iter()
            .map(ExposeSecret::expose_secret)
            .filter(|secret| !secret.is_empty())
            .collect();
        let Some(first) = secrets.first() else {
            return Err(Unproven::Off);
        };
        let is_standard = first.starts_with(STANDARD_PREFIX);
        match host {
            Host::GitLab | Host::Plain if is_standard => standard(headers, &secrets, now),
            Host::GitLab => token(headers, "x-gitlab-token", &secrets),
            Host::GitHub | Host::Plain => {
                code(headers, "x-hub-signature-256", Some("sha256="), &secrets)
            }
            // Its header has no -256 in its name, and SHA-256 in its value.
            Host::Bitbucket => code(headers, "x-hub-signature", Some("sha256="), &secrets),
            Host::Gitea => code(headers, "x-gitea-signature", None, &secrets),
            Host::Forgejo => code(headers, "x-forgejo-signature", None, &secrets),
        }
    }

    /// Takes the next bytes of the body.
    pub fn update(&mut self, bytes: &[u8]) {
        if let Way::Code { macs, .. } = &mut self.0 {
            macs.iter_mut().for_each(|mac| mac.update(bytes));
        }
    }

    /// Says whether it is proven, after the last byte.
    ///
    /// # Errors
    /// When it is not.
    pub fn finish(self) -> Result<(), Unproven> {
        match self.0 {
            Way::Token(outcome) => outcome,
            Way::Code { macs, sent } => {
                let is_right = macs.iter().any(|mac| {
                    sent.iter()
                        .any(|code| mac.clone().verify_slice(code).is_ok())
                });
                match is_right {
                    true => Ok(()),
                    false => Err(Unproven::Wrong),
                }
            }
        }
    }
}

/// Returns a header that must stand once and say something.
fn only<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Unproven> {
    let mut values = headers.get_all(name).iter();
    let first = values.next().ok_or(Unproven::Missing(name))?;
    let value = first.to_str().unwrap_or_default().trim();
    match values.next().is_none() && !value.is_empty() {
        true => Ok(value),
        false => Err(Unproven::Unreadable(name)),
    }
}

fn code(
    headers: &HeaderMap,
    name: &'static str,
    prefix: Option<&str>,
    secrets: &[&str],
) -> Result<Proof, Unproven> {
    let value = only(headers, name)?;
    let digits = match prefix {
        Some(prefix) => value
            .strip_prefix(prefix)
            .ok_or(Unproven::Unreadable(name))?,
        None => value,
    };
    let sent = hex::decode(digits).map_err(|_| Unproven::Unreadable(name))?;
    let keys = secrets.iter().map(|secret| secret.as_bytes().to_vec());
    Ok(Proof(Way::Code {
        macs: keys.map(|key| mac(&key)).collect(),
        sent: vec![sent],
    }))
}

fn token(headers: &HeaderMap, name: &'static str, secrets: &[&str]) -> Result<Proof, Unproven> {
    let value = only(headers, name)?;
    let is_right = secrets
        .iter()
        .any(|secret| bool::from(secret.as_bytes().ct_eq(value.as_bytes())));
    let outcome = match is_right {
        true => Ok(()),
        false => Err(Unproven::Wrong),
    };
    Ok(Proof(Way::Token(outcome)))
}

/// Standard Webhooks: `id.timestamp.body`, and `v1,` with the code in base64, several of them while a secret is changed.
fn standard(headers: &HeaderMap, secrets: &[&str], now: i64) -> Result<Proof, Unproven> {
    let id = only(headers, "webhook-id")?;
    let timestamp = only(headers, "webhook-timestamp")?;
    let signature = only(headers, "webhook-signature")?;
    let at: i64 = timestamp
        .parse()
        .map_err(|_| Unproven::Unreadable("webhook-timestamp"))?;
    let skew = at.saturating_sub(now);
    if skew.saturating_abs() > TOLERANCE {
        return Err(Unproven::Late(skew));
    }
    let sent: Vec<Vec<u8>> = signature
        .split(' ')
        .filter_map(|one| one.strip_prefix("v1,"))
        .filter_map(|code| STANDARD.decode(code).ok())
        .collect();
    if sent.is_empty() {
        return Err(Unproven::Unreadable("webhook-signature"));
    }
    let keys = secrets.iter().filter_map(|secret| standard_key(secret));
    let mut macs: Vec<Sha256Mac> = keys.map(|key| mac(&key)).collect();
    for mac in &mut macs {
        mac.update(format!("{id}.{timestamp}.").as_bytes());
    }
    Ok(Proof(Way::Code { macs, sent }))
}

fn mac(key: &[u8]) -> Sha256Mac {
    // A key of any length makes a code; see RFC 2104, section 3.
    Sha256Mac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes every key"))
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    const BODY: &[u8] = br#"{"ref":"refs/heads/main"}"#;
    const SECRET: &str = "It's a Secret to Everybody";
    const STANDARD_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn prove(
        host: Host,
        pairs: &[(&str, &str)],
        secrets: &[&str],
        body: &[u8],
    ) -> Result<(), Unproven> {
        prove_at(host, pairs, secrets, body, 1_700_000_000)
    }

    fn prove_at(
        host: Host,
        pairs: &[(&str, &str)],
        secrets: &[&str],
        body: &[u8],
        now: i64,
    ) -> Result<(), Unproven> {
        let secrets: Vec<SecretString> =
            secrets.iter().map(|one| SecretString::from(*one)).collect();
        let mut proof = Proof::begin(host, &headers(pairs), &secrets, now)?;
        for bytes in body.chunks(7) {
            proof.update(bytes);
        }
        proof.finish()
    }

    fn hex_code(secret: &str, body: &[u8]) -> String {
        let mut mac = mac(secret.as_bytes());
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    }

    fn standard_code(secret: &str, id: &str, at: i64, body: &[u8]) -> String {
        let mut mac = mac(&standard_key(secret).unwrap());
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// The example of GitHub's documentation.
    #[test]
    fn the_hosts_own_example_is_proven() {
        let sent = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let pairs = [("X-Hub-Signature-256", sent)];
        assert_eq!(
            prove(Host::GitHub, &pairs, &[SECRET], b"Hello, World!"),
            Ok(())
        );
        let upper = format!("sha256={}", sent[7..].to_uppercase());
        let pairs = [("x-hub-signature-256", upper.as_str())];
        assert_eq!(
            prove(Host::GitHub, &pairs, &[SECRET], b"Hello, World!"),
            Ok(())
        );
    }

    /// FAULTS 99 to 101.
    #[test]
    fn every_host_is_believed_by_its_own_header_alone() {
        let code = hex_code(SECRET, BODY);
        let with_prefix = format!("sha256={code}");
        let ways: [(Host, &'static str, &str); 6] = [
            (Host::GitHub, "x-hub-signature-256", &with_prefix),
            (Host::Plain, "x-hub-signature-256", &with_prefix),
            (Host::Bitbucket, "x-hub-signature", &with_prefix),
            (Host::Gitea, "x-gitea-signature", &code),
            (Host::Forgejo, "x-forgejo-signature", &code),
            (Host::GitLab, "x-gitlab-token", SECRET),
        ];
        for (host, name, value) in ways {
            assert_eq!(
                prove(host, &[(name, value)], &[SECRET], BODY),
                Ok(()),
                "{host}"
            );
            assert_eq!(
                prove(host, &[(name, value)], &["other", SECRET], BODY),
                Ok(())
            );
            assert_eq!(
                prove(host, &[(name, value)], &["other"], BODY),
                Err(Unproven::Wrong)
            );
            assert_eq!(
                prove(host, &[(name, value)], &[""], BODY),
                Err(Unproven::Off)
            );
            assert_eq!(prove(host, &[(name, value)], &[], BODY), Err(Unproven::Off));
            assert_eq!(
                prove(host, &[], &[SECRET], BODY),
                Err(Unproven::Missing(name))
            );
            assert_eq!(
                prove(host, &[(name, "")], &[SECRET], BODY),
                Err(Unproven::Unreadable(name))
            );
            let twice = [(name, "sha256=00"), (name, value)];
            assert_eq!(
                prove(host, &twice, &[SECRET], BODY),
                Err(Unproven::Unreadable(name))
            );
            // Another host's header rescues nothing.
            for (other, right, value) in ways {
                if right != name {
                    let pairs = [(name, "sha256=00"), (right, value)];
                    assert!(
                        prove(host, &pairs, &[SECRET], BODY).is_err(),
                        "{host} {other}"
                    );
                }
            }
        }
    }

    #[test]
    fn one_changed_byte_is_another_body() {
        let code = format!("sha256={}", hex_code(SECRET, BODY));
        let pairs = [("x-hub-signature-256", code.as_str())];
        for at in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[at] ^= 1;
            assert_eq!(
                prove(Host::GitHub, &pairs, &[SECRET], &body),
                Err(Unproven::Wrong)
            );
        }
        let sha1 = [(
            "x-hub-signature",
            "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6",
        )];
        assert!(prove(Host::GitHub, &sha1, &[SECRET], BODY).is_err());
        let empty = [("x-hub-signature-256", "sha256=")];
        assert_eq!(
            prove(Host::GitHub, &empty, &[SECRET], BODY),
            Err(Unproven::Wrong)
        );
    }

    /// FAULTS 113 and 114.
    #[test]
    fn a_signed_time_counts_for_five_minutes_on_either_side() {
        let at = 1_700_000_000;
        let code = standard_code(STANDARD_SECRET, "msg_1", at, BODY);
        let both = format!("v1,AAAA v1a,AAAA {code}");
        for host in [Host::GitLab, Host::Plain] {
            for signature in [&code, &both] {
                let pairs = [
                    ("webhook-id", "msg_1"),
                    ("webhook-timestamp", "1700000000"),
                    ("webhook-signature", signature.as_str()),
                    // GitLab sends its token beside; it rescues nothing.
                    ("x-gitlab-token", STANDARD_SECRET),
                ];
                let at_now = |now| prove_at(host, &pairs, &[STANDARD_SECRET], BODY, now);
                assert_eq!(at_now(at), Ok(()));
                assert_eq!(at_now(at + 300), Ok(()));
                assert_eq!(at_now(at + 360), Err(Unproven::Late(-360)));
                assert_eq!(at_now(at - 360), Err(Unproven::Late(360)));
                let other = prove_at(host, &pairs, &[STANDARD_SECRET], b"{}", at);
                assert_eq!(other, Err(Unproven::Wrong));
            }
        }
    }
}
