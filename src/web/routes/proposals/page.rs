//! One proposal: its records beside what is published, who must still approve, and what was said of it as a whole.

use axum::extract::{Path, Query};
use axum::response::Response;

use super::between::{choices, states};
use super::changes;
use crate::index::{self, ProposalRow, ProposedRow};
use crate::ledger::Act;
use crate::policy::request_ref;
use crate::publish::html::SafeHtml;
use crate::refusal::Refusal;
use crate::review::queue::{Section as Part, place};
use crate::review::{self, Item, PastDecision, may_take_part};
use crate::web::failure::{Failure, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::href::Href;
use crate::web::language::{Message, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::layout::{Page, Section};
use crate::web::pages::parts::{Choice, Link};
use crate::web::pages::proposals::{Commit, Desk, ProposalPage, Proposed, RequestNote, State};
use crate::web::pages::record::Compare;
use crate::web::reader::Reader;
use crate::web::routes::notices::{Done, notice};
use crate::web::routes::queue::why;
use crate::web::routes::review::{hidden, make as review_of};
use crate::web::showing::parts::{badge, details, finding};
use crate::web::showing::review::Subject;
use crate::web::showing::talk::Anchors;
use crate::web::showing::words::person_of;

/// Records whose change stands on the page itself; of more, each is read on its own.
const SHOWN: usize = 20;

/// Shows a proposal.
pub async fn show(
    reader: Reader,
    Path((_, branch)): Path<(String, String)>,
    Query(done): Query<Done>,
) -> Result<Response, Failure> {
    let mut frame = reader
        .page(Some(Section::Proposals))
        .await?
        .asking_to_look();
    frame.notice = notice(&reader, &done).await?;
    frame::show(&make(&reader, &branch, frame).await?)
}

/// Shows a proposal again with why a form about the whole was refused, and what was typed.
pub async fn show_refused(
    reader: &Reader,
    branch: &str,
    fields: &Fields,
    refusal: &Refusal,
) -> Result<Response, Failure> {
    let frame = reader.page(Some(Section::Proposals)).await?;
    let mut page = make(reader, branch, frame)
        .await
        .map_err(|_| Failure::from(refusal.clone()).with_typed(fields.typed()))?;
    page.desk.error = Some(shown(refusal));
    page.desk.text = fields.get("reason").to_owned();
    if fields.get("decision") == "describe" {
        page.desk.title = fields.get("title").to_owned();
        page.desk.description = fields.get("description").to_owned();
    }
    frame::show_with(status_of(refusal.code), &page)
}

/// Returns the branch, where what a decision names as its path is a proposal as a whole.
pub fn branch_of(path: &str) -> Option<&str> {
    path.strip_prefix("refs/heads/")
}

async fn make(reader: &Reader, branch: &str, frame: Page) -> Result<ProposalPage, Failure> {
    let pool = reader.desk.index.reader();
    let found = index::proposal_at(pool, branch).await?;
    let proposal = found.ok_or_else(Failure::nothing_here)?;
    let branches = [branch.to_owned()];
    let rows = index::proposed_in(pool, &branches).await?;
    let items = review::proposed_items(pool, &branches).await?;
    let (whole, _) = reader
        .desk
        .whole_proposal(branch)
        .await?
        .ok_or_else(Failure::nothing_here)?;
    let said = index::decisions_of(pool, std::slice::from_ref(&whole.record.0)).await?;
    let said: Vec<PastDecision> = said
        .iter()
        .map(review::past_decision)
        .collect::<Result<_, _>>()?;
    let state = State::read(&proposal.state);
    let writers: Vec<_> = rows.iter().map(|row| row.writer.clone()).collect();
    let titles: Vec<&str> = rows.iter().map(|row| row.title.as_str()).collect();
    let is_outdated = items
        .iter()
        .any(|item| item.origin.as_ref().is_some_and(|it| !it.is_current()));
    let subject = Subject {
        policy: reader.policy(),
        item: &whole,
        person: reader.person(),
        now: reader.now(),
        findings: &[],
        said: &said,
        anchors: &Anchors::default(),
        lacking: &[],
    };
    let states = states(reader, &proposal).await?;
    Ok(ProposalPage {
        page: frame,
        back: reader.urls.proposals(),
        title: proposal.title.clone(),
        description: (!proposal.description.is_empty())
            .then(|| SafeHtml::from_markdown(&proposal.description)),
        state,
        sentence: changes(reader.policy(), &writers, &titles),
        changed: moment(proposal.changed_at, reader.now()),
        problem: proposal.problem.as_deref().map(|why| shown(&not_read(why))),
        request: request(reader, branch).await?,
        update: (state == State::Open && is_outdated && !reader.policy().is_request(branch))
            .then(|| reader.urls.update(branch)),
        together: together(reader, &items),
        records: records(reader, &rows, &items, state).await?,
        discussion: said.iter().map(|said| subject.remark(said)).collect(),
        desk: desk(reader, &proposal, &whole, &items)?,
        since: since(reader, &proposal).await?,
        compare: Compare {
            action: reader.urls.between(branch),
            from: choices(&states, 0),
            to: choices(&states, states.len().saturating_sub(1)),
        },
        commits: commits(reader, &proposal).await?,
        details: details([
            (say("details-branch"), branch.to_owned()),
            (say("details-head"), proposal.head),
        ]),
    })
}

/// Which request of the git host this is, and what that means to whoever reads it here.
async fn request(reader: &Reader, branch: &str) -> Result<Option<RequestNote>, Failure> {
    let known = reader
        .web
        .accounts
        .request_of(&reader.desk.name, branch)
        .await?;
    let is_followed = reader.policy().is_request(branch);
    let number = request_ref(branch).map(|(_, number)| number);
    let number = known.as_ref().map(|known| known.number).or(number);
    let Some(number) = number.filter(|_| known.is_some() || is_followed) else {
        return Ok(None);
    };
    let number = number.to_string();
    let author = known.as_ref().map(|known| known.author.clone());
    Ok(Some(RequestNote {
        told: match author.filter(|author| !author.is_empty()) {
            Some(author) => say("proposals-request-of")
                .with("number", number)
                .with("name", author),
            None => say("proposals-request").with("number", number),
        },
        note: match is_followed {
            true => say("proposals-request-note"),
            false => Message::default(),
        },
        there: known.and_then(|known| Href::web(&known.address)),
    }))
}

fn not_read(why: &str) -> Refusal {
    Refusal::new(
        "PRO-READ-001",
        format!("the proposal is not read: {why}"),
        "bring it in order with git",
    )
}

/// Leads to everything that waits for the reader here.
fn together(reader: &Reader, items: &[Item]) -> Option<Link> {
    let mut href = reader.urls.bulk();
    let mut count = 0usize;
    for item in items {
        let place = place(reader.policy(), item, reader.person());
        if place.section == Part::Yours && place.is_yours {
            href = href.with("item", &item.target().to_string());
            count += 1;
        }
    }
    (count > 0).then(|| Link {
        label: say("proposals-together").with("count", count),
        href,
    })
}

async fn records(
    reader: &Reader,
    rows: &[ProposedRow],
    items: &[Item],
    state: State,
) -> Result<Vec<Proposed>, Failure> {
    let findings = review::findings_of(reader.desk.index.reader(), items).await?;
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        let item = items.iter().find(|item| item.path == row.path);
        let mut proposed = proposed(reader, row, item, state);
        if let Some(item) = item {
            let found = findings.get(&item.target()).into_iter().flatten();
            let blocking = found.filter(|row| row.severity == "blocking");
            proposed.findings = blocking.map(finding).collect();
            if rows.len() <= SHOWN {
                let review = review_of(reader, item, Page::default()).await?;
                proposed.version = match review.version {
                    Some(plan) => say("queue-will-be").with("version", plan.to),
                    None => Message::default(),
                };
                proposed.diff = Some(review.diff.within(records.len()));
            }
        }
        records.push(proposed);
    }
    Ok(records)
}

fn proposed(reader: &Reader, row: &ProposedRow, item: Option<&Item>, state: State) -> Proposed {
    let policy = reader.policy();
    let what = match item {
        _ if row.has_landed => say("proposals-has-landed"),
        None => say("proposals-removed"),
        Some(_) if row.blob_before.is_none() => say("proposals-new"),
        Some(_) if row.path_before != row.path => {
            say("proposals-renamed").with("path", &row.path_before)
        }
        Some(_) => say("proposals-revised"),
    };
    let href = match item {
        Some(item) => reader.urls.review_of(item),
        None => reader.urls.record(&row.record_id),
    };
    let may_edit = state == State::Open
        && item.is_some()
        && !policy.is_request(&row.branch)
        && may_take_part(policy, &row.collection, reader.person());
    Proposed {
        record: Link {
            label: verbatim(row.title.as_str()),
            href,
        },
        collection: row.collection.clone(),
        badge: badge(
            policy,
            &row.collection,
            row.attested_status.as_deref(),
            row.attested_version.clone(),
        ),
        what,
        turn: match item {
            Some(item) if state == State::Open => {
                why(reader, item, &place(policy, item, reader.person()))
            }
            None if !row.has_landed => say("proposals-removal"),
            Some(_) | None => Message::default(),
        },
        version: Message::default(),
        edit: may_edit.then(|| {
            reader
                .urls
                .edit(&row.record_id)
                .with("proposal", &row.branch)
        }),
        filing: may_edit.then(|| {
            let filing = reader.urls.filing(&row.record_id);
            filing.with("proposal", &row.branch).with("path", &row.path)
        }),
        findings: Vec::new(),
        diff: None,
    }
}

fn desk(
    reader: &Reader,
    proposal: &ProposalRow,
    whole: &Item,
    items: &[Item],
) -> Result<Desk, Failure> {
    let policy = reader.policy();
    let takes_part = |key: &str| {
        let person = policy.people.get(key);
        person.is_some_and(|person| may_take_part(policy, &whole.collection, person))
    };
    let asked = whole
        .decisions
        .iter()
        .rev()
        .find(|said| said.decision.act == Act::Assign)
        .map(|said| said.decision.about.clone())
        .unwrap_or_default();
    let state = State::read(&proposal.state);
    let people = policy
        .people
        .values()
        .filter(|person| takes_part(&person.key));
    let people = people.map(|person| Choice {
        value: person.key.clone(),
        label: verbatim(person.name.as_str()),
        is_chosen: asked.assignee.as_ref() == Some(&person.key),
    });
    let me = &reader.person().key;
    let is_open = state == State::Open;
    let unasked = || {
        items
            .iter()
            .any(|item| item.origin.as_ref().is_some_and(|it| !it.is_asked))
    };
    Ok(Desk {
        action: reader.urls.decisions(),
        hidden: hidden(reader, whole, &[])?,
        is_open_to_reader: takes_part(me),
        may_ask: is_open && unasked(),
        may_close: is_open,
        may_reopen: state == State::Closed,
        title: proposal.title.clone(),
        description: proposal.description.clone(),
        people: people.collect(),
        claim: (asked.assignee.as_ref() != Some(me)).then(|| me.clone()),
        assigned: assigned(reader, asked.assignee.as_deref(), asked.due.as_deref()),
        due: asked.due.unwrap_or_default(),
        text: String::new(),
        error: None,
    })
}

fn assigned(reader: &Reader, assignee: Option<&str>, due: Option<&str>) -> Message {
    let name = |key: &str| crate::web::showing::words::name_of(reader.policy(), key);
    match (assignee, due) {
        (Some(key), Some(day)) => say("proposals-assigned-until")
            .with("name", name(key))
            .with("day", day),
        (Some(key), None) => say("proposals-assigned").with("name", name(key)),
        (None, Some(day)) => say("proposals-due-by").with("day", day),
        (None, None) => Message::default(),
    }
}

/// Leads to what changed since the reader looked before this state, and notes that they look now.
async fn since(reader: &Reader, proposal: &ProposalRow) -> Result<Option<Href>, Failure> {
    let before = reader
        .web
        .accounts
        .look_at_proposal(
            &reader.session.address,
            &reader.desk.name,
            &proposal.branch,
            &proposal.head,
            reader.now(),
        )
        .await?;
    let between = reader.urls.between(&proposal.branch);
    Ok(before.map(|before| between.with("from", &before).with("to", &proposal.head)))
}

/// The proposal's own commits, each with what it changed since the one before it.
async fn commits(reader: &Reader, proposal: &ProposalRow) -> Result<Vec<Commit>, Failure> {
    let rows = index::proposal_commits(reader.desk.index.reader(), &proposal.branch).await?;
    let mut before = proposal.fork.clone().unwrap_or_default();
    let mut commits = Vec::with_capacity(rows.len());
    for row in rows {
        let writer = crate::id::Identity::new(&row.name, &row.address);
        let between = reader.urls.between(&proposal.branch);
        commits.push(Commit {
            name: person_of(reader.policy(), &writer),
            subject: row.subject,
            when: moment(row.authored_at, reader.now()),
            change: between.with("from", &before).with("to", &row.commit_id),
        });
        before = row.commit_id;
    }
    commits.reverse();
    Ok(commits)
}
