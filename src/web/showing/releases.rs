//! How releases are shown: where each stands, what each text of it becomes, and what is in the way.

use crate::index::{AttestationRow, DecisionRow, ReleaseRow};
use crate::ledger::Act;
use crate::policy::{Bump, Policy};
use crate::review::{MemberRun, Obstacle};
use crate::web::language::{Message, meaning, say, verbatim};
use crate::web::moments::{day, moment, time_of_day};
use crate::web::pages::layout::Tone;
use crate::web::pages::releases::Event;
use crate::web::showing::words::{all_of, any_of, names_of, person_of};

/// Returns a moment to come as a calendar has it: its day and its time, in UTC.
pub fn when(at: i64, now: i64) -> Message {
    say("release-when")
        .with("day", day(at, now))
        .with("time", time_of_day(at).words)
}

/// Says where a release stands, and how well.
pub fn state(release: &ReleaseRow, now: i64) -> (Message, Tone) {
    let changed = || when(release.changed_at, now);
    match (release.state.as_str(), release.due) {
        ("released", _) => (
            say("release-state-released").with("when", changed()),
            Tone::Good,
        ),
        ("cancelled", _) => (
            say("release-state-cancelled").with("when", changed()),
            Tone::Warning,
        ),
        ("failed", _) => (say("release-state-failed"), Tone::Wrong),
        ("releasing", _) => (say("release-state-releasing"), Tone::Good),
        (_, Some(due)) if due <= now => (
            say("release-state-overdue").with("when", when(due, now)),
            Tone::Warning,
        ),
        (_, Some(due)) => (
            say("release-state-due").with("when", when(due, now)),
            Tone::Good,
        ),
        (_, None) => (say("release-state-planned"), Tone::Good),
    }
}

/// Says what becomes of a text when its release goes out.
pub fn becomes(run: &MemberRun) -> Message {
    let Some(offer) = &run.offer else {
        return Message::default();
    };
    match &run.version {
        Some(version) => moved(
            &offer.name,
            version.from.as_ref().map(ToString::to_string),
            &version.to.to_string(),
            version.bump.name(),
        ),
        None => say("release-becomes").with("move", offer.name.as_str()),
    }
}

/// Says what became of a text.
pub fn became(row: &AttestationRow) -> Message {
    match (&row.version_to, &row.bump) {
        (Some(to), Some(bump)) => moved(&row.transition, row.version_from.clone(), to, bump),
        (_, _) => say("release-becomes").with("move", row.transition.as_str()),
    }
}

fn moved(transition: &str, from: Option<String>, to: &str, bump: &str) -> Message {
    let Some(from) = from else {
        return say("release-becomes-first")
            .with("move", transition)
            .with("to", to);
    };
    let bump = match Bump::from_name(bump) {
        Some(Bump::Major) => say("bump-major"),
        Some(Bump::Minor) => say("bump-minor"),
        Some(Bump::Patch) => say("bump-patch"),
        Some(Bump::None) | None => say("bump-none"),
    };
    say("release-becomes-version")
        .with("move", transition)
        .with("from", from)
        .with("to", to)
        .with("bump", bump)
}

/// Says what stands between a text and its release; of approvals also who may give them.
pub fn obstacle(policy: &Policy, obstacle: &Obstacle) -> Vec<Message> {
    let (first, needs) = match obstacle {
        Obstacle::Gone => (say("release-gone"), &[][..]),
        Obstacle::Changed => (say("release-changed"), &[][..]),
        Obstacle::Outdated => (say("release-outdated"), &[][..]),
        Obstacle::Before {
            status,
            transition: Some(transition),
            needs,
        } => (
            say("release-before")
                .with("status", status.as_str())
                .with("move", transition.as_str()),
            needs.as_slice(),
        ),
        Obstacle::Before { status, .. } => (
            say("release-no-way").with("status", status.as_str()),
            &[][..],
        ),
        Obstacle::Missing { transition, needs } => (
            say("release-missing").with("move", transition.as_str()),
            needs.as_slice(),
        ),
        Obstacle::Objection(people) => (
            say("release-objection").with("names", all_of(&names_of(policy, people))),
            &[][..],
        ),
        Obstacle::Finding(finding) => (
            say("release-finding").with("finding", finding.as_str()),
            &[][..],
        ),
        Obstacle::Twin(other) => (say("release-twin").with("other", other.as_str()), &[][..]),
        Obstacle::Unfit(refusal) => (meaning(refusal.code, refusal.cause.as_str()), &[][..]),
    };
    let needs = needs.iter().map(|need| {
        let missing = need.needed as usize - need.approved.len().min(need.needed as usize);
        say("release-need")
            .with("count", missing)
            .with("role", need.role.as_str())
            .with("names", any_of(&names_of(policy, &need.may)))
    });
    std::iter::once(first).chain(needs).collect()
}

/// Returns a decision about a release as its page tells it.
pub fn event(policy: &Policy, row: &DecisionRow, now: i64) -> Event {
    let said = match (row.act.parse(), &row.due) {
        (Ok(Act::Plan), _) => say("release-event-planned"),
        (Ok(Act::Release), Some(_)) => say("release-event-clock"),
        (Ok(Act::Release), None) => say("release-event-released"),
        (Ok(Act::Cancel), _) => say("release-event-cancelled"),
        (Ok(Act::Fail), _) => say("release-event-failed"),
        (_, _) => verbatim(row.act.as_str()),
    };
    Event {
        sentence: said.with("name", person_of(policy, &row.by)),
        when: moment(row.at, now),
        text: row.text.clone(),
    }
}
