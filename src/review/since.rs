//! What changed since somebody approved: an approval counts for the texts it names, and whoever gave one for another is told what moved.

use anyhow::Result;

use super::people::is_same;
use crate::id::{BlobId, CommitId};
use crate::ledger::{Act, Attachment};
use crate::policy::{Collection, Person, Policy};
use crate::record::diff::diff;
use crate::record::{self, FieldPath};
use crate::repository::{Content, Repository};
use crate::review::{Item, PastDecision, Texts};

/// The texts of a decision, or of an item: what is judged, and what it replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged<'a> {
    /// The text that is judged.
    pub proposed: &'a [u8],
    /// The text last published; `None` where none was.
    pub base: Option<&'a [u8]>,
}

/// What moved between two times that a record was judged. Fields that the server writes are left out: they say nothing to a reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangedSince {
    /// Addresses that changed in the text; in its new state where they stand there, in the old one where they are gone.
    pub text: Vec<FieldPath>,
    /// The same of the published text that it replaces.
    pub published: Vec<FieldPath>,
}

/// Returns a person's last approval of an earlier text of an item, where it is the last that they decided of it: one that they took back, or followed by
/// a word on the text as it stands, is settled. Decisions die with the attestation they led to, so one that counted is never returned.
pub fn outdated_approval<'a>(
    policy: &Policy,
    item: &'a Item,
    person: &Person,
) -> Option<&'a PastDecision> {
    let here = item.origin.as_ref().map(|origin| origin.branch.as_str());
    let last = item.decisions.iter().rfind(|said| {
        let seen = said.decision.about.proposal.as_ref();
        let decides = match said.decision.act {
            Act::Approve | Act::RequestChanges | Act::Withdraw | Act::Veto => true,
            Act::Submit | Act::Comment | Act::Assign | Act::Describe | Act::Close | Act::Reopen => {
                false
            }
            Act::Plan | Act::Release | Act::Cancel | Act::Fail => false,
            Act::Rewrite | Act::RestoreHistory | Act::AcceptHistory => false,
        };
        decides
            && seen.map(|seen| seen.branch.as_str()) == here
            && is_same(policy, &said.by, person)
    })?;
    let is_void = !item.is_judged_by(&last.decision);
    (last.decision.act == Act::Approve && is_void).then_some(last)
}

/// What a person approved before the text moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The journal commit.
    pub commit: CommitId,
    /// Paths of the files that are others than those that were approved with the text.
    pub attached: Vec<String>,
    proposed: Vec<u8>,
    base: Option<Vec<u8>>,
}

impl Approved {
    /// Returns the texts that were approved.
    pub fn judged(&self) -> Judged<'_> {
        Judged {
            proposed: &self.proposed,
            base: self.base.as_deref(),
        }
    }
}

impl Texts<'_> {
    /// Returns the texts that are judged.
    pub fn judged(&self) -> Judged<'_> {
        Judged {
            proposed: self.proposed,
            base: self.base,
        }
    }
}

/// Reads the texts of a person's [`outdated_approval`], which the journal keeps; `None` where there is none, or its text is not here.
///
/// # Errors
/// When git cannot be read.
pub fn approved_before(
    repository: &Repository,
    policy: &Policy,
    item: &Item,
    person: &Person,
) -> Result<Option<Approved>> {
    let Some(said) = outdated_approval(policy, item, person) else {
        return Ok(None);
    };
    let held = |blob: BlobId| -> Result<Option<Vec<u8>>> {
        Ok(match repository.content(blob)? {
            Content::Bytes(bytes) => Some(bytes),
            Content::TooLarge(_) | Content::Missing(_) => None,
        })
    };
    let base = said.decision.base.map(held).transpose()?.flatten();
    let proposed = held(said.decision.proposed)?;
    Ok(proposed.map(|proposed| Approved {
        commit: said.commit,
        attached: other_files(&said.decision.about.attached, &item.attached),
        proposed,
        base,
    }))
}

/// Returns the paths at which two sets of files differ.
fn other_files(then: &[Attachment], now: &[Attachment]) -> Vec<String> {
    let differs = |file: &&Attachment| !(then.contains(file) && now.contains(file));
    let mut paths: Vec<String> = then
        .iter()
        .chain(now)
        .filter(differs)
        .map(|file| file.path.clone())
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

/// Returns what moved between the texts that were approved and those that stand now. Pure: a text that cannot be read changed in no field that could be
/// named.
pub fn changed_since(
    policy: &Policy,
    collection: &Collection,
    then: Judged<'_>,
    now: Judged<'_>,
) -> ChangedSince {
    let own = policy.workflow(collection).own_fields(collection);
    let changed = |old: Option<&[u8]>, new: Option<&[u8]>| -> Vec<FieldPath> {
        if old == new {
            return Vec::new();
        }
        let read = |bytes: Option<&[u8]>| {
            let parsed = bytes.map(|bytes| record::parse(bytes, collection.format));
            parsed.transpose().ok()
        };
        let (Some(old), Some(new)) = (read(old), read(new)) else {
            return Vec::new();
        };
        let mut paths = Vec::new();
        for change in diff(old.as_ref(), new.as_ref()).changes {
            let is_own = own.iter().any(|field| change.path.is_within(field));
            if !is_own && !paths.contains(&change.path) {
                paths.push(change.path);
            }
        }
        paths
    };
    ChangedSince {
        text: changed(Some(then.proposed), Some(now.proposed)),
        published: changed(then.base, now.base),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OLD: &str = "---\ntitle: One\nstatus: active\nversion: 1.0.0\ndefinition: A text\nclaims:\n  - key: c1\n    text: Short\n---\nBody.\n";

    fn since(then: (&str, Option<&str>), now: (&str, Option<&str>)) -> [Vec<String>; 2] {
        let policy = Policy::read(include_str!("../policy/read/sample.toml")).unwrap();
        fn judged<'a>((proposed, base): (&'a str, Option<&'a str>)) -> Judged<'a> {
            Judged {
                proposed: proposed.as_bytes(),
                base: base.map(str::as_bytes),
            }
        }
        let collection = &policy.collections["concepts"];
        let found = changed_since(&policy, collection, judged(then), judged(now));
        [found.text, found.published].map(|paths| paths.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn the_fields_that_moved_are_named_and_the_servers_own_are_not() {
        let new = OLD
            .replace("A text", "A long text")
            .replace("Short", "Long")
            .replace("version: 1.0.0", "version: 1.0.1");
        let [text, published] = since((OLD, None), (&new, None));
        assert_eq!(text, ["definition", "claims[c1].text"]);
        assert!(published.is_empty());
        let [text, published] = since((OLD, Some(OLD)), (OLD, Some(&new)));
        assert_eq!((text.len(), published.len()), (0, 2));
        let [text, published] = since((OLD, Some(OLD)), ("---\na: [\n---\n", None));
        assert!(text.is_empty() && published.len() > 2);
    }

    proptest! {
        #[test]
        fn what_did_not_move_is_never_named(title in "[A-Z][a-z]{0,3}", words in "[A-Z][a-z]{0,3}") {
            let with = |title: &str, words: &str| OLD.replace("title: One", &format!("title: {title}")).replace("Body", words);
            let new = with(&title, &words);
            let [text, published] = since((OLD, Some(&new)), (&new, Some(&new)));
            prop_assert!(published.is_empty());
            prop_assert_eq!(text.contains(&"title".to_owned()), title != "One");
            prop_assert!(text.iter().all(|path| path == "title" || path.starts_with("body")));
        }
    }
}
