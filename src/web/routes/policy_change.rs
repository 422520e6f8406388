//! The page of a change of the policy, its schemas or keys.

use axum::http::StatusCode;
use axum::response::Response;

use super::review::hidden;
use crate::id::BlobId;
use crate::index;
use crate::ledger::{Decision, GOVERNANCE};
use crate::policy::POLICY_PATH;
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::governance::Amendment;
use crate::review::{self, PastDecision};
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::say;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::policy_change::{FileChange, PolicyChangePage};
use crate::web::reader::Reader;
use crate::web::showing::policy_change::{Side, file, page};
use crate::web::showing::review::Subject;
use crate::web::showing::talk::Anchors;

/// Shows what would hold, and what may be decided about it.
pub async fn show(reader: Reader) -> Result<Response, Failure> {
    let found = reader.desk.amendment(reader.rules()).await?;
    let amendment = found.ok_or_else(|| nothing_waits(&reader))?;
    frame::show(&make(&reader, &amendment).await?)
}

/// Shows the page again with why a form was refused, and what was typed.
pub async fn show_refused(
    reader: &Reader,
    seen: BlobId,
    fields: &Fields,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let Some(amendment) = reader.desk.amendment(reader.rules()).await? else {
        return Err(Failure::from(refusal.clone()).with_typed(fields.typed()));
    };
    let mut page = make(reader, &amendment).await?;
    page.decision.error = Some(shown(refusal));
    page.decision.reason = fields.get("reason").to_owned();
    if amendment.item.proposed != seen {
        page.stale = Some(say("policy-change-stale"));
    }
    frame::show_with(status_of(refusal.code), &page)
}

/// Returns whether a decision is about the policy and no record.
pub fn is_about_policy(decision: &Decision) -> bool {
    decision.record.0 == GOVERNANCE && decision.path == POLICY_PATH
}

async fn make(reader: &Reader, amendment: &Amendment) -> Result<PolicyChangePage, Failure> {
    let pool = reader.desk.index.reader();
    let said: Vec<PastDecision> = index::decisions_of(pool, &[GOVERNANCE.to_owned()])
        .await?
        .iter()
        .map(review::past_decision)
        .collect::<Result<_, _>>()?;
    let subject = Subject {
        policy: reader.policy(),
        item: &amendment.item,
        person: reader.person(),
        now: reader.now(),
        findings: &[],
        said: &said,
        anchors: &Anchors::default(),
        lacking: &[],
    };
    let moves: Vec<String> = subject
        .moves()
        .into_iter()
        .map(|offer| offer.name)
        .collect();
    let mut page = page(
        &subject,
        reader.page(Some(Section::Queue)).await?.asking_to_look(),
        amendment,
        files(reader, amendment).await?,
    );
    page.decision.action = reader.urls.decisions();
    page.decision.hidden = hidden(reader, &amendment.item, &moves)?;
    Ok(page)
}

/// Reads and compares the changed files off the async threads.
async fn files(reader: &Reader, amendment: &Amendment) -> Result<Vec<FileChange>, Failure> {
    let (old, new) = (amendment.in_force.clone(), amendment.proposed.clone());
    let compare = move |repository: &Repository| -> Vec<FileChange> {
        new.changed_since(&old)
            .iter()
            .map(|path| {
                let side = |blob| side(repository, blob);
                file(path, side(old.blob(path)), side(new.blob(path)))
            })
            .collect()
    };
    Ok(reader
        .desk
        .on_repository(move |repository, _| Ok(compare(repository)))
        .await?)
}

/// A file that is too large to be read is named all the same.
fn side(repository: &Repository, blob: Option<BlobId>) -> Side {
    match blob {
        Some(blob) => Side::Present(repository.bytes(blob).ok()),
        None => Side::Absent,
    }
}

fn nothing_waits(reader: &Reader) -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        Refusal::new(
            "WEB-POLICY-001",
            "no change of the policy waits for approval",
            "read the policy that is in force",
        ),
    )
    .leading_to(Link {
        label: say("section-people"),
        href: reader.urls.people(),
    })
}
