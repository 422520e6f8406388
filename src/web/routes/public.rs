//! The public site, for anybody: the same files that an export writes, in the form that is asked for.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::publish::site::{self, Answer, File, Form, Texts, address, data};
use crate::refusal::Refusal;
use crate::web::failure::Failure;
use crate::web::sites::{Open, Shown};
use crate::web::state::{Served, Web};
use crate::web::tag::has_already;

/// Since which state a build wants to know what changed.
#[derive(Deserialize)]
pub struct Asked {
    since: Option<String>,
}

/// Answers with the first page.
pub async fn home(
    State(web): State<Arc<Web>>,
    Path(repository): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    answer(&web, &repository, "", None, &headers).await
}

/// Leads to the first page, whose links count from its folder.
pub async fn enter(
    State(web): State<Arc<Web>>,
    Path(repository): Path<String>,
) -> Result<Response, Failure> {
    let served = served(&web, &repository)?;
    match web
        .sites
        .open(&served.desk, &base(&web, &repository))
        .await?
    {
        Open::Shown(_) => leads(StatusCode::MOVED_PERMANENTLY, &below(&repository, "")),
        Open::Closed => Err(Failure::nothing_here()),
        Open::Held => Err(held()),
    }
}

/// Answers with whatever stands at an address of the site.
pub async fn show(
    State(web): State<Arc<Web>>,
    Path((repository, path)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    answer(&web, &repository, &path, asked.since.as_deref(), &headers).await
}

async fn answer(
    web: &Arc<Web>,
    repository: &str,
    path: &str,
    since: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let served = served(web, repository)?;
    let base = base(web, repository);
    let shown = match web.sites.open(&served.desk, &base).await? {
        Open::Shown(shown) => shown,
        Open::Closed => return Err(Failure::nothing_here()),
        Open::Held => return Err(held()),
    };
    if let (Some(since), "manifest.json") = (since, path) {
        let before = web.sites.before(&served.desk, &base, since).await?;
        let before = before.ok_or_else(Failure::nothing_here)?;
        let changes = data::changes(&before, &shown.register);
        let bytes = serde_json::to_vec_pretty(&changes).map_err(anyhow::Error::from)?;
        return sent(&changed(bytes, &shown), false, headers);
    }
    if let Some(file) = shown.whole(path)? {
        return sent(&file, false, headers);
    }
    let form = wanted(headers);
    let found = find(served, Arc::clone(&shown), path.to_owned(), form).await?;
    match found {
        Some(Answer::File(file)) => {
            let is_chosen = path.ends_with('/') && file.folder.is_some();
            let mut response = sent(&file, is_chosen, headers)?;
            tell_of(&mut response, &file, &shown);
            Ok(response)
        }
        Some(Answer::Leads { to, is_same }) => {
            let status = match is_same {
                true => StatusCode::MOVED_PERMANENTLY,
                false => StatusCode::SEE_OTHER,
            };
            leads(status, &below(repository, &to))
        }
        None => Err(Failure::nothing_here()),
    }
}

fn served<'a>(web: &'a Web, repository: &str) -> Result<&'a Served, Failure> {
    web.served.get(repository).ok_or_else(Failure::nothing_here)
}

async fn find(
    served: &Served,
    shown: Arc<Shown>,
    path: String,
    form: Form,
) -> Result<Option<Answer>, Failure> {
    let found = served.desk.on_repository(move |repository, _| {
        site::find(&shown.register, &Texts(repository), &path, form)
    });
    Ok(found.await?)
}

/// The site's address where the policy names none.
fn base(web: &Web, repository: &str) -> String {
    format!(
        "{}/{repository}/public",
        web.public_url.trim_end_matches('/')
    )
}

fn below(repository: &str, folder: &str) -> String {
    let folder = match folder {
        "" => String::new(),
        folder => format!("{}/", address::encoded(folder)),
    };
    format!("/{}/public/{folder}", address::encoded(repository))
}

fn leads(status: StatusCode, to: &str) -> Result<Response, Failure> {
    let to = HeaderValue::from_str(to).map_err(anyhow::Error::from)?;
    Ok((status, [(header::LOCATION, to)]).into_response())
}

/// Why publishing is held is for those who may mend it.
fn held() -> Failure {
    Failure::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Refusal::new(
            "WEB-PUBLIC-001",
            "this register cannot be shown at the moment",
            "come back later",
        ),
    )
}

fn changed(bytes: Vec<u8>, shown: &Shown) -> File {
    File {
        path: "manifest.json".to_owned(),
        bytes,
        media_type: "application/json",
        at: shown.register.at,
        is_gone: false,
        is_apart: false,
        successor: None,
        folder: None,
    }
}

/// Sends a file, or says that the reader has it. What is the same for everybody may be kept by anybody, and is asked for again each time.
fn sent(file: &File, is_chosen: bool, headers: &HeaderMap) -> Result<Response, Failure> {
    let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&file.bytes)[..16]));
    let status = match (file.is_gone, has_already(headers, &tag)) {
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
    set(header::LAST_MODIFIED, &http_date(file.at))?;
    set(header::CACHE_CONTROL, "public, no-cache")?;
    // Anybody's page may read what anybody may read.
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")?;
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
fn tell_of(response: &mut Response, file: &File, shown: &Shown) {
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
    // The texts have their own language; the interface's is not negotiated for what is the same for everybody.
    let language = HeaderValue::from_str(&shown.register.settings.language);
    if let Ok(language) = language {
        response
            .headers_mut()
            .insert(header::CONTENT_LANGUAGE, language);
    }
}

/// Returns the form that is asked for most: by weight, then as it stands in the list. A browser, and whoever asks for anything, gets the page.
fn wanted(headers: &HeaderMap) -> Form {
    let asked = headers.get_all(header::ACCEPT).iter();
    let asked = asked.filter_map(|value| value.to_str().ok());
    let mut best: Option<(f32, Form)> = None;
    for range in asked.flat_map(|line| line.split(',')).take(50) {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(Some(1.0), |weight| weight.parse().ok())
            .unwrap_or(0.0);
        let form = match kind.as_str() {
            "*/*" | "text/*" | "application/xhtml+xml" => Some(Form::Html),
            "application/*" => Some(Form::Json),
            "text/x-markdown" => Some(Form::Markdown),
            "text/x-bibliography" | "application/x-bibtex" => Some(Form::Bibtex),
            other => Form::ALL
                .into_iter()
                .find(|form| form.media_type() == other),
        };
        if let Some(form) = form
            && weight > 0.0
            && best.is_none_or(|(known, _)| weight > known)
        {
            best = Some((weight, form));
        }
    }
    best.map_or(Form::Html, |(_, form)| form)
}

fn http_date(at: i64) -> String {
    let date = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let format = format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    date.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_is_asked_for_most_is_sent() {
        for (asked, form) in [
            ("", Form::Html),
            ("*/*", Form::Html),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Form::Html,
            ),
            ("application/ld+json", Form::JsonLd),
            ("application/ld+json;q=0.5, text/html;q=0.4", Form::JsonLd),
            ("text/markdown, text/html;q=0.9", Form::Markdown),
            ("application/json;q=0", Form::Html),
            (
                "application/vnd.citationstyles.csl+json, application/x-bibtex;q=0.5",
                Form::Csl,
            ),
            ("image/png", Form::Html),
            (";;;q=x,,", Form::Html),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(asked).unwrap());
            assert_eq!(wanted(&headers), form, "{asked}");
        }
    }

    #[test]
    fn a_moment_is_written_as_http_writes_it() {
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
