//! `rebuild`: the index anew from git, or the proof that it holds nothing else.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use serde_json::json;

use super::{Ending, data, print, print_json, refuse};
use crate::config::Rebuild;
use crate::data::{DataDir, Holding};
use crate::index::{self, Index};
use crate::refusal::Refusal;
use crate::review::Desk;

pub async fn run(data_dir: &Path, settings: &Rebuild) -> Result<Ending> {
    let data = data(data_dir)?;
    // A check only reads, and may run beside the server.
    let _lock = match settings.check {
        true => None,
        false => match data.lock()? {
            Ok(lock) => Some(lock),
            Err(refusal) => return Ok(refuse(&[refusal])),
        },
    };
    let wanted = |holding: &Holding| {
        settings
            .repository
            .as_ref()
            .is_none_or(|name| *name == holding.name)
    };
    let holdings: Vec<Holding> = data.holdings()?.into_iter().filter(wanted).collect();
    if holdings.is_empty() {
        let next = "run countersign serve with the repository once, or give another --data-dir";
        return Ok(refuse(&[Refusal::new(
            "SRV-NAME-003",
            "no such repository is held here",
            next,
        )
        .in_path(data.path().display().to_string())]));
    }
    let fingerprint = data.key()?.fingerprint();
    let mut ending = Ending::Fine;
    let mut all = Vec::new();
    for holding in holdings {
        let report = if settings.check {
            check(&holding, &fingerprint).await?
        } else {
            keep_rewritten(&data, &holding).await?;
            rebuild(&holding, &fingerprint).await?
        };
        if report["differences"]
            .as_array()
            .is_some_and(|differences| !differences.is_empty())
        {
            ending = Ending::Found;
        }
        if !settings.json {
            tell(&report)?;
        }
        all.push(report);
    }
    if settings.json {
        print_json(&all)?;
    }
    Ok(ending)
}

async fn check(holding: &Holding, fingerprint: &str) -> Result<serde_json::Value> {
    let tip_ref = crate::app::tip_ref(holding)?;
    let index = Index::open(&holding.index).await?;
    index.trust(fingerprint.to_owned());
    let differences = index::compare(&index, &holding.path, &tip_ref).await?;
    let differences: Vec<_> = differences.iter().map(|found| json!({ "table": found.table, "row": found.row, "only_in_index": found.only_in_use })).collect();
    Ok(json!({ "repository": holding.name, "differences": differences }))
}

/// What the index alone knows goes with it: the end that the branch had. Where the branch was rewritten since, that is kept and told first.
async fn keep_rewritten(data: &DataDir, holding: &Holding) -> Result<()> {
    if !holding.index.exists() {
        return Ok(());
    }
    let desk = Arc::new(Desk::new(
        &holding.name,
        holding.path.clone(),
        crate::app::tip_ref(holding)?,
        Index::open(&holding.index).await?,
        data.key()?,
    ));
    if let Err(error) = desk.sync().await {
        tracing::warn!(
            repository = holding.name,
            error = format!("{error:#}"),
            "the index that goes could not be compared with git"
        );
    }
    Ok(())
}

async fn rebuild(holding: &Holding, fingerprint: &str) -> Result<serde_json::Value> {
    let tip_ref = crate::app::tip_ref(holding)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = holding.index.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let index = Index::open(&holding.index).await?;
    index.trust(fingerprint.to_owned());
    let synced = index::sync(&index, &holding.path, &tip_ref).await?;
    Ok(
        json!({ "repository": holding.name, "commits": synced.commits, "decisions": synced.decisions, "blobs_read": synced.blobs_read }),
    )
}

fn tell(report: &serde_json::Value) -> Result<()> {
    let name = report["repository"].as_str().unwrap_or_default();
    let Some(differences) = report["differences"].as_array() else {
        return print(&format!(
            "{name}: made anew from {} commits and {} decisions",
            report["commits"], report["decisions"]
        ));
    };
    for found in differences {
        let side = if found["only_in_index"] == true {
            "in the index, not in git"
        } else {
            "in git, not in the index"
        };
        print(&format!(
            "{name}: table {}: {side}: {}",
            found["table"].as_str().unwrap_or_default(),
            found["row"].as_str().unwrap_or_default()
        ))?;
    }
    match differences.len() {
        0 => print(&format!("{name}: the index equals git, row for row")),
        count => print(&format!(
            "{name}: {count} rows differ; countersign rebuild makes the index anew"
        )),
    }
}
