//! Keeping a request there and its proposal here in step: title, description and state.
//!
//! As with branches, what the host was last seen to say tells which side moved. What moved there is taken over here; what moved here is told there; where
//! both moved, the host's word counts for the title, and whoever closed it for the state. What landed here is closed there.

use super::api::Request;

/// What a host was last seen to say of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its title.
    pub title: String,
    /// Its description.
    pub text: String,
    /// Whether it was open.
    pub is_open: bool,
}

/// Where a proposal stands here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// On its way.
    Open,
    /// Given up.
    Closed,
    /// Everything of it is published.
    Landed,
    /// It changes no record, or more than records: what becomes of it is for the host to say.
    Elsewhere,
}

/// What a proposal is called here, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Its title.
    pub title: String,
    /// Its description.
    pub text: String,
    /// Where it stands.
    pub here: Here,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Give the proposal the request's title and description.
    DescribeHere,
    /// Give the request the proposal's title and description.
    DescribeThere,
    /// Close the proposal.
    CloseHere,
    /// Take the proposal up again.
    ReopenHere,
    /// Close the request.
    CloseThere,
    /// Open the request again.
    ReopenThere,
}

impl Step {
    /// Returns whether it changes what stands here.
    pub fn is_here(self) -> bool {
        matches!(
            self,
            Self::DescribeHere | Self::CloseHere | Self::ReopenHere
        )
    }
}

/// Returns what brings a request and its proposal in step; at most one step of each kind.
pub fn steps(seen: Option<&Seen>, there: &Request, here: &Proposal) -> Vec<Step> {
    described(seen, there, here)
        .into_iter()
        .chain(opened(seen, there, here.here))
        .collect()
}

fn described(seen: Option<&Seen>, there: &Request, here: &Proposal) -> Option<Step> {
    let is = |title: &str, text: &str| title == here.title && text.trim() == here.text.trim();
    if is(&there.title, &there.text) || there.title.is_empty() {
        return None;
    }
    match seen {
        Some(seen) if seen.title == there.title && seen.text.trim() == there.text.trim() => {
            // What is longer there is never replaced by what is kept of it.
            (!there.is_cut).then_some(Step::DescribeThere)
        }
        _ => Some(Step::DescribeHere),
    }
}

fn opened(seen: Option<&Seen>, there: &Request, here: Here) -> Option<Step> {
    let moved_there = seen.is_some_and(|seen| seen.is_open != there.is_open);
    match (there.is_open, here) {
        (_, Here::Elsewhere) | (true, Here::Open) | (false, Here::Closed | Here::Landed) => None,
        (true, Here::Landed) => Some(Step::CloseThere),
        // It was opened again there.
        (true, Here::Closed) if moved_there => Some(Step::ReopenHere),
        (true, Here::Closed) => Some(Step::CloseThere),
        // A request that was merged is never opened again.
        (false, Here::Open) if moved_there || seen.is_none() || there.is_merged => {
            Some(Step::CloseHere)
        }
        (false, Here::Open) => Some(Step::ReopenThere),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(title: &str, is_open: bool) -> Request {
        Request {
            title: title.to_owned(),
            text: "Why".to_owned(),
            is_open,
            ..Request::default()
        }
    }

    fn here(title: &str, here: Here) -> Proposal {
        Proposal {
            title: title.to_owned(),
            text: "Why".to_owned(),
            here,
        }
    }

    fn seen(title: &str, is_open: bool) -> Seen {
        Seen {
            title: title.to_owned(),
            text: "Why".to_owned(),
            is_open,
        }
    }

    #[test]
    fn a_title_goes_where_it_was_not_changed() {
        let open = |title| there(title, true);
        let stands = |title| here(title, Here::Open);
        let title = |seen: Option<Seen>, there, here| steps(seen.as_ref(), &there, &here);
        assert_eq!(title(None, open("a"), stands("b")), [Step::DescribeHere]);
        assert_eq!(title(Some(seen("a", true)), open("a"), stands("a")), []);
        assert_eq!(
            title(Some(seen("a", true)), open("c"), stands("a")),
            [Step::DescribeHere]
        );
        assert_eq!(
            title(Some(seen("a", true)), open("a"), stands("c")),
            [Step::DescribeThere]
        );
        // Both moved: the host's word counts.
        assert_eq!(
            title(Some(seen("a", true)), open("b"), stands("c")),
            [Step::DescribeHere]
        );
        assert_eq!(title(None, open(""), stands("c")), []);
    }

    #[test]
    fn a_state_goes_where_it_was_not_changed_and_what_landed_is_closed() {
        use Here::{Closed, Elsewhere, Landed, Open};
        for (before, is_open, stands, step) in [
            (Some(true), true, Open, None),
            (Some(true), true, Landed, Some(Step::CloseThere)),
            (Some(false), false, Landed, None),
            (Some(true), false, Open, Some(Step::CloseHere)),
            (None, false, Open, Some(Step::CloseHere)),
            (Some(false), false, Open, Some(Step::ReopenThere)),
            (Some(true), true, Closed, Some(Step::CloseThere)),
            (None, true, Closed, Some(Step::CloseThere)),
            (Some(false), true, Closed, Some(Step::ReopenHere)),
            (Some(false), false, Closed, None),
            (Some(true), true, Elsewhere, None),
            (Some(true), false, Elsewhere, None),
        ] {
            let before = before.map(|is_open| seen("a", is_open));
            let found = steps(before.as_ref(), &there("a", is_open), &here("a", stands));
            assert_eq!(
                found,
                Vec::from_iter(step),
                "{before:?} {is_open} {stands:?}"
            );
        }
        let merged = Request {
            is_merged: true,
            ..there("a", false)
        };
        let again = steps(Some(&seen("a", false)), &merged, &here("a", Open));
        assert_eq!(again, [Step::CloseHere]);
    }

    /// Whatever one side does, one step brings both in step, and then nothing is left to do.
    #[test]
    fn it_comes_to_rest() {
        for (before, is_open) in [(true, true), (true, false), (false, true), (false, false)] {
            for stands in [Here::Open, Here::Closed, Here::Landed, Here::Elsewhere] {
                let before = seen("a", before);
                let (mut there, mut here) = (there("b", is_open), here("c", stands));
                for step in steps(Some(&before), &there, &here) {
                    match step {
                        Step::DescribeHere => here.title.clone_from(&there.title),
                        Step::DescribeThere => there.title.clone_from(&here.title),
                        Step::CloseHere => here.here = Here::Closed,
                        Step::ReopenHere => here.here = Here::Open,
                        Step::CloseThere => there.is_open = false,
                        Step::ReopenThere => there.is_open = true,
                    }
                }
                let now = seen(&there.title, there.is_open);
                assert_eq!(steps(Some(&now), &there, &here), []);
            }
        }
    }
}
