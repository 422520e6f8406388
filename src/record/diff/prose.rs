//! Long text compared as people read it: paragraph by paragraph, then by word within a paragraph.

use std::borrow::Cow;

use similar::DiffableStr;

use super::align::{Budget, Pairs, align, alike_in_order, oriented};

/// Text of more words than this is prose; shorter text is shown old and new.
const PROSE_WORDS: usize = 6;

/// What became of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It stands in both.
    Same,
    /// It stands in both, with other words; only of a [`Block`].
    Changed,
    /// It stands in the new text only.
    Added,
    /// It stands in the old text only.
    Removed,
}

/// A paragraph. The old text is its blocks that are not added, joined by a blank line; the new text is those that are not removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What became of the paragraph.
    pub fate: Fate,
    /// Its text: a single run of the same fate, or the runs of a changed paragraph.
    pub runs: Vec<Run>,
}

/// A run of words within a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Same, added or removed.
    pub fate: Fate,
    /// The text, spaces and single line ends included.
    pub text: String,
}

impl Block {
    /// Returns a paragraph of one fate.
    fn whole(fate: Fate, text: &str) -> Self {
        Self {
            fate,
            runs: vec![Run {
                fate,
                text: text.to_owned(),
            }],
        }
    }
}

/// Returns a text without what does not count as meaning: `\r\n` is `\n`, and spaces, tabs and carriage returns at the end of a line and blank
/// lines at the end of the text are gone.
pub fn meaning(text: &str) -> Cow<'_, str> {
    const BLANK: [char; 3] = [' ', '\t', '\r'];
    let text = text.trim_end_matches([' ', '\t', '\r', '\n']);
    let clean = |line: &str| line.trim_end_matches(BLANK).len() == line.len();
    if text.split('\n').all(clean) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text
        .split('\n')
        .map(|line| line.trim_end_matches(BLANK))
        .collect();
    Cow::Owned(lines.join("\n"))
}

/// Returns whether a text is long enough to be compared by paragraph and word.
pub(super) fn is_prose(text: &str) -> bool {
    text.contains('\n') || text.split_whitespace().nth(PROSE_WORDS).is_some()
}

/// Compares two texts, which must have gone through [`meaning`].
pub(super) fn blocks(old: &str, new: &str, budget: &mut Budget) -> Vec<Block> {
    let (old, new) = (paragraphs(old), paragraphs(new));
    let pairs = oriented(&old[..], &new[..], |old, new| {
        paragraph_pairs(old, new, budget)
    });
    let mut blocks = Vec::new();
    let (mut from_old, mut from_new) = (0, 0);
    for &(at_old, at_new) in pairs.iter().chain([&(old.len(), new.len())]) {
        blocks.extend(
            old[from_old..at_old]
                .iter()
                .map(|text| Block::whole(Fate::Removed, text)),
        );
        blocks.extend(
            new[from_new..at_new]
                .iter()
                .map(|text| Block::whole(Fate::Added, text)),
        );
        if let (Some(old), Some(new)) = (old.get(at_old), new.get(at_new)) {
            blocks.extend(paragraph(old, new, budget));
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    blocks
}

/// Splits at blank lines so that joining by a blank line gives the text back.
fn paragraphs(text: &str) -> Vec<&str> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split("\n\n").collect()
}

/// Pairs equal paragraphs, then alike ones in the gaps between them.
fn paragraph_pairs(old: &[&str], new: &[&str], budget: &mut Budget) -> Pairs {
    let equal = align(old, new, budget);
    let mut pairs = Vec::new();
    let (mut from_old, mut from_new) = (0, 0);
    for &(at_old, at_new) in equal.iter().chain([&(old.len(), new.len())]) {
        let alike = alike_in_order(&old[from_old..at_old], &new[from_new..at_new], budget);
        pairs.extend(alike.into_iter().map(|(o, n)| (from_old + o, from_new + n)));
        if at_old < old.len() && at_new < new.len() {
            pairs.push((at_old, at_new));
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    pairs
}

/// Compares two paragraphs that belong together; where no word is common they are shown one after the other.
fn paragraph(old: &str, new: &str, budget: &mut Budget) -> Vec<Block> {
    if old == new {
        return vec![Block::whole(Fate::Same, new)];
    }
    let runs = runs(old, new, budget);
    if runs.iter().any(|run| run.fate == Fate::Same) {
        return vec![Block {
            fate: Fate::Changed,
            runs,
        }];
    }
    vec![
        Block::whole(Fate::Removed, old),
        Block::whole(Fate::Added, new),
    ]
}

/// Words that differ, and the words after them that do not.
#[derive(Default)]
struct Stretch {
    removed: String,
    added: String,
    same: String,
}

impl Stretch {
    fn differs(&self) -> bool {
        !self.removed.is_empty() || !self.added.is_empty()
    }
}

/// Compares two texts by word. The same and removed runs give the old text, the same and added ones the new text.
fn runs(old: &str, new: &str, budget: &mut Budget) -> Vec<Run> {
    let (old, new) = (old.tokenize_unicode_words(), new.tokenize_unicode_words());
    let pairs = oriented(&old[..], &new[..], |old, new| align(old, new, budget));
    let mut stretches = vec![Stretch::default()];
    let (mut from_old, mut from_new) = (0, 0);
    for &(at_old, at_new) in pairs.iter().chain([&(old.len(), new.len())]) {
        if at_old > from_old || at_new > from_new {
            stretches.push(Stretch {
                removed: old[from_old..at_old].concat(),
                added: new[from_new..at_new].concat(),
                same: String::new(),
            });
        }
        if let (Some(stretch), Some(word)) = (stretches.last_mut(), new.get(at_new)) {
            stretch.same.push_str(word);
        }
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    flatten(joined(stretches))
}

/// Joins stretches between which only white space is the same: a phrase that was replaced reads better whole than word by word.
fn joined(stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match joined.last_mut() {
            Some(last) if last.differs() && stretch.differs() && last.same.trim().is_empty() => {
                let space = std::mem::replace(&mut last.same, stretch.same);
                last.removed
                    .extend([&space, &stretch.removed].map(String::as_str));
                last.added
                    .extend([&space, &stretch.added].map(String::as_str));
            }
            _ => joined.push(stretch),
        }
    }
    joined
}

fn flatten(stretches: Vec<Stretch>) -> Vec<Run> {
    stretches
        .into_iter()
        .flat_map(|stretch| {
            [
                (Fate::Removed, stretch.removed),
                (Fate::Added, stretch.added),
                (Fate::Same, stretch.same),
            ]
        })
        .filter(|(_, text)| !text.is_empty())
        .map(|(fate, text)| Run { fate, text })
        .collect()
}
