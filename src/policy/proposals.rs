//! Which branches are proposals, what one that is made in the pages is called, and the pull and merge requests of git hosts.

use super::{Patterns, Policy};

/// What is a proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposals {
    /// Branches, without `refs/heads/`.
    pub branches: Patterns,
    /// Whether the pull and merge requests of the git host are.
    pub requests: bool,
    /// Whether an approval that was given on the git host counts as one that is given here.
    pub host_approvals: bool,
}

impl Default for Proposals {
    fn default() -> Self {
        Self {
            branches: default_branches(),
            requests: true,
            host_approvals: false,
        }
    }
}

/// Where hosts keep the head of a request, and the folder of branches in which it stands here: GitHub, Gitea and Forgejo the first, GitLab the second.
const REQUESTS: [&str; 2] = ["pull", "merge-requests"];

/// Returns the branch, without `refs/heads/`, that a request's ref on a git host becomes here: `pull/7` for `refs/pull/7/head`. `None` for another ref.
pub fn request_branch(name: &str) -> Option<String> {
    let branch = name.strip_prefix("refs/")?.strip_suffix("/head")?;
    request_ref(branch)?;
    Some(branch.to_owned())
}

/// Returns the ref on the git host of the request that a branch stands for, and its number; `None` for a branch that is nobody's request.
pub fn request_ref(branch: &str) -> Option<(String, u64)> {
    let (folder, number) = branch.split_once('/')?;
    let is_plain = number.bytes().all(|digit| digit.is_ascii_digit()) && !number.starts_with('0');
    let number = number.parse().ok().filter(|_| is_plain)?;
    REQUESTS
        .contains(&folder)
        .then(|| (format!("refs/{branch}/head"), number))
}

/// What a policy that says nothing of proposals means.
const DEFAULT_BRANCHES: &str = "proposals/**";

/// Returns the branches that are proposals where a policy does not say.
pub(super) fn default_branches() -> Patterns {
    Patterns::new(vec![DEFAULT_BRANCHES.to_owned()])
}

impl Policy {
    /// Returns whether a branch, named without `refs/heads/`, is a proposal. The published branch never is.
    pub fn is_proposal(&self, branch: &str) -> bool {
        branch != self.branch
            && (self.is_request(branch) || self.proposals.branches.matches(branch))
    }

    /// Returns whether a branch stands for a request of the git host, which is its author's: nothing is written to it here.
    pub fn is_request(&self, branch: &str) -> bool {
        self.proposals.requests && branch != self.branch && request_ref(branch).is_some()
    }

    /// Returns the branch that a proposal of this name has: the first pattern that leaves a name open, with the name in the place of its wildcard.
    /// `None` where no pattern does.
    pub fn proposal_branch(&self, name: &str) -> Option<String> {
        let patterns = self.proposals.branches.iter();
        patterns
            .map(|pattern| pattern.replace("**", "*").replacen('*', name, 1))
            .find(|branch| self.is_proposal(branch) && !self.is_request(branch))
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
    fn a_request_of_the_git_host_is_a_proposal_unless_the_policy_says_otherwise() {
        assert_eq!(
            request_branch("refs/pull/7/head").as_deref(),
            Some("pull/7")
        );
        let merge = request_ref("merge-requests/41");
        assert_eq!(merge, Some(("refs/merge-requests/41/head".to_owned(), 41)));
        for other in [
            "refs/pull/7/merge",
            "refs/pull/07/head",
            "refs/pull/-7/head",
            "refs/pull//head",
            "refs/pull/7/8/head",
            "refs/pull/99999999999999999999/head",
            "refs/heads/pull/7/head",
        ] {
            assert_eq!(request_branch(other), None, "{other}");
        }
        let followed = policy("");
        assert!(followed.is_proposal("pull/7") && followed.is_request("pull/7"));
        assert!(!followed.is_request("proposals/7"));
        let ignored = policy("proposals = { requests = \"ignored\" }");
        assert!(!ignored.is_proposal("pull/7"));
        assert!(ignored.is_proposal("proposals/claims"));
        assert!(!ignored.proposals.host_approvals);
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
