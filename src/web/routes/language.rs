//! Choosing the language of the interface.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::language::{Language, cookie};
use crate::web::urls;

/// Remembers a language and leads back. A language that there is no interface in changes nothing.
pub async fn choose(request: Request<Body>) -> Result<Response, Failure> {
    let back = came_from(request.headers());
    let fields = Fields::read(request).await?;
    let mut response = Redirect::to(&back).into_response();
    if let Some(language) = Language::from_tag(fields.get("language")) {
        let value = HeaderValue::from_str(&cookie(language)).map_err(anyhow::Error::from)?;
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

/// The page whose form was sent, as the browser tells: of the address it names only the place on this server is taken.
fn came_from(headers: &HeaderMap) -> String {
    let sent = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok());
    let uri = sent.and_then(|value| value.parse::<Uri>().ok());
    let place = uri.as_ref().and_then(|uri| uri.path_and_query());
    let local = place.and_then(|place| urls::local(place.as_str()));
    local.unwrap_or("/").to_owned()
}
