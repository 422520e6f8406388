//! What changed in a proposal from one of its commits to another, record by record.

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use crate::id::CommitId;
use crate::index::{self, ProposalCommitRow, ProposalRow, ProposedRow};
use crate::record::Format;
use crate::repository::{Content, Repository};
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::diff::DiffView;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Choice, Link};
use crate::web::pages::proposals::{Between, BetweenPage};
use crate::web::pages::record::Compare;
use crate::web::reader::Reader;
use crate::web::showing::diff;

/// Which commits are asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// Shows what changed between two commits; a commit that is none of the proposal's, and that the reader never saw of it, is not there.
pub async fn show(
    reader: Reader,
    Path((_, branch)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let pool = reader.desk.index.reader();
    let proposal = index::proposal_at(pool, &branch).await?;
    let proposal = proposal.ok_or_else(Failure::nothing_here)?;
    let states = states(&reader, &proposal).await?;
    let place = |commit: &str| states.iter().position(|(known, _)| known == commit);
    let (Some(from), Some(to)) = (place(&asked.from), place(&asked.to)) else {
        return Err(Failure::nothing_here());
    };
    let rows = index::proposed_in(pool, std::slice::from_ref(&branch)).await?;
    let commits = (parsed(&asked.from)?, parsed(&asked.to)?);
    let rows = reader
        .desk
        .on_repository(move |repository, _| Ok(changed(repository, rows, commits)))
        .await?;
    // A commit that a rebase left behind may be gone from git by now.
    let rows = rows.map_err(|_| Failure::nothing_here())?;
    let records = rows.into_iter().enumerate().map(|(number, (row, diff))| {
        let review = reader.urls.review(&row.record_id);
        Between {
            record: Link {
                label: verbatim(row.title),
                href: review.with("proposal", &row.branch),
            },
            diff: diff.within(number),
        }
    });
    frame::show(&BetweenPage {
        page: reader.page(Some(Section::Proposals)).await?,
        proposal: Link {
            label: verbatim(proposal.title),
            href: reader.urls.proposal(&branch),
        },
        from: states[from].1.clone(),
        to: states[to].1.clone(),
        records: records.collect(),
        compare: Compare {
            action: reader.urls.between(&branch),
            from: choices(&states, from),
            to: choices(&states, to),
        },
    })
}

fn parsed(commit: &str) -> Result<CommitId, Failure> {
    commit.parse().map_err(|_| Failure::nothing_here())
}

/// The states that one can lay side by side, the first one first: where the proposal began, its commits, and what the reader saw of it before a rebase.
pub(super) async fn states(
    reader: &Reader,
    proposal: &ProposalRow,
) -> Result<Vec<(String, Message)>, Failure> {
    let own = index::proposal_commits(reader.desk.index.reader(), &proposal.branch).await?;
    let began = proposal
        .fork
        .clone()
        .map(|fork| (fork, say("between-began")));
    let mut states: Vec<(String, Message)> =
        began.into_iter().chain(own.iter().map(named)).collect();
    let looks = reader
        .web
        .accounts
        .looks_at_proposal(&reader.session.address, &reader.desk.name, &proposal.branch)
        .await?;
    for look in looks {
        if states.iter().all(|(known, _)| *known != look) {
            states.push((look, say("between-looked")));
        }
    }
    Ok(states)
}

fn named(row: &ProposalCommitRow) -> (String, Message) {
    let short: String = row.commit_id.chars().take(7).collect();
    let label = verbatim(format!("{} ({short})", row.subject));
    (row.commit_id.clone(), label)
}

/// Returns the proposal's records that differ between two commits, with what does.
fn changed(
    repository: &Repository,
    rows: Vec<ProposedRow>,
    (from, to): (CommitId, CommitId),
) -> anyhow::Result<Vec<(ProposedRow, DiffView)>> {
    let text = |commit: CommitId, path: &str| -> anyhow::Result<Option<Vec<u8>>> {
        let Some(entry) = repository.entry(commit, path)? else {
            return Ok(None);
        };
        Ok(match repository.content(entry.blob)? {
            Content::Bytes(bytes) => Some(bytes),
            Content::TooLarge(_) | Content::Missing(_) => None,
        })
    };
    let mut changed = Vec::new();
    for row in rows {
        let Some(format) = Format::of_path(&row.path) else {
            continue;
        };
        let in_place = |commit| match text(commit, &row.path)? {
            Some(found) => Ok(Some(found)),
            None => text(commit, &row.path_before),
        };
        let (old, new): (anyhow::Result<_>, anyhow::Result<_>) = (in_place(from), in_place(to));
        let (old, new) = (old?, new?);
        if old == new {
            continue;
        }
        let new = new.unwrap_or_default();
        let diff = diff::of_files(old.as_deref(), &new, format, diff::SINCE);
        changed.push((row, diff));
    }
    Ok(changed)
}

pub(super) fn choices(states: &[(String, Message)], chosen: usize) -> Vec<Choice> {
    states
        .iter()
        .enumerate()
        .map(|(place, (commit, label))| Choice {
            value: commit.clone(),
            label: label.clone(),
            is_chosen: place == chosen,
        })
        .collect()
}
