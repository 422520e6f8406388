//! `init`: a policy for a repository that has none.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{Ending, open, print, refuse};
use crate::config::Init;
use crate::policy::init::{Proposal, SurveyBuilder, parse_person, propose};
use crate::policy::{POLICY_PATH, Policy};
use crate::record::{self, Format};
use crate::refusal::Refusal;
use crate::repository::{Content, EntryKind, Repository};

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
    let mut survey = SurveyBuilder::new(name, branch.clone());
    people
        .into_iter()
        .for_each(|person| survey.add_person(person));
    look(&repository, &branch, &mut survey)?;
    let proposal = propose(&survey.finish());
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

/// Shows the survey every record-like file at the branch's tip, and every path that one ever had.
fn look(repository: &Repository, branch: &str, survey: &mut SurveyBuilder) -> Result<()> {
    let Some(tip) = repository.head_of(&format!("refs/heads/{branch}"))? else {
        return Ok(());
    };
    for entry in repository.entries(tip)? {
        let Some(format) = Format::of_path(&entry.path).filter(|_| entry.kind == EntryKind::File)
        else {
            continue;
        };
        match repository.content(entry.blob)? {
            Content::Bytes(bytes) => match record::parse(&bytes, format) {
                Ok(record) => survey.add(&entry.path, &record),
                Err(_) => survey.add_unread(&entry.path),
            },
            Content::TooLarge(_) | Content::Missing(_) => survey.add_unread(&entry.path),
        }
    }
    let commits = repository.new_commits(tip, &[])?;
    let bar = crate::app::progress(commits.len() as u64, "commits read");
    for commit in commits {
        bar.inc(1);
        for change in repository
            .changes(commit)?
            .into_iter()
            .filter(|change| Format::of_path(&change.path).is_some())
        {
            survey.add_past_path(&change.path);
        }
    }
    bar.finish_and_clear();
    Ok(())
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
