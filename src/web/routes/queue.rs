//! The queue: what needs me? Answered from the index alone; no blob is read for it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use super::gone::{removed, taken_down};
use super::notices::{Done, notice};
use super::records::new_links;
use crate::index::{self, Count, FindingRow, RecordRow, StandingWanted, Wanted};
use crate::policy::StatusKind;
use crate::review::governance::Amendment;
use crate::review::queue::{Place, Section as Part, place};
use crate::review::{self, Item, Open, Places, Standing, Target, Waiting};
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Badge, Link, Paging};
use crate::web::pages::queue::{Item as Row, QueuePage, QueuePart, QueueParts};
use crate::web::reader::Reader;
use crate::web::showing::filters::counted;
use crate::web::showing::parts::{badge_of_item, finding};
use crate::web::showing::policy_change::{fault, put_in_force};
use crate::web::showing::standing::held_by_veto;
use crate::web::showing::words::{any_of, names_of};

/// Items of a part on a page; the rest are led to.
const SHOWN: usize = 25;

/// Which part is asked for alone, and which page of it.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    section: String,
    #[serde(default)]
    page: String,
}

/// Shows the queue of whoever reads, or one part of it.
pub async fn show(
    reader: Reader,
    Query(done): Query<Done>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let open = reader.desk.open(reader.rules()).await?;
    let places = open.places(reader.rules(), reader.person());
    let drafts = index::count(reader.desk.index.reader(), &unsubmitted()).await?;
    let drafts = match (drafts, unasked(&open, &places)) {
        (Count::Exactly(drafts), more) => whole(usize::try_from(drafts).unwrap_or(0) + more),
        (Count::More, _) => Count::More,
    };
    let shown = Shown::of(&asked, &places, drafts);
    let removed = removed(&reader).await?;
    let mut page = QueuePage {
        page: reader.page(Some(Section::Queue)).await?,
        waiting_for_you: Vec::new(),
        waiting_for_others: Vec::new(),
        blocked: Vec::new(),
        changed_outside_review: Vec::new(),
        taken_down: taken_down(&reader).await?,
        drafts: Vec::new(),
        parts: parts(&reader, &shown, &places, drafts, removed.len()),
        only: shown.only.map_or("", name_of),
        paging: shown.paging(&reader),
        beyond: open.beyond.map(|count| beyond(&reader, count)),
        views: super::views::links(&reader).await?,
        new_record: new_record(&reader),
        removed,
        bulk: reader.urls.bulk(),
    };
    fill(&mut page, &reader, &open, &places, &shown).await?;
    page.page.waiting = places.count(Part::Yours);
    page.page.notice = notice(&reader, &done).await?;
    frame::show(&page)
}

/// The parts in the order of the page.
const PARTS: [Part; 5] = [
    Part::Yours,
    Part::OutsideReview,
    Part::Others,
    Part::Blocked,
    Part::Draft,
];

/// What a page shows of the queue.
struct Shown {
    /// The one part that is shown.
    only: Option<Part>,
    /// The page of it.
    number: usize,
    /// How many rows it has on all pages.
    rows: Count,
}

impl Shown {
    fn of(asked: &Asked, places: &Places, drafts: Count) -> Self {
        let only = PARTS
            .into_iter()
            .find(|part| name_of(*part) == asked.section);
        let rows = match only {
            Some(Part::Draft) => drafts,
            Some(part) => whole(places.items.iter().filter(|place| **place == part).count()),
            None => whole(0),
        };
        let number = asked.page.parse().unwrap_or(1);
        Self {
            only,
            number: number.clamp(1, last_page(rows)),
            rows,
        }
    }

    fn shows(&self, part: Part) -> bool {
        self.only.is_none_or(|only| only == part)
    }

    fn skipped(&self) -> usize {
        (self.number - 1) * SHOWN
    }

    fn paging(&self, reader: &Reader) -> Option<Paging> {
        let part = self.only?;
        let last = last_page(self.rows);
        let page = |number: usize| {
            let href = reader.urls.queue().with("section", name_of(part));
            match number {
                1 => href,
                number => href.with("page", &number.to_string()),
            }
        };
        (last > 1).then(|| Paging {
            sentence: say("waiting-page")
                .with("page", self.number)
                .with("last", last),
            previous: (self.number > 1).then(|| page(self.number - 1)),
            next: (self.number < last).then(|| page(self.number + 1)),
        })
    }
}

fn last_page(rows: Count) -> usize {
    let rows = match rows {
        Count::Exactly(rows) => rows,
        Count::More => index::COUNTED,
    };
    usize::try_from(rows).unwrap_or(0).div_ceil(SHOWN).max(1)
}

/// Returns a part's name in addresses.
fn name_of(part: Part) -> &'static str {
    match part {
        Part::Yours => "yours",
        Part::Others => "others",
        Part::Blocked => "blocked",
        Part::OutsideReview => "outside",
        Part::Draft => "drafts",
    }
}

fn unsubmitted() -> Wanted {
    Wanted {
        standing: Some(StandingWanted::Draft),
        ..Wanted::default()
    }
}

fn whole(count: usize) -> Count {
    Count::Exactly(i64::try_from(count).unwrap_or(i64::MAX))
}

fn parts(
    reader: &Reader,
    shown: &Shown,
    places: &Places,
    drafts: Count,
    removed: usize,
) -> QueueParts {
    let part = |part: Part, total| queue_part(reader, shown, part, total);
    let placed = |place: Part| part(place, whole(places.count(place)));
    let outside = places.count(Part::OutsideReview) + removed;
    QueueParts {
        yours: placed(Part::Yours),
        others: placed(Part::Others),
        blocked: placed(Part::Blocked),
        outside: part(Part::OutsideReview, whole(outside)),
        drafts: part(Part::Draft, drafts),
    }
}

/// Says how many items a part has, and leads to them where the page does not show them all.
fn queue_part(reader: &Reader, shown: &Shown, part: Part, total: Count) -> QueuePart {
    let is_cut = shown.only.is_none() && last_page(total) > 1;
    QueuePart {
        total: say("waiting-count").with("count", counted(total)),
        all: is_cut.then(|| Link {
            label: say("waiting-show-all").with("count", counted(total)),
            href: reader.urls.queue().with("section", name_of(part)),
        }),
    }
}

fn beyond(reader: &Reader, count: Count) -> Link {
    let list = reader.urls.records();
    Link {
        label: say("waiting-beyond").with("count", counted(count)),
        href: list.with("standing", "open").with("sort", "waiting"),
    }
}

/// Puts the rows that are shown into their parts. Findings are read for these alone.
async fn fill(
    page: &mut QueuePage,
    reader: &Reader,
    open: &Open,
    places: &Places,
    shown: &Shown,
) -> Result<(), Failure> {
    if let Some((amendment, section)) = open.amendment.as_ref().zip(places.amendment)
        && shown.shows(section)
        && shown.number == 1
    {
        let since = amended_at(reader, amendment).await?;
        let place = place(reader.policy(), &amendment.item, reader.person());
        add(page, section, policy_row(reader, amendment, &place, since));
    }
    let mut waiting: Vec<Arc<Waiting>> = Vec::new();
    for part in PARTS.into_iter().filter(|part| shown.shows(*part)) {
        let of_part = open.items.iter().zip(&places.items);
        let of_part = of_part.filter(|(waiting, place)| {
            **place == part && (part != Part::Draft || waiting.item.origin.is_some())
        });
        let rows = of_part.skip(shown.skipped()).take(SHOWN);
        waiting.extend(rows.map(|(waiting, _)| Arc::clone(waiting)));
    }
    if shown.shows(Part::Draft) {
        let before = unasked(open, places);
        let left = SHOWN.saturating_sub(before.saturating_sub(shown.skipped()));
        let skipped = shown.skipped().saturating_sub(before);
        let drafts = drafts(reader, skipped, left).await?;
        waiting.extend(drafts.into_iter().map(Arc::new));
    }
    let items: Vec<Item> = waiting.iter().map(|one| one.item.clone()).collect();
    let findings = review::findings_of(reader.desk.index.reader(), &items).await?;
    for Waiting { item, since } in waiting.iter().map(Arc::as_ref) {
        let place = place(reader.policy(), item, reader.person());
        let row = row(reader, item, &place, *since, &findings);
        add(page, place.section, row);
    }
    Ok(())
}

/// Returns how many texts of proposals nobody was told of yet.
fn unasked(open: &Open, places: &Places) -> usize {
    let all = open.items.iter().zip(&places.items);
    let unasked =
        all.filter(|(waiting, place)| **place == Part::Draft && waiting.item.origin.is_some());
    unasked.count()
}

/// Returns a stretch of the drafts that nobody was told of.
async fn drafts(reader: &Reader, skipped: usize, most: usize) -> Result<Vec<Waiting>, Failure> {
    let pool = reader.desk.index.reader();
    let skipped = i64::try_from(skipped).unwrap_or(i64::MAX);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let paths = index::unsubmitted_drafts(pool, skipped, most).await?;
    let changed: HashMap<String, i64> = index::records_at(pool, &paths)
        .await?
        .into_iter()
        .map(|row: RecordRow| (row.path, row.changed_at.unwrap_or_default()))
        .collect();
    let mut drafts: Vec<Waiting> = review::items(pool, &paths)
        .await?
        .into_iter()
        .map(|item| Waiting {
            since: changed.get(&item.path).copied().unwrap_or_default(),
            item,
        })
        .collect();
    drafts.sort_by(|one, other| (one.since, &one.item.path).cmp(&(other.since, &other.item.path)));
    Ok(drafts)
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

/// When a governed file was last changed, by the commit's own account.
async fn amended_at(reader: &Reader, amendment: &Amendment) -> Result<i64, Failure> {
    // They are no records, so no history of a record has them.
    let paths = amendment.proposed.changed_since(&amendment.in_force);
    let changed = index::last_changed(reader.desk.index.reader(), &paths).await?;
    Ok(changed.unwrap_or_default())
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
        proposal: String::new(),
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

fn row(
    reader: &Reader,
    item: &Item,
    place: &Place,
    since: i64,
    findings: &HashMap<Target, Vec<FindingRow>>,
) -> Row {
    let shown = match place.section {
        Part::Blocked | Part::Draft | Part::OutsideReview => findings
            .get(&item.target())
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
        href: reader.urls.review_of(item),
        select: (place.section == Part::Yours && place.is_yours).then(|| item.target().to_string()),
        proposal: item
            .origin
            .as_ref()
            .map(|origin| origin.title.clone())
            .unwrap_or_default(),
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

/// Says why an item stands where it does.
pub fn why(reader: &Reader, item: &Item, place: &Place) -> Message {
    let policy = reader.policy();
    let others = any_of(&names_of(policy, &place.waits_for));
    let objections = place
        .requirement
        .as_ref()
        .map(|has| names_of(policy, &has.objections))
        .unwrap_or_default();
    if let Some(held) = item.held.as_ref().filter(|_| place.waits_for.is_empty()) {
        return say("queue-why-release").with("title", held.title.as_str());
    }
    let vetoed = place
        .requirement
        .as_ref()
        .and_then(|has| held_by_veto(policy, &has.vetoes));
    if let Some(vetoed) = vetoed.filter(|_| place.section == Part::Blocked) {
        return vetoed;
    }
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
