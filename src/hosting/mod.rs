//! Git hosts: what they send, and what it means.
//!
//! A webhook carries no authority and no data: it says "look again". So it is believed only as far as its signature goes ([`signature`]), and what it
//! tells is kept for people to read and for nothing else ([`hook`]). What a host says of its requests comes from its API ([`api`]), is brought in step
//! with what stands here ([`in_step`]), and what became of them here is told there ([`report`]). The shapes come from each host's documentation: GitHub
//! <https://docs.github.com/webhooks>, GitLab <https://docs.gitlab.com/user/project/integrations/webhook_events/>, Gitea
//! <https://docs.gitea.com/usage/webhooks>, Forgejo <https://forgejo.org/docs/latest/user/webhooks/>, Bitbucket Cloud
//! <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>, and Standard Webhooks <https://www.standardwebhooks.com>.

pub mod api;
pub mod connect;
pub mod hook;
pub mod http;
pub mod in_step;
pub mod report;
pub mod signature;

use std::fmt;
use std::str::FromStr;

/// Which kind of host sends a webhook. The address names it: headers do not, because Gitea and Forgejo send GitHub's too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// GitHub and GitHub Enterprise Server.
    GitHub,
    /// GitLab.
    GitLab,
    /// Gitea.
    Gitea,
    /// Forgejo, which Codeberg runs.
    Forgejo,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Any other sender that signs.
    Plain,
}

impl Host {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::GitHub,
        Self::GitLab,
        Self::Gitea,
        Self::Forgejo,
        Self::Bitbucket,
        Self::Plain,
    ];

    /// Returns its name in addresses and settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
            Self::Bitbucket => "bitbucket",
            Self::Plain => "plain",
        }
    }

    /// Returns what people call it.
    pub fn title(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
            Self::Gitea => "Gitea",
            Self::Forgejo => "Forgejo",
            Self::Bitbucket => "Bitbucket",
            Self::Plain => "Plain",
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that stands for no kind of host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no kind of host; known are github, gitlab, gitea, forgejo, bitbucket and plain"
)]
pub struct UnknownHost(String);

impl FromStr for Host {
    type Err = UnknownHost;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|host| host.name() == name)
            .ok_or_else(|| UnknownHost(name.to_owned()))
    }
}
