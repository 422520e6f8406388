//! Form tokens: an HMAC over what a form is for, under a key that only the session has.
//!
//! Nothing is stored for them. A token of another session, of another purpose, or for other blobs than were shown does not verify.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The purpose of forms that bind nothing further.
pub const ANY_FORM: &[&str] = &["form"];

/// Returns the token of a purpose.
pub fn token(form_key: &str, purpose: &[impl AsRef<str>]) -> String {
    hex::encode(mac(form_key, purpose).finalize().into_bytes())
}

/// Returns whether a token is the purpose's, in constant time.
pub fn is_token(form_key: &str, purpose: &[impl AsRef<str>], token: &str) -> bool {
    hex::decode(token).is_ok_and(|bytes| mac(form_key, purpose).verify_slice(&bytes).is_ok())
}

/// Each part is preceded by its length, so that no two purposes read the same.
fn mac(form_key: &str, purpose: &[impl AsRef<str>]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(form_key.as_bytes())
        .expect("an HMAC takes a key of any length");
    for part in purpose.iter().map(AsRef::as_ref) {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part.as_bytes());
    }
    mac
}

/// Returns a new id for a decision: whatever a browser or a program does with it, it decides once.
///
/// # Errors
/// When there are no random bytes.
pub fn operation() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_serves_its_own_session_and_purpose_alone() {
        let made = token("key", &["a", "bc"]);
        assert!(is_token("key", &["a", "bc"], &made));
        for (key, purpose, sent) in [
            ("key", &["ab", "c"][..], made.as_str()),
            ("other", &["a", "bc"], &made),
            ("key", &["a", "bc"], ""),
            ("key", &["a", "bc"], "zz"),
            ("key", &["a", "bc"], &made[2..]),
        ] {
            assert!(!is_token(key, purpose, sent), "{key} {purpose:?} {sent}");
        }
    }
}
