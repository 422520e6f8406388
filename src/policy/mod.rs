//! `countersign.toml`: collections, workflows, people and rules, as data.
//!
//! The policy on the published branch decides everything a person may do, so it is read whole or not at all: every error at once, each with line,
//! column and a suggestion. An empty or missing list always means nobody. Nothing here does I/O; whoever reads the file passes its text in.

pub mod init;
mod lint;
mod more;
mod paths;
mod pattern;
mod patterns;
mod proposals;
mod read;
mod rights;
pub mod site;
pub(crate) mod suggest;
mod targets;

pub use more::{More, When};
pub use paths::Globs;
pub use pattern::Specificity;
pub(crate) use pattern::Steps;
pub use patterns::Patterns;
pub use proposals::{Proposals, request_branch, request_ref};
pub use read::{MAX_POLICY_BYTES, read};
pub use rights::Scope;
pub use site::{Kind, Site};
pub use targets::{EventKind, Target, UnknownEvent};

use indexmap::IndexMap;

use crate::record::{FieldPath, Format, Record, Scalar};

/// The path of the policy in its repository.
pub const POLICY_PATH: &str = "countersign.toml";

/// The path of the server's public keys, governed together with the policy.
pub const ALLOWED_SIGNERS_PATH: &str = ".countersign/allowed_signers";

/// A whole policy that has passed its lints.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// What the register calls itself, shown on its pages.
    pub title: String,
    /// The published branch, without `refs/heads/`.
    pub branch: String,
    /// Collections in file order.
    pub collections: IndexMap<String, Collection>,
    /// Workflows by the name that collections use.
    pub workflows: IndexMap<String, Workflow>,
    /// Role name to what it is for.
    pub roles: IndexMap<String, String>,
    /// People by their short name.
    pub people: IndexMap<String, Person>,
    /// Who must approve a change to the policy, its schemas or its keys.
    pub governance: Approvals,
    /// Roles whose holders may veto; none means nobody.
    pub veto: Vec<String>,
    /// What is a proposal: `[proposals]`.
    pub proposals: Proposals,
    /// Who downstream is told of what: `[targets.NAME]`.
    pub targets: IndexMap<String, Target>,
    /// The public site: `[site]`; without it nothing is public.
    pub site: Option<Site>,
    /// The collections' patterns, compiled when first asked for; `Globs::default()` in a policy made by hand.
    pub globs: Globs,
}

/// Records that share a path pattern, a schema, a workflow and version rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Collection {
    /// The collection's name: `[collections.NAME]`.
    pub name: String,
    /// Glob patterns inside the repository; `*` stops at `/`, `**` does not.
    pub paths: Vec<String>,
    /// Where the pictures and documents lie that its records show.
    pub attachments: Patterns,
    /// How the files are written.
    pub format: Format,
    /// The field that holds the record's id; absent means the slug at birth.
    pub id: Option<FieldPath>,
    /// The field shown as the record's title.
    pub title: Option<FieldPath>,
    /// The field that declares the status.
    pub status: Option<FieldPath>,
    /// The field that declares the version.
    pub version: Option<FieldPath>,
    /// The field that gives the language of the text; absent means the first of `lang`, `language` and `locale` that a record has.
    pub locale: Option<FieldPath>,
    /// The field that names the record whose text in another language this is; a record without a value there is nobody's translation.
    pub translates: Option<FieldPath>,
    /// The JSON Schema (2020-12) of the fields: a path in the repository.
    pub schema: Option<String>,
    /// What its records are to readers and to programs that know schemas.
    pub kind: Kind,
    /// The workflow's name.
    pub workflow: String,
    /// Fields whose values name other records; list items are matched with `[]`, as in `relations[].target`.
    pub references: Vec<FieldPattern>,
    /// Version floors, most specific pattern first.
    pub floors: Vec<Floor>,
    /// Rules beyond schema, references and unique ids, by code.
    pub rules: IndexMap<String, Severity>,
}

/// A field path in which `[]` stands for any list item and `*` for any one key: `claims[].text`, `relations[].target`, `body`, `*`.
///
/// A pattern covers the value it names and everything below it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldPattern(pub String);

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Tells, and stops nothing.
    Information,
    /// Is shown to the reviewer, and stops nothing.
    Warning,
    /// Stops every transition that leaves a status of kind draft or enters one of kind published.
    Blocking,
}

impl Severity {
    /// Returns the severity's word in the policy, the index and on pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Blocking => "blocking",
        }
    }
}

/// How large a change of meaning is, and so which part of the version moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bump {
    /// Presentation and workflow only.
    None,
    /// Wording.
    Patch,
    /// More is said.
    Minor,
    /// The meaning changed.
    Major,
}

impl Bump {
    /// Returns the bump's word in the policy, in trailers and on pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }

    /// Returns the bump of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::None, Self::Patch, Self::Minor, Self::Major]
            .into_iter()
            .find(|bump| bump.name() == name)
    }
}

/// The least bump that a change to a field asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floor {
    /// The fields meant.
    pub field: FieldPattern,
    /// When the value or an item of it is added.
    pub add: Bump,
    /// When it is changed in place or moved.
    pub change: Bump,
    /// When the value or an item of it is removed.
    pub remove: Bump,
}

/// States and moves, as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Workflow {
    /// The workflow's name: `[workflows.NAME]`.
    pub name: String,
    /// The status of a record that was never attested.
    pub initial: String,
    /// Every status and what it means to readers, in file order.
    pub statuses: IndexMap<String, StatusKind>,
    /// Moves by name, in file order.
    pub transitions: IndexMap<String, Transition>,
}

/// What a status means to readers, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StatusKind {
    /// Being written; edits are ordinary.
    Draft,
    /// Approved, not yet public.
    Approved,
    /// Public and citable.
    Published,
    /// Was public or was given up; kept at its address.
    Ended,
}

/// A named move between statuses.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// A verb: `validate`, `activate`, `return`.
    pub name: String,
    /// The statuses it leaves.
    pub from: Vec<String>,
    /// The status it enters; equal to `from` for a revision.
    pub to: String,
    /// Who must approve.
    pub approvals: Approvals,
    /// Who must approve beside them where a change is large.
    pub more: Vec<More>,
    /// The deciders must give a reason.
    pub reason_required: bool,
    /// Fields that must hold a value before the move, such as a deadline or a successor.
    pub requires: Vec<FieldPath>,
    /// Fields the server sets in the same commit, beside status and version.
    pub set: IndexMap<FieldPath, Setting>,
    /// Whether the move takes a record to readers, and so writes a version.
    pub writes_version: bool,
}

/// Who must approve something.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Approvals {
    /// Role to the number of distinct people who must approve in it. Never empty in a policy that passed its lints.
    pub by_role: IndexMap<String, u32>,
    /// Authors of what is judged may not approve it.
    pub not_author: bool,
    /// People who approved one of these transitions for the same text may not approve this one.
    pub not_same_as: Vec<String>,
}

/// What the server writes into a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// This value.
    Value(Scalar),
    /// The date of the commit, `YYYY-MM-DD` in UTC.
    Today,
    /// Nothing: the field is removed where it stands.
    Absent,
}

/// Somebody the policy knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Short name: `[people.KEY]`.
    pub key: String,
    /// The name in commits and on pages.
    pub name: String,
    /// E-mail addresses, lower case; the first is the one commits carry. One person with several is one pair of eyes.
    pub addresses: Vec<String>,
    /// Accounts on git hosts, `github:583231`: the kind of host, and the number or id that it gives an account for good.
    pub accounts: Vec<String>,
    /// Roles held, each in its scope.
    pub roles: Vec<Grant>,
}

/// A role held by a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: String,
    /// The collections it counts in; `None` means all.
    pub collections: Option<Vec<String>>,
    /// The languages it counts for, `fr` for `fr-CA` too; `None` means all, and texts that name none.
    pub locales: Option<Vec<String>>,
}

impl Policy {
    /// Reads `countersign.toml`: see [`read`].
    pub fn read(source: &str) -> Result<Self, Vec<crate::refusal::Refusal>> {
        read(source)
    }

    /// Returns the collection that owns a path; patterns never overlap in a policy that passed its lints.
    pub fn collection_of(&self, path: &str) -> Option<&Collection> {
        self.globs.find(&self.collections, path)
    }

    /// Returns the person with this address, compared without case.
    pub fn person_by_address(&self, address: &str) -> Option<&Person> {
        let address = address.to_lowercase();
        self.people
            .values()
            .find(|person| person.addresses.contains(&address))
    }

    /// Returns the person whose account on a git host this is.
    pub fn person_by_account(&self, account: &str) -> Option<&Person> {
        self.people
            .values()
            .find(|person| person.accounts.iter().any(|own| own == account))
    }

    /// Returns the slug that a path gives a record at birth: the collection's name and what the wildcards of the pattern matched, without the
    /// extension. Two patterns of one collection can give one slug; the check for unique ids tells of it.
    pub fn slug_of(&self, collection: &Collection, path: &str) -> String {
        self.globs.slug(&self.collections, collection, path)
    }

    /// Returns the workflow of a collection.
    pub fn workflow(&self, collection: &Collection) -> &Workflow {
        // The reader refuses a policy whose collection names no workflow.
        &self.workflows[&collection.workflow]
    }
}

impl Collection {
    /// Returns the language that a record gives for its text.
    pub fn locale_of<'a>(&self, record: &'a Record) -> Option<&'a str> {
        let text = match &self.locale {
            Some(field) => record.text(field),
            None => ["lang", "language", "locale"]
                .iter()
                .find_map(|name| record.text(&FieldPath::key(*name))),
        };
        text.map(str::trim).filter(|text| !text.is_empty())
    }
}

impl Collection {
    /// Returns the id of the record that a record translates.
    pub fn source_of<'a>(&self, record: &'a Record) -> Option<&'a str> {
        let text = record.text(self.translates.as_ref()?)?.trim();
        Some(text).filter(|text| !text.is_empty())
    }
}

impl Approvals {
    /// Returns how many different people are needed: each approval fills one place in one role, and nobody fills two.
    pub fn people_needed(&self) -> u32 {
        self.by_role
            .values()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }
}

impl Workflow {
    /// Returns what a status means to readers; `None` for one the workflow does not know.
    pub fn kind(&self, status: &str) -> Option<StatusKind> {
        self.statuses.get(status).copied()
    }
}

impl Person {
    /// Returns the person as git writes an identity: `Name <address>`.
    pub fn identity(&self) -> String {
        format!(
            "{} <{}>",
            self.name,
            self.addresses.first().map_or("", String::as_str)
        )
    }
}
