//! What a list of records is asked to show, as an address that a person can read, keep and send on.
//!
//! `?q=provenance&collection=concepts&since=30d`: every part is optional, an empty one is left out, and the parts always stand in the same order, so
//! that one question has one address. What a part may hold is decided by [`Filters::wanted`], against the policy in force; a value that names nothing
//! is kept and shown, and nothing fits it.

use time::format_description::well_known::Iso8601;
use time::{Date, Time};

use super::href::Href;
use crate::index::{Order, StandingWanted, StatusWanted, Typed, Wanted};
use crate::policy::{Person, Policy, Severity};

/// One part of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Words.
    Words,
    /// A collection.
    Collection,
    /// A status.
    Status,
    /// Where records stand.
    Standing,
    /// Who wrote or decided.
    Person,
    /// A language.
    Locale,
    /// The code of a finding.
    Finding,
    /// How serious a finding.
    Severity,
    /// Changed since.
    Since,
    /// The order of the list.
    Order,
}

impl Part {
    /// Every part, as they stand in an address.
    pub const ALL: [Self; 10] = [
        Self::Words,
        Self::Collection,
        Self::Status,
        Self::Standing,
        Self::Person,
        Self::Locale,
        Self::Finding,
        Self::Severity,
        Self::Since,
        Self::Order,
    ];

    /// Returns the part's name in addresses and forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Words => "q",
            Self::Collection => "collection",
            Self::Status => "status",
            Self::Standing => "standing",
            Self::Person => "person",
            Self::Locale => "locale",
            Self::Finding => "finding",
            Self::Severity => "severity",
            Self::Since => "since",
            Self::Order => "sort",
        }
    }
}

/// The ways to stand, by their words in addresses.
pub const STANDINGS: [(&str, StandingWanted); 6] = [
    ("open", StandingWanted::Open),
    ("draft", StandingWanted::Draft),
    ("validated", StandingWanted::Validated),
    ("changed", StandingWanted::Changed),
    ("settled", StandingWanted::Settled),
    ("quarantined", StandingWanted::Quarantined),
];

/// The orders, by their words in addresses.
pub const ORDERS: [(&str, Order); 4] = [
    ("match", Order::Match),
    ("changed", Order::Changed),
    ("title", Order::Title),
    ("waiting", Order::Waiting),
];

/// The severities, worst first.
pub const SEVERITIES: [Severity; 3] =
    [Severity::Blocking, Severity::Warning, Severity::Information];

/// The longest value of a part other than words, in characters; no name in a policy comes near.
const MAX_VALUE_CHARS: usize = 200;

/// A question: a value for some of the parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(Vec<(Part, String)>);

impl Filters {
    /// Reads the names and values of an address or a form: the first value of each known name that is not empty. Everything else is dropped.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let value = |part: Part| {
            let mut values = pairs
                .clone()
                .into_iter()
                .filter(|(name, _)| *name == part.name())
                .map(|(_, value)| clean(part, value));
            Some((part, values.find(|value| !value.is_empty())?))
        };
        let mut filters = Self(Part::ALL.into_iter().filter_map(value).collect());
        if filters.is_usual_order() {
            filters.0.retain(|(part, _)| *part != Part::Order);
        }
        filters
    }

    /// Reads a query as it is kept with a saved view.
    pub fn parse(query: &str) -> Self {
        let pairs: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                Some((decoded(name)?, decoded(value)?))
            })
            .collect();
        Self::read(pairs.iter().map(|(name, value)| (&**name, &**value)))
    }

    /// Returns the value of a part; the empty text where it has none.
    pub fn get(&self, part: Part) -> &str {
        self.0
            .iter()
            .find(|(other, _)| *other == part)
            .map_or("", |(_, value)| value)
    }

    /// Returns the same question with one part set.
    #[must_use]
    pub fn with(&self, part: Part, value: &str) -> Self {
        let others = self.0.iter().filter(|(other, _)| *other != part);
        let all: Vec<(&str, &str)> = others
            .map(|(other, value)| (other.name(), value.as_str()))
            .chain([(part.name(), value)])
            .collect();
        Self::read(all)
    }

    /// Returns the same question without one part.
    #[must_use]
    pub fn without(&self, part: Part) -> Self {
        self.with(part, "")
    }

    /// Returns whether everything is shown, in whatever order.
    pub fn is_empty(&self) -> bool {
        self.parts().next().is_none()
    }

    /// Returns the parts that narrow the list, the order left out.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &str)> {
        self.0
            .iter()
            .filter(|(part, _)| *part != Part::Order)
            .map(|(part, value)| (*part, value.as_str()))
    }

    /// Returns the address of the question below the list's.
    pub fn href(&self, list: &Href) -> Href {
        self.0.iter().fold(list.clone(), |href, (part, value)| {
            href.with(part.name(), value)
        })
    }

    /// Returns the question as a query, the way a saved view keeps it.
    pub fn query(&self) -> String {
        let href = self.href(&Href::to(["x"])).to_string();
        let query = href.split_once('?').map(|(_, query)| query);
        query.unwrap_or_default().to_owned()
    }

    /// Returns names and values in their order.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0
            .iter()
            .map(|(part, value)| (part.name(), value.as_str()))
    }

    /// Returns the order asked for: the best match where words are looked for, else by title.
    pub fn order(&self) -> Order {
        named(&ORDERS, self.get(Part::Order)).unwrap_or(self.usual_order())
    }

    fn usual_order(&self) -> Order {
        match self.get(Part::Words) {
            "" => Order::Title,
            _ => Order::Match,
        }
    }

    /// Orders that say nothing, because they are the usual one or none at all, do not stand in an address.
    fn is_usual_order(&self) -> bool {
        let asked = self.get(Part::Order);
        let is_match_of_nothing = asked == "match" && self.get(Part::Words).is_empty();
        !asked.is_empty()
            && (is_match_of_nothing
                || named(&ORDERS, asked).is_none_or(|order| order == self.usual_order()))
    }

    /// Returns what the index is asked for, and the parts whose values name nothing.
    pub fn wanted(&self, policy: &Policy, now: i64) -> (Wanted, Vec<Part>) {
        let mut unknown = Vec::new();
        let words = self.get(Part::Words);
        let mut wanted = Wanted {
            typed: Typed::read(words),
            id: (!words.is_empty()).then(|| words.to_owned()),
            finding: self.given(Part::Finding).map(str::to_owned),
            locale: self.given(Part::Locale).map(str::to_owned),
            ..Wanted::default()
        };
        wanted.collection = self.resolved(Part::Collection, &mut unknown, |name| {
            policy.collections.get(name).map(|found| found.name.clone())
        });
        wanted.status = self.resolved(Part::Status, &mut unknown, |name| status(policy, name));
        wanted.standing =
            self.resolved(Part::Standing, &mut unknown, |name| named(&STANDINGS, name));
        wanted.person = self.resolved(Part::Person, &mut unknown, |name| addresses(policy, name));
        wanted.severity = self.resolved(Part::Severity, &mut unknown, |name| {
            SEVERITIES
                .into_iter()
                .find(|severity| severity.name() == name)
        });
        wanted.since = self.resolved(Part::Since, &mut unknown, |text| moment(text, now));
        wanted.is_impossible = !unknown.is_empty();
        (wanted, unknown)
    }

    fn given(&self, part: Part) -> Option<&str> {
        Some(self.get(part)).filter(|value| !value.is_empty())
    }

    fn resolved<T>(
        &self,
        part: Part,
        unknown: &mut Vec<Part>,
        resolve: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let resolved = resolve(self.given(part)?);
        if resolved.is_none() {
            unknown.push(part);
        }
        resolved
    }
}

/// Words keep their case and quotes; blanks around a value mean nothing.
fn clean(part: Part, value: &str) -> String {
    let most = match part {
        // One more than is searched for, so that the list can refuse it.
        Part::Words => crate::index::MAX_TYPED_CHARS + 1,
        _ => MAX_VALUE_CHARS,
    };
    let cut: String = value.trim().chars().take(most).collect();
    cut.trim_end().to_owned()
}

fn decoded(encoded: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(encoded).decode_utf8();
    decoded.ok().map(std::borrow::Cow::into_owned)
}

fn named<T: Copy>(names: &[(&str, T)], asked: &str) -> Option<T> {
    names
        .iter()
        .find(|(name, _)| *name == asked)
        .map(|(_, value)| *value)
}

/// A status of any workflow, and the collections whose records begin in it.
fn status(policy: &Policy, name: &str) -> Option<StatusWanted> {
    let is_known = policy
        .workflows
        .values()
        .any(|workflow| workflow.statuses.contains_key(name));
    let begin_there = policy
        .collections
        .values()
        .filter(|collection| policy.workflow(collection).initial == name)
        .map(|collection| collection.name.clone())
        .collect();
    is_known.then(|| StatusWanted {
        name: name.to_owned(),
        begin_there,
    })
}

/// Somebody by their short name in the policy, or anybody by an address.
fn addresses(policy: &Policy, name: &str) -> Option<Vec<String>> {
    let person: Option<&Person> = policy
        .people
        .get(name)
        .or_else(|| policy.person_by_address(name));
    match person {
        Some(person) => Some(person.addresses.clone()),
        None => name.contains('@').then(|| vec![name.to_lowercase()]),
    }
}

/// Reads a day, `2026-10-01`, or a stretch of time before now: `30d`, `2w`.
fn moment(text: &str, now: i64) -> Option<i64> {
    if let Ok(day) = Date::parse(text, &Iso8601::DATE) {
        return Some(day.with_time(Time::MIDNIGHT).assume_utc().unix_timestamp());
    }
    let (number, days) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d')?, 1),
    };
    let number: u16 = number.parse().ok()?;
    Some(now - i64::from(number) * days * 86_400)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_770_300_000;

    const POLICY: &str = include_str!("../policy/read/sample.toml");

    fn read(pairs: &[(&str, &str)]) -> Filters {
        Filters::read(pairs.iter().copied())
    }

    #[test]
    fn one_question_has_one_address() {
        let asked = read(&[
            ("since", "30d"),
            ("status", ""),
            ("q", "  open \"weights\" "),
            ("page", "7"),
            ("q", "second"),
            ("sort", "match"),
            ("evil", "x"),
        ]);
        assert_eq!(
            asked.href(&Href::to(["r", "records"])).to_string(),
            "/r/records?q=open%20%22weights%22&since=30d"
        );
        assert_eq!(asked.order(), Order::Match);
        assert_eq!(read(&[("sort", "match")]).query(), "");
        assert_eq!(read(&[("sort", "title")]).query(), "");
        assert_eq!(read(&[("sort", "changed")]).query(), "sort=changed");
        assert_eq!(asked.without(Part::Words).query(), "since=30d");
    }

    #[test]
    fn days_and_stretches_of_time_are_read() {
        assert_eq!(moment("2026-02-05", NOW), Some(1_770_249_600));
        assert_eq!(moment("30d", NOW), Some(NOW - 30 * 86_400));
        assert_eq!(moment("2w", NOW), Some(NOW - 14 * 86_400));
        for wrong in [
            "",
            "d",
            "-1d",
            "30",
            "2026-13-01",
            "yesterday",
            "99999999d",
            "w",
        ] {
            assert_eq!(moment(wrong, NOW), None, "{wrong}");
        }
    }

    #[test]
    fn what_names_nothing_is_kept_and_nothing_fits_it() {
        let policy = Policy::read(POLICY).unwrap();
        let asked = read(&[
            ("collection", "nowhere"),
            ("person", "nobody"),
            ("since", "soon"),
            ("status", "draft"),
        ]);
        let (wanted, unknown) = asked.wanted(&policy, NOW);
        assert_eq!(unknown, [Part::Collection, Part::Person, Part::Since]);
        assert!(wanted.is_impossible);
        assert!(wanted.status.is_some());
        let (wanted, unknown) = read(&[("person", "Old@Example.org")]).wanted(&policy, NOW);
        assert_eq!(unknown, []);
        assert_eq!(wanted.person, Some(vec!["old@example.org".to_owned()]));
    }

    proptest! {
        #[test]
        fn a_kept_query_asks_the_same_question(
            pairs in prop::collection::vec(("q|collection|status|standing|person|locale|finding|severity|since|sort|page", any::<String>()), 0..12),
        ) {
            let asked = Filters::read(pairs.iter().map(|(name, value)| (&**name, &**value)));
            prop_assert_eq!(&Filters::parse(&asked.query()), &asked);
            prop_assert_eq!(&Filters::read(asked.pairs().collect::<Vec<_>>()), &asked);
        }
    }
}
