//! How targets stand: what they are owed, whether it goes through, and what is live there.

use crate::index;
use crate::policy::{EventKind, Target};
use crate::publish::message::wants;
use crate::web::accounts::{Attempt, Build, Mark, TargetDelivery, TargetState};
use crate::web::failure::sentence as sentence_of;
use crate::web::language::{Message, Value, mend, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::Tone;
use crate::web::pages::parts::Link;
use crate::web::pages::targets::{AttemptRow, BuildRow, DeliveryRow, Downstream, TargetStanding};
use crate::web::reader::Reader;
use crate::web::seat::Seat;

/// Events that are counted of those that are owed; a target that is further behind is told to be so far.
const MOST_COUNTED: i64 = 10_000;

/// How a target stands.
pub struct Standing {
    /// Whether anybody said where it is reached.
    pub is_set: bool,
    /// How far it was told.
    pub state: Option<TargetState>,
    /// Events that are still to be delivered.
    pub behind: i64,
    /// Deliveries that were put aside.
    pub dead: i64,
    /// Why the last attempt at the delivery that waits failed; `None` where none did.
    pub failing: Option<String>,
    /// The last build that is live.
    pub live: Option<Build>,
    /// Events after what is live; `None` where nothing is, or was of a history that is not published any more.
    pub live_behind: Option<i64>,
    /// Whether the last build failed.
    pub has_failed: bool,
}

/// Looks how a target stands.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn standing(seat: &Seat, target: &Target) -> anyhow::Result<Standing> {
    let (accounts, name) = (&seat.web.accounts, seat.desk.name.as_str());
    let is_set = accounts.endpoint(name, &target.name).await?.is_some();
    let state = accounts.target_state(name, &target.name).await?;
    let counts = accounts.count_deliveries(name, &target.name).await?;
    let waiting = accounts.next_delivery(name, &target.name).await?;
    let failing = match &waiting {
        Some(delivery) if delivery.attempts > 0 => {
            let attempts = accounts
                .attempts(name, &target.name, delivery.first)
                .await?;
            attempts.into_iter().next().map(|attempt| attempt.error)
        }
        _ => None,
    };
    let behind = match &state {
        Some(state) => owed(seat, target, state).await?,
        None => 0,
    };
    let last = accounts.builds(name, &target.name, 1).await?;
    let live = accounts.live_build(name, &target.name).await?;
    let built = match &live {
        Some(build) => built_up_to(seat, build).await?,
        None => None,
    };
    let live_behind = match built {
        Some(number) => Some(wanted_after(seat, target, number).await?),
        None => None,
    };
    Ok(Standing {
        is_set,
        state,
        behind,
        dead: counts.dead,
        failing: failing.filter(|why| !why.is_empty()),
        live,
        live_behind,
        has_failed: last.first().is_some_and(|build| build.state == "failed"),
    })
}

/// Counts the events that were published and not dealt with.
async fn owed(seat: &Seat, target: &Target, state: &TargetState) -> anyhow::Result<i64> {
    let number = number_of(seat, &state.made).await?;
    let made = state.made.sequence - state.told.sequence;
    Ok(made.max(0) + wanted_after(seat, target, number).await?)
}

/// Counts the published events after a number that a target is told of.
async fn wanted_after(seat: &Seat, target: &Target, number: i64) -> anyhow::Result<i64> {
    let Some(up_to) = seat.desk.published_up_to().await? else {
        return Ok(0);
    };
    let pool = seat.desk.index.reader();
    let events = index::events_after(pool, number, up_to, MOST_COUNTED).await?;
    let wanted = events.iter().filter(|event| wants(target, event)).count();
    Ok(i64::try_from(wanted).unwrap_or(MOST_COUNTED))
}

async fn number_of(seat: &Seat, mark: &Mark) -> anyhow::Result<i64> {
    let after = mark.after.parse()?;
    seat.desk.event_number(mark.event.as_deref(), after).await
}

/// Returns how far a record came downstream, for each target that is told of it: what was approved and changes nothing for readers is on its way to nobody.
///
/// # Errors
/// When git or a database cannot be read.
pub async fn of_record(reader: &Reader, record: &str) -> anyhow::Result<Vec<Downstream>> {
    let targets = &reader.policy().targets;
    let up_to = reader.desk.published_up_to().await?.unwrap_or(0);
    let pool = reader.desk.index.reader();
    let mut events = match targets.is_empty() {
        true => Vec::new(),
        false => index::events_of_record(pool, record, up_to).await?,
    };
    events.retain(|event| kind(event) != Some(EventKind::RecordValidated));
    let mut rows = Vec::new();
    for target in targets.values() {
        let Some(last) = events.iter().rfind(|event| wants(target, event)) else {
            continue;
        };
        if let Some(came) = came(reader, target, last).await? {
            rows.push(came.shown(reader, target, last, &events));
        }
    }
    Ok(rows)
}

fn kind(event: &index::Event) -> Option<EventKind> {
    event.kind.parse().ok()
}

/// Returns whether readers have no current text of a record after an event.
fn is_end(event: &index::Event) -> bool {
    matches!(
        kind(event),
        Some(EventKind::RecordSuperseded | EventKind::RecordRetired | EventKind::RecordTakenDown)
    )
}

/// How far an event came downstream.
struct Came {
    /// The target was told of it.
    is_told: bool,
    /// The last build, and whether it holds the event.
    build: Option<(Build, bool)>,
    /// The last build that is live, and the last event that it holds.
    live: Option<(Build, i64)>,
}

/// Looks how far an event came; `None` where the target is not reached and never built anything, and of what was before the target.
async fn came(
    reader: &Reader,
    target: &Target,
    event: &index::Event,
) -> anyhow::Result<Option<Came>> {
    let (accounts, repository) = (&reader.web.accounts, reader.desk.name.as_str());
    let name = target.name.as_str();
    let live = match accounts.live_build(repository, name).await? {
        Some(build) => built_up_to(reader, &build)
            .await?
            .map(|number| (build, number)),
        None => None,
    };
    let last = accounts.builds(repository, name, 1).await?.pop();
    let build = match last {
        Some(build) => {
            let number = built_up_to(reader, &build).await?;
            Some((build, number.is_some_and(|number| number >= event.number)))
        }
        None => None,
    };
    let state = accounts.target_state(repository, name).await?;
    let is_told = match &state {
        Some(state) => number_of(reader, &state.told).await? >= event.number,
        None => false,
    };
    let is_before = match state.as_ref().map(|state| state.began.as_deref()) {
        Some(Some(began)) => reader.desk.told_up_to(began.parse()?).await? >= event.number,
        Some(None) => false,
        None => build.is_none(),
    };
    let is_built = build.as_ref().is_some_and(|(_, holds)| *holds)
        || live
            .as_ref()
            .is_some_and(|(_, number)| *number >= event.number);
    Ok((is_built || !is_before).then_some(Came {
        is_told,
        build,
        live,
    }))
}

/// Returns the number of the last event that a build holds; `None` where its commit is not published any more.
///
/// # Errors
/// When the database cannot be read.
pub async fn built_up_to(seat: &Seat, build: &Build) -> anyhow::Result<Option<i64>> {
    let pool = seat.desk.index.reader();
    Ok(match index::sequence_of(pool, &build.commit).await? {
        Some(sequence) => Some(index::last_event(pool, sequence).await?),
        None => None,
    })
}

impl Came {
    fn shown(
        self,
        reader: &Reader,
        target: &Target,
        event: &index::Event,
        events: &[index::Event],
    ) -> Downstream {
        let live = self.live.as_ref();
        let is_live = live.is_some_and(|(_, number)| *number >= event.number);
        let (tone, word) = match self.build.as_ref() {
            Some((build, true)) if is_live && build.state == "failed" => {
                (Tone::Wrong, say("targets-record-live-failed"))
            }
            _ if is_live && is_end(event) => (Tone::Good, say("targets-record-live-ended")),
            _ if is_live => (Tone::Good, say("targets-record-live")),
            Some((build, true)) if build.state == "failed" => {
                (Tone::Wrong, say("targets-record-failed"))
            }
            Some((_, true)) => (Tone::Warning, say("targets-record-building")),
            Some(_) if self.is_told => (Tone::Warning, say("targets-record-told")),
            None if self.is_told => (Tone::Good, say("targets-record-told-only")),
            _ => (Tone::Warning, say("targets-record-waiting")),
        };
        let older = live.filter(|_| !is_live);
        let older = older.and_then(|(_, number)| version_at(events, *number));
        Downstream {
            target: Link {
                label: verbatim(target.title.as_str()),
                href: reader.urls.target(&target.name),
            },
            tone,
            word,
            older: older.map_or_else(Message::default, |version| {
                say("targets-record-live-older").with("version", version)
            }),
            url: self.live.map(|(build, _)| build.url).unwrap_or_default(),
            log: match self.build {
                Some((build, true)) => build.log,
                _ => String::new(),
            },
        }
    }
}

/// Returns the version that readers had after the event of a number; `None` where they had none.
fn version_at(events: &[index::Event], number: i64) -> Option<&str> {
    let mut moves = events.iter().filter(|event| event.number <= number);
    let last = moves.rfind(|event| kind(event) != Some(EventKind::VersionYanked));
    last.filter(|event| !is_end(event))?.version.as_deref()
}

impl Standing {
    /// Returns it as pages show it.
    pub fn shown(&self) -> TargetStanding {
        let resting = self.state.as_ref().and_then(|state| state.resting.as_ref());
        let (tone, word, sentence) =
            match (self.is_set, resting, &self.failing, self.behind, self.dead) {
                (false, ..) => (Tone::Warning, say("targets-word-off"), say("targets-off")),
                (_, Some((why, _)), ..) => {
                    let (tone, why) = match why.as_str() {
                        "" => (Tone::Warning, say("targets-resting-by-hand")),
                        why => (Tone::Wrong, verbatim(why)),
                    };
                    (
                        tone,
                        say("targets-word-resting"),
                        say("targets-resting-why").with("why", why),
                    )
                }
                (_, None, Some(why), behind, _) => (
                    Tone::Warning,
                    say("targets-word-behind"),
                    say("targets-failing")
                        .with("count", behind)
                        .with("why", why.as_str()),
                ),
                (_, None, None, 0, 0) if self.has_failed => (
                    Tone::Wrong,
                    say("targets-word-failed"),
                    say("targets-build-has-failed"),
                ),
                (_, None, None, 0, 0) => match self.live_behind.unwrap_or(0) {
                    0 => (Tone::Good, say("targets-word-well"), say("targets-well")),
                    behind => (
                        Tone::Warning,
                        say("targets-word-behind"),
                        say("targets-live-behind").with("count", behind),
                    ),
                },
                (_, None, None, 0, dead) => (
                    Tone::Warning,
                    say("targets-word-dead"),
                    say("targets-dead-count").with("count", dead),
                ),
                (_, None, None, behind, _) => (
                    Tone::Warning,
                    say("targets-word-behind"),
                    say("targets-behind").with("count", behind),
                ),
            };
        TargetStanding {
            tone,
            word,
            sentence,
        }
    }
}

/// Returns what a target is told, in a sentence.
pub fn told(target: &Target) -> Message {
    let is_all = target.events.is_none()
        && target.collections.is_none()
        && target.locales.is_none()
        && target.every.is_none();
    if is_all {
        return say("targets-told-all");
    }
    let listed = |names: Vec<String>| match names.is_empty() {
        true => Value::from(say("targets-nothing")),
        false => Value::AllOf(names),
    };
    let events = target.events.as_ref().map_or_else(
        || Value::from(say("targets-all-events")),
        |kinds| listed(kinds.iter().map(|kind| kind.name().to_owned()).collect()),
    );
    let collections = target
        .collections
        .clone()
        .map_or_else(|| Value::from(say("targets-all-collections")), listed);
    let languages = match &target.locales {
        None => say("targets-all-languages"),
        Some(locales) => say("targets-languages").with("languages", listed(locales.clone())),
    };
    let pace = match target.every {
        None => say("targets-at-once"),
        Some(every) => say("targets-gathered").with(
            "seconds",
            i64::try_from(every.as_secs()).unwrap_or(i64::MAX),
        ),
    };
    say("targets-told")
        .with("events", events)
        .with("collections", collections)
        .with("languages", languages)
        .with("pace", pace)
}

/// Returns a delivery as lists show it.
pub fn delivery(reader: &Reader, target: &str, one: &TargetDelivery) -> DeliveryRow {
    let (tone, word) = match one.state.as_str() {
        "delivered" => (Tone::Good, say("targets-delivered")),
        "dead" => (Tone::Wrong, say("targets-dead")),
        _ => (Tone::Warning, say("targets-waiting")),
    };
    let numbers = match one.first == one.last {
        true => say("targets-number").with("first", one.first),
        false => say("targets-numbers")
            .with("first", one.first)
            .with("last", one.last),
    };
    let what = match one.message.record.as_str() {
        "" => say("targets-what-many"),
        record => say("targets-what")
            .with("event", one.message.kind.as_str())
            .with("record", record),
    };
    DeliveryRow {
        tone,
        word,
        numbers,
        what,
        href: reader.urls.target_delivery(target, one.first),
        tries: say("targets-tries").with("count", one.attempts),
        when: moment(one.made_at, reader.now()),
    }
}

/// Returns an attempt as it is shown.
pub fn attempt(reader: &Reader, one: Attempt) -> AttemptRow {
    let sentence = match one.status {
        Some(status) => say("targets-answered").with("status", verbatim(status.to_string())),
        None => say("targets-not-answered"),
    };
    AttemptRow {
        tone: match one.code.is_empty() {
            true => Tone::Good,
            false => Tone::Wrong,
        },
        word: match one.code.is_empty() {
            true => say("targets-taken"),
            false => say("targets-failed"),
        },
        sentence: sentence.with("ms", one.took_ms),
        error: one.error,
        next: match one.next.as_str() {
            "" => Message::default(),
            next => mend(one.code.as_str(), sentence_of(next).as_str()),
        },
        code: one.code,
        request: one.request,
        answer: one.answer,
        when: moment(one.at, reader.now()),
    }
}

/// Returns what a build said, with the event up to which it was built.
pub fn build(reader: &Reader, one: Build, number: Option<i64>) -> BuildRow {
    let (tone, word) = match one.state.as_str() {
        "live" => (Tone::Good, say("targets-build-live")),
        "failed" => (Tone::Wrong, say("targets-build-failed")),
        _ => (Tone::Warning, say("targets-build-building")),
    };
    BuildRow {
        tone,
        word,
        url: one.url,
        log: one.log,
        said_by: one.said_by,
        up_to: match number {
            Some(number) => say("targets-up-to").with("number", number),
            None => say("targets-up-to-unknown"),
        },
        when: moment(one.at, reader.now()),
    }
}
