//! `doctor`: what this installation is, and whether it is well. It changes nothing.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::json;

use super::{Ending, print, print_json};
use crate::config::{self, Doctor, Misused};
use crate::data::{DataDir, Holding};
use crate::ledger::Tips;
use crate::repository::Repository;
use crate::review::rewriting_in;

struct Line {
    what: String,
    well: bool,
    told: String,
}

pub async fn run(data_dir: &Path, config: Option<&Path>, settings: &Doctor) -> Result<Ending> {
    let mut lines = in_effect(config, data_dir);
    lines.extend([git(), folder(data_dir), mail(settings)]);
    if data_dir.exists() {
        let data = DataDir::open(data_dir)?;
        lines.push(key(&data));
        for holding in data.holdings()? {
            lines.push(repository(&holding));
            lines.extend(history(&data, &holding));
        }
    }
    let well = lines.iter().all(|line| line.well);
    match settings.json {
        true => print_json(
            &lines
                .iter()
                .map(|line| json!({ "what": line.what, "well": line.well, "told": line.told }))
                .collect::<Vec<_>>(),
        )?,
        false => {
            print(&format!("countersign {}", env!("CARGO_PKG_VERSION")))?;
            for line in &lines {
                print(&format!(
                    "{} {}: {}",
                    if line.well { "ok " } else { "BAD" },
                    line.what,
                    line.told
                ))?;
            }
        }
    }
    Ok(if well { Ending::Fine } else { Ending::Found })
}

/// The settings with which the server would start now, and who set each.
fn in_effect(config: Option<&Path>, data_dir: &Path) -> Vec<Line> {
    let line = |what: String, well, told| Line { what, well, told };
    match config::in_effect(config, data_dir) {
        Ok(settings) => settings
            .into_iter()
            .map(|one| {
                let told = format!("{} ({})", one.value, one.by);
                line(format!("setting {}", one.key), true, told)
            })
            .collect(),
        Err(Misused::File(refusals)) => refusals
            .into_iter()
            .map(|refusal| line("settings".to_owned(), false, refusal.to_string()))
            .collect(),
        Err(Misused::Typed(error)) => {
            vec![line("settings".to_owned(), false, error.to_string())]
        }
    }
}

/// The network is git's own program; everything else works without it.
fn git() -> Line {
    let version = Command::new("git")
        .arg("--version")
        .output()
        .ok()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let told = version
        .clone()
        .unwrap_or_else(|| "not found; install git to clone, fetch and push".to_owned());
    Line {
        what: "git program".into(),
        well: version.is_some(),
        told,
    }
}

fn folder(path: &Path) -> Line {
    let told = if path.exists() {
        path.display().to_string()
    } else {
        format!("{} is made at the first start", path.display())
    };
    Line {
        what: "data directory".into(),
        well: true,
        told,
    }
}

/// Whether the mail server answers is for the first letter to find out: nothing is sent from here.
fn mail(settings: &Doctor) -> Line {
    let told = crate::app::mail_told(&settings.mail, settings.public_url.as_deref());
    let (well, told) = match told {
        Ok(Ok(told)) => (true, told),
        Ok(Err(refusal)) => (false, refusal.to_string()),
        Err(error) => (false, format!("{error:#}")),
    };
    Line {
        what: "mail".into(),
        well,
        told,
    }
}

fn key(data: &DataDir) -> Line {
    if !data.path().join("key").exists() {
        return Line {
            what: "signing key".into(),
            well: true,
            told: "made at first use".into(),
        };
    }
    match data.key() {
        Ok(key) => Line {
            what: "signing key".into(),
            well: true,
            told: key.fingerprint(),
        },
        Err(error) => Line {
            what: "signing key".into(),
            well: false,
            told: format!("{error:#}"),
        },
    }
}

fn repository(holding: &Holding) -> Line {
    let opened = Repository::open(&holding.path).map_err(|refusal| refusal.to_string());
    let told = opened.and_then(|repository| {
        crate::app::published_branch(&repository).map_err(|error| format!("{error:#}"))
    });
    let (well, told) = match told {
        Ok(branch) => (
            true,
            format!(
                "{} publishes {branch}{}",
                holding.path.display(),
                holding
                    .remote
                    .as_ref()
                    .map(|_| " to its remote")
                    .unwrap_or_default()
            ),
        ),
        Err(why) => (false, why),
    };
    Line {
        what: format!("repository {}", holding.name),
        well,
        told,
    }
}

/// Whether somebody has to decide about a rewritten history; nothing is said of one that is whole.
fn history(data: &DataDir, holding: &Holding) -> Option<Line> {
    if !data.path().join("key").exists() {
        return None;
    }
    let found = || -> Result<Option<Tips>> {
        let repository = Repository::open(&holding.path)?;
        let tip_ref = crate::app::tip_ref(holding)?;
        rewriting_in(&repository, &tip_ref, &data.key()?.fingerprint())
    };
    let told = match found() {
        Ok(None) => return None,
        Ok(Some(tips)) => format!(
            "GIT-HIST-001 the published branch was rewritten: it holds {} and no longer {}; publishing is on hold until an administrator decides",
            tips.new, tips.old
        ),
        Err(error) => format!("{error:#}"),
    };
    Some(Line {
        what: format!("history of {}", holding.name),
        well: false,
        told,
    })
}
