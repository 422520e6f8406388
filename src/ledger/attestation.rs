//! The attestation and the baseline: commits on the published branch that make a status official.

use semver::Version;

use super::attachment::{push_attached, read_attached};
use super::{Attachment, Malformed, RATIFY, TAKE_DOWN, Trailers, YANK};
use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::policy::Bump;

/// A named move from one status to another: `draft -> validated (validate)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The attested status before.
    pub from: String,
    /// The attested status after.
    pub to: String,
    /// The transition's name.
    pub transition: String,
}

/// How the version moved: `1.0.0 -> 1.1.0 (minor)`, from `none` before the first activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionMove {
    /// The version published before.
    pub from: Option<Version>,
    /// The version this commit publishes.
    pub to: Version,
    /// The part that moved.
    pub bump: Bump,
}

/// What a signed attestation commit says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The record.
    pub record: RecordId,
    /// Its path in this commit.
    pub path: String,
    /// The path that it left in this commit, where a proposal renamed it.
    pub renamed_from: Option<String>,
    /// The transition.
    pub step: Move,
    /// The version written, where the transition writes one.
    pub version: Option<VersionMove>,
    /// The last published blob, none before the first activation.
    pub base: Option<BlobId>,
    /// The blob that was judged.
    pub proposed: BlobId,
    /// The files that the text names, as they were judged with it, by path. Its own tree holds each.
    pub attached: Vec<Attachment>,
    /// The blob of the policy under which it was judged.
    pub policy: BlobId,
    /// The journal commit that completed the approvals; a retry with the same value finds its own commit.
    pub decisions: CommitId,
    /// The attestation before this one, or the baseline.
    pub previous: CommitId,
    /// The name of the release that it is part of.
    pub release: Option<String>,
    /// Who wrote the bytes since the base.
    pub authored_by: Vec<Identity>,
    /// Who approved them.
    pub approved_by: Vec<Identity>,
}

/// What a signed baseline commit says: the repository was adopted as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The blob of the policy that was adopted.
    pub policy: BlobId,
    /// The fingerprint of the key that was adopted, `SHA256:...`.
    pub key: String,
    /// Who adopted it.
    pub adopted_by: Identity,
}

impl Attestation {
    /// Returns the commit message.
    pub fn message(&self) -> String {
        let mut trailers = Trailers::default();
        trailers.push("Record", &self.record);
        trailers.push("Path", &self.path);
        if let Some(left) = &self.renamed_from {
            trailers.push("Renamed-from", left);
        }
        trailers.push(
            "Transition",
            format!(
                "{} -> {} ({})",
                self.step.from, self.step.to, self.step.transition
            ),
        );
        if let Some(version) = &self.version {
            let from = version
                .from
                .as_ref()
                .map_or("none".to_owned(), Version::to_string);
            trailers.push(
                "Version",
                format!("{from} -> {} ({})", version.to, version.bump.name()),
            );
        }
        let base = self.base.map_or("none".to_owned(), |blob| blob.to_string());
        trailers.push("Reviewed", format!("{base}..{}", self.proposed));
        push_attached(&mut trailers, &self.attached);
        trailers.push("Policy", self.policy);
        trailers.push("Decisions", self.decisions);
        trailers.push("Previous", self.previous);
        if let Some(release) = &self.release {
            trailers.push("Release", release);
        }
        for identity in &self.authored_by {
            trailers.push("Authored-by", identity);
        }
        for identity in &self.approved_by {
            trailers.push("Approved-by", identity);
        }
        trailers.message(&self.subject(), "")
    }

    /// Returns whether no file stands at its path after it: the record was taken down.
    pub fn leaves_no_file(&self) -> bool {
        [TAKE_DOWN, RATIFY].contains(&self.step.transition.as_str())
    }

    /// Returns whether it takes back a published version, and touches no file.
    pub fn is_yank(&self) -> bool {
        self.step.transition == YANK
    }

    /// Returns the text that it speaks of afterwards, given what its own tree holds at its path.
    ///
    /// # Errors
    /// Says how the tree contradicts it.
    pub fn result(&self, holds: Option<BlobId>) -> Result<BlobId, Malformed> {
        match (self.leaves_no_file(), holds) {
            _ if self.is_yank() => Ok(self.proposed),
            (false, Some(blob)) => Ok(blob),
            (true, None) => Ok(self.proposed),
            (false, None) => Err(Malformed(format!("its tree holds no {}", self.path))),
            (true, Some(_)) => Err(Malformed(format!("its tree still holds {}", self.path))),
        }
    }

    /// Returns `activate lw:concept:provenance 1.2.0`, cut to what a log line shows.
    fn subject(&self) -> String {
        let version = self
            .version
            .as_ref()
            .map(|version| format!(" {}", version.to))
            .unwrap_or_default();
        let record: String = self.record.0.chars().take(80).collect();
        format!("{} {record}{version}", self.step.transition)
    }

    /// Reads the attestation in a message; `None` where the message claims to be none.
    ///
    /// # Errors
    /// When it claims to be one and a trailer is missing, doubled or unreadable.
    pub fn read(message: &str) -> Result<Option<Self>, Malformed> {
        let trailers = Trailers::read(message);
        if trailers.get("Transition")?.is_none() || trailers.get("Decisions")?.is_none() {
            return Ok(None);
        }
        let (base, proposed) = read_reviewed(&trailers.required::<String>("Reviewed")?)?;
        Ok(Some(Self {
            record: RecordId(trailers.required("Record")?),
            path: trailers.required("Path")?,
            renamed_from: trailers.get("Renamed-from")?.map(str::to_owned),
            step: read_move(&trailers.required::<String>("Transition")?)?,
            version: trailers.get("Version")?.map(read_version).transpose()?,
            base,
            proposed,
            attached: read_attached(&trailers)?,
            policy: trailers.required("Policy")?,
            decisions: trailers.required("Decisions")?,
            previous: trailers.required("Previous")?,
            release: trailers.get("Release")?.map(str::to_owned),
            authored_by: read_identities(&trailers, "Authored-by")?,
            approved_by: read_identities(&trailers, "Approved-by")?,
        }))
    }
}

impl Baseline {
    /// Returns the commit message.
    pub fn message(&self) -> String {
        let mut trailers = Trailers::default();
        trailers.push("Baseline", "adopted");
        trailers.push("Policy", self.policy);
        trailers.push("Key", &self.key);
        trailers.push("Adopted-by", &self.adopted_by);
        let text = "From this commit on, every status is attested: what stands here counts as\nagreed, and what follows needs the approvals that countersign.toml asks for.";
        trailers.message("Adopt this repository", text)
    }

    /// Reads the baseline in a message; `None` where the message claims to be none.
    ///
    /// # Errors
    /// When it claims to be one and a trailer is missing, doubled or unreadable.
    pub fn read(message: &str) -> Result<Option<Self>, Malformed> {
        let trailers = Trailers::read(message);
        if trailers.get("Baseline")? != Some("adopted") {
            return Ok(None);
        }
        Ok(Some(Self {
            policy: trailers.required("Policy")?,
            key: trailers.required("Key")?,
            adopted_by: trailers.required("Adopted-by")?,
        }))
    }
}

/// Reads `base..proposed`, where base may be `none`.
pub(super) fn read_reviewed(text: &str) -> Result<(Option<BlobId>, BlobId), Malformed> {
    let wrong = || Malformed(format!("\"{text}\" does not read as base..proposed"));
    let (base, proposed) = text.split_once("..").ok_or_else(wrong)?;
    let base = if base == "none" {
        None
    } else {
        Some(base.parse().map_err(|_| wrong())?)
    };
    Ok((base, proposed.parse().map_err(|_| wrong())?))
}

fn read_move(text: &str) -> Result<Move, Malformed> {
    let parts = text.split_once(" -> ").and_then(|(from, rest)| {
        let (to, name) = rest.strip_suffix(')')?.rsplit_once(" (")?;
        Some(Move {
            from: from.to_owned(),
            to: to.to_owned(),
            transition: name.to_owned(),
        })
    });
    parts.ok_or_else(|| {
        Malformed(format!(
            "\"{text}\" does not read as from -> to (transition)"
        ))
    })
}

fn read_version(text: &str) -> Result<VersionMove, Malformed> {
    let parts = text.split_once(" -> ").and_then(|(from, rest)| {
        let (to, bump) = rest.strip_suffix(')')?.rsplit_once(" (")?;
        let from = if from == "none" {
            None
        } else {
            Some(Version::parse(from).ok()?)
        };
        Some(VersionMove {
            from,
            to: Version::parse(to).ok()?,
            bump: Bump::from_name(bump)?,
        })
    });
    parts.ok_or_else(|| Malformed(format!("\"{text}\" does not read as from -> to (bump)")))
}

fn read_identities(trailers: &Trailers, name: &str) -> Result<Vec<Identity>, Malformed> {
    trailers
        .all(name)
        .map(|value| {
            value
                .parse()
                .map_err(|error| Malformed(format!("the trailer {name} does not read: {error}")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Attestation {
        Attestation {
            record: RecordId("concepts/open-weight-model".into()),
            renamed_from: None,
            path: "records/concepts/open-weight-model.md".into(),
            step: Move {
                from: "Last Call".into(),
                to: "active (public)".into(),
                transition: "revise".into(),
            },
            version: Some(VersionMove {
                from: Some(Version::new(1, 0, 0)),
                to: Version::new(1, 1, 0),
                bump: Bump::Minor,
            }),
            base: Some(BlobId([1; 20])),
            proposed: BlobId([2; 20]),
            attached: vec![Attachment {
                path: "media/map.png".into(),
                blob: BlobId([6; 20]),
            }],
            policy: BlobId([3; 20]),
            decisions: CommitId([4; 20]),
            previous: CommitId([5; 20]),
            release: Some("winter".into()),
            authored_by: vec![Identity::new("Ana Roche", "ana@example.org")],
            approved_by: vec![
                Identity::new("Ben", "ben@example.org"),
                Identity::new("Cy", "cy@example.org"),
            ],
        }
    }

    #[test]
    fn an_attestation_reads_back_as_written() {
        assert_eq!(Attestation::read(&sample().message()), Ok(Some(sample())));
        let first = Attestation {
            base: None,
            version: None,
            release: None,
            ..sample()
        };
        assert_eq!(Attestation::read(&first.message()), Ok(Some(first)));
    }

    #[test]
    fn a_baseline_reads_back_as_written() {
        let baseline = Baseline {
            policy: BlobId([3; 20]),
            key: "SHA256:abc".into(),
            adopted_by: Identity::new("Ana", "ana@example.org"),
        };
        assert_eq!(Baseline::read(&baseline.message()), Ok(Some(baseline)));
    }

    #[test]
    fn an_ordinary_message_is_neither() {
        assert_eq!(
            Attestation::read("Fix a typo\n\nSigned-off-by: A <a@b.c>\n"),
            Ok(None)
        );
        assert_eq!(Baseline::read("Fix a typo"), Ok(None));
    }
}
