//! Who is told of a decision or of a move, and why: a function of what git holds and of the policy in force.
//!
//! Each of them tells a person once, for the reason that concerns them most, and nobody of what they did themselves, under whichever of their addresses.

use std::str::FromStr;

use super::mentions::mentions;
use super::{Act, Attestation, Decision, Malformed, TAKE_DOWN};
use crate::id::Identity;
use crate::policy::{Person, Policy, StatusKind};

/// Why somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The published history was replaced, and they decide about it.
    Rewritten,
    /// They were asked by name to look.
    Assigned,
    /// Somebody speaks to them.
    Mentioned,
    /// Somebody answers what they said.
    Answered,
    /// Their text was approved.
    Approved,
    /// Changes of their text are asked for.
    ChangesRequested,
    /// Their text was vetoed.
    Vetoed,
    /// Something was said of their text.
    Commented,
    /// A change of their text was suggested.
    Suggested,
    /// An approval of their text, or a request to change it, was taken back.
    Withdrawn,
    /// Their proposal was closed.
    Closed,
    /// Their proposal was taken up again.
    Reopened,
    /// Their text moved on: it became what they wrote it for.
    Landed,
    /// Their text was sent back.
    SentBack,
    /// A record was taken down that they wrote, or that they may ratify.
    TakenDown,
    /// A text that they decided about is another one now.
    Changed,
    /// Another text of a record that their proposal changes was published.
    Outdated,
    /// What they were asked for is due.
    Due,
    /// What they were asked for was due.
    Overdue,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 19] = [
        Self::Rewritten,
        Self::Assigned,
        Self::Mentioned,
        Self::Answered,
        Self::Approved,
        Self::ChangesRequested,
        Self::Vetoed,
        Self::Commented,
        Self::Suggested,
        Self::Withdrawn,
        Self::Closed,
        Self::Reopened,
        Self::Landed,
        Self::SentBack,
        Self::TakenDown,
        Self::Changed,
        Self::Outdated,
        Self::Due,
        Self::Overdue,
    ];

    /// Returns the reason's word in the index and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rewritten => "rewritten",
            Self::Assigned => "assigned",
            Self::Mentioned => "mentioned",
            Self::Answered => "answered",
            Self::Approved => "approved",
            Self::ChangesRequested => "changes-requested",
            Self::Vetoed => "vetoed",
            Self::Commented => "commented",
            Self::Suggested => "suggested",
            Self::Withdrawn => "withdrawn",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Landed => "landed",
            Self::SentBack => "sent-back",
            Self::TakenDown => "taken-down",
            Self::Changed => "changed",
            Self::Outdated => "outdated",
            Self::Due => "due",
            Self::Overdue => "overdue",
        }
    }
}

impl FromStr for Reason {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.name() == text)
            .ok_or_else(|| Malformed(format!("\"{text}\" is no reason to tell anybody")))
    }
}

/// Somebody to tell, by short name, and why.
pub type Told = (String, Reason);

/// Returns who is told of a decision: whoever it names or speaks to, whoever said what it answers, and those who wrote the text that was judged.
pub fn told_of_decision(
    policy: &Policy,
    decision: &Decision,
    by: &Identity,
    authors: &[Identity],
    answered: Option<&Identity>,
) -> Vec<Told> {
    let mut told = Telling::of(policy, std::slice::from_ref(by));
    if decision.act == Act::Rewrite {
        let people = policy.people.values();
        for person in people.filter(|person| policy.may_govern(person)) {
            told.tell(Some(person), Reason::Rewritten);
        }
    }
    let assignee = decision.about.assignee.as_deref();
    told.tell(
        assignee.and_then(|key| policy.people.get(key)),
        Reason::Assigned,
    );
    for name in mentions(&decision.text) {
        told.tell(policy.people.get(&name), Reason::Mentioned);
    }
    told.tell_identity(answered, Reason::Answered);
    if let Some(reason) = of_own_text(decision) {
        for author in authors {
            told.tell_identity(Some(author), reason);
        }
    }
    told.told
}

/// Returns who is told of a move: those who wrote the text, but for those who approved just this move. Of a record that was taken down, everybody who may
/// ratify it too.
pub fn told_of_attestation(policy: &Policy, attestation: &Attestation) -> Vec<Told> {
    if attestation.step.transition == TAKE_DOWN {
        return told_of_removal(policy, attestation);
    }
    let kind = policy
        .collection_of(&attestation.path)
        .and_then(|collection| policy.workflow(collection).kind(&attestation.step.to));
    let reason = match kind {
        Some(StatusKind::Draft) => Reason::SentBack,
        Some(StatusKind::Approved | StatusKind::Published | StatusKind::Ended) | None => {
            Reason::Landed
        }
    };
    let mut told = Telling::of(policy, &attestation.approved_by);
    for author in &attestation.authored_by {
        told.tell_identity(Some(author), reason);
    }
    told.told
}

fn told_of_removal(policy: &Policy, attestation: &Attestation) -> Vec<Told> {
    let mut told = Telling::of(policy, &attestation.approved_by);
    for author in &attestation.authored_by {
        told.tell_identity(Some(author), Reason::TakenDown);
    }
    let administers = |person: &&Person| {
        let mut roles = policy.governance.by_role.keys();
        roles.any(|role| policy.holds(person, role, None))
    };
    for person in policy.people.values().filter(administers) {
        told.tell(Some(person), Reason::TakenDown);
    }
    told.told
}

/// Returns what a decision is to those who wrote the text.
fn of_own_text(decision: &Decision) -> Option<Reason> {
    match decision.act {
        Act::Approve => Some(Reason::Approved),
        Act::RequestChanges => Some(Reason::ChangesRequested),
        Act::Veto => Some(Reason::Vetoed),
        Act::Comment if decision.about.suggested.is_some() => Some(Reason::Suggested),
        Act::Comment => Some(Reason::Commented),
        Act::Withdraw => Some(Reason::Withdrawn),
        Act::Close => Some(Reason::Closed),
        Act::Reopen => Some(Reason::Reopened),
        Act::Submit | Act::Assign | Act::Describe => None,
        Act::Plan | Act::Release | Act::Cancel | Act::Fail => None,
        Act::Rewrite | Act::RestoreHistory | Act::AcceptHistory => None,
    }
}

struct Telling<'a> {
    policy: &'a Policy,
    actors: Vec<&'a str>,
    told: Vec<Told>,
}

impl<'a> Telling<'a> {
    fn of(policy: &'a Policy, actors: &[Identity]) -> Self {
        let known = |actor: &Identity| policy.person_by_address(&actor.address);
        Self {
            policy,
            actors: actors
                .iter()
                .filter_map(known)
                .map(|person| person.key.as_str())
                .collect(),
            told: Vec::new(),
        }
    }

    fn tell_identity(&mut self, identity: Option<&Identity>, reason: Reason) {
        let policy = self.policy;
        let person = identity.and_then(|identity| policy.person_by_address(&identity.address));
        self.tell(person, reason);
    }

    fn tell(&mut self, person: Option<&Person>, reason: Reason) {
        let Some(person) = person else { return };
        let is_own = self.actors.contains(&person.key.as_str());
        if !is_own && self.told.iter().all(|(key, _)| *key != person.key) {
            self.told.push((person.key.clone(), reason));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BlobId, RecordId};
    use crate::ledger::{About, Move};

    fn policy() -> Policy {
        let source = r#"
title = "Test"
branch = "main"
[collections.notes]
paths = ["notes/*.md"]
format = "markdown"
status = "status"
version = "version"
[roles]
reviewer = "Judges"
publisher = "Publishes"
administrator = "Keeps"
[people.ana]
name = "Ana"
addresses = ["ana@example.org", "ana@home.example"]
roles = ["reviewer"]
[people.ben]
name = "Ben"
addresses = ["ben@example.org"]
roles = ["reviewer", "publisher"]
[people.cy]
name = "Cy"
addresses = ["cy@example.org"]
roles = ["publisher", "reviewer", "administrator"]
[governance]
approvals = { administrator = 1 }
"#;
        Policy::read(source).unwrap_or_else(|refusals| panic!("{refusals:#?}"))
    }

    fn decision(act: Act, text: &str) -> Decision {
        Decision {
            act,
            transition: None,
            record: RecordId("notes/one".into()),
            path: "notes/one.md".into(),
            base: None,
            proposed: BlobId([1; 20]),
            policy: BlobId([2; 20]),
            bump: None,
            operation: "x".into(),
            text: text.into(),
            about: About::default(),
        }
    }

    fn who(address: &str) -> Identity {
        Identity::new("", address)
    }

    fn keys(told: &[Told]) -> Vec<(&str, Reason)> {
        told.iter()
            .map(|(key, reason)| (key.as_str(), *reason))
            .collect()
    }

    #[test]
    fn authors_are_told_unless_it_is_their_own_act_under_any_address() {
        let (policy, authors) = (policy(), [who("ana@example.org"), who("zoe@example.net")]);
        let told =
            |act, by: &str| told_of_decision(&policy, &decision(act, ""), &who(by), &authors, None);
        let by_ben = told(Act::Approve, "ben@example.org");
        assert_eq!(keys(&by_ben), [("ana", Reason::Approved)]);
        assert_eq!(told(Act::Comment, "ana@home.example"), []);
        assert_eq!(told(Act::Submit, "ben@example.org"), []);
    }

    #[test]
    fn each_is_told_once_for_what_concerns_them_most() {
        let policy = policy();
        let mut said = decision(Act::Comment, "@ana @cy @ben @nobody, `@cy`");
        said.about.assignee = Some("cy".into());
        let answered = who("ana@home.example");
        let authors = [who("ana@example.org"), who("cy@example.org")];
        let by = who("ben@example.org");
        let told = told_of_decision(&policy, &said, &by, &authors, Some(&answered));
        assert_eq!(
            keys(&told),
            [("cy", Reason::Assigned), ("ana", Reason::Mentioned)]
        );
    }

    #[test]
    fn a_move_tells_those_who_wrote_and_did_not_make_it() {
        let policy = policy();
        let mut made = Attestation {
            release: None,
            record: RecordId("notes/one".into()),
            path: "notes/one.md".into(),
            renamed_from: None,
            step: Move {
                transition: "activate".into(),
                from: "validated".into(),
                to: "active".into(),
            },
            version: None,
            base: None,
            attached: Vec::new(),
            proposed: BlobId([1; 20]),
            policy: BlobId([2; 20]),
            decisions: crate::id::CommitId([3; 20]),
            previous: crate::id::CommitId([4; 20]),
            authored_by: vec![who("ana@example.org"), who("ben@example.org")],
            approved_by: vec![who("ben@example.org")],
        };
        let told = told_of_attestation(&policy, &made);
        assert_eq!(keys(&told), [("ana", Reason::Landed)]);
        made.step.to = "draft".into();
        let told = told_of_attestation(&policy, &made);
        assert_eq!(keys(&told), [("ana", Reason::SentBack)]);
    }

    #[test]
    fn reasons_read_back() {
        for reason in Reason::ALL {
            assert_eq!(reason.name().parse::<Reason>().unwrap(), reason);
        }
    }
}
