//! Which branches are proposals, and what one that is made in the pages is called.

use std::fmt;
use std::sync::OnceLock;

use globset::{GlobSet, GlobSetBuilder};

use super::Policy;
use super::paths::compile;

/// What a policy that says nothing of proposals means.
const DEFAULT_BRANCHES: &str = "proposals/**";

/// The branches that are proposals: `[proposals]`.
#[derive(Clone)]
pub struct Proposals {
    /// Patterns of branch names, as in `proposals/**`; none means that no branch is a proposal.
    pub branches: Vec<String>,
    compiled: OnceLock<GlobSet>,
}

impl Proposals {
    /// Returns the proposals of a policy that gives these patterns.
    pub fn new(branches: Vec<String>) -> Self {
        Self {
            branches,
            compiled: OnceLock::new(),
        }
    }

    fn matches(&self, branch: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            let mut set = GlobSetBuilder::new();
            // Patterns that do not compile match nothing; the lints have refused them.
            for glob in self.branches.iter().filter_map(|it| compile(it).ok()) {
                set.add(glob);
            }
            set.build().unwrap_or_else(|_| GlobSet::empty())
        });
        compiled.is_match(branch)
    }
}

impl Default for Proposals {
    fn default() -> Self {
        Self::new(vec![DEFAULT_BRANCHES.to_owned()])
    }
}

impl PartialEq for Proposals {
    fn eq(&self, other: &Self) -> bool {
        self.branches == other.branches
    }
}

impl fmt::Debug for Proposals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proposals").field(&self.branches).finish()
    }
}

impl Policy {
    /// Returns whether a branch, named without `refs/heads/`, is a proposal. The published branch never is.
    pub fn is_proposal(&self, branch: &str) -> bool {
        branch != self.branch && self.proposals.matches(branch)
    }

    /// Returns the branch that a proposal of this name has: the first pattern that leaves a name open, with the name in the place of its wildcard.
    /// `None` where no pattern does.
    pub fn proposal_branch(&self, name: &str) -> Option<String> {
        let patterns = self.proposals.branches.iter();
        patterns
            .map(|pattern| pattern.replace("**", "*").replacen('*', name, 1))
            .find(|branch| self.is_proposal(branch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(proposals: &str) -> Policy {
        let source = format!(
            "title = \"Test\"\n{proposals}\n{}",
            include_str!("read/sample.toml")
                .split_once("branch = \"main\"")
                .map_or("", |(_, rest)| rest)
        );
        Policy::read(&source).unwrap_or_else(|refusals| panic!("{refusals:#?}"))
    }

    #[test]
    fn a_branch_below_proposals_is_one_unless_the_policy_says_otherwise() {
        let policy = policy("");
        assert!(policy.is_proposal("proposals/claims"));
        assert!(policy.is_proposal("proposals/ana/claims"));
        assert!(!policy.is_proposal("main") && !policy.is_proposal("code"));
        let made = policy.proposal_branch("claims");
        assert_eq!(made.as_deref(), Some("proposals/claims"));
    }

    #[test]
    fn the_published_branch_is_never_a_proposal_and_an_empty_list_means_none() {
        let wide = policy("proposals = { branches = [\"*\"] }");
        assert!(wide.is_proposal("claims") && !wide.is_proposal("main"));
        let none = policy("proposals = { branches = [] }");
        assert!(!none.is_proposal("proposals/claims"));
        assert_eq!(none.proposal_branch("claims"), None);
    }
}
