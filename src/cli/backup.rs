//! `backup`: what git does not hold, in a folder from which a server can start.

use std::path::Path;

use anyhow::Result;

use super::{Ending, data, print, refuse};
use crate::config::Backup;
use crate::refusal::Refusal;
use crate::web::accounts::Accounts;

pub async fn run(data_dir: &Path, settings: &Backup) -> Result<Ending> {
    let to = &settings.folder;
    if to.exists() && std::fs::read_dir(to)?.next().is_some() {
        return Ok(refuse(&[Refusal::new(
            "BAK-FOLDER-001",
            "the folder is there and holds something, which is not overwritten",
            "give a folder that is not there yet, as one with the date in its name",
        )
        .in_path(to.display().to_string())]));
    }
    let from = data(data_dir)?;
    // Made readable by its owner alone before anything is in it.
    let kept = data(to)?;
    let accounts = Accounts::open(&from.private_database()).await?;
    accounts.copy_to(&kept.private_database()).await?;
    from.copy_files(&kept)?;
    print(&format!(
        "{} holds the key, the private database and where the repositories are. Keep it as a secret: whoever has it signs as this server",
        to.display()
    ))?;
    Ok(Ending::Fine)
}
