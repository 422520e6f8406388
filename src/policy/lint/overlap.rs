//! Whether two patterns could match the same path.
//!
//! The question is answered for the patterns and not for the files of the day: a policy that is unambiguous today stays so.

use std::collections::HashSet;

/// Braces and `**/` are spelt out into this many plain patterns at most.
const MOST_SPELLINGS: usize = 32;

/// How many steps may be spent on all the questions of one policy; real ones take a few thousand.
pub(super) const PATIENCE: usize = 500_000;

/// One step of a plain pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// This character.
    Character(char),
    /// One character of a class, or one outside it; never `/`.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// Any characters but `/`.
    Star,
    /// Any characters.
    Deep,
}

/// A pattern taken apart.
#[derive(Debug)]
pub(in crate::policy) struct Shape(Vec<Vec<Step>>);

impl Shape {
    /// Takes a pattern apart; `None` for one that this reader does not take: `**` inside a name, nested braces, an open bracket, or too many
    /// alternatives.
    pub(in crate::policy) fn of(pattern: &str) -> Option<Self> {
        let mut plain = Vec::new();
        for spelling in spell_braces(pattern)? {
            plain.extend(spell_deep(&spelling)?);
            if plain.len() > MOST_SPELLINGS {
                return None;
            }
        }
        Some(Self(plain))
    }

    /// Returns whether some path matches both, for a single question.
    pub(in crate::policy) fn overlaps_shortly(&self, other: &Self) -> Option<bool> {
        self.overlaps(other, &mut PATIENCE.clone())
    }

    /// Returns whether some path matches both; `None` when `patience` ran out first.
    pub(super) fn overlaps(&self, other: &Self, patience: &mut usize) -> Option<bool> {
        for left in &self.0 {
            for right in &other.0 {
                if meet(left, right, patience)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }
}

/// Replaces `{a,b}` by each of its alternatives.
fn spell_braces(pattern: &str) -> Option<Vec<String>> {
    let mut spellings = vec![String::new()];
    let mut rest = pattern;
    while let Some(open) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(open);
        let (inside, after) = from.strip_prefix('{')?.split_once('}')?;
        if inside.contains(['{', '/', '[']) {
            return None;
        }
        let alternatives: Vec<&str> = inside.split(',').collect();
        spellings = spellings
            .iter()
            .flat_map(|start| {
                alternatives
                    .iter()
                    .map(move |choice| format!("{start}{before}{choice}"))
            })
            .collect();
        if spellings.len() > MOST_SPELLINGS {
            return None;
        }
        rest = after;
    }
    for spelling in &mut spellings {
        spelling.push_str(rest);
    }
    Some(spellings)
}

/// Replaces `**/` by nothing and by any folders, and reads the rest step by step.
fn spell_deep(pattern: &str) -> Option<Vec<Vec<Step>>> {
    let components: Vec<&str> = pattern.split('/').collect();
    let mut spellings: Vec<Vec<Step>> = vec![Vec::new()];
    for (index, component) in components.iter().enumerate() {
        let last = index + 1 == components.len();
        if *component == "**" {
            let deep: &[Step] = if last {
                &[Step::Deep]
            } else {
                &[Step::Deep, Step::Character('/')]
            };
            let mut longer = spellings.clone();
            longer
                .iter_mut()
                .for_each(|steps| steps.extend_from_slice(deep));
            if last {
                spellings = longer;
            } else {
                spellings.extend(longer);
            }
        } else {
            let mut steps = read_component(component)?;
            if !last {
                steps.push(Step::Character('/'));
            }
            spellings
                .iter_mut()
                .for_each(|start| start.extend_from_slice(&steps));
        }
        if spellings.len() > MOST_SPELLINGS {
            return None;
        }
    }
    Some(spellings)
}

fn read_component(component: &str) -> Option<Vec<Step>> {
    if component.is_empty() {
        return None;
    }
    let mut steps = Vec::new();
    let mut rest = component.chars();
    while let Some(character) = rest.next() {
        steps.push(match character {
            '*' if steps.last() == Some(&Step::Star) => return None,
            '*' => Step::Star,
            '?' => Step::Class {
                negated: true,
                ranges: Vec::new(),
            },
            '[' => read_class(&mut rest)?,
            other => Step::Character(other),
        });
    }
    Some(steps)
}

/// Reads a class up to its `]`; a `]` that comes first belongs to it.
fn read_class(rest: &mut std::str::Chars<'_>) -> Option<Step> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut negated = false;
    let mut range_open = false;
    for (index, character) in rest.by_ref().enumerate() {
        let at_start = ranges.is_empty();
        match character {
            '!' | '^' if index == 0 => negated = true,
            ']' if !at_start => {
                if range_open {
                    ranges.push(('-', '-'));
                }
                return Some(Step::Class { negated, ranges });
            }
            '-' if !at_start && !range_open => range_open = true,
            other if range_open => {
                range_open = false;
                let last = ranges.last_mut()?;
                if other < last.0 {
                    return None;
                }
                last.1 = other;
            }
            other => ranges.push((other, other)),
        }
    }
    None
}

/// Returns whether some text matches both, by walking all pairs of positions once.
fn meet(left: &[Step], right: &[Step], patience: &mut usize) -> Option<bool> {
    let mut seen = HashSet::new();
    let mut waiting = vec![(0, 0)];
    while let Some((i, j)) = waiting.pop() {
        *patience = patience.checked_sub(1)?;
        if !seen.insert((i, j)) {
            continue;
        }
        match (left.get(i), right.get(j)) {
            (None, None) => return Some(true),
            (Some(a), b) if is_star(a) => {
                waiting.push((i + 1, j));
                if b.is_some_and(|b| is_star(b) || swallows(a, b)) {
                    waiting.push((i, j + 1));
                }
            }
            (a, Some(b)) if is_star(b) => {
                waiting.push((i, j + 1));
                if a.is_some_and(|a| swallows(b, a)) {
                    waiting.push((i + 1, j));
                }
            }
            (Some(a), Some(b)) if share_character(a, b) => waiting.push((i + 1, j + 1)),
            _ => {}
        }
    }
    Some(false)
}

fn is_star(step: &Step) -> bool {
    matches!(step, Step::Star | Step::Deep)
}

/// Returns whether a star can take a character that this step matches.
fn swallows(star: &Step, step: &Step) -> bool {
    *star == Step::Deep || *step != Step::Character('/')
}

fn share_character(left: &Step, right: &Step) -> bool {
    let candidates = |step: &Step| match step {
        Step::Character(only) => vec![*only],
        Step::Class { ranges, .. } => ranges
            .iter()
            .flat_map(|(low, high)| [*low, *high])
            .collect(),
        Step::Star | Step::Deep => Vec::new(),
    };
    let both_negated = matches!(
        (left, right),
        (
            Step::Class { negated: true, .. },
            Step::Class { negated: true, .. }
        )
    );
    both_negated
        || candidates(left)
            .into_iter()
            .chain(candidates(right))
            .any(|c| matches_one(left, c) && matches_one(right, c))
        || between(left, right)
        || between(right, left)
}

/// Returns whether a class that names characters reaches past the ends that a negated one takes out: then some character between may be shared.
fn between(named: &Step, outside: &Step) -> bool {
    matches!((named, outside),
        (Step::Class { negated: false, ranges }, Step::Class { negated: true, .. }) if ranges.iter().any(|(low, high)| low != high))
}

fn matches_one(step: &Step, character: char) -> bool {
    match step {
        Step::Character(only) => *only == character,
        Step::Class { negated, ranges } => {
            character != '/'
                && ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&character))
                    != *negated
        }
        Step::Star | Step::Deep => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::policy::paths::compile;

    fn overlap(left: &str, right: &str) -> bool {
        Shape::of(left)
            .unwrap()
            .overlaps(&Shape::of(right).unwrap(), &mut PATIENCE.clone())
            .unwrap()
    }

    #[test]
    fn patterns_that_share_a_path_overlap() {
        for (left, right) in [
            ("a/*.md", "a/*.md"),
            ("a/*.md", "**/*.md"),
            ("content/**/*.md", "content/a/b/*.md"),
            ("content/**/*.md", "content/x.md"),
            ("a/x*.md", "a/*y.md"),
            ("a/?.md", "a/[a-c].md"),
            ("a/*.{md,markdown}", "a/x.markdown"),
            ("a/**", "a/b/c.toml"),
            ("**", "x"),
            ("a/[!x].md", "a/[a-z].md"),
        ] {
            assert!(overlap(left, right), "{left} and {right}");
            assert!(overlap(right, left), "{right} and {left}");
        }
    }

    #[test]
    fn patterns_that_share_none_do_not() {
        for (left, right) in [
            ("a/*.md", "b/*.md"),
            ("a/*.md", "a/b/*.md"),
            ("a/*.md", "a/*.yaml"),
            ("a/**/*.md", "ab/*.md"),
            ("a/[a-c].md", "a/[d-f].md"),
            ("a/?.md", "a/ab.md"),
            ("a/*.{yml,yaml}", "a/*.md"),
            ("a/**", "a"),
        ] {
            assert!(!overlap(left, right), "{left} and {right}");
        }
    }

    #[test]
    fn patterns_beyond_this_reader_are_named() {
        for pattern in [
            "a**b",
            "a/{b,{c,d}}",
            "a/[",
            "a/{b",
            "a/b}",
            "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
        ] {
            assert!(Shape::of(pattern).is_none(), "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_path_that_two_patterns_match_is_found(
            left in "(a|b|\\*|\\?|/|\\*\\*/|\\[a-b\\]|\\[!a\\]|\\{a,b\\}){1,6}",
            right in "(a|b|\\*|\\?|/|\\*\\*/|\\[a-b\\]|\\[!a\\]|\\{a,b\\}){1,6}",
            paths in prop::collection::vec("[abc]{1,2}(/[abc]{1,2}){0,2}", 40),
        ) {
            let (Some(one), Some(other)) = (Shape::of(&left), Shape::of(&right)) else {
                return Ok(());
            };
            let (Ok(first), Ok(second)) = (compile(&left), compile(&right)) else {
                return Ok(());
            };
            let (first, second) = (first.compile_matcher(), second.compile_matcher());
            for path in paths {
                if first.is_match(&path) && second.is_match(&path) {
                    prop_assert!(one.overlaps(&other, &mut PATIENCE.clone()) == Some(true), "{left} and {right} share {path}");
                }
            }
        }
    }
}
