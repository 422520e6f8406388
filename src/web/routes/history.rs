//! The page of the register's history: what was lost where it was rewritten, and the one decision about it.

use axum::response::{IntoResponse, Redirect, Response};

use crate::id::BlobId;
use crate::index;
use crate::ledger::HISTORY;
use crate::refusal::Refusal;
use crate::review::{HistoryChoice, HistoryOrder, Lost, Rewritten};
use crate::web::failure::{Failure, foreign_form, no_such_act, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::history::{Acts, HistoryPage, Hold, LostRow};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::history::event;
use crate::web::showing::parts::details;
use crate::web::showing::words::any_of;
use crate::web::token::{self, ANY_FORM};

/// Lost commits that are listed: more than anybody reads.
const LISTED: usize = 200;

/// Shows whether the history is whole, and what waits for a decision.
pub async fn show(reader: Reader) -> Result<Response, Failure> {
    frame::show(&make(&reader).await?)
}

/// Restores the history, or accepts what is there.
pub async fn decide(attempt: Attempt) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    let done = match is_own {
        true => order(&reader, &fields).await,
        false => Err(foreign_form()),
    };
    let Err(refusal) = done else {
        return Ok(Redirect::to(&reader.urls.history().to_string()).into_response());
    };
    let mut page = make(&reader)
        .await
        .map_err(|failure| failure.with_typed(fields.typed()))?;
    let acts = page.hold.as_mut().and_then(|hold| hold.acts.as_mut());
    let Some(acts) = acts else {
        return Err(Failure::from(refusal).with_typed(fields.typed()));
    };
    acts.error = Some(shown(&refusal));
    acts.reason = fields.get("reason").to_owned();
    frame::show_with(status_of(refusal.code), &page)
}

async fn order(reader: &Reader, fields: &Fields) -> Result<(), Refusal> {
    let choice = match fields.get("act") {
        "restore" => HistoryChoice::Restore,
        "accept" => HistoryChoice::Accept,
        _ => return Err(no_such_act()),
    };
    let seen: Result<BlobId, _> = fields.get("seen").parse();
    let order = HistoryOrder {
        by: reader.identity(),
        choice,
        seen: seen.map_err(|_| no_such_act())?,
        reason: fields.get("reason").replace("\r\n", "\n"),
        operation: fields.get("operation").to_owned(),
        at: reader.now(),
    };
    reader.committer.history(order).await.map(|_| ())
}

async fn make(reader: &Reader) -> Result<HistoryPage, Failure> {
    let said = index::decisions_of(reader.desk.index.reader(), &[HISTORY.to_owned()]).await?;
    let rewritten = reader.desk.rewritten();
    Ok(HistoryPage {
        page: reader.page(Some(Section::Health)).await?.asking_to_look(),
        back: reader.urls.health(),
        state: match rewritten.as_deref() {
            None => say("history-whole"),
            Some(found) if found.is_restoring => say("history-restoring"),
            Some(found) => say("history-rewritten").with("branch", found.branch.as_str()),
        },
        hold: match rewritten.as_deref() {
            Some(found) => Some(hold(reader, found).await?),
            None => None,
        },
        events: said
            .iter()
            .map(|row| event(reader.policy(), row, reader.now()))
            .collect(),
    })
}

async fn hold(reader: &Reader, found: &Rewritten) -> Result<Hold, Failure> {
    let latest: Vec<&Lost> = found.lost.iter().rev().take(LISTED).collect();
    let ids: Vec<String> = latest.iter().map(|lost| lost.record.0.clone()).collect();
    let titles = index::titles(reader.desk.index.reader(), &ids).await?;
    let row = |lost: &&Lost| LostRow {
        record: Link {
            label: verbatim(
                titles
                    .get(&lost.record.0)
                    .unwrap_or(&lost.record.0)
                    .as_str(),
            ),
            href: reader.urls.record(&lost.record.0),
        },
        what: match &lost.version {
            Some(version) => say("history-lost-version")
                .with("move", lost.transition.as_str())
                .with("version", version.as_str()),
            None => verbatim(lost.transition.as_str()),
        },
        when: moment(lost.at, reader.now()),
    };
    let more = found.lost.len() - latest.len();
    Ok(Hold {
        count: found.lost.len(),
        lost: latest.iter().map(row).collect(),
        more: match more {
            0 => Message::default(),
            more => say("history-more").with("count", more),
        },
        rest: say("history-rest")
            .with("lost", found.ordinary)
            .with("added", found.added),
        details: details([
            (say("history-old"), found.tips.old.to_string()),
            (say("history-kept-as"), found.kept_as.clone()),
            (say("history-new"), found.tips.new.to_string()),
        ]),
        who: match found.deciders() {
            people if people.is_empty() => say("history-nobody"),
            people => say("history-who").with("names", any_of(&people)),
        },
        acts: acts(reader, found)?,
    })
}

fn acts(reader: &Reader, found: &Rewritten) -> Result<Option<Acts>, Failure> {
    if found.is_restoring || found.judge(&reader.identity().address).is_err() {
        return Ok(None);
    }
    Ok(Some(Acts {
        action: reader.urls.history(),
        hidden: vec![
            ("csrf".to_owned(), reader.token(ANY_FORM)),
            ("operation".to_owned(), token::operation()?),
            ("seen".to_owned(), found.manifest.to_string()),
        ],
        accept: say("history-accept").with("count", found.lost.len()),
        reason: String::new(),
        error: None,
    }))
}
