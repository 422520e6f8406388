//! Making commits again on a remote that moved: edits where their file still holds what they started from, attestations from their decisions.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use crate::check::FileKind;
use crate::id::{CommitId, Identity};
use crate::ledger::{Attachment, Attestation, Trailers};
use crate::repository::{CommitFacts, Repository};
use crate::review::{Committer, Desk, EditOrder, NewText, Place, complete_all};

/// Makes commits again on the new head of a place: edits in order, attestations from their decisions. Returns whether every edit could be.
pub(super) async fn replay(
    desk: &Arc<Desk>,
    committer: &Committer,
    place: &Place,
    commits: Vec<CommitId>,
) -> Result<bool> {
    tracing::info!(
        repository = desk.name,
        count = commits.len(),
        "the remote moved; what was not published is made again on top"
    );
    let place = place.clone();
    let edits = desk
        .on_repository(move |repository, _| {
            commits
                .iter()
                .map(|commit| edits_of(repository, *commit, &place))
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    let mut is_whole = true;
    for order in edits.into_iter().flatten() {
        if let Err(refusal) = committer.edit(order).await {
            is_whole = false;
            tracing::warn!(
                repository = desk.name,
                refusal = refusal.to_string(),
                "an edit could not be made again; it is kept under refs/countersign/rescue"
            );
        }
    }
    while complete_all(desk).await? > 0 {}
    Ok(is_whole)
}

/// Returns the edit that a commit made; none for an attestation, which its decisions make again.
fn edits_of(repository: &Repository, commit: CommitId, place: &Place) -> Result<Option<EditOrder>> {
    let facts = repository.commit(commit)?;
    if Attestation::read(&facts.message)
        .map_err(|error| anyhow!(error))?
        .is_some()
    {
        return Ok(None);
    }
    let (mut texts, mut attached, mut removes) = (Vec::new(), Vec::new(), Vec::new());
    for change in repository.changes(commit)? {
        let is_attachment = FileKind::of_path(&change.path).is_some();
        if let Some((blob, _)) = change.new.filter(|_| is_attachment) {
            let path = change.path;
            attached.push(Attachment { path, blob });
        } else if let Some((blob, _)) = change.new {
            texts.push(NewText {
                path: change.path,
                from: change.old,
                content: repository.bytes(blob)?,
            });
        } else if let Some(old) = change.old {
            removes.push((change.path, old));
        }
    }
    let (said, coauthors) = said(&facts);
    Ok(Some(EditOrder {
        place: place.clone(),
        removes,
        coauthors,
        by: facts.author,
        texts,
        attached,
        subject: said,
        at: facts.authored_at,
    }))
}

/// What a commit says, without its trailers, and who wrote some of it too.
fn said(facts: &CommitFacts) -> (String, Vec<Identity>) {
    let trailers = Trailers::read(&facts.message);
    let coauthors = trailers.all_ignoring_case("Co-authored-by");
    let coauthors = coauthors.filter_map(|value| value.parse().ok()).collect();
    let text = Trailers::text_before(&facts.message);
    let said = format!("{}\n\n{text}", facts.subject());
    (said.trim_end().to_owned(), coauthors)
}
