//! `export`: the public site as files in a folder.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;

use super::{Ending, data, print, print_json, refuse};
use crate::config::Export;
use crate::data::{DataDir, Holding};
use crate::index::Index;
use crate::publish::site::export::{Done, Folder};
use crate::publish::site::{self, Found, Texts, Wanted};
use crate::refusal::Refusal;
use crate::repository::{Repository, SigningKey};
use crate::review::Desk;

pub async fn run(data_dir: &Path, settings: &Export) -> Result<Ending> {
    let folder = match Folder::open(&settings.output)? {
        Ok(folder) => folder,
        Err(refusal) => return Ok(refuse(&[refusal])),
    };
    // Kept until the end: the picture of a repository that no server holds lies in it.
    let scratch = tempfile::tempdir()?;
    let desk = match desk(data_dir, settings, scratch.path()).await? {
        Ok(desk) => desk,
        Err(refusal) => return Ok(refuse(&[refusal])),
    };
    match written(&desk, folder, settings.address.clone()).await? {
        Ok(done) => {
            match settings.json {
                true => print_json(&done)?,
                false => tell(&done)?,
            }
            Ok(Ending::Fine)
        }
        Err(refusal) => Ok(refuse(&[refusal])),
    }
}

/// Returns the repository as it is read: held by a server, or for this once.
async fn desk(
    data_dir: &Path,
    settings: &Export,
    scratch: &Path,
) -> Result<Result<Arc<Desk>, Refusal>> {
    if let Some(path) = settings.repository.as_ref().map(Path::new)
        && path.exists()
    {
        return Ok(Ok(desk_at(path, scratch).await?));
    }
    let data = data(data_dir)?;
    let holding = match held(&data, settings.repository.as_deref())? {
        Ok(holding) => holding,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // The picture belongs to the server that may be running: a copy of it is brought up to date.
    let copy = scratch.join("index.sqlite");
    if holding.index.exists() {
        Index::open(&holding.index).await?.copy_to(&copy).await?;
    }
    let index = Index::open(&copy).await?;
    let tip_ref = crate::app::tip_ref(&holding)?;
    let desk = Desk::new(&holding.name, holding.path, tip_ref, index, data.key()?);
    let desk = Arc::new(desk);
    desk.sync().await?;
    Ok(Ok(desk))
}

async fn desk_at(path: &Path, scratch: &Path) -> Result<Arc<Desk>> {
    let repository = Repository::open(path)?;
    let branch = crate::app::published_branch(&repository)?;
    let desk = Arc::new(Desk::new(
        "export",
        path.to_owned(),
        format!("refs/heads/{branch}"),
        Index::open(&scratch.join("index.sqlite")).await?,
        // Nothing is signed with it.
        SigningKey::load_or_create(&scratch.join("key"))?,
    ));
    desk.sync().await?;
    Ok(desk)
}

fn held(data: &DataDir, wanted: Option<&str>) -> Result<Result<Holding, Refusal>> {
    let mut holdings = data.holdings()?;
    holdings.retain(|holding| wanted.is_none_or(|name| name == holding.name));
    let found = holdings.pop();
    Ok(match (found, holdings.is_empty()) {
        (Some(holding), true) => Ok(holding),
        (Some(_), false) => Err(Refusal::new(
            "EXP-NAME-001",
            "the server holds several repositories",
            "name one of them",
        )),
        (None, _) => Err(Refusal::new(
            "SRV-NAME-003",
            "no such repository is held here",
            "run countersign serve with the repository once, or give another --data-dir",
        )
        .in_path(data.path().display().to_string())),
    })
}

async fn written(
    desk: &Arc<Desk>,
    folder: Folder,
    address: Option<String>,
) -> Result<Result<Done, Refusal>> {
    let wanted = Wanted {
        address: address.clone(),
        until: None,
    };
    let (register, known) = match site::load(desk, wanted, folder.known()).await? {
        Found::Register(register, known) => (register, known),
        Found::Held(refusal) => return Ok(Err(refusal)),
        Found::NoAddress => {
            return Ok(Err(Refusal::new(
                "EXP-ADDRESS-001",
                "nobody says at which address the site will be read",
                "give --address, or have the policy name it in [site]",
            )));
        }
        Found::Nothing | Found::NoSuchState => {
            return Ok(Err(Refusal::new(
                "EXP-SITE-001",
                "nothing of this register is public: its policy in force has no [site]",
                "have the table added to countersign.toml, and the change approved",
            )));
        }
    };
    let named = register.settings.base.as_str();
    if let Some(other) =
        address.filter(|given| given.trim_end_matches('/') != named.trim_end_matches('/'))
    {
        return Ok(Err(Refusal::new(
            "EXP-ADDRESS-002",
            format!("the site is read at {named} by the policy, and not at {other}"),
            "leave out --address, or have the address in [site] changed",
        )));
    }
    desk.on_repository(move |repository, _| folder.write(&register, &known, &Texts(repository)))
        .await
}

fn tell(done: &Done) -> Result<()> {
    for path in &done.left {
        print(&format!(
            "{path} is not of the site any more, but somebody changed it: left alone"
        ))?;
    }
    for path in &done.replaced {
        print(&format!(
            "{path} was not as the last export wrote it: written anew"
        ))?;
    }
    print(&format!(
        "{} files: {} written, {} deleted, {} records read",
        done.files, done.written, done.deleted, done.rendered
    ))
}
