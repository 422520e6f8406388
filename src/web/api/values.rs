//! What every resource is told in: people, moments, and the values of a record as JSON.

use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use crate::id::Identity;
use crate::policy::{Policy, StatusKind};
use crate::record::{Node, Record, Scalar, ScalarKind, Value};

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonRef {
    /// The short name in the policy; null for somebody whom the policy does not know.
    #[schema(example = "ana")]
    pub person: Option<String>,
    /// The name; the policy's, else the commit's.
    #[schema(example = "Ana Roche")]
    pub name: String,
    /// The e-mail address.
    #[schema(example = "ana@example.org")]
    pub address: String,
}

/// Returns somebody by the identity that a commit gives.
pub fn person_of(policy: &Policy, identity: &Identity) -> PersonRef {
    let known = policy.person_by_address(&identity.address);
    PersonRef {
        person: known.map(|person| person.key.clone()),
        name: known.map_or_else(|| identity.name.clone(), |person| person.name.clone()),
        address: identity.address.clone(),
    }
}

/// Returns somebody by their short name.
pub fn person_by_key(policy: &Policy, key: &str) -> PersonRef {
    let known = policy.people.get(key);
    PersonRef {
        person: Some(key.to_owned()),
        name: known.map_or_else(|| key.to_owned(), |person| person.name.clone()),
        address: known
            .and_then(|person| person.addresses.first().cloned())
            .unwrap_or_default(),
    }
}

/// Returns people by their short names.
pub fn people_by_key(policy: &Policy, keys: &[String]) -> Vec<PersonRef> {
    keys.iter().map(|key| person_by_key(policy, key)).collect()
}

/// Returns the people in an attestation's lines of identities, each once.
pub fn people_in(policy: &Policy, lines: &str) -> Vec<PersonRef> {
    let mut people = Vec::new();
    for identity in lines.lines().filter_map(|line| line.parse().ok()) {
        let person = person_of(policy, &identity);
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}

/// Returns a moment as RFC 3339 has it, in UTC. A commit may claim any; one that no calendar has is the first there is.
pub fn moment(at: i64) -> String {
    time::OffsetDateTime::from_unix_timestamp(at)
        .ok()
        .and_then(|moment| {
            let format = &time::format_description::well_known::Rfc3339;
            moment.format(format).ok()
        })
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

/// What a status means to readers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Being written.
    Draft,
    /// Approved, not yet public.
    Approved,
    /// Public and citable.
    Published,
    /// Was public or was given up.
    Ended,
}

impl From<StatusKind> for Meaning {
    fn from(kind: StatusKind) -> Self {
        match kind {
            StatusKind::Draft => Self::Draft,
            StatusKind::Approved => Self::Approved,
            StatusKind::Published => Self::Published,
            StatusKind::Ended => Self::Ended,
        }
    }
}

/// Returns a record's fields in file order.
pub fn fields(record: &Record) -> Map<String, Json> {
    record
        .fields
        .iter()
        .map(|(key, node)| (key.clone(), json(node)))
        .collect()
}

/// Returns a value as JSON. A number that JSON would write otherwise than the file does is a text, so that `1.10` stays `1.10`.
pub fn json(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => json_of_scalar(scalar),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => map
            .iter()
            .map(|(key, node)| (key.clone(), json(node)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// Returns a scalar as JSON.
pub fn json_of_scalar(scalar: &Scalar) -> Json {
    let text = || Json::from(scalar.text.as_str());
    match scalar.kind {
        ScalarKind::Null => Json::Null,
        ScalarKind::Bool => match scalar.text.to_ascii_lowercase().as_str() {
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            _ => text(),
        },
        ScalarKind::Integer | ScalarKind::Float => {
            let number: Option<serde_json::Number> = scalar.text.parse().ok();
            number
                .filter(|number| number.to_string() == scalar.text)
                .map_or_else(text, Json::Number)
        }
        ScalarKind::Date | ScalarKind::Text => text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{self, Format};
    use serde_json::json;

    #[test]
    fn values_stay_as_their_author_wrote_them() {
        let source = "a: 1.10\nb: 7\nc: [x, true, null]\nd: 2026-03-16\ne: {f: 0x1F}\ng: 1e400\n";
        let record = record::parse(source.as_bytes(), Format::Yaml).unwrap();
        let expected = json!({"a": "1.10", "b": 7, "c": ["x", true, null], "d": "2026-03-16", "e": {"f": "0x1F"}, "g": "1e400"});
        assert_eq!(Json::Object(fields(&record)), expected);
    }

    #[test]
    fn any_moment_is_written() {
        assert_eq!(moment(1_770_300_000), "2026-02-05T14:00:00Z");
        assert_eq!(moment(i64::MAX), "1970-01-01T00:00:00Z");
    }
}
