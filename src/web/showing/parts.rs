//! Badges, findings and details.

use crate::check;
use crate::index::{FindingRow, RecordRow};
use crate::policy::{Policy, Severity, StatusKind};
use crate::review::Item;
use crate::web::failure::sentence;
use crate::web::language::{Message, say, verbatim};
use crate::web::pages::parts::{Badge, Details, Finding};

/// Returns the badge of a record's row: the attested reading, never the declared one.
pub fn badge_of_row(policy: &Policy, row: &RecordRow) -> Badge {
    badge(
        policy,
        &row.collection,
        row.attested_status.as_deref(),
        row.attested_version
            .clone()
            .or_else(|| row.declared_version.clone()),
    )
}

/// Returns the badge of a review item.
pub fn badge_of_item(policy: &Policy, item: &Item) -> Badge {
    let version = item.attested_version.as_ref().map(ToString::to_string);
    badge(
        policy,
        &item.collection,
        item.attested_status.as_deref(),
        version,
    )
}

/// Returns a badge; a record that was never attested has its workflow's first status.
pub fn badge(
    policy: &Policy,
    collection: &str,
    status: Option<&str>,
    version: Option<String>,
) -> Badge {
    let workflow = policy
        .collections
        .get(collection)
        .map(|collection| policy.workflow(collection));
    let status = status.or(workflow.map(|workflow| workflow.initial.as_str()));
    Badge {
        status: status.map_or_else(|| say("badge-unknown"), verbatim),
        kind: workflow
            .and_then(|workflow| workflow.kind(status?))
            .unwrap_or(StatusKind::Draft),
        words: Vec::new(),
        version,
    }
}

/// Returns a finding as pages show it.
pub fn finding(row: &FindingRow) -> Finding {
    let place = match (&row.field, row.line) {
        (Some(field), Some(line)) => say("finding-field-line")
            .with("field", field)
            .with("line", line),
        (Some(field), None) => verbatim(field.as_str()),
        (None, Some(line)) => say("finding-line").with("line", line),
        (None, None) => say("finding-everywhere"),
    };
    Finding {
        severity: match row.severity.as_str() {
            "information" => Severity::Information,
            "warning" => Severity::Warning,
            _ => Severity::Blocking,
        },
        code: row.code.clone(),
        place,
        href: None,
        message: sentence(&row.message),
        next: sentence(&row.next),
    }
}

/// Returns a finding of a text that is not committed, with its place where nothing else shows it.
pub fn told(finding: &check::Finding, with_place: bool) -> Finding {
    let place = match (&finding.field, finding.line) {
        _ if !with_place => Message::default(),
        (Some(field), _) => verbatim(field.to_string()),
        (None, Some(line)) => say("finding-line").with("line", line),
        (None, None) => say("finding-everywhere"),
    };
    Finding {
        severity: finding.severity,
        code: finding.code.clone(),
        place,
        href: None,
        message: sentence(&finding.message),
        next: sentence(&finding.next),
    }
}

/// Returns lines for those who know git.
pub fn details<const COUNT: usize>(lines: [(Message, String); COUNT]) -> Details {
    Details {
        lines: lines
            .into_iter()
            .map(|(label, value)| (label, verbatim(value)))
            .collect(),
    }
}
