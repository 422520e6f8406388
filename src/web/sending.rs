//! How what readers have is sent: with what says how new it is and in which other forms it stands, and open to the pages of anybody.

use std::time::{Duration, UNIX_EPOCH};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::api::Problem;
use super::failure::Failure;
use super::sites::Shown;
use super::tag::has_since;
use crate::publish::site::{self, File, Form};
use crate::refusal::Refusal;

/// The last second that HTTP has words for.
const LAST_SECOND: u64 = 253_402_300_799;

/// The methods that the public site takes.
fn methods() -> HeaderValue {
    HeaderValue::from_static("GET, HEAD")
}

/// Opens an answer to the pages of other sites: they may read what anybody may read, with what its head says of it.
pub fn to_everybody(mut response: Response) -> Response {
    let value = HeaderValue::from_static;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value("*"));
    headers.insert("cross-origin-resource-policy", value("cross-origin"));
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag, Link, Last-Modified"),
    );
    response
}

/// Tells a browser, before it asks for somebody's page, that it may.
pub fn preflight() -> Response {
    let named = HeaderValue::from_static("If-None-Match");
    let headers = [
        (header::ALLOW, methods()),
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods()),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, named),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from(86_400)),
    ];
    to_everybody((StatusCode::NO_CONTENT, headers).into_response())
}

/// The site takes no such method.
pub fn wrong_method() -> Response {
    let refusal = Refusal::new(
        "WEB-PUBLIC-002",
        "what is public is only read",
        "ask with GET or HEAD; programs write by /api/v1",
    );
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, refusal);
    ([(header::ALLOW, methods())], problem).into_response()
}

/// No link of the chain has the name that a build gave.
pub fn no_such_state() -> Response {
    let refusal = Refusal::new(
        "WEB-PUBLIC-003",
        "the register was never at this commit",
        "take the whole manifest.json, and keep its commit for the next time",
    );
    Problem::new(StatusCode::NOT_FOUND, refusal).into_response()
}

/// Nothing stands at a path of the site: a page of the site's own, or a problem for a program that asks for data.
///
/// # Errors
/// When the template fails, which it does for no data.
pub fn not_found(shown: &Shown, path: &str, form: Form) -> Result<Response, Failure> {
    let mut response = match is_data(form) {
        true => {
            let refusal = Refusal::new(
                "WEB-PUBLIC-004",
                "nothing that is public has this address",
                "look for the record in manifest.json",
            );
            Problem::new(StatusCode::NOT_FOUND, refusal).into_response()
        }
        false => page_of_nothing(shown, path)?,
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    Ok(response)
}

/// What stood at a path was taken down: a problem for a program that asks for data.
pub fn gone() -> Response {
    let refusal = Refusal::new(
        "WEB-PUBLIC-005",
        "the record that had this address was taken down",
        "leave it out; manifest.json names what is public",
    );
    let vary = [(header::VARY, HeaderValue::from_static("accept"))];
    (vary, Problem::new(StatusCode::GONE, refusal)).into_response()
}

/// Returns whether a form is read by programs that read JSON.
pub fn is_data(form: Form) -> bool {
    match form {
        Form::Json | Form::JsonLd | Form::Csl => true,
        Form::Html | Form::Markdown | Form::Bibtex | Form::Ris => false,
    }
}

fn page_of_nothing(shown: &Shown, path: &str) -> Result<Response, Failure> {
    let root = match path.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    };
    let html = site::not_found(&shown.register, &root)?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, shown.register.words().tag()),
    ];
    Ok((StatusCode::NOT_FOUND, headers, html).into_response())
}

/// Sends a file, or says that the reader has it. What is the same for everybody may be kept by anybody, and is asked for again each time.
///
/// # Errors
/// When a header cannot hold what it is to say.
pub fn file(
    file: &File,
    shown: &Shown,
    is_chosen: bool,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&file.bytes)[..16]));
    let at = last_changed(file, shown);
    let status = match (file.is_gone, has_since(headers, &tag, at)) {
        (true, _) => StatusCode::GONE,
        (false, true) => StatusCode::NOT_MODIFIED,
        (false, false) => StatusCode::OK,
    };
    let mut response = match status {
        StatusCode::NOT_MODIFIED => status.into_response(),
        status => (status, file.bytes.clone()).into_response(),
    };
    let kept = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| -> Result<(), Failure> {
        let value = HeaderValue::from_str(value).map_err(anyhow::Error::from)?;
        kept.insert(name, value);
        Ok(())
    };
    set(header::CONTENT_TYPE, file.media_type)?;
    set(header::ETAG, &tag)?;
    set(header::LAST_MODIFIED, &http_date(at))?;
    set(header::CACHE_CONTROL, "public, no-cache")?;
    if file.is_apart {
        set(HeaderName::from_static("x-robots-tag"), "noindex")?;
    }
    if is_chosen {
        set(header::VARY, "accept")?;
        let name = file.path.rsplit('/').next().unwrap_or_default();
        set(header::CONTENT_LOCATION, name)?;
    }
    Ok(response)
}

/// Says in the head of an answer what its page says too: where the record stands now, and in which other forms.
pub fn tell_of(response: &mut Response, file: &File, shown: &Shown) {
    let mut links = Vec::new();
    let whole = |folder: &str| shown.register.whole(folder);
    if let Some(successor) = &file.successor {
        links.push(format!("<{}>; rel=\"successor-version\"", whole(successor)));
    }
    if let Some(folder) = &file.folder {
        links.push(format!("<{}>; rel=\"canonical\"", whole(folder)));
        links.extend(Form::ALL.iter().skip(1).map(|form| {
            let address = format!("{}{}", whole(folder), form.file());
            format!(
                "<{address}>; rel=\"alternate\"; type=\"{}\"",
                form.media_type()
            )
        }));
    }
    if let Ok(value) = HeaderValue::from_str(&links.join(", "))
        && !links.is_empty()
    {
        response.headers_mut().insert(header::LINK, value);
    }
    // A text has its own language; the interface's is not negotiated for what is the same for everybody.
    let own = file.language.as_ref();
    let language = own.unwrap_or(&shown.register.settings.language);
    if let Ok(language) = HeaderValue::from_str(language) {
        response
            .headers_mut()
            .insert(header::CONTENT_LANGUAGE, language);
    }
}

/// A page changes with what it names and with what stands around it, so it is as new as the whole; a file that travels with a text is its bytes for ever.
fn last_changed(file: &File, shown: &Shown) -> i64 {
    match file.path.starts_with("files/") {
        true => file.at,
        false => shown.at,
    }
}

/// Writes a moment as HTTP does; one that HTTP cannot write, as the nearest that it can.
fn http_date(at: i64) -> String {
    let seconds = u64::try_from(at).unwrap_or(0).min(LAST_SECOND);
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_http_writes_it() {
        for (at, written) in [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (i64::MIN, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(http_date(at), written);
        }
    }
}
