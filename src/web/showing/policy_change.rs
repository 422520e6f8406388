//! A change of the policy, its schemas or keys as its page shows it.

use super::diff;
use super::review::Subject;
use super::words::all_of;
use crate::policy::site::may_dress_site;
use crate::policy::{ALLOWED_SIGNERS_PATH, POLICY_PATH, Severity};
use crate::refusal::Refusal;
use crate::review::governance::Amendment;
use crate::review::{queue, requirement};
use crate::web::failure::{place, sentence};
use crate::web::language::{Message, say};
use crate::web::pages::layout::Page;
use crate::web::pages::parts::Finding;
use crate::web::pages::policy_change::{FileChange, PolicyChangePage};

/// Returns what the button says that makes the change hold.
pub fn put_in_force() -> Message {
    say("policy-change-put-in-force")
}

/// Returns the page; the form's hidden fields and its address are the route's to fill.
pub fn page(
    subject: &Subject<'_>,
    frame: Page,
    amendment: &Amendment,
    files: Vec<FileChange>,
) -> PolicyChangePage {
    let offer = queue::forward(subject.policy, subject.item);
    let has = offer
        .as_ref()
        .map(|offer| requirement(subject.policy, subject.item, offer));
    let mut decision = subject.decision(offer.as_ref(), &(None, None));
    decision.reason_hint = say("policy-change-reason-hint");
    PolicyChangePage {
        page: frame,
        question: say("policy-change-question").with("names", all_of(&subject.author_names())),
        authors: subject.authors(),
        stale: None,
        files,
        faults: amendment.faults.iter().map(fault).collect(),
        approvals: offer
            .iter()
            .zip(&has)
            .flat_map(|(offer, has)| subject.approvals(offer, has))
            .collect(),
        discussion: subject
            .said
            .iter()
            .map(|said| subject.remark(said))
            .collect(),
        decision,
        details: subject.details(),
    }
}

/// Returns a fault of a policy that cannot be put in force.
pub fn fault(refusal: &Refusal) -> Finding {
    Finding {
        severity: Severity::Blocking,
        code: refusal.code.to_owned(),
        place: place(&refusal.place),
        href: None,
        message: sentence(&refusal.cause),
        next: sentence(&refusal.next),
    }
}

/// Returns a changed file; bytes that were not read, or are too many to be compared, are not shown.
pub fn file(path: &str, old: Side, new: Side) -> FileChange {
    let became = match (&old, &new) {
        (Side::Absent, _) => say("policy-change-added"),
        (_, Side::Absent) => say("policy-change-removed"),
        (Side::Present(_), Side::Present(_)) => say("policy-change-changed"),
    };
    let lines = match (old.bytes(), new.bytes()) {
        (Some(old), Some(new)) => diff::lines(old, new),
        _ => Vec::new(),
    };
    let note = match lines.is_empty() {
        true => say("policy-change-no-lines"),
        false => Message::default(),
    };
    FileChange {
        path: path.to_owned(),
        what: say("policy-change-file")
            .with("kind", kind(path))
            .with("became", became),
        lines,
        note,
    }
}

/// One side of a changed file.
pub enum Side {
    /// There is no such file.
    Absent,
    /// The file and its bytes, where they could be read.
    Present(Option<Vec<u8>>),
}

impl Side {
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Absent => Some(&[]),
            Self::Present(bytes) => bytes.as_deref(),
        }
    }
}

fn kind(path: &str) -> Message {
    match path {
        POLICY_PATH => say("policy-change-policy"),
        ALLOWED_SIGNERS_PATH => say("policy-change-keys"),
        _ if may_dress_site(path) => say("policy-change-site"),
        _ => say("policy-change-schema"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::diff::Change;

    fn present(text: &str) -> Side {
        Side::Present(Some(text.as_bytes().to_vec()))
    }

    #[test]
    fn a_changed_file_shows_its_lines() {
        let shown = file(POLICY_PATH, present("a\nb\n"), present("a\nc\n"));
        assert_eq!(shown.what.to_string(), "the policy, changed");
        let changes: Vec<_> = shown
            .lines
            .iter()
            .map(|line| (line.change, line.text.as_str()))
            .collect();
        assert_eq!(
            changes,
            [
                (Change::Kept, "a"),
                (Change::Removed, "b"),
                (Change::Added, "c")
            ]
        );
        assert!(shown.note.is_empty());
    }

    #[test]
    fn a_file_that_comes_or_goes_is_shown_whole() {
        let added = file(ALLOWED_SIGNERS_PATH, Side::Absent, present("key\n"));
        assert_eq!(
            added.what.to_string(),
            "the keys whose signatures count, added"
        );
        assert_eq!(added.lines[0].change, Change::Added);
        let removed = file("schemas/note.json", present("{}\n"), Side::Absent);
        assert_eq!(removed.what.to_string(), "a schema, removed");
        assert_eq!(removed.lines[0].change, Change::Removed);
    }

    #[test]
    fn a_file_that_could_not_be_read_is_not_shown_as_unchanged() {
        let shown = file(POLICY_PATH, Side::Present(None), present("a\n"));
        assert!(shown.lines.is_empty() && !shown.note.is_empty());
    }
}
