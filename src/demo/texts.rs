//! The files that the binary carries: the register at its end, the script of its past, and texts as they once were.

use anyhow::{Context, Result};
use rust_embed::RustEmbed;

/// The register as it stands at the end.
#[derive(RustEmbed)]
#[folder = "repo/"]
struct Register;

/// The script, and below `past/` the texts that differ from the register's.
#[derive(RustEmbed)]
#[folder = "demo/"]
struct Story;

/// Returns the path of every file of the register, git's own left out: the server never writes a `.gitattributes`.
pub(super) fn register_paths() -> impl Iterator<Item = String> {
    Register::iter()
        .map(|path| path.into_owned())
        .filter(|path| !path.starts_with(".git"))
}

/// Returns a file of the register at its end.
pub(super) fn of_register(path: &str) -> Option<Vec<u8>> {
    Register::get(path).map(|file| file.data.into_owned())
}

/// Returns a record's text as a step has it: from the step's own texts, else from the register at its end.
pub(super) fn of_step(texts: Option<&str>, path: &str) -> Result<Vec<u8>> {
    texts
        .and_then(|texts| Story::get(&format!("past/{texts}/{path}")))
        .map(|file| file.data.into_owned())
        .or_else(|| of_register(path))
        .with_context(|| format!("the sample has no {path}"))
}

/// Returns the script.
pub(super) fn script() -> Result<String> {
    let file = Story::get("past.toml").context("the sample has no past")?;
    Ok(String::from_utf8(file.data.into_owned())?)
}
