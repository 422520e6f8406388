//! A review item as its page shows it.

use super::diff;
use super::parts::{badge_of_item, details, finding};
use super::policy_change::put_in_force;
use super::reasons::{asked, bump_word, held_by, label, plan, said_to_you};
use super::releases::when;
use super::standing;
use super::talk::Anchors;
use super::words::{all_of, label as words_label, name_of, names_of, person_of};
use crate::index::FindingRow;
use crate::ledger::{AMEND, Act as Said, TAKE_DOWN};
use crate::policy::{Bump, Person, Policy, StatusKind, Workflow};
use crate::record::{self, Record};
use crate::refusal::Refusal;
use crate::review::queue::{self, why_not};
use crate::review::{
    Item, Offer, PastDecision, Requirement, Standing, Texts, WhyNot, forecast, removal, requirement,
};
use crate::version::{self, Explained};
use crate::web::failure::sentence;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::diff::DiffView;
use crate::web::pages::layout::Page;
use crate::web::pages::parts::{Approval, Choice, Given, Link};
use crate::web::pages::review::{
    Act, Author, Decision, Origin, Remark, RemarkKind, ReviewPage, Stale, Step, StepState, Weight,
};

/// What the page is made from.
pub struct Subject<'a> {
    /// The policy in force.
    pub policy: &'a Policy,
    /// The item as it stands.
    pub item: &'a Item,
    /// Who reads.
    pub person: &'a Person,
    /// The time.
    pub now: i64,
    /// What the rules found.
    pub findings: &'a [FindingRow],
    /// Everything that was ever said of the record.
    pub said: &'a [PastDecision],
    /// What became of the fields that were spoken of.
    pub anchors: &'a Anchors,
    /// The moves that need a value which the text does not have.
    pub lacking: &'a [String],
}

/// What was read and computed off the async threads.
pub struct Reading {
    /// The change.
    pub diff: DiffView,
    /// What moved since the reader approved an earlier text.
    pub since: Option<Stale>,
    /// The version to come, or why there can be none.
    pub forecast: Result<Forecast, Refusal>,
    /// The text that is judged, where it reads.
    pub record: Option<Record>,
    /// What became of the fields that were spoken of.
    pub anchors: Anchors,
    /// The moves that need a value which the text does not have.
    pub lacking: Vec<String>,
}

/// The version to come, and why.
pub type Forecast = (Option<crate::ledger::VersionMove>, Option<Explained>);

/// Compares the texts and computes the version to come.
pub fn read(policy: &Policy, item: &Item, texts: &Texts<'_>) -> Reading {
    let forecast = match queue::forward(policy, item) {
        Some(offer) => forecast(policy, item, &requirement(policy, item, &offer), texts),
        None => Ok((None, None)),
    };
    let diff = item
        .collection(policy)
        .map(|collection| {
            diff::of_files(texts.base, texts.proposed, collection.format, diff::CHANGES)
        })
        .unwrap_or_default();
    let format = item.collection(policy).map(|collection| collection.format);
    Reading {
        record: format.and_then(|format| record::parse(texts.proposed, format).ok()),
        anchors: Anchors::default(),
        lacking: standing::lacking(policy, item, texts),
        since: None,
        diff,
        forecast,
    }
}

impl Subject<'_> {
    /// Returns the page; the form's hidden fields and its address are the route's to fill.
    pub fn page(&self, frame: Page, record: Href, reading: Reading) -> ReviewPage {
        let offer = queue::forward(self.policy, self.item);
        let has = offer
            .as_ref()
            .map(|offer| requirement(self.policy, self.item, offer));
        let writes = offer.as_ref().is_some_and(Offer::writes);
        let forecast = reading.forecast.unwrap_or((None, None));
        ReviewPage {
            attached: Vec::new(),
            page: frame,
            record: Link {
                label: verbatim(self.item.title.as_str()),
                href: record,
            },
            proposal: None,
            collection: self.item.collection.clone(),
            badge: badge_of_item(self.policy, self.item),
            question: self.question(offer.as_ref()),
            held: self.held(),
            origin: self.origin(),
            authors: self.authors(),
            stale: None,
            since: reading.since,
            vetoes: standing::vetoes(self.policy, self.item, self.now),
            referrers: Vec::new(),
            talk: None,
            diff: reading.diff,
            steps: self.steps(has.as_ref()),
            version: writes.then(|| plan(&forecast)).flatten(),
            findings: self.findings.iter().map(finding).collect(),
            approvals: match (offer.as_ref(), &has) {
                (Some(offer), Some(has)) => self.approvals(offer, has),
                _ => self.approvals_of_removal(),
            },
            discussion: self.said.iter().map(|said| self.remark(said)).collect(),
            decision: self.decision(offer.as_ref(), &forecast),
            details: self.details(),
        }
    }

    fn question(&self, offer: Option<&Offer>) -> Message {
        let question = match (self.item.standing, offer) {
            (Standing::Changed, _) => return say("review-question-outside"),
            (Standing::TakenDown, _) => return say("review-question-down"),
            _ if self.item.is_version() => {
                let version = self.item.attested_version.as_ref();
                let version = version.map(ToString::to_string);
                return say("review-question-version").with("version", version.unwrap_or_default());
            }
            (_, None) => return say("review-question-none"),
            (_, Some(_)) if self.item.base.is_some() => say("review-question-revision"),
            (_, Some(_)) => say("review-question-text"),
        };
        question
            .with("names", all_of(&self.author_names()))
            .with("status", offer.map_or("", |offer| offer.to.as_str()))
    }

    /// A text that goes out with others says so where its approval would else promise more.
    fn held(&self) -> Option<Message> {
        let held = self.item.held.as_ref()?;
        let sentence = match held.due {
            Some(due) => say("review-release-due").with("when", when(due, self.now)),
            None => say("review-release"),
        };
        Some(sentence.with("title", held.title.as_str()))
    }

    fn origin(&self) -> Origin {
        if self.item.standing != Standing::Changed {
            return Origin::Proposed;
        }
        let names = all_of(&self.author_names());
        Origin::OutsideReview(match &self.item.attested_version {
            Some(version) => say("review-outside-version")
                .with("names", names)
                .with("version", version.to_string()),
            None => say("review-outside").with("names", names),
        })
    }

    pub(super) fn author_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for author in &self.item.authors {
            let name = person_of(self.policy, &author.identity);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    pub(super) fn authors(&self) -> Vec<Author> {
        self.item
            .authors
            .iter()
            .map(|author| Author {
                name: person_of(self.policy, &author.identity),
                is_proven: author.proven,
            })
            .collect()
    }

    fn steps(&self, has: Option<&Requirement>) -> Vec<Step> {
        let Some(workflow) = self.item.workflow(self.policy) else {
            return Vec::new();
        };
        let way = way(workflow);
        let text_changed = self.item.text_changed(workflow);
        let here = way
            .iter()
            .position(|status| status == self.item.status(workflow))
            .unwrap_or(0);
        let held = has.is_some_and(Requirement::is_held);
        let written = Step {
            label: say("review-step-written"),
            state: StepState::Done,
            detail: all_of(&self.author_names()).into(),
        };
        let rest = way.iter().enumerate().skip(1).map(|(place, status)| {
            let next = if text_changed { here } else { here + 1 };
            let state = match place {
                past if past < next => StepState::Done,
                current if current == next && held => StepState::Held,
                current if current == next => StepState::Current,
                _ => StepState::Ahead,
            };
            Step {
                label: verbatim(sentence(status)),
                state,
                detail: Message::default(),
            }
        });
        std::iter::once(written).chain(rest).collect()
    }

    pub(super) fn approvals(&self, offer: &Offer, has: &Requirement) -> Vec<Approval> {
        has.needs
            .iter()
            .map(|need| Approval {
                role: need.role.clone(),
                needed: need.needed,
                because: need.because.iter().map(asked).collect(),
                given: need
                    .approved
                    .iter()
                    .map(|key| self.given(key, has))
                    .collect(),
                may: names_of(self.policy, &need.may),
                may_not: self.may_not(offer, &need.role),
            })
            .collect()
    }

    /// Who agrees that a version is taken back, or that a record was taken down.
    fn approvals_of_removal(&self) -> Vec<Approval> {
        let removal = removal(self.policy, self.item).filter(|offer| offer.name != TAKE_DOWN);
        removal
            .map(|offer| self.approvals(&offer, &requirement(self.policy, self.item, &offer)))
            .unwrap_or_default()
    }

    fn given(&self, key: &str, has: &Requirement) -> Given {
        let commit = has
            .approvals
            .iter()
            .find(|approval| approval.person == key)
            .map(|approval| approval.commit);
        let at = self
            .said
            .iter()
            .find(|said| Some(said.commit) == commit)
            .map_or(self.now, |said| said.at);
        Given {
            name: name_of(self.policy, key),
            when: moment(at, self.now),
        }
    }

    /// Those who hold the role and may not, with the reason.
    fn may_not(&self, offer: &Offer, role: &str) -> Vec<Message> {
        queue::barred(self.policy, self.item, offer, role)
            .into_iter()
            .map(|(person, why)| match why {
                WhyNot::ApprovedEarlier { .. } => {
                    say("review-approved-earlier").with("name", &person.name)
                }
                WhyNot::Vetoed => say("review-vetoed").with("name", &person.name),
                WhyNot::Wrote | WhyNot::HasApproved | WhyNot::HoldsNone { .. } => {
                    say("review-wrote").with("name", &person.name)
                }
            })
            .collect()
    }

    /// Returns something that was said as the discussion shows it.
    pub fn remark(&self, said: &PastDecision) -> Remark {
        let decision = &said.decision;
        let (act, kind) = match decision.act {
            Said::Approve => (
                say("review-said-approved")
                    .with("move", decision.transition.as_deref().unwrap_or_default()),
                RemarkKind::Approval,
            ),
            Said::RequestChanges => (say("review-said-changes"), RemarkKind::Objection),
            Said::Comment => (say("review-said-comment"), RemarkKind::Comment),
            Said::Submit => (say("review-said-submitted"), RemarkKind::Comment),
            Said::Withdraw => (say("review-said-withdrew"), RemarkKind::Comment),
            Said::Veto => (say("review-said-vetoed"), RemarkKind::Objection),
            Said::Assign => (say("review-said-assigned"), RemarkKind::Comment),
            Said::Describe => (say("review-said-described"), RemarkKind::Comment),
            Said::Close => (say("review-said-closed"), RemarkKind::Comment),
            Said::Reopen => (say("review-said-reopened"), RemarkKind::Comment),
            Said::Plan | Said::Release | Said::Cancel | Said::Fail => {
                (say("review-said-release"), RemarkKind::Comment)
            }
            Said::Rewrite | Said::RestoreHistory | Said::AcceptHistory => {
                (say("review-said-history"), RemarkKind::Comment)
            }
        };
        let is_current = decision.base == self.item.base && decision.proposed == self.item.proposed;
        Remark {
            name: person_of(self.policy, &said.by),
            act,
            kind,
            when: moment(said.at, self.now),
            text: decision.text.clone(),
            outdated: match self.anchors.is_outdated(said.commit) {
                _ if !self.item.is_where(decision) => Some(say("review-elsewhere")),
                is_outdated => is_outdated
                    .unwrap_or(!is_current)
                    .then(|| say("review-outdated")),
            },
            field: decision.about.field.as_ref().map(|field| Link {
                label: words_label(field),
                href: Href::anchor(&diff::anchor(field)),
            }),
            suggestion: self.anchors.suggestion(said.commit),
        }
    }

    pub(super) fn decision(&self, offer: Option<&Offer>, forecast: &Forecast) -> Decision {
        let may_not = offer
            .and_then(|offer| why_not(self.policy, self.item, offer, self.person))
            .map(|why| said_to_you(&why));
        let held = self
            .item
            .blocking
            .first()
            .map(|first| say("review-held").with("finding", held_by(first)));
        let writes = offer.is_some_and(Offer::writes);
        Decision {
            action: Href::default(),
            hidden: Vec::new(),
            may_not: may_not.or(held.filter(|_| offer.is_some_and(|offer| offer.gated))),
            acts: self.acts(forecast),
            reason: String::new(),
            reason_hint: say("review-reason-hint"),
            versions: if writes {
                self.versions(forecast)
            } else {
                Vec::new()
            },
            error: None,
        }
    }

    /// Returns the moves that the person may approve now.
    pub fn moves(&self) -> Vec<Offer> {
        let mut moves = queue::moves_of(self.policy, self.item, self.person);
        moves.retain(|offer| !self.lacking.contains(&offer.name));
        moves
    }

    fn acts(&self, forecast: &Forecast) -> Vec<Act> {
        let act = |value: &str, label: Message, weight| Act {
            value: value.to_owned(),
            label,
            weight,
        };
        let mut acts: Vec<Act> = self
            .moves()
            .iter()
            .map(|offer| self.approval_act(offer, forecast))
            .collect();
        acts.sort_by_key(|act| act.weight != Weight::Main);
        let said = queue::acts_of(self.policy, self.item, self.person);
        acts.extend(said.into_iter().filter_map(|said| {
            Some(match said {
                Said::Approve | Said::Assign | Said::Describe | Said::Close | Said::Reopen => {
                    return None;
                }
                Said::Plan | Said::Release | Said::Cancel | Said::Fail => return None,
                Said::Rewrite | Said::RestoreHistory | Said::AcceptHistory => return None,
                Said::Submit => act("submit", say("review-act-submit"), Weight::Other),
                Said::RequestChanges => {
                    act("request_changes", say("review-act-changes"), Weight::Other)
                }
                Said::Veto => act("veto", say("review-act-veto"), Weight::Grave),
                Said::Comment => act("comment", say("review-act-comment"), Weight::Other),
                Said::Withdraw => act("withdraw", say("review-act-withdraw"), Weight::Grave),
            })
        }));
        acts
    }

    fn approval_act(&self, offer: &Offer, forecast: &Forecast) -> Act {
        let has = requirement(self.policy, self.item, offer);
        let left: u32 = has
            .needs
            .iter()
            .map(|need| {
                need.needed
                    .saturating_sub(u32::try_from(need.approved.len()).unwrap_or(u32::MAX))
            })
            .sum();
        let completes = offer.takes_one() || (left <= 1 && !has.is_held());
        let version = forecast.0.as_ref().filter(|_| offer.writes_version);
        if completes && self.item.is_governance() && offer.name == AMEND {
            return Act {
                value: format!("approve:{AMEND}"),
                label: put_in_force(),
                weight: Weight::Main,
            };
        }
        let weight = match offer.to_kind {
            _ if offer.is_restore() || offer.is_removal() => Weight::Grave,
            StatusKind::Ended => Weight::Grave,
            StatusKind::Approved | StatusKind::Published => Weight::Main,
            StatusKind::Draft => Weight::Other,
        };
        Act {
            value: format!("approve:{}", offer.name),
            label: label(
                offer,
                completes,
                version.map(|step| step.to.to_string()),
                left,
            ),
            weight,
        }
    }

    fn versions(&self, forecast: &Forecast) -> Vec<Choice> {
        let (Some(current), Some(explained)) = (&self.item.attested_version, &forecast.1) else {
            return Vec::new();
        };
        [Bump::Patch, Bump::Minor, Bump::Major]
            .into_iter()
            .filter_map(|bump| {
                let next = version::next(Some(current), bump).ok()?;
                let label = match bump.cmp(&explained.bump) {
                    std::cmp::Ordering::Equal => say("review-version-computed"),
                    std::cmp::Ordering::Less => say("review-version-lowered"),
                    std::cmp::Ordering::Greater => say("review-version-raised"),
                };
                Some(Choice {
                    value: bump.name().to_owned(),
                    label: label
                        .with("version", next.to_string())
                        .with("bump", bump_word(bump)),
                    is_chosen: bump == explained.bump,
                })
            })
            .collect()
    }

    pub(super) fn details(&self) -> crate::web::pages::parts::Details {
        let mut details = details([
            (say("details-file"), self.item.path.clone()),
            (say("details-record"), self.item.record.to_string()),
            (say("details-text-judged"), self.item.proposed.to_string()),
        ]);
        let published = match self.item.base {
            Some(blob) => verbatim(blob.to_string()),
            None => say("details-none"),
        };
        details
            .lines
            .push((say("details-published-text"), published));
        details
    }
}

impl Offer {
    /// Returns whether the move takes a version to readers.
    fn writes(&self) -> bool {
        self.writes_version && !self.is_restore()
    }
}

/// The statuses from the first to the published one.
fn way(workflow: &Workflow) -> Vec<String> {
    let mut way = vec![workflow.initial.clone()];
    let rank = |status: &str| match workflow.kind(status) {
        Some(StatusKind::Approved) => 1,
        Some(StatusKind::Published) => 2,
        Some(StatusKind::Draft | StatusKind::Ended) | None => 0,
    };
    while let Some(last) = way.last() {
        let next = workflow
            .transitions
            .values()
            .find(|transition| transition.from.contains(last) && rank(&transition.to) > rank(last));
        match next {
            Some(transition) => way.push(transition.to.clone()),
            None => break,
        }
    }
    way
}
