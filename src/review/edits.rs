//! New texts, committed as their author: of drafts on the published branch, of any record in a proposal.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::desk::adopted;
use super::item::BRANCHES;
use super::lock::{TRIES, wait_for};
use super::orders::{EditOrder, NewText, Outcome, Place};
use super::people::may_take_part;
use super::refusals::{judge_edit, no_role, person_of};
use super::update::no_proposal;
use super::{Desk, Item, load};
use crate::check;
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, Rules};
use crate::ledger::Attachment;
use crate::policy::{Collection, Person, Policy};
use crate::record;
use crate::refusal::Refusal;
use crate::repository::{
    Change, CommitBuilder, HostilePath, Keeps, NewCommit, RefMoved, RepoPath, Repository,
};

/// Commits new texts, judged again where the branch moved meanwhile.
pub(super) async fn edit(desk: &Arc<Desk>, order: &EditOrder) -> Result<Result<Outcome, Refusal>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let rules = desk.index.rules();
        if let Err(refusal) = adopted(&rules) {
            return Ok(Err(refusal));
        }
        let removed = order.removes.iter().map(|(path, _)| path);
        let paths = order.texts.iter().map(|text| &text.path).chain(removed);
        let paths: Vec<String> = paths.cloned().collect();
        let items = load::items(desk.index.reader(), &paths).await?;
        let tip = desk
            .index
            .heads()
            .await?
            .tip
            .context("the published branch is gone")?;
        if order.place == Place::Published
            && let Err(refusal) = desk.refuse_rewritten()
        {
            return Ok(Err(refusal));
        }
        let order = order.clone();
        let written = desk
            .on_repository(move |repository, desk| {
                let target = match find(repository, desk, adopted(&rules)?, tip, &order.place)? {
                    Ok(target) => target,
                    Err(refusal) => return Ok(Ok(Err(refusal))),
                };
                commit(repository, desk, adopted(&rules)?, &items, target, &order)
            })
            .await?;
        match written {
            Ok(outcome) => {
                desk.sync().await?;
                return Ok(outcome);
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the branch kept moving"))
}

/// A branch that an edit goes to.
struct Found {
    /// The full name of the ref.
    name: String,
    /// Its head as it was seen; `None` for a proposal that begins.
    seen: Option<CommitId>,
    /// The commit that the edit stands on.
    parent: CommitId,
    /// The proposal's branch.
    proposal: Option<String>,
}

fn find(
    repository: &Repository,
    desk: &Desk,
    rules: &Rules,
    tip: CommitId,
    place: &Place,
) -> Result<Result<Found, Refusal>> {
    let (branch, seen) = match place {
        Place::Published => {
            return Ok(Ok(Found {
                name: desk.tip_ref.clone(),
                seen: Some(tip),
                parent: tip,
                proposal: None,
            }));
        }
        Place::Proposal { branch } => {
            if let Err(refusal) = refuse_request(&rules.policy, branch) {
                return Ok(Err(refusal));
            }
            let is_one = rules.policy.is_proposal(branch);
            let head = repository.head_of(&format!("{BRANCHES}{branch}"))?;
            match head.filter(|_| is_one) {
                Some(head) => (branch.clone(), Some(head)),
                None => return Ok(Err(no_proposal(branch))),
            }
        }
        Place::NewProposal { name } => match free_branch(repository, rules, name)? {
            Some(branch) => (branch, None),
            None => return Ok(Err(no_branch_for(name))),
        },
    };
    Ok(Ok(Found {
        name: format!("{BRANCHES}{branch}"),
        seen,
        parent: seen.unwrap_or(tip),
        proposal: Some(branch),
    }))
}

/// Returns the first branch of this name, with a number where it is taken, that no branch and no folder of branches has.
fn free_branch(repository: &Repository, rules: &Rules, name: &str) -> Result<Option<String>> {
    let taken = repository.branches()?;
    let is_free = |branch: &String| {
        let below = format!("{branch}/");
        !taken.contains_key(branch) && !taken.keys().any(|other| other.starts_with(&below))
    };
    let numbered = (2..1000).map(|number| format!("{name}-{number}"));
    Ok(std::iter::once(name.to_owned())
        .chain(numbered)
        .filter_map(|name| rules.policy.proposal_branch(&name))
        .find(is_free))
}

/// A request's branch stands on the git host, and is its author's.
pub(super) fn refuse_request(policy: &Policy, branch: &str) -> Result<(), Refusal> {
    match policy.is_request(branch) {
        false => Ok(()),
        true => Err(Refusal::new(
            "PRO-REQ-001",
            format!("{branch} is a request on the git host, and its branch is its author's"),
            "suggest the change in its review, push to its branch there, or begin a proposal of your own",
        )),
    }
}

fn no_branch_for(name: &str) -> Refusal {
    Refusal::new(
        "PRO-NAME-001",
        format!("no pattern of proposals.branches in the policy gives {name} a branch"),
        "ask an administrator for a pattern that leaves a name open, as in proposals/**",
    )
}

/// Commits an edit on its branch, or refuses it; a branch that moved is for the caller to look at again.
fn commit(
    repository: &Repository,
    desk: &Desk,
    rules: &Rules,
    items: &[Item],
    target: Found,
    order: &EditOrder,
) -> Result<Result<Result<Outcome, Refusal>, RefMoved>> {
    let person = match person_of(&rules.policy, &order.by.address) {
        Ok(person) => person,
        Err(refusal) => return Ok(Ok(Err(refusal))),
    };
    let editor = Editor {
        repository,
        rules,
        items,
        person,
        target: &target,
    };
    let changes = match editor.changes(order)? {
        Ok(changes) => changes,
        Err(refusal) => return Ok(Ok(Err(refusal))),
    };
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    let commit = builder.commit(&NewCommit {
        parent: Some(target.parent),
        also: None,
        keeps: Keeps::ParentTree,
        changes,
        author: Identity::new(&person.name, &order.by.address),
        at: order.at,
        message: message(order),
    })?;
    builder.store()?;
    let log = "countersign: edit";
    let moved = desk.move_ref(repository, &target.name, target.seen, commit, log)?;
    if moved.is_ok() && target.proposal.is_none() && repository.is_working_copy() {
        desk.bring_up_to_date(target.parent, commit);
    }
    Ok(moved.map(|()| {
        Ok(Outcome::Edited {
            commit,
            branch: target.proposal,
        })
    }))
}

/// The subject and what is said beside it. One file that goes where one comes is told as a rename, because its bytes may differ.
fn message(order: &EditOrder) -> String {
    let mut message = format!("{}\n", order.subject.trim_end());
    let mut trailers: Vec<String> = Vec::new();
    if let ([text], [(left, _)]) = (order.texts.as_slice(), order.removes.as_slice()) {
        trailers.push(format!("Renamed-from: {left} -> {}", text.path));
    }
    let coauthors = order.coauthors.iter();
    trailers.extend(coauthors.map(|identity| format!("Co-authored-by: {identity}")));
    if !trailers.is_empty() {
        message.push_str(&format!("\n{}\n", trailers.join("\n")));
    }
    message
}

/// Judges an edit against the branch that it goes to.
struct Editor<'a> {
    repository: &'a Repository,
    rules: &'a Rules,
    items: &'a [Item],
    person: &'a Person,
    target: &'a Found,
}

impl Editor<'_> {
    fn changes(&self, order: &EditOrder) -> Result<Result<Vec<Change>, Refusal>> {
        let mut changes = Vec::new();
        for text in &order.texts {
            match self.accept(text)? {
                Ok(path) => changes.push(Change::Write(path, text.content.clone())),
                Err(refusal) => return Ok(Err(refusal.in_path(text.path.clone()))),
            }
        }
        for file in &order.attached {
            match self.accept_file(order, file)? {
                Ok(change) => changes.extend(change),
                Err(refusal) => return Ok(Err(refusal.in_path(file.path.clone()))),
            }
        }
        for (path, seen) in &order.removes {
            match self.accept_removal(path, *seen)? {
                Ok(path) => changes.push(Change::Remove(path)),
                Err(refusal) => return Ok(Err(refusal.in_path(path.clone()))),
            }
        }
        Ok(Ok(changes))
    }

    fn accept(&self, text: &NewText) -> Result<Result<RepoPath, Refusal>> {
        let (path, collection) = match self.place(&text.path) {
            Ok(place) => place,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if self.standing(&text.path)? != text.from {
            return Ok(Err(stale()));
        }
        Ok(self.may_write(collection, text)?.map(|()| path))
    }

    /// Returns what brings a picture or a document: nothing where no text of the order names it, or where it stands already.
    fn accept_file(
        &self,
        order: &EditOrder,
        file: &Attachment,
    ) -> Result<Result<Option<Change>, Refusal>> {
        let policy = &self.rules.policy;
        let mut named = order
            .texts
            .iter()
            .flat_map(|text| check::attachments_in(policy, &text.path, &text.content));
        if !named.any(|named| named.target == file.path) {
            return Ok(Ok(None));
        }
        let path = match RepoPath::parse(&file.path) {
            Ok(path) => path,
            Err(error) => return Ok(Err(hostile(&error))),
        };
        match self.standing(&file.path)? {
            Some(blob) if blob == file.blob => return Ok(Ok(None)),
            Some(_) => return Ok(Err(name_taken())),
            None => {}
        }
        let content = index::attachment(self.repository, &file.path, file.blob)?;
        Ok(content.map(|_| Some(Change::Place(path, file.blob))))
    }

    fn accept_removal(&self, path: &str, seen: BlobId) -> Result<Result<RepoPath, Refusal>> {
        let (safe, collection) = match self.place(path) {
            Ok(place) => place,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if self.standing(path)? != Some(seen) {
            return Ok(Err(stale()));
        }
        Ok(self.may_touch(collection, path).map(|_| safe))
    }

    fn place(&self, path: &str) -> Result<(RepoPath, &Collection), Refusal> {
        let safe = RepoPath::parse(path).map_err(|error| hostile(&error))?;
        let collection = self.rules.policy.collection_of(path).ok_or_else(|| {
            Refusal::new(
                "REV-PATH-002",
                "no collection of the policy holds this path",
                "choose a name inside the collection",
            )
        })?;
        Ok((safe, collection))
    }

    fn standing(&self, path: &str) -> Result<Option<BlobId>> {
        let entry = self.repository.entry(self.target.parent, path)?;
        Ok(entry.map(|entry| entry.blob))
    }

    /// Says whether the person may touch the record at a path, and which status its text must declare. On the published branch only drafts are
    /// edited; a proposal may change any record.
    fn may_touch(&self, collection: &Collection, path: &str) -> Result<String, Refusal> {
        let policy = &self.rules.policy;
        let workflow = policy.workflow(collection);
        let item = self.items.iter().find(|item| item.path == path);
        match item.filter(|_| self.target.proposal.is_none()) {
            Some(item) => judge_edit(policy, item, self.person)?,
            None if !may_take_part(policy, &collection.name, self.person) => {
                return Err(no_role(self.person, &collection.name));
            }
            None => {}
        }
        let status = item.map_or(workflow.initial.as_str(), |item| item.status(workflow));
        Ok(status.to_owned())
    }

    /// The text must read, and a status is moved by a decision, never by an edit.
    fn may_write(&self, collection: &Collection, text: &NewText) -> Result<Result<(), Refusal>> {
        let written = match record::parse(&text.content, collection.format) {
            Ok(written) => written,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let expected = match self.may_touch(collection, &text.path) {
            Ok(expected) => expected,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(status) = &collection.status else {
            return Ok(Ok(()));
        };
        let before = text
            .from
            .map(|blob| self.repository.bytes(blob))
            .transpose()?
            .and_then(|bytes| record::parse(&bytes, collection.format).ok());
        let declared = written.text(status);
        let kept = before
            .as_ref()
            .is_some_and(|before| before.text(status) == declared);
        // A new text keeps the status of the one whose place it takes.
        let is_renamed = text.from.is_none() && self.target.proposal.is_some();
        if kept || is_renamed || declared == Some(expected.as_str()) {
            return Ok(Ok(()));
        }
        let cause = format!(
            "the text says {status} = {}, and the record is {expected}",
            declared.unwrap_or("nothing")
        );
        Ok(Err(Refusal::new(
            "REV-EDIT-002",
            cause,
            "leave that line as it was; a decision moves it",
        )))
    }
}

fn hostile(error: &HostilePath) -> Refusal {
    Refusal::new("REV-PATH-001", error.to_string(), "choose another name")
}

fn name_taken() -> Refusal {
    Refusal::new(
        "FIL-NAME-001",
        "another file has this name",
        "add yours under another name, and name that one in the text",
    )
}

fn stale() -> Refusal {
    Refusal::new(
        "REV-STALE-002",
        "somebody changed the record while you wrote",
        "compare both texts below and send yours again; nothing was overwritten",
    )
}
