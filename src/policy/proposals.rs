//! Which branches are proposals, and what one that is made in the pages is called.

use super::{Patterns, Policy};

/// What a policy that says nothing of proposals means.
const DEFAULT_BRANCHES: &str = "proposals/**";

/// Returns the branches that are proposals where a policy does not say.
pub(super) fn default_branches() -> Patterns {
    Patterns::new(vec![DEFAULT_BRANCHES.to_owned()])
}

impl Policy {
    /// Returns whether a branch, named without `refs/heads/`, is a proposal. The published branch never is.
    pub fn is_proposal(&self, branch: &str) -> bool {
        branch != self.branch && self.proposals.matches(branch)
    }

    /// Returns the branch that a proposal of this name has: the first pattern that leaves a name open, with the name in the place of its wildcard.
    /// `None` where no pattern does.
    pub fn proposal_branch(&self, name: &str) -> Option<String> {
        let patterns = self.proposals.iter();
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
