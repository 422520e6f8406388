//! Lists in stretches: a cursor says after which entry to go on, so that what is added meanwhile neither repeats nor hides an entry.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::input::bad_query;
use super::problem::Problem;

/// Entries of a stretch unless more are asked for.
pub const DEFAULT_LIMIT: usize = 50;

/// Entries of a stretch at most.
pub const MAX_LIMIT: usize = 200;

/// The longest cursor that is read, in bytes.
const MAX_CURSOR_BYTES: usize = 8000;

/// A stretch of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stretch<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where to go on; null at the end.
    pub next: Option<String>,
}

/// Returns how many entries are asked for.
///
/// # Errors
/// Refuses none and too many.
pub fn limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(DEFAULT_LIMIT) {
        good @ 1..=MAX_LIMIT => Ok(good),
        other => Err(bad_query(&format!(
            "limit is {other}, and goes from 1 to {MAX_LIMIT}"
        ))),
    }
}

/// Returns the entry that a cursor of this list stands for.
///
/// # Errors
/// Refuses what no answer of this list gave.
pub fn after<T: DeserializeOwned>(list: &str, cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let wrong = || bad_query("the cursor is none that this list gave");
    if cursor.len() > MAX_CURSOR_BYTES {
        return Err(wrong());
    }
    let bytes = hex::decode(cursor).map_err(|_| wrong())?;
    let (of, entry): (String, T) = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    match of == list {
        true => Ok(Some(entry)),
        false => Err(wrong()),
    }
}

/// Takes a stretch from entries of which one more than the limit was asked for, and says where the next one begins.
///
/// # Errors
/// When a key cannot be written.
pub fn stretch<T, K: Serialize>(
    list: &str,
    mut items: Vec<T>,
    limit: usize,
    key: impl Fn(&T) -> K,
) -> Result<Stretch<T>, Problem> {
    let more = items.len() > limit;
    items.truncate(limit);
    let next = match items.last().filter(|_| more) {
        Some(last) => {
            let bytes = serde_json::to_vec(&(list, key(last))).map_err(anyhow::Error::from)?;
            Some(hex::encode(bytes))
        }
        None => None,
    };
    Ok(Stretch { items, next })
}

/// The address that was asked for, without the place in its list.
pub struct Here(String);

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let OriginalUri(address) = OriginalUri::from_request_parts(parts, state).await?;
        let kept: Vec<&str> = address
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .filter(|pair| !pair.starts_with("cursor=") && !pair.starts_with("limit="))
            .collect();
        Ok(Self(format!("{}?{}", address.path(), kept.join("&"))))
    }
}

impl<T: Serialize> Stretch<T> {
    /// Returns the stretch as an answer whose header `Link` leads on from an address.
    pub fn answer(self, here: &Here, limit: usize) -> Response {
        let link = self.next.as_ref().map(|next| {
            let and = if here.0.ends_with('?') { "" } else { "&" };
            format!("<{}{and}limit={limit}&cursor={next}>; rel=\"next\"", here.0)
        });
        let mut response = axum::Json(self).into_response();
        if let Some(Ok(link)) = link.map(HeaderValue::try_from) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_on_in_its_own_list_alone() {
        let page = stretch("letters", vec!["a", "b", "c"], 2, |item| item.to_string()).unwrap();
        assert_eq!(page.items, ["a", "b"]);
        let next = page.next.unwrap();
        assert_eq!(
            after::<String>("letters", Some(&next)).unwrap(),
            Some("b".to_owned())
        );
        for (list, cursor) in [
            ("numbers", next.as_str()),
            ("letters", ""),
            ("letters", "zz"),
            ("letters", &next[2..]),
            ("letters", &"0".repeat(MAX_CURSOR_BYTES + 2)),
        ] {
            assert!(after::<String>(list, Some(cursor)).is_err(), "{cursor}");
        }
        let end = stretch("letters", vec!["a"], 2, |item| item.to_string()).unwrap();
        assert_eq!(end.next, None);
    }

    #[test]
    fn a_limit_has_bounds() {
        assert_eq!(limit(None).unwrap(), DEFAULT_LIMIT);
        assert_eq!(limit(Some(200)).unwrap(), 200);
        assert!(limit(Some(0)).is_err());
        assert!(limit(Some(201)).is_err());
    }
}
