//! Which items of two sequences belong together: the bounded search that lists, sections, paragraphs and words share.
//!
//! Every search is paid from one [`Budget`] of steps, never from a clock, so that a hostile pair of files costs little and the same pair always
//! gives the same answer. Searches run on the two sides in one fixed order, so that swapping the sides swaps the answer and changes nothing else.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The steps one diff may take: about a tenth of a second of optimised code. Two wholly different texts of 5000 words use up most of it.
const STEPS: u64 = 24_000_000;

/// The largest table of old items times new items that is compared pair by pair; it bounds memory where [`STEPS`] bounds time.
const CELLS: usize = 250_000;

/// From this share of common words on, in hundredths, two texts are one that was changed rather than two.
const ALIKE: usize = 40;

/// Old and new index of items that belong together, in ascending order of both.
pub(in crate::record) type Pairs = Vec<(usize, usize)>;

/// The steps that are left for one diff.
pub(in crate::record) struct Budget(u64);

impl Budget {
    pub(in crate::record) fn new() -> Self {
        Self(STEPS)
    }

    /// Returns whether so many steps were left, and takes them if so.
    fn take(&mut self, steps: usize) -> bool {
        match self.0.checked_sub(steps as u64) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}

/// Runs a search with the smaller side as old, and turns its answer round where that swapped the sides.
pub(in crate::record) fn oriented<T: Ord + ?Sized>(
    old: &T,
    new: &T,
    search: impl FnOnce(&T, &T) -> Pairs,
) -> Pairs {
    if old <= new {
        return search(old, new);
    }
    search(new, old)
        .into_iter()
        .map(|(new, old)| (old, new))
        .collect()
}

/// Returns pairs of equal items that keep their order: as many as the budget finds.
pub(in crate::record) fn align<T: Eq + Hash>(old: &[T], new: &[T], budget: &mut Budget) -> Pairs {
    let (old, new) = numbered(old, new);
    let mut pairs = Vec::new();
    let (middle_old, middle_new) = trim(&old, 0..old.len(), &new, 0..new.len(), &mut pairs);
    if !search(
        &old,
        middle_old.clone(),
        &new,
        middle_new.clone(),
        budget,
        &mut pairs,
    ) {
        between_anchors(&old, middle_old, &new, middle_new, budget, &mut pairs);
    }
    pairs.sort_unstable();
    pairs
}

/// Replaces items by numbers that are equal where the items are.
fn numbered<T: Eq + Hash>(old: &[T], new: &[T]) -> (Vec<u32>, Vec<u32>) {
    let mut numbers = HashMap::new();
    let mut number = |item| {
        let next = numbers.len() as u32;
        *numbers.entry(item).or_insert(next)
    };
    (
        old.iter().map(&mut number).collect(),
        new.iter().map(&mut number).collect(),
    )
}

/// Pairs the equal beginning and the equal end, and returns what is left between them.
fn trim(
    old: &[u32],
    mut in_old: Range<usize>,
    new: &[u32],
    mut in_new: Range<usize>,
    pairs: &mut Pairs,
) -> (Range<usize>, Range<usize>) {
    while !in_old.is_empty() && !in_new.is_empty() && old[in_old.start] == new[in_new.start] {
        pairs.push((in_old.start, in_new.start));
        in_old.start += 1;
        in_new.start += 1;
    }
    while !in_old.is_empty() && !in_new.is_empty() && old[in_old.end - 1] == new[in_new.end - 1] {
        in_old.end -= 1;
        in_new.end -= 1;
        pairs.push((in_old.end, in_new.end));
    }
    (in_old, in_new)
}

/// Pairs a longest common subsequence of two ranges; returns false, with nothing paired, where the budget does not allow it.
fn search(
    old: &[u32],
    in_old: Range<usize>,
    new: &[u32],
    in_new: Range<usize>,
    budget: &mut Budget,
    pairs: &mut Pairs,
) -> bool {
    if !budget.take(in_old.len().saturating_mul(in_new.len())) {
        return false;
    }
    for op in capture_diff_slices(Algorithm::Myers, &old[in_old.clone()], &new[in_new.clone()]) {
        if let DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        {
            pairs.extend(
                (0..len).map(|n| (in_old.start + old_index + n, in_new.start + new_index + n)),
            );
        }
    }
    true
}

/// Pairs what occurs exactly once on each side and keeps its order, then searches the gaps while the budget lasts.
fn between_anchors(
    old: &[u32],
    in_old: Range<usize>,
    new: &[u32],
    in_new: Range<usize>,
    budget: &mut Budget,
    pairs: &mut Pairs,
) {
    let once_in_new = once(new, in_new.clone());
    let once_in_old = once(old, in_old.clone());
    let common: Pairs = in_old
        .clone()
        .filter(|&at| once_in_old.contains_key(&old[at]))
        .filter_map(|at| Some((at, *once_in_new.get(&old[at])?)))
        .collect();
    let targets: Vec<usize> = common.iter().map(|&(_, new)| new).collect();
    let keeps = longest_rise(&targets);
    let mut anchors: Pairs = common
        .into_iter()
        .zip(keeps)
        .filter_map(|(pair, keeps)| keeps.then_some(pair))
        .collect();
    pairs.extend(&anchors);
    anchors.push((in_old.end, in_new.end));
    let (mut from_old, mut from_new) = (in_old.start, in_new.start);
    for (at_old, at_new) in anchors {
        let (gap_old, gap_new) = trim(old, from_old..at_old, new, from_new..at_new, pairs);
        search(old, gap_old, new, gap_new, budget, pairs);
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
}

/// Returns the numbers that occur once in a range, and where.
fn once(items: &[u32], range: Range<usize>) -> HashMap<u32, usize> {
    let mut seen: HashMap<u32, Option<usize>> = HashMap::new();
    for at in range {
        seen.entry(items[at])
            .and_modify(|place| *place = None)
            .or_insert(Some(at));
    }
    seen.into_iter()
        .filter_map(|(item, place)| Some((item, place?)))
        .collect()
}

/// Returns for each number whether it belongs to one longest strictly rising subsequence. What does not is the smallest set that moved.
pub(crate) fn longest_rise(numbers: &[usize]) -> Vec<bool> {
    // tails[n] is the place of the smallest number that ends a rise of n + 1 numbers.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(numbers.len());
    for (at, number) in numbers.iter().enumerate() {
        let length = tails.partition_point(|&tail| numbers[tail] < *number);
        before.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        if length == tails.len() {
            tails.push(at);
        } else {
            tails[length] = at;
        }
    }
    let mut keeps = vec![false; numbers.len()];
    let mut place = tails.last().copied();
    while let Some(at) = place {
        keeps[at] = true;
        place = before[at];
    }
    keeps
}

/// The words of several texts as sorted numbers, ready to be compared in pairs.
struct Words {
    old: Vec<Vec<u32>>,
    new: Vec<Vec<u32>>,
}

impl Words {
    /// Returns the words of both sides, or nothing where comparing every pair would cost too much.
    fn read(old: &[&str], new: &[&str], budget: &mut Budget) -> Option<Self> {
        if old.len().saturating_mul(new.len()) > CELLS {
            return None;
        }
        let mut numbers = HashMap::new();
        let mut read = |text: &&str| {
            let mut words: Vec<u32> = Vec::new();
            for word in text.split(|character: char| !character.is_alphanumeric()) {
                if !word.is_empty() {
                    let next = numbers.len() as u32;
                    words.push(*numbers.entry(word.to_owned()).or_insert(next));
                }
            }
            words.sort_unstable();
            words
        };
        let old: Vec<_> = old.iter().map(&mut read).collect();
        let new: Vec<_> = new.iter().map(&mut read).collect();
        let size = |side: &[Vec<u32>]| side.iter().map(|words| words.len() + 1).sum::<usize>();
        let cost = size(&old)
            .saturating_mul(new.len())
            .saturating_add(size(&new).saturating_mul(old.len()));
        budget.take(cost).then_some(Self { old, new })
    }

    /// Returns the share of common words in hundredths where it is large enough to matter, else zero.
    fn likeness(&self, old: usize, new: usize) -> usize {
        let (old, new) = (&self.old[old], &self.new[new]);
        let all = old.len() + new.len();
        if all == 0 {
            return 0;
        }
        let share = 200 * common(old, new) / all;
        if share < ALIKE { 0 } else { share }
    }
}

/// Returns how many numbers two sorted lists have in common, each counted as often as both hold it.
fn common(old: &[u32], new: &[u32]) -> usize {
    let (mut at_old, mut at_new, mut count) = (0, 0, 0);
    while let (Some(left), Some(right)) = (old.get(at_old), new.get(at_new)) {
        if left == right {
            count += 1;
        }
        at_old += usize::from(left <= right);
        at_new += usize::from(right <= left);
    }
    count
}

/// Returns the most alike pairs of texts, best first and whatever their order, that `allowed` lets belong together.
pub(in crate::record) fn alike_anywhere(
    old: &[&str],
    new: &[&str],
    allowed: impl Fn(usize, usize) -> bool,
    budget: &mut Budget,
) -> Pairs {
    let Some(words) = Words::read(old, new, budget) else {
        return Vec::new();
    };
    let mut candidates = Vec::new();
    for at_old in 0..old.len() {
        for at_new in 0..new.len() {
            let likeness = words.likeness(at_old, at_new);
            if likeness > 0 && allowed(at_old, at_new) {
                candidates.push((likeness, at_old, at_new));
            }
        }
    }
    candidates
        .sort_by_key(|&(likeness, old, new)| (usize::MAX - likeness, old.abs_diff(new), old, new));
    let mut taken_old = vec![false; old.len()];
    let mut taken_new = vec![false; new.len()];
    let mut pairs = Vec::new();
    for (_, at_old, at_new) in candidates {
        if !taken_old[at_old] && !taken_new[at_new] {
            (taken_old[at_old], taken_new[at_new]) = (true, true);
            pairs.push((at_old, at_new));
        }
    }
    pairs
}

/// Returns the pairs of alike texts that keep their order and have the most in common.
pub(in crate::record) fn alike_in_order(old: &[&str], new: &[&str], budget: &mut Budget) -> Pairs {
    let Some(words) = Words::read(old, new, budget) else {
        return Vec::new();
    };
    // best[o][n] is the most that old texts from o on and new texts from n on can have in common.
    let width = new.len() + 1;
    let mut best = vec![0; (old.len() + 1) * width];
    for at_old in (0..old.len()).rev() {
        for at_new in (0..new.len()).rev() {
            let here = at_old * width + at_new;
            let skip = best[here + 1].max(best[here + width]);
            let likeness = words.likeness(at_old, at_new);
            let pair = if likeness > 0 {
                likeness + best[here + width + 1]
            } else {
                0
            };
            best[here] = skip.max(pair);
        }
    }
    walk(&best, width, old.len(), new.len())
}

/// Follows the table of [`alike_in_order`] from its first cell.
fn walk(best: &[usize], width: usize, old_len: usize, new_len: usize) -> Pairs {
    let (mut at_old, mut at_new) = (0, 0);
    let mut pairs = Vec::new();
    while at_old < old_len && at_new < new_len {
        let here = at_old * width + at_new;
        if best[here] == best[here + width] {
            at_old += 1;
        } else if best[here] == best[here + 1] {
            at_new += 1;
        } else {
            pairs.push((at_old, at_new));
            at_old += 1;
            at_new += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The length of the longest rise, by trying every subset.
    fn longest(numbers: &[usize]) -> usize {
        (0u32..1 << numbers.len())
            .filter(|chosen| {
                let picked: Vec<_> = (0..numbers.len())
                    .filter(|at| chosen & (1 << at) != 0)
                    .map(|at| numbers[at])
                    .collect();
                picked.windows(2).all(|pair| pair[0] < pair[1])
            })
            .map(|chosen| chosen.count_ones() as usize)
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn a_search_that_is_too_costly_still_pairs_what_occurs_once() {
        let old: Vec<usize> = (0..20_000).collect();
        let mut new = old.clone();
        new.insert(10_000, usize::MAX);
        new.remove(3);
        new.remove(19_000);
        let pairs = align(&old, &new, &mut Budget(1000));
        assert_eq!(pairs.len(), 19_998);
    }

    proptest! {
        #[test]
        fn a_longest_rise_rises_and_is_longest(numbers in prop::collection::vec(0usize..12, 0..10)) {
            let keeps = longest_rise(&numbers);
            let kept: Vec<_> = numbers.iter().zip(keeps).filter(|(_, keeps)| *keeps).map(|(number, _)| *number).collect();
            prop_assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!(kept.len(), longest(&numbers));
        }

        #[test]
        fn pairs_are_equal_and_rise(old in prop::collection::vec(0u8..4, 0..30), new in prop::collection::vec(0u8..4, 0..30), steps in 0u64..900) {
            let pairs = align(&old, &new, &mut Budget(steps));
            prop_assert!(pairs.iter().all(|&(left, right)| old[left] == new[right]));
            prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
        }
    }
}
