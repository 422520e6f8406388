//! What an attestation means to those who build on what is published: an event, or none.

use sha2::{Digest, Sha256};

use super::{Attestation, RATIFY, RESTORE, TAKE_DOWN, YANK, version_of};
use crate::id::CommitId;
use crate::policy::{Collection, EventKind, Policy, StatusKind, Transition};

/// Returns the id of the event that a commit is for a record, or for a release by its id. It is a function of the two, so that nobody can lose or rename one.
pub fn event_id(commit: CommitId, record: &str) -> String {
    let digest = Sha256::digest(format!("countersign event\n{commit}\n{record}\n"));
    format!("evt_{}", &hex::encode(digest)[..40])
}

/// Returns what happened by an attestation under the policy by which it was judged; `None` where nothing did that readers have, or will have next.
/// `is_translation` says whether its text names a record that it translates.
pub fn event_of(
    policy: &Policy,
    attestation: &Attestation,
    is_translation: bool,
) -> Option<EventKind> {
    let step = &attestation.step;
    match step.transition.as_str() {
        YANK => return version_of(&attestation.record.0).map(|_| EventKind::VersionYanked),
        TAKE_DOWN => return Some(EventKind::RecordTakenDown),
        RATIFY | RESTORE => return None,
        _ => {}
    }
    let collection = policy.collection_of(&attestation.path)?;
    let workflow = policy.workflow(collection);
    let transition = workflow.transitions.get(&step.transition);
    // A status that this policy does not know was left behind by an earlier one.
    let from = workflow.kind(&step.from).unwrap_or(StatusKind::Draft);
    let reached = |kind| match is_translation {
        true => EventKind::TranslationPublished,
        false => kind,
    };
    match (from, workflow.kind(&step.to)?) {
        (StatusKind::Published, StatusKind::Published) => Some(reached(EventKind::RecordUpdated)),
        (_, StatusKind::Published) => Some(reached(EventKind::RecordActivated)),
        (StatusKind::Published | StatusKind::Ended, StatusKind::Ended) => {
            match names_successor(collection, transition, &step.to) {
                true => Some(EventKind::RecordSuperseded),
                false => Some(EventKind::RecordRetired),
            }
        }
        (StatusKind::Published, StatusKind::Draft | StatusKind::Approved) => {
            Some(EventKind::RecordRetired)
        }
        (StatusKind::Draft | StatusKind::Ended, StatusKind::Approved) => {
            Some(EventKind::RecordValidated)
        }
        (StatusKind::Approved, StatusKind::Approved)
        | (_, StatusKind::Draft)
        | (StatusKind::Draft | StatusKind::Approved, StatusKind::Ended) => None,
    }
}

/// A record ends in favour of another one where the move asks for a field that names one, or is called so.
fn names_successor(collection: &Collection, transition: Option<&Transition>, to: &str) -> bool {
    let asks = transition.is_some_and(|transition| {
        let mut required = transition.requires.iter();
        required.any(|field| {
            let mut references = collection.references.iter();
            references.any(|pattern| pattern.0 == field.to_string())
        })
    });
    asks || to.eq_ignore_ascii_case("superseded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BlobId, RecordId};
    use crate::ledger::{Move, version_id};

    const POLICY: &str = r#"
title = "Notes"
[collections.notes]
paths = ["notes/*.md"]
translates = "translates"
references = ["replaced_by"]
[workflows.w]
initial = "open"
[workflows.w.statuses]
open = "draft"
ready = "approved"
checked = "approved"
public = "published"
final = "published"
replaced = "ended"
gone = "ended"
[workflows.w.transitions]
check = { from = ["open", "gone"], to = "ready", approvals = { reviewer = 1 } }
double = { from = ["ready"], to = "checked", approvals = { reviewer = 1 }, not = ["author", "check"] }
publish = { from = ["checked"], to = "public", approvals = { publisher = 1 }, not = ["check", "double"] }
settle = { from = ["public"], to = "final", approvals = { publisher = 2 }, not = ["author"] }
revise = { from = ["public"], to = "public", approvals = { publisher = 2 }, not = ["author"] }
replace = { from = ["public"], to = "replaced", approvals = { publisher = 1 }, requires = ["replaced_by"] }
drop = { from = ["public", "ready"], to = "gone", approvals = { publisher = 1 } }
reopen = { from = ["public"], to = "open", approvals = { publisher = 1 } }
return = { from = ["ready"], to = "open", approvals = { publisher = 1 } }
[roles]
reviewer = "r"
publisher = "p"
[people]
a = { name = "A", addresses = ["a@x.example"], roles = ["reviewer", "publisher"] }
b = { name = "B", addresses = ["b@x.example"], roles = ["reviewer", "publisher"] }
c = { name = "C", addresses = ["c@x.example"], roles = ["reviewer", "publisher"] }
d = { name = "D", addresses = ["d@x.example"], roles = ["reviewer", "publisher"] }
[governance]
approvals = { reviewer = 1 }
"#;

    fn attestation(
        record: &str,
        path: &str,
        (from, to, transition): (&str, &str, &str),
    ) -> Attestation {
        Attestation {
            record: RecordId(record.into()),
            path: path.into(),
            renamed_from: None,
            step: Move {
                from: from.into(),
                to: to.into(),
                transition: transition.into(),
            },
            version: None,
            base: None,
            proposed: BlobId([2; 20]),
            attached: Vec::new(),
            policy: BlobId([3; 20]),
            decisions: CommitId([4; 20]),
            previous: CommitId([5; 20]),
            release: None,
            authored_by: Vec::new(),
            approved_by: Vec::new(),
        }
    }

    fn event(step: (&str, &str, &str), is_translation: bool) -> Option<EventKind> {
        let policy = Policy::read(POLICY).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
        let said = attestation("notes/one", "notes/one.md", step);
        event_of(&policy, &said, is_translation)
    }

    #[test]
    fn a_move_is_an_event_by_what_the_statuses_mean_and_not_by_what_they_are_called() {
        use EventKind::*;
        for (step, wanted) in [
            (("open", "ready", "check"), Some(RecordValidated)),
            (("ready", "checked", "double"), None),
            (("checked", "public", "publish"), Some(RecordActivated)),
            (("public", "public", "revise"), Some(RecordUpdated)),
            (("public", "final", "settle"), Some(RecordUpdated)),
            (("public", "replaced", "replace"), Some(RecordSuperseded)),
            (("public", "gone", "drop"), Some(RecordRetired)),
            (("ready", "gone", "drop"), None),
            (("public", "open", "reopen"), Some(RecordRetired)),
            (("gone", "ready", "check"), Some(RecordValidated)),
            (("ready", "open", "return"), None),
            (("forgotten", "public", "publish"), Some(RecordActivated)),
            (("public", "forgotten", "publish"), None),
            (("public", "public", RESTORE), None),
            (("public", "public", TAKE_DOWN), Some(RecordTakenDown)),
            (("public", "public", RATIFY), None),
        ] {
            assert_eq!(event(step, false), wanted, "{step:?}");
        }
    }

    #[test]
    fn a_translation_is_told_as_one_when_it_reaches_readers() {
        let told = |step| event(step, true);
        let published = Some(EventKind::TranslationPublished);
        assert_eq!(told(("checked", "public", "publish")), published);
        assert_eq!(told(("public", "public", "revise")), published);
        let retired = Some(EventKind::RecordRetired);
        assert_eq!(told(("public", "gone", "drop")), retired);
    }

    #[test]
    fn a_version_that_is_taken_back_is_an_event_and_a_change_of_the_policy_is_none() {
        let policy = Policy::read(POLICY).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
        let version = semver::Version::new(1, 0, 0);
        let id = version_id(&version, "notes/one");
        let yank = attestation(&id, "notes/one.md", ("public", "public", YANK));
        assert_eq!(
            event_of(&policy, &yank, false),
            Some(EventKind::VersionYanked)
        );
        let amend = attestation(
            "countersign.toml",
            "countersign.toml",
            ("none", "none", "amend"),
        );
        assert_eq!(event_of(&policy, &amend, false), None);
    }

    #[test]
    fn an_id_is_a_function_of_commit_and_record() {
        let id = event_id(CommitId([7; 20]), "notes/one");
        assert_eq!(id, event_id(CommitId([7; 20]), "notes/one"));
        assert_ne!(id, event_id(CommitId([8; 20]), "notes/one"));
        assert_ne!(id, event_id(CommitId([7; 20]), "notes/two"));
        assert_eq!(id, "evt_dc9319c5f03a6882a96bce04513b3c29e985ce80");
    }
}
