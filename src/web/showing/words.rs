//! Names for people: fields, lists of people, statuses.

use crate::policy::Policy;
use crate::record::{self, FieldPath, Node, Segment};
use crate::web::failure::sentence;
use crate::web::language::{Message, Value, say, verbatim};

/// Returns a field's label: `claims[c2].text` is "Claims, c2, text".
pub fn label(path: &FieldPath) -> Message {
    let mut steps = path.segments().iter();
    let first = steps.next().map(|segment| match segment {
        Segment::Key(name) | Segment::Item(name) => name.replace('_', " "),
        Segment::Section(name) => name.replace('-', " "),
    });
    let first = verbatim(sentence(&first.unwrap_or_default()));
    steps.fold(first, |label, segment| match segment {
        Segment::Item(item) => match item.parse::<usize>() {
            Ok(index) => say("field-place")
                .with("field", label)
                .with("place", index.saturating_add(1)),
            Err(_) => below(label, item.clone()),
        },
        Segment::Key(name) => below(label, name.replace('_', " ")),
        Segment::Section(name) => below(label, name.replace('-', " ")),
    })
}

fn below(label: Message, name: String) -> Message {
    say("field-below").with("field", label).with("name", name)
}

/// Returns a value as a person compares it: what stands in an item in one line.
pub fn plain(node: &Node) -> String {
    match &node.value {
        record::Value::Scalar(scalar) => scalar.text.replace("\r\n", "\n"),
        record::Value::List(items) => items.iter().map(plain).collect::<Vec<_>>().join("\n"),
        record::Value::Map(map) => map.values().map(plain).collect::<Vec<_>>().join(" · "),
    }
}

/// Returns names as one reads them: "Ana, Ben or Cy".
pub fn any_of(names: &[String]) -> Value {
    Value::AnyOf(names.to_vec())
}

/// Returns names as one reads them: "Ana, Ben and Cy".
pub fn all_of(names: &[String]) -> Value {
    Value::AllOf(names.to_vec())
}

/// Returns the name of a person by their short name.
pub fn name_of(policy: &Policy, key: &str) -> String {
    policy
        .people
        .get(key)
        .map_or_else(|| key.to_owned(), |person| person.name.clone())
}

/// Returns the names of people by their short names.
pub fn names_of(policy: &Policy, keys: &[String]) -> Vec<String> {
    keys.iter().map(|key| name_of(policy, key)).collect()
}

/// Returns the name under which a page knows an identity: the policy's, else the commit's, else the address.
pub fn person_of(policy: &Policy, identity: &crate::id::Identity) -> String {
    match policy.person_by_address(&identity.address) {
        Some(person) => person.name.clone(),
        None if identity.name.is_empty() => identity.address.clone(),
        None => identity.name.clone(),
    }
}

/// Returns the names in an attestation's lines of identities.
pub fn people_in(policy: &Policy, lines: &str) -> Vec<String> {
    let mut names = Vec::new();
    for line in lines.lines() {
        let name = line
            .parse()
            .map_or_else(|_| line.to_owned(), |identity| person_of(policy, &identity));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_named_for_people() {
        for (path, expected) in [
            ("title", "Title"),
            ("review_due", "Review due"),
            ("claims[c2].text", "Claims, c2, text"),
            ("tags[0]", "Tags, place 1"),
            ("body#known-limits", "Body, known limits"),
        ] {
            assert_eq!(label(&path.parse().unwrap()).to_string(), expected);
        }
    }

    #[test]
    fn names_are_joined() {
        let names = ["Ana".to_owned(), "Ben".to_owned(), "Cy".to_owned()];
        let read = |value: Value| Message::from(value).to_string();
        assert_eq!(read(any_of(&names)), "Ana, Ben or Cy");
        assert_eq!(read(all_of(&names[..1])), "Ana");
        assert_eq!(read(any_of(&[])), "nobody");
    }
}
