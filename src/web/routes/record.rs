//! A record: what is published, and what is on its way?

use axum::extract::{Path, Query};
use axum::response::Response;

use super::ending::endings;
use super::notices::{Done, notice};
use super::public;
use crate::id::{BlobId, Identity};
use crate::index::{self, AttestationRow, EditRow, RecordRow, RelationRow};
use crate::policy::Collection;
use crate::record::{self, FieldPath, Record};
use crate::refusal::Refusal;
use crate::review::{self, Item};
use crate::web::failure::{Failure, sentence, taken_down};
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::{Choice, Link};
use crate::web::pages::record::{Compare, Event, OutsideReview, Quarantine, RecordPage, Relation};
use crate::web::pictures::{Pictures, Stands};
use crate::web::reader::Reader;
use crate::web::sheet::Found;
use crate::web::showing::parts::{badge_of_row, details, finding};
use crate::web::showing::{self, fields, words};

/// Edits in the history; the log has them all.
const EDITS: i64 = 50;

/// Shows a record.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let Some(row) = reader.find_row(&id, &done.target().path).await? else {
        return Err(gone(&reader, &id).await?);
    };
    let mut page = make(&reader, &row).await?;
    page.page.notice = notice(&reader, &done).await?;
    frame::show(&page)
}

/// Says of a record that is not there whether it was taken down.
async fn gone(reader: &Reader, id: &str) -> Result<Failure, Failure> {
    let pool = reader.desk.index.reader();
    let Some(row) = index::taken_down_record(pool, id).await? else {
        return Ok(Failure::nothing_here());
    };
    Ok(Failure::from(taken_down(id, row.at)).leading_to(Link {
        label: say("record-down-review"),
        href: reader.urls.review(id),
    }))
}

/// Returns what was found of a record to write, or why not, with the way back to it.
pub fn found<T>(reader: &Reader, id: &str, found: Found<T>) -> Result<T, Failure> {
    match found {
        Found::Nothing => Err(Failure::nothing_here()),
        Found::Refused(refusal) => Err(refused(reader, id, refusal)),
        Found::This(found) => Ok(*found),
    }
}

/// Returns a refusal with the way back to a record.
pub fn refused(reader: &Reader, id: &str, refusal: Refusal) -> Failure {
    Failure::from(refusal).leading_to(Link {
        label: say("edit-back"),
        href: reader.urls.record(id),
    })
}

/// Returns the row of an id; where several files quarrel over it, the one that was asked for, else the first.
pub async fn find_row(reader: &Reader, id: &str, path: &str) -> Result<RecordRow, Failure> {
    let found = reader.find_row(id, path).await?;
    found.ok_or_else(Failure::nothing_here)
}

/// Returns the collection of a row; the index holds records of the policy in force only.
pub fn collection_of<'a>(reader: &'a Reader, row: &RecordRow) -> Result<&'a Collection, Failure> {
    reader.collection_of(row).ok_or_else(Failure::nothing_here)
}

async fn make(reader: &Reader, row: &RecordRow) -> Result<RecordPage, Failure> {
    let collection = collection_of(reader, row)?;
    let pool = reader.desk.index.reader();
    let blob: BlobId = row.blob.parse().map_err(anyhow::Error::from)?;
    let source = match row.problem_code.as_deref() {
        // A file that is too large to be a record is not loaded to be shown.
        Some(_) => reader.bytes(blob).await.unwrap_or_default(),
        None => reader.bytes(blob).await?,
    };
    let record = record::parse(&source, collection.format).ok();
    let findings = index::findings_at(pool, std::slice::from_ref(&row.path)).await?;
    let links = index::attestations_of(pool, std::slice::from_ref(&row.id)).await?;
    let item = review::items(pool, std::slice::from_ref(&row.path))
        .await?
        .into_iter()
        .next()
        .ok_or_else(Failure::nothing_here)?;
    let pictures = match &record {
        Some(record) => {
            Pictures::find(
                reader,
                collection,
                record,
                &row.path,
                Stands::Published,
                &[],
            )
            .await?
        }
        None => Pictures::default(),
    };
    Ok(RecordPage {
        page: reader.page(Some(Section::Records)).await?,
        title: row.title.clone(),
        id: row.id.clone(),
        collection: Link {
            label: verbatim(row.collection.as_str()),
            href: reader.urls.records().with("collection", &row.collection),
        },
        language: language(collection, record.as_ref()),
        badge: badge_of_row(reader.policy(), row),
        public: public::page_of(reader, &row.id).await?,
        edit: (row.problem_code.is_none()
            && review::may_take_part(reader.policy(), &row.collection, reader.person()))
        .then(|| reader.urls.edit(&row.id)),
        filing: review::may_take_part(reader.policy(), &row.collection, reader.person())
            .then(|| reader.urls.filing(&row.id)),
        endings: match review::may_take_part(reader.policy(), &row.collection, reader.person()) {
            true => ending_links(reader, row, &item),
            false => Vec::new(),
        },
        yanked: yanked(reader, row, &links).await?,
        outside_review: outside_review(reader, row),
        quarantine: quarantine(row, &source),
        fields: record
            .as_ref()
            .map(|record| fields::rows(collection, record))
            .unwrap_or_default(),
        attached: pictures.shown(&reader.urls),
        body: record
            .as_ref()
            .and_then(|record| fields::body(record, &pictures)),
        relations: index::relations_from(pool, &row.path)
            .await?
            .iter()
            .map(|row| relation(reader, row))
            .collect(),
        named_by: index::relations_to(pool, &row.id)
            .await?
            .iter()
            .map(|row| relation(reader, row))
            .collect(),
        findings: findings.iter().map(finding).collect(),
        on_its_way: on_its_way(reader, &item).await?,
        downstream: showing::targets::of_record(reader, &row.id).await?,
        history: history(reader, row, &links).await?,
        older: None,
        compare: compare(reader, row, &links),
        details: details([
            (say("details-file"), row.path.clone()),
            (say("details-text"), row.blob.clone()),
            (
                say("details-changed-by"),
                row.changed_by.clone().unwrap_or_default(),
            ),
        ]),
    })
}

/// Returns the language that a record gives for its text; empty where it gives none.
pub fn language(collection: &Collection, record: Option<&Record>) -> String {
    let given = record.and_then(|record| collection.locale_of(record));
    given.unwrap_or_default().to_owned()
}

/// The moves that end the record, and the one by which an administrator takes it down at once.
fn ending_links(reader: &Reader, row: &RecordRow, item: &Item) -> Vec<Link> {
    let policy = reader.policy();
    let may = |offer: &review::Offer| {
        review::queue::why_not(policy, item, offer, reader.person()).is_none()
    };
    let removal = review::removal(policy, item).filter(may).map(|_| Link {
        label: say("record-take-down"),
        href: reader.urls.review(&row.id),
    });
    endings(policy, row)
        .map(|transition| Link {
            label: verbatim(sentence(&transition.name)),
            href: reader.urls.ending(&row.id).with("move", &transition.name),
        })
        .chain(removal)
        .collect()
}

/// Says that the version which stands was taken back, and which one is good.
async fn yanked(
    reader: &Reader,
    row: &RecordRow,
    links: &[AttestationRow],
) -> Result<Option<Message>, Failure> {
    let yanks = index::yanks_of(reader.desk.index.reader(), &row.id).await?;
    let is_yanked = |version: &str| yanks.iter().any(|yank| yank.version == version);
    let Some(yank) = yanks
        .iter()
        .find(|yank| Some(&yank.version) == row.attested_version.as_ref())
    else {
        return Ok(None);
    };
    let mut versions = links
        .iter()
        .rev()
        .filter_map(|link| link.version_to.as_deref());
    let sentence = match versions.find(|version| !is_yanked(version)) {
        Some(good) => say("record-yanked-good").with("good", good),
        None => say("record-yanked"),
    };
    let reason = yank.reason.trim_end_matches('.');
    Ok(Some(
        sentence
            .with("version", &yank.version)
            .with("reason", reason),
    ))
}

fn outside_review(reader: &Reader, row: &RecordRow) -> Option<OutsideReview> {
    (row.standing == "changed").then(|| OutsideReview {
        sentence: match &row.attested_version {
            Some(version) => say("record-outside-version").with("version", version),
            None => say("record-outside"),
        },
        review: reader.urls.review(&row.id),
    })
}

fn quarantine(row: &RecordRow, source: &[u8]) -> Option<Quarantine> {
    let code = row.problem_code.clone()?;
    let told = row.problem.clone().unwrap_or_default();
    let (reason, next) = match told.split_once("; ") {
        Some((reason, next)) => (reason, Some(sentence(next))),
        None => (told.as_str(), None),
    };
    let line = row.problem_line.and_then(|line| u32::try_from(line).ok());
    Some(Quarantine {
        file: row.path.clone(),
        line,
        code,
        reason: sentence(reason),
        next,
        excerpt: line.map(|line| excerpt(source, line)).unwrap_or_default(),
    })
}

/// The line and its two neighbours on each side.
fn excerpt(source: &[u8], fault: u32) -> Vec<(u32, String, bool)> {
    const AROUND: u32 = 2;
    const LONGEST: usize = 200;
    let text = String::from_utf8_lossy(source);
    (1u32..)
        .zip(text.lines())
        .skip_while(|(number, _)| number.saturating_add(AROUND) < fault)
        .take_while(|(number, _)| *number <= fault.saturating_add(AROUND))
        .map(|(number, line)| {
            (
                number,
                line.chars().take(LONGEST).collect(),
                number == fault,
            )
        })
        .collect()
}

/// A pending item, and other files with the same id.
async fn on_its_way(reader: &Reader, item: &Item) -> Result<Vec<Link>, Failure> {
    let mut links = Vec::new();
    if let Some(offer) = review::queue::forward(reader.policy(), item) {
        links.push(Link {
            label: say("record-review").with("status", &offer.to),
            href: reader.urls.review(&item.record.0),
        });
    }
    let pool = reader.desk.index.reader();
    for proposal in index::proposals_of(pool, &item.record.0).await? {
        links.push(Link {
            label: say("record-proposal").with("title", proposal.title),
            href: reader
                .urls
                .review(&item.record.0)
                .with("proposal", &proposal.branch),
        });
    }
    let rows = index::records_of(pool, &item.record.0).await?;
    for other in rows.iter().filter(|other| other.path != item.path) {
        links.push(Link {
            label: say("record-other-file").with("path", &other.path),
            href: reader.urls.record(&other.id).with("path", &other.path),
        });
    }
    Ok(links)
}

/// Returns a record that names another, and the field that does.
pub fn named_by(reader: &Reader, row: &RelationRow) -> (Link, Message) {
    let relation = relation(reader, row);
    let link = Link {
        label: verbatim(relation.other),
        href: relation.href.unwrap_or_default(),
    };
    (link, relation.label)
}

fn relation(reader: &Reader, row: &RelationRow) -> Relation {
    let field = row.field.parse::<FieldPath>();
    Relation {
        label: field.map_or_else(|_| verbatim(row.field.as_str()), |path| words::label(&path)),
        other: row.title.clone().unwrap_or_else(|| row.other.clone()),
        href: row.title.is_some().then(|| reader.urls.record(&row.other)),
        statement: String::new(),
    }
}

/// Attestations and edits, the latest first.
async fn history(
    reader: &Reader,
    row: &RecordRow,
    links: &[AttestationRow],
) -> Result<Vec<Event>, Failure> {
    let edits = index::edits_of(reader.desk.index.reader(), &row.path, EDITS).await?;
    let read = index::since_taken_down(links);
    let mut events: Vec<(i64, Event)> = links
        .iter()
        .rev()
        .map(|link| (link.at, attested(reader, row, link, read.contains(link))))
        .chain(edits.iter().map(|edit| (edit.at, edited(reader, edit))))
        .collect();
    events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    Ok(events.into_iter().map(|(_, event)| event).collect())
}

/// A version that was taken down since leads nowhere.
fn attested(reader: &Reader, row: &RecordRow, link: &AttestationRow, is_read: bool) -> Event {
    let policy = reader.policy();
    let wrote = words::people_in(policy, &link.authored_by);
    let approved = words::people_in(policy, &link.approved_by);
    Event {
        version: link
            .version_to
            .as_ref()
            .filter(|_| is_read)
            .map(|version| Link {
                label: verbatim(version.as_str()),
                href: reader.urls.version(&row.id, link.sequence),
            }),
        act: say("record-attested")
            .with("move", sentence(&link.transition))
            .with("status", &link.status_to),
        people: say("record-attested-by")
            .with("wrote", words::all_of(&wrote))
            .with("approved", words::all_of(&approved)),
        when: moment(link.at, reader.now()),
    }
}

fn edited(reader: &Reader, edit: &EditRow) -> Event {
    let identity = Identity::new(&edit.name, &edit.address);
    Event {
        version: None,
        act: match (edit.began, edit.removed) {
            (true, _) => say("record-begun"),
            (_, true) => say("record-removed"),
            (false, false) => say("record-edited"),
        },
        people: say("record-edited-by").with("name", words::person_of(reader.policy(), &identity)),
        when: moment(edit.at, reader.now()),
    }
}

/// The texts one can lay side by side: each that an attestation left, and the one that stands.
pub fn compare(reader: &Reader, row: &RecordRow, links: &[AttestationRow]) -> Compare {
    let mut texts: Vec<(String, Message)> = Vec::new();
    let mut add = |blob: &str, label: Message| {
        if texts.iter().all(|(known, _)| known != blob) {
            texts.push((blob.to_owned(), label));
        }
    };
    let links = index::since_taken_down(links).iter();
    for link in links.filter(|link| link.version_to.is_some()) {
        add(
            &link.result,
            verbatim(link.version_to.clone().unwrap_or_default()),
        );
    }
    add(&row.blob, say("record-as-it-stands"));
    Compare {
        action: if texts.len() > 1 {
            reader.urls.compare(&row.id)
        } else {
            Href::default()
        },
        from: choices(&texts, 0),
        to: choices(&texts, texts.len().saturating_sub(1)),
    }
}

fn choices(texts: &[(String, Message)], chosen: usize) -> Vec<Choice> {
    texts
        .iter()
        .enumerate()
        .map(|(place, (blob, label))| Choice {
            value: blob.clone(),
            label: label.clone(),
            is_chosen: place == chosen,
        })
        .collect()
}
