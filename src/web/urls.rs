//! Where each page stands: the one place that builds addresses. The router's patterns mirror it.

use percent_encoding::percent_decode_str;

use super::href::Href;
use crate::ledger::version_of;
use crate::review::{Item, Target};

/// First segments that are the server's own.
const RESERVED: [&str; 16] = [
    "unsubscribe",
    "account",
    "begin",
    "language",
    "live",
    "metrics",
    "sessions",
    "set-up",
    "sign-in",
    "sign-out",
    "assets",
    "healthz",
    "readyz",
    "hooks",
    "api",
    "favicon.ico",
];

/// Returns whether a repository may have this name in addresses: letters, digits, `-`, `_` and `.`, first neither a dot nor a dash, and none of the server's own.
pub fn is_repository_name(name: &str) -> bool {
    let has_shape = !name.is_empty()
        && name.len() <= 100
        && !name.starts_with(['.', '-'])
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    has_shape && !RESERVED.contains(&name)
}

/// Returns the address of the first page.
pub fn home() -> Href {
    Href::to([] as [&str; 0])
}

/// Returns the address of the sign-in page.
pub fn sign_in() -> Href {
    Href::to(["sign-in"])
}

/// Returns the address of the sign-in page that leads on to a page of this server.
pub fn sign_in_for(next: &str) -> Href {
    sign_in().with("next", next)
}

/// Returns the address of a sign-in link's page.
pub fn sign_in_link(token: &str) -> Href {
    Href::to(["sign-in", "link", token])
}

/// Returns where somebody sets out to the identity provider, to go on to a page of this server afterwards.
pub fn provider(next: &str) -> Href {
    Href::to(["sign-in", "provider"]).with("next", next)
}

/// Returns where the identity provider sends browsers back to.
pub fn provider_back() -> Href {
    Href::to(["sign-in", "provider", "back"])
}

/// Returns the address of a folder of a repository's public site, on this server.
pub fn public(repository: &str, folder: &str) -> Href {
    let below = folder.split('/').filter(|part| !part.is_empty());
    let whole = [repository, "public"].into_iter().chain(below);
    Href::to(whole.chain([""]))
}

/// Returns the page of a person's own sign-in: sessions and password.
pub fn account() -> Href {
    Href::to(["account"])
}

/// Returns where a new password is posted to.
pub fn account_password() -> Href {
    Href::to(["account", "password"])
}

/// Returns where the end of sessions is posted to.
pub fn account_sessions() -> Href {
    Href::to(["account", "sessions"])
}

/// Returns where somebody chooses how they are told outside the pages.
pub fn telling() -> Href {
    Href::to(["account", "telling"])
}

/// Returns where the address of somebody's feed is made and ended.
pub fn feed_address() -> Href {
    Href::to(["account", "feed"])
}

/// Returns where letters to an address are ended, without a session, by a token of the server's.
pub fn unsubscribe(address: &str, token: &str) -> Href {
    Href::to(["unsubscribe"])
        .with("address", address)
        .with("token", token)
}

/// Returns the first page of a repository that nobody has adopted.
pub fn set_up(token: &str) -> Href {
    Href::to(["set-up", token])
}

/// Returns where the language is chosen.
pub fn language() -> Href {
    Href::to(["language"])
}

/// Returns where somebody's tokens stand, and new ones are made.
pub fn tokens() -> Href {
    Href::to(["account", "tokens"])
}

/// Returns where a token is ended.
pub fn tokens_end() -> Href {
    Href::to(["account", "tokens", "end"])
}

/// Returns where the sign-out button posts to.
pub fn sign_out() -> Href {
    Href::to(["sign-out"])
}

/// The addresses of one repository's pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    base: Href,
}

impl Urls {
    /// Returns the addresses below a repository's name.
    pub fn of(repository: &str) -> Self {
        Self {
            base: Href::to([repository]),
        }
    }

    /// Returns the address below which they stand.
    pub fn base(&self) -> Href {
        self.base.clone()
    }

    /// Returns the stream's that tells a page made from a state to look again.
    pub fn live(&self, since: &str) -> Href {
        self.base.and(["live"]).with("since", since)
    }

    /// Returns where several texts are shown and decided about at once.
    pub fn bulk(&self) -> Href {
        self.base.and(["bulk"])
    }

    /// Returns the page's of the register's health.
    pub fn health(&self) -> Href {
        self.base.and(["health"])
    }

    /// Returns the page of the git host.
    pub fn hosting(&self) -> Href {
        self.base.and(["hosting"])
    }

    /// Returns the list's of targets.
    pub fn targets(&self) -> Href {
        self.base.and(["targets"])
    }

    /// Returns the page of a target.
    pub fn target(&self, name: &str) -> Href {
        self.base.and(["targets", name])
    }

    /// Returns the page of a delivery, by the number of its first event.
    pub fn target_delivery(&self, name: &str, first: i64) -> Href {
        self.base.and(["targets", name, &first.to_string()])
    }

    /// Returns the page's of the register's history.
    pub fn history(&self) -> Href {
        self.base.and(["history"])
    }

    /// Returns the queue's.
    pub fn queue(&self) -> Href {
        self.base.and(["queue"])
    }

    /// Returns the list's.
    pub fn records(&self) -> Href {
        self.base.and(["records"])
    }

    /// Returns where searches are kept as views.
    pub fn views(&self) -> Href {
        self.base.and(["views"])
    }

    /// Returns where a kept view is deleted.
    pub fn delete_view(&self) -> Href {
        self.base.and(["views", "deletion"])
    }

    /// Returns a record's, or a version's where the id stands for one.
    pub fn record(&self, id: &str) -> Href {
        match version_of(id) {
            Some((version, record)) => self
                .of_record("versions", record)
                .with("at", &version.to_string()),
            None => self.of_record("records", id),
        }
    }

    /// Returns the review's of a record.
    pub fn review(&self, id: &str) -> Href {
        self.of_record("review", id)
    }

    /// Returns the review's of an item: of a record as it is published, or of its text in a proposal.
    pub fn review_of(&self, item: &Item) -> Href {
        let href = self.review(&item.record.0);
        match &item.origin {
            Some(origin) => href.with("proposal", &origin.branch),
            None => href,
        }
    }

    /// Returns the list's of proposals.
    pub fn proposals(&self) -> Href {
        self.base.and(["proposals"])
    }

    /// Returns a proposal's.
    pub fn proposal(&self, branch: &str) -> Href {
        self.base.and(["proposals"]).and(branch.split('/'))
    }

    /// Returns where two states of a proposal are laid side by side.
    pub fn between(&self, branch: &str) -> Href {
        self.base.and(["between"]).and(branch.split('/'))
    }

    /// Returns where a proposal is brought up to date.
    pub fn update(&self, branch: &str) -> Href {
        self.base.and(["update"]).and(branch.split('/'))
    }

    /// Returns where what is said of single fields is posted to.
    pub fn comments(&self) -> Href {
        self.base.and(["comments"])
    }

    /// Returns where a suggestion is taken over.
    pub fn accept(&self) -> Href {
        self.base.and(["accept"])
    }

    /// Returns where decisions are posted to.
    pub fn decisions(&self) -> Href {
        self.base.and(["decisions"])
    }

    /// Returns the form's of a record.
    pub fn edit(&self, id: &str) -> Href {
        self.of_record("edit", id)
    }

    /// Returns the form's of a record's text where it stands.
    pub fn edit_at(&self, id: &str, target: &Target) -> Href {
        match &target.proposal {
            Some(branch) => self.edit(id).with("proposal", branch),
            None => self.edit(id),
        }
    }

    /// Returns a file's that a text names, by its bytes and its path.
    pub fn file(&self, blob: &str, path: &str) -> Href {
        self.base.and(["files", blob]).and(path.split('/'))
    }

    /// Returns where records are looked up by their titles.
    pub fn suggestions(&self) -> Href {
        self.base.and(["suggestions"])
    }

    /// Returns where an earlier text of a record is proposed again.
    pub fn again(&self, id: &str) -> Href {
        self.of_record("again", id)
    }

    /// Returns where the file of a record is renamed or taken away.
    pub fn filing(&self, id: &str) -> Href {
        self.of_record("file", id)
    }

    /// Returns where the end of a record is proposed.
    pub fn ending(&self, id: &str) -> Href {
        self.of_record("ending", id)
    }

    /// Returns the form's of a new record in a collection.
    pub fn new_record(&self, collection: &str) -> Href {
        self.base.and(["new", collection])
    }

    /// Returns a version's, by its number in the chain.
    pub fn version(&self, id: &str, sequence: i64) -> Href {
        self.of_record("versions", id)
            .with("at", &sequence.to_string())
    }

    /// Returns where two texts of a record stand side by side.
    pub fn compare(&self, id: &str) -> Href {
        self.of_record("compare", id)
    }

    /// Returns where a change of the policy, its schemas or keys waits.
    pub fn policy_change(&self) -> Href {
        self.base.and(["policy-change"])
    }

    /// Returns who may do what.
    pub fn people(&self) -> Href {
        self.base.and(["people"])
    }

    /// Returns the list's of releases.
    pub fn releases(&self) -> Href {
        self.base.and(["releases"])
    }

    /// Returns a release's.
    pub fn release(&self, name: &str) -> Href {
        self.base.and(["releases", name])
    }

    /// Returns the form's of a plan.
    pub fn plan(&self) -> Href {
        self.base.and(["plan"])
    }

    /// Returns what somebody is told.
    pub fn inbox(&self) -> Href {
        self.base.and(["inbox"])
    }

    /// Returns what somebody is told, for feed readers, behind the secret of their feed.
    pub fn feed(&self, secret: &str) -> Href {
        self.base.and(["inbox.atom"]).with("token", secret)
    }

    /// Returns where notices are marked as read.
    pub fn inbox_read(&self) -> Href {
        self.base.and(["inbox", "read"])
    }

    /// Returns what happened.
    pub fn activity(&self) -> Href {
        self.base.and(["activity"])
    }

    /// An id may hold slashes; they stand as they are unless a segment would be empty or climb.
    fn of_record(&self, page: &str, id: &str) -> Href {
        let is_plain = id
            .split('/')
            .all(|segment| !matches!(segment, "" | "." | ".."));
        match is_plain {
            true => self.base.and([page]).and(id.split('/')),
            false => self.base.and([page, id]),
        }
    }
}

/// Returns the address of a path as a request named it.
pub fn of_path(path: &str) -> Href {
    let decoded = |segment| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    Href::to(path.trim_start_matches('/').split('/').map(decoded))
}

/// Returns an address that a form asked to go on to, if it is a page of this server: a path that no browser reads as another host's.
pub fn local(next: &str) -> Option<&str> {
    let is_local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.len() <= 2000
        && next.chars().all(|c| c.is_ascii_graphic());
    is_local.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_are_gone_on_to() {
        assert_eq!(local("/r/queue?x=1"), Some("/r/queue?x=1"));
        for next in [
            "",
            "//x",
            "/\\x",
            "javascript:alert(1)",
            "https://x",
            "/a\nb",
            "/\t/x",
            "x",
            "/ü",
        ] {
            assert_eq!(local(next), None, "{next:?}");
        }
    }

    #[test]
    fn ids_keep_their_slashes_unless_they_would_climb() {
        let urls = Urls::of("r");
        assert_eq!(urls.record("notes/one").to_string(), "/r/records/notes/one");
        assert_eq!(
            urls.review("ea:concept:x").to_string(),
            "/r/review/ea%3Aconcept%3Ax"
        );
        assert_eq!(urls.edit("a//b").to_string(), "/r/edit/a%2F%2Fb");
    }

    #[test]
    fn the_servers_own_names_name_no_repository() {
        assert!(is_repository_name("house-rules_2.0"));
        for name in [
            "", ".", "..", "-x", "sign-in", "set-up", "account", "assets", ".git", "a/b", "a b",
            "ä",
        ] {
            assert!(!is_repository_name(name), "{name}");
        }
    }
}
