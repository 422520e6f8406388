//! Which fields a pattern means, and which of two patterns says more.

use super::FieldPattern;
use crate::record::{FieldPath, Segment, read_name};

/// One step of a pattern; a wildcard where it names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(Option<String>),
    Item(Option<String>),
    Section(Option<String>),
}

impl Step {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Key(name) | Self::Item(name) | Self::Section(name) => name.as_deref(),
        }
    }

    fn covers(&self, segment: &Segment) -> bool {
        let name = match (self, segment) {
            (Self::Key(_), Segment::Key(name))
            | (Self::Item(_), Segment::Item(name))
            | (Self::Section(_), Segment::Section(name)) => name,
            _ => return false,
        };
        self.name().is_none_or(|wanted| wanted == name)
    }
}

/// How much a pattern says. More steps say more; of as many, the one that names an earlier step.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Specificity {
    steps: usize,
    named: Vec<bool>,
}

impl FieldPattern {
    /// Returns whether the text can be read as a pattern; one that cannot covers nothing.
    pub fn is_valid(&self) -> bool {
        self.steps().is_some()
    }

    /// Returns whether a path is what the pattern names, or below it. `[]` and `[*]` stand for any item, `*` for any key, `#*` for any section;
    /// a name in quotes is never a wildcard.
    pub fn covers(&self, path: &FieldPath) -> bool {
        self.steps().is_some_and(|steps| steps.cover(path))
    }

    /// Returns whether a path is exactly what the pattern names, and not below it.
    pub fn matches(&self, path: &FieldPath) -> bool {
        self.steps().is_some_and(|steps| steps.meet(path))
    }

    /// Returns how much the pattern says: of two that cover a path, the greater decides.
    pub fn specificity(&self) -> Specificity {
        self.steps().unwrap_or_default().specificity()
    }

    /// Returns the pattern read, for those who ask it many times.
    pub(crate) fn steps(&self) -> Option<Steps> {
        let mut rest = self.0.as_str();
        let mut steps = Vec::new();
        while !rest.is_empty() || steps.is_empty() {
            let (step, after) = read_step(rest, steps.is_empty())?;
            steps.push(step);
            rest = after;
        }
        Some(Steps(steps))
    }
}

/// A pattern, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Steps(Vec<Step>);

impl Steps {
    /// Answers as [`FieldPattern::covers`].
    pub(crate) fn cover(&self, path: &FieldPath) -> bool {
        let segments = path.segments();
        self.0.len() <= segments.len()
            && self
                .0
                .iter()
                .zip(segments)
                .all(|(step, segment)| step.covers(segment))
    }

    /// Answers as [`FieldPattern::matches`].
    pub(crate) fn meet(&self, path: &FieldPath) -> bool {
        self.0.len() == path.segments().len() && self.cover(path)
    }

    /// Answers as [`FieldPattern::specificity`].
    pub(crate) fn specificity(&self) -> Specificity {
        Specificity {
            steps: self.0.len(),
            named: self.0.iter().map(|step| step.name().is_some()).collect(),
        }
    }
}

/// Returns the first step of a text and what follows it; a pattern begins with a key.
fn read_step(text: &str, is_first: bool) -> Option<(Step, &str)> {
    if is_first {
        let (name, after) = read_named(text)?;
        return Some((Step::Key(name), after));
    }
    if let Some(after) = text.strip_prefix("[]") {
        return Some((Step::Item(None), after));
    }
    if let Some(inside) = text.strip_prefix('[') {
        let (name, after) = read_named(inside)?;
        return Some((Step::Item(name), after.strip_prefix(']')?));
    }
    if let Some(section) = text.strip_prefix('#') {
        let (name, after) = read_named(section)?;
        return Some((Step::Section(name), after));
    }
    let (name, after) = read_named(text.strip_prefix('.')?)?;
    Some((Step::Key(name), after))
}

/// Returns a name, or nothing for an unquoted `*`, and what follows.
fn read_named(text: &str) -> Option<(Option<String>, &str)> {
    let (name, after) = read_name(text)?;
    let is_wildcard = name == "*" && !text.starts_with('"');
    Some(((!is_wildcard).then_some(name), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covers(pattern: &str, path: &str) -> bool {
        FieldPattern(pattern.to_owned()).covers(&path.parse().unwrap())
    }

    #[test]
    fn a_pattern_covers_what_it_names_and_everything_below() {
        for (pattern, path) in [
            ("claims[].text", "claims[c2].text"),
            ("claims[]", "claims[c2].text"),
            ("claims", "claims[c2].text"),
            ("claims[c2]", "claims[c2].text"),
            ("*", "claims[c2].text"),
            ("*", "body#limits"),
            ("body", "body#limits"),
            ("body#limits", "body#limits"),
            ("body#*", "body#limits"),
            ("extra.*", "extra.a.b"),
            ("\"a.b\"[\"[]\"]", "\"a.b\"[\"[]\"]"),
        ] {
            assert!(covers(pattern, path), "{pattern} does not cover {path}");
        }
    }

    #[test]
    fn a_pattern_covers_nothing_beside_or_above() {
        for (pattern, path) in [
            ("claims[].text", "claims[c2]"),
            ("claims[].text", "claims[c2].note"),
            ("claims[]", "claims"),
            ("claims", "claim"),
            ("extra.*", "extra"),
            ("extra.*", "extra[0]"),
            ("body#*", "body"),
            ("\"*\"", "title"),
            ("a[", "a"),
        ] {
            assert!(!covers(pattern, path), "{pattern} covers {path}");
        }
    }

    #[test]
    fn exact_fields_are_told_from_what_is_below() {
        let pattern = FieldPattern("relations[].target".to_owned());
        assert!(pattern.matches(&"relations[r1].target".parse().unwrap()));
        assert!(!pattern.matches(&"relations[r1].target.x".parse().unwrap()));
    }

    #[test]
    fn longer_and_named_patterns_say_more() {
        let rising = [
            "*",
            "claims",
            "*.text",
            "claims[]",
            "claims[c1]",
            "claims[].text",
            "claims[c1].text",
        ];
        let specificities: Vec<_> = rising
            .iter()
            .map(|text| FieldPattern((*text).to_owned()).specificity())
            .collect();
        assert!(specificities.is_sorted());
        assert!(specificities.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest! {
        #[test]
        fn every_path_without_a_star_is_a_pattern_of_itself(names in prop::collection::vec("[a-z.#\"]{0,4}", 1..4)) {
            let mut path = FieldPath::key(names[0].clone());
            for name in &names[1..] {
                path = path.join(Segment::Item(name.clone())).join(Segment::Key(name.clone()));
            }
            prop_assert!(FieldPattern(path.to_string()).matches(&path));
        }

        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            let pattern = FieldPattern(text);
            pattern.covers(&FieldPath::body());
            pattern.specificity();
        }
    }
}
