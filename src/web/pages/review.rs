//! A review: what changed, and may I approve it?

use askama::Template;

use crate::web::language::{Message, filters, say};

use super::diff::DiffView;
use super::layout::Page;
use super::parts::{
    Approval, AttachedFile, Badge, Choice, Details, Finding, Link, Moment, Refused,
};
use super::talk::{Suggestion, TalkForm};
use crate::web::href::Href;

/// One record in need of a decision.
#[derive(Debug, Clone, PartialEq, Template)]
#[template(path = "reviews/review.html")]
pub struct ReviewPage {
    /// The frame.
    pub page: Page,
    /// The record.
    pub record: Link,
    /// The proposal that the text comes from.
    pub proposal: Option<Link>,
    /// Its collection.
    pub collection: String,
    /// Where the record stands.
    pub badge: Badge,
    /// What is asked, one sentence: "Bruno Keller proposes a revision of this active record".
    pub question: Message,
    /// That it waits for a release, in a sentence.
    pub held: Option<Message>,
    /// How the text came here.
    pub origin: Origin,
    /// Who wrote it.
    pub authors: Vec<Author>,
    /// What moved since the reader looked; their typed text is in the form.
    pub stale: Option<Stale>,
    /// What moved since the reader approved an earlier text.
    pub since: Option<Stale>,
    /// Vetoes that stand against it.
    pub vetoes: Vec<Vetoed>,
    /// Where it may end: the records that name it, with the field that does.
    pub referrers: Vec<(Link, Message)>,
    /// The form of what is said under fields; `None` for those who may say nothing.
    pub talk: Option<TalkForm>,
    /// What changed.
    pub diff: DiffView,
    /// The pictures and documents that are judged with the text.
    pub attached: Vec<AttachedFile>,
    /// The way to active.
    pub steps: Vec<Step>,
    /// The version to come, where one follows.
    pub version: Option<VersionPlan>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Who must approve.
    pub approvals: Vec<Approval>,
    /// What people said, oldest first.
    pub discussion: Vec<Remark>,
    /// What the reader may do.
    pub decision: Decision,
    /// The names git knows it by.
    pub details: Details,
}

/// How a text came to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Through a proposal or a draft.
    Proposed,
    /// Around review, and readers may already see it; what happened, in a sentence.
    OutsideReview(Message),
}

/// Somebody who wrote the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The name.
    pub name: String,
    /// Whether a signature, a host account or a session proves it.
    pub is_proven: bool,
}

/// What moved while the reader was reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Who changed what, and when, in a sentence.
    pub sentence: Message,
    /// What differs between the text that was read and the text that stands now.
    pub diff: DiffView,
}

/// A veto that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vetoed {
    /// Whose, and against what: "Ana Ferreira vetoed this record".
    pub sentence: Message,
    /// Since when.
    pub when: Moment,
    /// Why.
    pub text: String,
}

/// A step on the way to active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The step's name: "Validated".
    pub label: Message,
    /// Where the record is.
    pub state: StepState,
    /// Who and when, or what is missing.
    pub detail: Message,
}

/// Where a record is, seen from a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind it.
    Done,
    /// At it.
    Current,
    /// Before it.
    Ahead,
    /// Held before it.
    Held,
}

impl StepState {
    fn class(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Ahead => "ahead",
            Self::Held => "held",
        }
    }

    fn word(&self) -> Message {
        match self {
            Self::Done => say("review-step-done"),
            Self::Current => say("review-step-current"),
            Self::Ahead => say("review-step-ahead"),
            Self::Held => say("review-step-held"),
        }
    }
}

/// The version to come and why.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "reviews/_version.html")]
pub struct VersionPlan {
    /// The last version; absent before the first.
    pub from: Option<String>,
    /// The next.
    pub to: String,
    /// "minor: more is said".
    pub bump: Message,
    /// One line for each rule that spoke, the strongest first.
    pub reasons: Vec<Reason>,
}

/// Why a version moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The bump it asks for.
    pub bump: Message,
    /// The sentence: "Claims, c2 added".
    pub sentence: Message,
    /// The changed field's place on the page.
    pub href: Option<Href>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Who.
    pub name: String,
    /// What they did: "approved", "requested changes", "commented".
    pub act: Message,
    /// How it stands.
    pub kind: RemarkKind,
    /// When.
    pub when: Moment,
    /// Their words.
    pub text: String,
    /// Why it no longer counts: "for an earlier text".
    pub outdated: Option<Message>,
    /// The field that it is about, and where it stands on the page.
    pub field: Option<Link>,
    /// What it suggests.
    pub suggestion: Option<Suggestion>,
}

/// What a remark does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemarkKind {
    /// Says yes.
    Approval,
    /// Says not yet.
    Objection,
    /// Says.
    Comment,
}

impl RemarkKind {
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Objection => "objection",
            Self::Comment => "comment",
        }
    }
}

/// The form, and why a part of it is missing.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "reviews/_decision.html")]
pub struct Decision {
    /// Where it posts to.
    pub action: Href,
    /// Names and values that bind the decision to what was read: `csrf`, `base`, `proposed`, `policy`, `transition`, `token`.
    pub hidden: Vec<(String, String)>,
    /// Why the reader may not decide: "You wrote this text, so somebody else must approve it".
    pub may_not: Option<Message>,
    /// The buttons, the main one first; none shows no form.
    pub acts: Vec<Act>,
    /// What was typed.
    pub reason: String,
    /// What the reason is for: "Optional; it is kept with your approval".
    pub reason_hint: Message,
    /// The versions to choose from, the computed one chosen; fewer than two shows none.
    pub versions: Vec<Choice>,
    /// Why it was refused.
    pub error: Option<Refused>,
}

/// A button that says what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The value of `decision` it sends.
    pub value: String,
    /// "Approve: make version 1.1.0 active".
    pub label: Message,
    /// How it is drawn.
    pub weight: Weight,
}

/// How much a button weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The act the page is about.
    Main,
    /// Another.
    Other,
    /// One that takes something away.
    Grave,
}

impl Weight {
    fn class(&self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Other => "other",
            Self::Grave => "grave",
        }
    }
}

impl Decision {
    /// Returns the key that presses a button: one approves, one asks for changes.
    fn key_of(&self, place: &usize) -> Option<&'static str> {
        let value = &self.acts.get(*place)?.value;
        let is_approval = |act: &Act| act.value.starts_with("approve:");
        match value.as_str() {
            "request_changes" => Some("r"),
            _ if self.acts.iter().position(is_approval) == Some(*place) => Some("a"),
            _ => None,
        }
    }

    fn offers_versions(&self) -> bool {
        let may_approve = self.acts.iter().any(|act| act.value.starts_with("approve"));
        may_approve && self.versions.len() > 1
    }
}

impl ReviewPage {
    fn outside_review(&self) -> Option<&Message> {
        match &self.origin {
            Origin::Proposed => None,
            Origin::OutsideReview(sentence) => Some(sentence),
        }
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::super::diff::samples::diff;
    use super::super::ink::Ink;
    use super::super::layout::Section;
    use super::super::parts::samples::{
        approvals, attached_file, badge, choices, details, finding, link, moment, refused,
    };
    use super::super::talk::SuggestionState;
    use super::super::talk::samples::{suggestion, talk};
    use super::*;
    use crate::policy::{Severity, StatusKind};
    use crate::web::language::{Value, verbatim};

    fn act(ink: Ink, value: &str, label: Message, weight: Weight) -> Act {
        Act {
            value: ink(value),
            label,
            weight,
        }
    }

    fn completes(ink: Ink, act: Message) -> Message {
        let outcome = say("review-make-version")
            .with("version", ink("1.1.0"))
            .with("status", ink("active"));
        say("review-act-completes")
            .with("act", act)
            .with("outcome", outcome)
    }

    fn steps(ink: Ink) -> Vec<Step> {
        let step = |label, state| Step {
            label,
            state,
            detail: Message::default(),
        };
        vec![
            Step {
                detail: verbatim(ink("Bruno Keller")),
                ..step(say("review-step-written"), StepState::Done)
            },
            step(verbatim(ink("Validated")), StepState::Current),
            step(verbatim(ink("Active")), StepState::Ahead),
        ]
    }

    pub(crate) fn version_plan(ink: Ink) -> VersionPlan {
        let reason = |bump, field: &str, what| Reason {
            bump,
            sentence: say("review-reason")
                .with("field", ink(field))
                .with("what", what),
            href: Some(Href::anchor(&ink("change-claims"))),
        };
        VersionPlan {
            from: Some(ink("1.0.0")),
            to: ink("1.1.0"),
            bump: say("review-bump-minor"),
            reasons: vec![
                reason(say("bump-minor"), "Claims, c3", say("diff-added")),
                reason(say("bump-patch"), "Title", say("diff-changed")),
            ],
        }
    }

    fn decision(ink: Ink) -> Decision {
        Decision {
            action: Href::to([ink("reviews"), ink("decisions")]),
            hidden: ["csrf", "base", "proposed", "policy", "transition", "token"]
                .iter()
                .map(|name| ((*name).to_owned(), ink(name)))
                .collect(),
            may_not: None,
            acts: vec![
                act(
                    ink,
                    "approve",
                    completes(ink, say("review-approve")),
                    Weight::Main,
                ),
                act(
                    ink,
                    "request_changes",
                    say("review-act-changes"),
                    Weight::Other,
                ),
                act(ink, "comment", say("review-act-comment"), Weight::Other),
            ],
            reason: ink("Reads well now."),
            reason_hint: say("review-reason-hint"),
            versions: choices(ink, &["1.1.0", "2.0.0", "1.0.1"]),
            error: None,
        }
    }

    fn discussion(ink: Ink) -> Vec<Remark> {
        let suggesting = Remark {
            name: ink("Dana Lee"),
            act: say("review-said-comment"),
            kind: RemarkKind::Comment,
            when: moment(ink, "2026-11-12"),
            text: ink("Say it shorter."),
            outdated: None,
            field: Some(link(ink, "Definition")),
            suggestion: Some(suggestion(ink, SuggestionState::Open)),
        };
        let remark = |name: &str, act, kind, text: &str, outdated| Remark {
            name: ink(name),
            act,
            kind,
            when: moment(ink, "2026-11-12"),
            text: ink(text),
            outdated,
            field: None,
            suggestion: None,
        };
        vec![
            suggesting,
            remark(
                "Dana Lee",
                say("review-said-changes"),
                RemarkKind::Objection,
                "“Every open-weight model may be sold” is not so: several licences forbid it.",
                Some(say("review-outdated")),
            ),
            remark(
                "Bruno Keller",
                say("review-said-comment"),
                RemarkKind::Comment,
                "Removed the claim, and said what quantisation loses.",
                None,
            ),
            remark(
                "Dana Lee",
                say("review-said-approved").with("move", ink("validate")),
                RemarkKind::Approval,
                "",
                None,
            ),
        ]
    }

    fn with_talk(ink: Ink) -> DiffView {
        let mut diff = diff(ink);
        if let Some(field) = diff.fields.first_mut() {
            field.talk = Some(talk(ink));
        }
        diff
    }

    impl ReviewPage {
        pub(crate) fn sample(ink: Ink) -> Self {
            Self {
                page: Page::sample(ink, Some(Section::Queue)),
                record: link(ink, "Open-weight model"),
                proposal: Some(link(ink, "Say what quantisation loses")),
                collection: ink("concepts"),
                badge: badge(ink, "active", StatusKind::Published, "1.0.0"),
                question: say("review-question-revision")
                    .with("names", Value::AllOf(vec![ink("Bruno Keller")]))
                    .with("status", ink("active")),
                held: Some(say("review-release").with("title", ink("Winter release"))),
                origin: Origin::Proposed,
                authors: vec![
                    Author {
                        name: ink("Bruno Keller"),
                        is_proven: true,
                    },
                    Author {
                        name: ink("Eve Marchand"),
                        is_proven: false,
                    },
                ],
                stale: None,
                since: None,
                vetoes: Vec::new(),
                referrers: vec![(link(ink, "Provenance"), verbatim(ink("Related")))],
                talk: Some(TalkForm {
                    action: Href::to([ink("comments")]),
                    hidden: vec![("csrf".to_owned(), ink("token"))],
                }),
                attached: vec![attached_file(ink, "media/map.png")],
                diff: with_talk(ink),
                steps: steps(ink),
                version: Some(version_plan(ink)),
                findings: vec![
                    finding(ink, Severity::Warning),
                    finding(ink, Severity::Information),
                ],
                approvals: approvals(ink),
                discussion: discussion(ink),
                decision: decision(ink),
                details: details(ink),
            }
        }

        pub(crate) fn author_sample(ink: Ink) -> Self {
            let mut page = Self::sample(ink);
            page.decision.may_not = Some(say("review-you-wrote"));
            page.decision.acts = vec![
                act(ink, "comment", say("review-act-comment"), Weight::Other),
                act(ink, "withdraw", say("review-act-withdraw"), Weight::Grave),
            ];
            page.decision.versions.clear();
            page
        }

        pub(crate) fn outside_sample(ink: Ink) -> Self {
            let mut page = Self::sample(ink);
            page.question = say("review-question-outside");
            page.origin = Origin::OutsideReview(
                say("review-outside-version")
                    .with("names", Value::AllOf(vec![ink("Eve Marchand")]))
                    .with("version", ink("1.0.0")),
            );
            page.decision.acts = vec![
                act(
                    ink,
                    "countersign",
                    completes(ink, say("review-countersign")),
                    Weight::Main,
                ),
                act(ink, "restore", say("review-act-restore"), Weight::Grave),
                act(ink, "comment", say("review-act-comment"), Weight::Other),
            ];
            page.steps[2].state = StepState::Held;
            page
        }

        pub(crate) fn vetoed_sample(ink: Ink) -> Self {
            let mut page = Self::stale_sample(ink);
            page.since = page.stale.take().map(|stale| Stale {
                sentence: say("review-since-approved")
                    .with("fields", Value::AllOf(vec![ink("definition")])),
                ..stale
            });
            page.vetoes = vec![Vetoed {
                sentence: say("review-vetoed-record").with("name", ink("Dana Lee")),
                when: moment(ink, "2026-11-12"),
                text: ink("Nobody checked the licence."),
            }];
            page.decision.acts = vec![act(ink, "veto", say("review-act-veto"), Weight::Grave)];
            page
        }

        pub(crate) fn stale_sample(ink: Ink) -> Self {
            let mut since = diff(ink);
            since.fields.truncate(2);
            since.lines.clear();
            for field in &mut since.fields {
                field.anchor = format!("since-{}", field.anchor);
            }
            let mut page = Self::sample(ink);
            page.stale = Some(Stale {
                sentence: say("review-stale"),
                diff: since,
            });
            page.decision.error = Some(refused(ink));
            page
        }
    }
}
