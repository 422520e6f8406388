//! Files that pages ask for: built into the program, addressed by what they hold.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::failure::Failure;
use super::href::Href;

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// What is served under a name.
struct File {
    content: Bytes,
    /// Tells one content from another, in the file's address.
    state: String,
}

impl File {
    fn of(content: Bytes) -> Self {
        let state = hex::encode(&Sha256::digest(&content)[..8]);
        Self { content, state }
    }
}

/// Every file. Stylesheets name fonts by their addresses, as pages do: under two addresses a browser would fetch a font twice.
static FILES: LazyLock<HashMap<String, File>> = LazyLock::new(|| {
    let mut files: HashMap<String, File> = Assets::iter()
        .filter_map(|name| {
            let content = Assets::get(&name)?.data.into_owned();
            Some((name.into_owned(), File::of(content.into())))
        })
        .collect();
    let addressed: Vec<(String, File)> = files
        .iter()
        .filter(|(name, _)| name.ends_with(".css"))
        .map(|(name, file)| {
            (
                name.clone(),
                File::of(with_addresses(&file.content, &files)),
            )
        })
        .collect();
    files.extend(addressed);
    files.insert(SCRIPT.to_owned(), File::of(joined(&SCRIPTS, &files)));
    files
});

/// What pages load: the scripts as one, in their order. As files of their own one may come late, and htmx does not wait: it would go over the page without
/// an extension that is still on its way, and the page would never be live.
pub const SCRIPT: &str = "scripts.js";
const SCRIPTS: [&str; 3] = ["htmx.js", "hx-sse.js", "countersign.js"];

fn joined(names: &[&str], files: &HashMap<String, File>) -> Bytes {
    let texts = names.iter().filter_map(|name| files.get(*name));
    texts
        .flat_map(|file| file.content.iter().chain(b"\n"))
        .copied()
        .collect()
}

/// Returns a stylesheet in which other files are named by their addresses, relative to its own.
fn with_addresses(stylesheet: &[u8], files: &HashMap<String, File>) -> Bytes {
    let mut text = String::from_utf8_lossy(stylesheet).into_owned();
    for (name, file) in files {
        let plain = format!("url(\"{name}\")");
        text = text.replace(&plain, &format!("url(\"{name}?v={}\")", file.state));
    }
    text.into()
}

/// Returns the address of a file; it changes with the content, so browsers may keep what they have.
pub fn address(name: &str) -> Href {
    let state = FILES.get(name).map_or("", |file| file.state.as_str());
    Href::to(["assets", name]).with("v", state)
}

/// Which state of a file is asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    v: String,
}

/// Answers with a file.
pub(super) async fn show(
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let file = FILES.get(&name).ok_or_else(Failure::nothing_here)?;
    let keeping = match file.state == asked.v {
        true => "public, max-age=31536000, immutable",
        false => "public, max-age=300",
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(kind_of(&name)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(keeping)),
    ];
    Ok((headers, file.content.clone()).into_response())
}

fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_pages_holds_each_script() {
        let script = String::from_utf8_lossy(&FILES[SCRIPT].content);
        let mut rest = &*script;
        for name in SCRIPTS {
            let part = String::from_utf8_lossy(&FILES[name].content);
            rest = rest.split_once(&*part).expect(name).1;
        }
    }

    #[test]
    fn a_stylesheet_names_a_font_as_pages_do() {
        let stylesheet = String::from_utf8_lossy(&FILES["countersign.css"].content);
        for name in FILES.keys().filter(|name| name.ends_with(".woff2")) {
            let address = address(name).to_string();
            let relative = address.strip_prefix("/assets/").unwrap();
            assert!(
                stylesheet.contains(&format!("url(\"{relative}\")")),
                "{name}"
            );
        }
    }
}
