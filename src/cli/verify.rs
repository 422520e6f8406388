//! `verify`: the auditor's proof.

use anyhow::Result;

use super::{Ending, open, print, print_json};
use crate::config::Verify;
use crate::review::verify;

pub fn run(settings: &Verify) -> Result<Ending> {
    let (repository, branch) = open(&settings.repository)?;
    let branch = settings.branch.clone().unwrap_or(branch);
    let report = verify(
        &repository,
        &format!("refs/heads/{branch}"),
        settings.trust.as_deref(),
    )?;
    match settings.json {
        true => print_json(&report)?,
        false => print(report.to_string().trim_end())?,
    }
    Ok(if report.faults.is_empty() {
        Ending::Fine
    } else {
        Ending::Found
    })
}
