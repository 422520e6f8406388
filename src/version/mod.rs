//! How far a record's version moves, and why: DESIGN.md section 6 as code.
//!
//! The bump follows from the field diff against the last published text and the policy's floors, and is explained rule by rule. It is one step at
//! most, however much was edited. Where nothing in the policy names a field the floor is a patch: a change that readers can see is never hidden
//! behind an old version, and only a floor of `none` says that it may be.

mod weight;

pub use weight::{Weight, weigh};

use std::cmp::Reverse;
use std::fmt;

use semver::{BuildMetadata, Prerelease, Version};

use crate::policy::{Bump, FieldPattern, Floor, Steps};
use crate::record::diff::{Change, Diff, Fate, FieldChange, addresses};
use crate::record::{FieldPath, Node, Scalar, Segment, Value};
use crate::refusal::Refusal;

/// The bump a diff asks for, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The largest bump of all reasons.
    pub bump: Bump,
    /// One for each change that counts, in the order of the diff; also those that ask for nothing.
    pub reasons: Vec<Reason>,
}

/// Why a change asks for a bump. Shown as `boundaries[b1] removed: major (boundaries)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The field that changed.
    pub path: FieldPath,
    /// What happened to it.
    pub what: What,
    /// What that asks for.
    pub bump: Bump,
    /// The floor that decided; `None` where no floor names the field.
    pub pattern: Option<FieldPattern>,
}

/// What happened to a field, as floors see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// It says something where nothing was said.
    Added,
    /// It says something else.
    Changed,
    /// It says nothing any more.
    Removed,
    /// It stands elsewhere among its like.
    Moved,
}

impl What {
    /// Returns the word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Moved => "moved",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self
            .pattern
            .as_ref()
            .map_or("no floor names it", |pattern| pattern.0.as_str());
        let (what, bump) = (self.what.name(), self.bump.name());
        write!(f, "{} {what}: {bump} ({rule})", self.path)
    }
}

/// Explains the bump that a diff asks for.
///
/// Of the floors that cover a field the most specific decides. A value that comes or goes whole is judged by itself and by everything in it, and
/// the largest answer counts, so that removing a list cannot be cheaper than removing its items. A value that is emptied is removed. The workflow's
/// own fields, and what is below them, never count.
pub fn explain(diff: &Diff, floors: &[Floor], workflow_fields: &[FieldPath]) -> Explained {
    let rules = Rules::new(floors, workflow_fields);
    let reasons: Vec<_> = diff
        .changes
        .iter()
        .filter_map(|change| rules.reason(change))
        .collect();
    Explained {
        bump: reasons
            .iter()
            .map(|reason| reason.bump)
            .max()
            .unwrap_or(Bump::None),
        reasons,
    }
}

/// Returns the version after a bump; the first one is 1.0.0 whatever the bump. A pre-release ends with the step that follows it.
///
/// # Errors
/// `VER-003` where the number that should rise is the largest there is.
pub fn next(current: Option<&Version>, bump: Bump) -> Result<Version, Refusal> {
    let Some(current) = current else {
        return Ok(Version::new(1, 0, 0));
    };
    let raised = match bump {
        Bump::None => return Ok(current.clone()),
        Bump::Patch => current
            .patch
            .checked_add(1)
            .map(|patch| (current.major, current.minor, patch)),
        Bump::Minor => current
            .minor
            .checked_add(1)
            .map(|minor| (current.major, minor, 0)),
        Bump::Major => current.major.checked_add(1).map(|major| (major, 0, 0)),
    };
    let (major, minor, patch) = raised.ok_or_else(|| {
        Refusal::new(
            "VER-003",
            format!(
                "version {current} cannot take a {} step: its number is the largest there is",
                bump.name()
            ),
            "choose a larger bump, or supersede the record with a new one",
        )
    })?;
    Ok(Version {
        major,
        minor,
        patch,
        pre: Prerelease::EMPTY,
        build: BuildMetadata::EMPTY,
    })
}

/// Reads `MAJOR.MINOR.PATCH`, with a pre-release where one is given. Nothing is ever corrected: the caller keeps what it cannot read as text.
///
/// # Errors
/// `VER-001` where the text is no version, `VER-002` where it carries build metadata: two texts would then claim one place in the order.
pub fn parse(text: &str) -> Result<Version, Refusal> {
    let version = Version::parse(text).map_err(|error| {
        Refusal::new(
            "VER-001",
            format!("{} is not a version: {}", shown(text), flaw(text, &error)),
            "write three whole numbers with dots between them, such as 1.0.0",
        )
    })?;
    if version.build.is_empty() {
        return Ok(version);
    }
    Err(Refusal::new(
        "VER-002",
        format!("version {} carries build metadata", shown(text)),
        format!("leave out what follows the plus sign in {}", shown(text)),
    ))
}

/// Returns the bump that a reviewer settles on: the computed one, a larger one freely, a smaller one with a reason.
///
/// # Errors
/// `VER-004` where a smaller one has no reason.
pub fn choose(
    computed: &Explained,
    wanted: Option<Bump>,
    reason: Option<&str>,
) -> Result<Bump, Refusal> {
    let wanted = wanted.unwrap_or(computed.bump);
    let has_reason = reason.is_some_and(|reason| !reason.trim().is_empty());
    if wanted >= computed.bump || has_reason {
        return Ok(wanted);
    }
    let asked = computed.bump.name();
    let because = computed
        .reasons
        .iter()
        .find(|reason| reason.bump == computed.bump)
        .map_or_else(String::new, |reason| format!(" ({reason})"));
    Err(Refusal::new(
        "VER-004",
        format!(
            "{} is less than the change asks for, {asked}{because}",
            wanted.name()
        ),
        format!("give the reason for lowering it, or keep {asked}"),
    ))
}

/// Floors and exceptions, ready to be asked.
struct Rules<'a> {
    /// The most specific first; patterns that cannot be read are left out, as they cover nothing.
    floors: Vec<(Steps, &'a Floor)>,
    workflow_fields: &'a [FieldPath],
}

/// What a floor answered.
type Answer<'a> = (Bump, Option<&'a FieldPattern>);

impl<'a> Rules<'a> {
    fn new(floors: &'a [Floor], workflow_fields: &'a [FieldPath]) -> Self {
        let mut floors: Vec<_> = floors
            .iter()
            .filter_map(|floor| Some((floor.field.steps()?, floor)))
            .collect();
        floors.sort_by_key(|(steps, _)| Reverse(steps.specificity()));
        Self {
            floors,
            workflow_fields,
        }
    }

    /// Returns the reason that a change gives; none for the workflow's own fields.
    fn reason(&self, change: &FieldChange) -> Option<Reason> {
        let path = &change.path;
        let old_path = change.was.as_ref().unwrap_or(path);
        let (what, answer) = match &change.change {
            Change::Added { new } => (What::Added, self.whole(path, new, What::Added)),
            Change::Removed { old } => (What::Removed, self.whole(path, old, What::Removed)),
            Change::Replaced { old, new } => {
                let gone = self.whole(old_path, old, What::Removed);
                let come = self.whole(path, new, What::Added);
                let changed = self.ask(path, What::Changed);
                (What::Changed, larger(changed, larger(gone, come)))
            }
            Change::Scalar { .. } | Change::Prose(_) | Change::Moved { .. } => {
                let what = what_of(&change.change);
                (what, self.ask(path, what))
            }
        };
        answer.map(|(bump, pattern)| Reason {
            path: path.clone(),
            what,
            bump,
            pattern: pattern.cloned(),
        })
    }

    /// Returns the floor's answer for one path; none for the workflow's own fields.
    fn ask(&self, path: &FieldPath, what: What) -> Option<Answer<'a>> {
        if self
            .workflow_fields
            .iter()
            .any(|field| path.is_within(field))
        {
            return None;
        }
        let floor = self
            .floors
            .iter()
            .find(|(steps, _)| steps.cover(path))
            .map(|(_, floor)| *floor);
        Some(floor.map_or((Bump::Patch, None), |floor| {
            let bump = match what {
                What::Added => floor.add,
                What::Changed | What::Moved => floor.change,
                What::Removed => floor.remove,
            };
            (bump, Some(&floor.field))
        }))
    }

    /// Returns the largest answer for a value and everything in it. A value that holds workflow fields alone does not count.
    fn whole(&self, path: &FieldPath, node: &Node, what: What) -> Option<Answer<'a>> {
        let children: Vec<(Segment, &Node)> = match &node.value {
            Value::Scalar(_) => Vec::new(),
            Value::List(items) => addresses(items).into_iter().zip(items).collect(),
            Value::Map(map) => map
                .iter()
                .map(|(key, node)| (Segment::Key(key.clone()), node))
                .collect(),
        };
        let mut answer = None;
        for (segment, child) in &children {
            let below = self.whole(&path.join(segment.clone()), child, what);
            answer = larger(answer, below);
        }
        if answer.is_none() && !children.is_empty() {
            return None;
        }
        larger(self.ask(path, what), answer)
    }
}

/// Returns the larger of two answers, the first of equal ones.
fn larger<'a>(one: Option<Answer<'a>>, other: Option<Answer<'a>>) -> Option<Answer<'a>> {
    match (one, other) {
        (Some(one), Some(other)) if other.0 > one.0 => Some(other),
        (one, other) => one.or(other),
    }
}

/// Returns what a change within a value amounts to: a text that was emptied is gone, whatever the file still holds.
fn what_of(change: &Change) -> What {
    let is_blank = |scalar: &Scalar| scalar.text.trim().is_empty();
    match change {
        Change::Moved { .. } => What::Moved,
        Change::Added { .. } => What::Added,
        Change::Removed { .. } => What::Removed,
        Change::Scalar { old, .. } if is_blank(old) => What::Added,
        Change::Scalar { new, .. } if is_blank(new) => What::Removed,
        Change::Prose(blocks) if blocks.iter().all(|block| block.fate == Fate::Added) => {
            What::Added
        }
        Change::Prose(blocks) if blocks.iter().all(|block| block.fate == Fate::Removed) => {
            What::Removed
        }
        Change::Scalar { .. } | Change::Prose(_) | Change::Replaced { .. } => What::Changed,
    }
}

/// Returns a text as it may stand in a message: quoted, escaped and not too long.
fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut start: String = text.chars().take(LONGEST).collect();
    if start.len() < text.len() {
        start.push_str("...");
    }
    format!("{start:?}")
}

/// Names what is wrong with a version in plain words where it is a common slip.
fn flaw(text: &str, error: &semver::Error) -> String {
    let parts = text
        .split(['-', '+'])
        .next()
        .unwrap_or("")
        .split('.')
        .count();
    if text.is_empty() {
        "it is empty".to_owned()
    } else if text.trim() != text {
        "it has white space around it".to_owned()
    } else if text.starts_with(['v', 'V']) {
        "it begins with a letter".to_owned()
    } else if text.starts_with('-') {
        "it begins with a minus sign".to_owned()
    } else if parts != 3 {
        format!("it has {parts} of the three numbers")
    } else {
        error.to_string()
    }
}

#[cfg(test)]
mod tests;
