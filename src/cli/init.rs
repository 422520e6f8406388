//! `init`: a policy for a repository that has none.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Ending, open, print, refuse};
use crate::config::Init;
use crate::policy::init::{Proposal, parse_person};
use crate::policy::{POLICY_PATH, Policy};
use crate::refusal::Refusal;
use crate::repository::Repository;
use crate::review::propose_for;

pub fn run(settings: &Init) -> Result<Ending> {
    let (repository, branch) = open(&settings.repository)?;
    let output = match output(settings, &repository) {
        Ok(output) => output,
        Err(refusal) => return Ok(refuse(&[refusal])),
    };
    let mut people = Vec::new();
    for text in &settings.people {
        match parse_person(text) {
            Ok(person) => people.push(person),
            Err(refusal) => return Ok(refuse(&[refusal])),
        }
    }
    let name = settings
        .repository
        .canonicalize()?
        .file_name()
        .map(|name| name.to_string_lossy().trim_end_matches(".git").to_owned())
        .unwrap_or_default();
    let bar = crate::app::progress(0, "commits read");
    let tip_ref = format!("refs/heads/{branch}");
    let proposal = propose_for(
        &repository,
        &tip_ref,
        (&name, &branch),
        people,
        |read, _| {
            bar.set_position(read as u64);
        },
    )?;
    bar.finish_and_clear();
    write(&proposal, output.as_deref())?;
    tell(&proposal, output.as_deref())
}

/// Where the policy goes: `None` prints it.
fn output(settings: &Init, repository: &Repository) -> Result<Option<PathBuf>, Refusal> {
    let file = match (&settings.output, repository.work_dir()) {
        (Some(output), _) if output.as_os_str() == "-" => return Ok(None),
        (Some(output), _) => output.clone(),
        (None, Some(folder)) => folder.join(POLICY_PATH),
        (None, None) => return Ok(None),
    };
    if file.exists() && !settings.force {
        let next = "look at it, and give --force to replace it";
        return Err(
            Refusal::new("POL-INIT-001", "there is a policy already", next)
                .in_path(file.display().to_string()),
        );
    }
    Ok(Some(file))
}

fn write(proposal: &Proposal, output: Option<&Path>) -> Result<()> {
    match output {
        Some(file) => std::fs::write(file, &proposal.toml)
            .with_context(|| format!("failed to write {}", file.display())),
        None => print(proposal.toml.trim_end()),
    }
}

fn tell(proposal: &Proposal, output: Option<&Path>) -> Result<Ending> {
    let mut told = String::new();
    for guess in &proposal.guesses {
        told.push_str(&format!(
            "guessed: {}\n         because {}\n",
            guess.what, guess.why
        ));
    }
    if let Some(file) = output {
        told.push_str(&format!(
            "\nWritten to {}. Read it, correct it, then run countersign adopt.\n",
            file.display()
        ));
    }
    eprint!("{}", super::printable(&told));
    match Policy::read(&proposal.toml) {
        Ok(_) => Ok(Ending::Fine),
        Err(faults) => {
            eprintln!("\nStill to do before it can be adopted:");
            refuse(&faults);
            Ok(Ending::Found)
        }
    }
}
