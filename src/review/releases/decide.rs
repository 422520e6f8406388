//! Decisions about a release: planned, let out, cancelled; and what the clock lets out.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use anyhow::{Result, anyhow};

use super::judge::{is_publishable, may_release, target_of};
use super::land::land;
use super::{Decided, DryRun, Landing, MemberRun, ReleaseAct, ReleaseOrder, run};
use crate::id::{BlobId, CommitId, Identity};
use crate::index::{self, ReleaseRow, Rules, RulesInForce};
use crate::ledger::{About, Act, Decision, JOURNAL_REF, Plan, instant, release_id};
use crate::policy::{Person, Policy};
use crate::refusal::Refusal;
use crate::repository::{CommitBuilder, NewCommit, RefMoved, Repository};
use crate::review::desk::adopted;
use crate::review::journal::journal_commit;
use crate::review::lock::{TRIES, wait_for};
use crate::review::people::server_identity;
use crate::review::refusals::{MAX_TEXT_CHARS, person_of};
use crate::review::{Desk, Item, items_at};

/// The most texts that go out together: more than anybody reads on one page, few enough to judge at once.
const MOST_MEMBERS: usize = 500;

/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// A decision that may stand, with the bytes that only its commit keeps.
struct Accepted {
    by: Identity,
    decision: Decision,
    at: i64,
    manifest: Option<String>,
}

/// Carries out an order about a release.
pub(in crate::review) async fn decide(
    desk: &Arc<Desk>,
    order: &ReleaseOrder,
) -> Result<Result<Decided, Refusal>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let pool = desk.index.reader();
        if let Some(decision) = index::decision_of_operation(pool, &order.operation).await? {
            return Ok(Ok(again(desk, order, decision).await?));
        }
        if order.act == ReleaseAct::Release
            && let Err(refusal) = desk.refuse_rewritten()
        {
            return Ok(Err(refusal));
        }
        let rules = desk.index.rules();
        let accepted = match judge_order(desk, &rules, order).await? {
            Ok(accepted) => accepted,
            Err(refusal) => return Ok(Err(refusal)),
        };
        match write(desk, accepted).await? {
            Ok(decision) => {
                let landing = match order.act {
                    ReleaseAct::Release => Some(land_now(desk, &order.name).await),
                    ReleaseAct::Plan(_) | ReleaseAct::Cancel => None,
                };
                desk.sync().await?;
                return Ok(Ok(Decided {
                    decision,
                    landing: landing.flatten(),
                }));
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the journal kept moving under us"))
}

/// The same order again: nothing is written, and what it led to is looked up.
async fn again(desk: &Arc<Desk>, order: &ReleaseOrder, decision: CommitId) -> Result<Decided> {
    let pool = desk.index.reader();
    let landed = index::released_as(pool, &order.name).await?;
    let commits = landed.iter().map(|row| row.commit_id.parse());
    let commits: Vec<CommitId> = commits.collect::<Result<_, _>>()?;
    Ok(Decided {
        decision,
        landing: (order.act == ReleaseAct::Release && !commits.is_empty()).then(|| Landing {
            release: order.name.clone(),
            landed: Ok(commits),
        }),
    })
}

/// The decision stands whatever becomes of this: what fails now is tried again.
async fn land_now(desk: &Arc<Desk>, name: &str) -> Option<Landing> {
    fail::fail_point!("between-journal-and-release", |_| None);
    match land(desk, name).await {
        Ok(landing) => landing,
        Err(error) => {
            desk.note_unfinished(true);
            tracing::error!(
                repository = desk.name,
                release = name,
                error = format!("{error:#}"),
                "a release stands in the journal and is not out; it is tried again in a moment"
            );
            None
        }
    }
}

/// Lets out what is due. Each is judged anew; one that cannot go out stays open and waits for a person, with the reason in the journal.
pub(in crate::review) async fn release_due(desk: &Arc<Desk>, now: i64) -> Result<Vec<Landing>> {
    desk.sync().await?;
    // What is due stays due while a rewritten history holds publishing.
    if adopted(&desk.index.rules()).is_err() || desk.refuse_rewritten().is_err() {
        return Ok(Vec::new());
    }
    let mut landings = Vec::new();
    for name in index::due_releases(desk.index.reader(), now).await? {
        landings.extend(release_one_due(desk, &name, now).await?);
    }
    Ok(landings)
}

async fn release_one_due(desk: &Arc<Desk>, name: &str, now: i64) -> Result<Option<Landing>> {
    for _ in 0..TRIES {
        desk.sync().await?;
        let release = index::release_named(desk.index.reader(), name).await?;
        let is_due = |release: &ReleaseRow| {
            release.state == "planned" && release.due.is_some_and(|due| due <= now)
        };
        let Some(release) = release.filter(is_due) else {
            return Ok(None);
        };
        let rules = desk.index.rules();
        let known = adopted(&rules)?;
        let found = run(desk, &rules, release, now).await?;
        let refusal = refuse_run(&known.policy, &found, &found.release.planner.address);
        let accepted = by_the_clock(known, &found.release, refusal.as_ref(), now)?;
        match write(desk, accepted).await? {
            Ok(_) => {
                desk.sync().await?;
                return Ok(match refusal {
                    None => land_now(desk, name).await,
                    Some(refusal) => Some(Landing {
                        release: name.to_owned(),
                        landed: Err(refusal),
                    }),
                });
            }
            Err(moved) => wait_for(&moved).await,
        }
    }
    Err(anyhow!("the journal kept moving under us"))
}

/// Whoever planned it lets it out at its time; that it cannot go out is the server's own word.
fn by_the_clock(
    rules: &Rules,
    release: &ReleaseRow,
    refusal: Option<&Refusal>,
    now: i64,
) -> Result<Accepted> {
    let (act, by) = match refusal {
        None => (Act::Release, release.planner.clone()),
        Some(_) => (Act::Fail, server_identity()),
    };
    let mut decision = decision(rules, &release.name, act, None, release.manifest.parse()?);
    decision.operation = format!("clock:{}", release.planned);
    decision.text = refusal
        .map(|refusal| refusal.cause.clone())
        .unwrap_or_default();
    decision.about.due = release.due.map(instant);
    Ok(Accepted {
        by,
        decision,
        at: now,
        manifest: None,
    })
}

/// Notes that a release that was let out could not go out after all.
pub(super) async fn fail_release(
    desk: &Arc<Desk>,
    rules: &RulesInForce,
    release: &ReleaseRow,
    refusal: &Refusal,
    at: i64,
) -> Result<Result<CommitId, RefMoved>> {
    let manifest = release.manifest.parse()?;
    let mut decision = decision(adopted(rules)?, &release.name, Act::Fail, None, manifest);
    decision.operation = format!("fail:{}:{at}", release.planned);
    decision.text.clone_from(&refusal.cause);
    let accepted = Accepted {
        by: server_identity(),
        decision,
        at,
        manifest: None,
    };
    write(desk, accepted).await
}

/// Why a release may not go out: whoever lets it out has lost the right, or something is in the way.
pub(super) fn refuse_run(policy: &Policy, run: &DryRun, address: &str) -> Option<Refusal> {
    let allowed = person_of(policy, address)
        .and_then(|person| refuse_rights(policy, person, &collections(policy, run)));
    match allowed {
        Err(refusal) => Some(refusal),
        Ok(()) => run.refusal(),
    }
}

/// The collections of a release's texts, of those that are gone too.
fn collections<'a>(policy: &'a Policy, run: &'a DryRun) -> BTreeSet<&'a str> {
    let of = |member: &'a MemberRun| match &member.item {
        Some(item) => Some(item.collection.as_str()),
        None => policy
            .collection_of(&member.member.path)
            .map(|collection| collection.name.as_str()),
    };
    run.members.iter().filter_map(of).collect()
}

/// The right to publish is asked for every collection of a release; where the policy knows none of them any more, for any.
pub(super) fn refuse_rights(
    policy: &Policy,
    person: &Person,
    collections: &BTreeSet<&str>,
) -> Result<(), Refusal> {
    let may = |collection: &str| may_release(policy, collection, person);
    let lacking = match collections.is_empty() {
        true if policy.collections.keys().any(|name| may(name)) => None,
        true => Some("this register"),
        false => collections.iter().copied().find(|name| !may(name)),
    };
    let Some(lacking) = lacking else {
        return Ok(());
    };
    let cause = format!(
        "{} may not take records of {lacking} to readers",
        person.name
    );
    Err(Refusal::new(
        "REL-RIGHT-001",
        cause,
        "leave the release to those who may, or leave those records out",
    ))
}

/// Judges an order against the release as it stands.
async fn judge_order(
    desk: &Arc<Desk>,
    rules: &RulesInForce,
    order: &ReleaseOrder,
) -> Result<Result<Accepted, Refusal>> {
    let known = match adopted(rules) {
        Ok(known) => known,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let person = match person_of(&known.policy, &order.by.address) {
        Ok(person) => person,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let by = Identity::new(&person.name, &order.by.address);
    let release = index::release_named(desk.index.reader(), &order.name).await?;
    if let Err(refusal) = refuse_state(order, release.as_ref()) {
        return Ok(Err(refusal));
    }
    let standing = match release {
        Some(release) => Some(run(desk, rules, release, order.at).await?),
        None => None,
    };
    let old = standing
        .as_ref()
        .map(|run| run.release.manifest.parse::<BlobId>());
    let old = old.transpose()?;
    if let Some(run) = &standing {
        let collections = collections(&known.policy, run);
        if let Err(refusal) = refuse_rights(&known.policy, person, &collections) {
            return Ok(Err(refusal));
        }
    }
    let (act, base, proposed, manifest) = match (&order.act, standing, old) {
        (ReleaseAct::Plan(plan), _, base) => {
            let plan = Plan::new(&plan.title, &plan.text, plan.due, plan.members.clone());
            if let Err(refusal) = judge_plan(desk, &known.policy, person, order, &plan).await? {
                return Ok(Err(refusal));
            }
            let manifest = plan.manifest();
            let blob = blob_of(desk, &manifest).await?;
            (Act::Plan, base, blob, Some(manifest))
        }
        (ReleaseAct::Release, Some(run), Some(manifest)) => {
            if let Some(refusal) = run.refusal() {
                return Ok(Err(refusal));
            }
            (Act::Release, None, manifest, None)
        }
        (ReleaseAct::Cancel, Some(_), Some(manifest)) => (Act::Cancel, None, manifest, None),
        (ReleaseAct::Release | ReleaseAct::Cancel, ..) => return Ok(Err(gone(&order.name))),
    };
    let mut decision = decision(known, &order.name, act, base, proposed);
    decision.operation.clone_from(&order.operation);
    decision.text.clone_from(&order.text);
    Ok(Ok(Accepted {
        by,
        decision,
        at: order.at,
        manifest,
    }))
}

async fn blob_of(desk: &Arc<Desk>, manifest: &str) -> Result<BlobId> {
    let bytes = manifest.as_bytes().to_vec();
    desk.on_repository(move |repository, _| repository.blob_id(&bytes))
        .await
}

/// The release is there, open, and the one that was read.
fn refuse_state(order: &ReleaseOrder, release: Option<&ReleaseRow>) -> Result<(), Refusal> {
    let is_new = matches!(order.act, ReleaseAct::Plan(_)) && order.seen.is_none();
    if order.text.chars().count() > MAX_TEXT_CHARS {
        return Err(Refusal::new(
            "REV-TEXT-002",
            format!("what you say is longer than {MAX_TEXT_CHARS} characters"),
            "say the essential here, and put the rest where it can be linked to",
        ));
    }
    match (release, is_new) {
        (None, true) if is_name(&order.name) => Ok(()),
        (None, true) => Err(Refusal::new(
            "REL-NAME-001",
            format!("\"{}\" cannot be a release's name in addresses", order.name),
            "use letters from a to z, digits and hyphens",
        )),
        (Some(_), true) => Err(Refusal::new(
            "REL-NAME-002",
            format!("there is a release of this name already: {}", order.name),
            "choose another name, or open that release",
        )),
        (None, false) => Err(gone(&order.name)),
        (Some(release), false) => {
            let is_open = matches!(release.state.as_str(), "planned" | "failed");
            if !is_open {
                return Err(Refusal::new(
                    "REL-STATE-001",
                    format!("the release is {} already", release.state),
                    "open it to see what became of it",
                ));
            }
            if order
                .seen
                .is_none_or(|seen| seen.to_string() != release.manifest)
            {
                return Err(Refusal::new(
                    "REL-STALE-001",
                    "the plan changed since you looked",
                    "read it again and decide anew; nothing was recorded",
                ));
            }
            Ok(())
        }
    }
}

fn gone(name: &str) -> Refusal {
    Refusal::new(
        "REL-GONE-001",
        format!("there is no release {name}"),
        "open the list of releases",
    )
}

/// A name in addresses: letters, digits and hyphens.
fn is_name(name: &str) -> bool {
    (1..=80).contains(&name.len())
        && !name.starts_with('-')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Every text of a plan is there as it was chosen, waits for no other release, and is the planner's to publish.
async fn judge_plan(
    desk: &Arc<Desk>,
    policy: &Policy,
    person: &Person,
    order: &ReleaseOrder,
    plan: &Plan,
) -> Result<Result<(), Refusal>> {
    if let Err(refusal) = refuse_form(plan, order.at) {
        return Ok(Err(refusal));
    }
    let targets: Vec<_> = plan.members.iter().map(target_of).collect();
    let items = items_at(desk.index.reader(), &targets).await?;
    let mut taken: HashSet<&str> = HashSet::new();
    for member in &plan.members {
        let item = items.iter().find(|item| item.target() == target_of(member));
        let Some(item) = item.filter(|item| item.proposed == member.blob) else {
            return Ok(Err(Refusal::new(
                "REL-PLAN-003",
                format!("{member} changed since you chose it, or is gone"),
                "look at it again, and plan with the text that stands now",
            )));
        };
        let collections = BTreeSet::from([item.collection.as_str()]);
        let refused = refuse_rights(policy, person, &collections)
            .and_then(|()| refuse_member(policy, &order.name, item));
        if let Err(refusal) = refused {
            return Ok(Err(refusal));
        }
        let keys = item.touches().into_iter().chain([item.record.0.as_str()]);
        for key in keys.collect::<HashSet<_>>() {
            if !taken.insert(key) {
                return Ok(Err(Refusal::new(
                    "REL-PLAN-005",
                    format!("two texts of the release are one record or one file: {key}"),
                    "leave one of the two out",
                )
                .in_path(item.record.0.clone())));
            }
        }
    }
    Ok(Ok(()))
}

fn refuse_member(policy: &Policy, release: &str, item: &Item) -> Result<(), Refusal> {
    if let Some(held) = item.held.as_ref().filter(|held| held.release != release) {
        return Err(Refusal::new(
            "REL-PLAN-004",
            format!("it waits for the release \"{}\" already", held.title),
            "leave it out here, or take it out of that release first",
        )
        .in_path(item.record.0.clone()));
    }
    if !is_publishable(policy, item) {
        return Err(Refusal::new(
            "REL-PLAN-006",
            "nothing of it waits to reach readers",
            "leave it out of the release",
        )
        .in_path(item.record.0.clone()));
    }
    Ok(())
}

fn refuse_form(plan: &Plan, now: i64) -> Result<(), Refusal> {
    let title = plan.title.chars().count();
    if !(1..=MAX_TITLE_CHARS).contains(&title) || plan.text.chars().count() > MAX_TEXT_CHARS {
        return Err(Refusal::new(
            "REL-PLAN-001",
            format!(
                "a release has a title of 1 to {MAX_TITLE_CHARS} characters and a text of at most {MAX_TEXT_CHARS}"
            ),
            "write what it is about in one line, and the rest below it",
        ));
    }
    if !(1..=MOST_MEMBERS).contains(&plan.members.len()) {
        return Err(Refusal::new(
            "REL-PLAN-002",
            format!(
                "a release holds 1 to {MOST_MEMBERS} texts, and this one holds {}",
                plan.members.len()
            ),
            "choose what goes out together",
        ));
    }
    if plan.due.is_some_and(|due| due <= now) {
        return Err(Refusal::new(
            "REL-DUE-001",
            "the time it is planned for has passed",
            "choose a later one, or none and release it by hand",
        ));
    }
    Ok(())
}

fn decision(
    rules: &Rules,
    name: &str,
    act: Act,
    base: Option<BlobId>,
    proposed: BlobId,
) -> Decision {
    let record = release_id(name);
    Decision {
        act,
        transition: None,
        path: record.0.clone(),
        record,
        base,
        proposed,
        policy: rules.blob,
        bump: None,
        operation: String::new(),
        text: String::new(),
        about: About::default(),
    }
}

/// Writes a decision where the journal ends as it was judged; the inner error says that it moved meanwhile.
async fn write(desk: &Arc<Desk>, accepted: Accepted) -> Result<Result<CommitId, RefMoved>> {
    let journal = desk.index.heads().await?.journal;
    desk.on_repository(move |repository, desk| write_at(repository, desk, accepted, journal))
        .await
}

fn write_at(
    repository: &Repository,
    desk: &Desk,
    accepted: Accepted,
    journal: Option<CommitId>,
) -> Result<Result<CommitId, RefMoved>> {
    let objects = repository.objects()?;
    let builder = CommitBuilder::begin(repository, &objects, &desk.key)?;
    if let Some(manifest) = &accepted.manifest {
        builder.blob(manifest.as_bytes())?;
    }
    let said = (accepted.by, accepted.decision);
    let commit: NewCommit = journal_commit(&said, &[], accepted.at, journal)?;
    let head = builder.commit(&commit)?;
    builder.store()?;
    fail::fail_point!("between-journal-object-and-ref");
    let moved = desk.move_ref(
        repository,
        JOURNAL_REF,
        journal,
        head,
        "countersign: release",
    )?;
    Ok(moved.map(|()| head))
}
