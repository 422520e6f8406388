//! The files that every page loads: the site's stylesheet and its typeface, the same for every register.

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets"]
#[include = "public.css"]
#[include = "source-serif-4*"]
struct Files;

/// Returns the names of the files.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = Files::iter().map(std::borrow::Cow::into_owned).collect();
    names.sort();
    names
}

/// Returns a file by its name.
pub fn file(name: &str) -> Option<Vec<u8>> {
    Files::get(name).map(|file| file.data.into_owned())
}

/// The name of the register's own stylesheet on the site.
pub const OWN: &str = "own.css";
