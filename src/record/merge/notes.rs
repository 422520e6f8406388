//! What a file says beside its fields (comments, and YAML's anchors and tags): which of it a merge left out.
//!
//! Notes are counted by their text. One that a side added must be in the result, one that a side removed must be gone from it; whichever is not so
//! becomes a conflict, because a proof by fields alone would not see it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::tokens::Note;

/// A note of which a change of one side is not in the result, and where it stands on each side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) text: String,
    pub(super) base: Option<usize>,
    pub(super) standing: Option<usize>,
    pub(super) yours: Option<usize>,
}

/// The notes of a text, and the stretches of it that a conflict shows anyway.
pub(super) struct Told<'a> {
    pub(super) notes: Vec<Note<'a>>,
    pub(super) shown: Vec<Range<usize>>,
}

/// How often a note stands somewhere, and where first.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    times: usize,
    first: Option<usize>,
}

/// Returns the notes of which the result does not have what the sides made of them.
pub(super) fn lost(base: &Told, standing: &Told, yours: &Told, result: &[Note]) -> Vec<Lost> {
    let mut counts: BTreeMap<&str, [Count; 4]> = BTreeMap::new();
    for (side, told) in [base, standing, yours].into_iter().enumerate() {
        for note in &told.notes {
            if !told.shown.iter().any(|shown| shown.contains(&note.start)) {
                add(&mut counts, note, side);
            }
        }
    }
    for note in result {
        add(&mut counts, note, 3);
    }
    // What stands in a conflict stays in the result and is not counted there either.
    for note in &standing.notes {
        if standing
            .shown
            .iter()
            .any(|shown| shown.contains(&note.start))
            && let Some(counts) = counts.get_mut(note.text)
        {
            counts[3].times = counts[3].times.saturating_sub(1);
        }
    }
    let lost = counts.into_iter().filter_map(|(text, counts)| {
        let [base, standing, yours, result] = counts;
        let wanted = match (base.times, standing.times, yours.times) {
            (base, standing, yours) if base == standing => yours,
            (base, standing, yours) if base == yours => standing,
            (_, standing, yours) => standing.max(yours),
        };
        (result.times != wanted).then(|| Lost {
            text: text.to_owned(),
            base: base.first,
            standing: standing.first,
            yours: yours.first,
        })
    });
    lost.collect()
}

fn add<'a>(counts: &mut BTreeMap<&'a str, [Count; 4]>, note: &Note<'a>, side: usize) {
    if let Some(count) = counts.entry(note.text).or_default().get_mut(side) {
        count.times += 1;
        count.first = count.first.or(Some(note.start));
    }
}
