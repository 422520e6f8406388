//! Files that pages ask for: built into the program, addressed by what they hold.

use std::collections::HashMap;
use std::sync::LazyLock;

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

/// The state of each file, for its address.
static STATES: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let states = Assets::iter().filter_map(|file| {
        let asset = Assets::get(&file)?;
        Some((file.into_owned(), state_of(&asset.data)))
    });
    states.collect()
});

/// Returns the address of a file; it changes with the content, so browsers may keep what they have.
pub fn address(file: &str) -> Href {
    let state = STATES.get(file).map_or("", String::as_str);
    Href::to(["assets", file]).with("v", state)
}

fn state_of(content: &[u8]) -> String {
    hex::encode(&Sha256::digest(content)[..8])
}

/// Which state of a file is asked for.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    v: String,
}

/// Answers with a file.
pub(super) async fn show(
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let asset = Assets::get(&file).ok_or_else(Failure::nothing_here)?;
    let is_this = STATES.get(&file).is_some_and(|state| *state == asked.v);
    let keeping = match is_this {
        true => "public, max-age=31536000, immutable",
        false => "public, max-age=300",
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static(kind_of(&file)),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static(keeping)),
    ];
    Ok((headers, asset.data).into_response())
}

fn kind_of(file: &str) -> &'static str {
    match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
