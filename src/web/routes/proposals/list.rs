//! What is on its way: the last changed first.

use std::collections::HashMap;

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use super::{changes, turn};
use crate::index::{self, ProposalRow, ProposedRow};
use crate::review::Item;
use crate::web::failure::Failure;
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::proposals::{ProposalsPage, Row, State};
use crate::web::reader::Reader;

/// Proposals of a page.
const SHOWN: usize = 25;

/// Which list is asked for, and from where on.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    state: String,
    /// When the last one of the page before changed, seconds since 1970.
    #[serde(default)]
    before: String,
    /// Its branch.
    #[serde(default)]
    branch: String,
}

/// Shows a list of proposals.
pub async fn show(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let pool = reader.desk.index.reader();
    let chosen = State::read(&asked.state);
    let after = asked
        .before
        .parse()
        .ok()
        .map(|at| (at, asked.branch.as_str()));
    let limit = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    let mut found = index::proposals_in(pool, chosen.name(), after, limit).await?;
    let has_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let older = found.last().filter(|_| has_more).map(|last| {
        list(&reader, chosen)
            .with("before", &last.changed_at.to_string())
            .with("branch", &last.branch)
    });
    let states = State::LISTED.map(|state| {
        let link = Link {
            label: state.word(),
            href: list(&reader, state),
        };
        (link, state == chosen)
    });
    frame::show(&ProposalsPage {
        rows: rows(&reader, &found, chosen).await?,
        page: reader.page(Some(Section::Proposals)).await?,
        states: states.into(),
        older,
    })
}

fn list(reader: &Reader, state: State) -> Href {
    match state {
        State::Open => reader.urls.proposals(),
        state => reader.urls.proposals().with("state", state.name()),
    }
}

async fn rows(reader: &Reader, found: &[ProposalRow], state: State) -> Result<Vec<Row>, Failure> {
    let branches: Vec<String> = found.iter().map(|row| row.branch.clone()).collect();
    let proposed = index::proposed_in(reader.desk.index.reader(), &branches).await?;
    let mut files: HashMap<&str, Vec<&ProposedRow>> = HashMap::new();
    for row in &proposed {
        files.entry(&row.branch).or_default().push(row);
    }
    let open = reader.desk.open(reader.rules()).await?;
    let mut items: HashMap<&str, Vec<&Item>> = HashMap::new();
    for waiting in open.items.iter().filter(|_| state == State::Open) {
        let origin = waiting.item.origin.as_ref();
        if let Some(origin) = origin.filter(|origin| files.contains_key(origin.branch.as_str())) {
            items.entry(&origin.branch).or_default().push(&waiting.item);
        }
    }
    let rows = found.iter().map(|proposal| {
        let files = files.remove(proposal.branch.as_str()).unwrap_or_default();
        let items = items.remove(proposal.branch.as_str()).unwrap_or_default();
        row(reader, proposal, &files, &items)
    });
    Ok(rows.collect())
}

fn row(reader: &Reader, proposal: &ProposalRow, files: &[&ProposedRow], items: &[&Item]) -> Row {
    let writers: Vec<_> = files.iter().map(|file| file.writer.clone()).collect();
    let titles: Vec<&str> = files.iter().map(|file| file.title.as_str()).collect();
    let (turn, is_yours) = match (&proposal.problem, items) {
        (Some(why), _) => (verbatim(why.as_str()), false),
        (None, []) => (Message::default(), false),
        (None, items) => turn(reader, items),
    };
    Row {
        proposal: Link {
            label: verbatim(proposal.title.as_str()),
            href: reader.urls.proposal(&proposal.branch),
        },
        sentence: changes(reader.policy(), &writers, &titles),
        turn,
        is_yours,
        changed: moment(proposal.changed_at, reader.now()),
    }
}
