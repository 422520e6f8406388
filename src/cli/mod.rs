//! The commands: each reads its settings, calls the module that knows, and prints what came of it. Nothing is decided here.

mod adopt;
mod backup;
mod check;
mod connect;
mod doctor;
mod export;
mod init;
mod key;
mod rebuild;
mod user;
mod verify;

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

pub use crate::config::Ending;
use crate::config::{Command, CommandLine};
use crate::data::DataDir;
use crate::refusal::Refusal;
use crate::repository::Repository;

/// Runs the command that was asked for.
pub async fn run(line: CommandLine) -> Ending {
    let ended = match line.command {
        None => crate::app::serve(&line.data_dir, &line.serve).await,
        Some(Command::Serve(serve)) => crate::app::serve(&line.data_dir, &serve).await,
        Some(Command::Init(settings)) => init::run(&settings),
        Some(Command::Adopt(settings)) => adopt::run(&line.data_dir, &settings),
        Some(Command::Check(settings)) => check::run(&settings),
        Some(Command::Verify(settings)) => verify::run(&settings),
        Some(Command::Rebuild(settings)) => rebuild::run(&line.data_dir, &settings).await,
        Some(Command::Export(settings)) => export::run(&line.data_dir, &settings).await,
        Some(Command::User(settings)) => user::run(&line.data_dir, &settings).await,
        Some(Command::Backup(settings)) => backup::run(&line.data_dir, &settings).await,
        Some(Command::Connect(settings)) => connect::run(&line.data_dir, &settings).await,
        Some(Command::Key(settings)) => key::run(&line.data_dir, &settings).await,
        Some(Command::Doctor(settings)) => {
            doctor::run(&line.data_dir, line.config.as_deref(), &settings).await
        }
    };
    match ended {
        Ok(ending) => ending,
        Err(error) => end_with(&error),
    }
}

/// A refusal that travelled as an error is still a refusal; a reader that closed our output is no failure.
fn end_with(error: &anyhow::Error) -> Ending {
    if let Some(refusal) = error.downcast_ref::<Refusal>() {
        return refuse(std::slice::from_ref(refusal));
    }
    if error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    {
        return Ending::Fine;
    }
    // Standard error may be closed too; then nobody can be told.
    let _ = writeln!(std::io::stderr(), "countersign: {error:#}");
    Ending::Failed
}

/// Prints refusals to standard error.
pub fn refuse(refusals: &[Refusal]) -> Ending {
    let mut error = std::io::stderr().lock();
    for refusal in refusals {
        let _ = writeln!(error, "{}", printable(&refusal.to_string()));
    }
    Ending::Refused
}

/// Prints a value as one JSON document.
fn print_json(value: &impl Serialize) -> Result<()> {
    let mut output = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut output, value).map_err(std::io::Error::from)?;
    writeln!(output)?;
    Ok(())
}

/// Prints one line of text.
fn print(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{}", printable(line))?)
}

/// Repository text may hold anything: controls other than line ends are shown, not obeyed by the terminal.
fn printable(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| {
            if hostile(c) {
                format!("\\u{{{:x}}}", u32::from(c))
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// Opens a repository and says which branch it publishes.
fn open(path: &Path) -> Result<(Repository, String)> {
    let repository = Repository::open(path)?;
    let branch = crate::app::published_branch(&repository)?;
    Ok((repository, branch))
}

fn data(path: &Path) -> Result<DataDir> {
    DataDir::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_no_record() {
        assert_eq!(
            printable("a\u{1b}[31mb\u{202e}c\td"),
            "a\\u{1b}[31mb\\u{202e}c\td"
        );
    }
}
