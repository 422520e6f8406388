//! Signatures that stock git verifies: SSHSIG over the commit's bytes, made in process with the server's Ed25519 key.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use git2::ObjectType;
use ssh_key::rand_core::OsRng;
use ssh_key::{Algorithm, Fingerprint, HashAlg, LineEnding, PrivateKey, PublicKey, SshSig};

use super::Repository;
use super::read::oid;
use crate::id::CommitId;

/// The namespace in which git signs commits; see `gpg.format` in git-config(1).
const NAMESPACE: &str = "git";

/// The address in the committer line and in `allowed_signers`: an identity of the server, not of a person.
pub const SERVER_ADDRESS: &str = "countersign@localhost";

/// The server's private key. It is never printed.
pub struct SigningKey(PrivateKey);

impl SigningKey {
    /// Reads the key at a path, or makes one there that only its owner can read.
    ///
    /// # Errors
    /// When the file cannot be read or written, is no unencrypted Ed25519 key, or others may read it.
    pub fn load_or_create(path: &Path) -> Result<Self> {
        if path.exists() {
            refuse_readable_by_others(path)?;
            let key = PrivateKey::read_openssh_file(path)
                .with_context(|| format!("failed to read the signing key {}", path.display()))?;
            if key.is_encrypted() || key.algorithm() != Algorithm::Ed25519 {
                bail!(
                    "{} is not an unencrypted Ed25519 key; make one with ssh-keygen -t ed25519 -N ''",
                    path.display()
                );
            }
            return Ok(Self(key));
        }
        let key = PrivateKey::random(&mut OsRng, Algorithm::Ed25519)
            .context("failed to make a signing key")?;
        key.write_openssh_file(path, LineEnding::LF)
            .with_context(|| format!("failed to write the signing key {}", path.display()))?;
        Ok(Self(key))
    }

    /// Returns `SHA256:...`, as ssh-keygen prints it.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Returns the line for this key in `.countersign/allowed_signers`.
    pub fn allowed_signers_line(&self) -> String {
        let key = self.0.public_key().key_data().clone();
        // An Ed25519 public key always encodes.
        let key = PublicKey::new(key, "").to_openssh().unwrap_or_default();
        format!(
            "{SERVER_ADDRESS} namespaces=\"{NAMESPACE}\" {}\n",
            key.trim()
        )
    }

    pub(super) fn sign(&self, content: &[u8]) -> Result<String> {
        let signature = self
            .0
            .sign(NAMESPACE, HashAlg::Sha512, content)
            .context("failed to sign")?;
        signature
            .to_pem(LineEnding::LF)
            .context("failed to encode the signature")
    }
}

/// The keys whose signatures count: the content of `.countersign/allowed_signers`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedSigners(Vec<PublicKey>);

impl AllowedSigners {
    /// Reads the file. Lines are `principals [options] keytype base64`; comments and empty lines are skipped, other lines too: they can only
    /// take a key away, never add one.
    pub fn read(text: &str) -> Self {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.filter_map(|line| {
            let start = line.find("ssh-ed25519 ")?;
            let key: Vec<&str> = line[start..].split_whitespace().take(2).collect();
            PublicKey::from_openssh(&key.join(" ")).ok()
        });
        Self(keys.collect())
    }

    /// Adds keys that are not among these.
    pub fn extend(&mut self, others: &Self) {
        for key in &others.0 {
            if !self.0.contains(key) {
                self.0.push(key.clone());
            }
        }
    }

    /// Returns the fingerprints of the keys, `SHA256:...`.
    pub fn fingerprints(&self) -> Vec<String> {
        self.0
            .iter()
            .map(|key| key.fingerprint(HashAlg::Sha256).to_string())
            .collect()
    }
}

/// What a look at a commit's signature told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The commit carries no signature.
    Unsigned,
    /// A key that counts made it: its fingerprint.
    Good(String),
    /// It is not a signature of these bytes by a key that counts: why.
    Bad(String),
}

impl Repository {
    /// Returns the fingerprint of the key that signed a commit, whether it counts or not; `None` where no good signature stands.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn signer(&self, commit: CommitId) -> Result<Option<String>> {
        let Some((signature, content)) = self.signature_of(commit)? else {
            return Ok(None);
        };
        let Ok(signature) = SshSig::from_pem(&signature) else {
            return Ok(None);
        };
        let key = PublicKey::from(signature.public_key().clone());
        let is_good = key.verify(NAMESPACE, &content, &signature).is_ok();
        Ok(is_good.then(|| key.fingerprint(HashAlg::Sha256).to_string()))
    }

    /// Checks a commit's signature against the keys that count.
    ///
    /// # Errors
    /// When the commit cannot be read.
    pub fn verify(&self, commit: CommitId, keys: &AllowedSigners) -> Result<Verified> {
        let Some((signature, content)) = self.signature_of(commit)? else {
            return Ok(Verified::Unsigned);
        };
        let signature = match SshSig::from_pem(&signature) {
            Ok(signature) => signature,
            Err(error) => {
                return Ok(Verified::Bad(format!(
                    "the signature does not read as SSHSIG: {error}"
                )));
            }
        };
        let made_by = Fingerprint::new(HashAlg::Sha256, signature.public_key()).to_string();
        let good = keys
            .0
            .iter()
            .any(|key| key.verify(NAMESPACE, &content, &signature).is_ok());
        Ok(if good {
            Verified::Good(made_by)
        } else {
            Verified::Bad(format!(
                "{made_by} is not a key that counts here, or the bytes were changed"
            ))
        })
    }

    /// Returns a commit's signature and the bytes that it signs; `None` where it carries none.
    ///
    /// libgit2's own `git_commit_extract_signature` reads on until a zero byte, and what a handle staged itself it may hold without one: then the bytes
    /// of whatever lies behind are taken for signed ones.
    fn signature_of(&self, commit: CommitId) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let odb = self.git.odb()?;
        let object = odb
            .read(oid(commit.0))
            .with_context(|| format!("failed to read commit {commit}"))?;
        ensure!(object.kind() == ObjectType::Commit, "{commit} is no commit");
        Ok(split_signature(object.data()))
    }
}

/// Takes the header `gpgsig` out of a commit's bytes: its value, and the rest, which is what was signed.
fn split_signature(commit: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut signature, mut signed) = (Vec::new(), Vec::new());
    let (mut is_signature, mut is_found) = (false, false);
    let mut rest = commit;
    while !rest.is_empty() && rest[0] != b'\n' {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
        let value = match line.strip_prefix(b"gpgsig ") {
            Some(value) if !is_found => Some(value),
            _ => line.strip_prefix(b" ").filter(|_| is_signature),
        };
        match value {
            Some(value) => signature.extend_from_slice(value),
            None => signed.extend_from_slice(line),
        }
        is_signature = value.is_some();
        is_found |= is_signature;
        rest = after;
    }
    signed.extend_from_slice(rest);
    let signature = signature.trim_ascii_end().to_vec();
    is_found.then_some((signature, signed))
}

#[cfg(unix)]
fn refuse_readable_by_others(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode();
    if mode & 0o077 != 0 {
        bail!(
            "others may read the signing key {}; run chmod 600 on it",
            path.display()
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_path: &Path) -> Result<()> {
    Ok(())
}
