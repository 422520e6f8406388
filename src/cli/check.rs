//! `check`: findings, for people and for CI.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde_json::json;

use super::{Ending, open, print, print_json, refuse};
use crate::config::{Check, FindingFormat};
use crate::index::{Inspected, Inspection, Rules, inspect};
use crate::policy::{POLICY_PATH, Severity};
use crate::refusal::Refusal;

pub fn run(settings: &Check) -> Result<Ending> {
    let (repository, branch) = open(&settings.repository)?;
    let Some(tip) = repository.head_of(&format!("refs/heads/{branch}"))? else {
        return Ok(refuse(&[Refusal::new(
            "GIT-REF-002",
            format!("the branch {branch} holds no commit yet"),
            "commit something first",
        )]));
    };
    let given = settings.policy.as_ref().map(|file| {
        std::fs::read_to_string(file).with_context(|| format!("failed to read {}", file.display()))
    });
    let rules = match given.transpose()? {
        Some(text) => Some(Rules::given(&repository, tip, &text)?),
        None => Rules::load(&repository, tip, false)?,
    };
    let rules = match rules {
        Some(Ok(rules)) => rules,
        Some(Err(faults)) => {
            return Ok(refuse(
                &faults.into_iter().map(in_policy).collect::<Vec<_>>(),
            ));
        }
        None => {
            return Ok(refuse(&[Refusal::new(
                "POL-ADOPT-002",
                "the branch holds no countersign.toml",
                "run countersign init, or give --policy",
            )]));
        }
    };
    let bar = crate::app::progress(0, "records checked");
    let inspection = inspect(&repository, tip, &rules, || bar.inc(1))?;
    bar.finish_and_clear();
    let format = if settings.json {
        FindingFormat::Json
    } else {
        settings.format
    };
    match format {
        FindingFormat::Text => text(&inspection)?,
        FindingFormat::Json => print_json(&as_json(&inspection))?,
        FindingFormat::Github => github(&inspection)?,
        FindingFormat::Sarif => print_json(&sarif(&inspection))?,
    }
    let blocking = inspection
        .found
        .iter()
        .any(|found| found.finding.severity == Severity::Blocking);
    Ok(if blocking {
        Ending::Found
    } else {
        Ending::Fine
    })
}

fn in_policy(fault: Refusal) -> Refusal {
    if fault.place.path.is_empty() {
        fault.in_path(POLICY_PATH)
    } else {
        fault
    }
}

fn text(inspection: &Inspection) -> Result<()> {
    for found in &inspection.found {
        let place = found
            .finding
            .line
            .map(|line| format!(" line {line}"))
            .unwrap_or_default();
        let field = found
            .finding
            .field
            .as_ref()
            .map(|field| format!(" {field}:"))
            .unwrap_or_default();
        print(&format!(
            "{} {}{place}:{field} {}; {} [{}]",
            found.finding.code,
            found.path,
            found.finding.message,
            found.finding.next,
            found.finding.severity.name()
        ))?;
    }
    let quarantined = inspection
        .found
        .iter()
        .filter(|found| found.quarantined)
        .count();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for found in &inspection.found {
        *codes.entry(&found.finding.code).or_default() += 1;
    }
    let codes: Vec<String> = codes
        .iter()
        .map(|(code, count)| format!("{code} {count}"))
        .collect();
    let by_code = if codes.is_empty() {
        String::new()
    } else {
        format!(" ({})", codes.join(", "))
    };
    print(&format!(
        "{} records, {quarantined} quarantined, {} findings{by_code}",
        inspection.records,
        inspection.found.len()
    ))
}

fn as_json(inspection: &Inspection) -> serde_json::Value {
    let found: Vec<_> = inspection
        .found
        .iter()
        .map(|found| {
            let finding = &found.finding;
            json!({
                "path": found.path, "line": finding.line, "field": finding.field.as_ref().map(ToString::to_string), "code": finding.code,
                "severity": finding.severity.name(), "message": finding.message, "next": finding.next, "quarantined": found.quarantined,
            })
        })
        .collect();
    json!({ "records": inspection.records, "findings": found })
}

/// See the workflow commands of GitHub Actions: properties and data have their own escapes.
fn github(inspection: &Inspection) -> Result<()> {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    for found in &inspection.found {
        let line = found
            .finding
            .line
            .map(|line| format!(",line={line}"))
            .unwrap_or_default();
        let title = property(&found.finding.code);
        print(&format!(
            "::{} file={}{line},title={title}::{}; {}",
            level(found),
            property(&found.path),
            data(&found.finding.message),
            data(&found.finding.next)
        ))?;
    }
    Ok(())
}

fn level(found: &Inspected) -> &'static str {
    match found.finding.severity {
        Severity::Blocking => "error",
        Severity::Warning => "warning",
        Severity::Information => "notice",
    }
}

/// See SARIF 2.1.0, sections 3.14 (run) and 3.27 (result).
fn sarif(inspection: &Inspection) -> serde_json::Value {
    let results: Vec<_> = inspection
        .found
        .iter()
        .map(|found| {
            let level = match found.finding.severity {
                Severity::Blocking => "error",
                Severity::Warning => "warning",
                Severity::Information => "note",
            };
            let mut place = json!({ "artifactLocation": { "uri": percent_encoding::utf8_percent_encode(&found.path, URI).to_string() } });
            if let Some(line) = found.finding.line {
                place["region"] = json!({ "startLine": line });
            }
            json!({
                "ruleId": found.finding.code, "level": level,
                "message": { "text": format!("{}; {}", found.finding.message, found.finding.next) },
                "locations": [{ "physicalLocation": place }],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{ "tool": { "driver": { "name": "countersign", "version": env!("CARGO_PKG_VERSION") } }, "results": results }],
    })
}

/// What may not stand in a URI's path.
const URI: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');
