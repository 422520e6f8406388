//! Two edits of one sequence laid side by side: what both kept, what one of them changed, and where they met.
//!
//! Lines, tokens and paragraphs are woven by the same rules. Changes that only touch are apart: one side may change an element and the other the
//! next one. Elements that both sides put in at one place stand one after the other, those of the standing text first.

use std::collections::VecDeque;
use std::ops::Range;

/// Base and other index of elements that belong together, in ascending order of both.
pub(super) type Pairs = [(usize, usize)];

/// A stretch of the woven sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// All three have it; on the two sides it begins there.
    Kept {
        base: Range<usize>,
        standing: usize,
        yours: usize,
    },
    /// The standing text changed it, alone or as the other did.
    Standing(Range<usize>),
    /// The text to bring in changed it.
    Yours(Range<usize>),
    /// Both put something in between the same two elements.
    Both {
        standing: Range<usize>,
        yours: Range<usize>,
    },
    /// Both changed the same elements, each in its way.
    Clash {
        standing: Range<usize>,
        yours: Range<usize>,
    },
}

/// Returns the woven sequence.
pub(super) fn weave<T: PartialEq>(
    base: &[T],
    standing: &[T],
    yours: &[T],
    in_standing: &Pairs,
    in_yours: &Pairs,
) -> Vec<Part> {
    let mut weaving = Weaving {
        standing: Side::new(base.len(), standing, in_standing),
        yours: Side::new(base.len(), yours, in_yours),
        at: 0,
        parts: Vec::new(),
    };
    while let Some(start) = weaving.next_start() {
        weaving.keep(start);
        weaving.change();
    }
    weaving.keep(base.len());
    weaving.parts
}

/// Elements of the base and what one side made of them.
#[derive(Debug, Clone)]
struct Hunk {
    base: Range<usize>,
    side: Range<usize>,
}

impl Hunk {
    /// Hunks in one place come before those that begin there and reach further.
    fn place(&self) -> (usize, usize) {
        (self.base.start, self.base.end)
    }
}

/// Returns whether two stretches of the base have an element in common, or one of them is a place inside the other or the same place.
fn meet(one: &Range<usize>, other: &Range<usize>) -> bool {
    match (one.is_empty(), other.is_empty()) {
        (true, true) => one.start == other.start,
        (true, false) => other.start < one.start && one.start < other.end,
        (false, true) => one.start < other.start && other.start < one.end,
        (false, false) => one.start < other.end && other.start < one.end,
    }
}

/// One side's changes, read from the front.
struct Side<'a, T> {
    elements: &'a [T],
    hunks: VecDeque<Hunk>,
    /// What to add to a place in the base to get the same place in this side, behind the changes that were read.
    shift: isize,
}

impl<'a, T> Side<'a, T> {
    fn new(base_len: usize, elements: &'a [T], pairs: &Pairs) -> Self {
        let mut hunks = VecDeque::new();
        let (mut from_base, mut from_side) = (0, 0);
        for &(in_base, in_side) in pairs.iter().chain([&(base_len, elements.len())]) {
            if in_base > from_base || in_side > from_side {
                hunks.push_back(Hunk {
                    base: from_base..in_base,
                    side: from_side..in_side,
                });
            }
            (from_base, from_side) = (in_base + 1, in_side + 1);
        }
        Self {
            elements,
            hunks,
            shift: 0,
        }
    }

    fn place(&self, base: usize) -> usize {
        base.saturating_add_signed(self.shift)
    }

    fn take(&mut self) -> Option<Hunk> {
        let hunk = self.hunks.pop_front()?;
        // Both are lengths of texts in memory.
        self.shift = hunk.side.end as isize - hunk.base.end as isize;
        Some(hunk)
    }

    /// Takes the changes that meet a region of the base, and returns the region with theirs.
    fn take_meeting(&mut self, mut region: Range<usize>) -> Range<usize> {
        while self
            .hunks
            .front()
            .is_some_and(|hunk| meet(&hunk.base, &region))
        {
            if let Some(hunk) = self.take() {
                region = region.start.min(hunk.base.start)..region.end.max(hunk.base.end);
            }
        }
        region
    }
}

struct Weaving<'a, T> {
    standing: Side<'a, T>,
    yours: Side<'a, T>,
    at: usize,
    parts: Vec<Part>,
}

impl<T: PartialEq> Weaving<'_, T> {
    fn next_start(&self) -> Option<usize> {
        let next = [self.standing.hunks.front(), self.yours.hunks.front()];
        next.into_iter().flatten().map(|hunk| hunk.base.start).min()
    }

    fn keep(&mut self, end: usize) {
        if end > self.at {
            self.parts.push(Part::Kept {
                base: self.at..end,
                standing: self.standing.place(self.at),
                yours: self.yours.place(self.at),
            });
            self.at = end;
        }
    }

    /// Takes the next change, with all that meet it.
    fn change(&mut self) {
        let part = match (self.standing.hunks.front(), self.yours.hunks.front()) {
            (Some(one), Some(other)) if meet(&one.base, &other.base) => self.meeting(),
            (Some(one), other) if other.is_none_or(|other| one.place() <= other.place()) => {
                let hunk = self.standing.take();
                hunk.map(|hunk| (hunk.base.end, Part::Standing(hunk.side)))
            }
            _ => {
                let hunk = self.yours.take();
                hunk.map(|hunk| (hunk.base.end, Part::Yours(hunk.side)))
            }
        };
        if let Some((end, part)) = part {
            self.at = end;
            self.parts.push(part);
        }
    }

    fn meeting(&mut self) -> Option<(usize, Part)> {
        let mut region = self.standing.hunks.front()?.base.clone();
        let other = self.yours.hunks.front()?.base.clone();
        region.start = region.start.min(other.start);
        let from = (
            self.standing.place(region.start),
            self.yours.place(region.start),
        );
        loop {
            let grown = self.standing.take_meeting(region.clone());
            let grown = self.yours.take_meeting(grown);
            if grown == region {
                break;
            }
            region = grown;
        }
        let standing = from.0..self.standing.place(region.end);
        let yours = from.1..self.yours.place(region.end);
        let same =
            self.standing.elements.get(standing.clone()) == self.yours.elements.get(yours.clone());
        let part = match (same, region.is_empty()) {
            (true, _) => Part::Standing(standing),
            (false, true) => Part::Both { standing, yours },
            (false, false) => Part::Clash { standing, yours },
        };
        Some((region.end, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::diff::align::{Budget, align};
    use proptest::prelude::*;

    /// Weaves words; `<a|b>` where both put in something, `{a|b}` where they clash.
    fn woven(base: &str, standing: &str, yours: &str) -> String {
        let [base, standing, yours] =
            [base, standing, yours].map(|text| text.split(' ').filter(|w| !w.is_empty()).collect());
        written(&base, &standing, &yours)
    }

    fn written(base: &Vec<&str>, standing: &Vec<&str>, yours: &Vec<&str>) -> String {
        let mut budget = Budget::new();
        let in_standing = align(base, standing, &mut budget);
        let in_yours = align(base, yours, &mut budget);
        let words = |parts: &[&str]| parts.join(" ");
        let parts = weave(base, standing, yours, &in_standing, &in_yours);
        let told: Vec<String> = parts
            .into_iter()
            .map(|part| match part {
                Part::Kept { base: kept, .. } => words(&base[kept]),
                Part::Standing(part) => words(&standing[part]),
                Part::Yours(part) => words(&yours[part]),
                Part::Both {
                    standing: one,
                    yours: other,
                } => format!("<{}|{}>", words(&standing[one]), words(&yours[other])),
                Part::Clash {
                    standing: one,
                    yours: other,
                } => format!("{{{}|{}}}", words(&standing[one]), words(&yours[other])),
            })
            .filter(|text| !text.is_empty())
            .collect();
        told.join(" ")
    }

    #[test]
    fn changes_of_neighbours_are_apart() {
        assert_eq!(woven("a b c", "x b c", "a y c"), "x y c");
        assert_eq!(woven("a b", "a", "a c b"), "a c");
        assert_eq!(woven("a b c d", "b c d", "a b c"), "b c");
    }

    #[test]
    fn changes_of_the_same_clash_unless_they_are_one() {
        assert_eq!(woven("a b c", "a x c", "a y c"), "a {x|y} c");
        assert_eq!(woven("a b c", "a x c", "a x c"), "a x c");
        assert_eq!(woven("a b c d", "a x y d", "a b z d"), "a {x y|b z} d");
        assert_eq!(woven("a b c", "a c", "a y c"), "a {|y} c");
        assert_eq!(woven("a b c d", "a d", "a b x c d"), "a {|b x c} d");
    }

    #[test]
    fn what_both_put_in_at_one_place_is_told() {
        assert_eq!(woven("a b", "a x b", "a y b"), "a <x|y> b");
        assert_eq!(woven("", "x", "y"), "<x|y>");
        assert_eq!(woven("a", "a x", "a x"), "a x");
    }

    proptest! {
        #[test]
        fn weaving_with_the_base_gives_the_other(base in prop::collection::vec("[a-d]", 0..9), other in prop::collection::vec("[a-d]", 0..9)) {
            let base: Vec<&str> = base.iter().map(String::as_str).collect();
            let other: Vec<&str> = other.iter().map(String::as_str).collect();
            prop_assert_eq!(written(&base, &other, &base), other.join(" "));
            prop_assert_eq!(written(&base, &base, &other), other.join(" "));
            prop_assert_eq!(written(&base, &other, &other), other.join(" "));
        }
    }
}
