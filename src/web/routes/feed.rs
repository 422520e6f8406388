//! Somebody's feed, for programs that know no session: its secret stands in its address, and opens this and nothing else.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::feed;
use crate::web::language::Language;
use crate::web::seat::Seat;
use crate::web::state::Web;
use crate::web::tag::has_already;

/// The secret in the address.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    token: String,
}

/// Sends the feed, or says that the reader has it. Who has lost their seat, or never had one, is not told which.
pub async fn show(
    State(web): State<Arc<Web>>,
    Path(repository): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let owner = web.accounts.feed_of(&asked.token).await?;
    let owner = owner.ok_or_else(no_such_feed)?;
    let seat = Seat::take(&web, &repository, &owner.address).map_err(|_| no_such_feed())?;
    let language = Language::from_tag(&owner.language).unwrap_or_default();
    let feed = feed::written(&seat, language).await?;
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(feed.as_bytes())));
    let mut response = match has_already(&headers, &tag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
            (kind, feed).into_response()
        }
    };
    let sent = response.headers_mut();
    sent.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    let tag = HeaderValue::from_str(&tag).map_err(anyhow::Error::from)?;
    sent.insert(header::ETAG, tag);
    Ok(response)
}

fn no_such_feed() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        Refusal::new(
            "WEB-FEED-001",
            "no feed has this address",
            "make a new address on the page of your account",
        ),
    )
}
