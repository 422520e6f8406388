//! The decision: what one person said of one review item, bound to the exact blobs they were shown.

use std::fmt;
use std::str::FromStr;

use super::attachment::{push_attached, read_attached};
use super::attestation::read_reviewed;
use super::trailer::{body_text, text_of};
use super::{Attachment, Malformed, Tips, Trailers};
use crate::id::{BlobId, CommitId, Identity, RecordId};
use crate::policy::Bump;
use crate::record::FieldPath;

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// An author asks for review.
    Submit,
    /// Agrees to a transition.
    Approve,
    /// Wants the text changed first; stands against every approval of the same text until withdrawn.
    RequestChanges,
    /// Says something.
    Comment,
    /// Takes back their own standing approval, request or veto.
    Withdraw,
    /// Stands against the record, or the whole proposal, whatever its text becomes, until withdrawn.
    Veto,
    /// Asks somebody to look, or says by when.
    Assign,
    /// Gives a proposal another title and description: the first line of the text, and the rest.
    Describe,
    /// Gives a proposal up; it comes back by [`Act::Reopen`] alone.
    Close,
    /// Takes up a proposal that was closed.
    Reopen,
    /// Says what goes out together, and when; later plans of the same release take the place of earlier ones.
    Plan,
    /// Lets a release out.
    Release,
    /// Gives a release up.
    Cancel,
    /// Tells that a release could not go out, and why; the server's own word.
    Fail,
    /// Tells that the published branch was rewritten; the server's own word.
    Rewrite,
    /// Brings a rewritten branch back to what it was.
    RestoreHistory,
    /// Takes a rewritten branch for what is published from now on.
    AcceptHistory,
}

impl Act {
    /// Returns the word in the trailer `Decision`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Approve => "approve",
            Self::RequestChanges => "request-changes",
            Self::Comment => "comment",
            Self::Withdraw => "withdraw",
            Self::Veto => "veto",
            Self::Assign => "assign",
            Self::Describe => "describe",
            Self::Close => "close",
            Self::Reopen => "reopen",
            Self::Plan => "plan",
            Self::Release => "release",
            Self::Cancel => "cancel",
            Self::Fail => "fail",
            Self::Rewrite => "rewrite",
            Self::RestoreHistory => "restore-history",
            Self::AcceptHistory => "accept-history",
        }
    }
}

impl Act {
    /// Returns whether this is about the history of the published branch as a whole.
    pub fn is_of_history(self) -> bool {
        matches!(
            self,
            Self::Rewrite | Self::RestoreHistory | Self::AcceptHistory
        )
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Act {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        [
            Self::Submit,
            Self::Approve,
            Self::RequestChanges,
            Self::Comment,
            Self::Withdraw,
            Self::Veto,
            Self::Assign,
            Self::Describe,
            Self::Close,
            Self::Reopen,
            Self::Plan,
            Self::Release,
            Self::Cancel,
            Self::Fail,
            Self::Rewrite,
            Self::RestoreHistory,
            Self::AcceptHistory,
        ]
        .into_iter()
        .find(|act| act.name() == text)
        .ok_or_else(|| Malformed(format!("\"{text}\" is no decision")))
    }
}

/// What a journal commit says. Who said it and when are the commit's author and date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What was done.
    pub act: Act,
    /// The transition meant; only for [`Act::Approve`].
    pub transition: Option<String>,
    /// The record.
    pub record: RecordId,
    /// Its path when it was judged.
    pub path: String,
    /// The last published blob, none before the first activation.
    pub base: Option<BlobId>,
    /// The blob that was judged.
    pub proposed: BlobId,
    /// The blob of the policy that was in force.
    pub policy: BlobId,
    /// A bump other than the computed one.
    pub bump: Option<Bump>,
    /// The form's own id: the same one again is the same decision.
    pub operation: String,
    /// The reason or the comment.
    pub text: String,
    /// Where it was said, and of what beside the whole text.
    pub about: About,
}

/// Where something was said, and of what beside the whole text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// The proposal that was read; `None` for what stands on the published branch.
    pub proposal: Option<Seen>,
    /// The field that is spoken of.
    pub field: Option<FieldPath>,
    /// The whole text as it would be with the change that is suggested.
    pub suggested: Option<BlobId>,
    /// The decision that this one answers.
    pub answers: Option<CommitId>,
    /// Who is to look at it: the short name of a person of the policy.
    pub assignee: Option<String>,
    /// Until which day, `YYYY-MM-DD`; for a release that the clock let out, the instant for which it was planned.
    pub due: Option<String>,
    /// The two ends of a published branch that was rewritten.
    pub tips: Option<Tips>,
    /// The files that the text names, as they were judged with it, by path.
    pub attached: Vec<Attachment>,
}

/// A proposal as somebody saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its branch, without `refs/heads/`.
    pub branch: String,
    /// Its head then.
    pub head: CommitId,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.branch, self.head)
    }
}

impl FromStr for Seen {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = || Malformed(format!("\"{text}\" is no branch and its head"));
        let (branch, head) = text.split_once(' ').ok_or_else(wrong)?;
        Ok(Self {
            branch: branch.to_owned(),
            head: head.parse().map_err(|_| wrong())?,
        })
    }
}

impl About {
    fn push(&self, trailers: &mut Trailers) {
        if let Some(seen) = &self.proposal {
            trailers.push("Proposal", seen);
        }
        if let Some(field) = &self.field {
            trailers.push("Field", field);
        }
        if let Some(suggested) = self.suggested {
            trailers.push("Suggested", suggested);
        }
        if let Some(answers) = self.answers {
            trailers.push("Answers", answers);
        }
        if let Some(assignee) = &self.assignee {
            trailers.push("Assignee", assignee);
        }
        if let Some(due) = &self.due {
            trailers.push("Due", due);
        }
        if let Some(tips) = &self.tips {
            trailers.push("Tips", tips);
        }
        push_attached(trailers, &self.attached);
    }

    fn read(trailers: &Trailers) -> Result<Self, Malformed> {
        fn parsed<T: FromStr<Err: fmt::Display>>(
            trailers: &Trailers,
            name: &str,
        ) -> Result<Option<T>, Malformed> {
            match trailers.get(name)? {
                Some(_) => trailers.required(name).map(Some),
                None => Ok(None),
            }
        }
        Ok(Self {
            proposal: parsed(trailers, "Proposal")?,
            field: parsed(trailers, "Field")?,
            suggested: parsed(trailers, "Suggested")?,
            answers: parsed(trailers, "Answers")?,
            assignee: trailers.get("Assignee")?.map(str::to_owned),
            due: trailers.get("Due")?.map(str::to_owned),
            tips: parsed(trailers, "Tips")?,
            attached: read_attached(trailers)?,
        })
    }
}

/// Returns who wrote the text that a journal commit's decision judged, as its message says; none where it names nobody.
pub fn authors_of(message: &str) -> Vec<Identity> {
    let trailers = Trailers::read(message);
    let named = trailers.all("Authored-by");
    named.filter_map(|author| author.parse().ok()).collect()
}

impl Decision {
    /// Returns the commit message, without a word of who wrote the text.
    pub fn message(&self) -> String {
        self.message_with(&[])
    }

    /// Returns the commit message, which names those who wrote the text that was judged: whoever has to be told is known from the journal alone,
    /// whatever becomes of the text and of its branch.
    pub fn message_with(&self, authors: &[Identity]) -> String {
        let mut trailers = Trailers::default();
        trailers.push("Decision", self.act);
        if let Some(transition) = &self.transition {
            trailers.push("Transition", transition);
        }
        trailers.push("Record", &self.record);
        trailers.push("Path", &self.path);
        let base = self.base.map_or("none".to_owned(), |blob| blob.to_string());
        trailers.push("Reviewed", format!("{base}..{}", self.proposed));
        trailers.push("Policy", self.policy);
        if let Some(bump) = self.bump {
            trailers.push("Bump", bump.name());
        }
        trailers.push("Operation", &self.operation);
        self.about.push(&mut trailers);
        for author in authors {
            trailers.push("Authored-by", author);
        }
        let what = self
            .transition
            .as_ref()
            .map(|name| format!(" {name}"))
            .unwrap_or_default();
        let record: String = self.record.0.chars().take(80).collect();
        trailers.message(&format!("{}{what} {record}", self.act), &self.text)
    }

    /// Reads the decision in a journal commit's message.
    ///
    /// # Errors
    /// When a trailer is missing, doubled or unreadable.
    pub fn read(message: &str) -> Result<Self, Malformed> {
        let trailers = Trailers::read(message);
        let (base, proposed) = read_reviewed(&trailers.required::<String>("Reviewed")?)?;
        let bump = trailers.get("Bump")?;
        let bump = bump
            .map(|name| {
                Bump::from_name(name).ok_or_else(|| Malformed(format!("\"{name}\" is no bump")))
            })
            .transpose()?;
        Ok(Self {
            act: trailers.required("Decision")?,
            transition: trailers.get("Transition")?.map(str::to_owned),
            record: RecordId(trailers.required("Record")?),
            path: trailers.required("Path")?,
            base,
            proposed,
            policy: trailers.required("Policy")?,
            bump,
            operation: trailers.required("Operation")?,
            text: body_text(&text_of(message)),
            about: About::read(&trailers)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample(text: &str) -> Decision {
        Decision {
            act: Act::Approve,
            transition: Some("validate".into()),
            record: RecordId("concepts/x".into()),
            path: "records/concepts/x.md".into(),
            base: None,
            proposed: BlobId([2; 20]),
            policy: BlobId([3; 20]),
            bump: Some(Bump::Major),
            operation: "01abc".into(),
            text: body_text(text),
            about: About {
                proposal: Some(Seen {
                    branch: "proposals/claims".into(),
                    head: CommitId([4; 20]),
                }),
                field: Some("claims[c2].text".parse().unwrap()),
                suggested: Some(BlobId([5; 20])),
                answers: Some(CommitId([6; 20])),
                assignee: Some("ana".into()),
                due: Some("2026-12-01".into()),
                tips: Some(Tips {
                    old: CommitId([7; 20]),
                    new: CommitId([8; 20]),
                }),
                attached: vec![Attachment {
                    path: "media/a map.png".into(),
                    blob: BlobId([9; 20]),
                }],
            },
        }
    }

    proptest! {
        #[test]
        fn a_decision_reads_back_whatever_was_typed(text in any::<String>()) {
            prop_assert_eq!(Decision::read(&sample(&text).message()).unwrap(), sample(&text));
        }
    }

    #[test]
    fn who_wrote_the_text_stands_beside_the_decision() {
        let authors = [
            Identity::new("Ana Roche", "ana@example.org"),
            Identity::new("", "ben@example.org"),
        ];
        let message = sample("fine").message_with(&authors);
        assert_eq!(authors_of(&message), authors);
        assert_eq!(Decision::read(&message).unwrap(), sample("fine"));
        let forged = sample("fine\n\nAuthored-by: Eve <eve@example.org>");
        assert!(authors_of(&forged.message()).is_empty());
    }

    #[test]
    fn a_comment_cannot_decide() {
        let forged = Decision {
            act: Act::Comment,
            transition: None,
            ..sample("fine\n\nDecision: approve\nTransition: activate")
        };
        let read = Decision::read(&forged.message()).unwrap();
        assert_eq!((read.act, read.transition), (Act::Comment, None));
    }
}
