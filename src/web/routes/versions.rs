//! A record as it stood when it was published, and two of its texts side by side.

use axum::extract::{Path, Query};
use axum::response::Response;
use serde::Deserialize;

use super::record::{collection_of, compare as choices, find_row};
use crate::id::BlobId;
use crate::index::{self, AttestationRow, RecordRow};
use crate::ledger::version_id;
use crate::record;
use crate::review;
use crate::web::failure::{Failure, taken_down};
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::{date, moment};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::versions::{ComparePage, VersionPage};
use crate::web::pictures::{Pictures, Stands};
use crate::web::reader::Reader;
use crate::web::showing::parts::{badge, details};
use crate::web::showing::{diff, fields, words};

/// Which version is asked for: its place in the chain, or its number.
#[derive(Debug, Deserialize)]
pub struct At {
    #[serde(default)]
    at: String,
}

/// Which texts are asked for.
#[derive(Debug, Deserialize)]
pub struct Between {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// Shows a version.
pub async fn show(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<At>,
) -> Result<Response, Failure> {
    let row = find_row(&reader, &id, "").await?;
    let links =
        index::attestations_of(reader.desk.index.reader(), std::slice::from_ref(&row.id)).await?;
    let link = links
        .iter()
        .rev()
        .find(|link| {
            link.sequence.to_string() == asked.at
                || link.version_to.as_deref() == Some(asked.at.as_str())
        })
        .ok_or_else(Failure::nothing_here)?;
    if let Some(down) = index::taken_down_after(&links, link.sequence) {
        return Err(taken_down(&row.id, down.at).into());
    }
    frame::show(&version(&reader, &row, &links, link).await?)
}

async fn version(
    reader: &Reader,
    row: &RecordRow,
    links: &[AttestationRow],
    link: &AttestationRow,
) -> Result<VersionPage, Failure> {
    let collection = collection_of(reader, row)?;
    let blob: BlobId = link.result.parse().map_err(anyhow::Error::from)?;
    let record = record::parse(&reader.bytes(blob).await?, collection.format)?;
    let policy = reader.policy();
    let title = collection
        .title
        .as_ref()
        .and_then(|path| record.text(path))
        .unwrap_or(&row.title)
        .to_owned();
    let number = link
        .version_to
        .clone()
        .unwrap_or_else(|| link.status_to.clone());
    let newer = links
        .iter()
        .rev()
        .find(|other| other.version_to.is_some())
        .filter(|other| other.sequence > link.sequence);
    let yanks = index::yanks_of(reader.desk.index.reader(), &row.id).await?;
    let yanked = yanks.iter().find(|row| row.version == number);
    let takes_part = review::may_take_part(policy, &row.collection, reader.person());
    let stands = Stands::At(link.commit_id.parse().map_err(anyhow::Error::from)?);
    let pictures = Pictures::find(reader, collection, &record, &link.path, stands, &[]).await?;
    Ok(VersionPage {
        page: reader.page(Some(Section::Records)).await?,
        record: Link {
            label: verbatim(row.title.as_str()),
            href: reader.urls.record(&row.id),
        },
        language: super::record::language(collection, Some(&record)),
        badge: badge(
            policy,
            &row.collection,
            Some(&link.status_to),
            link.version_to.clone(),
        ),
        published: moment(link.at, reader.now()),
        people: people(reader, link),
        newer: newer.map(|newer| Link {
            label: verbatim(newer.version_to.clone().unwrap_or_default()),
            href: reader.urls.version(&row.id, newer.sequence),
        }),
        again: (row.blob != link.result && takes_part)
            .then(|| reader.urls.again(&row.id).with("text", &link.result)),
        yank: (link.version_to.is_some() && yanked.is_none() && takes_part)
            .then(|| version_review(reader, &row.id, &number)),
        yanked: yanked.map(|row| verbatim(row.reason.as_str())),
        fields: fields::rows(collection, &record),
        body: fields::body(&record, &pictures),
        citation: format!("{title}. {number}. {}, {}.", policy.title, date(link.at)),
        details: details([
            (say("details-commit"), link.commit_id.clone()),
            (say("details-text"), link.result.clone()),
            (say("details-text-judged"), link.proposed.clone()),
            (say("details-decided-by"), link.decisions.clone()),
            (say("details-place"), link.sequence.to_string()),
        ]),
        version: number,
        title,
    })
}

fn people(reader: &Reader, link: &AttestationRow) -> Message {
    let names = |identities: &str| words::all_of(&words::people_in(reader.policy(), identities));
    say("versions-people")
        .with("wrote", names(&link.authored_by))
        .with("approved", names(&link.approved_by))
}

/// Leads to where a version is taken back.
fn version_review(reader: &Reader, id: &str, version: &str) -> Href {
    match version.parse() {
        Ok(version) => reader.urls.review(&version_id(&version, id)),
        Err(_) => reader.urls.record(id),
    }
}

/// Shows two texts of a record side by side; texts of other records are not there.
pub async fn compare(
    reader: Reader,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Between>,
) -> Result<Response, Failure> {
    let row = find_row(&reader, &id, "").await?;
    let (from, to) = (
        text_of(&reader, &row, &asked.from).await?,
        text_of(&reader, &row, &asked.to).await?,
    );
    let links =
        index::attestations_of(reader.desk.index.reader(), std::slice::from_ref(&row.id)).await?;
    let format = collection_of(&reader, &row)?.format;
    let diff = reader
        .desk
        .on_repository(move |repository, _| {
            let (old, new) = (repository.bytes(from)?, repository.bytes(to)?);
            Ok(diff::of_files(Some(&old), &new, format, diff::CHANGES))
        })
        .await?;
    let here = reader.urls.compare(&row.id);
    frame::show(&ComparePage {
        page: reader.page(Some(Section::Records)).await?,
        record: Link {
            label: verbatim(row.title.as_str()),
            href: reader.urls.record(&row.id),
        },
        from: name_of(&links, &row, &asked.from),
        to: name_of(&links, &row, &asked.to),
        compare: choices(&reader, &row, &links),
        version: None,
        diff,
        swapped: here.with("from", &asked.to).with("to", &asked.from),
    })
}

async fn text_of(reader: &Reader, row: &RecordRow, asked: &str) -> Result<BlobId, Failure> {
    let blob: BlobId = asked.parse().map_err(|_| Failure::nothing_here())?;
    let pool = reader.desk.index.reader();
    match index::is_text_of(pool, &row.path, &row.id, asked).await? {
        true => Ok(blob),
        false => Err(Failure::nothing_here()),
    }
}

fn name_of(links: &[AttestationRow], row: &RecordRow, blob: &str) -> Message {
    let version = links
        .iter()
        .rev()
        .find(|link| link.result == blob)
        .and_then(|link| link.version_to.clone());
    match version {
        Some(version) => verbatim(version),
        None if row.blob == blob => say("versions-now"),
        None => say("versions-earlier"),
    }
}
