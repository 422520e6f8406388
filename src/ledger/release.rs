//! The plan of a release: which texts go out together, when, and why.
//!
//! A plan is written as a *manifest*, a message in the form of all others: title, text, and trailers. Its blob is what a decision about the release
//! judges, so that nobody releases or cancels another plan than the one they read, and the journal keeps every plan there ever was.

use std::fmt;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::trailer::{body_text, text_of};
use super::{Malformed, Trailers};
use crate::id::{BlobId, RecordId};

/// What the id of a release begins with; no record's id does.
pub const RELEASES: &str = "refs/releases/";

/// What goes out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// One line that says what it is.
    pub title: String,
    /// Why, and what readers should know.
    pub text: String,
    /// When, seconds since 1970 in UTC; `None` where a person says when.
    pub due: Option<i64>,
    /// The texts, sorted, each place once.
    pub members: Vec<Member>,
}

/// One text of a release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Member {
    /// The proposal's branch, without `refs/heads/`; `None` for the published one.
    pub proposal: Option<String>,
    /// The path.
    pub path: String,
    /// The blob that was planned.
    pub blob: BlobId,
}

impl Plan {
    /// Returns a plan as a manifest can hold it.
    pub fn new(title: &str, text: &str, due: Option<i64>, members: Vec<Member>) -> Self {
        let mut members = members;
        members.sort();
        members.dedup_by(|one, other| one.path == other.path && one.proposal == other.proposal);
        let title: String = title
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        Self {
            title: title.trim().to_owned(),
            text: body_text(text),
            due,
            members,
        }
    }

    /// Returns the manifest: the same bytes for the same plan.
    pub fn manifest(&self) -> String {
        let mut trailers = Trailers::default();
        if let Some(due) = self.due {
            trailers.push("Due", instant(due));
        }
        for Member {
            proposal,
            path,
            blob,
        } in &self.members
        {
            match proposal {
                Some(branch) => trailers.push("Proposed", format!("{blob} {branch} {path}")),
                None => trailers.push("Member", format!("{blob} {path}")),
            }
        }
        trailers.message(&self.title, &self.text)
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// When it has no member, or a trailer is doubled or unreadable.
    pub fn read(manifest: &str) -> Result<Self, Malformed> {
        let trailers = Trailers::read(manifest);
        let due = trailers.get("Due")?.map(read_instant).transpose()?;
        let published = trailers
            .all("Member")
            .map(|value| read_member(value, false));
        let proposed = trailers
            .all("Proposed")
            .map(|value| read_member(value, true));
        let members: Vec<Member> = published.chain(proposed).collect::<Result<_, _>>()?;
        if members.is_empty() {
            return Err(Malformed("the manifest names no member".to_owned()));
        }
        let title = manifest.lines().next().unwrap_or_default();
        Ok(Self::new(title, &text_of(manifest), due, members))
    }
}

fn read_member(value: &str, is_proposed: bool) -> Result<Member, Malformed> {
    let wrong = || Malformed(format!("\"{value}\" names no member"));
    let (blob, rest) = value.split_once(' ').ok_or_else(wrong)?;
    let (proposal, path) = match is_proposed {
        true => {
            let (branch, path) = rest.split_once(' ').ok_or_else(wrong)?;
            (Some(branch.to_owned()), path)
        }
        false => (None, rest),
    };
    Ok(Member {
        proposal,
        path: path.to_owned(),
        blob: blob.parse().map_err(|_| wrong())?,
    })
}

/// The record id under which a release is decided about.
pub fn release_id(name: &str) -> RecordId {
    RecordId(format!("{RELEASES}{name}"))
}

/// Returns the name of the release that a record id stands for, if it stands for one.
pub fn release_of(record: &str) -> Option<&str> {
    record.strip_prefix(RELEASES)
}

/// Returns a moment as `2026-12-01T09:00:00Z`; one that no calendar holds is given in seconds.
pub fn instant(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_else(|| at.to_string())
}

/// Reads a moment in the form of RFC 3339, as seconds since 1970 in UTC.
///
/// # Errors
/// When it is none.
pub fn read_instant(text: &str) -> Result<i64, Malformed> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(OffsetDateTime::unix_timestamp)
        .map_err(|_| Malformed(format!("\"{text}\" is no moment")))
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.proposal {
            Some(branch) => write!(f, "{} of {branch}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn members() -> Vec<Member> {
        let member = |proposal: Option<&str>, path: &str, blob| Member {
            proposal: proposal.map(str::to_owned),
            path: path.to_owned(),
            blob: BlobId([blob; 20]),
        };
        vec![
            member(Some("proposals/claims"), "notes/a note.md", 3),
            member(None, "notes/one.md", 1),
            member(None, "notes/two.md", 2),
        ]
    }

    proptest! {
        #[test]
        fn a_plan_reads_back_whatever_was_typed(title in any::<String>(), text in any::<String>(), due in proptest::option::of(0_i64..253_402_300_799)) {
            let plan = Plan::new(&title, &text, due, members());
            prop_assert_eq!(Plan::read(&plan.manifest()).unwrap(), plan);
        }
    }

    #[test]
    fn a_text_cannot_plan() {
        let forged = Plan::new(
            "Winter",
            "Due: 2026-12-01T09:00:00Z\nMember: 0 x",
            None,
            members(),
        );
        let read = Plan::read(&forged.manifest()).unwrap();
        assert_eq!((read.due, read.members.len()), (None, 3));
        assert!(Plan::read("Winter\n\nNothing.\n").is_err());
    }

    #[test]
    fn the_same_plan_is_the_same_bytes() {
        let mut turned = members();
        turned.reverse();
        turned.extend(members());
        let one = Plan::new("Winter", "", None, members());
        assert_eq!(
            Plan::new(" Winter ", "\n", None, turned).manifest(),
            one.manifest()
        );
    }
}
