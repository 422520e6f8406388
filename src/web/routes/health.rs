//! Is it well? What the rules found, what cannot be read, and what stands where it should not.

use axum::response::Response;

use crate::index::{self, RecordRow};
use crate::review::{Edited, Publication};
use crate::web::failure::{Failure, sentence};
use crate::web::frame;
use crate::web::pages::health::{Check, HealthPage};
use crate::web::pages::layout::{Section, Tone};
use crate::web::pages::parts::{Finding, Link};
use crate::web::reader::Reader;
use crate::web::showing::parts::finding;

/// Shows how the register stands.
pub async fn show(reader: Reader) -> Result<Response, Failure> {
    let pool = reader.desk.index.reader();
    let unread = index::records_at(pool, &index::quarantined_paths(pool).await?).await?;
    let mut checks = vec![up_to_date(&reader).await?];
    checks.push(published(&reader));
    checks.extend(reader.desk.left_alone().into_iter().map(|left| {
        check(
            Tone::Warning,
            "Working copy",
            &format!("{} was left as it is: {}", left.path, left.reason),
            "Compare it with the commit and bring it along with git",
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
        page: reader.page(Some(Section::Health)).await?,
        checks,
        quarantined: unread.iter().map(|row| told(&reader, row)).collect(),
        findings: found(&reader).await?,
    })
}

fn told(reader: &Reader, row: &RecordRow) -> (Link, String) {
    let link = Link {
        label: row.path.clone(),
        href: reader.urls.record(&row.id).with("path", &row.path),
    };
    let place = row
        .problem_line
        .map(|line| format!("line {line}: "))
        .unwrap_or_default();
    (
        link,
        format!("{place}{}", row.problem.as_deref().unwrap_or_default()),
    )
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
                label: row.title.clone(),
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
    let told = match findings {
        None => format!("{path} was removed and the removal is not committed"),
        Some(findings) => match findings.as_slice() {
            [] => format!("{path} is edited and not committed; the rules find nothing wrong"),
            [first, rest @ ..] => {
                let place = first
                    .line
                    .map(|line| format!("line {line}: "))
                    .unwrap_or_default();
                let more = if rest.is_empty() {
                    String::new()
                } else {
                    format!(", and {} more", rest.len())
                };
                format!(
                    "{path} is edited and not committed; {place}{}{more}",
                    first.message
                )
            }
        },
    };
    let next = "Commit it with git when it is done; nothing here counts before that";
    check(Tone::Warning, "Not committed", &told, next)
}

/// Whether the pages show the tip.
async fn up_to_date(reader: &Reader) -> Result<Check, Failure> {
    let shown = reader.desk.index.heads().await?.tip;
    let tip = reader
        .desk
        .on_repository(|repository, desk| repository.head_of(&desk.tip_ref))
        .await?;
    Ok(match shown == tip {
        true => check(
            Tone::Good,
            "Pages",
            "They show the newest state of the repository",
            "",
        ),
        false => check(
            Tone::Warning,
            "Pages",
            "They are behind the repository by at least one commit",
            "Wait a moment and look again; if it stays, ask the operator to read the server's log",
        ),
    })
}

/// Whether readers see what is committed here.
fn published(reader: &Reader) -> Check {
    match reader.desk.publication() {
        Publication::Published => check(
            Tone::Good,
            "Publication",
            "Everything that is committed here is published",
            "",
        ),
        Publication::Pending(why) => check(
            Tone::Wrong,
            "Publication",
            &sentence(&why.cause),
            &sentence(&why.next),
        ),
    }
}

async fn counted(reader: &Reader) -> Result<Vec<Check>, Failure> {
    let pool = reader.desk.index.reader();
    let totals = index::totals(pool).await?;
    let mut checks = vec![
        count(
            "Reading",
            totals.quarantined,
            Tone::Warning,
            "Every file is a record",
            "cannot be read",
            "Correct the files named below; all others work meanwhile",
        ),
        count(
            "Review",
            totals.changed,
            Tone::Warning,
            "Every record stands as it was approved",
            "changed outside review",
            "Countersign or restore them from the queue",
        ),
    ];
    let removed = index::removed_records(pool).await?;
    if removed.is_empty() {
        checks.push(check(
            Tone::Good,
            "Presence",
            "Every approved record is still there",
            "",
        ));
    }
    for row in removed {
        checks.push(check(
            Tone::Wrong,
            "Presence",
            &format!(
                "{} ({}) was removed from {} outside review",
                row.id, row.attested_status, row.path
            ),
            "Put the file back with git; its last approved text is in the history",
        ));
    }
    let strays = index::strays(pool).await?;
    if strays.is_empty() {
        checks.push(check(
            Tone::Good,
            "Signatures",
            "Every commit that claims an approval proves it",
            "",
        ));
    }
    for (commit, reason) in strays {
        checks.push(check(
            Tone::Wrong,
            "Signatures",
            &format!("Commit {commit} claims an approval and proves none: {reason}"),
            "It counts for nothing; ask whoever pushed it why",
        ));
    }
    Ok(checks)
}

fn count(name: &str, number: i64, tone: Tone, well: &str, what: &str, next: &str) -> Check {
    match number {
        0 => check(Tone::Good, name, well, ""),
        1 => check(tone, name, &format!("One record {what}"), next),
        many => check(tone, name, &format!("{many} records {what}"), next),
    }
}

fn check(tone: Tone, name: &str, sentence: &str, next: &str) -> Check {
    Check {
        tone,
        name: name.to_owned(),
        sentence: sentence.to_owned(),
        next: next.to_owned(),
    }
}
