//! What a target is sent of an event: the same bytes at every attempt, for everybody who asks again.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::index::Event;
use crate::ledger::{instant, release_of};
use crate::policy::Target;

/// The most events that one delivery spells out; the others are counted, and can be asked for by the id that it names.
pub const MOST_LISTED: usize = 100;

/// The most bytes of events that one delivery spells out, whatever their number: GitHub takes 64 KiB in a dispatch, and a variable of a pipeline holds 128.
const MOST_LISTED_BYTES: usize = 48 * 1024;

/// The type of a delivery that gathers events.
pub const GATHERED: &str = "events.gathered";

/// The type of the sample that the test button sends.
pub const SAMPLE: &str = "test.sample";

/// What a target is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What the receiver knows the delivery by: the event's id, or one computed from the first and the last of several.
    pub id: String,
    /// Its type: the event's kind, [`GATHERED`] or [`SAMPLE`].
    pub kind: String,
    /// What it is about, for lists: the record or the release; empty where several events are gathered.
    pub record: String,
    /// The JSON document.
    pub body: String,
}

/// Who is told, and from which of its numbers on.
#[derive(Debug, Clone, Copy)]
pub struct For<'a> {
    /// The repository's name.
    pub repository: &'a str,
    /// The target's name.
    pub target: &'a str,
    /// The number that the first event has for this target.
    pub first: i64,
}

/// The envelope of Standard Webhooks.
#[derive(Serialize)]
struct Envelope<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    /// When it happened: the commit's own time, never the attempt's.
    timestamp: String,
    data: T,
}

#[derive(Serialize)]
struct Single<'a> {
    repository: &'a str,
    target: &'a str,
    #[serde(flatten)]
    event: Told<'a>,
}

#[derive(Serialize)]
struct Gathered<'a> {
    repository: &'a str,
    target: &'a str,
    first: i64,
    last: i64,
    /// The published branch's attestation up to which this tells.
    commit: &'a str,
    /// All of them where they are few; else the first ones.
    events: Vec<Told<'a>>,
}

/// One event as every receiver and the pull endpoint are told it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = PublishedEvent)]
pub struct Told<'a> {
    /// The event's id: the same at every attempt, and after every loss of a database.
    #[schema(example = "evt_2f0c8b7d4c0a4f6b9d9d0c3b5a1e7f8091a2b3c4")]
    id: &'a str,
    /// What happened.
    #[serde(rename = "event")]
    #[schema(example = "record.updated")]
    kind: &'a str,
    /// Its number for this target, without a gap; where the events are asked for, its number among all.
    sequence: i64,
    /// The record; null for a release.
    record: Option<&'a str>,
    /// Its collection.
    collection: Option<&'a str>,
    /// The language that its text gives.
    locale: Option<&'a str>,
    /// The version that readers have by it, had until it, or that was taken back.
    version: Option<&'a str>,
    /// How large the change of meaning was.
    bump: Option<&'a str>,
    /// The statuses before and after; null for a release.
    status: Option<Statuses<'a>>,
    /// The transition; null for a release.
    transition: Option<&'a str>,
    /// The record's file; null for a release.
    path: Option<&'a str>,
    /// The blob of its text; null for a release.
    blob: Option<&'a str>,
    /// The attestation.
    commit: &'a str,
    /// The release that it is part of, or is.
    release: Option<&'a str>,
    /// When: the attestation's own time.
    #[schema(format = DateTime)]
    at: String,
}

/// The statuses before and after.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Statuses<'a> {
    from: &'a str,
    to: &'a str,
}

/// Returns whether a target is told of an event.
pub fn wants(target: &Target, event: &Event) -> bool {
    event.kind.parse().is_ok_and(|kind| {
        let collection = event.collection.as_deref().unwrap_or_default();
        target.wants(kind, collection, event.locale.as_deref())
    })
}

/// Returns an event as everybody is told it, under a number.
pub fn told(event: &Event, sequence: i64) -> Told<'_> {
    let is_release = release_of(&event.record_id).is_some();
    let of_record = |text| (!is_release).then_some(text);
    Told {
        id: &event.id,
        kind: &event.kind,
        sequence,
        record: of_record(event.record_id.as_str()),
        collection: event.collection.as_deref(),
        locale: event.locale.as_deref(),
        version: event.version.as_deref(),
        bump: event.bump.as_deref().filter(|_| !is_release),
        status: (!is_release).then_some(Statuses {
            from: &event.status_from,
            to: &event.status_to,
        }),
        transition: of_record(event.transition.as_str()),
        path: of_record(event.path.as_str()),
        blob: of_record(event.blob.as_str()),
        commit: &event.commit,
        release: event.release.as_deref(),
        at: instant(event.at),
    }
}

/// Returns what a target is sent of one event.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn single(whom: For<'_>, event: &Event) -> serde_json::Result<Message> {
    let body = serde_json::to_string(&Envelope {
        kind: &event.kind,
        timestamp: instant(event.at),
        data: Single {
            repository: whom.repository,
            target: whom.target,
            event: told(event, whom.first),
        },
    })?;
    Ok(Message {
        id: event.id.clone(),
        kind: event.kind.clone(),
        record: event.record_id.clone(),
        body,
    })
}

/// Events that one delivery tells of; only those are kept that it could spell out, however many there are.
#[derive(Default)]
pub struct Gathering {
    first: Vec<Event>,
    last: Option<Event>,
    count: i64,
}

impl Gathering {
    /// Adds the event that comes next.
    pub fn add(&mut self, event: Event) {
        if self.first.len() < MOST_LISTED {
            self.first.push(event.clone());
        }
        self.last = Some(event);
        self.count += 1;
    }

    /// Returns how many there are.
    pub fn count(&self) -> i64 {
        self.count
    }

    /// Returns the event that came last.
    pub fn last(&self) -> Option<&Event> {
        self.last.as_ref()
    }

    /// Returns what a target is sent of them; `None` of none.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn message(&self, whom: For<'_>) -> Option<serde_json::Result<Message>> {
        let (first, last) = self.first.first().zip(self.last.as_ref())?;
        Some(self.tell(whom, first, last))
    }

    fn tell(&self, whom: For<'_>, first: &Event, last: &Event) -> serde_json::Result<Message> {
        let mut events = Vec::new();
        let mut bytes = 0;
        for (event, number) in self.first.iter().zip(whom.first..) {
            let told = told(event, number);
            bytes += serde_json::to_vec(&told)?.len();
            if bytes > MOST_LISTED_BYTES {
                break;
            }
            events.push(told);
        }
        let body = serde_json::to_string(&Envelope {
            kind: GATHERED,
            timestamp: instant(last.at),
            data: Gathered {
                repository: whom.repository,
                target: whom.target,
                first: whom.first,
                last: whom.first + self.count - 1,
                commit: &last.commit,
                events,
            },
        })?;
        let digest = Sha256::digest(format!("countersign gathered\n{}\n{}\n", first.id, last.id));
        Ok(Message {
            id: format!("evs_{}", &hex::encode(digest)[..40]),
            kind: GATHERED.to_owned(),
            record: match self.count {
                1 => first.record_id.clone(),
                _ => String::new(),
            },
            body,
        })
    }
}

/// Returns a sample: like a delivery, and about nothing.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn sample(whom: For<'_>, id: String, now: i64) -> serde_json::Result<Message> {
    #[derive(Serialize)]
    struct Sample<'a> {
        repository: &'a str,
        target: &'a str,
        text: &'static str,
    }
    let body = serde_json::to_string(&Envelope {
        kind: SAMPLE,
        timestamp: instant(now),
        data: Sample {
            repository: whom.repository,
            target: whom.target,
            text: "This is a test. Nothing was published.",
        },
    })?;
    Ok(Message {
        id,
        kind: SAMPLE.to_owned(),
        record: String::new(),
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOM: For<'static> = For {
        repository: "notes",
        target: "website",
        first: 7,
    };

    fn event(number: i64) -> Event {
        Event {
            number,
            id: format!("evt_{number}"),
            kind: "record.updated".into(),
            record_id: "notes/one".into(),
            collection: Some("notes".into()),
            locale: Some("fr".into()),
            version: Some("1.1.0".into()),
            release: None,
            sequence: number,
            commit: "c0ffee".into(),
            path: "notes/one.md".into(),
            transition: "revise".into(),
            status_from: "active".into(),
            status_to: "active".into(),
            bump: Some("minor".into()),
            blob: "b10b".into(),
            at: 1_700_000_000,
        }
    }

    #[test]
    fn an_event_is_told_by_its_own_id_and_its_number_for_the_target() {
        let message = single(WHOM, &event(40)).unwrap();
        assert_eq!(message.id, "evt_40");
        insta::assert_snapshot!(message.body, @r#"
        {"type":"record.updated","timestamp":"2023-11-14T22:13:20Z","data":{"repository":"notes","target":"website","id":"evt_40","event":"record.updated","sequence":7,"record":"notes/one","collection":"notes","locale":"fr","version":"1.1.0","bump":"minor","status":{"from":"active","to":"active"},"transition":"revise","path":"notes/one.md","blob":"b10b","commit":"c0ffee","release":null,"at":"2023-11-14T22:13:20Z"}}
        "#);
        assert_eq!(single(WHOM, &event(40)).unwrap(), message);
    }

    #[test]
    fn a_release_is_told_without_what_is_the_records_alone() {
        let release = Event {
            record_id: "refs/releases/winter".into(),
            kind: "release.published".into(),
            collection: None,
            locale: None,
            version: None,
            release: Some("winter".into()),
            ..event(41)
        };
        insta::assert_snapshot!(single(WHOM, &release).unwrap().body, @r#"
        {"type":"release.published","timestamp":"2023-11-14T22:13:20Z","data":{"repository":"notes","target":"website","id":"evt_41","event":"release.published","sequence":7,"record":null,"collection":null,"locale":null,"version":null,"bump":null,"status":null,"transition":null,"path":null,"blob":null,"commit":"c0ffee","release":"winter","at":"2023-11-14T22:13:20Z"}}
        "#);
    }

    fn gathered(events: impl IntoIterator<Item = Event>) -> Option<Message> {
        let mut gathering = Gathering::default();
        for event in events {
            gathering.add(event);
        }
        gathering.message(WHOM).transpose().unwrap()
    }

    #[test]
    fn gathered_events_are_listed_up_to_a_bound_and_counted_beyond() {
        let message = gathered((1..=250).map(event)).unwrap();
        let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        assert_eq!(body["data"]["first"], 7);
        assert_eq!(body["data"]["last"], 256);
        assert_eq!(
            body["data"]["events"].as_array().unwrap().len(),
            MOST_LISTED
        );
        assert_eq!(body["data"]["events"][99]["sequence"], 106);
        let fewer = gathered((1..=249).map(event)).unwrap();
        assert_ne!(fewer.id, message.id);
        assert_eq!(gathered([]), None);
    }

    #[test]
    fn events_of_long_paths_are_listed_as_far_as_the_strictest_host_takes_them() {
        let long = (1..=100).map(|number| Event {
            path: format!("notes/{}.md", "n".repeat(2_000)),
            ..event(number)
        });
        let message = gathered(long).unwrap();
        let body: serde_json::Value = serde_json::from_str(&message.body).unwrap();
        let listed = body["data"]["events"].as_array().unwrap().len();
        assert!((10..100).contains(&listed), "{listed}");
        assert_eq!(body["data"]["last"], 106);
        assert!(message.body.len() < 50_000, "{}", message.body.len());
    }
}
