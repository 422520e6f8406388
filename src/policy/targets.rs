//! Who downstream wants to know what: `[targets.NAME]`. Where a target stands and what proves a delivery are the server's to know, not the policy's.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::rights::is_within;

/// What happened to what readers have, or will have next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventKind {
    /// A record was approved, and readers do not have it yet.
    RecordValidated,
    /// A record reached readers, for the first time or again.
    RecordActivated,
    /// A record that readers have is another one now.
    RecordUpdated,
    /// A record ended, and names another one in its place.
    RecordSuperseded,
    /// A record ended, or went back to being written.
    RecordRetired,
    /// A record was taken from its readers at once.
    RecordTakenDown,
    /// A published version was taken back.
    VersionYanked,
    /// Every text of a release reached readers.
    ReleasePublished,
    /// A translation reached readers, for the first time or anew.
    TranslationPublished,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::RecordValidated,
        Self::RecordActivated,
        Self::RecordUpdated,
        Self::RecordSuperseded,
        Self::RecordRetired,
        Self::RecordTakenDown,
        Self::VersionYanked,
        Self::ReleasePublished,
        Self::TranslationPublished,
    ];

    /// Returns its name in the policy, the index and what is delivered.
    pub fn name(self) -> &'static str {
        match self {
            Self::RecordValidated => "record.validated",
            Self::RecordActivated => "record.activated",
            Self::RecordUpdated => "record.updated",
            Self::RecordSuperseded => "record.superseded",
            Self::RecordRetired => "record.retired",
            Self::RecordTakenDown => "record.taken_down",
            Self::VersionYanked => "version.yanked",
            Self::ReleasePublished => "release.published",
            Self::TranslationPublished => "translation.published",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that stands for no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no event")]
pub struct UnknownEvent(String);

impl FromStr for EventKind {
    type Err = UnknownEvent;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| UnknownEvent(name.to_owned()))
    }
}

/// A target: who is told of which events, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The target's name: `[targets.NAME]`.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// Which events; `None` means all.
    pub events: Option<Vec<EventKind>>,
    /// Of records of which collections; `None` means all.
    pub collections: Option<Vec<String>>,
    /// Of texts in which languages, `fr` for `fr-CA` too; `None` means all, and texts that name none.
    pub locales: Option<Vec<String>>,
    /// At most one delivery in this time, with everything that happened; `None` means each event by itself, at once.
    pub every: Option<Duration>,
}

impl Target {
    /// Returns whether it is told of an event. A release is of no one collection or language, so that only the kind of event counts.
    pub fn wants(&self, kind: EventKind, collection: &str, locale: Option<&str>) -> bool {
        let among = |wanted: &Option<Vec<String>>, is: &dyn Fn(&str) -> bool| {
            let any = |names: &Vec<String>| names.iter().any(|name| is(name));
            wanted.as_ref().is_none_or(any)
        };
        let is_kind = self
            .events
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&kind));
        let is_there = kind == EventKind::ReleasePublished
            || (among(&self.collections, &|name| name == collection)
                && among(&self.locales, &|range| {
                    locale.is_some_and(|locale| is_within(range, locale))
                }));
        is_kind && is_there
    }
}

/// Reads a length of time as a policy writes it: a number and one of `s`, `m`, `h` and `d`.
pub(super) fn read_duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let is_plain = !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_plain)?;
    let length = Duration::from_secs(number.checked_mul(seconds)?);
    (SHORTEST..=LONGEST).contains(&length).then_some(length)
}

/// The shortest and the longest time between two deliveries that a policy may ask for: below the first a window gathers nothing, and a build that may come
/// a week late is none that waits for events.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(7 * 86_400);

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target {
            name: "site".into(),
            title: "The website".into(),
            events: None,
            collections: None,
            locales: None,
            every: None,
        }
    }

    #[test]
    fn a_target_that_names_nothing_is_told_everything_and_an_empty_list_means_nothing() {
        for kind in EventKind::ALL {
            assert!(target().wants(kind, "concepts", None));
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        let none = Target {
            events: Some(Vec::new()),
            ..target()
        };
        assert!(!none.wants(EventKind::RecordActivated, "concepts", None));
    }

    #[test]
    fn collections_and_languages_narrow_what_is_told_and_a_release_is_of_none() {
        let narrow = Target {
            collections: Some(vec!["concepts".into()]),
            locales: Some(vec!["fr".into()]),
            ..target()
        };
        let told = |kind, collection, locale| narrow.wants(kind, collection, locale);
        assert!(told(EventKind::RecordUpdated, "concepts", Some("fr-CA")));
        assert!(!told(EventKind::RecordUpdated, "concepts", Some("en")));
        assert!(!told(EventKind::RecordUpdated, "concepts", None));
        assert!(!told(EventKind::RecordUpdated, "notes", Some("fr")));
        assert!(told(EventKind::ReleasePublished, "", None));
    }

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit_within_reason() {
        let seconds = |text| read_duration(text).map(|length| length.as_secs());
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("10m"), Some(600));
        assert_eq!(seconds("2h"), Some(7200));
        assert_eq!(seconds("7d"), Some(604_800));
        for wrong in [
            "",
            "m",
            "10",
            "0s",
            "8d",
            "-1m",
            "+1m",
            "1.5h",
            "10 m",
            "99999999999999999999h",
            "1é",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
