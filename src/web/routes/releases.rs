//! Releases: the list, one release with its dry run, and the form that plans one.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::id::BlobId;
use crate::index::{self, AttestationRow, ReleaseRow};
use crate::ledger::{Member as Planned, Plan, instant, read_instant, release_id};
use crate::record::diff::slug;
use crate::refusal::Refusal;
use crate::review::{
    self, DryRun, Item, MemberRun, ReleaseAct, ReleaseOrder, Target, may_release, releasable,
};
use crate::web::failure::{Failure, foreign_form, no_such_act, shown, status_of};
use crate::web::form::Fields;
use crate::web::frame;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::layout::Section;
use crate::web::pages::parts::Link;
use crate::web::pages::releases::{
    Acts, Candidate, Member, PlanPage, Referrer, ReleasePage, ReleasesPage, Row,
};
use crate::web::reader::{Attempt, Reader};
use crate::web::showing::releases::{became, becomes, event, obstacle, state};
use crate::web::token::{self, ANY_FORM};

/// Ended releases of a page.
const PAGE: i64 = 30;

/// Texts that a plan offers to choose from: more than anybody reads through.
const MOST: i64 = 300;

/// Which page of the list is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: String,
}

/// Which release is planned anew, if one is.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    release: String,
}

/// Shows what is planned and what became of earlier plans.
pub async fn list(reader: Reader, Query(asked): Query<Asked>) -> Result<Response, Failure> {
    let pool = reader.desk.index.reader();
    let number = asked.page.parse().unwrap_or(1).clamp(1, 1000_i64);
    let open = index::releases_in(pool, true, 0, MOST).await?;
    let mut ended = index::releases_in(pool, false, (number - 1) * PAGE, PAGE + 1).await?;
    let more = i64::try_from(ended.len()).is_ok_and(|count| count > PAGE);
    ended.truncate(usize::try_from(PAGE).unwrap_or_default());
    let row = |release: &ReleaseRow| row(&reader, release);
    frame::show(&ReleasesPage {
        plan: may_plan(&reader).then(|| reader.urls.plan()),
        open: open.iter().map(row).collect(),
        ended: ended.iter().map(row).collect(),
        earlier: more.then(|| {
            reader
                .urls
                .releases()
                .with("page", &(number + 1).to_string())
        }),
        page: reader.page(Some(Section::Releases)).await?,
    })
}

fn may_plan(reader: &Reader) -> bool {
    let mut names = reader.policy().collections.keys();
    names.any(|name| may_release(reader.policy(), name, reader.person()))
}

fn row(reader: &Reader, release: &ReleaseRow) -> Row {
    let (state, tone) = state(release, reader.now());
    Row {
        release: Link {
            label: verbatim(release.title.as_str()),
            href: reader.urls.release(&release.name),
        },
        state,
        tone,
        texts: say("release-texts").with("count", release.members),
    }
}

/// Shows one release, and what would happen if it went out now.
pub async fn show(
    reader: Reader,
    Path((_, name)): Path<(String, String)>,
) -> Result<Response, Failure> {
    frame::show(&make(&reader, &name).await?)
}

/// Lets a release out, or gives it up.
pub async fn act(
    Path((_, name)): Path<(String, String)>,
    attempt: Attempt,
) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    let act = match fields.get("act") {
        "release" => Ok(ReleaseAct::Release),
        "cancel" => Ok(ReleaseAct::Cancel),
        _ => Err(no_such_act()),
    };
    let done = match act {
        _ if !is_own => Err(foreign_form()),
        Err(refusal) => Err(refusal),
        Ok(act) => order(&reader, &name, act, &fields).await,
    };
    match done {
        Ok(()) => Ok(Redirect::to(&reader.urls.release(&name).to_string()).into_response()),
        Err(refusal) => {
            let mut page = make(&reader, &name)
                .await
                .map_err(|failure| failure.with_typed(fields.typed()))?;
            let Some(acts) = &mut page.acts else {
                return Err(Failure::from(refusal).with_typed(fields.typed()));
            };
            acts.error = Some(shown(&refusal));
            acts.reason = fields.get("reason").to_owned();
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

async fn order(
    reader: &Reader,
    name: &str,
    act: ReleaseAct,
    fields: &Fields,
) -> Result<(), Refusal> {
    let order = ReleaseOrder {
        by: reader.identity(),
        name: name.to_owned(),
        act,
        seen: fields.get("seen").parse::<BlobId>().ok(),
        text: fields.get("reason").replace("\r\n", "\n"),
        operation: fields.get("operation").to_owned(),
        at: reader.now(),
    };
    reader.committer.release(order).await.map(|_| ())
}

async fn make(reader: &Reader, name: &str) -> Result<ReleasePage, Failure> {
    let pool = reader.desk.index.reader();
    let found = index::release_named(pool, name).await?;
    let release = found.ok_or_else(Failure::nothing_here)?;
    let run = match release.is_open() {
        true => reader.desk.dry_run(name, reader.now()).await?,
        false => None,
    };
    let members = match &run {
        Some(run) => run.members.iter().map(|run| member(reader, run)).collect(),
        None => ended_members(reader, &release).await?,
    };
    let referrers = run.iter().flat_map(|run| &run.referrers);
    let referrers = referrers.map(|one| Referrer {
        record: Link {
            label: verbatim(one.title.as_str()),
            href: reader.urls.record(&one.record.0),
        },
        refers: say("release-refers")
            .with("field", one.field.as_str())
            .with("record", one.target.0.as_str()),
    });
    let said = index::decisions_of(pool, &[release_id(name).0]).await?;
    let (state, tone) = state(&release, reader.now());
    Ok(ReleasePage {
        page: reader.page(Some(Section::Releases)).await?,
        back: reader.urls.releases(),
        title: release.title.clone(),
        text: release.text.clone(),
        state,
        tone,
        reason: match release.state.as_str() {
            "failed" | "cancelled" => release.reason.clone(),
            _ => String::new(),
        },
        outlook: outlook(&release, run.as_ref()),
        members,
        referrers: referrers.collect(),
        events: said
            .iter()
            .map(|row| event(reader.policy(), row, reader.now()))
            .collect(),
        acts: match &run {
            Some(run) => acts(reader, &release, run)?,
            None => None,
        },
    })
}

fn outlook(release: &ReleaseRow, run: Option<&DryRun>) -> Message {
    match (run, release.state.as_str()) {
        (Some(run), _) if run.is_ready() => say("release-all-ready"),
        (Some(run), _) => {
            let members = run.members.iter();
            let waiting = members.filter(|member| !member.obstacles.is_empty());
            say("release-not-ready").with("count", waiting.count())
        }
        (None, "released") => say("release-went-out"),
        (None, _) => say("release-let-go"),
    }
}

/// Those who may publish all of it may let it out, change it and give it up.
fn acts(reader: &Reader, release: &ReleaseRow, run: &DryRun) -> Result<Option<Acts>, Failure> {
    let may = |member: &MemberRun| {
        let collection = match &member.item {
            Some(item) => Some(item.collection.as_str()),
            None => {
                let owner = reader.policy().collection_of(&member.member.path);
                owner.map(|owner| owner.name.as_str())
            }
        };
        collection.is_none_or(|name| may_release(reader.policy(), name, reader.person()))
    };
    let is_settled = release.state == "releasing";
    if is_settled || !may_plan(reader) || !run.members.iter().all(may) {
        return Ok(None);
    }
    Ok(Some(Acts {
        action: reader.urls.release(&release.name),
        hidden: vec![
            ("csrf".to_owned(), reader.token(ANY_FORM)),
            ("operation".to_owned(), token::operation()?),
            ("seen".to_owned(), release.manifest.clone()),
        ],
        change: reader.urls.plan().with("release", &release.name),
        release: run
            .is_ready()
            .then(|| say("release-now").with("count", run.members.len())),
        reason: String::new(),
        error: None,
    }))
}

fn member(reader: &Reader, run: &MemberRun) -> Member {
    let obstacles = run.obstacles.iter();
    Member {
        record: match &run.item {
            Some(item) => Link {
                label: verbatim(item.title.as_str()),
                href: page_of(reader, item),
            },
            None => Link {
                label: verbatim(run.member.path.as_str()),
                href: reader.urls.records(),
            },
        },
        origin: origin(&run.member),
        becomes: becomes(run),
        obstacles: obstacles
            .flat_map(|one| obstacle(reader.policy(), one))
            .collect(),
        is_out: false,
    }
}

fn page_of(reader: &Reader, item: &Item) -> crate::web::href::Href {
    match item.origin {
        Some(_) => reader.urls.record(&item.record.0),
        None => reader.urls.review(&item.record.0),
    }
}

fn origin(member: &Planned) -> Message {
    match &member.proposal {
        Some(branch) => say("release-from-proposal").with("branch", branch.as_str()),
        None => Message::default(),
    }
}

/// The texts of a release that is over: what became of each, where it went out.
async fn ended_members(reader: &Reader, release: &ReleaseRow) -> Result<Vec<Member>, Failure> {
    let pool = reader.desk.index.reader();
    let planned = index::release_members(pool, release.position).await?;
    let landed = index::released_as(pool, &release.name).await?;
    let ids: Vec<String> = landed.iter().map(|row| row.record_id.clone()).collect();
    let titles = index::titles(pool, &ids).await?;
    let of = |member: &Planned| landed.iter().find(|row| row.path == member.path);
    let record = |member: &Planned, row: Option<&AttestationRow>| match row {
        Some(row) => Link {
            label: verbatim(
                titles
                    .get(&row.record_id)
                    .unwrap_or(&row.record_id)
                    .as_str(),
            ),
            href: reader.urls.record(&row.record_id),
        },
        None => Link {
            label: verbatim(member.path.as_str()),
            href: reader.urls.records(),
        },
    };
    Ok(planned
        .iter()
        .map(|member| Member {
            record: record(member, of(member)),
            origin: origin(member),
            becomes: of(member).map(became).unwrap_or_default(),
            obstacles: Vec::new(),
            is_out: of(member).is_some(),
        })
        .collect())
}

/// Shows the form of a plan: a new one, or that of a release as it stands.
pub async fn show_plan(reader: Reader, Query(which): Query<Which>) -> Result<Response, Failure> {
    let pool = reader.desk.index.reader();
    let mut fields = vec![("release".to_owned(), which.release.clone())];
    if !which.release.is_empty() {
        let found = index::release_named(pool, &which.release).await?;
        let release = found.ok_or_else(Failure::nothing_here)?;
        fields.push(("title".to_owned(), release.title));
        fields.push(("text".to_owned(), release.text));
        let due = release.due.map(instant).unwrap_or_default();
        let due = due.trim_end_matches('Z').trim_end_matches(":00");
        fields.push(("due".to_owned(), due.to_owned()));
        fields.push(("seen".to_owned(), release.manifest));
        for member in index::release_members(pool, release.position).await? {
            fields.push(("member".to_owned(), value_of(&member)?));
        }
    }
    frame::show(&plan_page(&reader, &Fields::from(fields)).await?)
}

/// Records a plan and leads on to its release.
pub async fn plan(attempt: Attempt) -> Result<Response, Failure> {
    let Attempt {
        reader,
        fields,
        is_own,
    } = attempt;
    let planned = match is_own {
        true => record_plan(&reader, &fields).await?,
        false => Err(foreign_form()),
    };
    match planned {
        Ok(name) => Ok(Redirect::to(&reader.urls.release(&name).to_string()).into_response()),
        Err(refusal) => {
            let mut page = plan_page(&reader, &fields).await?;
            page.error = Some(shown(&refusal));
            frame::show_with(status_of(refusal.code), &page)
        }
    }
}

async fn record_plan(reader: &Reader, fields: &Fields) -> Result<Result<String, Refusal>, Failure> {
    let read = || -> Result<Plan, Refusal> {
        let members = fields.all("member").map(read_member);
        Ok(Plan::new(
            fields.get("title"),
            fields.get("text"),
            read_due(fields.get("due"))?,
            members.collect::<Result<_, _>>()?,
        ))
    };
    let plan = match read() {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let name = match fields.get("release") {
        "" => free_name(reader, &plan.title).await?,
        name => name.to_owned(),
    };
    let ordered = order(reader, &name, ReleaseAct::Plan(plan), fields).await;
    Ok(ordered.map(|()| name))
}

/// A name that no release has: the title's, with a number where that is taken.
async fn free_name(reader: &Reader, title: &str) -> Result<String, Failure> {
    let pool = reader.desk.index.reader();
    let name: String = slug(title)
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-')
        .take(60)
        .collect();
    let name = match name.trim_matches('-') {
        "" => "release",
        name => name,
    };
    let mut free = name.to_owned();
    for number in 2..1000 {
        if index::release_named(pool, &free).await?.is_none() {
            break;
        }
        free = format!("{name}-{number}");
    }
    Ok(free)
}

/// A browser sends a day and a time without a zone, which the label says is UTC.
fn read_due(text: &str) -> Result<Option<i64>, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = [text.to_owned(), format!("{text}Z"), format!("{text}:00Z")]
        .iter()
        .find_map(|text| read_instant(text).ok());
    match read {
        Some(due) => Ok(Some(due)),
        None => Err(Refusal::new(
            "REL-DUE-001",
            format!("\"{text}\" is no time"),
            "write it as 2026-12-31T09:00, in UTC",
        )),
    }
}

fn value_of(member: &Planned) -> Result<String, Failure> {
    let parts = (member.blob.to_string(), &member.proposal, &member.path);
    Ok(serde_json::to_string(&parts).map_err(anyhow::Error::from)?)
}

fn read_member(value: &str) -> Result<Planned, Refusal> {
    let wrong = || {
        Refusal::new(
            "REL-PLAN-003",
            "a text of the form is none that this page offered",
            "open the page again and choose from what it shows",
        )
    };
    let (blob, proposal, path): (String, Option<String>, String) =
        serde_json::from_str(value).map_err(|_| wrong())?;
    Ok(Planned {
        blob: blob.parse().map_err(|_| wrong())?,
        proposal,
        path,
    })
}

async fn plan_page(reader: &Reader, fields: &Fields) -> Result<PlanPage, Failure> {
    let release = fields.get("release");
    let chosen: Vec<Planned> = fields
        .all("member")
        .filter_map(|value| read_member(value).ok())
        .collect();
    let (heading, button, back) = match release {
        "" => (
            say("plan-heading"),
            say("plan-button"),
            reader.urls.releases(),
        ),
        name => (
            say("plan-heading-change"),
            say("plan-button-change"),
            reader.urls.release(name),
        ),
    };
    Ok(PlanPage {
        page: reader.page(Some(Section::Releases)).await?,
        heading,
        back: Link {
            label: say("section-releases"),
            href: back,
        },
        action: reader.urls.plan(),
        hidden: vec![
            ("csrf".to_owned(), reader.token(ANY_FORM)),
            ("operation".to_owned(), token::operation()?),
            ("release".to_owned(), release.to_owned()),
            ("seen".to_owned(), fields.get("seen").to_owned()),
        ],
        title: fields.get("title").to_owned(),
        text: fields.get("text").to_owned(),
        due: fields.get("due").to_owned(),
        candidates: candidates(reader, release, &chosen).await?,
        button,
        error: None,
    })
}

/// Returns what can go out: texts of proposals, then what waits on the published branch. A text that changed since it was chosen is offered as it stands.
async fn candidates(
    reader: &Reader,
    release: &str,
    chosen: &[Planned],
) -> Result<Vec<Candidate>, Failure> {
    let pool = reader.desk.index.reader();
    let branches = index::open_branches(pool, MOST).await?;
    let mut items = review::proposed_items(pool, &branches).await?;
    let waiting = index::oldest_open_paths(pool, MOST).await?.into_iter();
    let named = chosen.iter().map(|member| member.path.clone());
    let mut paths: Vec<String> = waiting.chain(named).collect();
    paths.sort();
    paths.dedup();
    let published: Vec<Target> = paths.into_iter().map(Target::published).collect();
    items.extend(review::items_at(pool, &published).await?);
    items.retain(|item| releasable(reader.policy(), item, reader.person(), release));
    let is_chosen = |item: &Item| {
        let target = item.target();
        let mut chosen = chosen.iter();
        chosen.any(|member| member.proposal == target.proposal && member.path == target.path)
    };
    items.sort_by_key(|item| (!is_chosen(item), item.origin.is_none()));
    let limit = usize::try_from(MOST).unwrap_or_default().max(chosen.len());
    let shown = items.iter().take(limit);
    shown
        .map(|item| candidate(reader, item, is_chosen(item)))
        .collect()
}

fn candidate(reader: &Reader, item: &Item, is_chosen: bool) -> Result<Candidate, Failure> {
    let target = item.target();
    let workflow = item.workflow(reader.policy());
    let status = workflow.map_or("", |workflow| item.status(workflow));
    let facts = match &target.proposal {
        Some(branch) => say("plan-proposed").with("branch", branch.as_str()),
        None => say("plan-published").with("status", status),
    };
    Ok(Candidate {
        value: value_of(&Planned {
            blob: item.proposed,
            proposal: target.proposal,
            path: target.path,
        })?,
        title: item.title.clone(),
        facts: facts.with("collection", item.collection.as_str()),
        href: page_of(reader, item),
        is_chosen,
    })
}
