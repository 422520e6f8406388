//! How a proposal stands, as its host is told.

use anyhow::Result;

use crate::hosting::report::{Line, Report, Stands};
use crate::index::{self, ProposedRow};
use crate::policy::{Person, Policy};
use crate::review::{self, Desk, Item, queue};

/// Returns how a proposal stands; `None` where there is none, and where nobody is named who could decide.
pub(super) async fn report(
    desk: &Desk,
    policy: &Policy,
    branch: &str,
    link: String,
) -> Result<Option<Report>> {
    let pool = desk.index.reader();
    let (Some(proposal), Some(anybody)) = (
        index::proposal_at(pool, branch).await?,
        policy.people.values().next(),
    ) else {
        return Ok(None);
    };
    let branches = [branch.to_owned()];
    let rows = index::proposed_in(pool, &branches).await?;
    let items = review::proposed_items(pool, &branches).await?;
    let line = |row: ProposedRow| Line {
        stands: stands(policy, &row, &items, anybody),
        title: row.title,
    };
    Ok(Some(Report {
        register: policy.title.clone(),
        link,
        records: rows.into_iter().map(line).collect(),
        is_closed: proposal.state == "closed",
    }))
}

fn stands(policy: &Policy, row: &ProposedRow, items: &[Item], anybody: &Person) -> Stands {
    if row.has_landed {
        return Stands::Landed(row.attested_version.clone());
    }
    let name = |key: &String| match policy.people.get(key) {
        Some(person) => person.name.clone(),
        None => key.clone(),
    };
    let Some(item) = items.iter().find(|item| item.path == row.path) else {
        // A removal is decided about where the record stands.
        return Stands::Waits(Vec::new());
    };
    let place = queue::place(policy, item, anybody);
    let Some(requirement) = place.requirement else {
        return Stands::Held("no move of the workflow fits it".to_owned());
    };
    if let Some(by) = requirement.objections.first() {
        return Stands::Held(format!("{} asks for changes", name(by)));
    }
    if let Some(veto) = requirement.vetoes.first() {
        return Stands::Held(format!("{} vetoes it", veto.by.name));
    }
    if let Some(finding) = requirement.blocked.first() {
        return Stands::Held(finding.clone());
    }
    match place.section {
        queue::Section::Draft => Stands::Waits(Vec::new()),
        _ if place.waits_for.is_empty() => Stands::Held("nobody may approve it now".to_owned()),
        _ => Stands::Waits(place.waits_for.iter().map(name).collect()),
    }
}
