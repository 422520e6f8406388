//! Which items of three lists are the same one, and in which order they stand once merged.
//!
//! Items are known as a comparison knows them: by key, else by content, else by likeness. What one side added follows what it followed there; where
//! both sides added something in one place, that of the standing text comes first.

use std::collections::HashMap;

use crate::record::diff::align::Budget;
use crate::record::diff::pair::{Entry, partners};

/// An item by its place in the lists that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Strand {
    pub(super) base: Option<usize>,
    pub(super) standing: Option<usize>,
    pub(super) yours: Option<usize>,
}

/// The entries of a list on each side.
pub(super) struct Lists {
    pub(super) base: Vec<Entry>,
    pub(super) standing: Vec<Entry>,
    pub(super) yours: Vec<Entry>,
}

/// Returns every item once. `renamed` says whether an item may have another key than before.
pub(super) fn strands(lists: &Lists, renamed: bool, budget: &mut Budget) -> Vec<Strand> {
    let in_standing = partners(&lists.base, &lists.standing, renamed, budget);
    let in_yours = partners(&lists.base, &lists.yours, renamed, budget);
    let mut strands: Vec<Strand> = (0..lists.base.len())
        .map(|base| Strand {
            base: Some(base),
            standing: in_standing.get(base).copied().flatten(),
            yours: in_yours.get(base).copied().flatten(),
        })
        .collect();
    let added_standing = left_over(lists.standing.len(), &in_standing);
    let added_yours = left_over(lists.yours.len(), &in_yours);
    let mut same = added_by_both(lists, &added_standing, &added_yours);
    strands.extend(added_standing.into_iter().map(|standing| Strand {
        base: None,
        standing: Some(standing),
        yours: same.remove(&standing),
    }));
    let met: Vec<usize> = strands.iter().filter_map(|strand| strand.yours).collect();
    strands.extend(
        left_over(
            lists.yours.len(),
            &met.into_iter().map(Some).collect::<Vec<_>>(),
        )
        .into_iter()
        .map(|yours| Strand {
            base: None,
            standing: None,
            yours: Some(yours),
        }),
    );
    strands
}

fn left_over(len: usize, taken: &[Option<usize>]) -> Vec<usize> {
    let mut free = vec![true; len];
    for at in taken.iter().flatten() {
        if let Some(free) = free.get_mut(*at) {
            *free = false;
        }
    }
    (0..len).filter(|at| free.get(*at) == Some(&true)).collect()
}

/// Returns for items that the standing text added those that the other added too: of the same key, or without one of the same content.
fn added_by_both(lists: &Lists, standing: &[usize], yours: &[usize]) -> HashMap<usize, usize> {
    let name = |entry: &Entry| match &entry.key {
        Some(key) => (true, key.clone()),
        None => (false, entry.content.clone()),
    };
    let mut places: HashMap<(bool, String), Vec<usize>> = HashMap::new();
    for at in yours.iter().rev() {
        if let Some(entry) = lists.yours.get(*at) {
            places.entry(name(entry)).or_default().push(*at);
        }
    }
    let found = standing.iter().filter_map(|at| {
        let name = name(lists.standing.get(*at)?);
        Some((*at, places.get_mut(&name)?.pop()?))
    });
    found.collect()
}

/// Which side's order the merged list follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    Standing,
    Yours,
    /// Both sides put what all three have into another order, each into its own.
    Disputed,
}

/// Returns which side's order counts.
pub(super) fn lead(strands: &[Strand]) -> Lead {
    let mut common: Vec<(usize, usize, usize)> = strands
        .iter()
        .filter_map(|strand| Some((strand.base?, strand.standing?, strand.yours?)))
        .collect();
    common.sort_unstable();
    let by_standing = order_by(&common, |item| item.1);
    let by_yours = order_by(&common, |item| item.2);
    let moved = |order: &[usize]| !order.is_sorted();
    match (moved(&by_standing), moved(&by_yours)) {
        (false, true) => Lead::Yours,
        (true, true) if by_standing != by_yours => Lead::Disputed,
        _ => Lead::Standing,
    }
}

/// Returns the base's numbers in a side's order.
fn order_by(
    common: &[(usize, usize, usize)],
    place: impl Fn(&(usize, usize, usize)) -> usize,
) -> Vec<usize> {
    let mut common = common.to_vec();
    common.sort_by_key(|item| place(item));
    common.into_iter().map(|item| item.0).collect()
}

/// Returns the numbers of the strands that stay, in the order that they have in the merged list.
pub(super) fn sequence(
    strands: &[Strand],
    stays: impl Fn(usize) -> bool,
    yours_leads: bool,
) -> Vec<usize> {
    let in_order = |place: fn(&Strand) -> Option<usize>| {
        let mut found: Vec<(usize, usize)> = strands
            .iter()
            .enumerate()
            .filter(|(number, _)| stays(*number))
            .filter_map(|(number, strand)| Some((place(strand)?, number)))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, number)| number)
    };
    let standing: Vec<usize> = in_order(|strand| strand.standing).collect();
    let yours: Vec<usize> = in_order(|strand| strand.yours).collect();
    match yours_leads {
        false => insert(standing, &yours, |number| {
            strands
                .get(number)
                .is_some_and(|strand| strand.base.is_none() && strand.yours.is_none())
        }),
        true => insert(yours, &standing, |_| false),
    }
}

/// Inserts what only the follower has behind what it follows there, and behind what `first` lets go first.
fn insert(lead: Vec<usize>, follower: &[usize], first: impl Fn(usize) -> bool) -> Vec<usize> {
    // What follows a strand of the lead, and under none what comes before all.
    let known: std::collections::HashSet<usize> = lead.iter().copied().collect();
    let mut behind: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    let mut anchor = None;
    for &number in follower {
        match known.contains(&number) {
            true => anchor = Some(number),
            false => behind.entry(anchor).or_default().push(number),
        }
    }
    let mut sequence = Vec::with_capacity(lead.len() + follower.len());
    let mut waiting = behind.remove(&None).unwrap_or_default();
    for number in lead {
        if !first(number) {
            sequence.append(&mut waiting);
        }
        sequence.push(number);
        if let Some(mut more) = behind.remove(&Some(number)) {
            waiting.append(&mut more);
        }
    }
    sequence.append(&mut waiting);
    sequence
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, standing: &str, yours: &str) -> String {
        let entries = |text: &str| {
            text.chars()
                .map(|key| Entry {
                    content: key.to_string(),
                    words: key.to_string(),
                    key: Some(key.to_string()),
                })
                .collect::<Vec<_>>()
        };
        let lists = Lists {
            base: entries(base),
            standing: entries(standing),
            yours: entries(yours),
        };
        let strands = strands(&lists, false, &mut Budget::new());
        let lead = lead(&strands);
        let stays = |number: usize| {
            let strand: Strand = strands[number];
            strand.base.is_none() || strand.standing.is_some() && strand.yours.is_some()
        };
        let order = sequence(&strands, stays, lead == Lead::Yours);
        let names = order.into_iter().map(|number| {
            let strand = strands[number];
            let of_standing = strand.standing.map(|at| &lists.standing[at]);
            let entry = of_standing.or(strand.yours.map(|at| &lists.yours[at]));
            entry.and_then(|entry| entry.key.clone()).unwrap()
        });
        let mark = if lead == Lead::Disputed { "!" } else { "" };
        format!("{}{mark}", names.collect::<String>())
    }

    #[test]
    fn additions_and_removals_of_both_sides_are_kept() {
        assert_eq!(merged("abc", "abcx", "abcy"), "abcxy");
        assert_eq!(merged("abc", "xabc", "yabc"), "xyabc");
        assert_eq!(merged("abc", "ac", "abyc"), "ayc");
        assert_eq!(merged("abc", "axbc", "ab"), "axb");
        assert_eq!(merged("", "ab", "ca"), "cab");
        assert_eq!(merged("abc", "ab", "bc"), "b");
    }

    #[test]
    fn moves_of_one_side_are_kept_and_different_ones_disputed() {
        assert_eq!(merged("abc", "cab", "abcy"), "cyab");
        assert_eq!(merged("abc", "abxc", "cab"), "cabx");
        assert_eq!(merged("abc", "bca", "bca"), "bca");
        assert_eq!(merged("abc", "bca", "cab"), "bca!");
        assert_eq!(merged("abc", "bac", "ab"), "ba");
    }
}
