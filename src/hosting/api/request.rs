//! What a host says of a request, and what it is told of a commit.

/// A pull or merge request as its host tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// Its number there.
    pub number: u64,
    /// Its title, one line.
    pub title: String,
    /// Its description, as Markdown.
    pub text: String,
    /// Whether the description there is longer than what is kept of it.
    pub is_cut: bool,
    /// Whose it is: `github:583231`; empty where the host does not say.
    pub author: String,
    /// What they are called there.
    pub author_name: String,
    /// Whether it waits there.
    pub is_open: bool,
    /// Whether it was merged there.
    pub is_merged: bool,
    /// Its last commit, whole or its first digits.
    pub head: String,
    /// Its branch, where that stands in the same repository.
    pub branch: Option<String>,
    /// Its page.
    pub address: String,
    /// Another text whenever something about it changed.
    pub edition: String,
}

/// An approval that somebody gave on the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostApproval {
    /// The host's id of it.
    pub id: String,
    /// Whose: `github:583231`.
    pub account: String,
    /// The commit that they approved.
    pub head: String,
}

/// How a commit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for somebody.
    Waits,
    /// It is done.
    Done,
    /// Something stands against it.
    Held,
}

/// What a host shows beside a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How it stands.
    pub state: State,
    /// In one line.
    pub words: String,
    /// Where more is said.
    pub link: String,
}

/// The name under which a status of this server stands beside those of others.
pub const CONTEXT: &str = "countersign";

/// How many characters of a status every host keeps.
pub const MOST_STATUS: usize = 140;
