//! What the queue tells of texts that readers lost or are to lose: files removed outside review, records taken down, versions that somebody wants back.

use std::collections::BTreeSet;

use crate::index::{self, RemovedRow, TakenDownRow};
use crate::review::{self, Item, Target};
use crate::web::failure::Failure;
use crate::web::language::say;
use crate::web::moments::date;
use crate::web::pages::parts::Link;
use crate::web::pages::queue::Removed;
use crate::web::reader::Reader;
use crate::web::showing::releases::when;
use crate::web::showing::words::{all_of, any_of, names_of, people_in};

/// Approved records that no file holds: each is brought back by a proposal.
pub async fn removed(reader: &Reader) -> Result<Vec<Removed>, Failure> {
    let rows = index::removed_records(reader.desk.index.reader()).await?;
    Ok(rows.into_iter().map(|row| gone(reader, row)).collect())
}

fn gone(reader: &Reader, row: RemovedRow) -> Removed {
    let sentence = match &row.attested_version {
        Some(version) => say("queue-removed-version").with("version", version),
        None => say("queue-removed-status").with("status", &row.attested_status),
    };
    Removed {
        sentence: sentence.with("path", &row.path),
        act: Link {
            label: say("queue-again"),
            href: reader.urls.again(&row.id).with("text", &row.attested_blob),
        },
        id: row.id,
    }
}

/// Records that were taken down and that no second administrator agreed to yet: each waits for one, and after its time for a decision either way.
pub async fn taken_down(reader: &Reader) -> Result<Vec<Removed>, Failure> {
    let rows = index::taken_down(reader.desk.index.reader()).await?;
    let open = rows.into_iter().filter(|row| !row.is_ratified);
    let mut waiting: Vec<Removed> = open.map(|row| down(reader, row)).collect();
    let asked = index::yanks_asked(reader.desk.index.reader()).await?;
    let asked: Vec<Target> = asked.into_iter().map(Target::published).collect();
    for item in review::items_at(reader.desk.index.reader(), &asked).await? {
        waiting.extend(back(reader, &item));
    }
    Ok(waiting)
}

/// A version that somebody wants taken back, while that still stands.
fn back(reader: &Reader, item: &Item) -> Option<Removed> {
    let policy = reader.policy();
    let offer = review::removal(policy, item)?;
    let has = review::requirement(policy, item, &offer);
    let asking: Vec<String> = has
        .needs
        .iter()
        .flat_map(|need| need.approved.clone())
        .collect();
    // Who holds two roles is named once.
    let may: BTreeSet<String> = has.needs.iter().flat_map(|need| need.may.clone()).collect();
    let may: Vec<String> = may.into_iter().collect();
    let version = item.attested_version.as_ref().map(ToString::to_string);
    (!asking.is_empty()).then(|| Removed {
        id: item.title.clone(),
        sentence: say("queue-yank")
            .with("name", all_of(&names_of(policy, &asking)))
            .with("version", version.unwrap_or_default())
            .with("names", any_of(&names_of(policy, &may))),
        act: Link {
            label: say("queue-decide-down"),
            href: reader.urls.review(&item.record.0),
        },
    })
}

fn down(reader: &Reader, row: TakenDownRow) -> Removed {
    let until = row.at.saturating_add(review::RATIFY_WITHIN);
    let sentence = match reader.now() < until {
        true => say("queue-down").with("until", when(until, reader.now())),
        false => say("queue-down-overdue"),
    };
    let names = people_in(reader.policy(), &row.approved_by);
    Removed {
        sentence: sentence
            .with("name", all_of(&names))
            .with("day", date(row.at)),
        act: Link {
            label: say("queue-decide-down"),
            href: reader.urls.review(&row.id),
        },
        id: row.id,
    }
}
