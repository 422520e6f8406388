//! The address of a value inside a record: `title`, `claims[c2].text`, `body`, `body#limitations`.

use std::fmt;
use std::str::FromStr;

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// A key of a mapping.
    Key(String),
    /// An item of a list, by its key, or by its zero-based index where items have none.
    Item(String),
    /// A section of the body by the slug of its heading; only after the key `body`.
    Section(String),
}

/// The address of a value inside a record. Written `claims[c2].text`; a key that holds `.`, `[`, `]`, `#`, `"` or is empty stands in double quotes
/// with `\` before `"` and `\`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// Returns the path of a top-level key.
    pub fn key(key: impl Into<String>) -> Self {
        Self(vec![Segment::Key(key.into())])
    }

    /// Returns the path of the whole body.
    pub fn body() -> Self {
        Self::key("body")
    }

    /// Returns the steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Returns whether this is the other path or an address below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Returns this path with one more step.
    pub fn join(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

impl From<Vec<Segment>> for FieldPath {
    fn from(segments: Vec<Segment>) -> Self {
        Self(segments)
    }
}

fn write_name(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    if !name.is_empty() && !name.contains(['.', '[', ']', '#', '"']) {
        return f.write_str(name);
    }
    f.write_str("\"")?;
    for character in name.chars() {
        if matches!(character, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{character}")?;
    }
    f.write_str("\"")
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) => {
                    if index > 0 {
                        f.write_str(".")?;
                    }
                    write_name(f, key)?;
                }
                Segment::Item(item) => {
                    f.write_str("[")?;
                    write_name(f, item)?;
                    f.write_str("]")?;
                }
                Segment::Section(section) => {
                    f.write_str("#")?;
                    write_name(f, section)?;
                }
            }
        }
        Ok(())
    }
}

/// The text was not a field path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a field path; write it like claims[c2].text")]
pub struct NotAFieldPath(pub String);

impl FromStr for FieldPath {
    type Err = NotAFieldPath;

    fn from_str(text: &str) -> Result<Self, NotAFieldPath> {
        let wrong = || NotAFieldPath(text.to_owned());
        let mut rest = text;
        let mut segments = Vec::new();
        while !rest.is_empty() || segments.is_empty() {
            let segment = match rest.chars().next().ok_or_else(wrong)? {
                '[' => {
                    let (item, after) = read_name(&rest[1..]).ok_or_else(wrong)?;
                    rest = after.strip_prefix(']').ok_or_else(wrong)?;
                    Segment::Item(item)
                }
                '#' => {
                    let (section, after) = read_name(&rest[1..]).ok_or_else(wrong)?;
                    rest = after;
                    Segment::Section(section)
                }
                _ => {
                    let start = if segments.is_empty() {
                        rest
                    } else {
                        rest.strip_prefix('.').ok_or_else(wrong)?
                    };
                    let (key, after) = read_name(start).ok_or_else(wrong)?;
                    rest = after;
                    Segment::Key(key)
                }
            };
            segments.push(segment);
        }
        match segments.first() {
            Some(Segment::Key(_)) => Ok(Self(segments)),
            _ => Err(wrong()),
        }
    }
}

/// Returns a plain or quoted name and what follows it.
pub(crate) fn read_name(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(['.', '[', ']', '#', '"']).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    let mut characters = quoted.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((name, &quoted[index + 1..])),
            '\\' => name.push(characters.next()?.1),
            other => name.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_read_as_they_are_written() {
        for text in [
            "title",
            "claims[c2].text",
            "body",
            "body#limitations",
            "extra.\"a.b\"[0]",
            "last-call-deadline",
        ] {
            assert_eq!(text.parse::<FieldPath>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in [
            "", ".", "a..b", "[x]", "a[", "a[b", "a]", "\"a", "a\"b\"", "#x",
        ] {
            assert!(text.parse::<FieldPath>().is_err(), "{text} was accepted");
        }
    }

    proptest! {
        #[test]
        fn any_names_survive_writing_and_reading(names in prop::collection::vec(any::<String>(), 1..4)) {
            let mut path = FieldPath::key(names[0].clone());
            for name in &names[1..] {
                path = path.join(Segment::Item(name.clone())).join(Segment::Key(name.clone()));
            }
            prop_assert_eq!(path.to_string().parse::<FieldPath>().unwrap(), path);
        }
    }
}
