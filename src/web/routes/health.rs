//! Is it well? What the rules found, what cannot be read, and what stands where it should not.

use axum::response::Response;

use crate::index::{self, RecordRow, RemovedRow};
use crate::refusal::Refusal;
use crate::review::{Edited, Publication};
use crate::web::failure::{Failure, sentence};
use crate::web::frame;
use crate::web::language::{Message, meaning, mend, say, verbatim};
use crate::web::moments::moment;
use crate::web::pages::health::{Check, HealthPage, Unread};
use crate::web::pages::layout::{Section, Tone};
use crate::web::pages::parts::{Finding, Link};
use crate::web::reader::Reader;
use crate::web::showing::{self, parts::finding};

/// Shows how the register stands.
pub async fn show(reader: Reader) -> Result<Response, Failure> {
    let pool = reader.desk.index.reader();
    let unread = index::records_at(pool, &index::quarantined_paths(pool).await?).await?;
    let mut checks = vec![up_to_date(&reader).await?];
    checks.push(published(&reader));
    checks.extend(key(&reader));
    checks.extend(remote(&reader));
    checks.extend(webhooks(&reader).await?);
    checks.extend(targets(&reader).await?);
    checks.extend(reader.desk.left_alone().into_iter().map(|left| Check {
        exact: sentence(left.reason),
        ..check(
            Tone::Warning,
            say("health-working-copy"),
            say("health-left-alone").with("path", left.path),
            say("health-left-alone-next"),
        )
    }));
    checks.extend(reader.desk.edited().iter().map(not_committed));
    checks.extend(counted(&reader).await?);
    checks.sort_by_key(|check| match check.tone {
        Tone::Wrong => 0,
        Tone::Warning => 1,
        Tone::Good => 2,
    });
    frame::show(&HealthPage {
        hosting: reader.urls.hosting(),
        targets: reader.urls.targets(),
        page: reader.page(Some(Section::Health)).await?,
        checks,
        quarantined: unread.iter().map(|row| told(&reader, row)).collect(),
        findings: found(&reader).await?,
    })
}

/// The targets that are not told everything.
async fn targets(reader: &Reader) -> Result<Vec<Check>, Failure> {
    let mut checks = Vec::new();
    for target in reader.policy().targets.values() {
        let standing = showing::targets::standing(reader, target).await?;
        if !standing.is_set {
            // One without an address may ask for events by itself; the page of targets says so.
            continue;
        }
        let standing = standing.shown();
        let name = verbatim(target.title.as_str());
        let sentence = standing.word;
        checks.push(check(standing.tone, name, sentence, Message::default()));
    }
    Ok(checks)
}

fn told(reader: &Reader, row: &RecordRow) -> Unread {
    let code = row.problem_code.clone().unwrap_or_default();
    let exact = row.problem.clone().unwrap_or_default();
    let why = meaning(code.as_str(), exact.as_str());
    Unread {
        file: Link {
            label: verbatim(row.path.as_str()),
            href: reader.urls.record(&row.id).with("path", &row.path),
        },
        why: match row.problem_line {
            Some(line) => say("health-unread-line")
                .with("line", line)
                .with("why", why),
            None => why,
        },
        code,
        exact,
    }
}

async fn found(reader: &Reader) -> Result<Vec<(Link, Vec<Finding>)>, Failure> {
    let pool = reader.desk.index.reader();
    let paths = index::paths_with_findings(pool).await?;
    let rows = index::records_at(pool, &paths).await?;
    let mut findings = index::by_key(index::findings_at(pool, &paths).await?, |row| {
        row.path.clone()
    });
    Ok(paths
        .iter()
        .filter_map(|path| rows.iter().find(|row| row.path == *path))
        .map(|row| {
            let link = Link {
                label: verbatim(row.title.as_str()),
                href: reader.urls.record(&row.id),
            };
            let found = findings.remove(&row.path).unwrap_or_default();
            (link, found.iter().map(finding).collect())
        })
        .collect())
}

/// A record that somebody edits in the working copy that is served, with what the rules find in it as it stands on disk.
fn not_committed(edited: &Edited) -> Check {
    let Edited { path, findings } = edited;
    let sentence = match findings.as_deref() {
        None => say("health-removed-here"),
        Some([]) => say("health-edited-well"),
        Some([first, rest @ ..]) => say("health-edited")
            .with("finding", found_here(first))
            .with("more", rest.len()),
    };
    check(
        Tone::Warning,
        say("health-not-committed"),
        sentence.with("path", path),
        say("health-commit-it"),
    )
}

fn found_here(finding: &crate::check::Finding) -> Message {
    let why = meaning(finding.code.as_str(), finding.message.as_str());
    match finding.line {
        Some(line) => say("health-unread-line")
            .with("line", line)
            .with("why", why),
        None => why,
    }
}

/// Whether the pages show the tip.
async fn up_to_date(reader: &Reader) -> Result<Check, Failure> {
    let shown = reader.desk.index.heads().await?.tip;
    let tip = reader
        .desk
        .on_repository(|repository, desk| repository.head_of(&desk.tip_ref))
        .await?;
    Ok(match shown == tip {
        true => well(say("health-pages"), say("health-pages-new")),
        false => check(
            Tone::Warning,
            say("health-pages"),
            say("health-pages-old"),
            say("health-pages-next"),
        ),
    })
}

/// Whether what this server signs counts; nothing is said where it does.
fn key(reader: &Reader) -> Option<Check> {
    let why = reader.desk.refuse_strange_key().err()?;
    let cause = meaning(why.code, sentence(&why.cause).as_str());
    Some(refused(say("health-key"), cause, &why))
}

/// Whether readers see what is committed here.
fn published(reader: &Reader) -> Check {
    match reader.desk.publication() {
        Publication::Published => well(say("health-publication"), say("health-published")),
        Publication::Pending(why) => {
            let cause = meaning(why.code, sentence(&why.cause).as_str());
            refused(say("health-publication"), cause, &why)
        }
    }
}

/// Whether the remote answers, and what is not there that should be; nothing where there is none.
fn remote(reader: &Reader) -> Vec<Check> {
    let desk = &reader.desk;
    if !desk.has_remote() {
        return Vec::new();
    }
    let look = desk.remote_look();
    let when = |at: i64| moment(at, reader.now()).words;
    let seen = match (look.failing_since, look.seen_at) {
        (Some(since), _) => check(
            Tone::Wrong,
            say("health-remote"),
            say("health-remote-failing").with("when", when(since)),
            look.failure.map_or_else(Message::default, |failure| {
                mend(failure.code, sentence(&failure.next).as_str())
            }),
        ),
        (None, Some(at)) => well(
            say("health-remote"),
            say("health-remote-seen").with("when", when(at)),
        ),
        (None, None) => well(say("health-remote"), say("health-remote-new")),
    };
    let told = |name: Message, what: Message, why: &Refusal| {
        let cause = meaning(why.code, sentence(&why.cause).as_str());
        refused(name, what.with("why", cause), why)
    };
    let unsent = desk.unsent().into_iter().map(|one| {
        let what = say("health-unsent-what").with("branch", one.branch);
        told(say("health-unsent"), what, &one.refusal)
    });
    let mirrors = desk.mirrors().into_iter().map(|(address, why)| {
        let what = say("health-mirror-what").with("address", address);
        told(say("health-mirror"), what, &why)
    });
    let api = desk.host_api();
    let api = api.map(|why| told(say("health-api"), say("health-api-what"), &why));
    std::iter::once(seen)
        .chain(unsent)
        .chain(mirrors)
        .chain(api)
        .collect()
}

/// How long a webhook may be on its way before it is missed, in seconds.
const ON_ITS_WAY: i64 = 60;

/// Whether the host tells of what it holds; nothing where no webhook is taken.
async fn webhooks(reader: &Reader) -> Result<Option<Check>, Failure> {
    let (accounts, name) = (&reader.web.accounts, reader.desk.name.as_str());
    if accounts.hooks(name).await?.is_empty() {
        return Ok(None);
    }
    let last = accounts.last_proven(name).await?;
    let when = |at: i64| moment(at, reader.now()).words;
    let found = reader.desk.remote_look().found_by_timer_at.filter(|at| {
        let is_told = last.is_some_and(|last| last >= at - ON_ITS_WAY);
        !is_told && reader.now() >= at + ON_ITS_WAY
    });
    Ok(Some(match (found, last) {
        (Some(at), _) => check(
            Tone::Warning,
            say("health-webhooks"),
            say("health-webhooks-missed").with("when", when(at)),
            say("health-webhooks-next"),
        ),
        (None, Some(last)) => well(
            say("health-webhooks"),
            say("health-webhooks-last").with("when", when(last)),
        ),
        (None, None) => well(say("health-webhooks"), say("health-webhooks-none")),
    }))
}

async fn counted(reader: &Reader) -> Result<Vec<Check>, Failure> {
    let pool = reader.desk.index.reader();
    let totals = index::totals(pool).await?;
    let mut checks = vec![
        match totals.quarantined {
            0 => well(say("health-reading"), say("health-all-read")),
            count => check(
                Tone::Warning,
                say("health-reading"),
                say("health-unread").with("count", count),
                say("health-unread-next"),
            ),
        },
        match totals.changed {
            0 => well(say("health-review"), say("health-all-reviewed")),
            count => check(
                Tone::Warning,
                say("health-review"),
                say("health-outside").with("count", count),
                say("health-outside-next"),
            ),
        },
    ];
    checks.extend(presence(reader).await?);
    checks.extend(signatures(reader).await?);
    Ok(checks)
}

async fn presence(reader: &Reader) -> Result<Vec<Check>, Failure> {
    let removed = index::removed_records(reader.desk.index.reader()).await?;
    if removed.is_empty() {
        return Ok(vec![well(say("health-presence"), say("health-all-there"))]);
    }
    let gone = |row: RemovedRow| {
        let sentence = say("health-gone")
            .with("record", row.id)
            .with("status", row.attested_status)
            .with("path", row.path);
        check(
            Tone::Wrong,
            say("health-presence"),
            sentence,
            say("health-gone-next"),
        )
    };
    Ok(removed.into_iter().map(gone).collect())
}

async fn signatures(reader: &Reader) -> Result<Vec<Check>, Failure> {
    let strays = index::strays(reader.desk.index.reader()).await?;
    if strays.is_empty() {
        let proven = say("health-all-proven");
        return Ok(vec![well(say("health-signatures"), proven)]);
    }
    let unproven = |(commit, reason): (String, String)| Check {
        exact: sentence(&reason),
        ..check(
            Tone::Wrong,
            say("health-signatures"),
            say("health-unproven").with("commit", commit),
            say("health-unproven-next"),
        )
    };
    Ok(strays.into_iter().map(unproven).collect())
}

/// A refusal that stands until its cause is gone, with its exact words.
fn refused(name: Message, what: Message, why: &Refusal) -> Check {
    let (cause, next) = (sentence(&why.cause), sentence(&why.next));
    Check {
        code: why.code.to_owned(),
        exact: format!("{cause}. {next}"),
        ..check(Tone::Wrong, name, what, mend(why.code, next.as_str()))
    }
}

fn well(name: Message, sentence: Message) -> Check {
    check(Tone::Good, name, sentence, Message::default())
}

fn check(tone: Tone, name: Message, sentence: Message, next: Message) -> Check {
    Check {
        tone,
        name,
        sentence,
        next,
        code: String::new(),
        exact: String::new(),
    }
}
