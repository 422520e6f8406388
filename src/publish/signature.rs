//! The signature of Standard Webhooks, <https://www.standardwebhooks.com>: over the delivery's id, the time of the attempt and the raw body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How a secret begins with which Standard Webhooks signs.
pub const STANDARD_PREFIX: &str = "whsec_";

/// Returns the key in a secret of Standard Webhooks.
pub fn standard_key(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD
        .decode(secret.strip_prefix(STANDARD_PREFIX)?)
        .ok()?;
    (!key.is_empty()).then_some(key)
}

/// Returns a secret for these random bytes.
pub fn standard_secret(bytes: &[u8]) -> String {
    format!("{STANDARD_PREFIX}{}", STANDARD.encode(bytes))
}

/// Returns the signature of a body, as its header carries it, by every secret: two while one is changed, so that no receiver sees a gap.
pub fn standard_signature(keys: &[Vec<u8>], id: &str, at: i64, body: &[u8]) -> String {
    let signatures = keys.iter().map(|key| {
        // A key of any length makes a code; see RFC 2104, section 3.
        let mut mac = Hmac::<Sha256>::new_from_slice(key)
            .unwrap_or_else(|_| unreachable!("HMAC takes every key"));
        mac.update(format!("{id}.{at}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the specification's own libraries test against.
    #[test]
    fn the_standards_own_example_comes_out() {
        let key = standard_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature =
            standard_signature(&[key], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_reads_back_and_an_empty_one_is_none() {
        let secret = standard_secret(&[7; 32]);
        assert_eq!(standard_key(&secret), Some(vec![7; 32]));
        assert_eq!(standard_key("whsec_"), None);
        assert_eq!(standard_key("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), None);
    }
}
