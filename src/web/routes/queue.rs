//! The queue: what needs me? Answered from the index alone; no blob is read for it.

use std::collections::HashMap;

use axum::extract::Query;
use axum::response::Response;

use super::notices::{Done, notice};
use super::records::new_links;
use crate::index::{self, FindingRow, RecordRow, RemovedRow};
use crate::policy::StatusKind;
use crate::review::governance::Amendment;
use crate::review::queue::{Place, Section as Part, place, waits_since};
use crate::review::{self, Item, Standing};
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Badge;
use crate::web::pages::queue::{Item as Row, QueuePage, Removed};
use crate::web::reader::Reader;
use crate::web::showing::parts::{badge_of_item, finding};
use crate::web::showing::policy_change::{fault, put_in_force};
use crate::web::showing::words::{any_of, names_of};

/// Drafts on the page; the list of records has them all.
const DRAFTS: usize = 100;

/// Shows the queue of whoever reads.
pub async fn show(reader: Reader, Query(done): Query<Done>) -> Result<Response, Failure> {
    let known = load(&reader).await?;
    let mut page = QueuePage {
        page: reader.page(Some(Section::Queue)).await?,
        waiting_for_you: Vec::new(),
        waiting_for_others: Vec::new(),
        blocked: Vec::new(),
        changed_outside_review: Vec::new(),
        removed: removed(&reader).await?,
        drafts: Vec::new(),
        drafts_total: 0,
        new_record: new_record(&reader),
        bulk: reader.urls.bulk(),
    };
    if let Some(amendment) = reader.desk.amendment(reader.rules()).await? {
        let since = amended_at(&reader, &amendment).await?;
        let place = place(reader.policy(), &amendment.item, reader.person());
        let row = policy_row(&reader, &amendment, &place, since);
        add(&mut page, place.section, row);
    }
    for (item, since) in &known.items {
        let place = place(reader.policy(), item, reader.person());
        let row = row(&reader, item, &place, *since, &known.findings);
        add(&mut page, place.section, row);
    }
    page.drafts_total = page.drafts.len() + known.more_drafts;
    page.page.waiting = page.waiting_for_you.len();
    page.page.notice = notice(&reader, &done).await?;
    frame::show(&page)
}

fn add(page: &mut QueuePage, section: Part, row: Row) {
    match section {
        Part::Yours => page.waiting_for_you.push(row),
        Part::Others => page.waiting_for_others.push(row),
        Part::Blocked => page.blocked.push(row),
        Part::OutsideReview => page.changed_outside_review.push(row),
        Part::Draft => page.drafts.push(row),
    }
}

/// Approved records that no file holds; the committer writes to files that stand, so git brings them back.
async fn removed(reader: &Reader) -> Result<Vec<Removed>, Failure> {
    let pool = reader.desk.index.reader();
    let rows = index::removed_records(pool).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let links = index::by_key(index::attestations_of(pool, &ids).await?, |link| {
        link.record_id.clone()
    });
    let mut gone = Vec::with_capacity(rows.len());
    for row in rows {
        let last = links
            .get(&row.id)
            .and_then(|links| links.iter().max_by_key(|link| link.sequence));
        let command = match last {
            Some(link) => take_from(&link.commit_id, &link.path),
            None => index::baseline_of(pool, &row.path, &row.id)
                .await?
                .map(|found| write_blob(&found.blob, &row.path))
                .unwrap_or_default(),
        };
        gone.push(told(row, command));
    }
    Ok(gone)
}

fn told(row: RemovedRow, command: String) -> Removed {
    let sentence = match &row.attested_version {
        Some(version) => say("queue-removed-version").with("version", version),
        None => say("queue-removed-status").with("status", &row.attested_status),
    };
    Removed {
        sentence: sentence.with("path", &row.path),
        id: row.id,
        command,
    }
}

/// Returns the command that takes a file from a commit; a path may hold whatever a shell would act on.
fn take_from(commit: &str, path: &str) -> String {
    format!(
        "git restore --source={commit} -- ':(top,literal){}'",
        quoted(path)
    )
}

/// Returns the command that writes a text of the baseline, from the top of a clone.
fn write_blob(blob: &str, path: &str) -> String {
    format!("git cat-file blob {blob} > './{}'", quoted(path))
}

fn quoted(path: &str) -> String {
    path.replace('\'', r"'\''")
}

/// When a governed file was last changed, by the commit's own account.
async fn amended_at(reader: &Reader, amendment: &Amendment) -> Result<i64, Failure> {
    let mut latest = 0;
    for path in amendment.proposed.changed_since(&amendment.in_force) {
        let edits = index::edits_of(reader.desk.index.reader(), &path, 1).await?;
        latest = edits.iter().map(|edit| edit.at).fold(latest, i64::max);
    }
    Ok(latest)
}

/// A change of the policy stands first in its part: until it is decided, everything else is judged by the old one.
fn policy_row(reader: &Reader, amendment: &Amendment, place: &Place, since: i64) -> Row {
    let shown = match place.section {
        Part::Blocked => amendment.faults.as_slice(),
        Part::Yours | Part::Others | Part::OutsideReview | Part::Draft => &[],
    };
    Row {
        title: say("queue-policy"),
        href: reader.urls.policy_change(),
        select: None,
        collection: say("queue-policy-collection"),
        badge: Badge {
            status: say("queue-not-in-force"),
            kind: StatusKind::Draft,
            words: Vec::new(),
            version: None,
        },
        act: act(&amendment.item, place),
        why: why(reader, &amendment.item, place),
        version: Message::default(),
        since: moment(since, reader.now()),
        findings: shown.iter().take(3).map(fault).collect(),
    }
}

/// Leads to the form of the only collection, or to the list, which names them all.
fn new_record(reader: &Reader) -> Option<Href> {
    match new_links(reader).as_slice() {
        [] => None,
        [one] => Some(one.href.clone()),
        _ => Some(reader.urls.records()),
    }
}

struct Known {
    /// Items and since when each waits, oldest first.
    items: Vec<(Item, i64)>,
    findings: HashMap<String, Vec<FindingRow>>,
    /// Drafts beyond those that the page shows.
    more_drafts: usize,
}

async fn load(reader: &Reader) -> Result<Known, Failure> {
    let pool = reader.desk.index.reader();
    let mut paths = index::open_paths(pool).await?;
    let mut drafts = index::unsubmitted_drafts(pool, i64::MAX).await?;
    let more_drafts = drafts.len().saturating_sub(DRAFTS);
    drafts.truncate(DRAFTS);
    paths.extend(drafts);
    paths.sort();
    paths.dedup();
    let changed: HashMap<String, i64> = index::records_at(pool, &paths)
        .await?
        .into_iter()
        .map(|row: RecordRow| (row.path, row.changed_at.unwrap_or_default()))
        .collect();
    let findings = index::by_key(index::findings_at(pool, &paths).await?, |row| {
        row.path.clone()
    });
    let mut items: Vec<(Item, i64)> = review::items(pool, &paths)
        .await?
        .into_iter()
        .map(|item| {
            let changed = changed.get(&item.path).copied().unwrap_or_default();
            let since = waits_since(&item, changed);
            (item, since)
        })
        .collect();
    items.sort_by(|(one, since), (other, until)| {
        since.cmp(until).then_with(|| one.path.cmp(&other.path))
    });
    Ok(Known {
        items,
        findings,
        more_drafts,
    })
}

fn row(
    reader: &Reader,
    item: &Item,
    place: &Place,
    since: i64,
    findings: &HashMap<String, Vec<FindingRow>>,
) -> Row {
    let shown = match place.section {
        Part::Blocked | Part::Draft | Part::OutsideReview => findings
            .get(&item.path)
            .map(Vec::as_slice)
            .unwrap_or_default(),
        Part::Yours | Part::Others => &[],
    };
    let is_first = item.base.is_none()
        && place
            .offer
            .as_ref()
            .is_some_and(|offer| offer.writes_version);
    Row {
        title: verbatim(item.title.as_str()),
        href: reader.urls.review(&item.record.0),
        select: (place.section == Part::Yours && place.is_yours).then(|| item.path.clone()),
        collection: verbatim(item.collection.as_str()),
        badge: badge_of_item(reader.policy(), item),
        act: act(item, place),
        why: why(reader, item, place),
        version: if is_first {
            say("queue-will-be").with("version", "1.0.0")
        } else {
            Message::default()
        },
        since: moment(since, reader.now()),
        findings: shown
            .iter()
            .filter(|row| row.severity == "blocking")
            .take(3)
            .map(finding)
            .collect(),
    }
}

fn act(item: &Item, place: &Place) -> Message {
    let goal = place.offer.as_ref().map(|offer| offer.to.as_str());
    match (place.section, goal) {
        (Part::OutsideReview, _) => say("queue-act-outside"),
        (Part::Draft, _) => say("queue-act-draft"),
        (Part::Yours, Some(_)) if !place.is_yours => say("queue-act-answer"),
        (_, Some(_)) if item.is_governance() => put_in_force(),
        (_, Some(goal)) if item.standing == Standing::Draft => {
            say("queue-act-approve").with("status", goal)
        }
        (_, Some(goal)) => say("queue-act-become").with("status", goal),
        (_, None) => say("queue-act-read"),
    }
}

fn why(reader: &Reader, item: &Item, place: &Place) -> Message {
    let policy = reader.policy();
    let others = any_of(&names_of(policy, &place.waits_for));
    let objections = place
        .requirement
        .as_ref()
        .map(|has| names_of(policy, &has.objections))
        .unwrap_or_default();
    match place.section {
        Part::Yours if place.is_yours => say("queue-why-yours"),
        Part::Yours => say("queue-why-answer").with("names", any_of(&objections)),
        Part::OutsideReview if place.is_yours => say("queue-why-countersign"),
        Part::OutsideReview | Part::Others => say("queue-why-others").with("names", others),
        Part::Draft => say("queue-why-draft"),
        Part::Blocked if !objections.is_empty() => {
            say("queue-why-objections").with("names", any_of(&objections))
        }
        Part::Blocked => match item.blocking.len() {
            0 => say("queue-why-nobody"),
            count => say("queue-why-blocked").with("count", count),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_cannot_leave_its_quotes_in_a_command() {
        assert_eq!(
            take_from("77de", "a'; rm -rf $HOME'.md"),
            r"git restore --source=77de -- ':(top,literal)a'\''; rm -rf $HOME'\''.md'"
        );
    }
}
