//! New texts of drafts, committed as their author.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};

use super::desk::adopted;
use super::lock::{TRIES, wait_for};
use super::orders::{EditOrder, NewText, Outcome};
use super::people::may_take_part;
use super::refusals::judge_edit;
use super::{Desk, Item, load};
use crate::id::{CommitId, Identity};
use crate::index::Rules;
use crate::policy::{Collection, Person};
use crate::record;
use crate::refusal::Refusal;
use crate::repository::{Change, CommitBuilder, Keeps, NewCommit, RefMoved, RepoPath, Repository};

/// Commits new texts, judged again where the branch moved meanwhile.
pub(super) async fn edit(desk: &Arc<Desk>, order: &EditOrder) -> Result<Result<Outcome, Refusal>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let rules = desk.index.rules();
        if let Err(refusal) = adopted(&rules) {
            return Ok(Err(refusal));
        }
        let paths: Vec<String> = order.texts.iter().map(|text| text.path.clone()).collect();
        let items = load::items(desk.index.reader(), &paths).await?;
        let tip = desk
            .index
            .heads()
            .await?
            .tip
            .context("the published branch is gone")?;
        let order = order.clone();
        let written = desk
            .on_repository(move |repository, desk| {
                commit(repository, desk, adopted(&rules)?, &items, tip, &order)
            })
            .await?;
        match written {
            Ok(Ok(commit)) => {
                desk.sync().await?;
                return Ok(Ok(Outcome::Edited { commit }));
            }
            Ok(Err(refusal)) => return Ok(Err(refusal)),
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the published branch kept moving"))
}

/// Commits an edit on the tip, or refuses it; a tip that moved is for the caller to look at again.
fn commit(
    repository: &Repository,
    desk: &Desk,
    rules: &Rules,
    items: &[Item],
    tip: CommitId,
    order: &EditOrder,
) -> Result<Result<Result<CommitId, Refusal>, RefMoved>> {
    let Some(person) = rules.policy.person_by_address(&order.by.address) else {
        return Ok(Ok(Err(Refusal::new(
            "REV-RIGHT-003",
            format!("{} is nobody the policy knows", order.by.address),
            "ask an administrator to add you to the policy",
        ))));
    };
    let mut changes = Vec::new();
    for text in &order.texts {
        let item = items.iter().find(|item| item.path == text.path);
        match accept(repository, rules, item, tip, person, text)? {
            Ok(path) => changes.push(Change::Write(path, text.content.clone())),
            Err(refusal) => return Ok(Ok(Err(refusal.in_path(text.path.clone())))),
        }
    }
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    let commit = builder.commit(&NewCommit {
        parent: Some(tip),
        keeps: Keeps::ParentTree,
        changes,
        author: Identity::new(&person.name, &order.by.address),
        at: order.at,
        message: format!("{}\n", order.subject),
    })?;
    builder.store()?;
    let moved = desk.move_ref(
        repository,
        &desk.tip_ref,
        Some(tip),
        commit,
        "countersign: edit",
    )?;
    if moved.is_ok() && repository.is_working_copy() {
        desk.bring_up_to_date(tip, commit);
    }
    Ok(moved.map(|()| Ok(commit)))
}

fn accept(
    repository: &Repository,
    rules: &Rules,
    item: Option<&Item>,
    tip: CommitId,
    person: &Person,
    text: &NewText,
) -> Result<Result<RepoPath, Refusal>> {
    let path = match RepoPath::parse(&text.path) {
        Ok(path) => path,
        Err(error) => {
            let refusal = Refusal::new("REV-PATH-001", error.to_string(), "choose another name");
            return Ok(Err(refusal));
        }
    };
    let Some(collection) = rules.policy.collection_of(&text.path) else {
        return Ok(Err(Refusal::new(
            "REV-PATH-002",
            "no collection of the policy holds this path",
            "choose a name inside the collection",
        )));
    };
    let standing = repository.entry(tip, &text.path)?.map(|entry| entry.blob);
    if standing != text.from {
        return Ok(Err(Refusal::new(
            "REV-STALE-002",
            "somebody changed the record while you wrote",
            "compare both texts below and send yours again; nothing was overwritten",
        )));
    }
    Ok(may_write(repository, rules, collection, item, person, text)?.map(|()| path))
}

/// The text must read, and a status is moved by a decision, never by an edit.
fn may_write(
    repository: &Repository,
    rules: &Rules,
    collection: &Collection,
    item: Option<&Item>,
    person: &Person,
    text: &NewText,
) -> Result<Result<(), Refusal>> {
    let written = match record::parse(&text.content, collection.format) {
        Ok(written) => written,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let workflow = rules.policy.workflow(collection);
    let expected = match item {
        Some(item) => {
            if let Err(refusal) = judge_edit(&rules.policy, item, person) {
                return Ok(Err(refusal));
            }
            item.status(workflow).to_owned()
        }
        None if !may_take_part(&rules.policy, &collection.name, person) => {
            let cause = format!("{} holds no role for {}", person.name, collection.name);
            return Ok(Err(Refusal::new(
                "REV-RIGHT-001",
                cause,
                "ask an administrator for a role in the policy",
            )));
        }
        None => workflow.initial.clone(),
    };
    let Some(status) = &collection.status else {
        return Ok(Ok(()));
    };
    let before = text
        .from
        .map(|blob| repository.bytes(blob))
        .transpose()?
        .and_then(|bytes| record::parse(&bytes, collection.format).ok());
    let declared = written.text(status);
    let kept = before
        .as_ref()
        .is_some_and(|before| before.text(status) == declared);
    if kept || declared == Some(expected.as_str()) {
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
