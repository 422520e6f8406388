//! What every page shares: whose register it is, who reads, and what has to be said before anything else.

use super::parts::{Link, Refused, Undo};
use crate::web::href::Href;
use crate::web::language::{Language, Message, say};

/// The frame around a page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The register's title, from the policy.
    pub register_title: String,
    /// The repository's name, shown where a server has several; empty on pages that belong to none.
    pub repository: String,
    /// The address below which the repository's pages stand.
    pub base: Href,
    /// The files that the page asks for.
    pub assets: Assets,
    /// Who reads; `None` before sign-in.
    pub person: Option<String>,
    /// The section the page belongs to, if the sections are shown at all.
    pub section: Option<Section>,
    /// How many items wait for this person.
    pub waiting: usize,
    /// How many notices this person has not read.
    pub unread: usize,
    /// The token that every form of this session carries.
    pub csrf: String,
    /// Where a visitor signs in.
    pub sign_in: Href,
    /// Where the sign-out button posts to.
    pub sign_out: Href,
    /// Where somebody sees their own sessions and password.
    pub account: Href,
    /// Where the language is chosen.
    pub language: Href,
    /// How the page hears that something changed; `None` where there is nothing to hear.
    pub live: Option<Live>,
    /// What the last act came to.
    pub notice: Option<Notice>,
    /// What stands between the register and its readers: why what is committed here is not yet published.
    pub publication_state: Option<Refused>,
    /// Where somebody decides about a rewritten history, while one holds publishing.
    pub history: Option<Href>,
}

/// The files that every page asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assets {
    /// The stylesheet.
    pub stylesheet: Href,
    /// Every script.
    pub script: Href,
    /// The fonts that the first lines are set in, so that they are there before the lines are.
    pub fonts: Vec<Href>,
}

/// How a page hears that something changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// The stream that says so.
    pub stream: Href,
    /// The page's own address on this server.
    pub address: String,
    /// What the page does then.
    pub look: Look,
}

/// What a page does when something changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Shows it, in place.
    Follow,
    /// Says so and waits for its reader: nobody's text is changed under their eyes.
    Ask,
}

impl Live {
    /// Returns whether the page shows what changed without being asked.
    pub fn follows(&self) -> bool {
        self.look == Look::Follow
    }
}

impl Page {
    /// Makes the page ask its reader before it shows what changed.
    pub fn asking_to_look(mut self) -> Self {
        if let Some(live) = &mut self.live {
            live.look = Look::Ask;
        }
        self
    }

    /// Returns whether the sections are shown: inside a repository, to whoever may read it.
    pub fn shows_sections(&self) -> bool {
        !self.repository.is_empty() && (self.person.is_some() || self.section.is_some())
    }

    /// Returns what each key does, for whoever asks.
    pub fn keys(&self) -> Vec<(&'static [&'static str], Message)> {
        vec![
            (&["j", "k"], say("keys-walk")),
            (&["Enter"], say("keys-open")),
            (&["x"], say("keys-select")),
            (&["a"], say("keys-approve")),
            (&["r"], say("keys-request")),
            (&["c"], say("keys-comment")),
            (&["e"], say("keys-edit")),
            (&["n"], say("keys-next")),
            (&["/"], say("keys-search")),
            (&["g", "q"], say("keys-queue")),
            (&["g", "o"], say("keys-proposals")),
            (&["g", "i"], say("keys-inbox")),
            (&["g", "r"], say("keys-records")),
            (&["g", "l"], say("keys-releases")),
            (&["g", "a"], say("keys-activity")),
            (&["g", "p"], say("keys-people")),
            (&["g", "h"], say("keys-health")),
            (&["?"], say("keys-help")),
        ]
    }

    /// Returns the languages that the interface is in.
    pub fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    /// Returns the sections in their order.
    pub fn sections(&self) -> [Section; 8] {
        Section::ALL
    }

    /// Returns where a section stands.
    pub fn address(&self, section: &Section) -> Href {
        self.base.and(section.segments())
    }

    /// Returns whether this page belongs to a section.
    pub fn is_in(&self, section: &Section) -> bool {
        self.section == Some(*section)
    }

    /// Returns the number that stands beside a section's name, and what it counts; `None` where none does.
    pub fn count(&self, section: &Section) -> Option<(usize, Message)> {
        let (count, of) = match section {
            Section::Queue => (self.waiting, say("waiting-for-you")),
            Section::Inbox => (self.unread, say("unread-by-you")),
            Section::Proposals
            | Section::Records
            | Section::Releases
            | Section::Activity
            | Section::People
            | Section::Health => return None,
        };
        (count > 0).then_some((count, of))
    }
}

/// A section of a repository's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What needs me.
    Queue,
    /// What I am told.
    Inbox,
    /// What is on its way.
    Proposals,
    /// What is published.
    Records,
    /// What goes out together.
    Releases,
    /// What happened.
    Activity,
    /// Who may do what.
    People,
    /// Whether all is well.
    Health,
}

impl Section {
    /// Every section, in reading order.
    pub const ALL: [Self; 8] = [
        Self::Queue,
        Self::Inbox,
        Self::Proposals,
        Self::Records,
        Self::Releases,
        Self::Activity,
        Self::People,
        Self::Health,
    ];

    /// Returns the section's name.
    pub fn name(&self) -> Message {
        match self {
            Self::Queue => say("section-queue"),
            Self::Proposals => say("section-proposals"),
            Self::Inbox => say("section-inbox"),
            Self::Records => say("section-records"),
            Self::Releases => say("section-releases"),
            Self::Activity => say("section-activity"),
            Self::People => say("section-people"),
            Self::Health => say("section-health"),
        }
    }

    /// Returns the keys that lead there.
    pub fn keys(&self) -> &'static str {
        match self {
            Self::Queue => "g q",
            Self::Proposals => "g o",
            Self::Inbox => "g i",
            Self::Records => "g r",
            Self::Releases => "g l",
            Self::Activity => "g a",
            Self::People => "g p",
            Self::Health => "g h",
        }
    }

    /// Returns the section's address below its repository.
    fn segments(self) -> &'static [&'static str] {
        match self {
            Self::Queue => &["queue"],
            Self::Proposals => &["proposals"],
            Self::Inbox => &["inbox"],
            Self::Records => &["records"],
            Self::Releases => &["releases"],
            Self::Activity => &["activity"],
            Self::People => &["people"],
            Self::Health => &["health"],
        }
    }
}

/// A sentence about what the last act came to, shown once at the top of the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Whether it went well.
    pub tone: Tone,
    /// What happened, one sentence.
    pub text: Message,
    /// What to do now, if anything.
    pub next: Message,
    /// Whether it can be undone.
    pub undo: Undo,
    /// What waits for the reader next, after a decision.
    pub following: Option<Link>,
}

/// How something stands; each has a word, a shape and a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Done, well.
    Good,
    /// Worth a look.
    Warning,
    /// Did not happen, or is broken.
    Wrong,
}

impl Tone {
    /// Returns the class that draws it.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }

    /// Returns its word.
    pub fn word(&self) -> Message {
        match self {
            Self::Good => say("tone-good"),
            Self::Warning => say("tone-warning"),
            Self::Wrong => say("tone-wrong"),
        }
    }
}

#[cfg(test)]
impl Page {
    /// Returns a frame for samples.
    pub(crate) fn sample(ink: super::ink::Ink, section: Option<Section>) -> Self {
        Self {
            register_title: ink("Register of Concepts"),
            repository: ink("electronic-artefacts"),
            base: Href::to(["electronic-artefacts"]),
            assets: Assets {
                stylesheet: Href::to(["assets", "countersign.css"]),
                script: Href::to(["assets", "scripts.js"]),
                fonts: vec![Href::to(["assets", "serif.woff2"])],
            },
            live: Some(Live {
                stream: Href::to(["electronic-artefacts", "live"]),
                address: format!("/{}", ink("electronic-artefacts/queue")),
                look: Look::Follow,
            }),
            person: Some(ink("Ana Ferreira")),
            section,
            waiting: 3,
            unread: 2,
            csrf: ink("token"),
            sign_in: Href::to(["sign-in"]),
            sign_out: Href::to(["sign-out"]),
            account: Href::to(["account"]),
            language: Href::to(["language"]),
            notice: None,
            publication_state: None,
            history: None,
        }
    }
}
