//! Choosing the language of the interface.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::web::failure::Failure;
use crate::web::form::{self, Fields};
use crate::web::language::{Language, cookie};

/// Remembers a language and leads back. A language that there is no interface in changes nothing.
pub async fn choose(request: Request<Body>) -> Result<Response, Failure> {
    let back = form::came_from(request.headers()).unwrap_or_else(|| "/".to_owned());
    let fields = Fields::read(request).await?;
    let mut response = Redirect::to(&back).into_response();
    if let Some(language) = Language::from_tag(fields.get("language")) {
        let value = HeaderValue::from_str(&cookie(language)).map_err(anyhow::Error::from)?;
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
